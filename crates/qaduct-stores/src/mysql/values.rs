//! Values on their way into MySQL and out of it.

use std::fmt;
use std::io::Write as _;

use jiff::tz::Offset;
use jiff::{Timestamp, civil};
use mysql::Value;
use qaduct_records::table::{Mismatch, date_of, days_of};
use qaduct_records::{Column, ColumnType, Table};

use super::extremes;
use crate::cells::{Cell, Rows};
use crate::columns::Growing;
use crate::moment;

/// Refuses what no column can hold.
pub(super) fn check(table: &Table, rows: &Rows<'_>) -> Result<(), Mismatch> {
    for (n, column) in table.columns.iter().enumerate() {
        if column.kind != ColumnType::Float {
            continue;
        }
        for row in 0..rows.len() {
            if let Cell::Float(number) = rows.cell(row, n)
                && extremes::hide(number).is_none()
            {
                return Err(Mismatch::expected(extremes::EXPECTED).of(&column.name));
            }
        }
    }
    Ok(())
}

/// A number as it is stored, or the nearest one.
fn hidden(number: f64) -> f64 {
    extremes::hide(number).unwrap_or(number)
}

/// A value as a parameter.
pub(super) fn parameter(cell: Cell<'_>) -> Value {
    match cell {
        Cell::Null => Value::NULL,
        Cell::Text(text) => Value::Bytes(text.as_bytes().to_vec()),
        Cell::Int(int) => Value::Int(int),
        Cell::Float(number) => Value::Double(hidden(number)),
        Cell::Bool(flag) => Value::Int(flag.into()),
        Cell::Timestamp(micros) => {
            let at = Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH);
            let at = Offset::UTC.to_datetime(at);
            let [hour, minute, second] = [at.hour(), at.minute(), at.second()].map(small);
            let micros = at.subsec_nanosecond().unsigned_abs() / 1000;
            let (year, month, day) = parts(at.date());
            Value::Date(year, month, day, hour, minute, second, micros)
        }
        Cell::Date(days) => {
            let (year, month, day) = parts(date_of(days).unwrap_or(civil::Date::ZERO));
            Value::Date(year, month, day, 0, 0, 0, 0)
        }
    }
}

fn parts(day: civil::Date) -> (u16, u8, u8) {
    (
        day.year().unsigned_abs(),
        small(day.month()),
        small(day.day()),
    )
}

fn small(number: i8) -> u8 {
    number.unsigned_abs()
}

/// How the server is to read what [`put_row`] wrote.
pub(super) const FORMAT: &str = "CHARACTER SET utf8mb4 FIELDS TERMINATED BY '\\t' ENCLOSED BY '' ESCAPED BY '\\\\' \
     LINES TERMINATED BY '\\n' STARTING BY ''";

/// Appends a row for `LOAD DATA`.
pub(super) fn put_row(rows: &Rows<'_>, row: usize, out: &mut Vec<u8>) {
    for column in 0..rows.width() {
        if column > 0 {
            out.push(b'\t');
        }
        match rows.cell(row, column) {
            Cell::Null => out.extend_from_slice(b"\\N"),
            Cell::Text(text) => put_text(text, out),
            Cell::Int(int) => put_number(format_args!("{int}"), out),
            Cell::Float(number) => put_number(format_args!("{:e}", hidden(number)), out),
            Cell::Bool(flag) => out.push(if flag { b'1' } else { b'0' }),
            Cell::Timestamp(micros) => {
                let text = moment::text(micros);
                out.extend_from_slice(text.trim_end_matches('Z').as_bytes());
            }
            Cell::Date(days) => out.extend_from_slice(moment::day_text(days).as_bytes()),
        }
    }
    out.push(b'\n');
}

fn put_number(number: fmt::Arguments<'_>, out: &mut Vec<u8>) {
    out.write_fmt(number).expect("memory takes it");
}

