//! A layer of settings as a tree whose values know where they come from.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use super::Environment;
use super::interpolate::interpolate;
use super::shape::Shape;
use crate::report::{Code, Report, Snippet};

/// A file of settings.
#[derive(Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// The file as messages name it.
    pub name: String,
    /// The folder that relative paths in it start from.
    pub folder: PathBuf,
    /// What is in it.
    pub text: String,
    /// Whether it was found in or above the working folder, so that somebody
    /// else than the user may have put it there.
    pub found: bool,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// From the program.
    Default,
    /// From these bytes of a file.
    File(Arc<SourceFile>, Range<usize>),
    /// From an environment variable.
    Variable(String),
    /// From a flag.
    Flag(String),
}

/// A value and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it comes from.
    pub origin: Origin,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Keys and what they hold.
    Table(BTreeMap<String, Entry>),
    /// Values in order.
    List(Vec<Node>),
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// True or false.
    Flag(bool),
    /// Something that no setting is: its type and how it is written.
    Other(&'static str, String),
}

/// What a key holds, and where the key itself stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Where the key stands.
    pub key: Origin,
    /// What it holds.
    pub node: Node,
}

impl Origin {
    /// Whether it is a file that the user has not named.
    pub(crate) fn is_found(&self) -> bool {
        matches!(self, Self::File(file, _) if file.found)
    }

    /// In words: `qaduct.toml:12`.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Default => "default".to_owned(),
            Self::File(file, span) => format!("{}:{}", file.name, line(&file.text, span.start).0),
            Self::Variable(name) => format!("variable {name}"),
            Self::Flag(name) => format!("flag {name}"),
        }
    }

    /// Adds the place to a report, with a word beside the underline.
    pub(crate) fn mark(&self, report: Report, label: impl Into<String>) -> Report {
        match self {
            Self::File(file, span) => report.at(snippet(file, span.clone(), label.into())),
            Self::Default => report,
            Self::Variable(name) => report.note(format!("environment variable {name}")),
            Self::Flag(name) => report.note(format!("flag {name}")),
        }
    }
}

impl Value {
    /// What it is, in words.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Table(_) => "a table",
            Self::List(_) => "a list",
            Self::Text(_) => "text",
            Self::Integer(_) => "a whole number",
            Self::Flag(_) => "true or false",
            Self::Other(kind, _) => kind,
        }
    }
}

impl Node {
    pub(crate) fn table(entries: BTreeMap<String, Entry>, origin: Origin) -> Self {
        Self {
            value: Value::Table(entries),
            origin,
        }
    }

    pub(crate) fn text(text: impl Into<String>, origin: &Origin) -> Self {
        Self {
            value: Value::Text(text.into()),
            origin: origin.clone(),
        }
    }

    /// A tree whose values all come from one place.
    pub(crate) fn from_toml(value: toml::Value, origin: &Origin) -> Self {
        let value = match value {
            toml::Value::String(text) => Value::Text(text),
            toml::Value::Integer(number) => Value::Integer(number),
            toml::Value::Boolean(flag) => Value::Flag(flag),
            toml::Value::Float(number) => Value::Other("a fraction", number.to_string()),
            toml::Value::Datetime(time) => Value::Other("a date", time.to_string()),
            toml::Value::Array(values) => Value::List(
                values
                    .into_iter()
                    .map(|it| Self::from_toml(it, origin))
                    .collect(),
            ),
            toml::Value::Table(table) => {
                let entry = |value| Entry {
                    key: origin.clone(),
                    node: Self::from_toml(value, origin),
                };
                Value::Table(
                    table
                        .into_iter()
                        .map(|(key, it)| (key, entry(it)))
                        .collect(),
                )
            }
        };
        Self {
            value,
            origin: origin.clone(),
        }
    }

    /// What a key of a table holds.
    pub(crate) fn entry(&self, key: &str) -> Option<&Value> {
        match &self.value {
            Value::Table(entries) => entries.get(key).map(|entry| &entry.node.value),
            _ => None,
        }
    }

