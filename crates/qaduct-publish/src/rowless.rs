//! A store without rows, for whoever asks whether settings fit and not what is stored.
//!
//! Answers each query with its columns and no row. Reads nothing; writes nothing.

use qaduct_records::values::batch_of_values;
use qaduct_records::{Query, Reader, RecordBatch, StoreError};

/// See the head of this file.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Rowless;

impl Reader for Rowless {
    fn query(&mut self, query: &Query) -> Result<RecordBatch, StoreError> {
        let columns = vec![Vec::new(); query.columns.len()];
        batch_of_values(&query.columns, columns).map_err(|mismatch| StoreError::Fit {
            table: query.relation.clone(),
            mismatch,
        })
    }

    fn count(&mut self, _: &Query) -> Result<u64, StoreError> {
        Ok(0)
    }

    fn version(&mut self) -> Result<String, StoreError> {
        Ok(String::new())
    }
}
