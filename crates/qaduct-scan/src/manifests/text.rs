//! The text of a file, its lines and the comments in it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// The text of a file without its byte order mark, and the first line that is not UTF-8:
/// such bytes become the Latin-1 characters of their numbers.
pub(super) fn decode(bytes: &[u8]) -> (Cow<'_, str>, Option<u32>) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), None),
        Err(wrong) => {
            let mut text = String::with_capacity(bytes.len() + 16);
            for chunk in bytes.utf8_chunks() {
                text.push_str(chunk.valid());
                text.extend(chunk.invalid().iter().map(|&byte| char::from(byte)));
            }
            let before = &bytes[..wrong.valid_up_to()];
            (
                Cow::Owned(text),
                Some(number(memchr::memchr_iter(b'\n', before).count() + 1)),
            )
        }
    }
}

/// A line number as it is kept: files are far smaller than 4 GB.
pub(super) fn number(line: usize) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}

/// Where the lines of a text begin.
pub(super) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let ends = memchr::memchr_iter(b'\n', text.as_bytes());
        let starts = std::iter::once(0).chain(ends.map(|at| at + 1)).collect();
        Self { text, starts }
    }

    /// Number of the line, from 1, that holds this place.
    pub(super) fn line(&self, at: usize) -> u32 {
        number(self.starts.partition_point(|&start| start <= at))
    }

    /// Number of the last line.
    pub(super) fn last(&self) -> u32 {
        number(self.starts.len())
    }

    /// Whether nothing stands before a place on its line.
    pub(super) fn begins(&self, at: usize) -> bool {
        let line = self.starts.partition_point(|&start| start <= at);
        let before = &self.text[self.starts[line - 1]..at];
        before.trim_start().is_empty()
    }

    /// The lines from one to another, both with it.
    pub(super) fn range(&self, (first, last): (u32, u32)) -> &'a str {
        let start = |line: u32| {
            let at = self.starts.get(line as usize).copied();
            at.unwrap_or(self.text.len())
        };
        let from = start(first.max(1) - 1);
        &self.text[from..start(last.max(first)).max(from)]
    }

    /// The empty lines.
    pub(super) fn blanks(&self) -> Vec<u32> {
        let blank = self.each().filter(|(_, text)| text.trim().is_empty());
        blank.map(|(line, _)| line).collect()
    }

    /// Each line with its number, without what ends it.
    pub(super) fn each(&self) -> impl Iterator<Item = (u32, &'a str)> {
        (1..).zip(self.text.lines())
    }
}

/// Of a longer block the lines next to the entry count: each entry below has them all.
const MOST_LINES: usize = 40;

/// A comment on a line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Comment {
    text: String,
    /// Whether nothing else stands on the line.
    alone: bool,
}

/// The comments of a file by their lines.
#[derive(Debug, Default)]
pub(super) struct Comments {
    all: BTreeMap<u32, Comment>,
    /// The lines of those that stand alone.
    alone: BTreeSet<u32>,
}

impl Comments {
    pub(super) fn add(&mut self, line: u32, text: &str, alone: bool) {
        let drawn = |it: char| it.is_whitespace() || "=-*#/".contains(it);
        let end = text.trim_end_matches(drawn);
        let start = end.trim_start_matches(drawn);
        // The sign before a number is no drawing.
        let hash = end[..end.len() - start.len()].ends_with('#');
        let number = hash && start.starts_with(|it: char| it.is_ascii_digit());
        let text = &end[end.len() - start.len() - usize::from(number)..];
        let says = text.contains(char::is_alphanumeric);
        let comment = Comment {
            text: if says { text } else { "" }.to_owned(),
            alone,
        };
        self.all.insert(line, comment);
        match alone {
            true => self.alone.insert(line),
            false => self.alone.remove(&line),
        };
    }

    /// Those that stand at the end of these lines.
    pub(super) fn trailing(&self, (first, last): (u32, u32)) -> Vec<&str> {
        let found = self.all.range(first..=last.max(first));
        found
            .filter(|(_, it)| !it.alone && !it.text.is_empty())
            .map(|(_, it)| it.text.as_str())
            .collect()
    }

    /// The block of comments that ends directly above a line.
    pub(super) fn above(&self, line: u32) -> Option<String> {
        self.block(line.checked_sub(1)?)
    }

    /// The closest block of comments above a line and below another.
    pub(super) fn section(&self, floor: u32, line: u32) -> Option<String> {
        let mut below = self
            .alone
            .range(floor.saturating_add(1)..line.max(floor + 1));
        self.block(*below.next_back()?)
    }

