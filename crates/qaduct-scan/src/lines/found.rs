//! What a reader of lines found.

use qaduct_records::Scope;

/// A place that mutes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// The name of the form.
    pub(super) form: String,
    /// First and last line, counted from 1.
    pub(super) lines: (u32, u32),
    /// What the test stands in.
    pub(super) container: String,
    /// The test; empty for all of a file or container.
    pub(super) test: String,
    /// How much it mutes.
    pub(super) scope: Scope,
    /// The name as written, where that is not the name of the form.
    pub(super) alias: Option<String>,
    /// When it mutes.
    pub(super) condition: Option<String>,
    /// Why.
    pub(super) reason: Option<String>,
    /// What a user's own mark is given.
    pub(super) args: Vec<String>,
    /// Comments directly above and behind.
    pub(super) above: String,
    pub(super) trailing: String,
    /// Whether the name of the test is known at run time only.
    pub(super) dynamic: bool,
    /// Why it mutes nothing.
    pub(super) ineffective: Option<&'static str>,
    /// Whether it was recognised by its name alone.
    pub(super) is_guess: bool,
}

impl Found {
    pub(super) fn new(form: &str, line: u32, scope: Scope) -> Self {
        Self {
            form: form.to_owned(),
            lines: (line, line),
            container: String::new(),
            test: String::new(),
            scope,
            alias: None,
            condition: None,
            reason: None,
            args: Vec::new(),
            above: String::new(),
            trailing: String::new(),
            dynamic: false,
            ineffective: None,
            is_guess: false,
        }
    }
}

/// A text, where there is one.
pub(super) fn some(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The lines of a text with their numbers, counted from 1.
pub(super) fn numbered(text: &str) -> impl Iterator<Item = (u32, &str)> {
    (1..).zip(text.lines())
}

/// So many conditions around a place are kept: nobody wrote more by hand, and each place would
/// carry them along.
const DEEPEST: usize = 40;

/// Conditions joined to one.
pub(super) fn all(conditions: &[String]) -> Option<String> {
    let its = conditions.iter().map(String::as_str);
    let its = its.filter(|it| !it.is_empty());
    let mut its: Vec<&str> = its.take(DEEPEST + 1).collect();
    if its.len() > DEEPEST {
        its[DEEPEST] = "…";
    }
    (!its.is_empty()).then(|| crate::conditions::all_of(&its))
}
