//! Specs of Kotest and Spek: tests that are calls with a title and a block.

use tree_sitter::Node;

use super::annotations::argument;
use super::kotlin::{arguments, guard_of, visit};
use crate::syntax::facts::{Arg, ArgValue, Role, UnitId};
use crate::syntax::forms::Usage;
use crate::syntax::outline::{Outline, Place};

/// Words that declare what holds tests.
const SUITES: &[&str] = &[
    "describe", "context", "given", "when", "and", "feature", "group", "Given", "When", "And",
];

/// Words that declare a test.
const TESTS: &[&str] = &["test", "it", "then", "should", "scenario", "expect", "Then"];

/// Walks a test or a group of tests, if a node is one.
pub(super) fn test(outline: &mut Outline<'_>, node: Node<'_>) -> bool {
    let is_spec = |it: &str| it.starts_with("io.kotest.") || it.starts_with("org.spekframework.");
    let is_spec = outline.imports().iter().any(|it| is_spec(it));
    if !is_spec {
        return false;
    }
    let Some(found) = declared(outline, node) else {
        return false;
    };
    let word = found
        .word
        .map_or("", |it| outline.text(it))
        .trim_matches('`');
    let plain = word
        .strip_prefix('x')
        .filter(|_| is_muted(word))
        .unwrap_or(word);
    let is_suite = found.holds || SUITES.contains(&plain);
    let title = outline.text(found.title);
    let (title, dynamic) = match outline.literal(found.title) {
        Some(text) => (text, title.contains('$')),
        None => (title.to_owned(), true),
    };
    let (sign, title) = if let Some(rest) = title.strip_prefix('!') {
        (Some("!"), rest.trim())
    } else if let Some(rest) = title.strip_prefix("f:") {
        (Some("f:"), rest.trim())
    } else {
        (None, title.as_str())
    };
    let role = if is_suite { Role::Suite } else { Role::Test };
    let unit = outline.open_dynamic(role, title, dynamic, node);
    let place = |outline: &mut Outline<'_>, usage, name: &str, args: Vec<Arg>| {
        let at = found.word.unwrap_or(found.title);
        let guard = guard_of(outline, node);
        let place = Place::new(usage, name, found.head, at);
        outline.place(place.args(args).guard(guard).on(unit));
    };
    if is_muted(word) {
        place(outline, Usage::Modifier, word, Vec::new());
    }
    if let Some(sign) = sign {
        place(outline, Usage::Name, sign, Vec::new());
    }
    configured(outline, unit, &found);
    outline.within(unit, |outline| outline.children(found.body, visit));
    true
}

/// `.config(enabled = false)`.
fn configured(outline: &mut Outline<'_>, unit: UnitId, found: &Declared<'_>) {
    let Some(list) = found.config else { return };
    let args = arguments(outline, list);
    for name in ["enabled", "enabledIf", "enabledOrReasonIf"] {
        let Some(value) = argument(&args, name) else {
            continue;
        };
        if matches!(value, "true" | "null") {
            continue;
        }
        let mut its = Vec::new();
        if value != "false" {
            its.push(Arg {
                name: "condition".into(),
                value: ArgValue::Code(value.into()),
            });
        }
        let place = Place::new(Usage::Option, name, list, list);
        outline.place(place.args(its).on(unit));
    }
}

/// What declares a test.
struct Declared<'t> {
    word: Option<Node<'t>>,
    title: Node<'t>,
    /// All but the block.
    head: Node<'t>,
    config: Option<Node<'t>>,
    body: Node<'t>,
    /// Whether its word says that it holds tests.
    holds: bool,
}

fn declared<'t>(outline: &Outline<'_>, node: Node<'t>) -> Option<Declared<'t>> {
    let first = node.named_child(0)?;
    let block = node.named_child(node.named_child_count().checked_sub(1)? as _)?;
    match node.kind() {
        // `"title" - { }`, `"title" should { }`.
        "binary_expression" | "infix_expression" => {
            if block.kind() != "lambda_literal" {
                return None;
            }
            let word = (node.kind() == "infix_expression")
                .then(|| node.named_child(1))
                .flatten();
            let (title, config) = with_config(outline, first);
            if title.kind() != "string_literal" {
                return None;
            }
            let known = match word {
                Some(word) => {
                    let word = outline.text(word).trim_matches('`');
                    word == "should" || word == "when" || word == "When" || is_muted(word)
                }
                None => {
                    outline.text(node).contains("\" - {") || outline.text(node).contains(" - {")
                }
            };
            known.then_some(Declared {
                word,
                title,
                head: first,
                config,
                body: block,
                holds: true,
            })
        }
        // `test("title") { }`, `"title" { }`, either with `.config()`.
        "call_expression" => {
            if block.kind() != "annotated_lambda" || block.id() == first.id() {
                return None;
            }
            let (inner, config) = with_config(outline, first);
            let (word, title) = match inner.kind() {
                "string_literal" => (None, inner),
                "call_expression" => {
                    let word = inner
                        .named_child(0)
                        .filter(|it| it.kind() == "identifier")?;
                    let name = outline.text(word).trim_matches('`');
                    if !SUITES.contains(&name) && !TESTS.contains(&name) && !is_muted(name) {
                        return None;
                    }
                    let list = inner.named_child(1)?;
                    let title = list.named_child(0)?.named_child(0)?;
                    (Some(word), title)
                }
                _ => return None,
            };
            Some(Declared {
                word,
                title,
                head: first,
                config,
                body: block,
                holds: false,
            })
        }
        _ => None,
    }
}

/// What `.config()` is called on, and its arguments; the node itself where it is not.
fn with_config<'t>(outline: &Outline<'_>, node: Node<'t>) -> (Node<'t>, Option<Node<'t>>) {
    let of = || {
        let function = node.named_child(0)?;
        let list = node.named_child(1)?;
        let word = function.named_child(1)?;
        let is_it = node.kind() == "call_expression"
            && function.kind() == "navigation_expression"
            && outline.text(word) == "config";
        is_it.then_some((function.named_child(0)?, Some(list)))
    };
    of().unwrap_or((node, None))
}

fn is_muted(word: &str) -> bool {
    word.strip_prefix('x')
        .is_some_and(|it| SUITES.contains(&it) || TESTS.contains(&it))
}
