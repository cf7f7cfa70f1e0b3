//! Cuts the text of a condition into names, texts, numbers and signs.
//!
//! One lexer for every language: conditions are short, and what they are made of
//! looks alike everywhere. What it does not know it leaves out.

/// A part of a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A name with its dots; `::`, `->` and `?.` are dots too.
    Name(String),
    /// A text or a regular expression.
    Text(String),
    /// A number or version: `3`, `1.20.1`.
    Number(String),
    /// An operator or bracket.
    Sign(&'static str),
}

/// Signs, longest first.
const SIGNS: &[&str] = &[
    "===", "!==", "<=>", "=>", "==", "!=", "<=", ">=", "=~", "!~", "&&", "||", "<", ">", "=", "!",
    "~", "&", "|", "(", ")", "[", "]", "{", "}", ",", ";", "+", "-", "*", "%", "?", ":", "/",
];

/// Operators that are words.
const WORDS: &[(&str, &str)] = &[
    ("and", "&&"),
    ("or", "||"),
    ("not", "!"),
    ("is", "=="),
    ("in", "in"),
    ("eq", "=="),
    ("ne", "!="),
    ("lt", "<"),
    ("le", "<="),
    ("gt", ">"),
    ("ge", ">="),
];

/// The tokens of a text.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let at_value = !matches!(
            tokens.last(),
            Some(Token::Name(_) | Token::Text(_) | Token::Number(_) | Token::Sign(")" | "]"))
        );
        let end = if matches!(first, '"' | '\'' | '`') || (first == '/' && at_value) {
            let (inside, end) = quoted(rest, first);
            tokens.push(Token::Text(inside));
            end
        } else if first.is_ascii_digit() {
            let end = rest
                .find(|it: char| !(it.is_ascii_alphanumeric() || it == '.' || it == '_'))
                .unwrap_or(rest.len());
            let number = rest[..end].trim_end_matches('.');
            tokens.push(Token::Number(number.to_owned()));
            end
        } else if is_name(first) || (first == '.' && !at_value) {
            let (name, end) = name(rest);
            if !name.is_empty() {
                push_name(&mut tokens, name);
            }
            end.max(first.len_utf8())
        } else if let Some(sign) = SIGNS.iter().find(|it| rest.starts_with(**it)) {
            tokens.push(Token::Sign(sign));
            sign.len()
        } else {
            first.len_utf8()
        };
        rest = &rest[end..];
    }
    tokens
}

fn is_name(it: char) -> bool {
    it.is_alphabetic() || matches!(it, '_' | '$' | '@' | '#')
}

/// A name from the start of a text with its dots, and where it ends.
fn name(text: &str) -> (String, usize) {
    let mut name = String::new();
    let mut end = 0;
    while let Some(next) = text[end..].chars().next() {
        let rest = &text[end..];
        let joint = ["::", "->", "?.", "."].iter().find(|it| {
            rest.strip_prefix(**it)
                .and_then(|behind| behind.chars().next())
                .is_some_and(|it| is_name(it) || it.is_ascii_digit())
        });
        if is_name(next) || next.is_ascii_digit() || (next == '^' && name == "$") {
            name.push(next);
            end += next.len_utf8();
        } else if let Some(joint) = joint {
            name.push('.');
            end += joint.len();
        } else {
            // `include?` is a name of Ruby, `cfg!` one of Rust.
            let behind = &rest[next.len_utf8()..];
            if next == '?' && (behind.is_empty() || behind.starts_with(['(', ' ', ')'])) {
                name.push('?');
                end += 1;
            } else if next == '!' && behind.starts_with('(') && !name.is_empty() {
                end += 1;
            }
            break;
        }
    }
    (name, end)
}

fn push_name(tokens: &mut Vec<Token>, name: String) {
    let Some((_, sign)) = WORDS.iter().find(|(word, _)| *word == name) else {
        tokens.push(Token::Name(name));
        return;
    };
    match (tokens.last_mut(), *sign) {
        // `is not`
        (Some(Token::Sign(last)), "!") if *last == "==" => *last = "!=",
        // `not in`
        (Some(Token::Sign(last)), "in") if *last == "!" => *last = "!~",
        (_, "in") => tokens.push(Token::Sign("=~")),
        _ => tokens.push(Token::Sign(sign)),
    }
}

/// What stands between two quotes at the start of a text, and where it ends.
fn quoted(text: &str, quote: char) -> (String, usize) {
    let mut inside = String::new();
    let mut escaped = false;
    for (at, it) in text.char_indices().skip(1) {
        if !escaped && it == quote {
            return (inside, at + it.len_utf8());
        }
        if !escaped && it == '\\' {
            escaped = true;
            continue;
        }
        escaped = false;
        inside.push(it);
    }
    (inside, text.len())
}

/// Puts what a name is given before a condition in place of the name, as in Go:
/// `v := os.Getenv("DB"); v == ""`.
pub(super) fn inserted(mut tokens: Vec<Token>) -> Vec<Token> {
    let is = |it: &[Token]| matches!(it, [Token::Name(_), Token::Sign(":"), Token::Sign("=")]);
    let Some(start) = tokens.windows(3).position(is) else {
        return tokens;
    };
    let Some(end) = tokens[start..]
        .iter()
        .position(|it| *it == Token::Sign(";"))
    else {
        return tokens;
    };
    let given: Vec<Token> = tokens.drain(start..=start + end).collect();
    let (name, given) = (&given[0], &given[3..given.len() - 1]);
    let place = |it: Token| {
        if it == *name {
            given.to_vec()
        } else {
            vec![it]
        }
    };
    tokens.into_iter().flat_map(place).collect()
}

