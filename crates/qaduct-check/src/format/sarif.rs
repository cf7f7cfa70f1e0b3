//! SARIF 2.1.0, for code scanning: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/>.
//!
//! GitHub keeps 5,000 results of a file, the worst ones; so many are written.

use serde_json::{Value, json};

use super::Scene;
use crate::{Finding, Level, RULES, State, Verdict};

/// Results that are kept of a file.
const MOST: usize = 5_000;

/// Writes a verdict.
#[must_use]
pub fn render(verdict: &Verdict, scene: &Scene) -> String {
    let rules = RULES.iter().map(|rule| {
        json!({
            "id": rule.id,
            "name": rule.name,
            "shortDescription": { "text": rule.about },
            "help": { "text": rule.page, "markdown": rule.page },
            "helpUri": rule.url(),
            "defaultConfiguration": { "level": level(rule.level) },
        })
    });
    let rules: Vec<_> = rules.collect();
    let mut kept: Vec<&Finding> = verdict.findings.iter().collect();
    // Sorting keeps the order of places among those that are equally bad.
    kept.sort_by_key(|it| (!it.is_open(), std::cmp::Reverse(it.level)));
    let left_out = kept.len().saturating_sub(MOST);
    kept.truncate(MOST);
    let results: Vec<_> = kept.into_iter().map(result).collect();
    let mut run = json!({
        "tool": { "driver": {
            "name": "qaduct",
            "version": scene.version,
            "informationUri": "https://github.com/qaduct/qaduct",
            "rules": rules,
        } },
        "originalUriBaseIds": { "ROOT": { "description": { "text": "the root of the repository" } } },
        "columnKind": "unicodeCodePoints",
        "results": results,
    });
    if left_out > 0 {
        let text =
            format!("{left_out} more findings are left out: {MOST} is what is kept of a file");
        run["invocations"] = json!([{
            "executionSuccessful": true,
            "toolExecutionNotifications": [{ "level": "warning", "message": { "text": text } }],
        }]);
    }
    super::pretty(&json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }))
}

fn result(it: &Finding) -> Value {
    let rule = RULES.iter().position(|rule| rule.id == it.rule.id);
    let mut result = json!({
        "ruleId": it.rule.id,
        "ruleIndex": rule,
        "level": level(it.level),
        "message": { "text": text(it) },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": uri(&it.path), "uriBaseId": "ROOT" },
                "region": { "startLine": it.line, "endLine": it.end_line.max(it.line) },
            },
        }],
        "partialFingerprints": { "qaductMute/v1": it.fingerprint() },
    });
    if !it.test.is_empty() {
        let test = json!([{ "fullyQualifiedName": it.test, "kind": "function" }]);
        result["locations"][0]["logicalLocations"] = test;
    }
    match &it.state {
        State::Open => {}
        State::Allowed { reason, .. } => {
            let mut suppression = json!({ "kind": "inSource" });
            if let Some(reason) = reason {
                suppression["justification"] = reason.as_str().into();
            }
            result["suppressions"] = json!([suppression]);
        }
        State::Known => result["suppressions"] = json!([{ "kind": "external" }]),
    }
    result
}

fn text(it: &Finding) -> String {
    match it.test.as_str() {
        "" => format!("{}. {}", it.message, it.help),
        test => format!("{test}: {}. {}", it.message, it.help),
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "note",
    }
}

/// A path as a relative reference: what is no sign of one is written by its bytes.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            other => uri.extend(percent(other)),
        }
    }
    uri
}

fn percent(byte: u8) -> [char; 3] {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |it: u8| char::from(DIGITS[usize::from(it)]);
    ['%', digit(byte >> 4), digit(byte & 15)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_reference_whatever_is_in_it() {
        assert_eq!(uri("a b/c#1:é.py"), "a%20b/c%231%3A%C3%A9.py");
    }
}
