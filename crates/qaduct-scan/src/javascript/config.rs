//! What the settings of a runner leave out: `testPathIgnorePatterns`, `exclude`, `testIgnore`;
//! and how often they run again what failed.

use qaduct_records::{Kind, Scope};
use tree_sitter::Node;

use super::options::{children, pair_of};
use crate::syntax::facts::{ArgValue, Seen, UnitId};
use crate::syntax::forms::Usage;
use crate::syntax::guard::negated;
use crate::syntax::outline::{Outline, Place, each};

/// Beginnings of the names of files that configure a runner.
const FILES: &[&str] = &[
    "jest.config",
    "jest-e2e.config",
    "vitest.config",
    "vite.config",
    "vitest.workspace",
    "playwright.config",
    "cypress.config",
    "jasmine.config",
    "ava.config",
    ".mocharc",
    ".testcaferc",
    "wdio.conf",
];

/// What nobody wants to run anyway: what was built, and what others wrote.
const NO_TESTS: &[&str] = &[
    "node_modules",
    "dist",
    "build",
    "out",
    "lib",
    "coverage",
    "vendor",
    ".git",
    ".cache",
    "output",
    "idea",
    "bower_components",
    ".next",
    ".nuxt",
    "target",
    "es",
    "esm",
    "cjs",
    "types",
    "temp",
    "tmp",
    ".vscode-test",
    "typings",
    ".yarn",
    "public",
];

/// Whether a file of this name, without its ending, configures a runner.
pub(super) fn is_config(stem: &str) -> bool {
    FILES.iter().any(|it| stem.starts_with(it))
        || stem.starts_with("jest.") && stem.ends_with(".config")
        || stem.starts_with("playwright-") && stem.ends_with(".config")
}

/// What the names of settings hold that leave tests out or run them again.
const LEFT_OUT: &[&str] = &["exclude", "gnore", "grepInvert", "retr"];

/// Whether settings may leave tests out.
pub(super) fn may_mute(source: &[u8]) -> bool {
    let holds = |it: &&str| memchr::memmem::find(source, it.as_bytes()).is_some();
    LEFT_OUT.iter().any(holds)
}

/// Walks the settings of a runner.
pub(super) fn outline(root: Node<'_>, outline: &mut Outline<'_>) {
    let mut pairs = Vec::new();
    each(&mut root.walk(), |node| {
        if node.kind() == "pair" {
            pairs.push(node);
        }
        true
    });
    for pair in pairs {
        let Some((key, value)) = pair_of(outline, pair) else {
            continue;
        };
        // `exclude` is of tests only within `test`; `coverage` has one, too.
        if matches!(&*key, "exclude" | "retry") && within(outline, pair) != "test" {
            continue;
        }
        let known = outline.forms.find(Usage::Name, &key, outline.imports());
        // Only Playwright has projects with settings of their own.
        let of_project = || {
            project(outline, pair)?;
            outline
                .forms
                .find(Usage::Name, &key, &["playwright/".into()])
        };
        let Some(form) = known.or_else(of_project) else {
            continue;
        };
        let word = pair.child_by_field_name("key").unwrap_or(pair);
        if outline.forms.form(form).kind == Kind::FlakyRetry {
            if let Some(asked) = again(outline, value) {
                let place = Place::new(Usage::Name, &*key, pair, word).on(UnitId::FILE);
                let mut sighting = outline.sighting(Seen::Form(form), place);
                let asked: Vec<String> = project(outline, pair).into_iter().chain(asked).collect();
                sighting.guard = (!asked.is_empty()).then(|| asked.join(" and ").into());
                sighting.scope = Some(Scope::Global);
                outline.add(sighting);
            }
            continue;
        }
        let scope = outline.forms.form(form).scope.unwrap_or(Scope::Dir);
        let entries = match value.kind() {
            "array" => children(value),
            _ => vec![value],
        };
        for entry in entries {
            let text = match outline.value(entry) {
                ArgValue::Text(text) if entry.kind() != "regex" => text,
                _ if entry.kind() == "regex" => outline.text(entry).into(),
                _ => continue,
            };
            let excluded = text.trim_start_matches("<rootDir>");
            if is_no_test(excluded) {
                continue;
            }
            let place = Place::new(Usage::Name, &*key, entry, word).on(UnitId::FILE);
            let mut sighting = outline.sighting(Seen::Form(form), place);
            sighting.param = Some(excluded.into());
            sighting.scope = Some(scope);
            outline.add(sighting);
        }
    }
}

/// Under which condition a number of times is another than none; `None` where it never is.
fn again(outline: &Outline<'_>, value: Node<'_>) -> Option<Option<String>> {
    let is_none = |it: Node<'_>| matches!(outline.text(it), "0" | "false" | "undefined" | "null");
    match value.kind() {
        "ternary_expression" => {
            let condition = value.child_by_field_name("condition")?;
            let condition = outline.text(condition);
            let then = is_none(value.child_by_field_name("consequence")?);
            let otherwise = is_none(value.child_by_field_name("alternative")?);
            match (then, otherwise) {
                (true, true) => None,
                (true, false) => Some(Some(negated(condition))),
                (false, true) => Some(Some(condition.to_owned())),
                (false, false) => Some(None),
            }
        }
        // Cypress: for runs by people and for others.
        "object" => {
            let pairs = children(value);
            let mut values = pairs
                .iter()
                .filter_map(|it| it.child_by_field_name("value"));
            values.any(|it| !is_none(it)).then_some(None)
        }
        _ => (!is_none(value)).then_some(None),
    }
}

/// The project of Playwright that a setting is of, as a condition.
fn project(outline: &Outline<'_>, pair: Node<'_>) -> Option<String> {
    let object = pair.parent()?;
    let list = object.parent().filter(|it| it.kind() == "array")?;
    (within(outline, list.named_child(0)?) == "projects").then_some(())?;
    let pairs = children(object);
    let mut named = pairs.iter().filter_map(|it| pair_of(outline, *it));
    let (_, name) = named.find(|(key, _)| key == "name")?;
    Some(format!("project == {}", outline.text(name)))
}

/// The key of the object that a pair stands in.
fn within<'a>(outline: &Outline<'a>, pair: Node<'_>) -> &'a str {
    let outer = pair.parent().and_then(|it| it.parent());
    let key = outer.and_then(|it| it.child_by_field_name("key"));
    key.map_or("", |it| outline.text(it))
}

/// Whether a pattern names folders that hold no tests of the project.
fn is_no_test(pattern: &str) -> bool {
    let mut parts = pattern
        .split(['/', '\\', '*', '{', '}', ',', '(', ')', '|', '^', '$', '?'])
        .filter(|it| !it.is_empty())
        .peekable();
    if parts.peek().is_none() {
        return true;
    }
    parts.any(|it| NO_TESTS.contains(&it.trim_start_matches('.')) || NO_TESTS.contains(&it))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::forms::Forms;

    #[test]
    fn settings_with_any_name_that_leaves_tests_out_are_read() {
        let forms = Forms::new(&["javascript"], &[]);
        for (_, form) in forms.all().filter(|(_, it)| it.usage == Usage::Name) {
            assert!(may_mute(form.name.as_bytes()), "{}", form.name);
        }
        assert!(!may_mute(b"export default { plugins: [] }"));
    }
}
