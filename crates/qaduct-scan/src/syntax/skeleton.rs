//! What is parsed of a file: all but the bodies of functions in which nothing stands that
//! could mute. A parser takes a hundred times as long as this search, and in most files of
//! tests one of fifty functions is of interest.
//!
//! The parser is told to pass over such bodies, so that all nodes stand where they stood. Their
//! comments are parsed, because a comment may belong to what is beside it. Where a lexer that knows no more than
//! comments and strings is wrong, the brackets do not fit and the parser finds an error:
//! then the file is parsed as it is.

use std::ops::Range;

use aho_corasick::{AhoCorasick, Match, MatchKind};
use tree_sitter::Point;

use super::lexer::{Escape, Lexicon};

/// The parser looks for its place among the pieces at each token: with more, it would be slower
/// than with the whole file.
const MOST: usize = 2_000;

/// How the bodies of functions are known.
#[derive(Debug)]
pub(crate) struct Bodies {
    /// Whether this, from the end of the statement before up to the bracket, begins one.
    pub(crate) begins: fn(&[u8]) -> bool,
    /// Whether a body that is kept is kept with all bodies in it.
    pub(crate) whole: bool,
    /// Whether a line end may end a statement.
    pub(crate) lines: bool,
    /// What keeps a body beside the forms of the language: beginnings of words, which end there
    /// or go on with a capital letter or `_`.
    pub(crate) stems: &'static [&'static str],
    /// The same for texts that stand for themselves anywhere.
    pub(crate) texts: fn() -> Vec<String>,
    /// Whether a text between slashes is a regular expression.
    pub(crate) has_regex: bool,
}

/// Finds what may be of interest.
#[derive(Debug)]
pub(super) struct Signs {
    automaton: AhoCorasick,
    /// So many of the patterns are whole words.
    words: usize,
    /// So many are these or beginnings of words; the others stand for themselves anywhere.
    stems: usize,
    /// So many are these or of forms.
    literals: usize,
}

/// Where signs begin, in order.
#[derive(Debug, Default)]
struct Found {
    all: Vec<usize>,
    /// Those of forms.
    forms: Vec<usize>,
}

impl Signs {
    /// The words and literals of forms, and what else keeps a body.
    pub(super) fn new<'a>(
        words: impl Iterator<Item = &'a str>,
        literals: impl Iterator<Item = &'a str>,
        stems: &[&'a str],
        texts: impl Iterator<Item = &'a str>,
    ) -> Self {
        let is_plain = |it: &&str| it.bytes().all(is_word);
        let (mut all, others): (Vec<&str>, Vec<&str>) = words.partition(is_plain);
        let words = all.len();
        all.extend(stems);
        let stems = all.len();
        all.extend(others.into_iter().chain(literals));
        let literals = all.len();
        all.extend(texts);
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(all)
            .expect("forms are few and short");
        Self {
            automaton,
            words,
            stems,
            literals,
        }
    }

    fn find(&self, source: &[u8]) -> Found {
        let is_one = |it: &Match| {
            let pattern = it.pattern().as_usize();
            let before = it.start().checked_sub(1).map(|at| source[at]);
            let after = source.get(it.end()).copied().filter(|it| is_word(*it));
            pattern >= self.stems
                || !before.is_some_and(is_word)
                    && after.is_none_or(|it| {
                        pattern >= self.words && (it.is_ascii_uppercase() || it == b'_')
                    })
        };
        let mut found = Found::default();
        for it in self.automaton.find_overlapping_iter(source).filter(is_one) {
            let pattern = it.pattern().as_usize();
            found.all.push(it.start());
            if pattern < self.words || (self.stems..self.literals).contains(&pattern) {
                found.forms.push(it.start());
            }
        }
        found.all.sort_unstable();
        found.forms.sort_unstable();
        found
    }
}

