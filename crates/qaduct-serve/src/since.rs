//! Since when a mute is there: as declared, else since git saw it land, else since a scan saw it come.
//!
//! A mute that the first scan of a branch found there is older than that scan, nobody knows how much:
//! it has no beginning here, as it has no age in the views.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use qaduct_formats::Cells;
use qaduct_records::Cause;

/// The columns that tell, in the order of [`Since::of`].
pub(crate) const COLUMNS: [&str; 4] = ["since_declared", "since_git", "opened_by", "first_seen_at"];

/// The columns of a piece that tell.
pub(crate) struct Since<'a> {
    declared: Cells<'a>,
    git: Cells<'a>,
    opened_by: Cells<'a>,
    first_seen: Cells<'a>,
}

impl<'a> Since<'a> {
    pub(crate) fn of([declared, git, opened_by, first_seen]: [Cells<'a>; 4]) -> Self {
        Self {
            declared,
            git,
            opened_by,
            first_seen,
        }
    }

    /// A declared day begins at midnight in UTC.
    pub(crate) fn at(&self, row: usize) -> Option<Timestamp> {
        let declared = self.declared.day(row);
        let declared = declared.and_then(|it| it.to_zoned(TimeZone::UTC).ok());
        let seen = || {
            let came = self.opened_by.text(row) == Some(Cause::Commit.as_str());
            came.then(|| self.first_seen.instant(row)).flatten()
        };
        declared
            .map(|it| it.timestamp())
            .or_else(|| self.git.instant(row))
            .or_else(seen)
    }
}
