//! What the trackers that were pulled say of tickets. Reads the database as it is.
//!
//! That a ticket does not exist is said only where it would have been read: by a reading
//! of all tickets of its project that was whole, and that began when there were later ones
//! or a mute named it already.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use qaduct_check::TicketState;
use qaduct_records::pull::Part;
use qaduct_records::scan::Found;
use qaduct_records::stream::SOURCE;
use qaduct_records::values::values_of;
use qaduct_records::{Direction, MuteTicket, Query, Reader, Row, Table, Test, Value};

use super::seen::Seen;

use crate::config::Config;
use crate::error::CommandError;
use crate::wire;

/// What the trackers say of the tickets that are asked for.
#[derive(Debug, Default)]
pub struct Tickets {
    states: BTreeMap<(String, String), TicketState>,
}

/// Where a kind of tracker keeps its tickets.
struct Tracker {
    /// The word for it.
    name: &'static str,
    /// The kind of source that brings it.
    kind: &'static str,
    /// The stream of that source that brings its tickets.
    stream: &'static str,
    table: &'static str,
    /// What is read of a ticket; the first names it.
    columns: &'static [&'static str],
    /// When a ticket was filed.
    filed: &'static str,
    /// Where the keys stand that tickets had before they moved.
    moves: Option<&'static str>,
    /// The ticket that a key names.
    read: fn(&str, &str) -> Option<Named>,
    /// What the columns behind the first say.
    judge: fn(&[Value]) -> TicketState,
}

/// A ticket as its table knows it.
struct Named {
    /// Project or repository, with its column; everything is of one in some trackers.
    project: Option<(&'static str, String)>,
    id: Value,
}

impl Named {
    /// The part of the stream that has all tickets of its project.
    fn part(&self) -> String {
        let part = |(column, project): &(&str, String)| format!("{column}={project}");
        self.project.as_ref().map(part).unwrap_or_default()
    }
}

/// The number of a ticket: later ones have greater numbers.
fn number(id: &Value) -> Option<i64> {
    match id {
        Value::Int(number) => Some(*number),
        Value::Text(key) => key.rsplit_once('-')?.1.parse().ok(),
        _ => None,
    }
}

const TRACKERS: &[Tracker] = &[
    Tracker {
        name: "jira",
        kind: "jira",
        stream: "issues",
        table: "jira_issues",
        columns: &["issue_key", "status", "status_category", "resolution"],
        filed: "created_at",
        moves: Some("jira_changes"),
        read: |key, _| {
            let (project, _) = key.rsplit_once('-')?;
            Some(Named {
                project: Some(("project_key", project.to_owned())),
                id: key.into(),
            })
        },
        judge: |it| match text(&it[1]) {
            "done" => closed(&[text(&it[0]), text(&it[2])]),
            _ => TicketState::Open,
        },
    },
    Tracker {
        name: "github",
        kind: "github",
        stream: "issues",
        table: "github_issues",
        columns: &["number", "state", "state_reason"],
        filed: "created_at",
        moves: None,
        read: |key, own| {
            let (repository, number) = key.rsplit_once('#')?;
            let repository = match repository {
                "" => own.strip_prefix("github.com/")?,
                other => other,
            };
            Some(Named {
                project: Some(("repository", repository.to_owned())),
                id: Value::Int(number.parse().ok()?),
            })
        },
        judge: |it| match text(&it[0]) {
            "closed" => closed(&[text(&it[1])]),
            _ => TicketState::Open,
        },
    },
    Tracker {
        name: "bugzilla",
        kind: "bugzilla",
        stream: "bugs",
        table: "bugzilla_bugs",
        columns: &["bug_id", "is_open", "status", "resolution"],
        filed: "creation_time",
        moves: None,
        read: |key, _| {
            let number = key.rsplit(' ').next()?.trim_start_matches('#');
            Some(Named {
                project: None,
                id: Value::Int(number.parse().ok()?),
            })
        },
        judge: |it| match it[0] {
            Value::Bool(false) => closed(&[text(&it[1]), text(&it[2])]),
            _ => TicketState::Open,
        },
    },
];

fn text(value: &Value) -> &str {
    match value {
        Value::Text(text) => text,
        _ => "",
    }
}

fn closed(words: &[&str]) -> TicketState {
    let words = words.iter().filter(|it| !it.is_empty());
    let words: BTreeSet<_> = words.copied().collect();
    TicketState::Closed(words.into_iter().collect::<Vec<_>>().join(", "))
}

impl Tickets {
    /// What is known of the tickets of these mutes; of a database that has the tables of
    /// the services.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn read(
        reader: &mut dyn Reader,
        settings: &Config,
        repository: &str,
        mutes: &[Arc<Found>],
        seen: &Seen,
    ) -> Result<Self, CommandError> {
        let mut known = Self::default();
        let tables = wire::tables();
        let tickets = || mutes.iter().flat_map(|it| &it.tickets);
        // Since when a mute is known that names the ticket.
        let named_since = |tracker: &Tracker, key: &str| {
            let names = |it: &MuteTicket| it.tracker == tracker.name && it.key == key;
            let its = mutes.iter().filter(|it| it.tickets.iter().any(names));
            let days = its.filter_map(|it| seen.since(&it.declaration));
            days.map(|it| it.day).min()
        };
        for tracker in TRACKERS {
            let keys: BTreeSet<&str> = tickets()
                .filter(|it| it.tracker == tracker.name)
                .map(|it| it.key.as_str())
                .collect();
            let Some(table) = tables.iter().find(|it| it.name == tracker.table) else {
                continue;
            };
            if keys.is_empty() {
                continue;
            }
            let sources = settings.source.iter();
            let sources = sources.filter(|(name, it)| it.kind(name) == tracker.kind);
            let sources: Vec<&str> = sources.map(|(name, _)| name.as_str()).collect();
            for key in keys {
                let Some(named) = (tracker.read)(key, repository) else {
                    continue;
                };
                let state = match tracker.state(reader, table, &named)? {
                    Some(state) => state,
                    None => {
                        let since = named_since(tracker, key);
                        let lacks = tracker.lacks(reader, table, &named, &sources, since)?;
                        match lacks {
                            true => TicketState::Absent,
                            false => TicketState::Unknown,
                        }
                    }
                };
                known
                    .states
                    .insert((tracker.name.to_owned(), key.to_owned()), state);
            }
        }
        Ok(known)
    }

