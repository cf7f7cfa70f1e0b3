//! Words of Scala's specs that other things are called by, too: whether `pending` is what a
//! test comes to, or a variable.

use tree_sitter::Node;

use super::scala::{arguments, code, is_spec_file};
use super::scala_specs::BODIES;
use crate::syntax::facts::{Arg, Role, UnitId};
use crate::syntax::forms::Usage;
use crate::syntax::outline::{Outline, Place};

/// `skipAll`, `skipAllIf(condition)` and `args(skipAll = condition)` of specs2, which mute the
/// specification that they stand in.
pub(super) fn skip_all(outline: &mut Outline<'_>, word: Node<'_>) {
    let here = outline.here();
    let around = std::iter::successors(Some(here), |it| Some(outline.unit(*it).parent));
    let mut around = around.take_while(|it| *it != UnitId::FILE);
    let Some(suite) = around.find(|it| outline.unit(*it).role == Role::Suite) else {
        return;
    };
    let call = word.parent().filter(|it| it.kind() == "call_expression");
    let is_declared = word.parent().is_some_and(|it| {
        ["name", "pattern", "left"]
            .iter()
            .any(|field| it.child_by_field_name(field) == Some(word))
            && it.kind() != "infix_expression"
            || it.kind() == "field_expression"
    });
    if !is_spec_file(outline) || is_declared {
        return;
    }
    let list = call.and_then(|it| it.child_by_field_name("arguments"));
    let args = list.map(|it| arguments(outline, it)).unwrap_or_default();
    let name = outline.text(word);
    let asked = match name {
        "args" => args.into_iter().find(|it| &*it.name == "skipAll"),
        _ => args.into_iter().next(),
    };
    let asked = asked.map(|it| it.value.as_str().to_owned());
    let args: Vec<Arg> = match (name, asked.as_deref()) {
        ("skipAll", _) | (_, Some("true")) => Vec::new(),
        (_, None | Some("false")) => return,
        ("skipAllUnless", Some(text)) => vec![code("unless", text)],
        (_, Some(text)) => vec![code("condition", text)],
    };
    let place = Place::new(Usage::Option, "skipAll", call.unwrap_or(word), word);
    outline.place(place.args(args).on(suite));
}

/// Whether a word such as `pending` stands for itself, as the result of a test does, and is
/// not a variable that is counted or compared.
pub(super) fn is_statement(outline: &Outline<'_>, node: Node<'_>) -> bool {
    const OTHERS: &[&str] = &[
        "call_expression",
        "field_expression",
        "assignment_expression",
        "prefix_expression",
        "parenthesized_expression",
        "interpolation",
        "tuple_expression",
        "enumerator",
    ];
    let Some(around) = node.parent() else {
        return false;
    };
    let is_named = ["name", "pattern"]
        .iter()
        .any(|it| around.child_by_field_name(it) == Some(node));
    let is_operand = around.kind() == "infix_expression"
        && around
            .child_by_field_name("operator")
            .is_none_or(|it| !BODIES.contains(&outline.text(it)));
    !is_named && !is_operand && !OTHERS.contains(&around.kind()) && !is_own(outline, node)
}

/// Whether a word such as `pending` mutes where the walk is: in a test, in a suite that is being
/// built, or in a helper that is there to skip.
pub(super) fn counts(outline: &Outline<'_>) -> bool {
    const SAYING: &[&str] = &["skip", "ignore", "pending", "assume", "require", "only"];
    let here = outline.unit(outline.here());
    match here.role {
        Role::Suite => here.parent != UnitId::FILE,
        Role::Function if !outline.is_in(Role::Test) => {
            let name = here.name.to_ascii_lowercase();
            SAYING.iter().any(|it| name.contains(it))
        }
        _ => outline.is_in(Role::Test) || outline.is_in(Role::Setup),
    }
}

/// Whether a value or function of this name is declared around a place.
pub(super) fn is_own(outline: &Outline<'_>, word: Node<'_>) -> bool {
    let declares = |it: &Node<'_>| {
        let field = match it.kind() {
            "val_definition" | "var_definition" => "pattern",
            "function_definition" => "name",
            _ => return false,
        };
        let name = it.child_by_field_name(field);
        name.is_some_and(|it| outline.text(it) == outline.text(word))
    };
    std::iter::successors(word.parent(), Node::parent).any(|around| {
        around
            .named_children(&mut around.walk())
            .any(|it| declares(&it))
    })
}
