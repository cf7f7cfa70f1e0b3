//! Text to query.

use super::{Condition, Operator, Query};

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Quoted(String),
    Sign(&'static str),
}

const SIGNS: &[&str] = &["!=", "!~", ">=", "<=", "=", "~", ">", "<", "(", ")", ","];

pub(super) fn read(text: &str) -> Result<Query, String> {
    let mut reader = Reader {
        tokens: tokens(text)?,
        at: 0,
    };
    let mut query = Query::default();
    if !reader.done() && !reader.word_is("order") {
        query.condition = Some(reader.any()?);
    }
    if reader.take_word("order") {
        if !reader.take_word("by") {
            return Err(reader.error("expected 'BY' after 'ORDER'"));
        }
        loop {
            let field = reader.text()?;
            let down = reader.take_word("desc");
            if !down {
                reader.take_word("asc");
            }
            query.order.push((field, down));
            if !reader.take_sign(",") {
                break;
            }
        }
    }
    if reader.done() {
        Ok(query)
    } else {
        Err(reader.error("expected a logical operator or the end of the query"))
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if let Some(sign) = SIGNS.iter().find(|it| rest.starts_with(**it)) {
            tokens.push(Token::Sign(sign));
            rest = &rest[sign.len()..];
        } else if first == '"' || first == '\'' {
            let (value, length) = quoted(rest, first).ok_or_else(|| {
                format!(
                    "Error in the JQL Query: The quoted string '{}' has not been completed.",
                    &rest[1..]
                )
            })?;
            tokens.push(Token::Quoted(value));
            rest = &rest[length..];
        } else {
            let ends = |it: char| it.is_whitespace() || "=!<>~(),\"'".contains(it);
            let length = rest.find(ends).unwrap_or(rest.len());
            if length == 0 {
                return Err(format!(
                    "Error in the JQL Query: The character '{first}' is a reserved JQL character."
                ));
            }
            tokens.push(Token::Word(rest[..length].to_owned()));
            rest = &rest[length..];
        }
        rest = rest.trim_start();
    }
    Ok(tokens)
}

/// The text between quotes, and how long it is with them.
fn quoted(text: &str, quote: char) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut escaped = false;
    for (at, it) in text.char_indices().skip(1) {
        if escaped {
            value.push(it);
            escaped = false;
        } else if it == '\\' {
            escaped = true;
        } else if it == quote {
            return Some((value, at + 1));
        } else {
            value.push(it);
        }
    }
    None
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
}

impl Reader {
    fn done(&self) -> bool {
        self.at == self.tokens.len()
    }

    fn error(&self, what: &str) -> String {
        let near = match self.tokens.get(self.at) {
            None => "the end".to_owned(),
            Some(Token::Word(text) | Token::Quoted(text)) => format!("'{text}'"),
            Some(Token::Sign(sign)) => format!("'{sign}'"),
        };
        format!("Error in the JQL Query: {what} before {near}.")
    }

    fn word_is(&self, word: &str) -> bool {
        matches!(self.tokens.get(self.at), Some(Token::Word(it)) if it.eq_ignore_ascii_case(word))
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.word_is(word);
        self.at += usize::from(found);
        found
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Sign(it)) if *it == sign);
        self.at += usize::from(found);
        found
    }

    fn text(&mut self) -> Result<String, String> {
        match self.tokens.get(self.at) {
            Some(Token::Word(text) | Token::Quoted(text)) => {
                let text = text.clone();
                self.at += 1;
                Ok(text)
            }
            _ => Err(self.error("expected a field or a value")),
        }
    }

    fn any(&mut self) -> Result<Condition, String> {
        let mut all = vec![self.all()?];
        while self.take_word("or") {
            all.push(self.all()?);
        }
        Ok(Condition::Any(all))
    }

    fn all(&mut self) -> Result<Condition, String> {
        let mut all = vec![self.one()?];
        while self.take_word("and") {
            all.push(self.one()?);
        }
        Ok(Condition::All(all))
    }

    fn one(&mut self) -> Result<Condition, String> {
        if self.take_word("not") {
            return Ok(Condition::Not(Box::new(self.one()?)));
        }
        if self.take_sign("(") {
            let inner = self.any()?;
            if !self.take_sign(")") {
                return Err(self.error("expected ')'"));
            }
            return Ok(inner);
        }
        let field = self.text()?;
        let (operator, values) = self.comparison()?;
        Ok(Condition::Clause {
            field,
            operator,
            values,
        })
    }

    fn comparison(&mut self) -> Result<(Operator, Vec<String>), String> {
        if self.take_word("is") {
            let operator = if self.take_word("not") {
                Operator::NotEmpty
            } else {
                Operator::Empty
            };
            if self.take_word("empty") || self.take_word("null") {
                return Ok((operator, Vec::new()));
            }
            return Err(self.error("expected 'EMPTY'"));
        }
        let negated = self.take_word("not");
        if self.take_word("in") {
            let operator = if negated {
                Operator::NotIn
            } else {
                Operator::In
            };
            return Ok((operator, self.list()?));
        }
        let signs = [
            ("=", Operator::Equal),
            ("!=", Operator::NotEqual),
            ("<=", Operator::AtMost),
            (">=", Operator::AtLeast),
            ("<", Operator::Less),
            (">", Operator::Greater),
            ("~", Operator::Contains),
        ];
        for (sign, operator) in signs {
            if self.take_sign(sign) {
                return Ok((operator, vec![self.text()?]));
            }
        }
        Err(self.error("expected an operator"))
    }

    fn list(&mut self) -> Result<Vec<String>, String> {
        if !self.take_sign("(") {
            return Err(self.error("expected '('"));
        }
        let mut values = vec![self.text()?];
        while self.take_sign(",") {
            values.push(self.text()?);
        }
        if self.take_sign(")") {
            Ok(values)
        } else {
            Err(self.error("expected ')'"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_query_has_a_condition_and_an_order() {
        let query = read(r#"(filter = 12 OR project in (A, "B C")) AND NOT labels is empty order by created desc, key"#).unwrap();
        assert!(matches!(query.condition, Some(Condition::Any(_))));
        assert_eq!(
            query.order,
            [("created".to_owned(), true), ("key".to_owned(), false)]
        );
        assert!(read("ORDER BY key").unwrap().condition.is_none());
    }

    #[test]
    fn a_wrong_query_is_refused() {
        for wrong in [
            "project =",
            "project in A",
            "(a = 1",
            "a = 1 b = 2",
            "a = \"x",
            "order key",
            "a is b",
        ] {
            assert!(
                read(wrong)
                    .unwrap_err()
                    .starts_with("Error in the JQL Query"),
                "{wrong}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in "\\PC{0,60}") {
            drop(read(&text));
        }
    }
}
