//! The text of a file: decoded, with its lines, and what a node of a tree says of it.

use std::borrow::Cow;
use std::cell::OnceCell;

use tree_sitter::Node;

/// A longer line than people write by hand.
const LONGEST: usize = 5_000;

/// So much of such lines is a bundle; less may be the data of a test.
const BUNDLE: usize = 256 << 10;

/// A file as text.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    /// The text, without a byte order mark.
    pub(crate) text: Cow<'a, str>,
    /// Where its lines begin, once somebody has asked.
    starts: OnceCell<Vec<usize>>,
}

impl<'a> Source<'a> {
    /// Decodes a file in UTF-8, and in Latin-1 where it is none.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        let text = match bytes {
            [0xef, 0xbb, 0xbf, rest @ ..] => latin(rest),
            _ => latin(bytes),
        };
        let starts = OnceCell::new();
        Self { text, starts }
    }

    /// The line of a place, counted from 1.
    pub(crate) fn line(&self, at: usize) -> u32 {
        let starts = self.starts.get_or_init(|| {
            let ends = memchr::memchr_iter(b'\n', self.text.as_bytes());
            std::iter::once(0).chain(ends.map(|at| at + 1)).collect()
        });
        u32::try_from(starts.partition_point(|it| *it <= at)).unwrap_or(u32::MAX)
    }

    /// Whether a machine packed it into long lines, which are nearly all of it.
    pub(crate) fn is_minified(&self) -> bool {
        let lines = self.text.as_bytes().split(|it| *it == b'\n');
        let packed: usize = lines.map(<[u8]>::len).filter(|it| *it > LONGEST).sum();
        packed > BUNDLE && packed / 9 > self.text.len() / 10
    }

    /// The text of a node.
    pub(crate) fn of(&self, node: Node<'_>) -> &str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }
}

fn latin(bytes: &[u8]) -> Cow<'_, str> {
    match str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|it| char::from(*it)).collect()),
    }
}

/// A file as UTF-8, where it begins with the mark of UTF-16: words are looked for in bytes.
pub(crate) fn utf8(bytes: &[u8]) -> Cow<'_, [u8]> {
    let (rest, unit): (_, fn([u8; 2]) -> u16) = match bytes {
        [0xff, 0xfe, rest @ ..] => (rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => (rest, u16::from_be_bytes),
        _ => return Cow::Borrowed(bytes),
    };
    let units = rest.chunks_exact(2).map(|it| unit([it[0], it[1]]));
    let units: Vec<u16> = units.collect();
    Cow::Owned(String::from_utf16_lossy(&units).into_bytes())
}

/// First line of a node, counted from 1.
pub(crate) fn line(node: Node<'_>) -> u32 {
    u32::try_from(node.start_position().row).unwrap_or(u32::MAX - 1) + 1
}

/// Last line of a node.
pub(crate) fn last_line(node: Node<'_>) -> u32 {
    let end = node.end_position();
    // A node that takes the line end with it ends on the line before.
    let row = if end.column == 0 && end.row > node.start_position().row {
        end.row - 1
    } else {
        end.row
    };
    u32::try_from(row).unwrap_or(u32::MAX - 1) + 1
}

/// White space of several lines as one space, for texts that stand in a column.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_minified(text: &str) -> bool {
        Source::new(text.as_bytes()).is_minified()
    }

    #[test]
    fn a_bundle_is_minified_and_a_test_with_long_data_is_none() {
        let packed = "it.skip('a',function(){});".repeat(20_000);
        assert!(is_minified(&packed));
        assert!(is_minified(&format!("/*! licence */\n{packed}\n")));
        let data = format!(
            "it.skip('a', () => {{\n  x = '{}';\n}});\n",
            "a".repeat(100_000)
        );
        assert!(!is_minified(&data));
        assert!(!is_minified(&"it('adds', () => {});\n".repeat(50_000)));
    }
}
