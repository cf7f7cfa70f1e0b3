//! Words of Scala's specs that other things are called by, too: whether `pending` is what a
//! test comes to, or a variable.

use tree_sitter::Node;

use super::scala_specs::BODIES;
use crate::syntax::facts::{Role, UnitId};
use crate::syntax::outline::Outline;

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