fn put_text(text: &str, out: &mut Vec<u8>) {
    let special = |byte: u8| matches!(byte, b'\\' | b'\t' | b'\n' | b'\r' | 0);
    // Without a way out of the loop it takes many bytes at once.
    let any = text.bytes().fold(false, |any, byte| any | special(byte));
    let mut rest = text.as_bytes();
    while let Some(at) = any
        .then(|| rest.iter().position(|it| special(*it)))
        .flatten()
    {
        out.extend_from_slice(&rest[..at]);
        out.push(b'\\');
        out.push(match rest[at] {
            b'\t' => b't',
            b'\n' => b'n',
            b'\r' => b'r',
            0 => b'0',
            other => other,
        });
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
}

/// Appends an answered value; false where it does not fit.
///
/// Views may answer with wider types than they declare: a sum of integers is a
/// decimal, a comparison an integer.
pub(super) fn push(growing: &mut Growing, value: Value) -> bool {
    match (growing, value) {
        (growing, Value::NULL) => growing.push_null(),
        (Growing::Text(column), Value::Bytes(bytes)) => match String::from_utf8(bytes) {
            Ok(text) => column.append_value(text),
            Err(_) => return false,
        },
        (Growing::Int(column), value) => match whole(&value) {
            Some(int) => column.append_value(int),
            None => return false,
        },
        (Growing::Bool(column), value) => match whole(&value) {
            Some(flag @ (0 | 1)) => column.append_value(flag == 1),
            _ => return false,
        },
        (Growing::Float(column), value) => match fraction(&value) {
            Some(number) => column.append_value(number),
            None => return false,
        },
        (Growing::Timestamp(column), value) => match instant(&value) {
            Some(micros) => column.append_value(micros),
            None => return false,
        },
        (Growing::Date(column), Value::Date(year, month, day, 0, 0, 0, 0)) => {
            match date(year, month, day) {
                Some(day) => column.append_value(days_of(day)),
                None => return false,
            }
        }
        _ => return false,
    }
    true
}

fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Int(int) => Some(*int),
        Value::UInt(int) => (*int).try_into().ok(),
        Value::Bytes(digits) => std::str::from_utf8(digits).ok()?.parse().ok(),
        _ => None,
    }
}

fn fraction(value: &Value) -> Option<f64> {
    match value {
        Value::Double(number) => Some(extremes::show(*number)),
        Value::Float(number) => Some(f64::from(*number)),
        Value::Bytes(digits) => std::str::from_utf8(digits).ok()?.parse().ok(),
        _ => None,
    }
}

fn instant(value: &Value) -> Option<i64> {
    let Value::Date(year, month, day, hour, minute, second, micros) = value else {
        return None;
    };
    let seconds = i64::from(days_of(date(*year, *month, *day)?)) * 86_400
        + i64::from(*hour) * 3600
        + i64::from(*minute) * 60
        + i64::from(*second);
    Some(seconds * 1_000_000 + i64::from(*micros))
}

fn date(year: u16, month: u8, day: u8) -> Option<civil::Date> {
    civil::Date::new(
        year.try_into().ok()?,
        month.try_into().ok()?,
        day.try_into().ok()?,
    )
    .ok()
}

/// What is wrong with a value of this column.
pub(super) fn misfit(column: &Column) -> String {
    let (name, kind) = (&column.name, column.kind.name());
    format!("column `{name}` holds a value that is no {kind}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use qaduct_records::{Row as _, table};

    table! {
        /// A line.
        struct Line in "lines" key ["text"] {
            /// Text.
            pub text: String,
            /// More text.
            pub more: Option<String>,
            /// A number.
            pub number: f64,
            /// A flag.
            pub flag: Option<bool>,
            /// An instant.
            pub at: Timestamp,
            /// A day.
            pub day: civil::Date,
        }
    }

    #[test]
    fn a_row_is_a_line_whatever_is_in_its_text() {
        let line = Line {
            text: "a\tb\nc\\N\0\r😀".to_owned(),
            more: None,
            number: 1e-7,
            flag: Some(true),
            at: "2026-01-02T03:04:05.000006Z".parse().unwrap(),
            day: "0001-02-03".parse().unwrap(),
        };
        let batch = Line::batch(&[line]);
        let rows = Rows::of(Line::TABLE, &batch).unwrap();
        let mut out = Vec::new();
        put_row(&rows, 0, &mut out);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "a\\tb\\nc\\\\N\\0\\r😀\t\\N\t1e-7\t1\t2026-01-02T03:04:05.000006\t0001-02-03\n"
        );
    }
}
