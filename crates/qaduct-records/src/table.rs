//! A table is a Rust struct.
//!
//! [`table!`](crate::table!) reads the fields and their doc comments once and
//! derives the rest: column names, types, nullability, descriptions, the key,
//! and the conversion to and from Arrow batches. DDL, documentation, JSON
//! Schema and database comments are made from [`Table`] elsewhere.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray, types::Date32Type,
};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use jiff::{Timestamp, civil::Date};

/// The types a column can have. There are few on purpose: every store has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnType {
    /// Unbounded UTF-8 text.
    Text,
    /// A signed 64-bit integer.
    Int,
    /// A 64-bit floating point number.
    Float,
    /// True or false.
    Bool,
    /// An instant in UTC, in microseconds.
    Timestamp,
    /// A day of the proleptic Gregorian calendar, without a time zone.
    Date,
}

impl ColumnType {
    /// The Arrow type that carries it between rooms.
    #[must_use]
    pub fn arrow(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Int => DataType::Int64,
            Self::Float => DataType::Float64,
            Self::Bool => DataType::Boolean,
            Self::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Self::Date => DataType::Date32,
        }
    }

    /// The word for it in documentation and in the heads of view files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Int => "int",
            Self::Float => "float",
            Self::Bool => "bool",
            Self::Timestamp => "timestamp",
            Self::Date => "date",
        }
    }

    /// The type of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [
            Self::Text,
            Self::Int,
            Self::Float,
            Self::Bool,
            Self::Timestamp,
            Self::Date,
        ]
        .into_iter()
        .find(|it| it.name() == name)
    }
}

/// A column of a table or a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name in SQL and JSON: lower case, digits, underscores.
    pub name: Cow<'static, str>,
    /// What it holds.
    pub kind: ColumnType,
    /// Whether it may be NULL, which is never the same as zero or empty.
    pub nullable: bool,
    /// What it means, for documentation and database comments.
    pub description: Cow<'static, str>,
}

impl Column {
    /// The Arrow field of this column.
    #[must_use]
    pub fn field(&self) -> Field {
        Field::new(self.name.as_ref(), self.kind.arrow(), self.nullable)
    }
}

/// A table: a name, what it is for, its columns and its natural key.
#[derive(Debug)]
pub struct Table {
    /// Its name in SQL.
    pub name: &'static str,
    /// What a row of it is.
    pub description: &'static str,
    /// Its columns in order.
    pub columns: &'static [Column],
    /// The names of the columns that identify a row.
    pub key: &'static [&'static str],
    /// The names of columns that say where a row came from. They are written with a
    /// row that is new or differs in another column; alone they make no difference.
    pub lineage: &'static [&'static str],
    /// Those of `lineage` that stay as they were when the row was new.
    pub once: &'static [&'static str],
}

impl Table {
    /// The Arrow schema of its batches.
    #[must_use]
    pub fn schema(&self) -> Arc<Schema> {
        schema_of(self.columns)
    }

    /// The column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// The Arrow schema of a list of columns.
#[must_use]
pub fn schema_of(columns: &[Column]) -> Arc<Schema> {
    Arc::new(Schema::new(
        columns.iter().map(Column::field).collect::<Vec<_>>(),
    ))
}

/// A struct that is a row of a table.
pub trait Row: Sized {
    /// The table it belongs to.
    const TABLE: &'static Table;

    /// Puts rows into one batch.
    fn batch<'r>(rows: impl IntoIterator<Item = &'r Self, IntoIter: Clone>) -> RecordBatch
    where
        Self: 'r;

    /// Takes the rows out of a batch; columns are found by name.
    ///
    /// # Errors
    /// When a column is missing, has another type or holds a word that its
    /// vocabulary does not know.
    fn rows(batch: &RecordBatch) -> Result<Vec<Self>, Mismatch>;
}

/// A batch that does not fit its table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column `{column}` holds something that is no {expected}")]
pub struct Mismatch {
    /// The column, where it is known.
    pub column: String,
    /// What was expected in it.
    pub expected: &'static str,
}

impl Mismatch {
    /// A mismatch whose column is not known yet.
    #[must_use]
    pub fn expected(expected: &'static str) -> Self {
        Self {
            column: String::new(),
            expected,
        }
    }

