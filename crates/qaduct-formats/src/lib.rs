//! From rows to bytes: the same bytes in a file, over HTTP and on a page.
//!
//! * [`cells`]: the cells of a batch, typed.
//! * [`json`], [`csv`]: a row in a format.
//! * [`rows`]: a batch as a whole document.
//! * [`parquet`](mod@parquet): a batch as a Parquet file.
//!
//! Reads Arrow batches; writes to whatever takes bytes.

pub mod cells;
pub mod csv;
pub mod json;
pub mod parquet;
pub mod rows;

pub use cells::Cells;
