//! First pass: reads one blob.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{Mod, ModModule};
use ruff_python_parser::{Mode, ParseOptions, Parsed, parse_unchecked};

use super::facts::{Facts, Module, Trouble};
use super::file::File;
use super::needles::{self, Needles};
use super::outline::Outline;
use super::settings::Settings;
use super::text::{Lines, decode};
use super::walk::Walker;
use super::{imports, text};
use crate::marks::Forms;

/// Largest file that is read, in bytes.
const LARGEST: usize = 8 << 20;

/// Deepest nesting that is followed. Python itself gives up long before.
pub(super) const DEEPEST: usize = 20_000;

/// Stack that one level of nesting may need, in bytes.
const LEVEL: usize = 8 << 10;

/// Nesting that an ordinary stack has room for.
const SHALLOW: usize = 60;

/// Reads a blob: in full where it may mute or where that is asked for.
pub(super) fn read(source: &[u8], thorough: bool, forms: &Forms, needles: &Needles) -> Facts {
    if source.len() > LARGEST {
        let message = format!(
            "the file has {} bytes; up to {LARGEST} are read",
            source.len()
        );
        let trouble = Trouble {
            kind: "size",
            line: 1,
            message,
        };
        return Facts {
            trouble: Some(Box::new(trouble)),
            ..Facts::default()
        };
    }
    let mut facts = Facts {
        imports: imports::scan(source),
        test_case: needles::has_test_case(source),
        ..Facts::default()
    };
    if Settings::possible(source) {
        let (text, _) = text::decode(source);
        facts.settings = Some(Box::new(Settings::read(&text)));
    }
    if thorough || needles.trigger(source, &facts.imports, forms) {
        let (text, trouble) = decode(source);
        facts.trouble = trouble.map(Box::new);
        parse(&text, forms, needles, &mut facts);
    }
    facts
}

fn parse(text: &str, forms: &Forms, needles: &Needles, facts: &mut Facts) {
    let mut hits = needles.hits(text, &needles::names(&facts.imports, forms));
    let outline = Outline::new(text);
    outline.add_helpers(&mut hits);
    let prepared = outline.prepared(&hits);
    let source = prepared.as_deref().unwrap_or(text);
    let parsed = parse_unchecked(source, ParseOptions::from(Mode::Module));
    let error = parsed.errors().first();
    let error = error.map(|error| (error.location.start().to_usize(), error.error.to_string()));
    let unclosed = || {
        outline
            .unclosed()
            .map(|at| (at, "a bracket is never closed".to_owned()))
    };
    let error = error.or_else(unclosed);
    let partly = error.is_some();
    if let Some((at, message)) = error {
        let line = Lines::new(&text.as_bytes()[..at.min(text.len())]).line(u32::MAX);
        // What the encoding spoiled is told already.
        facts.trouble.get_or_insert_with(|| {
            Box::new(Trouble {
                kind: "syntax",
                line,
                message,
            })
        });
    }
    let depth = depth(&parsed);
    if depth > DEEPEST {
        // Neither to be walked nor to be dropped on any reasonable stack.
        std::mem::forget(parsed);
        let message = format!("nested {depth} deep, which is more than Python itself can read");
        facts.trouble = Some(Box::new(Trouble {
            kind: "syntax",
            line: 1,
            message,
        }));
        return;
    }
    let run = || {
        let parsed = parsed;
        let Mod::Module(ModModule { body, .. }) = parsed.syntax() else {
            return;
        };
        let mut file = File::new(
            text,
            body,
            parsed.tokens(),
            forms,
            std::mem::take(&mut hits),
        );
        file.find_lists();
        let walker = Walker::file(&file, body);
        facts.module = Some(Box::new(Module {
            partly,
            exports: file.exports(),
            classes: walker.classes,
            sightings: walker.sightings,
        }));
    };
    if depth > SHALLOW {
        stacker::maybe_grow(depth * LEVEL, depth * LEVEL * 2, run);
    } else {
        run();
    }
}

/// An upper bound of how deep the tree is: tokens that can nest within each
/// other, which a comma or a new line ends.
pub(super) fn depth(parsed: &Parsed<Mod>) -> usize {
    let mut deepest = 0;
    let mut open: Vec<usize> = Vec::new();
    let (mut sum, mut here, mut blocks) = (0_usize, 0_usize, 0_usize);
    for token in parsed.tokens() {
        match token.kind() {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                here += 1;
                sum += here;
                open.push(here);
                here = 0;
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                here = open.pop().unwrap_or(0);
                sum -= here;
            }
            TokenKind::Comma => here = 0,
            TokenKind::Newline => {
                open.clear();
                (sum, here) = (0, 0);
            }
            TokenKind::Indent => blocks += 1,
            TokenKind::Dedent => blocks = blocks.saturating_sub(1),
            // Leaves, however many stand side by side.
            TokenKind::Comment
            | TokenKind::NonLogicalNewline
            | TokenKind::Name
            | TokenKind::Int
            | TokenKind::Float
            | TokenKind::Complex
            | TokenKind::String
            | TokenKind::FStringStart
            | TokenKind::FStringMiddle
            | TokenKind::FStringEnd => {}
            _ => here += 1,
        }
        deepest = deepest.max(sum + here + blocks);
    }
    deepest
}
