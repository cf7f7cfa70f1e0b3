//! A lexer that knows comments and strings and nothing else.
//!
//! It backs up the parser: where a grammar fails on a file, words that stand in code are
//! still told from words in comments and texts. How often both see the same words is the
//! health of a scan. How a language writes comments and strings is data ([`Lexicon`]).

use std::ops::Range;

/// How a language writes what is no code.
#[derive(Debug)]
pub(crate) struct Lexicon {
    /// What begins a comment that ends with the line.
    pub(crate) line: &'static [&'static str],
    /// What begins and ends a comment of several lines.
    pub(crate) block: &'static [(&'static str, &'static str)],
    /// Whether such comments stand in each other.
    pub(crate) nested: bool,
    /// Strings, those with the longest beginning first.
    pub(crate) strings: &'static [Quote],
    /// Signs that may stand in a word beside letters, digits and `_`.
    pub(crate) word: &'static [u8],
}

/// How a string is written.
#[derive(Debug)]
pub(crate) struct Quote {
    /// What begins it.
    pub(crate) open: &'static str,
    /// What ends it.
    pub(crate) close: &'static str,
    /// How a sign is written in it that would mean something else.
    pub(crate) escape: Escape,
    /// Whether it may hold line ends; where not, a line end ends it.
    pub(crate) lines: bool,
}

/// How a text writes a sign that would mean something else, or that has no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Escape {
    /// With a `\` before what stands for it: `\n`, `\u00e9`.
    All,
    /// With a `\` before itself, which is plain before anything else.
    Itself,
    /// Twice, if it is the sign that ends the text.
    Doubled,
    /// Not at all.
    None,
}

impl Quote {
    /// A string that ends with its line.
    pub(crate) const fn line(sign: &'static str) -> Self {
        Self {
            open: sign,
            close: sign,
            escape: Escape::All,
            lines: false,
        }
    }

    /// A string of several lines, in which `\` takes the meaning of what follows.
    pub(crate) const fn lines(open: &'static str, close: &'static str) -> Self {
        Self {
            open,
            close,
            escape: Escape::All,
            lines: true,
        }
    }

    /// A string of several lines in which `\` stands for itself, but before itself and the
    /// sign that ends the string.
    pub(crate) const fn itself(sign: &'static str) -> Self {
        Self {
            escape: Escape::Itself,
            ..Self::lines(sign, sign)
        }
    }

    /// A string of several lines in which the sign that ends it is written twice.
    pub(crate) const fn doubled(open: &'static str, close: &'static str) -> Self {
        Self {
            escape: Escape::Doubled,
            ..Self::raw(open, close)
        }
    }

    /// A string in which no sign has a meaning.
    pub(crate) const fn raw(open: &'static str, close: &'static str) -> Self {
        Self {
            open,
            close,
            escape: Escape::None,
            lines: true,
        }
    }
}

/// A piece of code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// A word: name, number or keyword.
    Word(Range<usize>),
    /// One sign that is neither a word nor white space.
    Sign(usize),
    /// A text, without the signs around it.
    Text(Range<usize>),
}

impl Token {
    /// Where it begins.
    pub(crate) fn start(&self) -> usize {
        match self {
            Self::Word(range) | Self::Text(range) => range.start,
            Self::Sign(at) => *at,
        }
    }
}

/// The tokens of a source, without its comments.
pub(crate) fn tokens<'a>(
    source: &'a str,
    lexicon: &'a Lexicon,
) -> impl Iterator<Item = Token> + 'a {
    let mut lexer = Lexer {
        source: source.as_bytes(),
        lexicon,
        at: 0,
    };
    std::iter::from_fn(move || lexer.next())
}

struct Lexer<'a> {
    source: &'a [u8],
    lexicon: &'a Lexicon,
    at: usize,
}

