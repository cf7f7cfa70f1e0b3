//! The names under which a file lends what its own names stand for.

use rustc_hash::FxHashMap;
use tree_sitter::Node;

use super::options::children;
use crate::syntax::outline::Outline;

/// Names of a file by the names under which others get them: `export { its as theirs }`,
/// `module.exports = { its, theirs: its }`, `exports.theirs = its`.
pub(super) fn of<'a>(root: Node<'_>, outline: &Outline<'a>) -> FxHashMap<&'a str, &'a str> {
    let mut found = FxHashMap::default();
    for statement in children(root) {
        match statement.kind() {
            "export_statement" if statement.child_by_field_name("source").is_none() => {
                let clauses = children(statement).into_iter();
                for it in clauses.flat_map(children) {
                    if let Some(name) = it.child_by_field_name("name") {
                        let alias = it.child_by_field_name("alias").unwrap_or(name);
                        found.insert(outline.text(name), outline.text(alias));
                    }
                }
            }
            "expression_statement" => {
                let Some((theirs, value)) = statement
                    .named_child(0)
                    .and_then(|it| assigned(it, outline))
                else {
                    continue;
                };
                match (theirs, value.kind()) {
                    (Some(theirs), "identifier") => {
                        found.insert(outline.text(value), theirs);
                    }
                    (None, "object") => {
                        for (theirs, its) in pairs(value, outline) {
                            if matches!(its.kind(), "identifier" | "shorthand_property_identifier")
                            {
                                found.insert(outline.text(its), theirs);
                            }
                        }
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
    found
}

/// What an assignment gives to others: under this name, or all of `module.exports`.
pub(super) fn assigned<'a, 't>(
    node: Node<'t>,
    outline: &Outline<'a>,
) -> Option<(Option<&'a str>, Node<'t>)> {
    if node.kind() != "assignment_expression" {
        return None;
    }
    let left = node.child_by_field_name("left")?;
    let right = node.child_by_field_name("right")?;
    if outline.text(left) == "module.exports" {
        return Some((None, right));
    }
    let object = left.child_by_field_name("object")?;
    let name = left.child_by_field_name("property")?;
    let is_exports = matches!(outline.text(object), "exports" | "module.exports");
    is_exports.then(|| (Some(outline.text(name)), right))
}

/// The names and values of an object.
pub(super) fn pairs<'a, 't>(object: Node<'t>, outline: &Outline<'a>) -> Vec<(&'a str, Node<'t>)> {
    let pair = |it: Node<'t>| match it.kind() {
        "shorthand_property_identifier" => Some((outline.text(it), it)),
        "pair" => {
            let key = it.child_by_field_name("key")?;
            let value = it.child_by_field_name("value")?;
            Some((outline.text(key).trim_matches(['"', '\'']), value))
        }
        _ => None,
    };
    children(object).into_iter().filter_map(pair).collect()
}
