//! Finds the bodies of functions without parsing, and blanks those that cannot
//! mute: most of a test file is of no interest, and parsing is what costs.
//!
//! Offsets stay: a blanked body is one comment of the same length. Where the
//! outline is not sure of itself, nothing is blanked.

use super::needles::for_names;
use super::text::offset;

/// Smallest body that is worth blanking, in bytes.
const SMALLEST: usize = 32;

/// The functions of a file that are not within another one.
pub(super) struct Outline<'a> {
    text: &'a str,
    bodies: Vec<Body<'a>>,
    /// Whether brackets and strings came out even.
    sound: bool,
    open: Vec<Open>,
}

/// Brackets that somebody forgot to close: a definition follows at the margin.
struct Open {
    /// Where the code before it ends.
    code: usize,
    /// Where the definition begins.
    next: usize,
    closers: Vec<u8>,
}

struct Body<'a> {
    name: &'a str,
    /// From the first statement after the documentation.
    start: usize,
    end: usize,
    /// Whether its first line has been seen, which may be documentation.
    documented: bool,
}

/// A line of code, with all lines that brackets and strings make part of it.
struct Line {
    start: usize,
    end: usize,
    indent: usize,
    /// Its last byte before white space and comments.
    last: u8,
}

impl<'a> Outline<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        let mut bodies: Vec<Body<'a>> = Vec::new();
        // The indent of the function that is open: its body is the last one.
        let mut open: Option<usize> = None;
        let mut lines = Lines {
            bytes,
            at: 0,
            sound: true,
            closers: Vec::new(),
            open: Vec::new(),
        };
        while let Some(line) = lines.next() {
            if let (Some(indent), Some(body)) = (open, bodies.last_mut())
                && line.indent > indent
            {
                if body.start < body.end {
                    body.end = line.end;
                } else if body.documented || !is_text(&bytes[line.start..]) {
                    (body.start, body.end) = (line.start, line.end);
                }
                body.documented = true;
                continue;
            }
            open = None;
            if line.last == b':'
                && let Some(name) = function_name(text, line.start)
            {
                open = Some(line.indent);
                let (start, end, documented) = (line.end, line.end, false);
                bodies.push(Body {
                    name,
                    start,
                    end,
                    documented,
                });
            }
        }
        Self {
            text,
            bodies,
            sound: lines.sound,
            open: lines.open,
        }
    }

    /// Adds the places where functions are named that hold a word themselves:
    /// they may mute whoever calls them.
    pub(super) fn add_helpers(&self, hits: &mut Vec<u32>) {
        let mut known: Vec<&str> = Vec::new();
        // Twice, for those that call another one.
        for _ in 0..2 {
            let touched = self.bodies.iter().filter(|body| touches(hits, body));
            let mut names: Vec<&str> = touched
                .map(|body| body.name)
                .filter(|name| !name.starts_with("test") && !known.contains(name))
                .collect();
            names.sort_unstable();
            names.dedup();
            if names.is_empty() {
                return;
            }
            let found = for_names(names.iter().copied());
            hits.extend(
                found
                    .find_iter(self.text)
                    .map(|found| offset(found.start())),
            );
            hits.sort_unstable();
            known.extend(names);
        }
    }

    /// Where code ends that leaves a bracket open.
    pub(super) fn unclosed(&self) -> Option<usize> {
        self.open.first().map(|open| open.code)
    }

    /// The text as it should be parsed, where that differs from the text: without
    /// the bodies that hold none of the words, and with all brackets closed.
    pub(super) fn prepared(&self, hits: &[u32]) -> Option<String> {
        if !self.open.is_empty() {
            return self.closed();
        }
        if !self.sound {
            return None;
        }
        let bytes = self.text.as_bytes();
        let mut out = String::with_capacity(bytes.len());
        let mut done = 0;
        for body in &self.bodies {
            if body.end - body.start < SMALLEST || touches(hits, body) {
                continue;
            }
            // A statement of one byte, and a comment up to the last line's end.
            let end = body.end - usize::from(bytes[body.end - 1] == b'\n');
            out.push_str(&self.text[done..body.start]);
            out.push_str("0#");
            out.push_str(&" ".repeat(end - body.start - 2));
            done = end;
        }
        if done == 0 {
            return None;
        }
        out.push_str(&self.text[done..]);
        Some(out)
    }
}

