//! Under which condition a line of a Go function is reached: `if`, `switch`, and functions
//! that have returned before.

use tree_sitter::Node;

use crate::syntax::guard::negated;
use crate::syntax::outline::{Guard, Outline};
use crate::syntax::source::line;

/// The conditions around a node, up to the function that it stands in.
pub(super) fn around(outline: &Outline<'_>, node: Node<'_>) -> Option<Guard> {
    let mut texts: Vec<String> = Vec::new();
    let mut first = line(node);
    let mut inner = node;
    for outer in outline.around(node) {
        match outer.kind() {
            "function_declaration" | "method_declaration" | "func_literal" => break,
            "if_statement" => {
                if let Some(text) = branch(outline, outer, inner) {
                    texts.push(text);
                    first = line(outer);
                }
            }
            "expression_case" | "default_case" | "type_case" => {
                if let Some(text) = case(outline, outer) {
                    texts.push(text);
                    first = line(outer);
                }
            }
            "block" | "statement_list" => texts.extend(returned(outline, outer, inner)),
            _ => {}
        }
        inner = outer;
    }
    Guard::of(texts, first)
}

fn branch(outline: &Outline<'_>, ask: Node<'_>, inner: Node<'_>) -> Option<String> {
    let is = |field: &str| ask.child_by_field_name(field).map(|it| it.id()) == Some(inner.id());
    if is("consequence") {
        asked(outline, ask)
    } else if is("alternative") {
        asked(outline, ask).map(|it| negated(&it))
    } else {
        None
    }
}

/// What an `if` asks, with what it computes for that.
fn asked(outline: &Outline<'_>, ask: Node<'_>) -> Option<String> {
    let condition = outline.text(ask.child_by_field_name("condition")?);
    let condition = condition.trim();
    Some(match ask.child_by_field_name("initializer") {
        Some(it) => format!("{}; {condition}", outline.text(it)),
        None => condition.to_owned(),
    })
}

fn case(outline: &Outline<'_>, case: Node<'_>) -> Option<String> {
    let switch = case.parent()?;
    let value = switch.child_by_field_name("value");
    let value = value.map(|it| outline.text(it));
    let wanted = |case: Node<'_>| {
        let wanted = case.child_by_field_name("value")?;
        let mut cursor = wanted.walk();
        let each = wanted.named_children(&mut cursor);
        let each = each.map(|it| match value {
            Some(value) => format!("{value} == {}", outline.text(it)),
            None => outline.text(it).to_owned(),
        });
        let each: Vec<String> = each.collect();
        (!each.is_empty()).then(|| each.join(" || "))
    };
    if case.kind() == "default_case" {
        let mut cursor = switch.walk();
        let others = switch.named_children(&mut cursor).filter_map(wanted);
        let others: Vec<String> = others.collect();
        return (!others.is_empty()).then(|| negated(&others.join(" || ")));
    }
    wanted(case)
}

/// The conditions under which the function has returned before a statement, last one first.
fn returned(outline: &Outline<'_>, block: Node<'_>, before: Node<'_>) -> Vec<String> {
    let mut cursor = block.walk();
    let each = block.named_children(&mut cursor);
    let each = each.take_while(|it| it.start_byte() < before.start_byte());
    let asks = each.filter(|it| {
        it.kind() == "if_statement"
            && it.child_by_field_name("alternative").is_none()
            && it
                .child_by_field_name("consequence")
                .is_some_and(|it| returns(it))
    });
    let texts = asks.filter_map(|it| asked(outline, it));
    let mut texts: Vec<String> = texts.map(|it| negated(&it)).collect();
    texts.reverse();
    texts
}

/// Whether the last statement of a block is a `return`.
fn returns(block: Node<'_>) -> bool {
    let mut cursor = block.walk();
    let last = block
        .named_children(&mut cursor)
        .filter(|it| !it.is_extra())
        .last();
    match last {
        Some(it) if it.kind() == "statement_list" => returns(it),
        Some(it) => it.kind() == "return_statement",
        None => false,
    }
}
