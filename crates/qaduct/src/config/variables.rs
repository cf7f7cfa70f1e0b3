//! Settings from outside of files: `QADUCT_SECTION__KEY`, and flags.

use std::collections::BTreeMap;

use qaduct_records::nearest;

use super::Environment;
use super::environment::{PREFIX, SEPARATOR};
use super::shape::Shape;
use super::tree::{Entry, Node, Origin, Value};
use crate::report::{Code, Report};

/// A flag that stands for a key.
#[derive(Debug, Clone)]
pub struct Flag<'a> {
    /// The key: `store.url`.
    pub key: &'a str,
    /// The flag: `--store`.
    pub name: &'a str,
    /// What was given; nothing where the flag was not.
    pub values: Vec<String>,
}

impl<'a> Flag<'a> {
    /// A flag with a value.
    #[must_use]
    pub fn one(key: &'a str, name: &'a str, value: Option<impl ToString>) -> Self {
        Self {
            key,
            name,
            values: value.into_iter().map(|it| it.to_string()).collect(),
        }
    }

    /// A flag that can be repeated.
    #[must_use]
    pub fn many(key: &'a str, name: &'a str, values: &[String]) -> Self {
        Self {
            key,
            name,
            values: values.to_vec(),
        }
    }
}

/// The layer of flags.
pub(crate) fn flags(flags: &[Flag<'_>], shape: &Shape) -> Result<Node, Vec<Report>> {
    let mut layer = Node::table(BTreeMap::new(), Origin::Default);
    for flag in flags {
        let path: Vec<_> = flag.key.split('.').collect();
        let Some(leaf) = shape.at(&path) else {
            let message = format!(
                "flag {} stands for `{}`, which is no key",
                flag.name, flag.key
            );
            return Err(vec![Report::new(Code::Internal, message)]);
        };
        let origin = Origin::Flag(flag.name.to_owned());
        match (leaf, flag.values.as_slice()) {
            (_, []) => {}
            (Shape::List(inside), values) => {
                let nodes = values
                    .iter()
                    .map(|value| read(value, inside, &origin))
                    .collect();
                layer.put(
                    &path,
                    Node {
                        value: Value::List(nodes),
                        origin,
                    },
                );
            }
            (_, [.., last]) => layer.put(&path, read(last, leaf, &origin)),
        }
    }
    Ok(layer)
}

/// The layer of `QADUCT_*`.
pub(crate) fn layer(environment: &Environment, shape: &Shape) -> Result<Node, Vec<Report>> {
    let mut layer = Node::table(BTreeMap::new(), Origin::Default);
    let mut reports = Vec::new();
    for (name, value) in environment.settings() {
        let origin = Origin::Variable(name.to_owned());
        let Some(value) = value else {
            let report = Report::new(Code::WrongValue, format!("{name} is not UTF-8"));
            reports.push(report.help("set it to text, or unset it"));
            continue;
        };
        match find(&name[PREFIX.len()..], shape) {
            Some((path, leaf)) => {
                let (path, node) =
                    reference(path, read(value, leaf, &origin), value, leaf, &origin);
                let path: Vec<_> = path.iter().map(String::as_str).collect();
                layer.put(&path, node);
            }
            None => reports.push(unknown(name, shape)),
        }
    }
    if reports.is_empty() {
        Ok(layer)
    } else {
        Err(reports)
    }
}

/// A setting from text, as its shape wants it. What does not fit stays text,
/// so that the check can say so.
pub(crate) fn read(text: &str, shape: &Shape, origin: &Origin) -> Node {
    let value = match shape {
        // The secret itself stays where it is; what is set is the reference.
        Shape::Secret => match origin {
            Origin::Variable(name) => return env(name, origin),
            _ => Value::Text(text.to_owned()),
        },
        Shape::Integer(..) => match text.trim().parse() {
            Ok(number) => Value::Integer(number),
            Err(_) => Value::Text(text.to_owned()),
        },
        Shape::Flag => match text.trim() {
            "true" | "1" => Value::Flag(true),
            "false" | "0" => Value::Flag(false),
            _ => Value::Text(text.to_owned()),
        },
        Shape::List(inside) => return list(text, inside, origin),
        _ => Value::Text(text.to_owned()),
    };
    Node {
        value,
        origin: origin.clone(),
    }
}

/// A list is written as in TOML, or as words between commas.
fn list(text: &str, inside: &Shape, origin: &Origin) -> Node {
    if text.trim_start().starts_with('[')
        && let Ok(mut table) = format!("list = {text}").parse::<toml::Table>()
        && let Some(value) = table.remove("list")
    {
        return Node::from_toml(value, origin);
    }
    let words = text
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty());
    let nodes = words.map(|word| read(word, inside, origin)).collect();
    Node {
        value: Value::List(nodes),
        origin: origin.clone(),
    }
}

fn env(name: &str, origin: &Origin) -> Node {
    let entry = Entry {
        key: origin.clone(),
        node: Node::text(name, origin),
    };
    Node::table(BTreeMap::from([("env".to_owned(), entry)]), origin.clone())
}

/// `..._FILE` behind a secret names the file that it is in.
fn reference(
    mut path: Vec<String>,
    node: Node,
    value: &str,
    leaf: &Shape,
    origin: &Origin,
) -> (Vec<String>, Node) {
    if *leaf == Shape::Secret && path.last().is_some_and(|last| last == "file") {
        path.pop();
        let entry = Entry {
            key: origin.clone(),
            node: Node::text(value, origin),
        };
        let node = Node::table(BTreeMap::from([("file".to_owned(), entry)]), origin.clone());
        return (path, node);
    }
    (path, node)
}

/// The path that a name without its prefix stands for.
fn find<'a>(name: &str, shape: &'a Shape) -> Option<(Vec<String>, &'a Shape)> {
    let mut path = Vec::new();
    let mut shape = shape;
    for part in name.split(SEPARATOR) {
        let part = part.to_lowercase();
        match shape {
            Shape::Secret if part == "file" => {}
            _ => shape = shape.key(&part)?,
        }
        path.push(part);
    }
    (!matches!(shape, Shape::Table(_) | Shape::Map(_))).then_some((path, shape))
}

/// The variable of a path of keys.
#[must_use]
pub fn name(path: &[&str]) -> String {
    format!("{PREFIX}{}", path.join(SEPARATOR).to_uppercase())
}

fn unknown(name: &str, shape: &Shape) -> Report {
    let mut known = Vec::new();
    names(shape, &mut Vec::new(), &mut known);
    let report = Report::new(
        Code::UnknownVariable,
        format!("variable `{name}` names no setting"),
    );
    match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => report.help(format!("did you mean `{near}`?")),
        None => report
            .help("`qaduct config default` explains all keys; `store.url` is `QADUCT_STORE__URL`"),
    }
}

fn names<'a>(shape: &'a Shape, path: &mut Vec<&'a str>, known: &mut Vec<String>) {
    match shape {
        Shape::Table(keys) => {
            for key in keys {
                path.push(&key.name);
                names(&key.shape, path, known);
                path.pop();
            }
        }
        Shape::Map(_) => {}
        _ => known.push(name(path)),
    }
}
