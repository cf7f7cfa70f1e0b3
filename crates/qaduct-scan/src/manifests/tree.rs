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
    let mut walk = Walk {
        names: Vec::new(),
        around: Vec::new(),
        hits: Vec::new(),
    };
    walk.follow(node, &steps);
    walk.hits
}

/// The way to where the search is, and what it has found.
struct Walk<'n> {
    names: Vec<String>,
    around: Vec<&'n Node>,
    hits: Vec<Hit<'n>>,
}

impl<'n> Walk<'n> {
    fn follow(&mut self, node: &'n Node, steps: &[Step<'_>]) {
        let Some((step, rest)) = steps.split_first() else {
            self.hits.push(Hit {
                node,
                names: self.names.clone(),
                around: self.around.clone(),
            });
            return;
        };
        if *step == Step::Deep {
            self.follow(node, rest);
        }
        match (&node.value, step) {
            (Value::Text(_) | Value::Table(_), Step::Each) => self.follow(node, rest),
            (Value::Table(_) | Value::List(_), _) => {
                self.around.push(node);
                self.below(node, step, steps, rest);
                self.around.pop();
            }
            _ => {}
        }
    }

    /// Goes on in what is in a node.
    fn below(&mut self, node: &'n Node, step: &Step<'_>, steps: &[Step<'_>], rest: &[Step<'_>]) {
        match (&node.value, step) {
            (Value::Table(entries), Step::Name(name)) => {
                for (_, node) in entries.iter().filter(|(key, _)| key == name) {
                    self.follow(node, rest);
                }
            }
            (Value::Table(entries), Step::Any) => {
                for (key, node) in entries {
                    self.named(key.clone(), node, rest);
                }
            }
            (Value::Table(entries), Step::Deep) => {
                for (_, node) in entries {
                    self.follow(node, steps);
                }
            }
            (Value::List(items), Step::Any) => {
                for (at, node) in items.iter().enumerate() {
                    self.named(at.to_string(), node, rest);
                }
            }
            (Value::List(items), Step::Each) => {
                for node in items {
                    self.follow(node, rest);
                }
            }
            (Value::List(items), Step::Deep) => {
                for node in items {
                    self.follow(node, steps);
                }
            }
            (Value::List(items), Step::Name(name)) => {
                if let Some(node) = name.parse().ok().and_then(|at: usize| items.get(at)) {
                    self.follow(node, rest);
                }
            }
            _ => {}
        }
    }

    fn named(&mut self, name: String, node: &'n Node, steps: &[Step<'_>]) {
        self.names.push(name);
        self.follow(node, steps);
        self.names.pop();
    }
}
