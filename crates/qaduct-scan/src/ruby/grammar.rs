//! What the engine asks of the language: files, comments and strings.

use memchr::memmem;
use tree_sitter::Node;

use super::walk;
use crate::language::{Commit, Manner};
use crate::syntax::facts::Facts;
use crate::syntax::lexer::{Escape, Lexicon, Quote};
use crate::syntax::outline::Outline;
use crate::syntax::{Grammar, Offer, Use};

/// Ruby.
pub(crate) struct Ruby;

/// What stands before the name of a file that a file requires, among its imports.
pub(super) const REQUIRED: &str = "require ";

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
        // What others require tells for which framework they are.
        holds("minitest/")
            || holds("describe")
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

    /// `require_relative "helper"`: where the helper loads Minitest, its specs are of it.
    fn frameworks(commit: &Commit<'_, Facts>, path: &str, facts: &Facts) -> Option<Vec<String>> {
        let told = |facts: &Facts| {
            let mut imports = facts.imports.iter();
            imports.any(|it| matches!(&**it, "test-unit/" | "minitest/"))
        };
        let mut required = facts
            .imports
            .iter()
            .filter_map(|it| it.strip_prefix(REQUIRED));
        let is_of_minitest = |name: &str| {
            let file = name.rsplit('/').next().unwrap_or(name);
            let mut folder = path;
            while let Some((outer, _)) = folder.rsplit_once('/') {
                folder = outer;
                let content = commit.files.get(&*format!("{folder}/{file}.rb"));
                if let Some(facts) = content.and_then(|it| (commit.facts)(it)) {
                    return facts.imports.iter().any(|it| &**it == "minitest/");
                }
            }
            false
        };
        (!told(facts) && required.any(is_of_minitest)).then(|| vec!["minitest".to_owned()])
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
