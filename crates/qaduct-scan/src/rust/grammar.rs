//! How Rust is walked: modules, functions and the attributes in front of them.

use qaduct_records::Declaration;
use tree_sitter::Node;

use super::items;
use super::texts::OF_MODULE;
use crate::language::{Commit, Manner};
use crate::syntax::Grammar;
use crate::syntax::facts::Facts;
use crate::syntax::forms::Form;
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

/// The module that a file is, as the compiler names it where nothing else is said.
fn module(path: &str) -> String {
    let path = path.strip_suffix(".rs").unwrap_or(path);
    let inside = path.strip_prefix("src/");
    let inside = inside.or_else(|| path.rsplit_once("/src/").map(|it| it.1));
    let mut parts: Vec<&str> = match inside {
        Some(inside) => inside.split('/').collect(),
        None => path.rsplit('/').take(1).collect(),
    };
    if parts.len() > 1 && parts.last() == Some(&"mod") {
        parts.pop();
    }
    parts.join("::")
}

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

    /// What a file says of itself describes the module that it is.
    fn settle(_: &Commit<'_, Facts>, _: &Facts, _: &Form, it: &mut Declaration) {
        if it.test.starts_with(OF_MODULE) && it.container.is_empty() {
            let number = it.test[OF_MODULE.len()..].to_owned();
            it.test = module(&it.path) + &number;
        }
    }
}
