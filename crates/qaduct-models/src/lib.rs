//! Views over the records, as SQL files with documented columns.

use qaduct_records::View;

/// All views, in the order in which they can be created.
#[must_use]
pub fn views() -> Vec<View> {
    Vec::new()
}
