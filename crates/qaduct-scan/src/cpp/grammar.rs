//! Which files are C and C++, and whose macro a name means.

use tree_sitter::Node;

use super::reader::Reader;
use crate::language::Manner;
use crate::syntax::facts::Role;
use crate::syntax::lexer::{Lexicon, Quote};
use crate::syntax::outline::Outline;
use crate::syntax::{Grammar, Offer, Use};

/// C and C++.
pub(crate) struct Cpp;

/// A file of C.
const C: Manner = 1;

pub(super) static LEXICON: Lexicon = Lexicon {
    line: &["//"],
    block: &[("/*", "*/")],
    nested: false,
    strings: &[
        Quote::raw("R\"(", ")\""),
        Quote::line("\""),
        Quote::line("'"),
    ],
    word: b"",
};

const ENDINGS: &[&str] = &[
    ".cc", ".cpp", ".cxx", ".c++", ".C", ".hpp", ".hh", ".hxx", ".h", ".cu", ".inl", ".ipp", ".mm",
];

impl Grammar for Cpp {
    const LANGUAGES: &'static [&'static str] = &["cpp", "c"];

    fn manner(path: &str) -> Option<Manner> {
        if path.ends_with(".c") {
            return Some(C);
        }
        ENDINGS.iter().any(|it| path.ends_with(it)).then_some(0)
    }

    fn language(manner: Manner) -> &'static str {
        if manner == C { "c" } else { "cpp" }
    }

    fn grammar(_: Manner) -> tree_sitter::Language {
        tree_sitter_cpp::LANGUAGE.into()
    }

    fn lexicon(_: Manner) -> &'static Lexicon {
        &LEXICON
    }

    fn is_test_file(path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let (name, ending) = name.rsplit_once('.').unwrap_or((name, ""));
        let name = name.to_ascii_lowercase();
        !ending.starts_with('h')
            && (name.starts_with("test")
                || ["test", "tests", "unittest", "_t"]
                    .iter()
                    .any(|it| name.ends_with(it)))
    }

    fn outline(root: Node<'_>, outline: &mut Outline<'_>) {
        Reader::new(root, outline).read();
    }

    /// A macro is one wherever it is used; a function may have many namesakes.
    fn means(its: &Use<'_>, offer: &Offer<'_>) -> bool {
        let unit = &offer.facts.units[offer.lent.sighting.unit.index()];
        let is_macro = unit.role != Role::Function;
        let name = its.name.to_ascii_lowercase();
        its.path == offer.path || is_macro || name.contains("skip") || name.contains("disabled")
    }
}
