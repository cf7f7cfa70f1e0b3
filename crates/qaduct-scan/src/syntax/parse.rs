//! Parses a source, unless the parser does not come to an end with it.
//!
//! Grammars that try many ways at once may go round in circles over a few lines that are
//! nearly right, and need time in proportion to the square of a text that is none of their
//! language. Such a source is left to the lexer.

use std::ops::ControlFlow;
use std::time::Duration;

use tree_sitter::{Language, ParseOptions, ParseState, Parser, Point, Range, Tree};

/// A source that was parsed.
pub(super) struct Parsed {
    /// Its tree; that of an empty source where the parser was given up.
    pub(super) tree: Tree,
    /// Whether it was.
    pub(super) given_up: bool,
}

/// What a parser may use up.
struct Limit {
    /// Reports of its progress: one for each hundred steps, and a byte takes no more than ten.
    reports: usize,
    /// A thousand times as long as is usual, and nothing that depends on what else runs.
    time: Duration,
}

/// Parses a source, or only these pieces of it, which are in order.
pub(super) fn parse(source: &str, pieces: &[Range], grammar: &Language) -> Parsed {
    let size = u32::try_from(source.len()).unwrap_or(u32::MAX);
    let limit = Limit {
        reports: source.len() + 1_000,
        time: Duration::from_secs(5) + Duration::from_micros(5) * size,
    };
    within(&limit, source, pieces, grammar)
}

fn within(limit: &Limit, source: &str, pieces: &[Range], grammar: &Language) -> Parsed {
    let mut parser = Parser::new();
    parser
        .set_language(grammar)
        .expect("the grammars are of this tree-sitter");
    let set = parser.set_included_ranges(pieces);
    set.expect("pieces are in order");
    let begun = computed();
    let mut reports = 0;
    let mut report = |_: &ParseState| {
        reports += 1;
        match reports > limit.reports || computed().saturating_sub(begun) > limit.time {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    };
    let options = ParseOptions::new().progress_callback(&mut report);
    let mut rest = |at: usize, _: Point| source.as_bytes().get(at..).unwrap_or_default();
    let tree = parser.parse_with_options(&mut rest, None, Some(options));
    let given_up = tree.is_none();
    let tree = tree.unwrap_or_else(|| {
        parser.reset();
        let set = parser.set_included_ranges(&[]);
        set.expect("all of it is in order");
        parser
            .parse("", None)
            .expect("a parser with a language and no limit parses")
    });
    Parsed { tree, given_up }
}

/// How long this thread has computed: nothing in it depends on what else runs, or on a machine that
/// sleeps.
#[cfg(unix)]
fn computed() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

/// The time that has gone by, where a thread is not told its own.
#[cfg(not(unix))]
fn computed() -> Duration {
    static BEGUN: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    BEGUN.get_or_init(std::time::Instant::now).elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_that_takes_too_much_is_given_up() {
        let go = tree_sitter_go::LANGUAGE.into();
        let source = "package a\n".to_owned() + &"func f() { g() }\n".repeat(1_000);
        assert!(!parse(&source, &[], &go).given_up);
        let none = Limit {
            reports: 0,
            time: Duration::MAX,
        };
        assert!(within(&none, &source, &[], &go).given_up);
        let none = Limit {
            reports: usize::MAX,
            time: Duration::ZERO,
        };
        assert!(within(&none, &source, &[], &go).given_up);
    }
}
