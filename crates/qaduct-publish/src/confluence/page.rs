//! `[page.NAME]`: what stands on a page, as data.
//!
//! Knows no Confluence and no store: [`render`](super::render()) asks for what is shown here.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::PublishError;
use crate::chart::Size;

/// `[page.NAME]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// The source that is the wiki, and the page: `confluence:1436811681`. Without the
    /// number, the page of this title in `space`; it is created where there is none.
    pub target: String,
    /// Key of the space in which the page is found by its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space: Option<String>,
    /// Number of the page below which a new one is created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Title of the page; that of the wiki stays where it is not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Labels that the page gets; others stay, and one that is no longer named here as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// Whether items show whether they are approved.
    #[serde(default = "yes")]
    pub show_status: bool,
    /// Name of the source that draws looks and dashboards; needed where there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looker: Option<String>,
    /// Width and height of pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<String>,
    /// Markdown at the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Sections that ship, before those of the page: `sign-off`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("enum" = super::template::WORDS))]
    pub template: Option<String>,
    /// What the template needs to know.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
    /// What stands on it.
    #[serde(default)]
    pub section: Vec<Section>,
}

/// `[[page.NAME.section]]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Section {
    /// Its heading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Markdown below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What stands in it.
    pub item: Vec<Item>,
}

/// `[[page.NAME.section.item]]`: one of `panel`, `tiles`, `view`, `look` and `dashboard`, or
/// text alone.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Item {
    /// Its heading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Markdown below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// `approved`, `pending` or `informational`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("enum" = Status::WORDS))]
    pub status: Option<Status>,
    /// Where the heading and the picture lead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// A panel: a picture; the rows, where it is of kind `table`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub panel: Option<String>,
    /// Panels of kind `tile`: their figures, side by side.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tiles: Vec<String>,
    /// A view: its rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub view: Option<String>,
    /// Columns of the view; empty: all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// Only rows that have one of these values in a column.
    #[serde(rename = "where", skip_serializing_if = "BTreeMap::is_empty")]
    pub only: BTreeMap<String, Vec<String>>,
    /// Columns by which rows are ordered, `-` before one for the largest first; all from
    /// left to right where none is named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<String>,
    /// So many rows at most; the page says how many there are. 1000 where it is not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100_000))]
    pub max_rows: Option<u32>,
    /// Columns that lead to the address in another one, which is not shown itself.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub links: BTreeMap<String, String>,
    /// Columns whose words are shown on a colour: green for `passed`, red for `failed`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lozenges: Vec<String>,
    /// Show each row as a list of what it has, and not as a line.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub facts: bool,
    /// A look of Looker, by its number: its picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub look: Option<String>,
    /// A dashboard of Looker, by its number: its picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dashboard: Option<String>,
}

/// Whether people stand by what an item shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// They do.
    Approved,
    /// They have not looked at it.
    Pending,
    /// It is only for information.
    Informational,
}

impl Status {
    /// All, by their word.
    pub const WORDS: [&str; 3] = ["approved", "pending", "informational"];
}

fn yes() -> bool {
    true
}

/// Which page of which wiki is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The page with this number.
    Id(String),
    /// The page of this title in a space.
    Title {
        /// Key of the space.
        space: String,
        /// The title.
        title: String,
        /// Below which page it is created.
        parent: Option<String>,
    },
}

impl Page {
    /// The name of the source that is the wiki.
    #[must_use]
    pub fn source(&self) -> &str {
        self.target.split_once(':').map_or(&self.target, |it| it.0)
    }

    /// Which page is meant.
    ///
    /// # Errors
    /// When the settings do not say.
    pub fn target(&self, place: &str) -> Result<Target, PublishError> {
        let wrong = |why: &str| PublishError::Settings {
            place: place.to_owned(),
            why: why.to_owned(),
        };
        match (self.target.split_once(':'), &self.space, &self.title) {
            (Some((_, id)), _, _) if !id.is_empty() && id.bytes().all(|it| it.is_ascii_digit()) => {
                Ok(Target::Id(id.to_owned()))
            }
            (Some((_, id)), _, _) => {
                Err(wrong(&format!("`target`: `{id}` is no number of a page")))
            }
            (None, Some(space), Some(title)) => Ok(Target::Title {
                space: space.clone(),
                title: title.clone(),
                parent: self.parent.clone(),
            }),
            (None, _, _) => Err(wrong(
                "which page is meant; name its number, as in `target = \"confluence:123456\"`, or set `space` and `title`",
            )),
        }
    }

    /// The labels that it gets, as Confluence writes them.
    ///
    /// # Errors
    /// When one of them is none.
    pub(crate) fn labels(&self, place: &str) -> Result<Vec<String>, PublishError> {
        let of = |label: &String| match is_label(label) {
            true => Ok(label.to_lowercase()),
            false => Err(PublishError::Settings {
                place: place.to_owned(),
                why: format!(
                    "`labels`: `{label}` is no label: it has up to 255 letters, and no blank and \
                     none of {UNFIT}"
                ),
            }),
        };
        self.labels.iter().map(of).collect()
    }

    /// How large pictures are.
    pub(crate) fn size(&self, place: &str) -> Result<Size, PublishError> {
        let Some(text) = &self.size else {
            return Ok(Size::USUAL);
        };
        let parts = text.split_once('x').and_then(|(width, height)| {
            Some(Size {
                width: width.parse().ok()?,
                height: height.parse().ok()?,
            })
        });
        parts.ok_or_else(|| PublishError::Settings {
            place: place.to_owned(),
            why: format!("`size`: `{text}` is no size; write it as 400x300"),
        })
    }
}

/// What no label may hold.
const UNFIT: &str = ": ; , . ? & [ ] ( ) # ^ * @ !";

fn is_label(text: &str) -> bool {
    let is_unfit = |it: char| it.is_whitespace() || it.is_control() || UNFIT.contains(it);
    (1..=255).contains(&text.chars().count()) && !text.contains(is_unfit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(text: &str) -> Result<Target, String> {
        let page: Page = toml::from_str(text).unwrap();
        page.target("[page.health]").map_err(|it| it.to_string())
    }

    #[test]
    fn a_page_is_known_by_its_number_or_by_space_and_title() {
        assert_eq!(
            target("target = 'confluence:12'"),
            Ok(Target::Id("12".to_owned()))
        );
        assert_eq!(
            target("target = 'wiki'\nspace = 'QA'\ntitle = 'Health'").unwrap(),
            Target::Title {
                space: "QA".to_owned(),
                title: "Health".to_owned(),
                parent: None
            }
        );
        assert_eq!(
            target("target = 'wiki:QA'").unwrap_err(),
            "[page.health]: `target`: `QA` is no number of a page"
        );
        assert!(target("target = 'wiki'\nspace = 'QA'").is_err());
    }

    #[test]
    fn a_word_that_is_no_status_is_an_error_and_not_pending() {
        let item = |status: &str| toml::from_str::<Item>(&format!("status = '{status}'"));
        assert_eq!(item("approved").unwrap().status, Some(Status::Approved));
        assert!(item("aproved").is_err());
    }
}
