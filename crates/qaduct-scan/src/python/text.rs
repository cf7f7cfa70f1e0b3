//! Turns the bytes of a Python file into text, and knows its lines.
//!
//! Bytes in, text out without loss: a byte that is not what the file says it
//! is becomes the Latin-1 character of that number, and is reported.

use std::borrow::Cow;

use super::facts::Trouble;

/// Windows' characters at 0x80 to 0x9F; the five gaps stay control characters.
const CP1252: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";

/// The text of a file, without its byte order mark, and what was wrong with it.
pub(super) fn decode(bytes: &[u8]) -> (Cow<'_, str>, Option<Trouble>) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let coding = declared(bytes);
    let name = coding
        .as_deref()
        .unwrap_or("utf-8")
        .to_ascii_lowercase()
        .replace('_', "-");
    match name.as_str() {
        "latin-1" | "latin1" | "l1" | "iso-8859-1" | "iso8859-1" | "iso-latin-1"
            if !bytes.is_ascii() =>
        {
            return (Cow::Owned(latin(bytes, char::from)), None);
        }
        "cp1252" | "windows-1252" | "1252" if !bytes.is_ascii() => {
            let table: Vec<char> = CP1252.chars().collect();
            let read = |byte: u8| match byte {
                0x80..=0x9f => table.get(usize::from(byte - 0x80)).copied().unwrap_or('?'),
                _ => char::from(byte),
            };
            return (Cow::Owned(latin(bytes, read)), None);
        }
        "iso-8859-15" | "iso8859-15" | "latin-9" | "latin9" | "l9" if !bytes.is_ascii() => {
            let read = |byte: u8| match byte {
                0xa4 => '€',
                0xa6 => 'Š',
                0xa8 => 'š',
                0xb4 => 'Ž',
                0xb8 => 'ž',
                0xbc => 'Œ',
                0xbd => 'œ',
                0xbe => 'Ÿ',
                _ => char::from(byte),
            };
            return (Cow::Owned(latin(bytes, read)), None);
        }
        _ => {}
    }
    let known = matches!(
        name.as_str(),
        "utf-8" | "utf8" | "u8" | "utf" | "utf-8-sig" | "ascii" | "us-ascii" | "646"
    ) || name.starts_with("utf-8-");
    match std::str::from_utf8(bytes) {
        Ok(text) if known || bytes.is_ascii() => (Cow::Borrowed(text), None),
        Ok(text) => {
            let at = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(0);
            (
                Cow::Borrowed(text),
                Some(Trouble::encoding(line_of(bytes, at), unknown(&name))),
            )
        }
        Err(wrong) => {
            let at = wrong.valid_up_to();
            let message = if known {
                format!(
                    "byte 0x{:02X} is not valid UTF-8; such bytes were read as Latin-1",
                    bytes[at]
                )
            } else {
                unknown(&name)
            };
            (
                Cow::Owned(mixed(bytes)),
                Some(Trouble::encoding(line_of(bytes, at), message)),
            )
        }
    }
}

fn unknown(name: &str) -> String {
    format!("the encoding `{name}` is not known here; characters that are not ASCII may be wrong")
}

/// The encoding that one of the first two lines names, as PEP 263 has it.
fn declared(bytes: &[u8]) -> Option<String> {
    for line in bytes.split(|&byte| byte == b'\n').take(2) {
        let line = line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        let comment = line.strip_prefix(b"#")?;
        let Some(at) = memchr::memmem::find(comment, b"coding") else {
            continue;
        };
        let rest = &comment[at + b"coding".len()..];
        let Some(rest) = rest.strip_prefix(b":").or_else(|| rest.strip_prefix(b"=")) else {
            continue;
        };
        let name: String = rest
            .trim_ascii_start()
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
            .map(|&byte| char::from(byte))
            .collect();
        if !name.is_empty() {
            return Some(name);
        }
    }
    None
}

