//! Blocks of a message, and what Slack allows of them.
//!
//! What people and services wrote goes into rich text, fields and small text, in which no sign
//! means anything: a test may be called `*_a_*`. Only what the settings say themselves is
//! read for marks ([`Block::Marked`]).
//!
//! The limits are those of the reference, as of 2026:
//!
//! | | Limit | Source |
//! |---|---|---|
//! | blocks of a message | 50 | <https://docs.slack.dev/reference/block-kit/blocks> |
//! | text of a header | 150 | <https://docs.slack.dev/reference/block-kit/blocks/header-block> |
//! | text of a section | 3000 | <https://docs.slack.dev/reference/block-kit/blocks/section-block> |
//! | fields of a section, text of each | 10, 2000 | the same |
//! | elements of a context | 10 | <https://docs.slack.dev/reference/block-kit/blocks/context-block> |
//! | elements of actions | 25, of which [`BUTTONS`] are used | <https://docs.slack.dev/reference/block-kit/blocks/actions-block> |
//! | text and address of a button | 75, 3000 | <https://docs.slack.dev/reference/block-kit/block-elements/button-element> |
//! | text of a message | 4000 advised, 40,000 | <https://docs.slack.dev/reference/methods/chat.postMessage> |
//! | all blocks together | about 13,200 letters, undocumented: `msg_blocks_too_long` | <https://github.com/slackapi/bolt-js/issues/2509> |

use serde_json::{Value as Json, json};

use super::text::{cut, is_address};

/// Blocks of a message.
pub const BLOCKS: usize = 50;
/// Letters of a header.
pub const HEADER: usize = 150;
/// Letters of a section; of rich text as well, for which nothing is documented.
pub const SECTION: usize = 3000;
/// Fields of a section.
pub const FIELDS: usize = 10;
/// Letters of a field.
pub const FIELD: usize = 2000;
/// Buttons beside each other: more are hard to read on a telephone.
pub const BUTTONS: usize = 5;
/// Letters of a button.
pub const BUTTON: usize = 75;
/// Letters of an address.
pub const URL: usize = 3000;
/// Letters of a message for those who do not see blocks.
pub const TEXT: usize = 4000;
/// Letters of all blocks of a message as JSON.
pub const TOGETHER: usize = 12_000;

/// A block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// The heading of the message.
    Header(String),
    /// Text of the settings, with marks.
    Marked(String),
    /// A line of text.
    Line(Vec<Run>),
    /// Lines, each with a bullet.
    List(Vec<Vec<Run>>),
    /// Text whose letters stand below each other.
    Code(String),
    /// Numbers beside each other: what is counted, and the number.
    Tiles(Vec<(String, String)>),
    /// Buttons that lead somewhere: their texts and addresses.
    Buttons(Vec<(String, String)>),
    /// Small text.
    Small(String),
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Run {
    /// Text.
    Text(String),
    /// Bold text.
    Bold(String),
    /// A text that leads to an address; without one where that cannot be a link.
    Link(String, String),
    /// An emoji, by its name.
    Emoji(&'static str),
}

impl Run {
    fn json(&self) -> Json {
        match self {
            Self::Text(text) => json!({ "type": "text", "text": cut(text, SECTION) }),
            Self::Bold(text) => json!({ "type": "text", "text": text, "style": { "bold": true } }),
            Self::Link(text, url) if is_address(url) => {
                json!({ "type": "link", "url": url, "text": text })
            }
            Self::Link(text, _) => json!({ "type": "text", "text": text }),
            Self::Emoji(name) => json!({ "type": "emoji", "name": name }),
        }
    }

    fn seen(&self) -> String {
        match self {
            Self::Text(text) | Self::Bold(text) => text.clone(),
            Self::Link(text, url) if is_address(url) => format!("{text} <{url}>"),
            Self::Link(text, _) => text.clone(),
            Self::Emoji(name) => format!(":{name}:"),
        }
    }

    /// Letters that people see.
    fn letters(&self) -> usize {
        match self {
            Self::Text(text) | Self::Bold(text) | Self::Link(text, _) => text.chars().count(),
            Self::Emoji(_) => 2,
        }
    }
}

fn rich(element: &Json) -> Json {
    json!({ "type": "rich_text", "elements": [element] })
}

fn section(runs: &[Run]) -> Json {
    // An empty text is refused.
    let runs = runs.iter().filter(|it| it.letters() > 0).map(Run::json);
    let mut runs: Vec<_> = runs.collect();
    if runs.is_empty() {
        runs.push(json!({ "type": "text", "text": " " }));
    }
    json!({ "type": "rich_text_section", "elements": runs })
}

impl Block {
    /// As the API takes it.
    #[must_use]
    pub fn json(&self) -> Json {
        let named = |text: &str, most, emoji: bool| json!({ "type": "plain_text", "text": cut(text, most), "emoji": emoji });
        match self {
            Self::Header(text) => json!({ "type": "header", "text": named(text, HEADER, true) }),
            Self::Marked(text) => {
                json!({ "type": "section", "text": { "type": "mrkdwn", "text": cut(text, SECTION) } })
            }
            Self::Line(runs) => rich(&section(runs)),
            Self::List(lines) => {
                let lines: Vec<_> = lines.iter().map(|it| section(it)).collect();
                rich(&json!({ "type": "rich_text_list", "style": "bullet", "elements": lines }))
            }
            Self::Code(text) => rich(&json!({
                "type": "rich_text_preformatted",
                "elements": [{ "type": "text", "text": cut(text, SECTION) }],
            })),
            Self::Tiles(tiles) => {
                let field = |(name, number): &(String, String)| {
                    named(&format!("{number}\n{name}"), FIELD, false)
                };
                let fields: Vec<_> = tiles.iter().map(field).collect();
                json!({ "type": "section", "fields": fields })
            }
            Self::Buttons(buttons) => {
                let button = |(text, url): &(String, String)| json!({ "type": "button", "text": named(text, BUTTON, true), "url": url });
                let elements: Vec<_> = buttons.iter().map(button).collect();
                json!({ "type": "actions", "elements": elements })
            }
            Self::Small(text) => {
                json!({ "type": "context", "elements": [named(text, FIELD, false)] })
            }
        }
    }

    /// How much of [`TOGETHER`] it takes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.json().to_string().chars().count()
    }

    /// As people see it.
    #[must_use]
    pub fn seen(&self) -> String {
        let line = |runs: &[Run]| runs.iter().map(Run::seen).collect::<String>();
        let lines = |lines: Vec<String>| lines.join("\n");
        match self {
            Self::Header(text) => format!("# {}", cut(text, HEADER)),
            Self::Marked(text) => cut(text, SECTION),
            Self::Line(runs) => line(runs),
            Self::List(items) => lines(items.iter().map(|it| format!("• {}", line(it))).collect()),
            Self::Code(text) => cut(text, SECTION),
            Self::Tiles(tiles) => {
                let tiles = tiles
                    .iter()
                    .map(|(name, number)| format!("{number} {name}"));
                lines(tiles.collect())
            }
            Self::Buttons(buttons) => {
                let buttons = buttons.iter();
                lines(
                    buttons
                        .map(|(text, url)| format!("[{text}] <{url}>"))
                        .collect(),
                )
            }
            Self::Small(text) => format!("({})", cut(text, FIELD)),
        }
    }
}
