//! JSON: rows as objects.

use std::io::Write as _;

use qaduct_records::StoreError;

use crate::cells::{Cells, day, instant};

/// What becomes of a NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nulls {
    /// It is written as `null`.
    Keep,
    /// Its key is left out.
    Omit,
}

/// The keys of an object, quoted, each with a comma before it and a colon after it.
#[derive(Clone)]
pub struct Keys(Vec<Key>);

#[derive(Clone)]
struct Key {
    alone: Vec<u8>,
    with_null: Vec<u8>,
}

impl Keys {
    /// The keys of these columns.
    pub fn of<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let key = |name: &str| {
            let mut alone = vec![b','];
            text(&mut alone, name);
            alone.push(b':');
            let with_null = [alone.as_slice(), b"null"].concat();
            Key { alone, with_null }
        };
        Self(names.map(key).collect())
    }
}

/// Appends the object of a row.
pub fn object(
    out: &mut Vec<u8>,
    keys: &Keys,
    cells: &[&Cells<'_>],
    row: usize,
    nulls: Nulls,
) -> Result<(), StoreError> {
    let begin = out.len();
    for (key, cells) in keys.0.iter().zip(cells) {
        if !cells.is_null(row) {
            out.extend_from_slice(&key.alone);
            value(out, cells, row)?;
        } else if nulls == Nulls::Keep {
            out.extend_from_slice(&key.with_null);
        }
    }
    // The comma before the first key becomes the brace.
    match out.get_mut(begin) {
        Some(comma) => *comma = b'{',
        None => out.push(b'{'),
    }
    out.push(b'}');
    Ok(())
}

fn value(out: &mut Vec<u8>, cells: &Cells<'_>, row: usize) -> Result<(), StoreError> {
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
pub fn text(out: &mut Vec<u8>, text: &str) {
    // Most texts want nothing, and a fold over all bytes is cheaper than a
    // search that may stop at each.
    let is_special = |byte: u8| (byte < b' ') | (byte == b'"') | (byte == b'\\');
    if text
        .bytes()
        .fold(false, |found, byte| found | is_special(byte))
    {
        serde_json::to_writer(out, text).expect("memory takes every text");
    } else {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    }
}

fn number(out: &mut Vec<u8>, number: &impl serde::Serialize) {
    serde_json::to_writer(out, number).expect("memory takes every number");
}

fn quoted(out: &mut Vec<u8>, value: &impl std::fmt::Display) {
    write!(out, "\"{value}\"").expect("memory takes every text");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_escaped_as_a_library_does_it() {
        for sample in [
            "",
            "plain",
            "\"",
            "\\",
            "a\nb",
            "\u{0}",
            "\u{1f}",
            " ",
            "\u{7f}\u{2028}🦀",
            "ẞ\"",
        ] {
            let mut out = Vec::new();
            text(&mut out, sample);
            assert_eq!(
                String::from_utf8(out).unwrap(),
                serde_json::to_string(sample).unwrap()
            );
        }
    }
}
