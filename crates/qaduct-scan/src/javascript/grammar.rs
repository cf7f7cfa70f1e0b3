//! What the engine asks of the language: files, dialects, comments and strings.

use memchr::memmem;
use tree_sitter::Node;

use super::walk::{Walk, is_imported};
use super::{config, project};
use crate::language::{Commit, Manner};
use crate::syntax::facts::Facts;
use crate::syntax::forms::{Form, Usage};
use crate::syntax::lexer::{Lexicon, Quote};
use crate::syntax::outline::Outline;
use crate::syntax::skeleton::Bodies;
use crate::syntax::{Grammar, Offer, Use};

/// JavaScript with its dialects.
pub(crate) struct JavaScript;

const JS: Manner = 0;
const TS: Manner = 1;
const TSX: Manner = 2;
/// Added to a dialect: the file configures a runner.
const CONFIG: Manner = 4;
/// `package.json`.
const PACKAGE: Manner = 8;

static LEXICON: Lexicon = Lexicon {
    line: &["//"],
    block: &[("/*", "*/")],
    nested: false,
    strings: &[Quote::line("\""), Quote::line("'"), Quote::lines("`", "`")],
    word: b"$",
};

static BODIES: Bodies = Bodies {
    begins: |head| {
        let head = head.trim_ascii_end();
        head.ends_with(b"=>") || head.ends_with(b")") && memmem::find(head, b"function").is_some()
    },
    whole: false,
    lines: true,
    // What declares tests, and what tells for which framework they are.
    stems: &[
        "it", "test", "describe", "suite", "context", "specify", "fixture", "xit", "cy", "Cypress",
        "jest", "vi", "jasmine", "QUnit",
    ],
    texts: || {
        let by_look = [
            "Test", "It(", "It.", "_it(", "_it.", "_test", "Describe", "Suite",
        ];
        let told = ["this.timeout", "this.retries", "this.slow"];
        let all = by_look.into_iter().chain(told).map(str::to_owned);
        all.chain(project::signs()).collect()
    },
    has_regex: true,
};

impl Grammar for JavaScript {
    const LANGUAGES: &'static [&'static str] = &["javascript", "typescript"];

    fn manner(path: &str) -> Option<Manner> {
        let name = path.rsplit('/').next().unwrap_or(path);
        if name == "package.json" {
            return Some(PACKAGE);
        }
        let (stem, ending) = name.rsplit_once('.')?;
        let dialect = match ending {
            "js" | "jsx" | "mjs" | "cjs" => JS,
            "ts" | "mts" | "cts" => TS,
            "tsx" => TSX,
            _ => return None,
        };
        Some(if config::is_config(stem) {
            dialect | CONFIG
        } else {
            dialect
        })
    }

    fn language(manner: Manner) -> &'static str {
        match manner & !CONFIG {
            TS | TSX => "typescript",
            _ => "javascript",
        }
    }

    fn grammar(manner: Manner) -> tree_sitter::Language {
        match manner & !CONFIG {
            TS => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
            TSX => tree_sitter_typescript::LANGUAGE_TSX.into(),
            _ => tree_sitter_javascript::LANGUAGE.into(),
        }
    }

    fn lexicon(_: Manner) -> &'static Lexicon {
        &LEXICON
    }

    fn bodies(manner: Manner) -> Option<&'static Bodies> {
        (manner & CONFIG == 0).then_some(&BODIES)
    }

    fn is_test_file(path: &str) -> bool {
        let Some((folder, name)) = path.rsplit_once('/').or(Some(("", path))) else {
            return false;
        };
        let Some((stem, ending)) = name.rsplit_once('.') else {
            return false;
        };
        let is_source = matches!(
            ending,
            "js" | "jsx" | "mjs" | "cjs" | "ts" | "mts" | "cts" | "tsx"
        );
        let by_name = [
            ".test", ".spec", ".cy", "-test", "-spec", "_test", "_spec", ".e2e",
        ]
        .iter()
        .any(|it| stem.ends_with(it));
        let by_folder = || {
            folder
                .split('/')
                .any(|it| matches!(it, "__tests__" | "test" | "tests" | "spec" | "specs"))
        };
        is_source && !stem.ends_with(".d") && (by_name || stem == "test" || by_folder())
    }

    fn is_needle(source: &[u8], at: std::ops::Range<usize>) -> bool {
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$';
        let first_is_word = source.get(at.start).is_some_and(|it| is_word(*it));
        let last_is_word = source.get(at.end - 1).is_some_and(|it| is_word(*it));
        let before = at.start.checked_sub(1).and_then(|it| source.get(it));
        let after = source.get(at.end);
        // `exit(` holds `xit(`, and `model.fit(` fits a model.
        let begins = !first_is_word || !before.is_some_and(|it| is_word(*it) || *it == b'.');
        let ends = !last_is_word || !after.is_some_and(|it| is_word(*it));
        begins && ends
    }

    fn is_searched(form: &Form) -> bool {
        // A key of settings.
        form.usage != Usage::Name
    }

    fn may_mute(source: &[u8], manner: Manner) -> bool {
        manner & CONFIG != 0 && config::may_mute(source) || has_test_without_body(source)
    }

    fn settings(source: &[u8], manner: Manner) -> Option<Facts> {
        (manner == PACKAGE).then(|| project::package(source))
    }

    fn outline(root: Node<'_>, outline: &mut Outline<'_>) {
        project::imports(root, outline);
        if outline.manner & CONFIG == 0 {
            Walk::default().file(outline, root);
        } else {
            config::outline(root, outline);
        }
    }

    fn means(user: &Use<'_>, offer: &Offer<'_>) -> bool {
        let first = user.name.split('.').next().unwrap_or_default();
        user.path == offer.path || is_imported(&user.facts.imports, first)
    }

    fn frameworks(commit: &Commit<'_, Facts>, path: &str, facts: &Facts) -> Option<Vec<String>> {
        project::frameworks(commit, path, facts)
    }
}

/// Whether a text such as `it("says what")` is in a source: a call with a title alone.
fn has_test_without_body(source: &[u8]) -> bool {
    const LONGEST: usize = 400;
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.';
    memmem::find_iter(source, b"it(").any(|at| {
        if at > 0 && is_word(source[at - 1]) {
            return false;
        }
        let rest = &source[at + 3..source.len().min(at + 3 + LONGEST)];
        let rest = rest.trim_ascii_start();
        let Some(&quote) = rest.first().filter(|it| matches!(it, b'"' | b'\'' | b'`')) else {
            return false;
        };
        let mut escaped = false;
        let end = rest[1..].iter().position(|&it| {
            let ends = it == quote && !escaped;
            escaped = it == b'\\' && !escaped;
            ends
        });
        let Some(end) = end else { return false };
        let rest = rest[end + 2..].trim_ascii_start();
        let rest = rest.strip_prefix(b",").unwrap_or(rest);
        rest.trim_ascii_start().first() == Some(&b')')
    })
}
