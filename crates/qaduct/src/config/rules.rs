//! `[[extract]]`: rules that read pulled rows.

use std::collections::BTreeMap;

use qaduct_pump::rules::{self, FieldKind, How, Rule};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a rule finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Named groups of each match of a pattern.
    Pattern,
    /// Fields whose names match a pattern.
    Keys,
    /// Labels that mean something.
    Labels,
    /// The value of a field.
    Field,
    /// What stands between brackets behind a tag.
    Bracket,
    /// What follows a text in its line.
    After,
    /// The first version.
    Version,
    /// The first category that fits.
    Category,
}

const KINDS: [&str; 8] = [
    "pattern", "keys", "labels", "field", "bracket", "after", "version", "category",
];

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum As {
    /// A number.
    Number,
    /// Text, plain or rich.
    Text,
    /// A choice.
    Select,
    /// Choices.
    Multiselect,
    /// A person.
    User,
    /// A day or an instant.
    Date,
    /// A list.
    List,
}

const AS: [&str; 7] = [
    "number",
    "text",
    "select",
    "multiselect",
    "user",
    "date",
    "list",
];

/// `[[extract]]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Extract {
    /// Its name; also that of what it finds, where the kind gives no other.
    pub name: String,
    /// The table whose rows it reads.
    pub table: String,
    /// Where it looks: a column, a path in one (`_extra.cf_flag`), or a column of
    /// a table whose rows stand inside (`jira_issue_labels.label`).
    pub from: String,
    /// What it finds.
    #[schemars(with = "String", extend("enum" = KINDS))]
    pub kind: Kind,
    /// Only rows of this source.
    #[serde(default)]
    pub source: Option<String>,
    /// For `pattern` and `keys`: a regular expression with named groups.
    #[serde(default)]
    pub pattern: Option<String>,
    /// For `pattern`: what a text that a group matched means.
    #[serde(default)]
    pub words: BTreeMap<String, BTreeMap<String, String>>,
    /// For `labels`: what they mean; a label counts for the first that it fits.
    #[serde(default)]
    pub flags: Vec<Flag>,
    /// For `field`: what it holds; `text` where it is not set.
    #[serde(default, rename = "as")]
    #[schemars(with = "Option<String>", extend("enum" = AS))]
    pub kept_as: Option<As>,
    /// For `bracket`: the tag, without the colon.
    #[serde(default)]
    pub tag: Option<String>,
    /// For `bracket`: whether the value is written in upper case.
    #[serde(default)]
    pub upper: Option<bool>,
    /// For `after` and `version`: the text before.
    #[serde(default)]
    pub after: Option<String>,
    /// For `category`: the categories; the first that fits counts.
    #[serde(default)]
    pub categories: Vec<Category>,
    /// For `category`: the category of what fits none; nothing where it is not set.
    #[serde(default)]
    pub otherwise: Option<String>,
}

/// A meaning of labels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Flag {
    /// What they mean.
    pub name: String,
    /// The labels; `*` stands for anything, the case of letters makes no difference.
    pub labels: Vec<String>,
}

/// A category.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Its name.
    pub name: String,
    /// A text of it holds all of these, whatever the case of letters.
    pub contains: Vec<String>,
}

impl Extract {
    /// The rule; `Err` is the key that it lacks, or what is wrong.
    ///
    /// # Errors
    /// When a key is missing that the kind needs.
    pub fn rule(&self) -> Result<Rule, String> {
        let lacks = |key: &str| format!("`extract` `{}` has no `{key}`", self.name);
        let pattern = || {
            let text = self.pattern.as_deref().ok_or_else(|| lacks("pattern"))?;
            regex::Regex::new(text).map_err(|error| error.to_string())
        };
        let how = match self.kind {
            Kind::Pattern => How::Pattern {
                pattern: pattern()?,
                words: self.words.clone(),
            },
            Kind::Keys => How::Keys {
                pattern: pattern()?,
            },
            Kind::Labels if self.flags.is_empty() => return Err(lacks("flags")),
            Kind::Labels => How::Labels(
                self.flags
                    .iter()
                    .map(|it| rules::Flag {
                        name: it.name.clone(),
                        labels: it.labels.clone(),
                    })
                    .collect(),
            ),
            Kind::Field => How::Field(match self.kept_as {
                Some(As::Number) => FieldKind::Number,
                None | Some(As::Text) => FieldKind::Text,
                Some(As::Select) => FieldKind::Select,
                Some(As::Multiselect) => FieldKind::Multiselect,
                Some(As::User) => FieldKind::User,
                Some(As::Date) => FieldKind::Date,
                Some(As::List) => FieldKind::List,
            }),
            Kind::Bracket => How::Bracket {
                tag: self.tag.clone().ok_or_else(|| lacks("tag"))?,
                upper: self.upper.unwrap_or_default(),
            },
            Kind::After => How::After(self.after.clone().ok_or_else(|| lacks("after"))?),
            Kind::Version => How::Version {
                after: self.after.clone(),
            },
            Kind::Category if self.categories.is_empty() => return Err(lacks("categories")),
            Kind::Category => How::Category {
                categories: self
                    .categories
                    .iter()
                    .map(|it| rules::Category {
                        name: it.name.clone(),
                        contains: it.contains.clone(),
                    })
                    .collect(),
                otherwise: self.otherwise.clone(),
            },
        };
        Ok(Rule {
            name: self.name.clone(),
            table: self.table.clone(),
            source: self.source.clone(),
            from: self.from.clone(),
            how,
        })
    }
}