impl Lexer<'_> {
    fn next(&mut self) -> Option<Token> {
        loop {
            let byte = *self.source.get(self.at)?;
            if byte.is_ascii_whitespace() {
                self.at += 1;
            } else if self.is_word(byte) {
                if let Some(text) = self.text() {
                    // `r"…"`: a text whose first sign is a letter.
                    return Some(text);
                }
                let start = self.at;
                while self.source.get(self.at).is_some_and(|it| self.is_word(*it)) {
                    self.at += 1;
                }
                return Some(Token::Word(start..self.at));
            } else if !self.comment() {
                return Some(self.text().unwrap_or_else(|| {
                    self.at += 1;
                    Token::Sign(self.at - 1)
                }));
            }
        }
    }

    fn is_word(&self, byte: u8) -> bool {
        // Bytes above ASCII are parts of letters, and none of the signs that are looked for.
        byte.is_ascii_alphanumeric()
            || byte == b'_'
            || byte >= 0x80
            || self.lexicon.word.contains(&byte)
    }

    fn begins(&self, text: &str) -> bool {
        self.source[self.at..].starts_with(text.as_bytes())
    }

    /// Goes to behind the next of these texts, or to the end.
    fn skip_past(&mut self, text: &str) -> usize {
        let found = memchr::memmem::find(&self.source[self.at..], text.as_bytes());
        let end = found.map_or(self.source.len(), |it| self.at + it);
        self.at = (end + text.len()).min(self.source.len());
        end
    }

    fn comment(&mut self) -> bool {
        if self.lexicon.line.iter().any(|it| self.begins(it)) {
            self.skip_past("\n");
            return true;
        }
        let block = self
            .lexicon
            .block
            .iter()
            .find(|(open, _)| self.begins(open));
        let Some((open, close)) = block else {
            return false;
        };
        self.at += open.len();
        if !self.lexicon.nested {
            self.skip_past(close);
            return true;
        }
        let mut depth = 1;
        while depth > 0 && self.at < self.source.len() {
            if self.begins(close) {
                depth -= 1;
                self.at += close.len();
            } else if self.begins(open) {
                depth += 1;
                self.at += open.len();
            } else {
                self.at += 1;
            }
        }
        true
    }

    fn text(&mut self) -> Option<Token> {
        let quote = self
            .lexicon
            .strings
            .iter()
            .find(|it| self.begins(it.open))?;
        self.at += quote.open.len();
        let start = self.at;
        if matches!(quote.escape, Escape::None | Escape::Doubled) && quote.lines {
            let mut end = self.skip_past(quote.close);
            while quote.escape == Escape::Doubled && self.begins(quote.close) {
                self.at += quote.close.len();
                end = self.skip_past(quote.close);
            }
            return Some(Token::Text(start..end));
        }
        while let Some(&byte) = self.source.get(self.at) {
            if byte == b'\\' && matches!(quote.escape, Escape::All | Escape::Itself) {
                // A line end of Windows is one sign.
                let signs = if self.begins("\\\r\n") { 3 } else { 2 };
                self.at = (self.at + signs).min(self.source.len());
            } else if self.begins(quote.close) {
                let end = self.at;
                self.at += quote.close.len();
                return Some(Token::Text(start..end));
            } else if byte == b'\n' && !quote.lines {
                return Some(Token::Text(start..self.at));
            } else {
                self.at += 1;
            }
        }
        Some(Token::Text(start.min(self.source.len())..self.source.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const C_LIKE: Lexicon = Lexicon {
        line: &["//"],
        block: &[("/*", "*/")],
        nested: false,
        strings: &[
            Quote::raw("\"\"\"", "\"\"\""),
            Quote::line("\""),
            Quote::line("'"),
        ],
        word: b"",
    };

    fn words(source: &str) -> Vec<&str> {
        let words = tokens(source, &C_LIKE).filter_map(|it| match it {
            Token::Word(range) => Some(&source[range]),
            _ => None,
        });
        words.collect()
    }

    #[test]
    fn words_in_comments_and_texts_are_no_code() {
        let source =
            "a(); // skip\n/* skip\n it */ b(\"skip \\\" it\", 'x', \"\"\"skip\n\"\"\") /* open";
        assert_eq!(words(source), ["a", "b"]);
    }

    #[test]
    fn a_string_that_is_not_closed_ends_with_its_line() {
        assert_eq!(words("x = \"it's\nskip()"), ["x", "skip"]);
    }

    #[test]
    fn a_string_goes_on_behind_a_line_end_without_meaning() {
        for end in ["\n", "\r\n"] {
            let source = format!("x = \"a \\{end} skip()\" y");
            assert_eq!(words(&source), ["x", "y"], "{end:?}");
        }
    }

    #[test]
    fn comments_stand_in_each_other_where_the_language_says_so() {
        let rust = Lexicon {
            nested: true,
            ..C_LIKE
        };
        let source = "a /* b /* c */ d */ e";
        let words: Vec<_> = tokens(source, &rust).map(|it| it.start()).collect();
        assert_eq!(words, [0, source.len() - 1]);
    }

    proptest::proptest! {
        #[test]
        fn every_text_is_lexed_to_its_end(source in "[\"'/*\\\\a-c\n é]{0,200}") {
            let mut last = 0;
            for token in tokens(&source, &C_LIKE) {
                proptest::prop_assert!(token.start() >= last);
                last = token.start();
            }
        }
    }
}
