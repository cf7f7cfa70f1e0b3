//! `[alert.NAME]`: told once when something is wrong, and once when it is no longer.
//!
//! An alert is about subjects: rows of a view, streams that are too old. The ledger holds for
//! each whether it is firing. Of what nobody knows, nothing is told.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use qaduct_records::digest::digest;
use qaduct_records::publication::Publication;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::block::{Block, Run, SECTION};
use super::compose::{Draft, Post, cell, name};
use super::condition::Condition;
use super::format::{Format, written};
use super::message::{Item, preset_names};
use super::rows::Rows;
use super::text::cut;

/// What an alert looks at, beside a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Watch {
    /// Streams of sources that were last read whole too long ago.
    Stale,
}

impl Watch {
    /// All words.
    pub const WORDS: [&str; 1] = ["stale"];
}

/// `[alert.NAME]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Alert {
    /// Where it goes: the name of a `[slack.NAME]`.
    pub to: String,
    /// What stands above it.
    pub title: Option<String>,
    /// `stale`: streams that are older than `[freshness]` allows; else the rows of a view are
    /// looked at.
    #[schemars(with = "Option<String>", extend("enum" = Watch::WORDS))]
    pub on: Option<Watch>,
    /// The preset whose settings count where the alert has none, as of an item of a message.
    #[serde(rename = "use")]
    #[schemars(with = "Option<String>", extend("enum" = preset_names()))]
    pub preset: Option<String>,
    /// The view whose rows are looked at.
    pub view: Option<String>,
    /// Only rows that have one of these values in a column.
    #[serde(rename = "where")]
    pub only: BTreeMap<String, Vec<String>>,
    /// Only rows for which this holds.
    pub when: Option<Condition>,
    /// Only rows of the newest day in this column that is over.
    pub newest: Option<String>,
    /// The columns that are told of a row.
    pub columns: Vec<String>,
    /// What columns are called.
    pub names: BTreeMap<String, String>,
    /// How columns are written: `4 decimals`, `50 letters`, `thousands`.
    pub formats: BTreeMap<String, Format>,
    /// The columns that tell which row it is; the first of `columns` where none is named.
    pub about: Vec<String>,
    /// When a row fires: `crash_free_users_percent < 99.5`; without it each row does that is
    /// there.
    pub fires: Option<Condition>,
    /// After how long it is told again while it fires; never where it is not set.
    #[schemars(extend("format" = "period"))]
    pub remind: Option<String>,
    /// Buttons below it: their texts and where they lead.
    pub links: BTreeMap<String, String>,
}

impl Alert {
    /// The rows that it looks at, as an item of a message.
    #[must_use]
    pub fn item(&self) -> Item {
        Item {
            preset: self.preset.clone(),
            view: self.view.clone(),
            only: self.only.clone(),
            when: self.when.clone(),
            newest: self.newest.clone(),
            columns: self.columns.clone(),
            names: self.names.clone(),
            formats: self.formats.clone(),
            ..Item::default()
        }
    }

    /// The rows that it looks at with all that their preset says, and the same with all that
    /// is asked of them.
    pub(super) fn asked(&self) -> Result<(Item, Item), String> {
        let item = self.item().filled()?;
        if item.view.is_none() {
            return Err("it needs `view`, `use` or `on`".to_owned());
        }
        let mut asked = item.clone();
        asked.columns.extend(self.about.iter().cloned());
        asked.warn.clone_from(&self.fires);
        Ok((item, asked))
    }

    /// The columns that it names itself, with the keys that do.
    pub(super) fn named(&self) -> Vec<(&'static str, &str)> {
        let about = self.about.iter().map(|it| ("about", it.as_str()));
        let fires = self.fires.iter().flat_map(Condition::comparisons);
        about
            .chain(fires.map(|it| ("fires", it.column.as_str())))
            .collect()
    }

    /// After how long it is told again.
    pub(super) fn pause(&self) -> Result<Option<Duration>, String> {
        let remind = self.remind.as_deref().map(humantime::parse_duration);
        remind.transpose().map_err(|it| format!("`remind`: {it}"))
    }
}