fn latin(bytes: &[u8], read: impl Fn(u8) -> char) -> String {
    bytes.iter().map(|&byte| read(byte)).collect()
}

/// What is valid UTF-8 as such, the other bytes as Latin-1.
fn mixed(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|&byte| char::from(byte)));
    }
    text
}

fn line_of(bytes: &[u8], at: usize) -> u32 {
    Lines::new(&bytes[..at]).count()
}

/// Where the lines of a text begin. A line ends with LF, CR LF or CR.
pub(super) struct Lines {
    starts: Vec<u32>,
}

impl Lines {
    pub(super) fn new(bytes: &[u8]) -> Self {
        let mut starts = Vec::with_capacity(bytes.len() / 32 + 1);
        starts.push(0);
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            if bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n') {
                starts.push(offset(at + 1));
            }
        }
        Self { starts }
    }

    /// Number of the line, from 1, that holds this place.
    pub(super) fn line(&self, at: u32) -> u32 {
        offset(self.starts.partition_point(|&start| start <= at))
    }

    /// Where a line begins.
    pub(super) fn start(&self, line: u32) -> u32 {
        let index = (line.max(1) - 1) as usize;
        self.starts
            .get(index)
            .or(self.starts.last())
            .copied()
            .unwrap_or(0)
    }

    fn count(&self) -> u32 {
        offset(self.starts.len())
    }
}

/// A place in a text as it is kept: texts are far smaller than 4 GB.
pub(super) fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_text() {
        assert_eq!(decode(b"\xef\xbb\xbfx = 1").0, "x = 1");
    }

    #[test]
    fn a_coding_line_is_followed() {
        for (name, byte, char) in [
            ("latin-1", 0xe9, 'é'),
            ("iso-8859-15", 0xa4, '€'),
            ("cp1252", 0x80, '€'),
            ("windows-1252", 0x9f, 'Ÿ'),
        ] {
            for head in [
                format!("# -*- coding: {name} -*-\n"),
                format!("#!/bin/python\n# vim: set fileencoding={name} :\n"),
            ] {
                let bytes = [head.as_bytes(), &[byte]].concat();
                let (text, trouble) = decode(&bytes);
                assert_eq!(text, format!("{head}{char}"));
                assert_eq!(trouble, None);
            }
        }
    }

    #[test]
    fn a_coding_line_counts_only_at_the_top() {
        assert_eq!(declared(b"x = 1\n# coding: latin-1\n"), None);
        assert_eq!(declared(b"\n\n# coding: latin-1\n"), None);
    }

    #[test]
    fn bytes_that_are_not_utf8_survive_and_are_reported_with_their_line() {
        let (text, trouble) = decode(b"a = 1\nb = '\xe9\xc3\xa9'\n");
        assert_eq!(text, "a = 1\nb = '\u{e9}\u{e9}'\n");
        assert_eq!(trouble.unwrap().line, 2);
    }

    #[test]
    fn an_unknown_encoding_is_reported_only_where_it_matters() {
        assert_eq!(decode(b"# coding: koi8-r\nx").1, None);
        let trouble = decode(b"# coding: koi8-r\n\nx = '\xd0'").1.unwrap();
        assert_eq!(trouble.line, 3);
        insta::assert_snapshot!(trouble.message, @"the encoding `koi8-r` is not known here; characters that are not ASCII may be wrong");
    }

    #[test]
    fn lines_end_with_any_of_the_three_ends() {
        let lines = Lines::new(b"a\nb\r\nc\rd");
        let found: Vec<u32> = [0, 1, 2, 3, 4, 5, 6, 7]
            .into_iter()
            .map(|at| lines.line(at))
            .collect();
        assert_eq!(found, [1, 1, 2, 2, 2, 3, 3, 4]);
        assert_eq!((lines.start(1), lines.start(3), lines.start(4)), (0, 5, 7));
    }
}
