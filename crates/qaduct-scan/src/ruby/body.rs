//! What mutes while a test or what sets it up runs: `skip "why"`, `pending`, `omit_if(…)`.

use tree_sitter::Node;

use super::metadata;
use crate::syntax::facts::Role;
use crate::syntax::forms::Usage;
use crate::syntax::guard::{self, Branching, Labels};
use crate::syntax::outline::{Guard, Outline, Place};

const BRANCHINGS: &[Branching] = &[
    Branching::usual("if"),
    Branching::usual("elsif"),
    Branching::usual("if_modifier"),
    Branching::usual("conditional"),
    Branching::contrary("unless"),
    Branching::contrary("unless_modifier"),
    Branching::operator("binary"),
    Branching::switch("case", "value", Labels::Field("pattern"), false),
    Branching::switch("case_match", "value", Labels::Field("pattern"), false),
    Branching::caught("rescue", "rescue", "exceptions", "body"),
    Branching::caught("rescue_modifier", "rescue", "", "handler"),
];

const ENDS: &[&str] = &["method", "singleton_method", "lambda", "do_block", "block"];

/// The condition around a node; what stands in a `rescue` is done where something failed.
pub(super) fn guard(outline: &Outline<'_>, node: Node<'_>) -> Option<Guard> {
    guard::after_returns(node, outline, BRANCHINGS, ENDS, &["return"])
}

/// A word that stands for itself: `skip`, `skip if windows?`, a helper.
pub(super) fn bare(outline: &mut Outline<'_>, node: Node<'_>) {
    // Nearly all words are of something else, and to ask for the parent costs the depth.
    if !outline.is_thorough() && !outline.knows(Usage::Call, outline.text(node)) {
        return;
    }
    let is_statement = node.parent().is_some_and(|it| {
        matches!(
            it.kind(),
            "body_statement" | "block_body" | "then" | "else" | "ensure" | "rescue" | "begin"
        ) || matches!(it.kind(), "if_modifier" | "unless_modifier")
            && it.child_by_field_name("body") == Some(node)
            || it.kind() == "binary"
                && it.child_by_field_name("right") == Some(node)
                && has_operator(outline, it)
            || it.kind() == "rescue_modifier" && it.child_by_field_name("handler") == Some(node)
    });
    if is_statement {
        note(outline, node, node, None);
    }
}

/// Whether the right side of an expression is run as the left one says.
fn has_operator(outline: &Outline<'_>, binary: Node<'_>) -> bool {
    let sign = binary.child_by_field_name("operator");
    sign.is_some_and(|it| matches!(outline.text(it), "and" | "or" | "&&" | "||"))
}

/// A call of a word without a receiver.
pub(super) fn call(
    outline: &mut Outline<'_>,
    node: Node<'_>,
    word: Node<'_>,
    args: Option<Node<'_>>,
) {
    note(outline, node, word, args);
}

fn note(outline: &mut Outline<'_>, node: Node<'_>, word: Node<'_>, args: Option<Node<'_>>) {
    let name = outline.text(word);
    let role = outline.unit(outline.here()).role;
    let known = outline.knows(Usage::Call, name);
    let is_inside = outline.is_in(Role::Test) || outline.is_in(Role::Setup);
    let values = args.map(metadata::values).unwrap_or_default();
    // A function that calls what is called `skip` skips a test only if it says why, or is one
    // of a file of tests that are classes.
    let says_why = values.iter().any(|it| {
        let begins = outline.text(*it).starts_with(['"', '\'', '<']);
        begins || matches!(it.kind(), "string" | "chained_string" | "heredoc_beginning")
    });
    let in_tests = || {
        let mut imports = outline.imports().iter();
        imports.any(|it| matches!(&**it, "test-unit/" | "minitest/"))
    };
    let of_helper = role == Role::Function
        && (says_why || outline.unit(outline.here()).name.contains("skip") || in_tests());
    if known && !is_inside && !of_helper {
        return;
    }
    if !known && !is_inside {
        return;
    }
    let mut its = Vec::new();
    for value in &values {
        // `"why".red`
        let said = value.child_by_field_name("receiver");
        let is_said = |it: &Node<'_>| matches!(it.kind(), "string" | "chained_string");
        let value = &said.filter(is_said).unwrap_or(*value);
        its.push(match value.kind() {
            "string" if metadata::has_interpolation(*value) => {
                let text = outline.value(*value).as_str().to_owned();
                outline.text_arg("", &text)
            }
            _ => outline.arg(*value),
        });
    }
    let mut guard = guard(outline, node);
    let never = guard.take_if(|it| matches!(&*it.text, "true" | "false" | "not (false)"));
    let place = Place::new(Usage::Call, name, node, word)
        .args(its)
        .guard(guard);
    if outline.place(place) && never.is_some_and(|it| it.text == "false") {
        outline.without_effect("its condition never holds");
    }
}
