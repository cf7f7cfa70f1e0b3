//! The numbers of many findings: by rule, by owner, and in which files they are.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::counted;
use crate::Finding;

/// More findings than this are more than anybody reads.
const MANY: usize = 20;

/// Lines of a list.
const MOST: usize = 5;

/// The numbers, a line each; none where there are few findings.
pub(super) fn lines(open: &[&Finding]) -> Vec<String> {
    if open.len() <= MANY {
        return Vec::new();
    }
    let mut lines = vec!["by rule".to_owned()];
    let rules = ranked(
        open.iter()
            .map(|it| (Reverse(it.level), it.rule.id, it.rule.name)),
    );
    lines.extend(rules.iter().map(|((level, id, name), count)| {
        format!("{count:6}  {:7}  {id} {name}", level.0.as_str())
    }));
    if open.iter().any(|it| it.owner.is_some()) {
        lines.push("by owner".to_owned());
        let owners = open
            .iter()
            .map(|it| it.owner.as_deref().unwrap_or("nobody"));
        lines.extend(list(&ranked(owners), "owner"));
    }
    lines.push("worst files".to_owned());
    lines.extend(list(
        &ranked(open.iter().map(|it| it.path.as_str())),
        "file",
    ));
    lines
}

/// How often each is there, the most frequent first.
fn ranked<T: Ord>(all: impl Iterator<Item = T>) -> Vec<(T, usize)> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for it in all {
        *counts.entry(it).or_default() += 1;
    }
    let mut ranked: Vec<_> = counts.into_iter().collect();
    ranked.sort_by_key(|(_, count)| Reverse(*count));
    ranked
}

fn list(ranked: &[(&str, usize)], one: &str) -> Vec<String> {
    let shown = ranked.iter().take(MOST);
    let mut lines: Vec<_> = shown
        .map(|(name, count)| format!("{count:6}  {name}"))
        .collect();
    if let Some(rest) = ranked.get(MOST..).filter(|it| !it.is_empty()) {
        let count: usize = rest.iter().map(|(_, count)| count).sum();
        let more = counted(rest.len() as u64, &format!("more {one}"));
        lines.push(format!("{count:6}  {more}"));
    }
    lines
}
