//! Calls that skip: methods of a test, functions of known packages, and helpers.

use tree_sitter::Node;

use super::receiver::{self, Receiver};
use super::{conditions, imports, values};
use crate::syntax::facts::{Arg, ArgValue, UnitId};
use crate::syntax::forms::Usage;
use crate::syntax::outline::{Outline, Place};

/// Why a skip in a fuzz test mutes nothing.
const INPUT: &str = "it passes over one input of a fuzz test";

/// Why a skip under `if false` mutes nothing.
const NEVER: &str = "its condition never holds";

/// Notes what a call mutes.
pub(super) fn call(outline: &mut Outline<'_>, node: Node<'_>) {
    if outline.here() == UnitId::FILE {
        return;
    }
    let Some(callee) = node.child_by_field_name("function") else {
        return;
    };
    match callee.kind() {
        "identifier" => function(outline, node, callee),
        "selector_expression" => selected(outline, node, callee),
        _ => {}
    }
}

fn function(outline: &mut Outline<'_>, node: Node<'_>, word: Node<'_>) {
    let name = outline.text(word);
    let names = imports::dotted_names(outline.imports(), name);
    let known = names.into_iter().find(|it| outline.knows(Usage::Call, it));
    if known.is_some() || outline.is_thorough() {
        let name = known.unwrap_or_else(|| name.to_owned());
        note(outline, node, word, name, None);
    }
}

fn selected(outline: &mut Outline<'_>, node: Node<'_>, callee: Node<'_>) {
    let fields = ["operand", "field"];
    let [Some(operand), Some(word)] = fields.map(|it| callee.child_by_field_name(it)) else {
        return;
    };
    let (of, name) = (outline.text(operand), outline.text(word));
    if operand.kind() == "identifier"
        && let Some(package) = imports::canonical(outline.imports(), of)
        && !is_shadowed(outline, operand, package)
    {
        let path = format!("{package}.{name}");
        let known = outline.knows(Usage::Call, &path);
        // Written as the file writes it: that is how its imports know the package.
        let path = if known { path } else { format!("{of}.{name}") };
        note(outline, node, word, path, None);
        return;
    }
    let mutes = ["t", "c"]
        .iter()
        .any(|it| outline.knows(Usage::Call, &format!("{it}.{name}")));
    if mutes
        && let Some(receiver) = receiver::of(outline, operand)
        && (receiver != Receiver::Perhaps || says_why(outline, node))
    {
        let path = match receiver {
            Receiver::Check => format!("c.{name}"),
            _ => format!("t.{name}"),
        };
        note(outline, node, word, path, Some(receiver));
        return;
    }
    note(outline, node, word, format!("{of}.{name}"), None);
}

/// A variable may have the name of a package: `t` is rarely one.
fn is_shadowed(outline: &Outline<'_>, operand: Node<'_>, package: &str) -> bool {
    package.len() <= 2 && receiver::of(outline, operand).is_some()
}

/// Whether the first argument is a text of several words, or there is none at all.
fn says_why(outline: &Outline<'_>, node: Node<'_>) -> bool {
    let first = arguments(outline, node).into_iter().next();
    match first.map(|it| it.value) {
        Some(ArgValue::Text(text)) => text.contains([' ', '/', '-']),
        Some(ArgValue::Code(_)) | None => false,
    }
}

fn note(
    outline: &mut Outline<'_>,
    node: Node<'_>,
    word: Node<'_>,
    path: String,
    receiver: Option<Receiver>,
) {
    if !outline.asks(Usage::Call, &path) && !outline.knows(Usage::Call, &path) {
        return;
    }
    let args = arguments(outline, node);
    let mut guard = conditions::around(outline, node);
    let never = guard.take_if(|it| matches!(&*it.text, "true" | "false"));
    let never = never.is_some_and(|it| it.text == "false");
    let place = Place::new(Usage::Call, path, node, word);
    if outline.place(place.args(args).guard(guard)) {
        match receiver {
            _ if never => outline.without_effect(NEVER),
            Some(Receiver::FuzzInput) => outline.without_effect(INPUT),
            Some(Receiver::Perhaps) => outline.guess(),
            _ => {}
        }
    }
}

/// The arguments of a call; of a text with places to fill, the text.
pub(super) fn arguments(outline: &Outline<'_>, node: Node<'_>) -> Vec<Arg> {
    let Some(list) = node.child_by_field_name("arguments") else {
        return Vec::new();
    };
    let mut cursor = list.walk();
    let each = list.named_children(&mut cursor).filter(|it| !it.is_extra());
    each.map(|it| Arg {
        name: "".into(),
        value: values::of(outline, it),
    })
    .collect()
}
