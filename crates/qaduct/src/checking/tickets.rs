//! What the trackers that were pulled say of tickets. Reads the database as it is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use qaduct_check::TicketState;
use qaduct_records::scan::Found;
use qaduct_records::values::values_of;
use qaduct_records::{MuteTicket, Query, Reader, Table, Test, Value};

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
    table: &'static str,
    /// What is read of a ticket; the first names it.
    columns: &'static [&'static str],
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

const TRACKERS: &[Tracker] = &[
    Tracker {
        name: "jira",
        kind: "jira",
        table: "jira_issues",
        columns: &["issue_key", "status", "status_category", "resolution"],
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
        table: "github_issues",
        columns: &["number", "state", "state_reason"],
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
        table: "bugzilla_bugs",
        columns: &["bug_id", "is_open", "status", "resolution"],
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
    ) -> Result<Self, CommandError> {
        let mut known = Self::default();
        let tables = wire::tables();
        let tickets = || mutes.iter().flat_map(|it| &it.tickets);
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
            // One that reads the answers to questions alone does not know what there is not.
            let whole = settings
                .source
                .iter()
                .filter(|(name, it)| it.kind(name) == tracker.kind)
                .all(|(_, it)| it.queries.is_empty());
            for key in keys {
                let Some(named) = (tracker.read)(key, repository) else {
                    continue;
                };
                let state = tracker.state(reader, table, &named, whole)?;
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
    /// What the database says of a ticket.
    fn state(
        &self,
        reader: &mut dyn Reader,
        table: &Table,
        named: &Named,
        whole: bool,
    ) -> Result<TicketState, CommandError> {
        let mut names = self.columns.to_vec();
        names.push("_gone");
        let columns = table.columns.iter();
        let columns: Vec<_> = columns
            .filter(|it| names.contains(&it.name.as_ref()))
            .cloned()
            .collect();
        let in_project = |query: Query| match &named.project {
            Some((column, project)) => {
                query.filter(*column, Test::In(vec![project.as_str().into()]))
            }
            None => query,
        };
        let query = in_project(Query::of(self.table, columns.clone()))
            .filter(self.columns[0], Test::In(vec![named.id.clone()]));
        let batch = reader.query(&query)?;
        if batch.num_rows() > 0 {
            let of = |name: &str| {
                let values = values_of(&batch, name).unwrap_or_default();
                values.into_iter().next().unwrap_or(Value::Null)
            };
            let values: Vec<Value> = self.columns[1..].iter().map(|it| of(it)).collect();
            return Ok(match text(&of("_gone")) {
                "" => (self.judge)(&values),
                "deleted" => TicketState::Absent,
                // It left our sight, which says nothing of it.
                _ => TicketState::Unknown,
            });
        }
        let mut any = in_project(Query::of(self.table, columns));
        any.limit = Some(1);
        let is_read = reader.query(&any)?.num_rows() > 0;
        Ok(match is_read && whole {
            true => TicketState::Absent,
            false => TicketState::Unknown,
        })
    }
}
