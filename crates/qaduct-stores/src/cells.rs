//! A batch, typed once and checked against its table: what every store writes from.

use std::collections::HashSet;
use std::hash::{Hash, Hasher};

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{
    Array, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use qaduct_records::table::Mismatch;
use qaduct_records::{Column, ColumnType, StoreError, Table, Value};

use crate::moment;

/// One value, borrowed.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub(crate) enum Cell<'a> {
    Null,
    Text(&'a str),
    Int(i64),
    Float(f64),
    Bool(bool),
    /// Microseconds since 1970.
    Timestamp(i64),
    /// Days since 1970.
    Date(i32),
}

impl<'a> From<&'a Value> for Cell<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Text(text) => Self::Text(text),
            Value::Int(int) => Self::Int(*int),
            Value::Float(float) => Self::Float(*float),
            Value::Bool(flag) => Self::Bool(*flag),
            Value::Timestamp(at) => Self::Timestamp(moment::nearest(*at)),
            Value::Date(day) => Self::Date(moment::nearest_day(*day)),
        }
    }
}

/// One column of a batch.
enum Cells<'a> {
    Text(&'a StringArray),
    Int(&'a Int64Array),
    Float(&'a Float64Array),
    Bool(&'a BooleanArray),
    Timestamp(&'a TimestampMicrosecondArray),
    Date(&'a Date32Array),
}

impl<'a> Cells<'a> {
    fn of(column: &Column, array: &'a dyn Array) -> Result<Self, Mismatch> {
        let wrong = |expected| Mismatch::expected(expected).of(&column.name);
        if array.data_type() != &column.kind.arrow() {
            return Err(wrong(column.kind.name()));
        }
        if !column.nullable && array.null_count() > 0 {
            return Err(wrong("value, but NULL"));
        }
        Ok(match column.kind {
            ColumnType::Text => Self::Text(array.as_string()),
            ColumnType::Int => Self::Int(array.as_primitive::<Int64Type>()),
            ColumnType::Float => Self::Float(array.as_primitive::<Float64Type>()),
            ColumnType::Bool => Self::Bool(array.as_boolean()),
            ColumnType::Timestamp => {
                let array = array.as_primitive::<TimestampMicrosecondType>();
                if !array.iter().flatten().all(moment::fits) {
                    return Err(wrong("timestamp of the years 1 to 9999"));
                }
                Self::Timestamp(array)
            }
            ColumnType::Date => {
                let array = array.as_primitive::<Date32Type>();
                if !array.iter().flatten().all(moment::day_fits) {
                    return Err(wrong("date of the years 1 to 9999"));
                }
                Self::Date(array)
            }
        })
    }

    fn at(&self, row: usize) -> Cell<'a> {
        macro_rules! cell {
            ($array:ident, $kind:ident) => {
                if $array.is_null(row) {
                    Cell::Null
                } else {
                    Cell::$kind($array.value(row))
                }
            };
        }
        match self {
            Self::Text(array) => cell!(array, Text),
            Self::Int(array) => cell!(array, Int),
            Self::Float(array) => cell!(array, Float),
            Self::Bool(array) => cell!(array, Bool),
            Self::Timestamp(array) => cell!(array, Timestamp),
            Self::Date(array) => cell!(array, Date),
        }
    }
}

/// The rows of a batch that are to be written, with the columns in the table's order.
pub(crate) struct Rows<'a> {
    columns: Vec<Cells<'a>>,
    /// The rows, where some are left out.
    chosen: Option<Vec<usize>>,
    len: usize,
}

impl<'a> Rows<'a> {
    /// Checks a batch against its table. Of rows with the same key only the last is kept;
    /// where there is no key, all are.
    pub(crate) fn of(table: &Table, batch: &'a RecordBatch) -> Result<Self, StoreError> {
        let mut rows = Self::all(table, batch)?;
        let key: Vec<_> = table
            .key
            .iter()
            .filter_map(|name| table.columns.iter().position(|column| column.name == *name))
            .collect();
        if !key.is_empty() {
            rows.keep_last_of_each(&key);
        }
        Ok(rows)
    }

    /// Checks a batch against its table and keeps every row.
    pub(crate) fn all(table: &Table, batch: &'a RecordBatch) -> Result<Self, StoreError> {
        let fit = |mismatch| StoreError::Fit {
            table: table.name.to_owned(),
            mismatch,
        };
        for field in batch.schema().fields() {
            if table.column(field.name()).is_none() {
                let mismatch = Mismatch::expected("column of the table").of(field.name());
                return Err(fit(mismatch));
            }
        }
        let columns = table.columns.iter().map(|column| {
            let array = batch
                .column_by_name(&column.name)
                .ok_or_else(|| Mismatch::expected("column").of(&column.name))?;
            Cells::of(column, array.as_ref())
        });
        let columns = columns.collect::<Result<_, _>>().map_err(fit)?;
        Ok(Self {
            columns,
            chosen: None,
            len: batch.num_rows(),
        })
    }

    fn keep_last_of_each(&mut self, key: &[usize]) {
        let columns = &self.columns;
        let key_of = |row| Key { columns, key, row };
        // Most sources give rows in the order of their keys; then no two are the same.
        if (1..self.len).all(|row| key_of(row - 1).cells().lt(key_of(row).cells())) {
            return;
        }
        let mut seen = HashSet::with_capacity(self.len);
        let mut chosen: Vec<usize> = (0..self.len)
            .rev()
            .filter(|&row| seen.insert(key_of(row)))
            .collect();
        if chosen.len() < self.len {
            chosen.reverse();
            self.len = chosen.len();
            self.chosen = Some(chosen);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn width(&self) -> usize {
        self.columns.len()
    }

    pub(crate) fn cell(&self, row: usize, column: usize) -> Cell<'a> {
        let row = self.chosen.as_ref().map_or(row, |chosen| chosen[row]);
        self.columns[column].at(row)
    }
}

/// The key of one row.
struct Key<'r, 'a> {
    columns: &'r [Cells<'a>],
    key: &'r [usize],
    row: usize,
}

impl Key<'_, '_> {
    fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        self.key
            .iter()
            .map(|&column| self.columns[column].at(self.row))
    }
}

impl PartialEq for Key<'_, '_> {
    fn eq(&self, other: &Self) -> bool {
        self.cells().eq(other.cells())
    }
}

impl Eq for Key<'_, '_> {}

impl Hash for Key<'_, '_> {
    fn hash<H: Hasher>(&self, hash: &mut H) {
        for cell in self.cells() {
            match cell {
                // Equal numbers may differ in their bits, and nobody has a number as a key.
                Cell::Null | Cell::Float(_) => {}
                Cell::Text(text) => text.hash(hash),
                Cell::Int(it) | Cell::Timestamp(it) => it.hash(hash),
                Cell::Bool(it) => it.hash(hash),
                Cell::Date(it) => it.hash(hash),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use qaduct_records::{Row, table};

    table! {
        /// A door.
        struct Door in "doors" key ["house", "number"] {
            /// House.
            pub house: String,
            /// Number.
            pub number: i64,
            /// Colour.
            pub colour: Option<String>,
            /// Painted.
            pub painted: Option<jiff::civil::Date>,
        }
    }

    fn door(number: i64, colour: &str) -> Door {
        let (house, colour) = ("a".to_owned(), Some(colour.to_owned()));
        Door {
            house,
            number,
            colour,
            painted: None,
        }
    }

    #[test]
    fn of_rows_with_the_same_key_the_last_is_written() {
        for (doors, written) in [
            (
                [(1, "red"), (2, "blue"), (1, "green")],
                &["blue", "green"][..],
            ),
            ([(1, "red"), (1, "green"), (2, "blue")], &["green", "blue"]),
            (
                [(1, "red"), (2, "green"), (3, "blue")],
                &["red", "green", "blue"],
            ),
        ] {
            let batch = Door::batch(&doors.map(|(number, colour)| door(number, colour)));
            let rows = Rows::of(Door::TABLE, &batch).unwrap();
            let colours = (0..rows.len()).map(|row| rows.cell(row, 2));
            assert!(colours.eq(written.iter().map(|it| Cell::Text(it))));
        }
    }

    #[test]
    fn a_batch_that_does_not_fit_names_the_column() {
        let batch = Door::batch(&[door(1, "red")]);
        let without = batch.project(&[0, 1, 2]).unwrap();
        let message = |batch| Rows::of(Door::TABLE, batch).err().unwrap().to_string();
        assert_eq!(
            message(&without),
            "rows do not fit table `doors`: column `painted` holds something that is no column"
        );
        table! {
            /// Another.
            struct Gate in "gates" key ["house"] {
                /// House.
                pub house: String,
                /// Width.
                pub width: i64,
            }
        }
        let gates = Gate::batch(&[]);
        assert!(message(&gates).contains("`width` holds something that is no column of the table"));
    }
}
