//! How Rust is walked: modules, functions and the attributes in front of them.

use tree_sitter::Node;

use super::items;
use crate::language::Manner;
use crate::syntax::Grammar;
use crate::syntax::lexer::{Lexicon, Quote};
use crate::syntax::outline::Outline;

/// Rust.
pub(crate) struct Rust;

/// A file that is one binary of tests.
pub(super) const TESTS: Manner = 1;

pub(super) static LEXICON: Lexicon = Lexicon {
    line: &["//"],
    block: &[("/*", "*/")],
    nested: true,
    strings: &[
        Quote::raw("r###\"", "\"###"),
        Quote::raw("r##\"", "\"##"),
        Quote::raw("r#\"", "\"#"),
        Quote::raw("r\"", "\""),
        Quote::raw("br#\"", "\"#"),
        Quote::raw("br\"", "\""),
        Quote::lines("\"", "\""),
        // A quote that stands alone begins a lifetime, and these are no strings.
        Quote::raw("'\"'", ""),
        Quote::raw("'\\\"'", ""),
    ],
    word: b"",
};

impl Grammar for Rust {
    const LANGUAGES: &'static [&'static str] = &["rust"];

    fn manner(path: &str) -> Option<Manner> {
        let is_test = path.starts_with("tests/") || path.contains("/tests/");
        path.ends_with(".rs").then(|| Manner::from(is_test))
    }

    fn language(_: Manner) -> &'static str {
        "rust"
    }

    fn grammar(_: Manner) -> tree_sitter::Language {
        tree_sitter_rust::LANGUAGE.into()
    }

    fn lexicon(_: Manner) -> &'static Lexicon {
        &LEXICON
    }

    fn is_test_file(path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        path.starts_with("tests/")
            || path.contains("/tests/")
            || matches!(name, "test.rs" | "tests.rs")
            || name.starts_with("test_")
            || name.ends_with("_test.rs")
            || name.ends_with("_tests.rs")
    }

    fn outline(root: Node<'_>, outline: &mut Outline<'_>) {
        items::walk(outline, root);
    }
}
