//! Reads the expectations of web-platform-tests as a [`Tree`]: sections in
//! brackets, keys with a value or with lines of `if …: value` below them, each
//! below the other by its indent.

use super::text::{Comments, Lines};
use super::tree::{DEEPEST, Node, Tree, Value};

/// A section or key that goes on as long as lines stand deeper.
struct Open {
    indent: usize,
    name: String,
    node: Node,
}

/// Reads a text; notes its comments.
pub(super) fn read(lines: &Lines<'_>, comments: &mut Comments) -> Tree {
    let mut open: Vec<Open> = vec![Open {
        indent: 0,
        name: String::new(),
        node: Node {
            lines: (1, 1),
            value: Value::Table(Vec::new()),
        },
    }];
    let mut broken = None;
    for (line, text) in lines.each() {
        let content = text.trim();
        if content.is_empty() {
            continue;
        }
        if let Some(comment) = content.strip_prefix('#') {
            comments.add(line, comment, true);
            continue;
        }
        let indent = text.len() - text.trim_start().len();
        // What stands as deep or deeper is over; the root never is.
        while open.len() > 1 && open.last().is_some_and(|it| it.indent >= indent) {
            close(&mut open);
        }
        if open.len() > DEEPEST {
            broken = Some((line, "it is nested too deep to be read".to_owned()));
            break;
        }
        let is_value = |it: &Open| matches!(it.node.value, Value::List(_));
        if !open.last().is_some_and(is_value)
            && let Some(name) = content
                .strip_prefix('[')
                .and_then(|it| it.strip_suffix(']'))
        {
            let name = name.replace("\\]", "]").replace("\\[", "[");
            open.push(begin(indent, name, line, Value::Table(Vec::new())));
            continue;
        }
        let held = open.last_mut().filter(|it| !it.name.is_empty());
        if let Some(Open { node, .. }) = held
            && let Value::List(items) = &mut node.value
        {
            // A value of the key above, with its condition.
            let value = Value::Text(without_comment(content, line, comments).to_owned());
            items.push(Node {
                lines: (line, line),
                value,
            });
            continue;
        }
        match content.split_once(':') {
            Some((name, value)) => {
                let value = without_comment(value.trim(), line, comments);
                let value = match value.is_empty() {
                    true => Value::List(Vec::new()),
                    false => Value::Text(value.to_owned()),
                };
                open.push(begin(indent, name.trim().to_owned(), line, value));
            }
            None => {
                broken.get_or_insert((line, "neither a section nor a key".to_owned()));
            }
        }
    }
    while open.len() > 1 {
        close(&mut open);
    }
    Tree {
        roots: vec![open.remove(0).node],
        masked: Vec::new(),
        broken,
    }
}

fn begin(indent: usize, name: String, line: u32, value: Value) -> Open {
    let lines = (line, line);
    Open {
        indent,
        name,
        node: Node { lines, value },
    }
}

fn without_comment<'t>(text: &'t str, line: u32, comments: &mut Comments) -> &'t str {
    match text.split_once(" #") {
        Some((text, comment)) => {
            comments.add(line, comment, false);
            text.trim()
        }
        None => text,
    }
}

/// What holds where none of the conditions above it does says so itself.
fn default(items: &mut [Node]) {
    let mut asked = Vec::new();
    for item in items {
        let Value::Text(text) = &mut item.value else {
            continue;
        };
        let condition = text.strip_prefix("if ");
        match condition.and_then(|it| it.rsplit_once(": ")) {
            Some((condition, _)) => asked.push(format!("not ({})", condition.trim())),
            None if asked.is_empty() => {}
            None => *text = format!("if {}: {text}", asked.join(" and ")),
        }
    }
}

fn close(open: &mut Vec<Open>) {
    let Some(done) = open.pop() else { return };
    let Some(Open { node, .. }) = open.last_mut() else {
        return;
    };
    let mut last = done.node.lines.1;
    if let Value::List(items) = &done.node.value {
        last = items.iter().map(|it| it.lines.1).max().unwrap_or(last);
    }
    let mut inner = done.node;
    if let Value::List(items) = &mut inner.value {
        default(items);
    }
    inner.lines.1 = inner.lines.1.max(last);
    node.lines.1 = node.lines.1.max(inner.lines.1);
    match &mut node.value {
        Value::Table(entries) => entries.push((done.name, inner)),
        // A key that was taken for one with a value of its own.
        Value::Text(_) | Value::Null | Value::List(_) => {}
    }
}
