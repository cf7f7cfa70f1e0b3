//! What a structured file holds, whatever it is written in: texts, lists and
//! tables, each with its lines. Finds the places in it that a rule names.

/// Levels that are followed; no file that people write has that many.
pub(super) const DEEPEST: usize = 120;

/// A text, a list or a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    /// First and last line, the key with it.
    pub(super) lines: (u32, u32),
    pub(super) value: Value,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Null,
    /// Also numbers and truth values, as they are written.
    Text(String),
    List(Vec<Node>),
    /// In the order of the file; a name may stand there more than once.
    Table(Vec<(String, Node)>),
}

/// What a file holds and what is wrong with it.
#[derive(Debug)]
pub(super) struct Tree {
    /// One, where the file has not several documents.
    pub(super) roots: Vec<Node>,
    /// Lines of texts over several lines, in which nothing is a comment.
    pub(super) masked: Vec<(u32, u32)>,
    /// A line and what is wrong there; what could be read is in `roots`.
    pub(super) broken: Option<(u32, String)>,
}

impl Node {
    pub(super) fn null(line: u32) -> Self {
        Self {
            lines: (line, line),
            value: Value::Null,
        }
    }

    /// The text, where it is one; that of a list or table is that of what is in it.
    pub(super) fn texts(&self) -> Vec<String> {
        match &self.value {
            Value::Null => Vec::new(),
            Value::Text(text) => vec![text.trim().to_owned()],
            Value::List(items) => items.iter().flat_map(Self::texts).collect(),
            Value::Table(_) => Vec::new(),
        }
    }
}

/// A step to a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step<'p> {
    Name(&'p str),
    Any,
    Deep,
    Each,
}

/// A place that was found.
#[derive(Debug, Clone)]
pub(super) struct Hit<'n> {
    pub(super) node: &'n Node,
    /// What stood for `*`, in order: names, or positions from 0.
    pub(super) names: Vec<String>,
    /// What it is in, the outermost first.
    pub(super) around: Vec<&'n Node>,
}

/// The places that a path names, in order of the file.
pub(super) fn find<'n>(node: &'n Node, path: &str) -> Vec<Hit<'n>> {
    let step = |part| match part {
        "*" => Step::Any,
        "**" => Step::Deep,
        "[]" => Step::Each,
        name => Step::Name(name),
    };
    let steps: Vec<Step<'_>> = match path {
        "" | "." => Vec::new(),
        _ => path.split('/').map(step).collect(),
    };
    let mut hits = Vec::new();
    let here = Hit {
        node,
        names: Vec::new(),
        around: Vec::new(),
    };
    walk(here, &steps, &mut hits);
    hits
}

fn walk<'n>(hit: Hit<'n>, steps: &[Step<'_>], hits: &mut Vec<Hit<'n>>) {
    let Some((step, rest)) = steps.split_first() else {
        hits.push(hit);
        return;
    };
    let below = |node: &'n Node, name: Option<String>| {
        let mut next = hit.clone();
        next.around.push(hit.node);
        next.names.extend(name);
        next.node = node;
        next
    };
    if *step == Step::Deep {
        walk(hit.clone(), rest, hits);
    }
    match (&hit.node.value, step) {
        (Value::Table(entries), Step::Name(name)) => {
            for (_, node) in entries.iter().filter(|(key, _)| key == name) {
                walk(below(node, None), rest, hits);
            }
        }
        (Value::Table(entries), Step::Any) => {
            for (key, node) in entries {
                walk(below(node, Some(key.clone())), rest, hits);
            }
        }
        (Value::Table(entries), Step::Deep) => {
            for (_, node) in entries {
                walk(below(node, None), steps, hits);
            }
        }
        (Value::List(items), Step::Any) => {
            for (at, node) in items.iter().enumerate() {
                walk(below(node, Some(at.to_string())), rest, hits);
            }
        }
        (Value::List(items), Step::Each) => {
            for node in items {
                walk(below(node, None), rest, hits);
            }
        }
        (Value::List(items), Step::Deep) => {
            for node in items {
                walk(below(node, None), steps, hits);
            }
        }
        (Value::List(items), Step::Name(name)) => {
            if let Some(node) = name.parse().ok().and_then(|at: usize| items.get(at)) {
                walk(below(node, None), rest, hits);
            }
        }
        (Value::Text(_) | Value::Table(_), Step::Each) => walk(hit, rest, hits),
        _ => {}
    }
}
