//! Reads XML as a [`Tree`]: an element is a table of its attributes (`@name`)
//! and elements, or a text where it has neither.

use roxmltree::{Document, ParsingOptions};

use super::text::{Comments, Lines, number};
use super::tree::{DEEPEST, Node, Tree, Value};

/// Reads a text; notes its comments.
pub(super) fn read(text: &str, lines: &Lines<'_>, comments: &mut Comments) -> Tree {
    let options = ParsingOptions {
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    let document = match Document::parse_with_options(text, options) {
        Ok(document) => document,
        Err(wrong) => {
            return Tree {
                roots: Vec::new(),
                masked: Vec::new(),
                broken: Some((wrong.pos().row.max(1), wrong.to_string())),
            };
        }
    };
    for comment in document.descendants().filter(roxmltree::Node::is_comment) {
        let range = comment.range();
        let alone = lines.begins(range.start);
        let first = lines.line(range.start);
        for (n, line) in comment.text().unwrap_or_default().lines().enumerate() {
            comments.add(first + number(n), line, alone);
        }
    }
    let mut broken = None;
    let element = document.root_element();
    let inner = node(element, lines, 0, &mut broken);
    let name = element.tag_name().name().to_owned();
    Tree {
        roots: vec![Node {
            lines: inner.lines,
            value: Value::Table(vec![(name, inner)]),
        }],
        masked: Vec::new(),
        broken,
    }
}

fn node(
    element: roxmltree::Node<'_, '_>,
    lines: &Lines<'_>,
    depth: usize,
    broken: &mut Option<(u32, String)>,
) -> Node {
    let range = element.range();
    let own = (lines.line(range.start), lines.line(range.end.max(1) - 1));
    if depth > DEEPEST {
        broken.get_or_insert((own.0, "it is nested too deep to be read".to_owned()));
        return Node::null(own.0);
    }
    let attributes = element.attributes().map(|it| {
        let line = lines.line(it.range().start);
        let value = Value::Text(it.value().to_owned());
        let lines = (line, line);
        (format!("@{}", it.name()), Node { lines, value })
    });
    let mut entries: Vec<_> = attributes.collect();
    for child in element.children().filter(roxmltree::Node::is_element) {
        let name = child.tag_name().name().to_owned();
        entries.push((name, node(child, lines, depth + 1, broken)));
    }
    let text = element.text().unwrap_or_default().trim();
    let value = if entries.is_empty() {
        Value::Text(text.to_owned())
    } else {
        if !text.is_empty() {
            let value = Value::Text(text.to_owned());
            entries.push(("#text".to_owned(), Node { lines: own, value }));
        }
        Value::Table(entries)
    };
    Node { lines: own, value }
}