    fn block(&self, mut line: u32) -> Option<String> {
        let mut lines: Vec<&str> = Vec::new();
        while let Some(comment) = self.all.get(&line).filter(|it| it.alone) {
            lines.push(&comment.text);
            line -= 1;
            if lines.len() == MOST_LINES {
                break;
            }
        }
        lines.retain(|it| !it.is_empty());
        lines.reverse();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    /// The comments that begin with `#`, in a text whose strings stand in quotes; those of
    /// `masked` lines are no comments.
    pub(super) fn of_hashes(lines: &Lines<'_>, masked: &[(u32, u32)]) -> Self {
        let mut comments = Self::default();
        let mut masked = masked.iter().peekable();
        for (line, text) in lines.each() {
            while masked.peek().is_some_and(|(_, last)| *last < line) {
                masked.next();
            }
            // The first line of a text over several lines begins outside of it.
            if masked.peek().is_some_and(|(first, _)| *first < line) {
                continue;
            }
            if let Some(at) = hash(text) {
                let alone = text[..at].trim().is_empty();
                comments.add(line, text[at..].trim_start_matches('#'), alone);
            }
        }
        comments
    }
}

/// Where a comment begins with `#`.
fn hash(line: &str) -> Option<usize> {
    memchr::memchr(b'#', line.as_bytes())?;
    let mut before = ' ';
    let mut quote = None;
    let mut escaped = false;
    for (at, sign) in line.char_indices() {
        match quote {
            Some('"') if escaped => escaped = false,
            Some('"') if sign == '\\' => escaped = true,
            Some(open) if sign == open => quote = None,
            Some(_) => {}
            None if sign == '#' && (before.is_whitespace() || ",]}\"'".contains(before)) => {
                return Some(at);
            }
            None if "\"'".contains(sign)
                && (before.is_whitespace() || "[{(,=:".contains(before)) =>
            {
                quote = Some(sign);
            }
            None => {}
        }
        before = sign;
    }
    None
}

/// A line without the comment at its end, and that comment. What begins a comment stands at
/// the beginning or after a space.
pub(super) fn cut<'a>(line: &'a str, starts: &[String]) -> (&'a str, Option<&'a str>) {
    let begins = |start: &String| {
        let mut from = 0;
        while let Some(found) = line[from..].find(start.as_str()) {
            let at = from + found;
            if line[..at].is_empty() || line[..at].ends_with(char::is_whitespace) {
                return Some((at, start.len()));
            }
            from = at + start.len();
        }
        None
    };
    match starts
        .iter()
        .filter(|it| !it.is_empty())
        .filter_map(begins)
        .min()
    {
        Some((at, length)) => (
            &line[..at],
            Some(line[at + length..].trim_start_matches(['#', '/', ';'])),
        ),
        None => (line, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_is_none_inside_of_a_string() {
        for (line, at) in [
            ("a: b # c", Some(5)),
            ("# c", Some(0)),
            ("a: 'x # y' # c", Some(11)),
            ("a: \"x \\\" # y\" # c", Some(14)),
            ("a: don't # c", Some(9)),
            ("a: b#c", None),
            ("a: 'x # y", None),
        ] {
            assert_eq!(hash(line), at, "{line}");
        }
    }

    #[test]
    fn a_section_comment_goes_down_to_the_next_one() {
        let text = "# one\na\n\nb\n# two\n# more\nc # end\n";
        let lines = Lines::new(text);
        let comments = Comments::of_hashes(&lines, &[]);
        assert_eq!(comments.section(0, 4).as_deref(), Some("one"));
        assert_eq!(comments.above(4), None);
        assert_eq!(comments.above(7).as_deref(), Some("two\nmore"));
        assert_eq!(comments.section(4, 7).as_deref(), Some("two\nmore"));
        assert_eq!(comments.section(6, 7), None);
        assert_eq!(comments.trailing((7, 7)), ["end"]);
        assert_eq!(lines.range((2, 4)), "a\n\nb\n");
    }

    #[test]
    fn of_a_very_long_block_the_last_lines_count() {
        let text = "# line\n".repeat(5000);
        let comments = Comments::of_hashes(&Lines::new(&text), &[]);
        let block = comments.above(5001).unwrap();
        assert_eq!(block.lines().count(), MOST_LINES);
    }

    #[test]
    fn a_line_is_cut_where_its_comment_begins() {
        let starts = ["#".to_owned(), "//".to_owned()];
        assert_eq!(cut("a.B#c  # why", &starts), ("a.B#c  ", Some(" why")));
        assert_eq!(cut("http://x/y", &starts), ("http://x/y", None));
        assert_eq!(cut("a // # b", &starts), ("a ", Some(" # b")));
    }

    #[test]
    fn bytes_that_are_not_utf8_survive_and_are_reported() {
        assert_eq!(
            decode(b"\xef\xbb\xbfa\n\xe9\n"),
            (Cow::Owned("a\né\n".to_owned()), Some(2))
        );
    }
}
