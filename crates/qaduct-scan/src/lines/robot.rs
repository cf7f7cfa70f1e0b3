//! Robot Framework: tags of tests and files, and the keywords that skip.

use qaduct_records::Scope;

use super::branches::Branches;
use super::found::{Found, all, numbered, some};
use super::{FILE, Own, Reader};

pub(super) const READER: Reader = Reader {
    language: "robot",
    reads: |path| path.ends_with(".robot") || path.ends_with(".resource"),
    is_test_file: |path| path.ends_with(".robot"),
    needles: &["skip", "robot:exclude"],
    read,
};

/// The table of a file in which a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Table {
    Settings,
    Tests,
    Keywords,
    Other,
}

fn read(text: &str, own: &Own) -> Vec<Found> {
    let mut found = Vec::new();
    let mut table = Table::Other;
    let mut name = String::new();
    let mut asked = Branches::default();
    let mut tags = false;
    let mut above: Vec<&str> = Vec::new();
    for (number, line) in numbered(text) {
        if line.trim_start().starts_with('#') {
            above.push(line.trim());
            continue;
        }
        let (is_indented, cells) = row(line);
        if let Some(title) = cells.first().and_then(|it| it.strip_prefix('*')) {
            let title = title.trim_matches(['*', ' ']).to_lowercase();
            table = match title.as_str() {
                "settings" | "setting" => Table::Settings,
                "test cases" | "test case" | "tasks" | "task" => Table::Tests,
                "keywords" | "keyword" => Table::Keywords,
                _ => Table::Other,
            };
            name.clear();
            continue;
        }
        let Some(first) = cells.first().copied() else {
            continue;
        };
        let mut rest = &cells[..];
        if table == Table::Settings {
            let word = plain(first);
            if first != "..." {
                tags = matches!(
                    &*word,
                    "forcetags" | "testtags" | "tasktags" | "defaulttags"
                );
            }
            if tags {
                tagged(&mut found, &cells[1..], own, (number, &name, FILE), &above);
            } else if matches!(&*word, "testsetup" | "tasksetup" | "suitesetup") && cells.len() > 1
            {
                let place = (number, &*name, FILE);
                keyword(&mut found, &cells[1..], own, place, &mut asked, &above);
            }
            above.clear();
            continue;
        }
        if table == Table::Other {
            continue;
        }
        if !is_indented {
            first.clone_into(&mut name);
            asked = Branches::default();
            rest = &cells[1..];
        }
        let Some(first) = rest.first().copied() else {
            continue;
        };
        if first != "..." {
            tags = first.eq_ignore_ascii_case("[tags]");
        }
        let scope = if table == Table::Tests {
            Scope::Test
        } else {
            Scope::Hook
        };
        // `[Setup]    Skip If    condition` calls a keyword as any line does.
        if first.eq_ignore_ascii_case("[setup]") && rest.len() > 1 {
            rest = &rest[1..];
        }
        if tags {
            tagged(&mut found, &rest[1..], own, (number, &name, scope), &above);
        } else {
            keyword(
                &mut found,
                rest,
                own,
                (number, &name, scope),
                &mut asked,
                &above,
            );
        }
        above.clear();
    }
    found
}

/// Whether a line goes on with what the lines above it began, and its cells: between two
/// spaces or tabs, or between pipes.
fn row(line: &str) -> (bool, Vec<&str>) {
    let line = line.split("  #").next().unwrap_or(line).trim_end();
    let (is_indented, its) = match line.strip_prefix('|') {
        Some(row) if row.starts_with([' ', '\t']) || row.is_empty() => {
            let row = row.strip_suffix('|').unwrap_or(row);
            let its: Vec<&str> = row.split(" |").map(str::trim).collect();
            (its[0].is_empty(), its)
        }
        _ => {
            let its = line.split("  ").flat_map(|it| it.split('\t'));
            (line.starts_with([' ', '\t']), its.map(str::trim).collect())
        }
    };
    let its = its.into_iter().filter(|it| !it.is_empty());
    (is_indented, its.collect())
}