    /// What is known of a ticket.
    #[must_use]
    pub fn state(&self, ticket: &MuteTicket) -> TicketState {
        let key = (ticket.tracker.clone(), ticket.key.clone());
        let known = self.states.get(&key).cloned();
        known.unwrap_or(TicketState::Unknown)
    }
}

impl Tracker {
    /// What the database says of a ticket, if it has it.
    fn state(
        &self,
        reader: &mut dyn Reader,
        table: &Table,
        named: &Named,
    ) -> Result<Option<TicketState>, CommandError> {
        let mut names = self.columns.to_vec();
        names.push("_gone");
        let query = self.query(table, named, &names);
        let query = query.filter(self.columns[0], Test::In(vec![named.id.clone()]));
        let batch = reader.query(&query)?;
        if batch.num_rows() == 0 {
            return Ok(None);
        }
        let of = |name: &str| {
            let values = values_of(&batch, name).unwrap_or_default();
            values.into_iter().next().unwrap_or(Value::Null)
        };
        let values: Vec<Value> = self.columns[1..].iter().map(|it| of(it)).collect();
        Ok(Some(match text(&of("_gone")) {
            "" => (self.judge)(&values),
            "deleted" => TicketState::Absent,
            // It left our sight, which says nothing of it.
            _ => TicketState::Unknown,
        }))
    }

    /// The rows of a ticket's project.
    fn query(&self, table: &Table, named: &Named, names: &[&str]) -> Query {
        let columns = table.columns.iter();
        let columns: Vec<_> = columns
            .filter(|it| names.contains(&it.name.as_ref()))
            .cloned()
            .collect();
        let query = Query::of(self.table, columns);
        match &named.project {
            Some((column, project)) => {
                query.filter(*column, Test::In(vec![project.as_str().into()]))
            }
            None => query,
        }
    }

    /// Whether a ticket goes by another key now.
    fn has_moved(&self, reader: &mut dyn Reader, named: &Named) -> Result<bool, CommandError> {
        let tables = wire::tables();
        let Some(table) = tables.iter().find(|it| Some(it.name) == self.moves) else {
            return Ok(false);
        };
        let columns = table.columns.iter().filter(|it| it.name == "from_text");
        let mut query = Query::of(table.name, columns.cloned().collect::<Vec<_>>())
            .filter("field", Test::In(vec!["Key".into()]))
            .filter("from_text", Test::In(vec![named.id.clone()]));
        query.limit = Some(1);
        Ok(reader.query(&query)?.num_rows() > 0)
    }

    /// Whether a ticket that the database does not have would be in it if it existed.
    fn lacks(
        &self,
        reader: &mut dyn Reader,
        table: &Table,
        named: &Named,
        sources: &[&str],
        named_since: Option<Date>,
    ) -> Result<bool, CommandError> {
        if sources.is_empty() || self.has_moved(reader, named)? {
            return Ok(false);
        }
        let sources = sources.iter().map(|it| (*it).into()).collect();
        let query = Query::of(Part::TABLE.name, Part::TABLE.columns)
            .filter(SOURCE, Test::In(sources))
            .filter("stream", Test::In(vec![self.stream.into()]));
        let parts = Part::rows(&reader.query(&query)?).unwrap_or_default();
        let whole = named.part();
        for part in parts.iter().filter(|it| is_all_of(it, &whole)) {
            let Some(until) = part.watermark.or(part.read_at) else {
                continue;
            };
            let day = |at: Timestamp| TimeZone::UTC.to_datetime(at).date();
            if named_since.is_some_and(|it| it < day(until)) {
                return Ok(true);
            }
            let mut newest = self
                .query(table, named, &[self.columns[0], self.filed])
                .filter(SOURCE, Test::In(vec![part.source.as_str().into()]))
                .filter(self.filed, Test::Below(Value::Timestamp(until)));
            newest.order = vec![(self.filed.to_owned(), Direction::Down)];
            newest.limit = Some(1);
            let newest = values_of(&reader.query(&newest)?, self.columns[0]).unwrap_or_default();
            let newest = newest.first().and_then(number);
            if number(&named.id).is_some_and(|it| Some(it) < newest) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether a part of a stream was read to its end, and has everything of this name.
fn is_all_of(part: &Part, name: &str) -> bool {
    // The part of a repository has its number behind its name.
    let is_its = part
        .part
        .strip_prefix(name)
        .is_some_and(|rest| rest.is_empty() || !name.is_empty() && rest.starts_with(','));
    is_its && part.aside.is_none() && part.since.is_none() && part.completed_at.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_tickets_have_greater_numbers() {
        assert_eq!(number(&Value::Int(7)), Some(7));
        assert_eq!(number(&"A-B-12".into()), Some(12));
        assert_eq!(number(&Value::Null), None);
    }
}
