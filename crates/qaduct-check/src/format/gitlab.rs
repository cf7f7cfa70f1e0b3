//! Code Quality of GitLab: <https://docs.gitlab.com/ci/testing/code_quality/>.

use serde_json::json;

use super::Scene;
use crate::{Level, Verdict};

/// Writes a verdict.
#[must_use]
pub fn render(verdict: &Verdict, _: &Scene) -> String {
    let issues = verdict.open().map(|it| {
        let severity = match it.level {
            Level::Error => "major",
            Level::Warning => "minor",
            Level::Info => "info",
        };
        let description = match it.test.as_str() {
            "" => format!("{}: {}", it.rule.id, it.message),
            test => format!("{}: {} ({test})", it.rule.id, it.message),
        };
        json!({
            "type": "issue",
            "description": description,
            "check_name": it.rule.name,
            "categories": ["Style"],
            "fingerprint": it.fingerprint(),
            "severity": severity,
            "location": { "path": it.path, "lines": { "begin": it.line, "end": it.end_line.max(it.line) } },
        })
    });
    super::pretty(&issues.collect::<Vec<_>>())
}