    /// The values alone.
    #[must_use]
    pub fn to_toml(&self) -> toml::Value {
        match &self.value {
            Value::Text(text) | Value::Other(_, text) => toml::Value::String(text.clone()),
            Value::Integer(number) => toml::Value::Integer(*number),
            Value::Flag(flag) => toml::Value::Boolean(*flag),
            Value::List(nodes) => toml::Value::Array(nodes.iter().map(Self::to_toml).collect()),
            Value::Table(entries) => toml::Value::Table(
                entries
                    .iter()
                    .map(|(key, entry)| (key.clone(), entry.node.to_toml()))
                    .collect(),
            ),
        }
    }

    /// Puts a value at a path, with tables on the way.
    pub(crate) fn put(&mut self, path: &[&str], node: Self) {
        let (Value::Table(entries), [key, rest @ ..]) = (&mut self.value, path) else {
            *self = node;
            return;
        };
        let origin = node.origin.clone();
        let entry = entries.entry((*key).to_owned()).or_insert_with(|| Entry {
            key: origin.clone(),
            node: Self::table(BTreeMap::new(), origin),
        });
        entry.node.put(rest, node);
    }

    /// Lays another layer over this one. Tables are merged; a list, a secret or
    /// any other value replaces what was there.
    pub(crate) fn merge(&mut self, over: Self, shape: &Shape) {
        let merges = matches!(shape, Shape::Table(_) | Shape::Map(_));
        match (&mut self.value, over) {
            (
                Value::Table(under),
                Self {
                    value: Value::Table(over),
                    ..
                },
            ) if merges => {
                for (key, entry) in over {
                    match (under.get_mut(&key), shape.key(&key)) {
                        (Some(old), Some(inner)) => {
                            old.key = entry.key;
                            old.node.merge(entry.node, inner);
                        }
                        _ => {
                            under.insert(key, entry);
                        }
                    }
                }
            }
            (_, over) => *self = over,
        }
    }
}

/// Reads a file. What cannot be read is reported and left out.
pub(crate) fn parse(file: &Arc<SourceFile>, environment: &Environment) -> (Node, Vec<Report>) {
    let (table, errors) = DeTable::parse_recoverable(&file.text);
    // Where it goes wrong first is where it is wrong; the rest may follow from that.
    let first = errors.iter().min_by_key(|it| it.span().map(|it| it.start));
    let mut reports: Vec<_> = first.map(|it| syntax(file, it)).into_iter().collect();
    let mut reader = Reader {
        file,
        environment,
        reports: &mut reports,
    };
    let node = reader.table(table.span(), table.get_ref());
    (node, reports)
}

fn syntax(file: &SourceFile, error: &toml::de::Error) -> Report {
    let message = error.message().replace('\n', ", ");
    let report = Report::new(
        Code::Syntax,
        format!("{} is not TOML: {message}", file.name),
    );
    let Some(span) = error.span() else {
        return report;
    };
    let mut snippet = snippet(file, span, String::new());
    // What stands behind a key that sounds like a secret may be one, and a
    // broken line cannot be taken apart.
    if let Some((key, _)) = snippet.text.split_once('=')
        && sounds_secret(key)
    {
        snippet.text = format!("{key}= ***");
        snippet.column = snippet.column.min(snippet.text.chars().count());
        snippet.width = 1;
    }
    report.at(snippet)
}

/// Whether the name of a key is that of a secret.
pub(crate) fn sounds_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    [
        "token",
        "password",
        "passwd",
        "secret",
        "credential",
        "api_key",
        "apikey",
    ]
    .iter()
    .any(|word| key.contains(word))
}

struct Reader<'a> {
    file: &'a Arc<SourceFile>,
    environment: &'a Environment,
    reports: &'a mut Vec<Report>,
}

impl Reader<'_> {
    fn origin(&self, span: Range<usize>) -> Origin {
        Origin::File(Arc::clone(self.file), span)
    }

    fn table(&mut self, span: Range<usize>, table: &DeTable<'_>) -> Node {
        let entries = table.iter().map(|(key, value)| {
            let entry = Entry {
                key: self.origin(key.span()),
                node: self.value(value.span(), value.get_ref()),
            };
            (key.get_ref().to_string(), entry)
        });
        let entries = entries.collect();
        Node::table(entries, self.origin(span))
    }

    fn value(&mut self, span: Range<usize>, value: &DeValue<'_>) -> Node {
        let origin = self.origin(span.clone());
        let value = match value {
            DeValue::Table(table) => return self.table(span, table),
            DeValue::Array(values) => Value::List(
                values
                    .iter()
                    .map(|value| self.value(value.span(), value.get_ref()))
                    .collect(),
            ),
            DeValue::String(text) => match interpolate(text, self.environment) {
                Ok(text) => Value::Text(text),
                Err(trouble) => {
                    self.reports.push(trouble.report(&origin));
                    Value::Text(text.to_string())
                }
            },
            DeValue::Integer(number) => {
                match i64::from_str_radix(number.as_str(), number.radix()) {
                    Ok(number) => Value::Integer(number),
                    Err(_) => Value::Other("a number beyond 64 bits", number.to_string()),
                }
            }
            DeValue::Boolean(flag) => Value::Flag(*flag),
            DeValue::Float(number) => Value::Other("a fraction", number.to_string()),
            DeValue::Datetime(time) => Value::Other("a date", time.to_string()),
        };
        Node { value, origin }
    }
}