impl Outline<'_> {
    /// The text with brackets closed in the white space before a definition, so
    /// that the error ends where it was made.
    fn closed(&self) -> Option<String> {
        let mut bytes = self.text.as_bytes().to_vec();
        let mut changed = false;
        for open in &self.open {
            let space = &mut bytes[open.code..open.next];
            if space.len() > open.closers.len() && space.iter().all(u8::is_ascii_whitespace) {
                for (place, closer) in space.iter_mut().zip(open.closers.iter().rev()) {
                    *place = *closer;
                }
                changed = true;
            }
        }
        String::from_utf8(bytes).ok().filter(|_| changed)
    }
}

/// Whether a definition begins here, at the margin.
fn is_definition(text: &[u8]) -> bool {
    let decorator = text
        .strip_prefix(b"@")
        .is_some_and(|rest| rest.first().is_some_and(u8::is_ascii_alphabetic));
    decorator
        || [&b"def "[..], b"class ", b"async def "]
            .iter()
            .any(|word| text.starts_with(word))
}

fn touches(hits: &[u32], body: &Body<'_>) -> bool {
    let at = hits.partition_point(|&hit| (hit as usize) < body.start);
    hits.get(at).is_some_and(|&hit| (hit as usize) < body.end)
}

/// Whether a line begins with a string.
fn is_text(line: &[u8]) -> bool {
    let quote = line.iter().take(3).position(|byte| b"\"'".contains(byte));
    quote.is_some_and(|at| line[..at].iter().all(|byte| b"rRuUbBfF".contains(byte)))
}

/// The name of the function whose header is here.
fn function_name(text: &str, start: usize) -> Option<&str> {
    let rest = &text[start..];
    let rest = rest.strip_prefix("async ").map_or(rest, str::trim_start);
    let name = rest.strip_prefix("def ")?.trim_start();
    let end = name.find(|each: char| !(each.is_alphanumeric() || each == '_'))?;
    Some(&name[..end])
}

/// Splits a text into lines of code, leaving out blank lines and comments.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    sound: bool,
    /// The brackets that are open, as what would close them.
    closers: Vec<u8>,
    open: Vec<Open>,
}

impl Lines<'_> {
    fn next(&mut self) -> Option<Line> {
        let bytes = self.bytes;
        let (start, indent) = self.line_start()?;
        // Where a comment begins that ends the code of a line.
        let mut comment = None;
        let mut at = start;
        let special = |at: usize| {
            let rest = bytes.get(at..)?;
            let skip = rest.iter().position(|&byte| !PLAIN[usize::from(byte)])?;
            Some((at + skip, rest[skip]))
        };
        while let Some((found, byte)) = special(at) {
            at = found;
            match byte {
                b'\n' | b'\r' => {
                    let code = bytes[..comment.take().unwrap_or(at)].trim_ascii_end().len();
                    at += 1;
                    if byte == b'\r' && bytes.get(at) == Some(&b'\n') {
                        at += 1;
                    }
                    if !self.closers.is_empty() && is_definition(&bytes[at..]) {
                        self.sound = false;
                        let closers = std::mem::take(&mut self.closers);
                        self.open.push(Open {
                            code,
                            next: at,
                            closers,
                        });
                    }
                    if self.closers.is_empty() {
                        return Some(self.line(start, at, indent, code));
                    }
                    continue;
                }
                b'#' => {
                    comment = Some(at);
                    at = memchr::memchr2(b'\n', b'\r', &bytes[at..])
                        .map_or(bytes.len(), |end| at + end);
                    continue;
                }
                b'"' | b'\'' => {
                    let end = string_end(bytes, at);
                    self.sound &= end.is_some();
                    at = end.unwrap_or(at + 1);
                    continue;
                }
                b'\\' => {
                    at += 1;
                    if bytes.get(at) == Some(&b'\r') && bytes.get(at + 1) == Some(&b'\n') {
                        at += 1;
                    }
                }
                b'(' => self.closers.push(b')'),
                b'[' => self.closers.push(b']'),
                b'{' => self.closers.push(b'}'),
                _ => self.sound &= self.closers.pop().is_some(),
            }
            at += 1;
        }
        self.sound &= self.closers.is_empty();
        let code = bytes[..comment.unwrap_or(bytes.len())]
            .trim_ascii_end()
            .len();
        Some(self.line(start, bytes.len(), indent, code))
    }

    fn line(&mut self, start: usize, end: usize, indent: usize, code: usize) -> Line {
        self.at = end;
        let last = if code > start {
            self.bytes[code - 1]
        } else {
            b' '
        };
        Line {
            start,
            end,
            indent,
            last,
        }
    }

    /// Where the next line of code begins, and how far it is indented.
    fn line_start(&mut self) -> Option<(usize, usize)> {
        let bytes = self.bytes;
        let mut indent = 0;
        loop {
            match bytes.get(self.at)? {
                b' ' => indent += 1,
                b'\t' => indent = (indent / 8 + 1) * 8,
                b'\n' | b'\r' | b'\x0c' => indent = 0,
                b'#' => {
                    let end = memchr::memchr2(b'\n', b'\r', &bytes[self.at..])?;
                    self.at += end;
                    continue;
                }
                _ => return Some((self.at, indent)),
            }
            self.at += 1;
        }
    }
}

