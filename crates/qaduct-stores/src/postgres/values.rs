//! Values on their way into PostgreSQL and out of it, in its binary form.

use std::error::Error;
use std::io;

use bytes::{BufMut, BytesMut};
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use qaduct_records::ColumnType;

use crate::cells::{Cell, Rows};
use crate::columns::Growing;
use crate::nul;

/// 2000-01-01, from which PostgreSQL counts, in microseconds and days since 1970.
const EPOCH_MICROS: i64 = 946_684_800_000_000;
const EPOCH_DAYS: i32 = 10_957;

/// The type that a column has in PostgreSQL.
pub(super) fn type_of(kind: ColumnType) -> Type {
    match kind {
        ColumnType::Text => Type::TEXT,
        ColumnType::Int => Type::INT8,
        ColumnType::Float => Type::FLOAT8,
        ColumnType::Bool => Type::BOOL,
        ColumnType::Timestamp => Type::TIMESTAMPTZ,
        ColumnType::Date => Type::DATE,
    }
}

/// Appends the binary form of a value that is not NULL.
fn put(cell: Cell<'_>, out: &mut impl BufMut) {
    match cell {
        Cell::Null => {}
        Cell::Text(text) => out.put_slice(nul::hide(text).as_bytes()),
        Cell::Int(int) => out.put_i64(int),
        Cell::Float(float) => out.put_f64(float),
        Cell::Bool(flag) => out.put_u8(flag.into()),
        Cell::Timestamp(micros) => out.put_i64(micros - EPOCH_MICROS),
        Cell::Date(days) => out.put_i32(days - EPOCH_DAYS),
    }
}

/// Appends a value with its length before it, as COPY and arrays have it.
fn put_sized(cell: Cell<'_>, out: &mut Vec<u8>) -> io::Result<()> {
    if cell == Cell::Null {
        out.put_i32(-1);
        return Ok(());
    }
    let start = out.len();
    out.put_i32(0);
    put(cell, out);
    let length = i32::try_from(out.len() - start - 4).map_err(io::Error::other)?;
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
    Ok(())
}

impl ToSql for Cell<'_> {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        let fits = match self {
            Cell::Null => return Ok(IsNull::Yes),
            Cell::Text(_) => matches!(*kind, Type::TEXT | Type::VARCHAR),
            Cell::Int(_) => *kind == Type::INT8,
            Cell::Float(_) => *kind == Type::FLOAT8,
            Cell::Bool(_) => *kind == Type::BOOL,
            Cell::Timestamp(_) => *kind == Type::TIMESTAMPTZ,
            Cell::Date(_) => *kind == Type::DATE,
        };
        if !fits {
            return Err(format!("a filter has a value that is no {kind}").into());
        }
        put(*self, out);
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// One column of rows as an array.
pub(super) struct Array<'r, 'a> {
    pub(super) rows: &'r Rows<'a>,
    pub(super) column: usize,
    pub(super) kind: ColumnType,
}

impl std::fmt::Debug for Array<'_, '_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "array of {}", self.kind.name())
    }
}

impl ToSql for Array<'_, '_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        out.put_i32(1); // dimensions
        out.put_i32(1); // there may be NULL
        out.put_u32(type_of(self.kind).oid());
        out.put_i32(i32::try_from(self.rows.len())?);
        out.put_i32(1); // the first index
        let mut value = Vec::new();
        for row in 0..self.rows.len() {
            value.clear();
            put_sized(self.rows.cell(row, self.column), &mut value)?;
            out.put_slice(&value);
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// Starts a binary COPY.
pub(super) fn put_copy_head(out: &mut Vec<u8>) {
    out.put_slice(b"PGCOPY\n\xff\r\n\0");
    out.put_i32(0); // flags
    out.put_i32(0); // length of the extension
}

/// Appends a row to a binary COPY.
pub(super) fn put_copy_row(rows: &Rows<'_>, row: usize, out: &mut Vec<u8>) -> io::Result<()> {
    out.put_i16(rows.width().try_into().map_err(io::Error::other)?);
    (0..rows.width()).try_for_each(|column| put_sized(rows.cell(row, column), out))
}

/// Ends a binary COPY.
pub(super) fn put_copy_tail(out: &mut Vec<u8>) {
    out.put_i16(-1);
}

/// A value as the server sent it.
pub(super) struct Raw<'r>(&'r [u8]);

impl<'r> FromSql<'r> for Raw<'r> {
    fn from_sql(_: &Type, raw: &'r [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl Raw<'_> {
    /// Appends it to a column of the type that [`type_of`] gave; false where it does not fit.
    pub(super) fn push(&self, growing: &mut Growing) -> bool {
        match growing {
            Growing::Text(column) => match std::str::from_utf8(self.0) {
                Ok(text) => column.append_value(nul::show(text)),
                Err(_) => return false,
            },
            Growing::Int(column) => match self.0.try_into() {
                Ok(bytes) => column.append_value(i64::from_be_bytes(bytes)),
                Err(_) => return false,
            },
            Growing::Float(column) => match self.0.try_into() {
                Ok(bytes) => column.append_value(f64::from_be_bytes(bytes)),
                Err(_) => return false,
            },
            Growing::Bool(column) => match self.0 {
                [flag] => column.append_value(*flag == 1),
                _ => return false,
            },
            Growing::Timestamp(column) => {
                let micros = self.0.try_into().map(i64::from_be_bytes).ok();
                match micros.and_then(|it| it.checked_add(EPOCH_MICROS)) {
                    Some(micros) => column.append_value(micros),
                    None => return false,
                }
            }
            Growing::Date(column) => {
                let days = self.0.try_into().map(i32::from_be_bytes).ok();
                match days.and_then(|it| it.checked_add(EPOCH_DAYS)) {
                    Some(days) => column.append_value(days),
                    None => return false,
                }
            }
        }
        true
    }
}
