//! Names in the settings that stand for something else: each has to be there.

use std::collections::{BTreeMap, BTreeSet};

use qaduct_pump::rules;
use qaduct_records::nearest;
use qaduct_sources::{KINDS, Kind};

use super::tree::{Entry, Node, Value, path};
use crate::report::{Code, Report};
use crate::sources::QUERY;
use crate::wire;

/// The names that nothing has, when all layers are merged.
pub(crate) fn check(tree: &Node) -> Vec<Report> {
    let mut reports = Vec::new();
    let sources = || table(tree.entry("source"));
    for (name, entry) in sources() {
        if let Some(kind) = kind(name, &entry.node) {
            reports.extend(streams(name, &entry.node, kind));
        }
    }
    for (name, entry) in table(tree.entry("project")) {
        reports.extend(project(tree, name, &entry.node));
    }
    reports.extend(calendar(tree));
    reports.extend(extracts(tree));
    reports.extend(destinations(tree));
    reports
}

/// Names of streams that the kind of a source does not have.
fn streams(source: &str, node: &Node, kind: &'static Kind) -> Vec<Report> {
    let known: Vec<&str> = kind.contracts.iter().map(|it| it.name).collect();
    let unknown = texts(node.entry("streams")).filter(|(_, name)| !known.contains(name));
    let what = format!("`{}`", path(&["source", source]));
    unknown
        .map(|(node, name)| {
            lacks(
                node,
                &format!("{what} has no stream `{name}`"),
                name,
                &known,
            )
        })
        .collect()
}

/// Sources that a project names and nobody knows, and queries that its sources do not have.
fn project(tree: &Node, name: &str, node: &Node) -> Vec<Report> {
    let mut reports = Vec::new();
    let place = path(&["project", name, "sources"]);
    // A kind stands for all sources of it, also for those that variables make.
    let mut known: BTreeSet<&str> = KINDS.iter().map(|it| it.name).collect();
    known.extend(table(tree.entry("source")).map(|(name, _)| name.as_str()));
    let known: Vec<&str> = known.into_iter().collect();
    for (key, entry) in table(node.entry("sources")) {
        if !known.contains(&key.as_str()) {
            let message = format!("`{place}` names `{key}`, and there is no such source");
            let report = Report::new(Code::WrongValue, message);
            reports.push(near(report, key, &known, |report, label| {
                entry.key.mark(report, label)
            }));
            continue;
        }
        let meant: Vec<&Node> = table(tree.entry("source"))
            .filter(|(name, it)| {
                let kind = kind(name, &it.node).map(|it| it.name);
                [name.as_str(), word(name, &it.node)].contains(&key.as_str()) || kind == Some(key)
            })
            .map(|(_, it)| &it.node)
            .collect();
        if meant.is_empty() {
            continue;
        }
        let queries: Vec<&str> = meant
            .iter()
            .flat_map(|it| table(it.entry("queries")))
            .map(|(name, _)| name.as_str())
            .collect();
        for (node, id) in texts(Some(&entry.node.value)) {
            if let Some(query) = id.strip_prefix(QUERY)
                && !queries.contains(&query)
            {
                let message = format!("`{key}` has no query `{query}`");
                reports.push(lacks(node, &message, query, &queries));
            }
        }
    }
    reports
}

/// The calendar of the reports, where there is none of that name.
fn calendar(tree: &Node) -> Option<Report> {
    let Some(Value::Table(reports)) = tree.entry("reports") else {
        return None;
    };
    let node = &reports.get("calendar")?.node;
    let Value::Text(name) = &node.value else {
        return None;
    };
    let calendars = table(tree.entry("release_calendar"));
    let known: Vec<&str> = calendars.map(|(name, _)| name.as_str()).collect();
    let message = format!("there is no `{}`", path(&["release_calendar", name]));
    (!known.contains(&name.as_str())).then(|| lacks(node, &message, name, &known))
}

