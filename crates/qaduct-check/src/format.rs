//! A verdict for people and for other programs, a file each.

pub mod changes;
pub mod github;
pub mod gitlab;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod sarif;
pub mod text;
mod wall;

use jiff::Timestamp;

use crate::{FailOn, Finding, Level, NotJudged, Verdict};

/// What is told besides the verdict.
#[derive(Debug, Clone)]
pub struct Scene {
    /// The repository.
    pub repository: String,
    /// The revision from which the change is counted, where only a change was judged.
    pub since: Option<String>,
    /// The commit that this means.
    pub base: Option<String>,
    /// Whether the index was judged, and not what is on disk.
    pub staged: bool,
    /// Whether it was judged beside what a merge brings in as well.
    pub merging: bool,
    /// The files and folders that were judged, from the root; none where all were.
    pub paths: Vec<String>,
    /// What they are called.
    pub part: Option<String>,
    /// The file of the baseline, as it is typed.
    pub baseline: Option<String>,
    /// Which findings make the check fail.
    pub fail_on: FailOn,
    /// Whether files are missing, so that what was judged is not all.
    pub incomplete: bool,
    /// Our version.
    pub version: &'static str,
    /// When it was judged.
    pub at: Timestamp,
}

impl Scene {
    /// Whether a finding makes the check fail.
    #[must_use]
    pub fn fails(&self, finding: &Finding) -> bool {
        finding.is_open() && self.fail_on.fails(finding.rule.id, finding.level)
    }

    /// How the check ends.
    #[must_use]
    pub fn outcome(&self, verdict: &Verdict) -> Outcome {
        if verdict.findings.iter().any(|it| self.fails(it)) {
            return Outcome::Fails;
        }
        match self.incomplete || self.unjudged(verdict).next().is_some() {
            true => Outcome::Incomplete,
            false => Outcome::Passes,
        }
    }

    /// What was not judged although it was asked for by name.
    pub fn unjudged<'a>(&'a self, verdict: &'a Verdict) -> impl Iterator<Item = &'a NotJudged> {
        let all = verdict.not_judged.iter().chain(&verdict.unasked);
        all.filter(move |it| self.fail_on.named().any(|name| name == it.rule.id))
    }
}

/// How a check ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// No finding that is to fail it.
    Passes,
    /// A finding that is to fail it.
    Fails,
    /// None, as far as it could be judged; and that is less than was asked for.
    Incomplete,
}

impl Outcome {
    /// As it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passes => "passes",
            Self::Fails => "fails",
            Self::Incomplete => "incomplete",
        }
    }
}

/// `1 error`, `2 errors`.
pub(crate) fn counted(count: u64, one: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {one}s"),
    }
}

/// `1 error, 2 warnings`, or `no findings`.
pub(crate) fn levels(verdict: &Verdict) -> String {
    let levels = [
        (Level::Error, "error"),
        (Level::Warning, "warning"),
        (Level::Info, "note"),
    ];
    let some = levels.into_iter().filter_map(|(level, name)| {
        let count = verdict.count(level) as u64;
        (count > 0).then(|| counted(count, name))
    });
    let some: Vec<_> = some.collect();
    match some.as_slice() {
        [] => "no findings".to_owned(),
        some => some.join(", "),
    }
}

/// What was judged, in a sentence.
pub(crate) fn judged(verdict: &Verdict, scene: &Scene) -> String {
    let part = scene.part.as_ref();
    let part = part.map_or_else(String::new, |it| format!(" in {it}"));
    let mutes = counted(verdict.mutes, "mute");
    match (&scene.since, verdict.change) {
        (Some(since), Some(change)) => {
            let unknown = match change.unknown {
                0 => String::new(),
                it => format!(", {it} in files that could not be read"),
            };
            let staged = if scene.staged { "staged " } else { "" };
            let merged = match scene.merging {
                true => " and what is merged",
                false => "",
            };
            format!(
                "{staged}since {since}{merged}{part}: +{} muted, -{} un-muted, {} edited, {} moved{unknown}; {mutes} now, {:+}",
                change.added,
                change.removed,
                change.edited,
                change.moved,
                i128::from(change.added) - i128::from(change.removed),
            )
        }
        _ => mutes + &part,
    }
}

/// What was left out, a line each.
pub(crate) fn aside(verdict: &Verdict, scene: &Scene) -> Vec<String> {
    let mut lines = Vec::new();
    let states = |state: &str| {
        let all = verdict.findings.iter();
        all.filter(|it| it.state.as_str() == state).count() as u64
    };
    match (states("known"), states("allowed")) {
        (0, 0) => {}
        (known, allowed) => lines.push(format!(
            "let pass: {known} by the baseline, {allowed} by comments"
        )),
    }
    if !verdict.exempt.is_empty() {
        let all = verdict.exempt.iter();
        let counts: Vec<_> = all.map(|(word, count)| format!("{count} {word}")).collect();
        let words: Vec<_> = verdict.exempt.keys().copied().collect();
        lines.push(format!(
            "asked for no ticket and no age: {} (`qaduct scan --intent {}` lists them)",
            counts.join(", "),
            words.join(",")
        ));
    }
    let named = scene.unjudged(verdict).filter(|it| it.mutes == 0);
    for it in verdict.not_judged.iter().chain(named) {
        let whom = match it.mutes {
            0 => String::new(),
            mutes => format!(" for {}", counted(mutes, "mute")),
        };
        lines.push(format!(
            "{} {} not judged{whom}: {}",
            it.rule.id, it.rule.name, it.why
        ));
    }
    if scene.incomplete {
        lines.push("files are missing from the repository: what was judged is not all".to_owned());
    }
    let fixed = verdict.fixed.len() as u64;
    if fixed > 0 {
        let file = scene.baseline.as_deref().unwrap_or_default();
        let entries = match fixed {
            1 => "1 entry of the baseline looks mended".to_owned(),
            _ => format!("{fixed} entries of the baseline look mended"),
        };
        lines.push(format!(
            "{entries}: run `qaduct baseline prune --baseline {file}`"
        ));
    }
    lines
}

/// JSON for people as well as programs.
fn pretty(value: &impl serde::Serialize) -> String {
    // Nothing in it has keys that are no texts.
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}
