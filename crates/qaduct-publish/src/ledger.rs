//! What was published, as the store remembers it.
//!
//! Reads and writes the table `publications`. A publication is written down before and
//! after its service is asked, so that whoever comes after a killed process knows what is
//! in doubt.

use qaduct_records::publication::Publication;
use qaduct_records::{Row, Store, StoreError};

use crate::PublishError;

/// Writers of this table wait for each other.
const LOCK: &str = "publications";

/// What is remembered of a publication, a row for each target.
///
/// # Errors
/// When the store fails.
pub fn remembered(store: &mut dyn Store, name: &str) -> Result<Vec<Publication>, PublishError> {
    let mut transaction = store.begin(LOCK)?;
    let rows = transaction.select(Publication::TABLE, &[("publication", name.into())])?;
    let fit = |mismatch| StoreError::Fit {
        table: Publication::TABLE.name.to_owned(),
        mismatch,
    };
    Ok(Publication::rows(&rows).map_err(fit)?)
}

/// Remembers these targets, and forgets what was remembered of them.
///
/// # Errors
/// When the store fails; then all is as before.
pub fn remember(store: &mut dyn Store, rows: &[Publication]) -> Result<(), PublishError> {
    let mut transaction = store.begin(LOCK)?;
    transaction.upsert(Publication::TABLE, &Publication::batch(rows))?;
    Ok(transaction.commit()?)
}