    /// The same mismatch, of this column.
    #[must_use]
    pub fn of(mut self, column: &str) -> Self {
        column.clone_into(&mut self.column);
        self
    }
}

/// A value that can stand in a column.
pub trait Cell: Sized {
    /// The type of the column.
    const TYPE: ColumnType;
    /// Whether the column may be NULL.
    const NULLABLE: bool;

    /// Makes a column of values.
    fn array(values: &mut dyn Iterator<Item = &Self>) -> ArrayRef;

    /// Takes the value of one row.
    ///
    /// # Errors
    /// When the array has another type, or is NULL where that is not allowed.
    fn cell(array: &dyn Array, row: usize) -> Result<Self, Mismatch>;
}

/// Implements [`Cell`] for a type and its option over one Arrow array.
macro_rules! cell {
    ($type:ty, $kind:ident, $array:ty, $value:ident => $into:expr, $from:expr, $finish:expr) => {
        impl Cell for $type {
            const TYPE: ColumnType = ColumnType::$kind;
            const NULLABLE: bool = false;

            fn array(values: &mut dyn Iterator<Item = &Self>) -> ArrayRef {
                let array: $array = values.map(|$value| Some($into)).collect();
                Arc::new($finish(array))
            }

            fn cell(array: &dyn Array, row: usize) -> Result<Self, Mismatch> {
                <Option<Self> as Cell>::cell(array, row)?
                    .ok_or(Mismatch::expected(ColumnType::$kind.name()))
            }
        }

        impl Cell for Option<$type> {
            const TYPE: ColumnType = ColumnType::$kind;
            const NULLABLE: bool = true;

            fn array(values: &mut dyn Iterator<Item = &Self>) -> ArrayRef {
                let array: $array = values.map(|it| it.as_ref().map(|$value| $into)).collect();
                Arc::new($finish(array))
            }

            fn cell(array: &dyn Array, row: usize) -> Result<Self, Mismatch> {
                let wrong = || Mismatch::expected(ColumnType::$kind.name());
                let array = array.as_any().downcast_ref::<$array>().ok_or_else(wrong)?;
                if array.is_null(row) {
                    return Ok(None);
                }
                let $value = array.value(row);
                ($from).map(Some).ok_or_else(wrong)
            }
        }
    };
}

cell!(String, Text, StringArray, it => it.as_str(), Some(it.to_owned()), |a| a);
cell!(i64, Int, Int64Array, it => *it, Some(it), |a| a);
cell!(f64, Float, Float64Array, it => *it, Some(it), |a| a);
cell!(bool, Bool, BooleanArray, it => *it, Some(it), |a| a);
cell!(
    Timestamp, Timestamp, TimestampMicrosecondArray,
    it => it.as_microsecond(),
    Timestamp::from_microsecond(it).ok(),
    |array: TimestampMicrosecondArray| array.with_timezone("UTC")
);
cell!(
    Date, Date, Date32Array,
    it => days_of(*it),
    date_of(it),
    |array| array
);

/// Days since 1970-01-01, as Arrow counts them.
#[must_use]
pub fn days_of(date: Date) -> <Date32Type as arrow_array::types::ArrowPrimitiveType>::Native {
    (date - EPOCH).get_days()
}

/// The day that is so many days after 1970-01-01, if the calendar has it.
#[must_use]
pub fn date_of(days: i32) -> Option<Date> {
    EPOCH
        .checked_add(jiff::Span::new().try_days(days).ok()?)
        .ok()
}

const EPOCH: Date = Date::constant(1970, 1, 1);

