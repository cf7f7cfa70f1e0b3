//! For programs: one document, the same bytes for the same verdict.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Outcome, Scene};
use crate::{Level, State, Verdict};

/// What `qaduct check -f json` prints.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "qaduct check -f json")]
struct Document {
    /// Version of this form; fields may be added without another one.
    schema_version: u32,
    /// When it was judged.
    generated_at: String,
    /// What judged it.
    tool: Tool,
    /// What was judged.
    scope: Scope,
    /// The numbers.
    summary: Summary,
    /// The findings, in order of path, line and rule.
    items: Vec<Item>,
    /// What could not be judged.
    not_judged: Vec<Unjudged>,
    /// Entries of the baseline that nothing matches any more.
    fixed: Vec<Fixed>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Tool {
    /// `qaduct`.
    name: &'static str,
    /// Its version.
    version: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Scope {
    /// The repository.
    repository: String,
    /// The revision from which the change is counted; null where all mutes were judged.
    since: Option<String>,
    /// The commit that this means.
    base_commit: Option<String>,
    /// Whether what is staged was judged, and not what is on disk.
    staged: bool,
    /// The files and folders that were judged, from the root of the repository; none where all
    /// of it was.
    paths: Vec<String>,
    /// The file of the baseline.
    baseline: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Summary {
    /// Whether the check fails.
    fails: bool,
    /// `passes`, `fails`, or `incomplete` where less could be judged than was asked for.
    outcome: &'static str,
    /// Findings that must not stay.
    errors: usize,
    /// Findings that should be looked at.
    warnings: usize,
    /// Findings that are good to know.
    infos: usize,
    /// Findings that a comment lets pass.
    allowed: usize,
    /// Findings that the baseline lets pass.
    known: usize,
    /// Mutes that are there.
    mutes: u64,
    /// Mutes that were judged.
    judged: u64,
    /// Mutes that are no debt, and were asked for no ticket and no age.
    exempt: u64,
    /// What the change does; null where all mutes were judged.
    change: Option<Change>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Change {
    /// Newly muted.
    added: u64,
    /// Un-muted.
    removed: u64,
    /// Muted as before, in other words.
    edited: u64,
    /// Muted as before, at another place.
    moved: u64,
    /// Muted before, in files that could not be read now.
    unknown: u64,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Item {
    /// Code of the rule.
    rule: &'static str,
    /// Name of the rule.
    name: &'static str,
    /// How bad it is.
    level: Level,
    /// `open`, `allowed` by a comment, or `known` by the baseline.
    state: &'static str,
    /// Until when the comment lets it pass.
    allowed_until: Option<String>,
    /// Why the comment lets it pass.
    allowed_because: Option<String>,
    /// Whether it makes the check fail.
    fails: bool,
    /// The file, from the root of the repository.
    path: String,
    /// First line, from 1.
    line: i64,
    /// Last line.
    end_line: i64,
    /// The test; null where it is about a file.
    test: Option<String>,
    /// Form of the mute.
    form: Option<String>,
    /// How it mutes.
    kind: Option<&'static str>,
    /// How much it mutes.
    scope: Option<&'static str>,
    /// Why it is muted.
    reason: Option<String>,
    /// The tickets, joined by a comma and a space.
    tickets: Option<String>,
    /// Who answers for it.
    owner: Option<String>,
    /// What is wrong.
    message: String,
    /// What would be right.
    help: String,
    /// The page of the rule.
    url: String,
    /// Names the finding, whatever its line.
    fingerprint: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Unjudged {
    /// Code of the rule.
    rule: &'static str,
    /// Mutes that it was not asked of; 0 where it was not asked at all.
    mutes: u64,
    /// Why.
    why: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Fixed {
    /// Code of the rule.
    rule: String,
    /// The test, or the file.
    test: String,
    /// Form of the mute.
    form: String,
}

/// The JSON Schema of the document.
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Document).to_value()
}

/// Writes a verdict.
#[must_use]
pub fn render(verdict: &Verdict, scene: &Scene) -> String {
    let state = |name: &str| {
        let all = verdict.findings.iter();
        all.filter(|it| it.state.as_str() == name).count()
    };
    let outcome = scene.outcome(verdict);
    let document = Document {
        schema_version: 1,
        generated_at: format!("{:.0}", scene.at),
        tool: Tool {
            name: "qaduct",
            version: scene.version,
        },
        scope: Scope {
            repository: scene.repository.clone(),
            since: scene.since.clone(),
            base_commit: scene.base.clone(),
            staged: scene.staged,
            paths: scene.paths.clone(),
            baseline: scene.baseline.clone(),
        },
        summary: Summary {
            fails: outcome == Outcome::Fails,
            outcome: outcome.as_str(),
            errors: verdict.count(Level::Error),
            warnings: verdict.count(Level::Warning),
            infos: verdict.count(Level::Info),
            allowed: state("allowed"),
            known: state("known"),
            mutes: verdict.mutes,
            judged: verdict.judged,
            exempt: verdict.exempt.values().sum(),
            change: verdict.change.map(|it| Change {
                added: it.added,
                removed: it.removed,
                edited: it.edited,
                moved: it.moved,
                unknown: it.unknown,
            }),
        },
        items: items(verdict, scene),
        not_judged: verdict
            .not_judged
            .iter()
            .chain(scene.unjudged(verdict).filter(|it| it.mutes == 0))
            .map(|it| Unjudged {
                rule: it.rule.id,
                mutes: it.mutes,
                why: it.why.clone(),
            })
            .collect(),
        fixed: verdict
            .fixed
            .iter()
            .map(|it| Fixed {
                rule: it.rule.clone(),
                test: it.test.clone(),
                form: it.form.clone(),
            })
            .collect(),
    };
    super::pretty(&document)
}

fn items(verdict: &Verdict, scene: &Scene) -> Vec<Item> {
    let item = |it: &crate::Finding| {
        let mute = it.mute.as_ref().map(|it| &it.declaration);
        let some = |text: &str| Some(text.to_owned()).filter(|it| !it.is_empty());
        let (until, reason) = match &it.state {
            State::Allowed { until, reason } => (until.map(|it| it.to_string()), reason.clone()),
            _ => (None, None),
        };
        Item {
            rule: it.rule.id,
            name: it.rule.name,
            level: it.level,
            state: it.state.as_str(),
            allowed_until: until,
            allowed_because: reason,
            fails: scene.fails(it),
            path: it.path.clone(),
            line: it.line,
            end_line: it.end_line,
            test: some(&it.test),
            form: some(&it.form),
            kind: mute.map(|it| it.kind.as_str()),
            scope: mute.map(|it| it.scope.as_str()),
            reason: mute.and_then(|it| it.reason.clone()),
            tickets: mute.and_then(|it| it.tickets.clone()),
            owner: it.owner.clone(),
            message: it.message.clone(),
            help: it.help.clone(),
            url: it.rule.url(),
            fingerprint: it.fingerprint(),
        }
    };
    verdict.findings.iter().map(item).collect()
}
