//! JSON: rows as objects.

use std::io::Write as _;

use super::{Cells, day, instant};
use crate::error::Failure;

/// What becomes of a NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nulls {
    /// It is written as `null`.
    Keep,
    /// Its key is left out.
    Omit,
}

/// The keys of an object, quoted, each with its colon.
#[derive(Clone)]
pub(crate) struct Keys(Vec<String>);

impl Keys {
    pub(crate) fn of<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let key = |name: &str| {
            let mut key = Vec::new();
            text(&mut key, name);
            key.push(b':');
            String::from_utf8(key).expect("JSON is UTF-8")
        };
        Self(names.map(key).collect())
    }
}

/// Appends the object of a row.
pub(crate) fn object(
    out: &mut Vec<u8>,
    keys: &Keys,
    cells: &[&Cells<'_>],
    row: usize,
    nulls: Nulls,
) -> Result<(), Failure> {
    out.push(b'{');
    let mut is_first = true;
    for (key, cells) in keys.0.iter().zip(cells) {
        let is_null = cells.is_null(row);
        if is_null && nulls == Nulls::Omit {
            continue;
        }
        if !is_first {
            out.push(b',');
        }
        is_first = false;
        out.extend_from_slice(key.as_bytes());
        if is_null {
            out.extend_from_slice(b"null");
        } else {
            value(out, cells, row)?;
        }
    }
    out.push(b'}');
    Ok(())
}

fn value(out: &mut Vec<u8>, cells: &Cells<'_>, row: usize) -> Result<(), Failure> {
    match cells {
        Cells::Text(array) => text(out, array.value(row)),
        Cells::Int(array) => number(out, &array.value(row)),
        // A float is written with its point, `1.0`, from which readers infer its type.
        Cells::Float(array) => number(out, &array.value(row)),
        Cells::Bool(array) => {
            out.extend_from_slice(if array.value(row) { b"true" } else { b"false" })
        }
        Cells::Timestamp(array) => quoted(out, &instant(array.value(row))?),
        Cells::Date(array) => quoted(out, &day(array.value(row))?),
    }
    Ok(())
}

/// Appends a text with what JSON wants escaped.
pub(crate) fn text(out: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(out, text).expect("memory takes every text");
}

fn number(out: &mut Vec<u8>, number: &impl serde::Serialize) {
    serde_json::to_writer(out, number).expect("memory takes every number");
}

fn quoted(out: &mut Vec<u8>, value: &impl std::fmt::Display) {
    write!(out, "\"{value}\"").expect("memory takes every text");
}
