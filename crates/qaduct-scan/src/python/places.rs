//! Where the functions and classes of a file are, muted or not.

use ruff_python_ast::{ExceptHandler, Mod, ModModule, Stmt};
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use rustc_hash::FxHashSet;

use super::parse::{DEEPEST, depth};
use super::settings::Settings;
use super::text::decode;
use crate::language::Outline;
use crate::syntax::lexer::{Lexicon, Quote};

pub(super) static LEXICON: Lexicon = Lexicon {
    line: &["#"],
    block: &[],
    nested: false,
    strings: &[
        Quote::lines("\"\"\"", "\"\"\""),
        Quote::lines("'''", "'''"),
        Quote::line("\""),
        Quote::line("'"),
    ],
    word: b"",
};

/// What a file tells of its tests.
pub(super) fn outline(source: &[u8]) -> Outline {
    let (text, _) = decode(source);
    let parsed = parse_unchecked(&text, ParseOptions::from(Mode::Module));
    if depth(&parsed) > DEEPEST {
        // Not to be dropped on any reasonable stack.
        std::mem::forget(parsed);
        return Outline::Words;
    }
    if !parsed.errors().is_empty() {
        return match Settings::possible(source) {
            true => Outline::List,
            false => Outline::Words,
        };
    }
    match parsed.syntax() {
        Mod::Module(ModModule { body, .. }) => Outline::Places(places(body)),
        Mod::Expression(_) => Outline::Words,
    }
}

/// What each function and class stands in, and its name.
fn places(body: &[Stmt]) -> FxHashSet<(String, String)> {
    let mut places = FxHashSet::default();
    places.insert((String::new(), String::new()));
    let mut left: Vec<(String, &[Stmt])> = vec![(String::new(), body)];
    while let Some((container, body)) = left.pop() {
        for stmt in body {
            let within = |name: &str| match container.as_str() {
                "" => name.to_owned(),
                outer => format!("{outer}::{name}"),
            };
            match stmt {
                Stmt::FunctionDef(it) => {
                    places.insert((container.clone(), it.name.to_string()));
                    left.push((within(&it.name), it.body.as_slice()));
                }
                Stmt::ClassDef(it) => {
                    let path = within(&it.name);
                    places.insert((path.clone(), String::new()));
                    left.push((path, it.body.as_slice()));
                }
                other => left.extend(blocks(other).map(|it| (container.clone(), it))),
            }
        }
    }
    places
}

/// The blocks of a statement that is neither function nor class.
fn blocks(stmt: &Stmt) -> impl Iterator<Item = &[Stmt]> {
    let mut blocks: Vec<&[Stmt]> = Vec::new();
    match stmt {
        Stmt::If(it) => {
            blocks.push(it.body.as_slice());
            blocks.extend(it.elif_else_clauses.iter().map(|it| it.body.as_slice()));
        }
        Stmt::For(it) => blocks.extend([it.body.as_slice(), it.orelse.as_slice()]),
        Stmt::While(it) => blocks.extend([it.body.as_slice(), it.orelse.as_slice()]),
        Stmt::With(it) => blocks.push(it.body.as_slice()),
        Stmt::Match(it) => blocks.extend(it.cases.iter().map(|it| it.body.as_slice())),
        Stmt::Try(it) => {
            blocks.extend([
                it.body.as_slice(),
                it.orelse.as_slice(),
                it.finalbody.as_slice(),
            ]);
            blocks.extend(it.handlers.iter().map(|it| match it {
                ExceptHandler::ExceptHandler(it) => it.body.as_slice(),
            }));
        }
        _ => {}
    }
    blocks.into_iter()
}
