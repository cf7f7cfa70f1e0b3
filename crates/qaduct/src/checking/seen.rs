//! Since when our scans see a mute. Reads the database as it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use qaduct_check::{Basis, Since};
use qaduct_records::scan::Found;
use qaduct_records::{Declaration, Mute, Query, Reader, Row, Test, Value};

use crate::error::CommandError;

/// The day on which a scan saw a mute first, on whatever branch: work on a mute that
/// came over from another branch makes it no younger.
#[derive(Debug, Default)]
pub struct Seen(BTreeMap<String, Date>);

impl Seen {
    /// What is known of these mutes.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn read(
        reader: &mut dyn Reader,
        repository: &str,
        mutes: &[Arc<Found>],
    ) -> Result<Self, CommandError> {
        let groups = mutes.iter().map(|it| it.declaration.group_id());
        let mut seen = BTreeMap::new();
        let groups: Vec<Value> = groups.map(|it| it.as_str().into()).collect();
        for some in groups.chunks(500) {
            let query = Query::of(Mute::TABLE.name, Mute::TABLE.columns)
                .filter("repository", Test::In(vec![repository.into()]))
                .filter("gone_at", Test::Missing)
                .filter("group_id", Test::In(some.to_vec()));
            let batch = reader.query(&query)?;
            for mute in Mute::rows(&batch).unwrap_or_default() {
                let day = TimeZone::UTC.to_datetime(mute.first_seen_at).date();
                let first = seen.entry(mute.group_id).or_insert(day);
                *first = day.min(*first);
            }
        }
        Ok(Self(seen))
    }

    /// Since when it is seen.
    #[must_use]
    pub fn since(&self, mute: &Declaration) -> Option<Since> {
        let day = *self.0.get(&mute.group_id())?;
        Some(Since {
            day,
            basis: Basis::FirstSeen,
        })
    }
}
