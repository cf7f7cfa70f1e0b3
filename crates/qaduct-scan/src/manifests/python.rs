//! Reads a literal of Python as a [`Tree`]: lists, tables, texts. Anything else
//! is the text that it is written with.

use ruff_python_ast::{Expr, Mod};
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use ruff_text_size::Ranged;

use super::text::{Comments, Lines};
use super::tree::{DEEPEST, Node, Tree, Value};

/// Reads a text; notes its comments.
pub(super) fn read(text: &str, lines: &Lines<'_>, comments: &mut Comments) -> Tree {
    let mut root = Node::null(1);
    // The parser goes down as deep as brackets do.
    if let Some(at) = too_deep(text) {
        return Tree {
            roots: Vec::new(),
            masked: Vec::new(),
            broken: Some((
                lines.line(at),
                "it is nested too deep to be read".to_owned(),
            )),
        };
    }
    let parsed = parse_unchecked(text, ParseOptions::from(Mode::Expression));
    for token in parsed.tokens() {
        if token.kind().is_comment() {
            let at = usize::from(token.start());
            let comment = &text[at..usize::from(token.end())];
            let comment = comment.trim_start_matches('#');
            comments.add(lines.line(at), comment, lines.begins(at));
        }
    }
    let broken = parsed.errors().first().map(|wrong| {
        let at = usize::from(wrong.location.start());
        (lines.line(at), wrong.error.to_string())
    });
    if let Mod::Expression(module) = parsed.syntax() {
        root = node(&module.body, text, lines);
    }
    Tree {
        roots: vec![root],
        masked: Vec::new(),
        broken,
    }
}

/// Where brackets come to more levels than are read, strings and all.
fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut signs = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b',' | b'\n' => signs = 0,
            b'-' | b'~' | b'+' | b'*' | b' ' => signs += 1,
            _ => {}
        }
        if depth > DEEPEST || signs > 2_000 {
            return Some(at);
        }
    }
    None
}

fn node(expr: &Expr, text: &str, lines: &Lines<'_>) -> Node {
    let (start, end) = (usize::from(expr.start()), usize::from(expr.end()));
    let mut own = (lines.line(start), lines.line(end.max(start + 1) - 1));
    let written = || Value::Text(text.get(start..end).unwrap_or_default().to_owned());
    let value = match expr {
        Expr::List(list) => Value::List(list.elts.iter().map(|it| node(it, text, lines)).collect()),
        Expr::Tuple(list) => {
            Value::List(list.elts.iter().map(|it| node(it, text, lines)).collect())
        }
        Expr::Dict(dict) => {
            let each = dict.items.iter().filter_map(|item| {
                let key = node(item.key.as_ref()?, text, lines);
                let mut value = node(&item.value, text, lines);
                value.lines.0 = key.lines.0;
                Some((key.texts().join(" "), value))
            });
            Value::Table(each.collect())
        }
        Expr::StringLiteral(string) => Value::Text(string.value.to_str().to_owned()),
        Expr::NoneLiteral(_) => Value::Null,
        _ => written(),
    };
    if own.0 > own.1 {
        own.1 = own.0;
    }
    Node { lines: own, value }
}
