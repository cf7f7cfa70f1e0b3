//! What is muted, un-muted or changed between two revisions.

use std::sync::Arc;

use anstyle::{AnsiColor, Style};
use jiff::Timestamp;
use qaduct_records::scan::Found;
use serde_json::{Value, json};

use super::counted;
use super::markdown::{code, plain};
use super::text::{Look, begin_of};
use crate::{Changes, Pair};

/// A test more that is muted is nothing good.
const MORE: Style = AnsiColor::BrightRed.on_default();
const LESS: Style = AnsiColor::BrightGreen.on_default();

/// Characters of a document in Markdown.
const MOST: usize = 60_000;

/// The two revisions.
#[derive(Debug, Clone)]
pub struct Revisions {
    /// The repository.
    pub repository: String,
    /// The older one, as it was named.
    pub before: String,
    /// The commit that this means.
    pub before_commit: String,
    /// The newer one, as it was named.
    pub after: String,
    /// The commit that this means.
    pub after_commit: String,
    /// The files and folders that were compared, from the root; none where all were.
    pub paths: Vec<String>,
    /// What they are called.
    pub part: Option<String>,
    /// Our version.
    pub version: &'static str,
    /// When they were compared.
    pub at: Timestamp,
}

/// One line for each change: what, place, test, how, and what is another.
struct Row {
    sign: &'static str,
    style: Style,
    word: &'static str,
    place: String,
    test: String,
    kind: &'static str,
    about: String,
}

fn rows(changes: &Changes) -> Vec<Row> {
    let row = |sign, word, it: &Found, about| {
        let mute = &it.declaration;
        Row {
            sign,
            style: match sign {
                "+" => MORE.bold(),
                "-" => LESS.bold(),
                _ => Style::new().bold(),
            },
            word,
            place: format!("{}:{}", mute.path, mute.line_start),
            test: mute.test_id.clone(),
            kind: mute.kind.as_str(),
            about,
        }
    };
    let whole = |it: &Found| {
        let mute = &it.declaration;
        let reason = mute.reason.as_deref();
        let told = |key: &&str| !reason.is_some_and(|it| it.contains(key));
        let tickets = mute.tickets.as_deref().filter(told);
        let texts: Vec<_> = tickets.into_iter().chain(reason).collect();
        texts.join(": ")
    };
    let mut rows = Vec::new();
    rows.extend(
        changes
            .added
            .iter()
            .map(|it| row("+", "muted", it, whole(it))),
    );
    rows.extend(
        changes
            .removed
            .iter()
            .map(|it| row("-", "un-muted", it, whole(it))),
    );
    rows.extend(
        changes
            .unknown
            .iter()
            .map(|it| row("?", "unknown", it, whole(it))),
    );
    rows.extend(
        changes
            .edited
            .iter()
            .map(|it| row("~", "changed", &it.after, edits(it))),
    );
    rows.extend(changes.moved.iter().map(|it| {
        let from = format!("from {}", it.before.declaration.test_id);
        let about = match it.fields.is_empty() {
            true => from,
            false => format!("{from}; {}", edits(it)),
        };
        row(">", "moved", &it.after, about)
    }));
    rows
}

/// `reason: a → b`.
fn edits(pair: &Pair) -> String {
    let edit = |field: &&'static str| {
        let or = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
        let (before, after) = (value(&pair.before, field), value(&pair.after, field));
        format!("{field}: {} → {}", or(before), or(after))
    };
    pair.fields.iter().map(edit).collect::<Vec<_>>().join("; ")
}

fn value(it: &Found, field: &str) -> Option<String> {
    let mute = &it.declaration;
    match field {
        "ticket" => mute.tickets.clone(),
        "reason" => mute.reason.clone(),
        "until" => mute.until_text.clone(),
        "since" => mute.since_text.clone(),
        "owner" => mute.owner_declared.clone(),
        "kind" => Some(mute.kind.to_string()),
        "condition" => mute.condition.clone(),
        "strict" => mute.strict.map(|it| it.to_string()),
        "form" => Some(mute.form.clone()),
        "options" => Some(it.options.clone()).filter(|it| !it.is_empty()),
        "allowance" => Some(it.notes.join(" ")).filter(|it| !it.is_empty()),
        _ => None,
    }
}

