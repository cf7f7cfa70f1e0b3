//! Groovy: the specifications of Spock, and annotations as in Java.
//!
//! The grammar does not know methods whose names are texts, and loses all of a specification
//! at the first one. So the lexer alone reads Groovy: annotations on what is declared next,
//! and calls in what is around them.

use tree_sitter::Node;

use crate::language::Manner;
use crate::syntax::lexer::{Lexicon, Quote};
use crate::syntax::outline::Outline;
use crate::syntax::{Grammar, Offer, Use, members};

/// Groovy.
pub(crate) struct Groovy;

static LEXICON: Lexicon = Lexicon {
    line: &["//"],
    block: &[("/*", "*/")],
    nested: false,
    strings: &[
        Quote::lines("\"\"\"", "\"\"\""),
        Quote::lines("'''", "'''"),
        Quote::line("\""),
        Quote::line("'"),
    ],
    word: b"$",
};

impl Grammar for Groovy {
    const LANGUAGES: &'static [&'static str] = &["groovy"];
    const MEMBERS: bool = true;

    fn manner(path: &str) -> Option<Manner> {
        path.ends_with(".groovy").then_some(0)
    }

    fn language(_: Manner) -> &'static str {
        "groovy"
    }

    fn grammar(_: Manner) -> tree_sitter::Language {
        tree_sitter_groovy::LANGUAGE.into()
    }

    fn lexicon(_: Manner) -> &'static Lexicon {
        &LEXICON
    }

    fn is_test_file(path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let name = name.strip_suffix(".groovy").unwrap_or(name);
        ["Spec", "Specification", "Test", "Tests", "IT"]
            .iter()
            .any(|it| name.ends_with(it))
    }

    fn outline(root: Node<'_>, outline: &mut Outline<'_>) {
        let mut all_of_spock = false;
        for line in outline.text(root).lines() {
            if let Some(path) = line.trim().strip_prefix("import ") {
                let path = path.strip_prefix("static ").unwrap_or(path);
                let path = path.split([' ', ';']).next().unwrap_or(path);
                all_of_spock |= path == "spock.lang.*";
                outline.import(path);
            }
        }
        // A name that is imported by itself is another one: `Requires` of Micronaut.
        let forms = outline.forms;
        let forms = forms.all().filter(|_| all_of_spock);
        for name in forms.filter_map(|(_, it)| it.imports.first()) {
            let Some(name) = name.strip_prefix("spock.lang.") else {
                continue;
            };
            let is_other = |it: &str| it.rsplit('.').next() == Some(name);
            if !outline.imports().iter().any(|it| is_other(it)) {
                outline.import(&format!("spock.lang.{name}"));
            }
        }
        outline.leave_to_lexer();
    }

    fn means(user: &Use<'_>, offer: &Offer<'_>) -> bool {
        members::means(user, offer)
    }
}
