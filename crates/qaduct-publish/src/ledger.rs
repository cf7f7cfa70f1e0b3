//! What was published, as the store remembers it.
//!
//! Reads and writes the table `publications`. A publication is written down before and
//! after its service is asked, so that whoever comes after a killed process knows what is
//! in doubt.

use qaduct_records::publication::Publication;
use qaduct_records::{Row, Store, StoreError, Transaction, Value};

use crate::PublishError;

/// Writers of this table wait for each other.
const LOCK: &str = "publications";

/// What is remembered of a publication, a row for each target.
///
/// # Errors
/// When the store fails.
pub fn remembered(store: &mut dyn Store, name: &str) -> Result<Vec<Publication>, PublishError> {
    let mut transaction = store.begin(LOCK)?;
    select(transaction.as_mut(), &[("publication", name.into())])
}

fn select(
    transaction: &mut dyn Transaction,
    equal: &[(&str, Value)],
) -> Result<Vec<Publication>, PublishError> {
    let rows = transaction.select(Publication::TABLE, equal)?;
    let fit = |mismatch| StoreError::Fit {
        table: Publication::TABLE.name.to_owned(),
        mismatch,
    };
    Ok(Publication::rows(&rows).map_err(fit)?)
}

/// Remembers a target, unless somebody else has written of it since it was as in `before`.
/// Gives whether it did.
///
/// # Errors
/// When the store fails; then all is as before.
pub fn exchange(
    store: &mut dyn Store,
    before: Option<&Publication>,
    after: &Publication,
) -> Result<bool, PublishError> {
    let mut transaction = store.begin(LOCK)?;
    let key = [
        ("publication", after.publication.as_str().into()),
        ("target", after.target.as_str().into()),
    ];
    if select(transaction.as_mut(), &key)?.first() != before {
        return Ok(false);
    }
    transaction.upsert(
        Publication::TABLE,
        &Publication::batch(std::slice::from_ref(after)),
    )?;
    transaction.commit()?;
    Ok(true)
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