/// Bytes that mean nothing to the splitting of lines.
const PLAIN: [bool; 256] = {
    let mut plain = [true; 256];
    let special = b"\n\r#\"'\\()[]{}";
    let mut at = 0;
    while at < special.len() {
        plain[special[at] as usize] = false;
        at += 1;
    }
    plain
};

/// Where the string that begins here ends.
fn string_end(bytes: &[u8], at: usize) -> Option<usize> {
    let quote = bytes[at];
    let triple = bytes.get(at + 1) == Some(&quote) && bytes.get(at + 2) == Some(&quote);
    let mut from = at + if triple { 3 } else { 1 };
    loop {
        let found = from
            + memchr::memchr3(
                quote,
                b'\\',
                if triple { quote } else { b'\n' },
                bytes.get(from..)?,
            )?;
        match bytes[found] {
            b'\\' => {
                from = found + 2;
                if bytes.get(found + 1) == Some(&b'\r') && bytes.get(found + 2) == Some(&b'\n') {
                    from += 1;
                }
            }
            b'\n' => return None,
            _ if !triple => return Some(found + 1),
            _ if bytes.get(found + 1) == Some(&quote) && bytes.get(found + 2) == Some(&quote) => {
                return Some(found + 3);
            }
            _ => from = found + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blanked(text: &str, word: &str) -> String {
        let mut hits: Vec<u32> = text.match_indices(word).map(|(at, _)| offset(at)).collect();
        let outline = Outline::new(text);
        outline.add_helpers(&mut hits);
        outline.prepared(&hits).unwrap_or_else(|| "-".to_owned())
    }

    #[test]
    fn only_bodies_with_the_word_are_kept() {
        let text = "\
import x
@deco
def one(a,
        b):
    '''Documentation.'''
    first = [1,
2]
    # a comment
    return '''
def no(): ...
'''
class A:
    async def two(self):
        WORD(1, 2, 3, 4, 5, 6, 7, 8, 9)
    def three(self):
        something = 'that is long enough'
x = 1
";
        let lines: Vec<String> = blanked(text, "WORD")
            .lines()
            .map(|line| line.trim_end().to_owned())
            .collect();
        assert_eq!(
            lines,
            [
                "import x",
                "@deco",
                "def one(a,",
                "        b):",
                "    '''Documentation.'''",
                "    0#",
                "class A:",
                "    async def two(self):",
                "        WORD(1, 2, 3, 4, 5, 6, 7, 8, 9)",
                "    def three(self):",
                "        0#",
                "x = 1",
            ]
        );
        assert_eq!(blanked(text, "WORD").len(), text.len());
    }

    #[test]
    fn callers_of_a_function_with_the_word_are_kept() {
        let text = "\
def helper():
    WORD
def test_it():
    helper('something that is long enough')
";
        assert_eq!(blanked(text, "WORD"), "-");
    }

    #[test]
    fn nothing_is_blanked_where_brackets_or_strings_are_not_even() {
        for text in [
            "x = (\ndef f():\n    a = 'something that is long enough'\n",
            "def f():\n    a = 'something that is not ended\n    and goes on\n",
            "def f():\n    something that is long enough )\n",
        ] {
            assert_eq!(blanked(text, "WORD"), "-", "{text}");
        }
    }

    #[test]
    fn a_bracket_that_is_never_closed_is_closed_before_the_next_definition() {
        let text = "x = f(1, [2\n\n\n@deco\ndef g():\n    pass\n";
        assert_eq!(
            blanked(text, "WORD"),
            "x = f(1, [2])\n@deco\ndef g():\n    pass\n"
        );
        assert_eq!(Outline::new(text).unclosed(), Some(11));
        // Within a string, and in the middle of an expression, nothing is forgotten.
        for text in ["x = f(\"\"\"\ndef g():\n\"\"\")\n", "x = (a\n@ b)\n"] {
            assert_eq!(Outline::new(text).unclosed(), None);
        }
    }
}
