//! What is open where the reader stands: braces, and conditions of the preprocessor.

use crate::syntax::facts::UnitId;
use crate::syntax::guard::negated;

/// What an open brace belongs to.
#[derive(Debug, Clone)]
pub(super) enum Open {
    /// A class, a suite, a test or a function.
    Unit { before: UnitId, is_code: bool },
    /// An `if`, with its condition as it holds in there, and what its chain asked so far.
    If(String, Vec<String>),
    /// A `switch`.
    Switch(Switch),
    /// Anything else.
    Block,
}

/// A `switch` whose cases are being read.
#[derive(Debug, Clone, Default)]
pub(super) struct Switch {
    /// What is compared with its labels.
    value: String,
    /// The labels of the case in which the reader stands; none in `default`.
    labels: Vec<String>,
    /// The labels of the cases before it.
    before: Vec<String>,
    is_default: bool,
}

impl Switch {
    pub(super) fn new(value: String) -> Self {
        Self {
            value,
            ..Self::default()
        }
    }

    /// A label; `falls` where nothing stands between it and the one before.
    pub(super) fn case(&mut self, label: Option<String>, falls: bool) {
        if !falls {
            let room = MOST.saturating_sub(self.before.len());
            self.before.extend(self.labels.drain(..).take(room));
            self.is_default = false;
        }
        self.is_default |= label.is_none();
        self.labels.extend(label);
    }

    /// When the code is reached in which the reader stands.
    pub(super) fn holds(&self) -> Option<String> {
        let any = |labels: &[String]| {
            let its = labels.iter().map(|it| format!("{} == {it}", self.value));
            its.collect::<Vec<_>>().join(" || ")
        };
        match (self.is_default, &self.labels[..], &self.before[..]) {
            (false, [], _) | (true, _, []) => None,
            (true, _, before) => Some(negated(&any(before))),
            (false, labels, _) => Some(any(labels)),
        }
    }
}

/// So many branches are told of, and so many conditions around a place: nobody wrote more by
/// hand, and each place would carry them along.
pub(super) const MOST: usize = 40;

/// A condition of the preprocessor that is open.
#[derive(Debug, Clone)]
pub(super) struct Directive {
    /// What holds between it and the next.
    pub(super) holds: String,
    /// What is asked in the branches before.
    asked: Vec<String>,
    /// How many braces were open when it began.
    pub(super) depth: usize,
}

/// The open conditions of the preprocessor.
#[derive(Debug, Default)]
pub(super) struct Directives(pub(super) Vec<Directive>);

impl Directives {
    pub(super) fn begin(&mut self, asked: String, depth: usize) {
        self.0.push(Directive {
            holds: asked.clone(),
            asked: vec![asked],
            depth,
        });
    }

    /// `#elif`, and `#else` with nothing asked; how many braces were open at its beginning.
    pub(super) fn next(&mut self, asked: Option<String>) -> Option<usize> {
        let last = self.0.last_mut()?;
        let rest = if last.asked.len() < MOST {
            ""
        } else {
            " || …"
        };
        let before = negated(&(last.asked.join(" || ") + rest));
        last.holds = match &asked {
            Some(asked) => format!("{before} and {asked}"),
            None => match last.asked[..].first().and_then(|it| it.strip_prefix('!')) {
                Some(contrary) if last.asked.len() == 1 && is_plain(contrary) => {
                    contrary.to_owned()
                }
                _ => before,
            },
        };
        if last.asked.len() < MOST {
            last.asked.extend(asked);
        }
        Some(last.depth)
    }

    pub(super) fn end(&mut self) {
        self.0.pop();
    }

    /// The conditions that were opened at this depth of braces or deeper.
    pub(super) fn since(&self, depth: usize) -> impl Iterator<Item = &str> {
        let its = self.0.iter().filter(move |it| it.depth >= depth);
        its.map(|it| it.holds.as_str())
    }

    /// Whether nobody compiles what stands here.
    pub(super) fn is_dead(&self) -> bool {
        self.0.iter().any(|it| matches!(&*it.holds, "0" | "false"))
    }

    /// All conditions, without those that keep a header from being read twice.
    pub(super) fn all(&self) -> Option<String> {
        let is_guard = |it: &&str| {
            let name = it
                .strip_prefix("!defined(")
                .and_then(|it| it.strip_suffix(')'));
            name.is_some_and(|it| {
                ["_H", "_HPP", "_H_", "_HPP_", "__", "_HH", "_INCLUDED"]
                    .iter()
                    .any(|end| it.ends_with(end))
            })
        };
        let its = self.0.iter().map(|it| &*it.holds);
        let its = its.filter(|it| !is_guard(it));
        let mut its: Vec<&str> = its.take(MOST + 1).collect();
        if its.len() > MOST {
            its[MOST] = "…";
        }
        (!its.is_empty()).then(|| crate::conditions::all_of(&its))
    }
}

/// Whether the contrary of a condition is what stands behind its `!`.
fn is_plain(condition: &str) -> bool {
    !condition.contains(['&', '|'])
}
