//! What a rule says.

use std::collections::BTreeMap;

use regex::Regex;

/// A rule: where it looks, and what it finds there.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name; also that of what it finds, where the kind gives no other.
    pub name: String,
    /// The table whose rows it reads.
    pub table: String,
    /// Only rows of this source.
    pub source: Option<String>,
    /// Where it looks: a column, a path in a column that holds JSON (`_extra.cf_flag`),
    /// or a column of a table whose rows stand inside (`jira_issue_labels.label`).
    pub from: String,
    /// What it finds.
    pub how: How,
}

/// What a rule finds.
#[derive(Debug, Clone)]
pub enum How {
    /// Each match; the named groups of it, or the match itself under the name of the rule.
    Pattern {
        /// The pattern.
        pattern: Regex,
        /// What a text that a group matched means: group, text in lower case, meaning.
        words: BTreeMap<String, BTreeMap<String, String>>,
    },
    /// Fields of an object whose names match: the value under the name of the rule, the
    /// name of the field under `RULE_key`, the named groups under theirs.
    Keys {
        /// The pattern of names.
        pattern: Regex,
    },
    /// Labels that mean something, each the first that it fits.
    Labels(Vec<Flag>),
    /// The value of a field.
    Field(FieldKind),
    /// What stands between brackets behind a tag: `TESTING_STATUS: [ green ]`.
    Bracket {
        /// The tag, without the colon.
        tag: String,
        /// Whether the value is written in upper case.
        upper: bool,
    },
    /// What follows a text, up to the end of the line.
    After(String),
    /// The first version: `142.0.1`, `142.0b3`.
    Version {
        /// Only behind this text.
        after: Option<String>,
    },
    /// The first category that fits.
    Category {
        /// The categories in order.
        categories: Vec<Category>,
        /// The category of what fits none.
        otherwise: Option<String>,
    },
}

/// A meaning of labels.
#[derive(Debug, Clone)]
pub struct Flag {
    /// What they mean.
    pub name: String,
    /// The labels; `*` stands for anything, the case of letters makes no difference.
    pub labels: Vec<String>,
}

/// A category.
#[derive(Debug, Clone)]
pub struct Category {
    /// Its name.
    pub name: String,
    /// A text of it holds all of these, whatever the case of letters.
    pub contains: Vec<String>,
}

/// What kind of value a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// A number; anything else is no value.
    Number,
    /// Text, plain or rich.
    Text,
    /// A choice.
    Select,
    /// Choices, each a value.
    Multiselect,
    /// A person.
    User,
    /// A day or an instant; anything else is no value.
    Date,
    /// A list, each item a value.
    List,
}
