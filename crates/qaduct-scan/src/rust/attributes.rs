//! What attributes say of a function, a module or a file.

use tree_sitter::Node;

use super::grammar::TESTS;
use super::meta::{Meta, parts};
use crate::syntax::facts::{Role, UnitId};
use crate::syntax::forms::Usage;
use crate::syntax::outline::{Guard, Outline, Place};
use crate::syntax::source::line;

/// An attribute.
pub(super) struct Attribute<'t> {
    /// Where it stands.
    pub(super) node: Node<'t>,
    /// Its text within the brackets, and where that begins.
    text: String,
    at: usize,
}

/// A part of an attribute, with the conditions under which it is there.
struct Said<'a, 't> {
    meta: Meta<'a>,
    conditions: Vec<&'a str>,
    node: Node<'t>,
}

/// The attribute of an `attribute_item`.
pub(super) fn of_item<'t>(outline: &Outline<'_>, item: Node<'t>) -> Option<Attribute<'t>> {
    let inner = item.named_child(0)?;
    Some(Attribute {
        node: item,
        text: outline.text(inner).to_owned(),
        at: inner.start_byte(),
    })
}

/// The attribute of tokens in square brackets.
pub(super) fn of_tokens<'t>(outline: &Outline<'_>, tree: Node<'t>) -> Option<Attribute<'t>> {
    let text = outline.text(tree);
    let inner = text.strip_prefix('[')?.strip_suffix(']')?;
    Some(Attribute {
        node: tree,
        text: inner.to_owned(),
        at: tree.start_byte() + 1,
    })
}

