//! The settings in effect, as text that could be a `qaduct.toml`.

use serde_json::{Value as Json, json};

use super::shape::Shape;
use super::tree::{Node, Value, path, quoted};

/// As TOML; with the origin of each value behind it, if asked for.
#[must_use]
pub fn toml(tree: &Node, shape: &Shape, origins: bool) -> String {
    let mut lines = Vec::new();
    table(tree, shape, &mut Vec::new(), origins, &mut lines);
    lines.push(String::new());
    lines.join("\n")
}

fn table<'a>(
    node: &'a Node,
    shape: &Shape,
    keys: &mut Vec<&'a str>,
    origins: bool,
    lines: &mut Vec<String>,
) {
    let Value::Table(entries) = &node.value else {
        return;
    };
    let is_table = |key: &str| matches!(shape.key(key), Some(Shape::Table(_) | Shape::Map(_)));
    let (tables, values): (Vec<_>, Vec<_>) = entries.iter().partition(|(key, _)| is_table(key));
    // A table of tables alone needs no heading.
    if !values.is_empty() && !keys.is_empty() {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.push(format!("[{}]", path(keys)));
    }
    for (key, entry) in values {
        let line = format!("{} = {}", quoted(key), entry.node.to_toml());
        let origin = entry.node.origin.words();
        lines.push(if origins {
            format!("{line}  # {origin}")
        } else {
            line
        });
    }
    for (key, entry) in tables {
        let Some(shape) = shape.key(key) else {
            continue;
        };
        keys.push(key);
        table(&entry.node, shape, keys, origins, lines);
        keys.pop();
    }
}

/// As JSON: the tree of values, or a list of them with their origins.
#[must_use]
pub fn json(tree: &Node, shape: &Shape, origins: bool) -> Json {
    if !origins {
        return serde_json::to_value(tree.to_toml()).unwrap_or_default();
    }
    let mut items = Vec::new();
    list(tree, shape, &mut Vec::new(), &mut items);
    Json::Array(items)
}

fn list<'a>(node: &'a Node, shape: &Shape, keys: &mut Vec<&'a str>, items: &mut Vec<Json>) {
    match (&node.value, shape) {
        (Value::Table(entries), Shape::Table(_) | Shape::Map(_)) => {
            for (key, entry) in entries {
                let Some(shape) = shape.key(key) else {
                    continue;
                };
                keys.push(key);
                list(&entry.node, shape, keys, items);
                keys.pop();
            }
        }
        _ => items.push(json!({
            "key": path(keys),
            "value": node.to_toml(),
            "origin": node.origin.words(),
        })),
    }
}