/// Messages and alerts that go nowhere.
fn destinations(tree: &Node) -> Vec<Report> {
    let known: Vec<&str> = table(tree.entry("slack"))
        .map(|(name, _)| name.as_str())
        .collect();
    let mut reports = Vec::new();
    for kind in ["message", "alert"] {
        for (name, entry) in table(tree.entry(kind)) {
            let place = path(&[kind, name]);
            let Value::Table(keys) = &entry.node.value else {
                continue;
            };
            let to = keys.get("to").map(|it| &it.node);
            match to.map(|it| (it, &it.value)) {
                Some((node, Value::Text(to))) if !known.contains(&to.as_str()) => {
                    let message = format!("`{place}.to`: there is no `{}`", path(&["slack", to]));
                    reports.push(lacks(node, &message, to, &known));
                }
                Some(_) => {}
                None => {
                    let report = Report::new(Code::MissingKey, format!("`{place}` has no `to`"))
                        .help("add `to = …`: the name of a `[slack.NAME]`");
                    reports.push(entry.key.mark(report, ""));
                }
            }
        }
    }
    reports
}

/// Tables and columns of rules that there are not.
fn extracts(tree: &Node) -> Vec<Report> {
    let tables = wire::tables();
    let Some(Value::List(extracts)) = tree.entry("extract") else {
        return Vec::new();
    };
    let unfit = extracts.iter().filter_map(|node| {
        // What does not fit the shape was told already.
        let extract: super::rules::Extract = node.to_toml().try_into().ok()?;
        let unfit = rules::check(&extract.rule().ok()?, &tables).err()?;
        let Value::Table(entries) = &node.value else {
            return None;
        };
        let origin = &entries.get(unfit.key)?.node.origin;
        let label = unfit.near.map(|near| format!("did you mean `{near}`?"));
        let message = format!("`extract` `{}`: {}", extract.name, unfit.trouble);
        let report = Report::new(Code::WrongValue, message)
            .help("`qaduct sources schema NAME` lists tables and columns");
        Some(origin.mark(report, label.unwrap_or_default()))
    });
    unfit.collect()
}

pub(super) fn lacks(node: &Node, message: &str, name: &str, known: &[&str]) -> Report {
    let report = Report::new(Code::WrongValue, message);
    near(report, name, known, |report, label| {
        node.origin.mark(report, label)
    })
}

/// With the name that is near, or all that there are.
fn near(
    report: Report,
    name: &str,
    known: &[&str],
    mark: impl Fn(Report, String) -> Report,
) -> Report {
    match nearest(name, known.iter().copied()) {
        Some(near) => mark(report, format!("did you mean `{near}`?")),
        None if known.is_empty() => mark(report.help("none is configured"), String::new()),
        None => mark(
            report.help(format!("known names are {}", known.join(", "))),
            String::new(),
        ),
    }
}

/// What a source is, where it says so rightly.
pub(super) fn kind(name: &str, node: &Node) -> Option<&'static Kind> {
    let options: BTreeMap<String, String> = table(node.entry("options"))
        .filter_map(|(key, it)| match &it.node.value {
            Value::Text(text) => Some((key.clone(), text.clone())),
            _ => None,
        })
        .collect();
    qaduct_sources::kind(word(name, node), &options)
}

/// The word for the kind of a source.
fn word<'n>(name: &'n str, node: &'n Node) -> &'n str {
    match node.entry("kind") {
        Some(Value::Text(word)) => word,
        _ => name,
    }
}

pub(super) fn table(value: Option<&Value>) -> impl Iterator<Item = (&String, &Entry)> {
    let entries = match value {
        Some(Value::Table(entries)) => Some(entries),
        _ => None,
    };
    entries.into_iter().flatten()
}

pub(super) fn texts(value: Option<&Value>) -> impl Iterator<Item = (&Node, &str)> {
    let nodes = match value {
        Some(Value::List(nodes)) => nodes.as_slice(),
        _ => &[],
    };
    nodes.iter().filter_map(|node| match &node.value {
        Value::Text(text) => Some((node, text.as_str())),
        _ => None,
    })
}