/// Declares a table as a struct. See the module for what is derived.
///
/// ```
/// qaduct_records::table! {
///     /// A door of the house.
///     pub struct Door in "doors" key ["number"] {
///         /// Its number.
///         pub number: i64,
///         /// The colour, where it has one.
///         pub colour: Option<String>,
///     }
/// }
/// use qaduct_records::Row;
/// assert_eq!(Door::TABLE.columns[1].description.trim(), "The colour, where it has one.");
/// assert!(Door::TABLE.columns[1].nullable);
/// ```
#[macro_export]
macro_rules! table {
    (
        $(#[doc = $about:literal])*
        $vis:vis struct $name:ident in $table:literal key [$($key:literal),* $(,)?] {
            $($(#[doc = $doc:literal])+ pub $field:ident : $type:ty,)+
        }
    ) => {
        $(#[doc = $about])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize)]
        $vis struct $name {
            $($(#[doc = $doc])+ pub $field: $type,)+
        }

        impl $crate::table::Row for $name {
            const TABLE: &'static $crate::table::Table = &$crate::table::Table {
                name: $table,
                description: concat!($($about, "\n"),*),
                columns: &[$($crate::table::Column {
                    name: std::borrow::Cow::Borrowed(stringify!($field)),
                    kind: <$type as $crate::table::Cell>::TYPE,
                    nullable: <$type as $crate::table::Cell>::NULLABLE,
                    description: std::borrow::Cow::Borrowed(concat!($($doc, "\n"),+)),
                }),+],
                key: &[$($key),*],
                lineage: &[],
                once: &[],
            };

            fn batch<'r>(
                rows: impl IntoIterator<Item = &'r Self, IntoIter: Clone>,
            ) -> $crate::RecordBatch {
                let rows = rows.into_iter();
                let columns = vec![$(
                    <$type as $crate::table::Cell>::array(&mut rows.clone().map(|row| &row.$field))
                ),+];
                $crate::table::batch_of(Self::TABLE, columns)
            }

            fn rows(batch: &$crate::RecordBatch) -> Result<Vec<Self>, $crate::table::Mismatch> {
                $(let $field = $crate::table::array_of(batch, stringify!($field))?;)+
                (0..batch.num_rows())
                    .map(|row| {
                        Ok(Self {
                            $($field: <$type as $crate::table::Cell>::cell($field, row)
                                .map_err(|it| it.of(stringify!($field)))?,)+
                        })
                    })
                    .collect()
            }
        }
    };
}

/// The batch of these columns; used by [`table!`](crate::table!).
///
/// # Panics
/// When the columns were not made by the table's own row type.
#[doc(hidden)]
#[must_use]
pub fn batch_of(table: &Table, columns: Vec<ArrayRef>) -> RecordBatch {
    RecordBatch::try_new(table.schema(), columns).expect("the columns come from the row type")
}

/// The column of that name; used by [`table!`](crate::table!).
///
/// # Errors
/// When the batch has no such column.
#[doc(hidden)]
pub fn array_of<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a dyn Array, Mismatch> {
    match batch.column_by_name(name) {
        Some(array) => Ok(array.as_ref()),
        None => Err(Mismatch::expected("column").of(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    table! {
        /// One of each type.
        struct Sample in "samples" key ["text"] {
            /// Text.
            pub text: String,
            /// A number.
            pub int: Option<i64>,
            /// A fraction.
            pub float: f64,
            /// A flag.
            pub flag: Option<bool>,
            /// An instant.
            pub at: Timestamp,
            /// A day.
            pub day: Option<Date>,
        }
    }

    proptest! {
        #[test]
        fn rows_survive_the_way_through_a_batch(
            text in ".*", int in any::<Option<i64>>(), float in -1e300..1e300f64,
            flag in any::<Option<bool>>(), at in 0..4_000_000_000_000_000i64,
            day in proptest::option::of(-700_000..2_900_000i32),
        ) {
            let row = Sample {
                text, int, float, flag,
                at: Timestamp::from_microsecond(at).unwrap(),
                day: day.and_then(date_of),
            };
            let batch = Sample::batch(std::slice::from_ref(&row));
            prop_assert_eq!(Sample::rows(&batch).unwrap(), vec![row]);
        }
    }

    #[test]
    fn a_table_knows_its_columns_their_types_and_what_they_mean() {
        let columns: Vec<_> = Sample::TABLE
            .columns
            .iter()
            .map(|it| {
                (
                    it.name.as_ref(),
                    it.kind,
                    it.nullable,
                    it.description.trim(),
                )
            })
            .collect();
        assert_eq!(columns[0], ("text", ColumnType::Text, false, "Text."));
        assert_eq!(columns[5], ("day", ColumnType::Date, true, "A day."));
    }

    #[test]
    fn a_batch_without_a_column_names_the_column() {
        let batch = Sample::batch(&[]).project(&[0, 1]).unwrap();
        assert_eq!(Sample::rows(&batch).unwrap_err().column, "float");
    }
}
