//! The tables of what rules of the configuration find in pulled rows.

use jiff::Timestamp;

use crate::table;

table! {
    /// A value that a rule of the configuration found in a pulled row: a release in a
    /// whiteboard, a custom field, a label that means something. A row in which a rule
    /// finds nothing has none here; nothing is never 0.
    pub struct Extract in "extracts"
    key ["source", "table_name", "row_key", "rule", "name", "ordinal"] {
        /// Name of the configured source of the row.
        pub source: String,
        /// The table of the row.
        pub table_name: String,
        /// Key of the row, without the source, as text.
        pub row_key: String,
        /// Name of the rule: `[[extract]]`.
        pub rule: String,
        /// What was found; views ask for values by this name.
        pub name: String,
        /// Number among what the rule found in the row, from 0. Values that were found
        /// together have the same.
        pub ordinal: i64,
        /// The value as text.
        pub value: String,
        /// The value as a number, where it is one; of a version, its first number.
        pub number: Option<f64>,
        /// The value as an instant, where it is one; of a day, its beginning in UTC.
        pub instant: Option<Timestamp>,
    }
}

table! {
    /// How far a rule was applied.
    pub struct Applied in "extract_rules" key ["rule"] {
        /// Name of the rule.
        pub rule: String,
        /// Digest of what it says; with another one it is applied to all rows again.
        pub digest: String,
        /// When it was applied last.
        pub applied_at: Timestamp,
    }
}