/// All that attributes say, those under a condition too.
fn said<'a, 't>(attributes: &'a [Attribute<'t>]) -> Vec<Said<'a, 't>> {
    fn add<'a, 't>(
        all: &mut Vec<Said<'a, 't>>,
        text: (&'a str, usize),
        conditions: &[&'a str],
        node: Node<'t>,
    ) {
        for meta in parts(text.0, text.1) {
            let Some(inner) = meta.inner.filter(|_| meta.path == "cfg_attr") else {
                let conditions = conditions.to_vec();
                all.push(Said {
                    meta,
                    conditions,
                    node,
                });
                continue;
            };
            let its = parts(inner.0, inner.1);
            let Some((condition, rest)) = its.split_first() else {
                continue;
            };
            let mut conditions = conditions.to_vec();
            conditions.push(condition.text);
            for part in rest {
                add(all, (part.text, part.at), &conditions, node);
            }
        }
    }
    let mut all = Vec::new();
    for attribute in attributes {
        add(
            &mut all,
            (&attribute.text, attribute.at),
            &[],
            attribute.node,
        );
    }
    all
}

/// Whether an attribute makes a test of a function.
fn makes_a_test(meta: &Meta<'_>) -> bool {
    let name = meta.name();
    name == "test"
        || name.ends_with("test")
        || name.starts_with("test")
        || matches!(
            name,
            "bench"
                | "rstest"
                | "quickcheck"
                | "case"
                | "template"
                | "apply"
                | "proptest"
                | "property_test"
        )
}

/// Attributes that the language itself knows, and that make no test.
fn is_plain(meta: &Meta<'_>) -> bool {
    matches!(
        meta.name(),
        "allow"
            | "cfg"
            | "deny"
            | "doc"
            | "expect"
            | "ignore"
            | "inline"
            | "must_use"
            | "should_panic"
            | "warn"
    )
}

/// What attributes say of a function.
pub(super) fn of_function(
    outline: &mut Outline<'_>,
    attributes: &[Attribute<'_>],
    name: &str,
    node: Node<'_>,
) {
    let said = said(attributes);
    let is_test = said.iter().any(|it| makes_a_test(&it.meta));
    let is_plain = said.iter().all(|it| is_plain(&it.meta));
    let first = attributes.first().map_or(node, |it| it.node);
    let dynamic = name.starts_with('$');
    // A test that runs is one as well: nobody may take it for a new one once it is muted.
    let mut unit = is_test.then(|| outline.open_dynamic(Role::Test, name, dynamic, first));
    let mut case: Option<String> = None;
    let mut cases = 0;
    for it in &said {
        match it.meta.path {
            "ignore" => {
                let its = *unit
                    .get_or_insert_with(|| outline.open_dynamic(Role::Test, name, dynamic, first));
                if ignore(outline, it, its) {
                    if let Some(case) = &case {
                        outline.of_case(case);
                    }
                    if is_plain && !is_test {
                        outline.without_effect("what it stands on is no test");
                    }
                }
            }
            "cfg" if is_test => {
                let its = *unit
                    .get_or_insert_with(|| outline.open_dynamic(Role::Test, name, dynamic, first));
                left_out(outline, it, its);
            }
            path if path == "case" || path.starts_with("case::") => {
                cases += 1;
                let its = path.strip_prefix("case::").map(|it| format!("_{it}"));
                case = Some(format!("case_{cases}{}", its.unwrap_or_default()));
            }
            path if path == "test_case" || path.ends_with("::test_case") => {
                if let Some((inner, at)) = it.meta.inner
                    && let Some(arrow) = inner.find("=> ignore")
                {
                    let its = *unit.get_or_insert_with(|| {
                        outline.open_dynamic(Role::Test, name, dynamic, first)
                    });
                    ignored_case(outline, it, its, (inner, at, arrow));
                }
            }
            "cargo_test" => {
                let its = it.meta.inner.map(|(text, at)| parts(text, at));
                for part in its.as_deref().unwrap_or_default() {
                    let name_of_part = format!("cargo_test.{}", part.path);
                    if !outline.knows(Usage::Option, &name_of_part) {
                        continue;
                    }
                    let unit = *unit.get_or_insert_with(|| outline.open(Role::Test, name, first));
                    let word = at(it.node, part.at, part.path.len());
                    let reason = outline.code_arg("value", part.value.unwrap_or(part.path));
                    let more = its.iter().flatten().find(|it| it.path == "reason");
                    let more = more.and_then(|it| it.value);
                    let more = more.map(|it| outline.code_arg("reason", it));
                    let place = Place::new(Usage::Option, name_of_part, it.node, word);
                    let args = more.into_iter().chain([reason]).collect();
                    outline.place(place.args(args).on(unit));
                }
            }
            _ => {}
        }
    }
}

/// What attributes say of a name that is handed to a macro, which makes a test of it.
pub(super) fn of_argument(
    outline: &mut Outline<'_>,
    attributes: &[Attribute<'_>],
    name: &str,
    node: Node<'_>,
) {
    let first = attributes.first().map_or(node, |it| it.node);
    for it in said(attributes) {
        if it.meta.path == "ignore" {
            let unit = outline.open(Role::Test, name, first);
            if ignore(outline, &it, unit) {
                outline.guess();
            }
        }
    }
}

/// The node of a part of a text.
fn at(node: Node<'_>, start: usize, length: usize) -> Node<'_> {
    node.descendant_for_byte_range(start, start + length)
        .unwrap_or(node)
}

fn ignore(outline: &mut Outline<'_>, said: &Said<'_, '_>, unit: UnitId) -> bool {
    let word = at(said.node, said.meta.at, said.meta.path.len());
    let name = if said.conditions.is_empty() {
        "ignore"
    } else {
        "cfg_attr.ignore"
    };
    let reason = said.meta.value.map(|it| outline.code_arg("", it));
    let guard = (!said.conditions.is_empty()).then(|| Guard {
        text: crate::conditions::all_of(&said.conditions),
        line: line(said.node),
    });
    let place = Place::new(Usage::Annotation, name, said.node, word);
    let args = reason.into_iter().collect();
    outline.place(place.args(args).guard(guard).on(unit))
}

/// `#[test_case(1 => ignore["why"]; "name")]`.
fn ignored_case(
    outline: &mut Outline<'_>,
    said: &Said<'_, '_>,
    unit: UnitId,
    (inner, start, arrow): (&str, usize, usize),
) {
    let word = at(said.node, start + arrow + 3, "ignore".len());
    let why = inner[arrow..].split_once('[').map(|it| it.1);
    let why = why.and_then(|it| it.split_once(']')).map(|it| it.0);
    let args = why.map(|it| outline.code_arg("", it)).into_iter().collect();
    let place = Place::new(Usage::Option, "test_case.ignore", said.node, word);
    if outline.place(place.args(args).on(unit)) {
        let title = inner
            .rsplit_once(';')
            .map(|it| it.1.trim().trim_matches('"'));
        outline.of_case(title.unwrap_or(inner[..arrow].trim()));
    }
}

/// `#[cfg(any())]`: what is never built. What is built here and not there, as `#[cfg(unix)]`
/// and `#[cfg(not(windows))]` have it, is no mute but a test of another system.
fn left_out(outline: &mut Outline<'_>, said: &Said<'_, '_>, unit: UnitId) -> bool {
    let inner = said.meta.inner.map_or("", |it| it.0);
    let never = |it: &Meta<'_>| matches!(it.text, "any()" | "FALSE" | "false" | "never");
    let wanted = parts(inner, 0);
    let is_never = match &wanted[..] {
        [only] if only.path == "all" => {
            let its = only.inner.map_or("", |it| it.0);
            parts(its, 0).iter().any(never)
        }
        [only] => never(only),
        _ => false,
    };
    if !is_never {
        return false;
    }
    let word = at(said.node, said.meta.at, said.meta.path.len());
    let place = Place::new(Usage::Option, "cfg", said.node, word);
    outline.place(place.on(unit))
}

/// What attributes say of a module: only one of tests is of interest.
pub(super) fn of_module(outline: &mut Outline<'_>, attributes: &[Attribute<'_>], unit: UnitId) {
    let name = outline.unit(unit).name.to_string();
    let is_of_tests = |it: &Said<'_, '_>| {
        let inner = it.meta.inner.map_or("", |it| it.0);
        name.contains("test") || inner.contains("all(test")
    };
    for it in said(attributes) {
        if it.meta.path == "cfg" && is_of_tests(&it) {
            left_out(outline, &it, unit);
        }
    }
}

/// `#![cfg(…)]` at the head of a file of tests.
pub(super) fn of_file(outline: &mut Outline<'_>, item: Node<'_>) {
    if outline.manner != TESTS || outline.here() != UnitId::FILE {
        return;
    }
    let Some(attribute) = of_item(outline, item) else {
        return;
    };
    let attributes = [attribute];
    for it in said(&attributes) {
        if it.meta.path == "cfg" {
            left_out(outline, &it, UnitId::FILE);
        }
    }
}
