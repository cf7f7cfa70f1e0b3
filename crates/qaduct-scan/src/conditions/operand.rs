//! One side of a comparison: a name, texts, a version.

use super::last;
use super::token::{Token, bracketed, closing};
use super::vocabulary::{Subject, Vocabulary};

/// One side of a comparison.
#[derive(Debug, Default)]
pub(super) struct Operand {
    /// The name, with the methods behind it.
    pub(super) path: Option<String>,
    /// The first text in its brackets.
    pub(super) argument: Option<String>,
    /// Texts, where it is a text or a list of them.
    pub(super) texts: Vec<String>,
    /// A number, or numbers in brackets.
    pub(super) number: Option<String>,
}

impl Operand {
    pub(super) fn of(tokens: &[Token], words: &Vocabulary) -> Self {
        let mut operand = Self::default();
        let inside = bracketed(tokens).unwrap_or(tokens);
        let Some(Token::Name(name)) = inside.first() else {
            let mut numbers = Vec::new();
            for token in inside {
                match token {
                    Token::Text(text) => operand.texts.push(text.clone()),
                    Token::Number(number) => numbers.push(number.as_str()),
                    _ => {}
                }
            }
            operand.number = (!numbers.is_empty()).then(|| numbers.join("."));
            return operand;
        };
        let mut path = name.clone();
        let mut rest = &inside[1..];
        while let Some(first) = rest.first() {
            match first {
                Token::Name(method) if method.starts_with('.') => path.push_str(method),
                Token::Name(other) => operand.texts.push(other.clone()),
                Token::Sign("(" | "[") => {
                    let end = closing(rest);
                    let within = &rest[1..end.max(1)];
                    let lower = path.to_lowercase();
                    let wraps = |it: &str| words.calls.wrap.contains(it);
                    if (wraps(&lower) || wraps(last(&lower))) && !within.is_empty() {
                        return Self::of(within, words);
                    }
                    if let (None, Some(Token::Text(text))) = (&operand.argument, within.first()) {
                        operand.argument = Some(text.clone());
                    }
                    rest = &rest[end..];
                }
                _ => {}
            }
            rest = rest.get(1..).unwrap_or_default();
        }
        if operand.texts.is_empty() && inside.contains(&Token::Sign(",")) {
            let names = inside.iter().skip(1).filter_map(|it| match it {
                Token::Name(name) => Some(name.clone()),
                _ => None,
            });
            operand.texts.extend(names);
        }
        while let Some((head, end)) = path.rsplit_once('.')
            && words.calls.noise.contains(&end.to_lowercase())
            && !matches!(words.subject(&path), Some(Subject::Os | Subject::Arch))
        {
            path.truncate(head.len());
        }
        operand.path = Some(path);
        operand
    }

    /// What it is compared as: texts, or the end of a name.
    pub(super) fn values(&self) -> Vec<String> {
        let mut values = self.texts.clone();
        values.extend(self.path.clone());
        values.extend(self.number.clone());
        values
    }

    pub(super) fn value(&self) -> &str {
        let text = self
            .texts
            .first()
            .or(self.number.as_ref())
            .or(self.path.as_ref());
        text.map_or("", String::as_str)
    }

    /// Whether it is true or false, or nothing at all, which is false.
    pub(super) fn literal(&self) -> Option<bool> {
        match (&self.path, self.texts.as_slice(), self.number.as_deref()) {
            (Some(path), ..) => match path.as_str() {
                "True" | "true" | "TRUE" => Some(true),
                "False" | "false" | "FALSE" | "None" | "nil" | "null" | "undefined" | "NULL"
                | "nullptr" => Some(false),
                _ => None,
            },
            (None, [text], None) if text.is_empty() => Some(false),
            (None, [], Some("1")) => Some(true),
            (None, [], Some("0")) => Some(false),
            _ => None,
        }
    }
}
