//! CSV as RFC 4180 has it: lines end with CR LF, quotation marks are doubled.
//!
//! NULL is an empty field, an empty text is `""`. A text that a spreadsheet
//! would take for a formula begins with an apostrophe.

use std::io::Write as _;

use qaduct_records::StoreError;

use crate::cells::{Cells, day, instant};

/// Appends the names of the columns.
pub fn head<'a>(out: &mut Vec<u8>, names: impl Iterator<Item = &'a str>) {
    for (n, name) in names.enumerate() {
        if n > 0 {
            out.push(b',');
        }
        text(out, name);
    }
    out.extend_from_slice(b"\r\n");
}

/// Appends the line of a row.
pub fn line(out: &mut Vec<u8>, cells: &[Cells<'_>], row: usize) -> Result<(), StoreError> {
    for (n, cells) in cells.iter().enumerate() {
        if n > 0 {
            out.push(b',');
        }
        if cells.is_null(row) {
            continue;
        }
        match cells {
            Cells::Text(array) => text(out, array.value(row)),
            Cells::Int(array) => plain(out, &array.value(row)),
            Cells::Float(array) => plain(out, &format_args!("{:?}", array.value(row))),
            Cells::Bool(array) => plain(out, &array.value(row)),
            Cells::Timestamp(array) => plain(out, &instant(array.value(row))?),
            Cells::Date(array) => plain(out, &day(array.value(row))?),
        }
    }
    out.extend_from_slice(b"\r\n");
    Ok(())
}

fn plain(out: &mut Vec<u8>, value: &impl std::fmt::Display) {
    write!(out, "{value}").expect("memory takes every text");
}

fn text(out: &mut Vec<u8>, text: &str) {
    let is_formula = matches!(
        text.as_bytes().first(),
        Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r')
    );
    let is_special = |byte: u8| (byte == b'"') | (byte == b',') | (byte == b'\r') | (byte == b'\n');
    let is_quoted = text.is_empty()
        || text
            .bytes()
            .fold(false, |found, byte| found | is_special(byte));
    if is_quoted {
        out.push(b'"');
    }
    if is_formula {
        out.push(b'\'');
    }
    if is_quoted {
        out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
        out.push(b'"');
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(field: &str) -> String {
        let mut out = Vec::new();
        text(&mut out, field);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn fields_are_quoted_where_they_must_be() {
        assert_eq!(written("plain text"), "plain text");
        assert_eq!(written(""), "\"\"");
        assert_eq!(written("a,b"), "\"a,b\"");
        assert_eq!(written("say \"no\"\r\nnow"), "\"say \"\"no\"\"\r\nnow\"");
    }

    #[test]
    fn a_formula_is_no_formula_any_more() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(written(formula).trim_matches('"'), format!("'{formula}"));
        }
        assert_eq!(written("1=1"), "1=1");
    }
}
