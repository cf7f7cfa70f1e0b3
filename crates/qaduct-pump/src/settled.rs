//! Tables that hold just what the configuration says.

use qaduct_records::{Row, Store};

use crate::PumpError;

/// Makes the rows of a table those given, and no others.
///
/// # Errors
/// When the store fails; then the table stays as it was.
pub fn replace<R: Row>(store: &mut dyn Store, rows: &[R]) -> Result<(), PumpError> {
    let batch = R::batch(rows);
    let mut transaction = store.begin("settings")?;
    let stored = transaction.select(R::TABLE, &[])?;
    if stored.num_rows() == batch.num_rows() {
        let written = transaction.upsert(R::TABLE, &batch)?;
        if written.inserted == 0 {
            return Ok(transaction.commit()?);
        }
    }
    transaction.delete(R::TABLE, &[])?;
    transaction.upsert(R::TABLE, &batch)?;
    Ok(transaction.commit()?)
}
