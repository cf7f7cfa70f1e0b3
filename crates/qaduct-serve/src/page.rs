//! Pages: the token of a place, and the link to the next page.
//!
//! A token is opaque to callers. It holds the place in the rows (see `rows`)
//! and the fingerprint of the question. The link is a relative reference that
//! consists of a query alone, so that it is right behind any host, proxy or
//! base path.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use qaduct_records::table::{date_of, days_of};
use qaduct_records::{ColumnType, Value};
use serde_json::{Value as Json, json};

use crate::error::Failure;
use crate::rows::{Place, Question};

/// Tokens longer than this would not fit into every address; the key of the
/// row is left out then, and the token only holds while the data is the same.
const LONGEST: usize = 1536;

/// A place that a caller brought.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token(Place);

impl Token {
    pub(crate) fn read(text: &str, question: &Question) -> Result<Self, Failure> {
        let place = || -> Option<Place> {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
            let (fingerprint, version, offset, key): (String, String, u64, Option<Vec<Json>>) =
                serde_json::from_slice(&bytes).ok()?;
            let is_ours = fingerprint == question.fingerprint() && i64::try_from(offset).is_ok();
            let after = match key {
                Some(key) => Some(values(&key, question)?),
                None => None,
            };
            is_ours.then_some(Place {
                version,
                offset,
                after,
            })
        };
        place().map(Self).ok_or(Failure::ForeignToken)
    }

    pub(crate) fn place(&self) -> Place {
        self.0.clone()
    }
}

/// Writes the token of a place.
pub(crate) fn token(question: &Question, place: &Place) -> String {
    let write = |key: Option<Vec<Json>>| {
        let parts = json!([question.fingerprint(), place.version, place.offset, key]);
        URL_SAFE_NO_PAD.encode(parts.to_string())
    };
    let key = place
        .after
        .as_ref()
        .map(|key| key.iter().map(json_of).collect());
    let token = write(key);
    if token.len() <= LONGEST {
        token
    } else {
        write(None)
    }
}

/// The address of the next page, relative to that of this one.
pub(crate) fn next_link(query: &str, token: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in query.split('&') {
        if !part.is_empty() && !part.starts_with("page_token=") && !parts.contains(&part) {
            parts.push(part);
        }
    }
    let token = format!("page_token={token}");
    parts.push(&token);
    format!("?{}", parts.join("&"))
}

/// Ends a document with the link to the next page and its token.
pub(crate) fn close(out: &mut Vec<u8>, question: &Question, query: &str, next: Option<&Place>) {
    let token = next.map(|place| token(question, place));
    let links = match &token {
        Some(token) => json!({"next": {"href": next_link(query, token)}}),
        None => json!({}),
    };
    out.extend_from_slice(
        format!(",\"_links\":{links},\"next_page_token\":{}}}", json!(token)).as_bytes(),
    );
}

fn json_of(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Text(text) => json!(text),
        Value::Int(int) => json!(int),
        Value::Float(float) => json!(float),
        Value::Bool(flag) => json!(flag),
        Value::Timestamp(at) => json!(at.as_microsecond()),
        Value::Date(day) => json!(days_of(*day)),
    }
}

/// The key of a row, with the types that the columns of the order have.
fn values(key: &[Json], question: &Question) -> Option<Vec<Value>> {
    let query = &question.query;
    if key.len() != query.order.len() {
        return None;
    }
    let value = |((name, _), json): (&(String, _), &Json)| {
        let column = query.columns.iter().find(|column| column.name == *name)?;
        if json.is_null() {
            return Some(Value::Null);
        }
        Some(match column.kind {
            ColumnType::Text => Value::Text(json.as_str()?.to_owned()),
            ColumnType::Int => Value::Int(json.as_i64()?),
            ColumnType::Float => Value::Float(json.as_f64()?),
            ColumnType::Bool => Value::Bool(json.as_bool()?),
            ColumnType::Timestamp => {
                Value::Timestamp(Timestamp::from_microsecond(json.as_i64()?).ok()?)
            }
            ColumnType::Date => Value::Date(date_of(json.as_i64()?.try_into().ok()?)?),
        })
    };
    query.order.iter().zip(key).map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use qaduct_records::{Column, Direction, Query, Test};

    fn question() -> Question {
        let column = |name: &'static str, kind| Column {
            name: name.into(),
            kind,
            nullable: true,
            description: "".into(),
        };
        let columns = vec![
            column("text", ColumnType::Text),
            column("int", ColumnType::Int),
            column("at", ColumnType::Timestamp),
            column("day", ColumnType::Date),
            column("flag", ColumnType::Bool),
            column("float", ColumnType::Float),
        ];
        let order = columns
            .iter()
            .map(|it| (it.name.to_string(), Direction::Up))
            .collect();
        Question::of(Query {
            order,
            ..Query::of("v", columns)
        })
    }

    #[test]
    fn a_token_survives_its_way_through_an_address() {
        let key = vec![
            Value::from("ein \u{0} 🦀"),
            Value::Int(-3),
            Value::Timestamp("2026-11-21T07:00:00.000001Z".parse().unwrap()),
            Value::Null,
            Value::Bool(false),
            Value::Float(0.1),
        ];
        let place = Place {
            version: "v".to_owned(),
            offset: 17,
            after: Some(key),
        };
        let text = token(&question(), &place);
        assert!(
            text.bytes()
                .all(|it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_')
        );
        assert_eq!(Token::read(&text, &question()).unwrap().place(), place);
    }

    #[test]
    fn a_token_of_another_question_or_of_nobody_is_refused() {
        let place = Place {
            version: "v".to_owned(),
            offset: 17,
            after: None,
        };
        let text = token(&question(), &place);
        let mut other = question();
        other.query = other.query.filter("int", Test::Missing);
        for (text, question) in [
            (text.as_str(), &other),
            ("", &question()),
            ("bm9uc2Vuc2U", &question()),
        ] {
            assert!(
                matches!(Token::read(text, question), Err(Failure::ForeignToken)),
                "{text}"
            );
        }
    }

    #[test]
    fn a_token_never_grows_too_long_for_an_address() {
        let key = vec![Value::Text("x".repeat(300_000)); 6];
        let place = Place {
            version: "v".to_owned(),
            offset: 17,
            after: Some(key),
        };
        let text = token(&question(), &place);
        assert!(text.len() < LONGEST);
        assert_eq!(Token::read(&text, &question()).unwrap().place().after, None);
    }

    #[test]
    fn a_link_keeps_the_parameters_once_and_replaces_the_token() {
        assert_eq!(next_link("", "t"), "?page_token=t");
        assert_eq!(
            next_link(
                "limit=2&branch=a%26b&page_token=old&limit=2&branch=c",
                "new"
            ),
            "?limit=2&branch=a%26b&branch=c&page_token=new"
        );
    }
}