/// What is known of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Which one it is.
    pub subject: String,
    /// Whether it is as it should not be; `None` where nobody knows.
    pub bad: Option<bool>,
    /// What there is to say of it.
    pub text: String,
}

/// What is told of a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    Fires,
    StillFires,
    Recovered,
    Gone,
}

/// What is told, and what is remembered then.
#[derive(Debug, Clone, PartialEq)]
pub struct Turns {
    turns: Vec<(Turn, String)>,
    /// Rows of the ledger for those who are told.
    pub rows: Vec<Publication>,
    /// How many subjects fire, told or not.
    pub firing: usize,
    /// Of how many nobody knows.
    pub unknown: usize,
    digest: String,
}

const FIRING: &str = "firing";
const QUIET: &str = "quiet";
/// Rows of the ledger that are subjects begin with it.
const SUBJECT: &str = "alert ";

/// What is known of the rows of an alert; of those that `when` leaves open, nothing.
#[must_use]
pub fn facts(alert: &Alert, item: &Item, rows: &Rows) -> Vec<Fact> {
    let first: Vec<String> = item.columns.iter().take(1).cloned().collect();
    let about = match alert.about.is_empty() {
        true => &first,
        false => &alert.about,
    };
    let fact = |row: &Vec<_>, open: bool| {
        let cells = about.iter().map(|it| cell(item, rows, row, 0, it));
        let subject = cells.collect::<Vec<_>>().join(" ");
        let (bad, text) = match &alert.fires {
            None => {
                let others = item.columns.iter().filter(|it| !about.contains(it));
                let others = others.map(|it| cell(item, rows, row, 1, it));
                (Some(true), others.collect::<Vec<_>>().join(" · "))
            }
            Some(fires) => {
                let said = fires.comparisons().filter_map(|it| {
                    let value = rows.value(row, &it.column);
                    let holds = it.holds(rows.today, &value)?;
                    let value = written(&value, item.formats.get(&it.column).copied());
                    let what = format!("{} {value}", name(item, &it.column));
                    Some(match holds {
                        true => format!("{what} is {}", it.words()),
                        false => what,
                    })
                });
                let said = said.collect::<Vec<_>>().join(", ");
                (fires.holds(rows.today, |it| rows.value(row, it)), said)
            }
        };
        Fact {
            subject,
            bad: bad.filter(|_| !open),
            text,
        }
    };
    let known = rows.rows.iter().map(|it| fact(it, false));
    known
        .chain(rows.open.iter().map(|it| fact(it, true)))
        .collect()
}