/// Whether one of these is in a piece.
fn has(sorted: &[usize], piece: Range<usize>) -> bool {
    let next = sorted.partition_point(|it| *it < piece.start);
    sorted.get(next).is_some_and(|it| *it < piece.end)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// The pieces of a source that are to be parsed; `None` for all of it, also where the brackets
/// of the file do not fit.
pub(super) fn of(
    source: &str,
    lexicon: &Lexicon,
    bodies: &Bodies,
    signs: &Signs,
) -> Option<Vec<tree_sitter::Range>> {
    let bytes = source.as_bytes();
    let mut walk = Walk {
        source: bytes,
        lexicon,
        bodies,
        signs: signs.find(bytes),
        special: special(lexicon, bodies),
        open: vec![Open::default()],
        left_out: Vec::new(),
        comments: Vec::new(),
    };
    walk.run()?;
    if walk.left_out.is_empty() {
        return None;
    }
    let mut pieces = Pieces {
        source: bytes,
        at: 0,
        point: Point::default(),
        done: Vec::new(),
    };
    let mut comments = walk.comments.into_iter().peekable();
    let mut start = 0;
    for body in walk.left_out {
        pieces.add(start..body.start);
        while comments.next_if(|it| it.start < body.start).is_some() {}
        while let Some(comment) = comments.next_if(|it| it.end <= body.end) {
            pieces.add(comment);
        }
        start = body.end;
    }
    pieces.add(start..bytes.len());
    (pieces.done.len() <= MOST).then_some(pieces.done)
}

/// Pieces with the lines and columns that a parser asks for.
struct Pieces<'a> {
    source: &'a [u8],
    at: usize,
    point: Point,
    done: Vec<tree_sitter::Range>,
}

impl Pieces<'_> {
    fn add(&mut self, piece: Range<usize>) {
        let start_point = self.go(piece.start);
        let end_point = self.go(piece.end);
        self.done.push(tree_sitter::Range {
            start_byte: piece.start,
            end_byte: piece.end,
            start_point,
            end_point,
        });
    }

    fn go(&mut self, to: usize) -> Point {
        let passed = &self.source[self.at..to];
        self.point.row += memchr::memchr_iter(b'\n', passed).count();
        match memchr::memrchr(b'\n', passed) {
            Some(last) => self.point.column = passed.len() - last - 1,
            None => self.point.column += passed.len(),
        }
        self.at = to;
        self.point
    }
}

/// What the bytes are that end a run of plain code.
fn special(lexicon: &Lexicon, bodies: &Bodies) -> [bool; 256] {
    let mut special = [false; 256];
    let comments = lexicon
        .line
        .iter()
        .chain(lexicon.block.iter().map(|it| &it.0));
    let texts = lexicon.strings.iter().map(|it| &it.open);
    for first in comments.chain(texts).filter_map(|it| it.bytes().next()) {
        special[usize::from(first)] = true;
    }
    for it in b"(){}[];" {
        special[usize::from(*it)] = true;
    }
    special[usize::from(b'/')] |= bodies.has_regex;
    special[usize::from(b'\n')] = bodies.lines;
    special
}

/// A bracket that is open.
#[derive(Debug, Default)]
struct Open {
    bracket: u8,
    /// What is behind it.
    start: usize,
    /// Where the statement begins that stands before the next bracket in it.
    statement: usize,
    /// Where the statement begins that it stands in, for the body of a function.
    body: Option<usize>,
}

struct Walk<'a> {
    source: &'a [u8],
    lexicon: &'a Lexicon,
    bodies: &'a Bodies,
    signs: Found,
    special: [bool; 256],
    open: Vec<Open>,
    /// In order; none within another.
    left_out: Vec<Range<usize>>,
    comments: Vec<Range<usize>>,
}

