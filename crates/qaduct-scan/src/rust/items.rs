//! Items of a file, with the attributes that stand in front of them; also those that stand
//! in the call of a macro, where the grammar of the language knows tokens only.

use tree_sitter::Node;

use super::attributes::{self, Attribute};
use super::texts;
use crate::syntax::facts::Role;
use crate::syntax::outline::Outline;

/// Walks what stands in a file, a block or a function.
pub(super) fn walk(outline: &mut Outline<'_>, node: Node<'_>) {
    let mut above: Vec<Attribute<'_>> = Vec::new();
    outline.children(node, |outline, child| match child.kind() {
        "attribute_item" => above.extend(attributes::of_item(outline, child)),
        "inner_attribute_item" => attributes::of_file(outline, child),
        "line_comment" | "block_comment" => texts::comment(outline, child),
        _ => {
            let its = std::mem::take(&mut above);
            item(outline, child, &its);
        }
    });
}

fn item(outline: &mut Outline<'_>, node: Node<'_>, above: &[Attribute<'_>]) {
    let named = |field: &str| node.child_by_field_name(field);
    match node.kind() {
        "function_item" => {
            let name = named("name").map_or("", |it| outline.text(it));
            attributes::of_function(outline, above, name, node);
            // The calls in it are looked at, and the tests that stand in it.
            walk(outline, node);
        }
        "mod_item" => {
            let name = named("name").map_or("", |it| outline.text(it));
            let first = above.first().map_or(node, |it| it.node);
            let unit = outline.open(Role::Suite, name, first);
            attributes::of_module(outline, above, unit);
            outline.within(unit, |outline| walk(outline, node));
        }
        "impl_item" | "trait_item" => {
            let name = named("type").or_else(|| named("name"));
            let name = name.map_or("", |it| outline.text(it));
            let unit = outline.open(Role::Suite, name, node);
            outline.within(unit, |outline| walk(outline, node));
        }
        "token_tree" => tokens(outline, node),
        "call_expression" => {
            texts::call(outline, node);
            walk(outline, node);
        }
        _ => walk(outline, node),
    }
}

/// Functions with attributes among the tokens of a macro.
fn tokens(outline: &mut Outline<'_>, tree: Node<'_>) {
    let mut above: Vec<Attribute<'_>> = Vec::new();
    let mut last = "";
    let mut before = None;
    outline.children(tree, |outline, child| {
        let text = outline.text(child);
        match child.kind() {
            "token_tree" if last == "#" && text.starts_with('[') => {
                above.extend(attributes::of_tokens(outline, child));
            }
            // `test!(#[ignore] name, …)`: what the macro makes of it is a test.
            "token_tree" if !above.is_empty() && last.starts_with('[') && text.starts_with('(') => {
                let its = std::mem::take(&mut above);
                let name = child.named_child(0).filter(|it| it.kind() == "identifier");
                let name = name.map_or("", |it| outline.text(it));
                attributes::of_argument(outline, &its, name, child);
            }
            "identifier" if !above.is_empty() && last.starts_with('[') && !is_keyword(text) => {
                let its = std::mem::take(&mut above);
                attributes::of_argument(outline, &its, text, child);
            }
            // The same of one that runs, for who asks which tests there are.
            "identifier" if outline.is_thorough() && matches!(last, "(" | "{" | "," | ";") => {
                outline.open(Role::Test, text, child);
            }
            "token_tree" if last == "with_ignored_flag" => texts::flag(outline, child, before),
            "token_tree" | "token_tree_pattern" => {
                before = Some(child);
                if text.starts_with('{') {
                    above.clear();
                }
                tokens(outline, child);
            }
            "line_comment" | "block_comment" => texts::comment(outline, child),
            _ if last == "fn" => {
                let its = std::mem::take(&mut above);
                attributes::of_function(outline, &its, text, child);
            }
            _ if text == ";" => above.clear(),
            _ => {}
        }
        last = text;
    });
}

/// Whether a word stands between the attributes of a function and its name.
fn is_keyword(word: &str) -> bool {
    matches!(
        word,
        "async"
            | "const"
            | "enum"
            | "extern"
            | "fn"
            | "let"
            | "mod"
            | "pub"
            | "static"
            | "struct"
            | "type"
            | "unsafe"
            | "use"
    )
}
