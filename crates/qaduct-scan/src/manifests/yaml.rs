//! Reads YAML as a [`Tree`]. What stands before an error is kept.

use std::collections::HashMap;

use rustc_hash::FxHashSet;
use yaml_rust2::Event;
use yaml_rust2::parser::Parser;
use yaml_rust2::scanner::TScalarStyle;

use super::text::{Lines, number};
use super::tree::{DEEPEST, Node, Tree, Value};

/// Nodes that a file may come to by aliases of aliases.
const MOST: usize = 1_000_000;

/// A list or table that is not closed yet.
struct Open {
    node: Node,
    /// The key whose value comes next, and its line.
    key: Option<(String, u32)>,
    anchor: usize,
}

struct Builder<'a> {
    lines: &'a Lines<'a>,
    open: Vec<Open>,
    documents: Vec<Node>,
    anchors: HashMap<usize, Node>,
    masked: Vec<(u32, u32)>,
    nodes: usize,
}

/// Reads a text.
pub(super) fn read(text: &str, lines: &Lines<'_>) -> Tree {
    let mut builder = Builder {
        lines,
        open: Vec::new(),
        documents: Vec::new(),
        anchors: HashMap::new(),
        masked: Vec::new(),
        nodes: 0,
    };
    let mut parser = Parser::new_from_str(text);
    let mut broken = None;
    loop {
        let (event, line) = match parser.next_token() {
            Ok((event, mark)) => (event, number(mark.line())),
            Err(wrong) => {
                broken = Some((number(wrong.marker().line()), wrong.info().to_owned()));
                break;
            }
        };
        if event == Event::StreamEnd {
            break;
        }
        let end = match &event {
            Event::Scalar(..) => {
                let next = parser.peek().map(|(_, mark)| number(mark.line()));
                builder.end(line, next.unwrap_or(line))
            }
            _ => line,
        };
        if let Err(why) = builder.take(event, line, end) {
            broken = Some((line, why.to_owned()));
            break;
        }
    }
    while !builder.open.is_empty() {
        builder.close();
    }
    Tree {
        roots: builder.documents,
        masked: builder.masked,
        broken,
    }
}

impl Builder<'_> {
    /// The last line of a text that begins at a line, when the next thing begins at another.
    fn end(&self, line: u32, next: u32) -> u32 {
        let mut end = next.saturating_sub(1).max(line);
        while end > line {
            let text = self.lines.range((end, end)).trim();
            if !text.is_empty() && !text.starts_with('#') {
                break;
            }
            end -= 1;
        }
        end
    }

    fn take(&mut self, event: Event, line: u32, end: u32) -> Result<(), &'static str> {
        self.nodes += 1;
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let null =
                    style == TScalarStyle::Plain && matches!(text.as_str(), "" | "~" | "null");
                if end > line {
                    self.masked.push((line, end));
                }
                let value = if null { Value::Null } else { Value::Text(text) };
                let node = Node {
                    lines: (line, end),
                    value,
                };
                self.put(node, anchor);
            }
            Event::Alias(anchor) => {
                let mut node = self
                    .anchors
                    .get(&anchor)
                    .cloned()
                    .unwrap_or(Node::null(line));
                node.lines = (line, line);
                self.nodes += size(&node);
                if self.nodes > MOST {
                    return Err("its aliases come to more than can be read");
                }
                if self.open.len() + depth(&node) > DEEPEST {
                    return Err("it is nested too deep to be read");
                }
                self.put(node, 0);
            }
            Event::SequenceStart(anchor, _) => self.open(Value::List(Vec::new()), line, anchor)?,
            Event::MappingStart(anchor, _) => self.open(Value::Table(Vec::new()), line, anchor)?,
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            _ => {}
        }
        Ok(())
    }

    fn open(&mut self, value: Value, line: u32, anchor: usize) -> Result<(), &'static str> {
        if self.open.len() >= DEEPEST {
            return Err("it is nested too deep to be read");
        }
        let node = Node {
            lines: (line, line),
            value,
        };
        self.open.push(Open {
            node,
            key: None,
            anchor,
        });
        Ok(())
    }

    fn close(&mut self) {
        if let Some(mut open) = self.open.pop() {
            // `<<` puts the entries of another table below those of this one.
            if let Value::Table(entries) = &mut open.node.value {
                let merged: Vec<_> = entries.extract_if(.., |(key, _)| key == "<<").collect();
                for (_, node) in merged {
                    merge(entries, node);
                }
            }
            self.put(open.node, open.anchor);
        }
    }

    fn put(&mut self, mut node: Node, anchor: usize) {
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some(open) = self.open.last_mut() else {
            self.documents.push(node);
            return;
        };
        let last = open.node.lines.1.max(node.lines.1);
        open.node.lines.1 = last;
        match (&mut open.node.value, open.key.take()) {
            (Value::List(items), _) => items.push(node),
            (Value::Table(entries), Some((key, line))) => {
                node.lines.0 = line;
                node.lines.1 = node.lines.1.max(line);
                entries.push((key, node));
            }
            (Value::Table(_), None) => {
                open.key = Some((node.texts().join(" "), node.lines.0));
            }
            _ => {}
        }
    }
}

