//! Reads the head of a view's file.
//!
//! ```text
//! -- What a row is, in a sentence or more.
//! --
//! -- @columns mute_declarations without line_start, line_end
//! -- @column branch text Branch, without `refs/heads/`.
//! -- @column gone_at timestamp? When a scan saw that it is gone; a text that does
//! --   not fit goes on in the next line.
//! SELECT …
//! ```
//!
//! `@columns` takes the columns of a table or an earlier view with their types and
//! texts. `@column` declares one: name, type (`?` where it may be NULL), text.

use std::borrow::Cow;

use qaduct_records::{Column, ColumnType, Table, View};

/// What is wrong with the head of a file.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("view `{view}`: {why}: `{line}`")]
pub(crate) struct BadHead {
    view: String,
    why: &'static str,
    line: String,
}

/// Reads a file whose columns may come from these tables and earlier views.
pub(crate) fn parse(
    name: &str,
    source: &str,
    tables: &[&Table],
    earlier: &[View],
) -> Result<View, BadHead> {
    let mut description = String::new();
    let mut columns: Vec<Column> = Vec::new();
    let mut rest = source;
    while let Some((line, behind)) = rest.split_once('\n') {
        let Some(text) = line.strip_prefix("--") else {
            break;
        };
        rest = behind;
        let text = text.trim();
        let bad = |why| BadHead {
            view: name.to_owned(),
            why,
            line: text.to_owned(),
        };
        if let Some(from) = text.strip_prefix("@columns ") {
            let (relation, without) = from.split_once(" without ").unwrap_or((from, ""));
            let without: Vec<_> = without.split(',').map(str::trim).collect();
            let taken = columns_of(relation, tables, earlier)
                .ok_or_else(|| bad("there is no such table or earlier view"))?;
            let unknown = |name: &&&str| !taken.iter().any(|column| column.name == **name);
            if without != [""] && without.iter().find(unknown).is_some() {
                return Err(bad("a column to leave out is not there"));
            }
            let left = |column: &&Column| !without.contains(&column.name.as_ref());
            columns.extend(taken.iter().filter(left).cloned());
        } else if let Some(declared) = text.strip_prefix("@column ") {
            columns.push(column(declared).map_err(bad)?);
        } else if text.starts_with('@') {
            return Err(bad("neither `@column` nor `@columns`"));
        } else if let Some(last) = columns.last_mut() {
            join(last.description.to_mut(), text);
        } else {
            join(&mut description, text);
        }
    }
    Ok(View {
        name: name.to_owned(),
        description,
        columns,
        sql: rest.trim().to_owned(),
    })
}

fn columns_of<'a>(
    relation: &str,
    tables: &[&'a Table],
    earlier: &'a [View],
) -> Option<&'a [Column]> {
    let table = tables.iter().find(|table| table.name == relation);
    let view = earlier.iter().find(|view| view.name == relation);
    table
        .map(|table| table.columns)
        .or(view.map(|view| view.columns.as_slice()))
}

fn column(declared: &str) -> Result<Column, &'static str> {
    let mut words = declared.splitn(3, ' ');
    let (Some(name), Some(kind), Some(text)) = (words.next(), words.next(), words.next()) else {
        return Err("not a name, a type and a text");
    };
    let (kind, nullable) = match kind.strip_suffix('?') {
        Some(kind) => (kind, true),
        None => (kind, false),
    };
    let kind = ColumnType::named(kind).ok_or("there is no such type")?;
    let text = text.trim().to_owned();
    Ok(Column {
        name: Cow::Owned(name.to_owned()),
        kind,
        nullable,
        description: Cow::Owned(text),
    })
}

/// Appends a line to a text.
fn join(text: &mut String, line: &str) {
    if !text.is_empty() && !line.is_empty() {
        text.push(' ');
    }
    text.push_str(line);
}

#[cfg(test)]
mod tests {
    use super::*;
    use qaduct_records::{Branch, Row as _};

    fn parsed(source: &str) -> Result<View, String> {
        parse("v_test", source, &[Branch::TABLE], &[]).map_err(|error| error.to_string())
    }

    #[test]
    fn a_head_documents_the_view_and_its_columns() {
        let view = parsed(
            "-- A branch,\n-- seen.\n--\n-- @column branch text Branch.\n\
             -- @column gone_at timestamp? When it went,\n--   if it did.\nSELECT 1 -- one\n",
        );
        let view = view.unwrap();
        assert_eq!(view.description, "A branch, seen.");
        let columns: Vec<_> = view
            .columns
            .iter()
            .map(|it| {
                (
                    it.name.as_ref(),
                    it.kind,
                    it.nullable,
                    it.description.as_ref(),
                )
            })
            .collect();
        assert_eq!(
            columns,
            [
                ("branch", ColumnType::Text, false, "Branch."),
                (
                    "gone_at",
                    ColumnType::Timestamp,
                    true,
                    "When it went, if it did."
                ),
            ]
        );
        assert_eq!(view.sql, "SELECT 1 -- one");
    }

    #[test]
    fn columns_come_from_a_table_without_some() {
        let view = parsed("-- A.\n-- @columns branches without rules, mutes\nSELECT 1\n").unwrap();
        assert_eq!(view.columns.len(), Branch::TABLE.columns.len() - 2);
        assert!(view.columns.iter().all(|column| column.name != "rules"));
    }

    #[test]
    fn what_is_wrong_with_a_head_is_named() {
        for (line, error) in [
            ("@columns nowhere", "there is no such table or earlier view"),
            (
                "@columns branches without none",
                "a column to leave out is not there",
            ),
            ("@column a number A.", "there is no such type"),
            ("@column a text", "not a name, a type and a text"),
            ("@colum a text A.", "neither `@column` nor `@columns`"),
        ] {
            let found = parsed(&format!("-- A.\n-- {line}\nSELECT 1\n")).unwrap_err();
            assert_eq!(found, format!("view `v_test`: {error}: `{line}`"));
        }
    }
}
