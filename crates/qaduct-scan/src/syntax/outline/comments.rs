//! Comments of a file, and which of them are about what.

use tree_sitter::Node;

use super::Outline;
use crate::syntax::source::{Source, last_line, line};

/// A comment of the file.
pub(super) struct Comment {
    lines: (u32, u32),
    text: String,
    /// Whether nothing else stands on its first line.
    alone: bool,
}

impl Outline<'_> {
    /// Says of the last place that it is one line of a comment, and what is said about it there.
    pub(crate) fn at_line(&mut self, line: u32, about: &str) {
        if let Some(last) = self.facts.sightings.last_mut() {
            last.lines = (line, line);
            last.above = about.into();
            last.trailing = "".into();
        }
    }

    /// Says of the last place that the comments around it are about something else.
    pub(crate) fn without_comments(&mut self) {
        if let Some(last) = self.facts.sightings.last_mut() {
            last.above = "".into();
            last.trailing = "".into();
        }
    }

    /// Comments directly above a line, each on lines of its own.
    pub(super) fn above(&self, line: u32) -> String {
        let mut texts: Vec<&str> = Vec::new();
        let mut next = line;
        let before = self.comments.partition_point(|it| it.lines.1 < line);
        for comment in self.comments[..before].iter().rev() {
            if comment.alone && comment.lines.1 + 1 == next {
                texts.push(&comment.text);
                next = comment.lines.0;
            } else if comment.lines.1 < next.saturating_sub(1) {
                break;
            }
        }
        texts.reverse();
        texts.join("\n")
    }

    /// Comments that stand on these lines behind code.
    pub(super) fn trailing(&self, lines: (u32, u32)) -> String {
        let first = self.comments.partition_point(|it| it.lines.0 < lines.0);
        let its = self.comments[first..].iter();
        let its = its.take_while(|it| it.lines.0 <= lines.1);
        // A declaration that is a comment itself has none behind it.
        let its = its.filter(|it| !it.alone || it.lines.0 > lines.0);
        let its: Vec<&str> = its.map(|it| it.text.as_str()).collect();
        its.join("\n")
    }
}

impl Comment {
    pub(super) fn of(node: Node<'_>, source: &Source<'_>) -> Self {
        let start = node.start_byte();
        let before = &source.text[start - node.start_position().column..start];
        Self {
            lines: (line(node), last_line(node)),
            text: source.of(node).trim_end().to_owned(),
            alone: before.trim_start().is_empty(),
        }
    }
}
