//! Texts as code writes them: put together from several, with signs that mean others.

use crate::syntax::lexer::{Lexicon, Token, tokens};

/// The text of code that is nothing but texts put together.
pub(super) fn literal(code: &str, lexicon: &Lexicon) -> Option<String> {
    let mut whole = String::new();
    let mut texts = 0;
    for token in tokens(code, lexicon) {
        match token {
            Token::Text(range) => {
                texts += 1;
                unescape(&code[range], &mut whole);
            }
            Token::Sign(at) if b"+.()<&\\,".contains(&code.as_bytes()[at]) => {}
            // A prefix such as `b"`, `L"` or `r"`.
            Token::Word(range) if range.len() == 1 && range.start == 0 => {}
            _ => return None,
        }
    }
    (texts > 0).then_some(whole)
}

fn unescape(text: &str, whole: &mut String) {
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => match chars.next() {
                Some('n' | 't' | 'r' | '\n') => whole.push(' '),
                Some(it) => whole.push(it),
                None => whole.push('\\'),
            },
            it => whole.push(it),
        }
    }
}