/// The tokens between these signs, outside of brackets.
pub(super) fn split<'t>(tokens: &'t [Token], signs: &[&str]) -> Vec<&'t [Token]> {
    let mut depth = 0_usize;
    tokens
        .split(|token| match token {
            Token::Sign("(" | "[" | "{") => {
                depth += 1;
                false
            }
            Token::Sign(")" | "]" | "}") => {
                depth = depth.saturating_sub(1);
                false
            }
            Token::Sign(sign) => depth == 0 && signs.contains(sign),
            _ => false,
        })
        .collect()
}

/// Where the bracket ends that begins these tokens.
pub(super) fn closing(tokens: &[Token]) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Sign("(" | "[" | "{") => depth += 1,
            Token::Sign(")" | "]" | "}") => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at;
                }
            }
            _ => {}
        }
    }
    tokens.len().saturating_sub(1)
}

/// What is in the brackets around all of these tokens.
pub(super) fn bracketed(tokens: &[Token]) -> Option<&[Token]> {
    let is = matches!(tokens.first()?, Token::Sign("(" | "[" | "{"))
        && closing(tokens) == tokens.len() - 1;
    (is && tokens.len() > 1).then(|| &tokens[1..tokens.len() - 1])
}

/// A call at the end: what is before its name, the name, its arguments.
pub(super) fn call(tokens: &[Token]) -> Option<(&[Token], &str, &[Token])> {
    if tokens.last()? != &Token::Sign(")") {
        return None;
    }
    let open = (1..tokens.len()).rev().find(|&at| {
        tokens[at] == Token::Sign("(") && at + closing(&tokens[at..]) == tokens.len() - 1
    })?;
    let Token::Name(name) = &tokens[open - 1] else {
        return None;
    };
    Some((
        &tokens[..open - 1],
        name,
        &tokens[open + 1..tokens.len() - 1],
    ))
}

/// What a method is called on.
pub(super) fn before(receiver: &[Token], method: &str) -> Vec<Token> {
    let mut tokens = receiver.to_vec();
    if let Some((head, _)) = method.rsplit_once('.').filter(|(head, _)| !head.is_empty()) {
        tokens.push(Token::Name(head.to_owned()));
    }
    tokens
}

/// Words of a condition as they were written, without what they stand beside.
pub(super) fn written(tokens: &[Token]) -> String {
    let text = |it: &Token| match it {
        Token::Name(it) | Token::Text(it) | Token::Number(it) => it.clone(),
        Token::Sign(it) => (*it).to_owned(),
    };
    tokens.iter().map(text).collect()
}

/// A condition of these tokens, which is cut into the same ones.
pub(super) fn as_text(tokens: &[Token]) -> String {
    let text = |it: &Token| match it {
        Token::Name(it) | Token::Number(it) => it.clone(),
        Token::Text(it) => format!("\"{}\"", it.replace('\\', "\\\\").replace('"', "\\\"")),
        Token::Sign(it) => (*it).to_owned(),
    };
    tokens.iter().map(text).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let show = |it: &Token| match it {
            Token::Name(it) => it.clone(),
            Token::Text(it) => format!("'{it}'"),
            Token::Number(it) => format!("n{it}"),
            Token::Sign(it) => (*it).to_owned(),
        };
        tokens(text).iter().map(show).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn names_keep_their_dots_and_operators_that_are_words_become_signs() {
        assert_eq!(
            shown("std::env::var(\"X\").is_err() and not x?.y"),
            "std.env.var ( 'X' ) .is_err ( ) && ! x.y"
        );
        assert_eq!(shown("a is not None"), "a != None");
        assert_eq!(shown("'CI' not in os.environ"), "'CI' !~ os.environ");
        assert_eq!(shown("v >= (3, 8)"), "v >= ( n3 , n8 )");
    }

    #[test]
    fn a_slash_begins_a_regular_expression_only_where_a_value_can_stand() {
        assert_eq!(
            shown("RUBY_PLATFORM =~ /mswin|\\/x/"),
            "RUBY_PLATFORM =~ 'mswin|/x'"
        );
        assert_eq!(shown("a / b"), "a / b");
    }

    #[test]
    fn what_was_cut_can_be_put_together() {
        for text in [r#"a.b == "c \" d" && !f(1, '2')"#, "x in os.environ or y"] {
            let cut = tokens(text);
            assert_eq!(tokens(&as_text(&cut)), cut, "{text}");
        }
    }

    #[test]
    fn any_text_can_be_cut() {
        for text in [
            "'open",
            "\\",
            "...",
            "\u{e4}\u{f6} \u{1f600}",
            "?.",
            "$^O",
            "a.?",
        ] {
            tokens(text);
        }
        assert_eq!(shown("$^O eq 'MSWin32'"), "$^O == 'MSWin32'");
    }
}
