//! Reads JSON as a [`Tree`], also with comments and commas at the end, as many
//! settings are written. What stands before an error is kept.

use super::text::{Comments, Lines};
use super::tree::{DEEPEST, Node, Tree, Value};

struct Reader<'a> {
    text: &'a str,
    at: usize,
    lines: &'a Lines<'a>,
    comments: &'a mut Comments,
    /// Where the last token ended.
    end: usize,
}

type Wrong = (usize, &'static str);

/// Reads a text; notes its comments.
pub(super) fn read(text: &str, lines: &Lines<'_>, comments: &mut Comments) -> Tree {
    let mut reader = Reader {
        text,
        at: 0,
        lines,
        comments,
        end: 0,
    };
    let mut root = Node::null(0);
    let done = reader
        .value(&mut root, 0)
        .and_then(|()| match reader.peek()? {
            None => Ok(()),
            Some(_) => Err((reader.at, "something stands behind the end")),
        });
    let broken = done.err().map(|(at, why)| (lines.line(at), why.to_owned()));
    Tree {
        roots: vec![root],
        masked: Vec::new(),
        broken,
    }
}

impl Reader<'_> {
    /// The next sign that is neither space nor comment.
    fn peek(&mut self) -> Result<Option<u8>, Wrong> {
        loop {
            let rest = &self.text[self.at..];
            let skipped = rest.len() - rest.trim_start().len();
            self.at += skipped;
            let rest = &self.text[self.at..];
            let alone = self.lines.begins(self.at);
            if let Some(comment) = rest.strip_prefix("//") {
                let comment = comment.lines().next().unwrap_or_default();
                self.comments.add(self.lines.line(self.at), comment, alone);
                self.at += 2 + comment.len();
            } else if let Some(comment) = rest.strip_prefix("/*") {
                let Some(length) = comment.find("*/") else {
                    return Err((self.at, "the comment has no end"));
                };
                let first = self.lines.line(self.at);
                for (line, text) in (first..).zip(comment[..length].lines()) {
                    self.comments
                        .add(line, text.trim().trim_start_matches('*'), alone);
                }
                self.at += length + 4;
            } else {
                return Ok(rest.as_bytes().first().copied());
            }
        }
    }

    fn value(&mut self, node: &mut Node, depth: usize) -> Result<(), Wrong> {
        let first = self.peek()?;
        let line = self.lines.line(self.at);
        // A key may stand on a line before.
        let first_line = if node.lines.0 == 0 {
            line
        } else {
            node.lines.0
        };
        node.lines = (first_line, line);
        if depth > DEEPEST {
            return Err((self.at, "it is nested too deep to be read"));
        }
        let done = match first {
            Some(b'{') => {
                node.value = Value::Table(Vec::new());
                self.table(node, depth)
            }
            Some(b'[') => {
                node.value = Value::List(Vec::new());
                self.list(node, depth)
            }
            Some(b'"') => self.string().map(|text| node.value = Value::Text(text)),
            Some(_) => {
                let rest = &self.text[self.at..];
                let end = rest.find(|it: char| !it.is_ascii_alphanumeric() && !"+-.".contains(it));
                let word = &rest[..end.unwrap_or(rest.len())];
                if word.is_empty() {
                    return Err((self.at, "a value was expected"));
                }
                self.at += word.len();
                self.end = self.at;
                if word != "null" {
                    node.value = Value::Text(word.to_owned());
                }
                Ok(())
            }
            None => Err((self.at, "the text ends too early")),
        };
        node.lines.1 = self
            .lines
            .line(self.end.saturating_sub(1))
            .max(node.lines.0);
        done
    }

    fn list(&mut self, node: &mut Node, depth: usize) -> Result<(), Wrong> {
        self.at += 1;
        loop {
            if self.peek()? == Some(b']') {
                self.at += 1;
                self.end = self.at;
                return Ok(());
            }
            let mut item = Node::null(self.lines.line(self.at));
            let done = self.value(&mut item, depth + 1);
            if let Value::List(items) = &mut node.value {
                items.push(item);
            }
            done?;
            self.comma(b']')?;
        }
    }

    fn table(&mut self, node: &mut Node, depth: usize) -> Result<(), Wrong> {
        self.at += 1;
        loop {
            match self.peek()? {
                Some(b'}') => {
                    self.at += 1;
                    self.end = self.at;
                    return Ok(());
                }
                Some(b'"') => {}
                _ => return Err((self.at, "a name in quotes was expected")),
            }
            let mut value = Node::null(self.lines.line(self.at));
            let name = self.string()?;
            if self.peek()? != Some(b':') {
                return Err((self.at, "a colon was expected"));
            }
            self.at += 1;
            let done = self.value(&mut value, depth + 1);
            if let Value::Table(entries) = &mut node.value {
                entries.push((name, value));
            }
            done?;
            self.comma(b'}')?;
        }
    }

    fn comma(&mut self, end: u8) -> Result<(), Wrong> {
        match self.peek()? {
            Some(b',') => self.at += 1,
            Some(it) if it == end => {}
            Some(_) => return Err((self.at, "a comma was expected")),
            None => return Err((self.at, "the text ends too early")),
        }
        Ok(())
    }

    fn string(&mut self) -> Result<String, Wrong> {
        let start = self.at;
        let mut text = String::new();
        let mut units: Vec<u16> = Vec::new();
        let mut signs = self.text[start + 1..].char_indices();
        while let Some((at, sign)) = signs.next() {
            let mut unit = None;
            match sign {
                '"' => {
                    text.push_str(&String::from_utf16_lossy(&units));
                    self.at = start + at + 2;
                    self.end = self.at;
                    return Ok(text);
                }
                '\\' => match signs.next() {
                    Some((at, 'u')) => {
                        let digits = self.text[start + 1..].get(at + 1..at + 5);
                        unit = digits.and_then(|it| u16::from_str_radix(it, 16).ok());
                        if unit.is_none() {
                            return Err((start + 1 + at, "an escape is not complete"));
                        }
                        signs.nth(3);
                    }
                    Some((_, sign)) => {
                        text.push_str(&String::from_utf16_lossy(&std::mem::take(&mut units)));
                        text.push(match sign {
                            'n' => '\n',
                            't' => '\t',
                            'r' => '\r',
                            'b' => '\u{8}',
                            'f' => '\u{c}',
                            other => other,
                        });
                    }
                    None => break,
                },
                sign => {
                    text.push_str(&String::from_utf16_lossy(&std::mem::take(&mut units)));
                    text.push(sign);
                }
            }
            // Half of a sign waits for its other half.
            units.extend(unit);
        }
        Err((start, "the text has no end"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> (Tree, Comments) {
        let mut comments = Comments::default();
        let tree = read(text, &Lines::new(text), &mut comments);
        (tree, comments)
    }

    #[test]
    fn everything_has_its_lines_and_comments_are_kept() {
        let text = "// first\n{\n  \"a\": [ // why\n    \"x\",\n    {\"b\": 1,}, /* y */\n  ],\n  \"c\": \"\\ud83e\\udd80\\n\"\n}\n";
        let (tree, comments) = tree(text);
        assert_eq!(tree.broken, None);
        let lines = |path| super::super::tree::find(&tree.roots[0], path)[0].node.lines;
        assert_eq!(
            (lines("."), lines("a"), lines("a/1/b")),
            ((2, 8), (3, 6), (5, 5))
        );
        let c = &super::super::tree::find(&tree.roots[0], "c")[0].node.value;
        assert_eq!(*c, Value::Text("🦀\n".to_owned()));
        assert_eq!(comments.trailing((3, 6)), ["why", "y"]);
        assert_eq!(comments.above(2).as_deref(), Some("first"));
    }

    #[test]
    fn what_stands_before_an_error_is_kept_and_the_error_has_its_line() {
        let (tree, _) = tree("{\"a\": [1, 2\n, {\"b\": \"c\"\n");
        assert_eq!(super::super::tree::find(&tree.roots[0], "a/*").len(), 3);
        assert_eq!(tree.broken, Some((3, "the text ends too early".to_owned())));
    }
}
