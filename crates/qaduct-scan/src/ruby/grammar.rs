//! What the engine asks of the language: files, comments and strings.

use memchr::memmem;
use tree_sitter::Node;

use super::walk;
use crate::language::Manner;
use crate::syntax::lexer::{Escape, Lexicon, Quote};
use crate::syntax::outline::Outline;
use crate::syntax::{Grammar, Offer, Use};

/// Ruby.
pub(crate) struct Ruby;

static LEXICON: Lexicon = Lexicon {
    line: &["#"],
    block: &[("\n=begin", "\n=end")],
    nested: false,
    strings: &[
        Quote::line("\""),
        Quote {
            escape: Escape::Itself,
            ..Quote::line("'")
        },
    ],
    word: b"?!",
};

impl Grammar for Ruby {
    const LANGUAGES: &'static [&'static str] = &["ruby"];

    const BARE_CALLS: bool = true;

    fn manner(path: &str) -> Option<Manner> {
        (path.ends_with(".rb") || path.ends_with(".rake")).then_some(0)
    }

    fn language(_: Manner) -> &'static str {
        "ruby"
    }

    fn grammar(_: Manner) -> tree_sitter::Language {
        tree_sitter_ruby::LANGUAGE.into()
    }

    fn lexicon(_: Manner) -> &'static Lexicon {
        &LEXICON
    }

    fn is_test_file(path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        name.ends_with("_spec.rb")
            || name.ends_with("_test.rb")
            || name.starts_with("test_") && name.ends_with(".rb")
            || name.starts_with("tc_") && name.ends_with(".rb")
    }

    fn is_needle(source: &[u8], at: std::ops::Range<usize>) -> bool {
        let is_word =
            |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'?' | b'!');
        let before = at.start.checked_sub(1).and_then(|it| source.get(it));
        let first = source.get(at.start).is_some_and(is_word);
        let last = source.get(at.end - 1).is_some_and(is_word);
        let begins = !first || !before.is_some_and(|it| is_word(it) || *it == b'.');
        begins && (!last || !source.get(at.end).is_some_and(is_word))
    }

    fn may_mute(source: &[u8], _: Manner) -> bool {
        let holds = |text: &str| memmem::find(source, text.as_bytes()).is_some();
        holds("describe")
            && ([" if: ", " unless: ", ":if =>", ":unless =>"]
                .iter()
                .any(|it| holds(it))
                || has_example_without_body(source))
    }

    /// A method of the file, or one of a helper whose name says that it skips, or that it asks.
    fn means(user: &Use<'_>, offer: &Offer<'_>) -> bool {
        user.path == offer.path
            || [
                "skip", "require", "omit", "pend", "only", "_if_", "_unless_",
            ]
            .iter()
            .any(|it| user.name.contains(it))
    }

    fn outline(root: Node<'_>, outline: &mut Outline<'_>) {
        walk::file(outline, root);
    }
}

/// Whether a line such as `it "says what"` is in a source, with nothing behind it.
fn has_example_without_body(source: &[u8]) -> bool {
    source.split(|it| *it == b'\n').any(|line| {
        let line = line.trim_ascii();
        let rest = ["it ", "specify ", "example ", "scenario "]
            .iter()
            .find_map(|it| line.strip_prefix(it.as_bytes()));
        rest.is_some_and(|it| matches!(it.first(), Some(b'"' | b'\'')))
            && matches!(line.last(), Some(b'"' | b'\''))
    })
}