fn merge(entries: &mut Vec<(String, Node)>, node: Node) {
    let line = node.lines.0;
    match node.value {
        Value::Table(more) => {
            let known = entries.iter().map(|(key, _)| key.clone());
            let mut known: FxHashSet<String> = known.collect();
            for (key, mut node) in more {
                if known.insert(key.clone()) {
                    node.lines = (line, line);
                    entries.push((key, node));
                }
            }
        }
        Value::List(tables) => {
            for table in tables {
                merge(entries, table);
            }
        }
        _ => {}
    }
}

fn size(node: &Node) -> usize {
    1 + match &node.value {
        Value::List(items) => items.iter().map(size).sum(),
        Value::Table(entries) => entries.iter().map(|(_, node)| size(node)).sum(),
        _ => 0,
    }
}

fn depth(node: &Node) -> usize {
    1 + match &node.value {
        Value::List(items) => items.iter().map(depth).max().unwrap_or(0),
        Value::Table(entries) => entries
            .iter()
            .map(|(_, node)| depth(node))
            .max()
            .unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn tree(text: &str) -> Tree {
        read(text, &Lines::new(text))
    }

    fn lines(text: &str, path: &str) -> Vec<(u32, u32)> {
        let tree = tree(text);
        let hits = super::super::tree::find(&tree.roots[0], path);
        hits.iter().map(|hit| hit.node.lines).collect()
    }

    #[test]
    fn everything_has_its_lines() {
        let text = "a:\n- b: c\n  d:\n  - e\n\n  # why\n- b: f\n  run: |\n    # no comment\n    x\n\ng: h\n";
        assert_eq!(lines(text, "a/*"), [(2, 4), (7, 10)]);
        assert_eq!(lines(text, "a/*/b"), [(2, 2), (7, 7)]);
        assert_eq!(lines(text, "a/0/d/*"), [(4, 4)]);
        assert_eq!(lines(text, "a/1/run"), [(8, 10)]);
        assert_eq!(lines(text, "g"), [(12, 12)]);
        assert_eq!(tree(text).masked.len(), 1);
    }

    #[test]
    fn what_stands_before_an_error_is_kept() {
        let tree = tree("a:\n- b\n- 'c\nd: e\n");
        assert_eq!(super::super::tree::find(&tree.roots[0], "a/*").len(), 1);
        assert!(tree.broken.is_some());
    }

    #[test]
    fn aliases_and_merges_are_followed_and_bombs_are_not() {
        let text = "a: &a\n  x: 1\nb:\n  <<: *a\n  y: 2\nc: *a\n";
        assert_eq!(lines(text, "b/x"), [(4, 4)]);
        assert_eq!(lines(text, "c"), [(6, 6)]);
        let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
        for n in 1..12 {
            let items = vec![format!("*a{}", n - 1); 10].join(",");
            writeln!(bomb, "a{n}: &a{n} [{items}]").unwrap();
        }
        assert!(tree(&bomb).broken.is_some());
        assert!(tree(&"[".repeat(10_000)).broken.is_some());
    }
}
