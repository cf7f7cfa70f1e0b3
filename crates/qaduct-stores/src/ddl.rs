//! The statements that create tables and views, from their declarations.

use qaduct_records::{Column, StoreError, Table, View};

use crate::dialect::{Comments, Dialect, list, quote};

/// The statements that create a table and describe it.
pub(crate) fn create_table(dialect: &Dialect, table: &Table) -> Result<Vec<String>, StoreError> {
    let name = relation(table.name)?;
    let mut columns = String::new();
    for column in table.columns {
        let required = !column.nullable || table.key.contains(&column.name.as_ref());
        let required = if required { " NOT NULL" } else { "" };
        columns += &inline(dialect, "  ", &column.description);
        columns += &["  ", &column_definition(dialect, column)?, required, ",\n"].concat();
    }
    let about = inline(dialect, "", table.description);
    let key = list(table.key.iter().copied())?;
    let create = "CREATE TABLE IF NOT EXISTS";
    let sql = format!("{about}{create} {name} (\n{columns}  PRIMARY KEY ({key})\n)");
    let mut statements = vec![sql];
    statements.extend(comments(
        dialect,
        "TABLE",
        &name,
        table.description,
        table.columns,
    )?);
    Ok(statements)
}

/// The statements that add a column to a table that has rows.
pub(crate) fn add_column(
    dialect: &Dialect,
    table: &Table,
    column: &Column,
) -> Result<Vec<String>, StoreError> {
    let name = relation(table.name)?;
    let definition = column_definition(dialect, column)?;
    let mut statements = vec![format!("ALTER TABLE {name} ADD COLUMN {definition}")];
    let described = comments(dialect, "TABLE", &name, table.description, table.columns)?;
    let column = format!("COMMENT ON COLUMN {name}.{} ", quote(&column.name)?);
    statements.extend(described.into_iter().filter(|it| it.starts_with(&column)));
    Ok(statements)
}

/// The statements that create a view and describe it.
///
/// The view takes its columns by name out of its SELECT, so that order and
/// types are those declared and a column that is missing is an error here.
pub(crate) fn create_view(
    dialect: &Dialect,
    view: &View,
    replace: bool,
) -> Result<Vec<String>, StoreError> {
    let name = quote(&view.name)?;
    let columns = view
        .columns
        .iter()
        .map(|column| dialect.view_column(column));
    let columns = columns.collect::<Result<Vec<_>, _>>()?.join(",\n  ");
    let create = if replace {
        "CREATE OR REPLACE VIEW"
    } else {
        "CREATE VIEW"
    };
    let about = inline(dialect, "", &view.description);
    let select = dialect.select_of(view)?;
    let sql = format!("{about}{create} {name} AS\nSELECT\n  {columns}\nFROM (\n{select}\n) AS q");
    let mut statements = vec![sql];
    statements.extend(comments(
        dialect,
        "VIEW",
        &name,
        &view.description,
        &view.columns,
    )?);
    Ok(statements)
}

/// A table's name in quotes; `schema.name` has both parts quoted.
pub(crate) fn relation(name: &str) -> Result<String, StoreError> {
    match name.split_once('.') {
        Some((schema, name)) => Ok(format!("{}.{}", quote(schema)?, quote(name)?)),
        None => quote(name),
    }
}

fn column_definition(dialect: &Dialect, column: &Column) -> Result<String, StoreError> {
    let kind = dialect.type_of(column.kind);
    let name = quote(&column.name)?;
    Ok(match dialect.collation {
        Some(collation) if kind == dialect.text => format!("{name} {kind} COLLATE {collation}"),
        _ => format!("{name} {kind}"),
    })
}

fn comments(
    dialect: &Dialect,
    what: &str,
    name: &str,
    description: &str,
    columns: &[Column],
) -> Result<Vec<String>, StoreError> {
    if dialect.comments != Comments::Statements {
        return Ok(Vec::new());
    }
    let mut statements = vec![format!(
        "COMMENT ON {what} {name} IS {}",
        literal(description)
    )];
    for column in columns {
        let about = literal(&column.description);
        statements.push(format!(
            "COMMENT ON COLUMN {name}.{} IS {about}",
            quote(&column.name)?
        ));
    }
    Ok(statements)
}

/// A description as a text in SQL. `E''` reads the same whatever the settings of the server.
fn literal(description: &str) -> String {
    let text = lines(description).collect::<Vec<_>>().join("\n");
    format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// A description as comments in the statement itself, where the dialect wants that.
fn inline(dialect: &Dialect, indent: &str, description: &str) -> String {
    if dialect.comments != Comments::Inline {
        return String::new();
    }
    lines(description)
        .flat_map(|line| [indent, "-- ", line, "\n"])
        .collect()
}

fn lines(description: &str) -> impl Iterator<Item = &str> {
    description.trim().lines().map(str::trim)
}
