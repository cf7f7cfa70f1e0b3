//! What an argument says: its text, with constants of the file in their place.

use tree_sitter::Node;

use crate::syntax::facts::ArgValue;
use crate::syntax::outline::Outline;
use crate::syntax::source::one_line;

/// The value of a node.
pub(super) fn of(outline: &Outline<'_>, node: Node<'_>) -> ArgValue {
    let mut text = String::new();
    if is_text(outline, node, &mut text, 0) {
        ArgValue::Text(one_line(&text).into())
    } else {
        outline.value(node)
    }
}

/// Puts a text together; code that is computed stands in it as written. Whether there is any.
fn is_text(outline: &Outline<'_>, node: Node<'_>, text: &mut String, depth: u8) -> bool {
    if depth > 200 {
        return false;
    }
    let inner = |name: &str| node.child_by_field_name(name);
    match node.kind() {
        "interpreted_string_literal" | "raw_string_literal" => {
            let literal = outline.literal(node);
            literal.is_some_and(|it| {
                text.push_str(&it);
                true
            })
        }
        "parenthesized_expression" => {
            let inner = node.named_child(0);
            inner.is_some_and(|it| is_text(outline, it, text, depth + 1))
        }
        "binary_expression" if inner("operator").is_some_and(|it| it.kind() == "+") => {
            let mut any = false;
            for side in ["left", "right"].into_iter().filter_map(inner) {
                if is_text(outline, side, text, depth + 1) {
                    any = true;
                } else {
                    // As a gap, which whoever calls a helper may fill.
                    text.extend(["{", outline.text(side), "}"]);
                }
            }
            any
        }
        // `fmt.Sprintf("…", …)`
        "call_expression" => {
            let callee = inner("function").map(|it| outline.text(it));
            let first = inner("arguments").and_then(|it| it.named_child(0));
            matches!(callee, Some("fmt.Sprintf" | "fmt.Sprint"))
                && first.is_some_and(|it| is_text(outline, it, text, depth + 1))
        }
        "identifier" => {
            let value = constant(outline, node);
            value.is_some_and(|it| is_text(outline, it, text, depth + 20))
        }
        _ => false,
    }
}

/// What a name stands for: a variable before it, else a constant or variable of the file.
fn constant<'n>(outline: &'n Outline<'_>, used: Node<'n>) -> Option<Node<'n>> {
    let name = outline.text(used);
    for outer in outline.around(used) {
        let is_own = outer.kind() == "source_file";
        match outer.kind() {
            "function_declaration" | "method_declaration" | "func_literal" => {
                // What it is handed may have the name of a constant.
                let list = outer.child_by_field_name("parameters");
                if list.is_some_and(|it| is_parameter(outline, it, name)) {
                    return None;
                }
            }
            "block" | "statement_list" | "source_file" => {
                let mut cursor = outer.walk();
                let each = outer.named_children(&mut cursor);
                let each = each.take_while(|it| is_own || it.end_byte() <= used.start_byte());
                let its = each.filter_map(|it| declared(outline, it, name));
                if let Some(value) = its.last() {
                    return Some(value);
                }
            }
            _ => {}
        }
    }
    None
}

fn is_parameter(outline: &Outline<'_>, list: Node<'_>, name: &str) -> bool {
    let mut cursor = list.walk();
    list.named_children(&mut cursor).any(|it| {
        let mut cursor = it.walk();
        it.children_by_field_name("name", &mut cursor)
            .any(|it| outline.text(it) == name)
    })
}

/// The value of a name in `const a = "…"`, `var a = "…"` or `a := "…"`.
fn declared<'t>(outline: &Outline<'_>, node: Node<'t>, name: &str) -> Option<Node<'t>> {
    match node.kind() {
        "short_var_declaration" => {
            let left = node.child_by_field_name("left")?;
            let right = node.child_by_field_name("right")?;
            (outline.text(left) == name).then(|| right.named_child(0))?
        }
        "const_declaration" | "var_declaration" | "var_spec_list" => {
            let mut cursor = node.walk();
            let its: Vec<Node<'t>> = node.named_children(&mut cursor).collect();
            its.into_iter().find_map(|it| declared(outline, it, name))
        }
        "const_spec" | "var_spec" => {
            let its = node.child_by_field_name("name")?;
            let value = node.child_by_field_name("value")?;
            (outline.text(its) == name).then(|| value.named_child(0))?
        }
        _ => None,
    }
}