impl Walk<'_> {
    fn run(&mut self) -> Option<()> {
        let mut at = 0;
        while let Some(step) = self.source[at..]
            .iter()
            .position(|it| self.special[usize::from(*it)])
        {
            at += step;
            at = match self.source[at] {
                b'{' | b'(' | b'[' => self.opened(at),
                b'}' | b')' | b']' => self.closed(at)?,
                b';' => {
                    self.open.last_mut()?.statement = at + 1;
                    at + 1
                }
                b'\n' => {
                    let open = self.open.last_mut()?;
                    if matches!(open.bracket, b'{' | 0) {
                        open.statement = at + 1;
                    }
                    at + 1
                }
                _ => self.no_code(at).unwrap_or(at + 1),
            };
        }
        (self.open.len() == 1).then_some(())
    }

    fn opened(&mut self, at: usize) -> usize {
        let bracket = self.source[at];
        let mut body = None;
        if bracket == b'{' {
            // Brackets around a function are a part of the statement that it stands in.
            let around = self
                .open
                .iter()
                .rposition(|it| matches!(it.bracket, b'{' | 0));
            let around = around.unwrap_or_default();
            let is_inside = self.open.iter().any(|it| it.body.is_some());
            let nearest = self.open.last().map_or(0, |it| it.statement);
            if !(self.bodies.whole && is_inside) && (self.bodies.begins)(&self.source[nearest..at])
            {
                body = Some(self.open[around].statement);
            }
        }
        self.open.push(Open {
            bracket,
            start: at + 1,
            statement: at + 1,
            body,
        });
        at + 1
    }

    fn closed(&mut self, at: usize) -> Option<usize> {
        let open = self.open.pop()?;
        let fits = matches!(
            (open.bracket, self.source[at]),
            (b'{', b'}') | (b'(', b')') | (b'[', b']')
        );
        if !fits {
            return None;
        }
        if let Some(head) = open.body {
            let body = open.start..at;
            if !body.is_empty()
                && !has(&self.signs.all, body.clone())
                && !has(&self.signs.forms, head..open.start)
            {
                while self.left_out.pop_if(|it| it.start >= open.start).is_some() {}
                self.left_out.push(body);
            }
        }
        if open.bracket == b'{'
            && let Some(around) = self.open.last_mut().filter(|it| it.bracket != b'(')
        {
            around.statement = at + 1;
        }
        Some(at + 1)
    }

    /// Goes to behind a comment or a text.
    fn no_code(&mut self, at: usize) -> Option<usize> {
        let rest = &self.source[at..];
        let begins = |it: &str| rest.starts_with(it.as_bytes());
        let behind = |from: usize, end: &str| {
            let found = memchr::memmem::find(&self.source[from..], end.as_bytes());
            found.map_or(self.source.len(), |it| from + it + end.len())
        };
        if self.lexicon.line.iter().any(|it| begins(it)) {
            let end = memchr::memchr(b'\n', rest).map_or(self.source.len(), |it| at + it);
            // The line end belongs to it: without, it would go on in the next piece.
            self.comments.push(at..self.source.len().min(end + 1));
            return Some(end);
        }
        if let Some((open, close)) = self.lexicon.block.iter().find(|it| begins(it.0)) {
            let end = behind(at + open.len(), close);
            self.comments.push(at..end);
            return Some(end);
        }
        if let Some(quote) = self.lexicon.strings.iter().find(|it| begins(it.open)) {
            let from = at + quote.open.len();
            let is_escaped = matches!(quote.escape, Escape::All | Escape::Itself);
            if !is_escaped && quote.lines {
                return Some(behind(from, quote.close));
            }
            return Some(self.behind_text(from, quote.close.as_bytes(), is_escaped, quote.lines));
        }
        (self.bodies.has_regex && self.is_value(at))
            .then(|| self.regex(at))
            .flatten()
    }

    fn behind_text(&self, from: usize, close: &[u8], escape: bool, lines: bool) -> usize {
        let mut at = from;
        while let Some(byte) = self.source.get(at) {
            match byte {
                b'\\' if escape => at += 2,
                _ if self.source[at..].starts_with(close) => return at + close.len(),
                b'\n' if !lines => return at,
                _ => at += 1,
            }
        }
        self.source.len()
    }

    /// Whether a value may begin here, and no operator.
    fn is_value(&self, at: usize) -> bool {
        let before = self.source[..at].trim_ascii_end();
        let Some(last) = before.last() else {
            return true;
        };
        before.ends_with(b"return") || !(is_word(*last) || b")]}$.\"'`".contains(last))
    }

    /// Goes to behind a regular expression; `None` where it is none.
    fn regex(&self, at: usize) -> Option<usize> {
        let mut is_class = false;
        let mut next = at + 1;
        loop {
            match self.source.get(next)? {
                b'\n' => return None,
                b'\\' => next += 1,
                b'[' => is_class = true,
                b']' => is_class = false,
                b'/' if !is_class => return Some(next + 1),
                _ => {}
            }
            next += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::lexer::Quote;

    const C_LIKE: Lexicon = Lexicon {
        line: &["//"],
        block: &[("/*", "*/")],
        nested: false,
        strings: &[Quote::line("\""), Quote::lines("`", "`")],
        word: b"",
    };

    const BODIES: Bodies = Bodies {
        begins: |head| head.trim_ascii_end().ends_with(b")"),
        whole: false,
        lines: true,
        stems: &["it"],
        texts: Vec::new,
        has_regex: true,
    };

    fn left(source: &str, bodies: &Bodies) -> Option<String> {
        let literals = ["mute:"].into_iter();
        let signs = Signs::new(
            ["skip"].into_iter(),
            literals,
            bodies.stems,
            std::iter::empty(),
        );
        let pieces = of(source, &C_LIKE, bodies, &signs)?;
        let mut left: Vec<u8> = source.bytes().collect();
        let mut at = 0;
        for piece in &pieces {
            left[at..piece.start_byte].fill(b' ');
            at = piece.end_byte;
            let before = &source.as_bytes()[..piece.start_byte];
            let line = before
                .iter()
                .rposition(|it| *it == b'\n')
                .map_or(0, |it| it + 1);
            let row = before.iter().filter(|it| **it == b'\n').count();
            let column = before.len() - line;
            assert_eq!(piece.start_point, Point { row, column });
        }
        assert_eq!(at, source.len());
        String::from_utf8(left).ok()
    }

    #[test]
    fn a_body_without_a_sign_is_left_out_and_its_comments_and_lines_stay() {
        let source =
            "class A {\n  a() { x(); // why\n  y(); /* {skipping} */ }\n  b() { skip() }\n}";
        let expected =
            "class A {\n  a() {      // why\n       /* {skipping} */ }\n  b() { skip() }\n}";
        assert_eq!(left(source, &BODIES).unwrap(), expected);
    }

    #[test]
    fn what_keeps_a_body_stands_in_it_or_in_the_statement_that_it_is_of() {
        let kept = |source| left(source, &BODIES).is_none();
        assert!(kept("a() { skip() }") && kept("a() { mute:1 }") && kept("a() { itIfNew() }"));
        assert!(kept("a.skip(b(c) { d })"));
        assert!(!kept("skip()\na() { d }") && !kept("a() { skipped, itself }"));
        assert!(
            !kept("it(b() { d })"),
            "that it is a test keeps it where it stands in another"
        );
    }

    #[test]
    fn a_body_in_a_body_that_is_kept_is_left_out_where_it_is_of_interest_of_its_own() {
        let source = "a() { skip(); b() { c } }";
        assert_eq!(left(source, &BODIES).unwrap(), "a() { skip(); b() {   } }");
        let whole = Bodies {
            whole: true,
            ..BODIES
        };
        assert_eq!(left(source, &whole), None);
    }

    #[test]
    fn brackets_in_texts_and_patterns_are_none() {
        let source = "a() { \"}\" + `}\n${b}` + /[/}\"]/ + c }\nb() {}";
        assert_eq!(
            left(source, &BODIES)
                .unwrap()
                .split_whitespace()
                .collect::<Vec<_>>(),
            ["a()", "{", "}", "b()", "{}"]
        );
    }

    #[test]
    fn where_brackets_do_not_fit_nothing_is_left_out() {
        for source in ["a() { b ] }", "a() { b } }", "a() { b } {"] {
            assert_eq!(left(source, &BODIES), None, "{source}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_left_stands_where_it_stood(source in "[\"'/*`\\\\a(){}\\[\\];\n é]{0,200}") {
            if let Some(left) = left(&source, &BODIES) {
                proptest::prop_assert_eq!(left.len(), source.len());
                for (is, was) in left.bytes().zip(source.bytes()) {
                    proptest::prop_assert!(is == was || is == b' ');
                }
            }
        }
    }
}
