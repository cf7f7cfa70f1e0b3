//! `[message.NAME]`: what a message tells, as data.
//!
//! A message is a list of items, each of which shows a view: numbers, a table, a list. What
//! many teams want to read ships as presets (`presets/*.toml`): an item takes all from its
//! preset that it does not say itself.

use std::collections::BTreeMap;

use qaduct_records::nearest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::condition::Condition;
use super::format::Format;

macro_rules! presets {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("presets/", $name, ".toml")))),*]
    };
}

/// The presets that ship, as TOML.
pub static PRESETS: &[(&str, &str)] = presets![
    "failed-jobs",
    "failed-pulls",
    "issues-for-review",
    "muted-now",
    "muted-this-week",
    "new-issues",
    "overdue-mutes",
    "release-health",
    "release-health-short",
    "unmuted-this-week",
    "untriaged-issues",
];

/// `[message.NAME]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Message {
    /// Where it goes: the name of a `[slack.NAME]`.
    pub to: String,
    /// What stands above it; `:name:` is an emoji.
    pub title: Option<String>,
    /// What it tells, from top to bottom.
    pub items: Vec<Item>,
    /// Buttons below it: their texts and where they lead.
    pub links: BTreeMap<String, String>,
    /// Whether items of views are replies to the heading; needs a bot.
    pub thread: bool,
    /// Whether it is sent again although nothing has changed; once for each time of a job.
    pub always: bool,
}

/// How the rows of an item are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Show {
    /// A line for each row, its first column a link.
    List,
    /// Columns below each other.
    Table,
    /// One number: how many rows there are, or the sum of a column.
    Number,
}

impl Show {
    /// All ways, by their word.
    pub const WORDS: [&str; 3] = ["list", "table", "number"];
}

/// A part of a message: a text, or what a view says.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Item {
    /// The preset whose settings count where the item has none: `release-health`,
    /// `new-issues`, `muted-this-week` and others.
    #[serde(rename = "use")]
    #[schemars(with = "Option<String>", extend("enum" = preset_names()))]
    pub preset: Option<String>,
    /// A text of its own, with the marks of Slack; then nothing is asked.
    pub text: Option<String>,
    /// What stands above it; `{column}` is the value of the column of `each`.
    pub title: Option<String>,
    /// Where the title leads; `{column}` as in the title.
    pub url: Option<String>,
    /// The view that it shows.
    pub view: Option<String>,
    /// Only rows that have one of these values in a column.
    #[serde(rename = "where")]
    pub only: BTreeMap<String, Vec<String>>,
    /// Only rows for which this holds: `events > 500 or users > 500`.
    pub when: Option<Condition>,
    /// Only rows of the newest day in this column that is over.
    pub newest: Option<String>,
    /// Only rows whose instant or day in a column lies so many days back at most.
    pub days: BTreeMap<String, u32>,
    /// The columns that are shown; of a number the one that is summed.
    pub columns: Vec<String>,
    /// What columns are called.
    pub names: BTreeMap<String, String>,
    /// How columns are written: `4 decimals`, `50 letters`, `thousands`.
    pub formats: BTreeMap<String, Format>,
    /// Words behind the first column of a row whose flag in a column is set.
    pub marks: BTreeMap<String, String>,
    /// The column with the address that a row leads to.
    pub link: Option<String>,
    /// Columns by which rows are sorted; the greatest first with ` desc` behind.
    pub order: Vec<String>,
    /// Rows that are shown at most, of each part; the others are counted.
    #[schemars(range(min = 1, max = 100))]
    pub limit: Option<u32>,
    /// A column for each of whose values there is a part with its own title.
    pub each: Option<String>,
    /// Parts that are shown at most.
    #[schemars(range(min = 1, max = 40))]
    pub parts: Option<u32>,
    /// `list`, `table` or `number`; a list where rows have a link, else a table.
    #[schemars(with = "Option<String>", extend("enum" = Show::WORDS))]
    pub show: Option<Show>,
    /// What a row is warned of: `crash_free_users_percent < 99.5`. That a value is missing
    /// is told as well.
    pub warn: Option<Condition>,
    /// What is told where no row is left; without it the item is left out.
    pub empty: Option<String>,
}

pub(super) fn preset_names() -> Vec<&'static str> {
    PRESETS.iter().map(|(name, _)| *name).collect()
}

/// A preset that ships.
///
/// # Panics
/// When a file of this crate is no item, which a test rules out.
#[must_use]
pub fn preset(name: &str) -> Option<Item> {
    let (name, text) = PRESETS.iter().find(|(it, _)| *it == name)?;
    match toml::from_str(text) {
        Ok(item) => Some(item),
        Err(error) => panic!("presets/{name}.toml: {error}"),
    }
}

impl Item {
    /// The item with all that its preset says and it does not.
    ///
    /// # Errors
    /// When there is no such preset.
    pub fn filled(&self) -> Result<Self, String> {
        let mut item = self.clone();
        let Some(name) = &self.preset else {
            return Ok(item);
        };
        let preset = preset(name).ok_or_else(|| {
            let near = nearest(name, PRESETS.iter().map(|(it, _)| *it));
            let near = near.map(|it| format!("; did you mean `{it}`?"));
            format!("there is no preset `{name}`{}", near.unwrap_or_default())
        })?;
        macro_rules! fill {
            ($($option:ident)*; $($list:ident)*; $($map:ident)*) => {
                $(item.$option = item.$option.or(preset.$option);)*
                $(if item.$list.is_empty() { item.$list = preset.$list; })*
                $(for (key, value) in preset.$map { item.$map.entry(key).or_insert(value); })*
            };
        }
        fill!(text title url view when newest link limit each parts show warn empty;
            columns order; only days names formats marks);
        Ok(item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_says_what_its_preset_says_unless_it_says_otherwise() {
        let item = Item {
            preset: Some("new-issues".to_owned()),
            limit: Some(5),
            only: [("app".to_owned(), vec!["fenix".to_owned()])].into(),
            ..Item::default()
        };
        let filled = item.filled().unwrap();
        assert_eq!(filled.view.as_deref(), Some("v_release_issues"));
        assert_eq!(filled.limit, Some(5));
        assert_eq!(filled.only["question"], ["new"]);
        assert_eq!(filled.only["app"], ["fenix"]);
    }

    #[test]
    fn a_preset_that_does_not_exist_is_named_with_what_was_perhaps_meant() {
        let item = Item {
            preset: Some("new-issue".to_owned()),
            ..Item::default()
        };
        assert_eq!(
            item.filled().unwrap_err(),
            "there is no preset `new-issue`; did you mean `new-issues`?"
        );
    }

    #[test]
    fn every_preset_asks_for_what_its_view_has() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/slack/presets");
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), PRESETS.len());
        let mut views = qaduct_models::views();
        views.extend(qaduct_models::reports());
        for (name, _) in PRESETS {
            let item = preset(name).unwrap();
            assert!(item.title.is_some(), "{name} has no title");
            super::super::rows::question(name, &item, &[], &views)
                .unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
}
