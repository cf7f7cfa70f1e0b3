//! Since when a mute is there: by the history of the repository, where a scan has read
//! it, and by our scans. Reads the database as it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use qaduct_check::{Basis, Since};
use qaduct_records::scan::Found;
use qaduct_records::values::values_of;
use qaduct_records::{Declaration, Query, Reader, Test, Value};

use crate::error::CommandError;
use crate::format;

/// What the database knows of the mutes of a repository, on whatever branch: one that
/// came over from another branch is no younger for it.
#[derive(Debug, Default)]
pub struct Seen(BTreeMap<String, Known>);

/// What the database knows of a mute.
#[derive(Debug, Clone)]
pub struct Known {
    /// When a scan saw it first.
    pub first_seen: Date,
    /// What the history says.
    pub git: Option<Landed>,
}

/// The commit that brought a mute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Landed {
    /// When it landed on the branch.
    pub day: Date,
    /// Its id.
    pub commit: String,
    /// Who wrote it.
    pub author: String,
}

const COLUMNS: [&str; 5] = [
    "group_id",
    "first_seen_at",
    "since_git",
    "since_git_commit",
    "since_git_author",
];

impl Seen {
    /// What is known of these mutes.
    ///
    /// # Errors
    /// When the database cannot be read, or was written by another version.
    pub fn read(
        reader: &mut dyn Reader,
        repository: &str,
        mutes: &[Arc<Found>],
    ) -> Result<Self, CommandError> {
        let mut seen: BTreeMap<String, Known> = BTreeMap::new();
        let groups = mutes.iter().map(|it| it.declaration.group_id());
        let groups: Vec<Value> = groups.map(|it| it.as_str().into()).collect();
        let view = format::view();
        let mut columns = view.columns;
        columns.retain(|it| COLUMNS.contains(&it.name.as_ref()));
        for some in groups.chunks(500) {
            let query = Query::of(view.name.clone(), columns.clone())
                .filter("repository", Test::In(vec![repository.into()]))
                .filter("group_id", Test::In(some.to_vec()));
            let batch = reader.query(&query)?;
            let all = COLUMNS.map(|it| values_of(&batch, it).unwrap_or_default());
            for row in 0..batch.num_rows() {
                let [group, first, since, commit, author] =
                    all.each_ref().map(|it| it.get(row).unwrap_or(&Value::Null));
                let (Value::Text(group), Value::Timestamp(first)) = (group, first) else {
                    continue;
                };
                let git = match since {
                    Value::Timestamp(since) => Some(Landed {
                        day: day(*since),
                        commit: text(commit),
                        author: text(author),
                    }),
                    _ => None,
                };
                let known = seen.entry(group.clone()).or_insert_with(|| Known {
                    first_seen: day(*first),
                    git: None,
                });
                known.first_seen = known.first_seen.min(day(*first));
                known.git = known.git.take().into_iter().chain(git).min();
            }
        }
        Ok(Self(seen))
    }

    /// What is known of a mute.
    #[must_use]
    pub fn known(&self, mute: &Declaration) -> Option<&Known> {
        self.0.get(&mute.group_id())
    }

    /// Since when it is there: by git, else by our scans.
    #[must_use]
    pub fn since(&self, mute: &Declaration) -> Option<Since> {
        let known = self.known(mute)?;
        Some(match &known.git {
            Some(git) => Since {
                day: git.day,
                basis: Basis::Git,
            },
            None => Since {
                day: known.first_seen,
                basis: Basis::FirstSeen,
            },
        })
    }
}

fn day(at: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(at).date()
}

fn text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        _ => String::new(),
    }
}