/// What has turned since the ledger was written. `facts` are `None` where nobody knows what
/// there is.
#[must_use]
pub fn turns(
    publication: &str,
    facts: Option<&[Fact]>,
    before: &[Publication],
    remind: Option<Duration>,
    now: Timestamp,
) -> Turns {
    let mut found = Turns {
        turns: Vec::new(),
        rows: Vec::new(),
        firing: 0,
        unknown: 0,
        digest: String::new(),
    };
    let known = |subject: &str| {
        let target = format!("{SUBJECT}{subject}");
        before.iter().find(move |it| it.target == target)
    };
    // Several rows of one subject fire together.
    let mut subjects: BTreeMap<&str, (Option<bool>, Vec<&str>)> = BTreeMap::new();
    for fact in facts.unwrap_or_default() {
        let (bad, texts) = subjects
            .entry(&fact.subject)
            .or_insert((Some(false), Vec::new()));
        *bad = match (*bad, fact.bad) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (None, _) | (_, None) => None,
            _ => Some(false),
        };
        texts.push(&fact.text);
    }
    let mut identity: Vec<String> = Vec::new();
    let mut tell = |turn: Turn, subject: &str, text: String, row: Option<&Publication>| {
        // The same turn at another time is another message.
        identity.push(format!(
            "{turn:?} {subject} {:?}",
            row.map(|it| (it.since, it.published_at))
        ));
        let state = match turn {
            Turn::Fires | Turn::StillFires => FIRING,
            Turn::Recovered | Turn::Gone => QUIET,
        };
        let since = row
            .filter(|_| turn == Turn::StillFires)
            .map_or(now, |it| it.since);
        found.rows.push(Publication {
            publication: publication.to_owned(),
            target: format!("{SUBJECT}{subject}"),
            state: state.to_owned(),
            digest: digest([Some(text.as_str())]),
            remote_id: None,
            since,
            published_at: Some(now),
        });
        found.turns.push((
            turn,
            match text.is_empty() {
                true => subject.to_owned(),
                false => format!("{subject}: {text}"),
            },
        ));
    };
    for (subject, (bad, texts)) in &subjects {
        let row = known(subject);
        let fired = row.is_some_and(|it| it.state == FIRING);
        let text = texts.join("; ");
        match bad {
            None => {
                found.unknown += 1;
                found.firing += usize::from(fired);
            }
            Some(true) => {
                found.firing += 1;
                let told = row.and_then(|it| it.published_at);
                let age =
                    told.map(|it| Duration::try_from(now.duration_since(it)).unwrap_or_default());
                if !fired {
                    tell(Turn::Fires, subject, text, row);
                } else if let (Some(remind), Some(age)) = (remind, age)
                    && age >= remind
                {
                    let since = row
                        .map_or(now, |it| it.since)
                        .strftime("%Y-%m-%d %H:%M UTC");
                    tell(
                        Turn::StillFires,
                        subject,
                        format!("{text}, since {since}"),
                        row,
                    );
                }
            }
            Some(false) if fired => tell(Turn::Recovered, subject, text, row),
            Some(false) => {}
        }
    }
    for row in before.iter().filter(|it| it.state == FIRING) {
        let subject = row.target.strip_prefix(SUBJECT);
        if let Some(subject) = subject.filter(|it| !subjects.contains_key(it)) {
            if facts.is_none() {
                found.firing += 1;
                found.unknown += 1;
                continue;
            }
            tell(Turn::Gone, subject, String::new(), Some(row));
        }
    }
    found.turns.sort();
    identity.sort();
    found.digest = digest(identity.iter().map(|it| Some(it.as_str())));
    found
}

impl Turns {
    /// Whether there is nothing to tell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }

    /// What tells this message from all others of the alert.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The message. `lists` says whether a subject is one for being listed, so that one that
    /// is not is well.
    #[must_use]
    pub fn draft(&self, publication: &str, alert: &Alert, lists: bool) -> Draft {
        let title = alert
            .title
            .clone()
            .unwrap_or_else(|| publication.to_owned());
        let mut blocks = vec![Block::Header(title)];
        let kinds = [
            (Turn::Fires, "rotating_light", "Now"),
            (Turn::StillFires, "hourglass", "Still"),
            (Turn::Recovered, "white_check_mark", "Well again"),
            (
                Turn::Gone,
                "white_check_mark",
                if lists {
                    "Well again"
                } else {
                    "No longer there"
                },
            ),
        ];
        for (kind, emoji, title) in kinds {
            let of_kind = self.turns.iter().filter(|(it, _)| *it == kind);
            let texts: Vec<&str> = of_kind.map(|(_, text)| text.as_str()).collect();
            if texts.is_empty() {
                continue;
            }
            blocks.push(Block::Line(vec![
                Run::Emoji(emoji),
                Run::Bold(format!(" {title}")),
            ]));
            let (mut lines, mut letters) = (Vec::new(), 0);
            for text in &texts {
                let text = cut(text, 300);
                letters += text.chars().count() + 60;
                if letters > SECTION * 3 / 4 {
                    break;
                }
                lines.push(vec![Run::Text(text)]);
            }
            let more = texts.len() - lines.len();
            blocks.push(Block::List(lines));
            if more > 0 {
                blocks.push(Block::Small(format!("… and {more} more")));
            }
        }
        let links: Vec<_> = alert.links.clone().into_iter().collect();
        blocks.extend(
            links
                .chunks(super::block::BUTTONS)
                .map(|it| Block::Buttons(it.to_vec())),
        );
        Draft {
            main: Post {
                blocks,
                as_of: None,
            },
            replies: Vec::new(),
        }
    }
}