fn snippet(file: &SourceFile, span: Range<usize>, label: String) -> Snippet {
    excerpt(&file.name, &file.text, span, label)
}

/// A place in the text of a file.
pub(crate) fn excerpt(name: &str, text: &str, span: Range<usize>, label: String) -> Snippet {
    let start = span.start.min(text.len());
    let (number, begin) = line(text, start);
    let rest = text.get(begin..).unwrap_or_default();
    let text = rest.lines().next().unwrap_or_default();
    let inside = |at: usize| text.get(..at.saturating_sub(begin).min(text.len()));
    let column = inside(start).unwrap_or_default().chars().count();
    let end = inside(span.end).unwrap_or_default().chars().count();
    Snippet {
        path: name.to_owned(),
        line: number,
        column: column + 1,
        text: text.to_owned(),
        width: end.saturating_sub(column).max(1),
        label,
    }
}

/// Line of a byte, counted from 1, and where that line begins.
fn line(text: &str, at: usize) -> (usize, usize) {
    let before = &text.as_bytes()[..at.min(text.len())];
    let number = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let begin = before
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    (number, begin)
}

/// A path of keys as it is written in TOML: `git.hosts."github.com"`.
#[must_use]
pub fn path(keys: &[&str]) -> String {
    keys.iter()
        .map(|key| quoted(key))
        .collect::<Vec<_>>()
        .join(".")
}

/// A key as it is written in TOML.
pub(crate) fn quoted(key: &str) -> String {
    let bare = |sign: char| sign.is_ascii_alphanumeric() || sign == '_' || sign == '-';
    if !key.is_empty() && key.chars().all(bare) {
        key.to_owned()
    } else {
        toml::Value::from(key).to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn file(text: &str) -> Arc<SourceFile> {
        Arc::new(SourceFile {
            name: "qaduct.toml".into(),
            folder: "/".into(),
            text: text.into(),
            found: false,
        })
    }

    #[test]
    fn a_value_knows_its_line() {
        let (node, reports) = parse(
            &file("# ü\n[store]\nurl = \"a.db\"\n"),
            &Environment::default(),
        );
        assert!(reports.is_empty());
        let Value::Table(root) = &node.value else {
            panic!("{node:?}")
        };
        let Value::Table(store) = &root["store"].node.value else {
            panic!("{node:?}")
        };
        assert_eq!(store["url"].node.origin.words(), "qaduct.toml:3");
    }

    #[test]
    fn a_broken_line_that_may_hold_a_secret_is_not_shown() {
        let (_, reports) = parse(&file("token = \"ghp_abc\nx ="), &Environment::default());
        let snippet = reports[0].snippet.as_ref().unwrap();
        assert_eq!((snippet.line, snippet.text.as_str()), (1, "token = ***"));
    }

    #[test]
    fn keys_are_quoted_where_they_must_be() {
        assert_eq!(
            path(&["git", "hosts", "github.com", "token"]),
            r#"git.hosts."github.com".token"#
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in r#"(?s)[\[\]"'= a-z.{}\n$ü]{0,60}"#) {
            parse(&file(&text), &Environment::default());
        }

        #[test]
        fn every_span_lies_in_its_line(text in "[a-zü\n]{0,30}", start in 0_usize..40, width in 0_usize..9) {
            let snippet = snippet(&file(&text), start..start + width, String::new());
            prop_assert!(snippet.column <= snippet.text.chars().count() + 1);
            prop_assert!(snippet.width >= 1);
        }
    }
}
