//! Comments that speak to qaduct: `qaduct: allow[QM004]`, wherever they stand in a file.
//!
//! Those at a mute are noted with it; of the others somebody has to be told that they let
//! nothing pass.

use std::collections::BTreeSet;

use qaduct_records::scan::{Found, LeftOver};

use crate::syntax::lexer::{Lexicon, Token, tokens};

/// How a comment begins that speaks to us.
pub(crate) const ADDRESS: &str = "qaduct:";

/// A comment that speaks to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    /// Counted from 1.
    line: i64,
    text: String,
}

/// The comments of a file that speak to us.
pub(crate) fn read(source: &[u8], lexicon: impl FnOnce() -> Option<&'static Lexicon>) -> Vec<Note> {
    let at: Vec<usize> = memchr::memmem::find_iter(source, ADDRESS).collect();
    if at.is_empty() {
        return Vec::new();
    }
    let Ok(text) = str::from_utf8(source) else {
        return Vec::new();
    };
    // What stands in a string is no comment.
    let strings: Vec<_> = match lexicon() {
        Some(lexicon) => tokens(text, lexicon)
            .filter_map(|it| match it {
                Token::Text(range) => Some(range),
                Token::Word(_) | Token::Sign(_) => None,
            })
            .collect(),
        None => Vec::new(),
    };
    let notes = at.into_iter().filter_map(|at| {
        let is_string = strings.iter().any(|it| it.contains(&at));
        let said = said(text[at..].lines().next().unwrap_or_default());
        let speaks = said[ADDRESS.len()..].trim_start().starts_with("allow");
        (speaks && !is_string).then(|| Note {
            line: 1 + i64::try_from(memchr::memchr_iter(b'\n', &source[..at]).count()).unwrap_or(0),
            text: said.to_owned(),
        })
    });
    notes.collect()
}

/// What is said, without the end of a comment.
fn said(text: &str) -> &str {
    text.trim_end_matches(|it: char| it.is_whitespace() || matches!(it, '*' | '/' | '-' | '>'))
}

/// Those of the comments of a file that stand at none of its mutes.
pub(crate) fn left_over(path: &str, notes: &[Note], mutes: &[&Found]) -> Vec<LeftOver> {
    let mut claimed: BTreeSet<i64> = BTreeSet::new();
    for mute in mutes {
        let (start, end) = (mute.declaration.line_start, mute.declaration.line_end);
        let distance = |line: i64| (start - line).max(line - end).max(0);
        let lines = mute.notes.iter().flat_map(|it| it.lines());
        for line in lines.filter_map(|it| it.find(ADDRESS).map(|at| said(&it[at..]))) {
            // Behind the end of a comment its line may go on.
            let same = notes.iter().filter(|it| it.text.starts_with(line));
            let nearest = same.min_by_key(|it| distance(it.line));
            claimed.extend(nearest.map(|it| it.line));
        }
    }
    let left = notes.iter().filter(|it| !claimed.contains(&it.line));
    let left = left.map(|it| LeftOver {
        path: path.to_owned(),
        line: it.line,
        text: it.text.clone(),
    });
    left.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::lexer::Quote;

    static LEXICON: Lexicon = Lexicon {
        line: &["#"],
        block: &[],
        nested: false,
        strings: &[Quote::line("\"")],
        word: b"",
    };

    #[test]
    fn a_comment_speaks_to_us_and_a_string_does_not() {
        let source =
            "# qaduct: allow[QM001] /\nx = \"qaduct: allow[QM002]\"\n\n# qaduct: what else\n";
        let notes = read(source.as_bytes(), || Some(&LEXICON));
        let told: Vec<_> = notes.iter().map(|it| (it.line, it.text.as_str())).collect();
        assert_eq!(told, [(1, "qaduct: allow[QM001]")]);
        assert_eq!(read(source.as_bytes(), || None).len(), 2);
    }
}
