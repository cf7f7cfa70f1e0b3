//! Jobs of the settings that could not be run: each is told before one of them is.

use std::collections::BTreeMap;

use super::job::{Job, Step};
use super::names::{kind, lacks, table, texts};
use super::tree::{Entry, Node, Value, path};
use crate::publishing;
use crate::report::{Code, Report};

/// Jobs that make no sense, when all layers are merged.
pub(super) fn check(tree: &Node) -> Vec<Report> {
    let jobs = table(tree.entry("job"));
    jobs.flat_map(|(name, entry)| job(tree, name, entry))
        .collect()
}

fn job(tree: &Node, name: &str, entry: &Entry) -> Vec<Report> {
    let place = path(&["job", name]);
    let mut reports = Vec::new();
    if !is_name(name) {
        // It becomes a name of files, units and objects elsewhere.
        let message = format!("`{place}` is no name of a job");
        let report = Report::new(Code::WrongValue, message)
            .help("write up to 50 small letters, digits and `-`, a letter first");
        reports.push(entry.key.mark(report, ""));
    }
    // What does not fit the shape was told already.
    let Ok(job) = entry.node.to_toml().try_into::<Job>() else {
        return reports;
    };
    if let Err(bad) = job.when()
        && !job.schedule.is_empty()
    {
        let key = ["anchor", "time_zone", "schedule"];
        let says = |key: &&str| bad.trouble.contains(&key.replace('_', " "));
        let key = key.iter().find(|it| says(it)).unwrap_or(&"schedule");
        let report = Report::new(Code::WrongValue, format!("`{place}`: {bad}"));
        let origin = node(&entry.node, key).map_or(&entry.node.origin, |it| &it.origin);
        reports.push(match &bad.hint {
            Some(hint) => origin.mark(report.help(hint.clone()), ""),
            None => origin.mark(report, ""),
        });
    }
    let Some(Value::List(steps)) = entry.node.entry("run") else {
        return reports;
    };
    if steps.is_empty() {
        let report = Report::new(Code::WrongValue, format!("`{place}` has nothing to do"))
            .help("write run = [{ pull = [] }], or another step");
        reports.push(entry.node.origin.mark(report, ""));
    }
    for (node, step) in steps.iter().zip(&job.run) {
        reports.extend(self::step(tree, &place, node, step));
    }
    reports
}

/// A step that is no command, or names what there is not.
fn step(tree: &Node, place: &str, node: &Node, step: &Step) -> Vec<Report> {
    let wrong = |message: String, help: &str| {
        let report = Report::new(Code::WrongValue, message).help(help);
        node.origin.mark(report, "")
    };
    let verb = match step.verbs().as_slice() {
        [verb] => *verb,
        [] => {
            return vec![wrong(
                format!("a step of `{place}` does nothing"),
                "write one of scan = true, pull = [], publish = [] and prune = \"1y\"",
            )];
        }
        several => {
            let message = format!(
                "a step of `{place}` does two things: {}",
                several.join(", ")
            );
            return vec![wrong(
                message,
                "write two steps: run = [{ pull = [] }, { publish = [] }]",
            )];
        }
    };
    let mut reports = Vec::new();
    let of_pull = ["project", "platform", "num_days"];
    let stray = of_pull.iter().find(|key| node.entry(key).is_some());
    if let Some(stray) = stray.filter(|_| verb != "pull") {
        let message = format!("`{stray}` in `{place}` means nothing to `{verb}`");
        reports.push(wrong(message, "it belongs to a step with `pull`"));
    }
    if step.project.is_some() && step.platform.is_some() {
        let message = format!("a step of `{place}` has both `project` and `platform`");
        reports.push(wrong(message, "write one of them"));
    }
    for (node, name) in texts(node.entry("pull")) {
        reports.extend(pulled(tree, place, node, name));
    }
    for (node, name) in texts(node.entry("publish")) {
        reports.extend(published(tree, place, node, name));
    }
    if let (Some(project), Some(Value::Table(entries))) = (&step.project, Some(&node.value)) {
        let known: Vec<&str> = table(tree.entry("project"))
            .map(|it| it.0.as_str())
            .collect();
        if let Some(entry) = entries.get("project")
            && !known.contains(&project.as_str())
        {
            let message = format!("`{place}` names `{project}`, and there is no such project");
            reports.push(lacks(&entry.node, &message, project, &known));
        }
    }
    reports
}

/// A source or stream that there is not.
fn pulled(tree: &Node, place: &str, node: &Node, name: &str) -> Option<Report> {
    let sources: BTreeMap<&str, &Node> = table(tree.entry("source"))
        .map(|(name, entry)| (name.as_str(), &entry.node))
        .collect();
    let (source, stream) = match name.split_once('.') {
        Some((source, stream)) => (source, Some(stream)),
        None => (name, None),
    };
    let Some(found) = sources.get(source) else {
        let known: Vec<&str> = sources.keys().copied().collect();
        let message = format!("`{place}` pulls `{source}`, and there is no such source");
        return Some(lacks(node, &message, source, &known));
    };
    let (stream, kind) = (stream?, kind(source, found)?);
    let known: Vec<&str> = kind.contracts.iter().map(|it| it.name).collect();
    let message = format!("`{source}` has no stream `{stream}`");
    (!known.contains(&stream)).then(|| lacks(node, &message, stream, &known))
}

/// A publication that there is not.
fn published(tree: &Node, place: &str, node: &Node, name: &str) -> Option<Report> {
    let mut known: Vec<String> = Vec::new();
    for kind in publishing::words() {
        known.push(kind.to_owned());
        known.extend(table(tree.entry(kind)).map(|(name, _)| format!("{kind}.{name}")));
    }
    let message = format!("`{place}` publishes `{name}`, and there is no such publication");
    let names: Vec<&str> = known.iter().map(String::as_str).collect();
    (!names.contains(&name)).then(|| lacks(node, &message, name, &names))
}

fn is_name(name: &str) -> bool {
    let fits = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
    let begins = name.starts_with(|it: char| it.is_ascii_lowercase());
    begins && name.len() <= 50 && !name.ends_with('-') && name.bytes().all(fits)
}

fn node<'n>(table: &'n Node, key: &str) -> Option<&'n Node> {
    match &table.value {
        Value::Table(entries) => entries.get(key).map(|it| &it.node),
        _ => None,
    }
}