/// A keyword as Robot Framework compares it.
fn plain(word: &str) -> String {
    let word = word.to_lowercase().replace([' ', '_'], "");
    word.strip_prefix("builtin.")
        .map(str::to_owned)
        .unwrap_or(word)
}

/// Whether a keyword says by its name that it skips where something does not hold.
fn is_helper(plain: &str) -> bool {
    let rest = ["skipif", "skipunless", "skiptestif", "skiptestunless"];
    let rest = rest.iter().find_map(|it| plain.strip_prefix(it));
    rest.is_some_and(|it| !it.is_empty())
}

/// A condition without the name of its argument.
fn condition(cell: &str) -> &str {
    cell.strip_prefix("condition=").unwrap_or(cell)
}

fn tagged(
    found: &mut Vec<Found>,
    tags: &[&str],
    own: &Own,
    (line, name, scope): (u32, &str, Scope),
    above: &[&str],
) {
    for tag in tags {
        let is_own = own.iter().find(|it| plain(it) == plain(tag));
        let form = is_own.map_or_else(|| tag.to_lowercase(), String::clone);
        let mut its = Found::new(&form, line, scope);
        let is_known = matches!(
            &*its.form,
            "robot:skip" | "robot:exclude" | "robot:skip-on-failure"
        );
        if !is_known && is_own.is_none() {
            continue;
        }
        its.test = name.to_owned();
        its.above = above.join("\n");
        found.push(its);
    }
}

fn keyword(
    found: &mut Vec<Found>,
    cells: &[&str],
    own: &Own,
    (line, name, scope): (u32, &str, Scope),
    asked: &mut Branches,
    above: &[&str],
) {
    let second = cells.get(1).copied().unwrap_or_default();
    match cells[0] {
        "IF" if cells.len() <= 2 => asked.begin(second),
        "ELSE IF" => asked.next(second),
        "ELSE" => asked.next(""),
        "FINALLY" => {
            asked.end();
            asked.begin("");
        }
        "FOR" | "WHILE" | "TRY" | "GROUP" => asked.begin(""),
        "EXCEPT" => asked.case(cells.join(" ")),
        "END" => asked.end(),
        _ => {}
    }
    for (at, cell) in cells.iter().enumerate() {
        let rest = &cells[at + 1..];
        let plain_cell = plain(cell);
        let is_own = own.iter().find(|it| plain(it) == plain_cell);
        let (condition, reason) = match &*plain_cell {
            _ if is_own.is_some() => (None, None),
            "skip" => (None, rest.first()),
            "skipif" => (rest.first().map(|it| condition(it).to_owned()), rest.get(1)),
            // `Skip If Component Is Not Enabled`: a keyword of their own says when it skips.
            _ if scope != Scope::Hook && is_helper(&plain_cell) => (Some((*cell).to_owned()), None),
            _ => continue,
        };
        // `Run Keyword If    condition    Skip    why` and `IF    condition    Skip`.
        let outer = match (at, &*plain(cells[0])) {
            (0, _) => None,
            (2, "runkeywordif" | "if") => cells.get(1).map(|it| (*it).to_owned()),
            (2, "runkeywordunless") => cells.get(1).map(|it| format!("not ({it})")),
            _ => continue,
        };
        let mut conditions = asked.hold();
        conditions.extend(outer);
        conditions.extend(condition);
        let mut its = Found::new(is_own.map_or("Skip", String::as_str), line, scope);
        if is_own.is_some() {
            its.args = rest.iter().map(|it| (*it).to_owned()).collect();
        }
        its.alias = (is_own.is_none() && is_helper(&plain_cell)).then(|| (*cell).to_owned());
        its.test = name.to_owned();
        its.dynamic = scope == Scope::Hook;
        its.is_guess = scope == Scope::Hook || its.alias.is_some();
        its.condition = all(&conditions);
        its.reason = reason.and_then(|it| some(it.trim_start_matches("msg=")));
        its.above = above.join("\n");
        found.push(its);
        return;
    }
}