/// The numbers, in a sentence.
fn sum(changes: &Changes, revisions: &Revisions) -> String {
    let kept = changes.edited.len() + changes.moved.len() + changes.same.len();
    let unknown = changes.unknown.len();
    let (before, after) = (
        kept + unknown + changes.removed.len(),
        kept + changes.added.len(),
    );
    let unknown = match unknown {
        0 => String::new(),
        it => format!(", {it} in files that could not be read"),
    };
    let part = revisions.part.as_ref();
    let part = part.map_or_else(String::new, |it| format!(" in {it}"));
    format!(
        "{} muted, {} un-muted, {} changed, {} moved{unknown}{part}; {} on {}, {} on {}",
        changes.added.len(),
        changes.removed.len(),
        changes.edited.len(),
        changes.moved.len(),
        counted(before as u64, "mute"),
        revisions.before,
        after,
        revisions.after,
    )
}

/// For people, with styles.
#[must_use]
pub fn text(changes: &Changes, revisions: &Revisions, look: &Look<'_>) -> String {
    let rows = rows(changes);
    let width = |of: fn(&Row) -> &str| {
        let widths = rows.iter().map(|it| of(it).chars().count());
        widths.max().unwrap_or(0)
    };
    let (tests, kinds) = (width(|it| &it.test), width(|it| it.kind));
    let line = |it: &Row| {
        let about = it.about.split_whitespace().collect::<Vec<_>>().join(" ");
        let line = format!("{:tests$}  {:kinds$}  {about}", it.test, it.kind);
        let line = (look.clean)(line.trim_end());
        let line = begin_of(&line, look.width.map(|it| it.saturating_sub(2)));
        let style = it.style;
        format!("{style}{}{style:#} {line}\n", it.sign)
    };
    let lines: String = rows.iter().map(line).collect();
    let gap = if rows.is_empty() { "" } else { "\n" };
    format!("{lines}{gap}{}\n", (look.clean)(&sum(changes, revisions)))
}

/// For comments and wikis.
#[must_use]
pub fn markdown(changes: &Changes, revisions: &Revisions) -> String {
    let rows = rows(changes);
    let mut text = format!(
        "### Muted tests from {} to {}\n\n{}\n",
        plain(&revisions.before),
        plain(&revisions.after),
        plain(&sum(changes, revisions))
    );
    if rows.is_empty() {
        return text;
    }
    text += "\n| | Test | Kind | What |\n|---|---|---|---|\n";
    let mut left = rows.len();
    let mut room = MOST - text.chars().count() - 100;
    for it in &rows {
        let row = format!(
            "| {} | `{}`<br>{} | {} | {} |\n",
            it.word,
            code(&it.test),
            plain(&it.place),
            it.kind,
            plain(&it.about)
        );
        let Some(rest) = room.checked_sub(row.chars().count()) else {
            break;
        };
        room = rest;
        left -= 1;
        text += &row;
    }
    if left > 0 {
        text += &["\n… and ", &left.to_string(), " more\n"].concat();
    }
    text
}

/// For programs.
#[must_use]
pub fn json(changes: &Changes, revisions: &Revisions) -> String {
    let mutes = |all: &[Arc<Found>]| all.iter().map(|it| mute(it)).collect::<Vec<_>>();
    let pairs = |all: &[Pair]| all.iter().map(pair).collect::<Vec<_>>();
    super::pretty(&json!({
        "schema_version": 1,
        "generated_at": format!("{:.0}", revisions.at),
        "tool": { "name": "qaduct", "version": revisions.version },
        "scope": {
            "repository": revisions.repository,
            "before": { "revision": revisions.before, "commit": revisions.before_commit },
            "after": { "revision": revisions.after, "commit": revisions.after_commit },
            "paths": revisions.paths,
        },
        "summary": {
            "muted": changes.added.len(),
            "unmuted": changes.removed.len(),
            "changed": changes.edited.len(),
            "moved": changes.moved.len(),
            "unknown": changes.unknown.len(),
            "same": changes.same.len(),
        },
        "muted": mutes(&changes.added),
        "unmuted": mutes(&changes.removed),
        "unknown": mutes(&changes.unknown),
        "changed": pairs(&changes.edited),
        "moved": pairs(&changes.moved),
    }))
}

fn mute(it: &Found) -> Value {
    let mute = &it.declaration;
    json!({
        "test": mute.test_id,
        "path": mute.path,
        "line": mute.line_start,
        "form": mute.form,
        "kind": mute.kind.as_str(),
        "scope": mute.scope.as_str(),
        "tickets": mute.tickets,
        "reason": mute.reason,
        "condition": mute.condition,
        "since": mute.since_text,
        "until": mute.until_text,
    })
}

fn pair(it: &Pair) -> Value {
    json!({ "fields": it.fields, "before": mute(&it.before), "after": mute(&it.after) })
}
