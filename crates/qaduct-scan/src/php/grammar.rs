//! What the engine asks of the language: files, comments and strings.

use tree_sitter::Node;

use super::walk;
use crate::language::Manner;
use crate::syntax::lexer::{Lexicon, Quote};
use crate::syntax::outline::Outline;
use crate::syntax::{Grammar, Offer, Use};

/// PHP.
pub(crate) struct Php;

static LEXICON: Lexicon = Lexicon {
    line: &["//", "# "],
    block: &[("/*", "*/")],
    nested: false,
    strings: &[Quote::lines("\"", "\""), Quote::itself("'")],
    word: b"$",
};

impl Grammar for Php {
    const LANGUAGES: &'static [&'static str] = &["php"];

    fn manner(path: &str) -> Option<Manner> {
        path.ends_with(".php").then_some(0)
    }

    fn language(_: Manner) -> &'static str {
        "php"
    }

    fn grammar(_: Manner) -> tree_sitter::Language {
        tree_sitter_php::LANGUAGE_PHP.into()
    }

    fn lexicon(_: Manner) -> &'static Lexicon {
        &LEXICON
    }

    fn is_test_file(path: &str) -> bool {
        path.ends_with("Test.php") || path.ends_with("TestCase.php")
    }

    fn outline(root: Node<'_>, outline: &mut Outline<'_>) {
        outline.children(root, walk::visit);
    }

    /// A method of the file, or one of a base or trait whose name says that it skips.
    fn means(user: &Use<'_>, offer: &Offer<'_>) -> bool {
        let name = user.name.to_lowercase();
        user.path == offer.path
            || ["skip", "require", "incomplete"]
                .iter()
                .any(|it| name.contains(it))
    }
}
