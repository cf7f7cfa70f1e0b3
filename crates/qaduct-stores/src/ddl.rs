//! The statements that create tables and views, from their declarations.

use qaduct_records::{Column, StoreError, Table, View};

use crate::dialect::{Comments, Dialect, list, quote};
use crate::long_key;

/// The statements that create a table and describe it.
pub(crate) fn create_table(dialect: &Dialect, table: &Table) -> Result<Vec<String>, StoreError> {
    let name = relation(table.name)?;
    let mut lines = Vec::new();
    for column in table.columns {
        let required = !column.nullable || table.key.contains(&column.name.as_ref());
        let required = if required { " NOT NULL" } else { "" };
        let before = inline(dialect, "  ", &column.description);
        let behind = attribute(dialect, &column.description);
        let definition = column_definition(dialect, column)?;
        lines.push([&before, "  ", &definition, required, &behind].concat());
    }
    if dialect.bounded_keys
        && let Some(digest) = long_key::definition(table)?
    {
        lines.push(format!("  {digest}"));
    }
    // Only a table of somebody else has no key.
    if !table.key.is_empty() {
        let key = match dialect.bounded_keys {
            true => long_key::primary_key(table)?,
            false => list(table.key.iter().copied())?,
        };
        lines.push(format!("  PRIMARY KEY ({key})"));
    }
    let about = inline(dialect, "  ", table.description);
    let (create, lines) = ("CREATE TABLE IF NOT EXISTS", lines.join(",\n"));
    let mut sql = format!("{create} {name} (\n{about}{lines}\n)");
    if let Comments::Attributes { table: most, .. } = dialect.comments {
        let (options, about) = (dialect.table_options, escaped(table.description, most));
        sql = format!("{sql} {options} COMMENT='{about}'");
    }
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
    let about = attribute(dialect, &column.description);
    let mut statements = vec![format!("ALTER TABLE {name} ADD COLUMN {definition}{about}")];
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
    let sql = format!("{create} {name} AS\n{about}SELECT\n  {columns}\nFROM (\n{select}\n) AS q");
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

/// The columns of a table without what is asked of them.
pub(crate) fn bare_columns(dialect: &Dialect, table: &Table) -> Result<String, StoreError> {
    let columns = table
        .columns
        .iter()
        .map(|column| column_definition(dialect, column));
    Ok(columns.collect::<Result<Vec<_>, _>>()?.join(", "))
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
    format!("E'{}'", escaped(description, usize::MAX))
}

/// A description as an attribute of its column, where the dialect wants that.
fn attribute(dialect: &Dialect, description: &str) -> String {
    match dialect.comments {
        Comments::Attributes { column: most, .. } => {
            format!(" COMMENT '{}'", escaped(description, most))
        }
        _ => String::new(),
    }
}

/// The first characters of a description as the inside of a text in SQL.
fn escaped(description: &str, most: usize) -> String {
    let text = lines(description).collect::<Vec<_>>().join("\n");
    let text: String = text.chars().take(most).collect();
    text.replace('\\', "\\\\").replace('\'', "''")
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::{MARIADB, POSTGRES, REDSHIFT, SQLITE};
    use qaduct_records::{ColumnType, Row as _, TABLES, table};
    use rusqlite::Connection;

    table! {
        /// A door of the house.
        /// It's \\ two lines.
        struct Door in "inner.doors" key ["house", "number"] {
            /// The house.
            pub house: String,
            /// The number.
            pub number: Option<i64>,
            /// How high.
            pub height: f64,
            /// Whether it is open.
            pub open: Option<bool>,
            /// When it was made.
            pub made_at: jiff::Timestamp,
            /// When it was painted.
            pub painted: Option<jiff::civil::Date>,
        }
    }

    fn created(dialect: &Dialect) -> String {
        create_table(dialect, Door::TABLE).unwrap().join(";\n")
    }

    #[test]
    fn sqlite_keeps_the_descriptions_in_the_text_of_the_table() {
        insta::assert_snapshot!(created(&SQLITE), @r#"
        CREATE TABLE IF NOT EXISTS "inner"."doors" (
          -- A door of the house.
          -- It's \\ two lines.
          -- The house.
          "house" TEXT NOT NULL,
          -- The number.
          "number" INTEGER NOT NULL,
          -- How high.
          "height" REAL NOT NULL,
          -- Whether it is open.
          "open" INTEGER,
          -- When it was made.
          "made_at" TEXT NOT NULL,
          -- When it was painted.
          "painted" TEXT,
          PRIMARY KEY ("house", "number")
        )
        "#);
    }

    #[test]
    fn postgres_has_comments_and_sorts_text_by_code_point() {
        insta::assert_snapshot!(created(&POSTGRES), @r#"
        CREATE TABLE IF NOT EXISTS "inner"."doors" (
          "house" TEXT COLLATE "C" NOT NULL,
          "number" BIGINT NOT NULL,
          "height" DOUBLE PRECISION NOT NULL,
          "open" BOOLEAN,
          "made_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          "painted" DATE,
          PRIMARY KEY ("house", "number")
        );
        COMMENT ON TABLE "inner"."doors" IS E'A door of the house.
        It''s \\\\ two lines.';
        COMMENT ON COLUMN "inner"."doors"."house" IS E'The house.';
        COMMENT ON COLUMN "inner"."doors"."number" IS E'The number.';
        COMMENT ON COLUMN "inner"."doors"."height" IS E'How high.';
        COMMENT ON COLUMN "inner"."doors"."open" IS E'Whether it is open.';
        COMMENT ON COLUMN "inner"."doors"."made_at" IS E'When it was made.';
        COMMENT ON COLUMN "inner"."doors"."painted" IS E'When it was painted.'
        "#);
    }

    #[test]
    fn redshift_has_bounded_text_and_instants_without_a_zone() {
        insta::assert_snapshot!(created(&REDSHIFT), @r#"
        CREATE TABLE IF NOT EXISTS "inner"."doors" (
          "house" VARCHAR(65535) NOT NULL,
          "number" BIGINT NOT NULL,
          "height" DOUBLE PRECISION NOT NULL,
          "open" BOOLEAN,
          "made_at" TIMESTAMP NOT NULL,
          "painted" DATE,
          PRIMARY KEY ("house", "number")
        )
        "#);
    }

    #[test]
    fn mariadb_has_comments_as_attributes_and_a_digest_of_long_keys() {
        insta::assert_snapshot!(created(&MARIADB), @r#"
        CREATE TABLE IF NOT EXISTS "inner"."doors" (
          "house" LONGTEXT COLLATE utf8mb4_nopad_bin NOT NULL COMMENT 'The house.',
          "number" BIGINT NOT NULL COMMENT 'The number.',
          "height" DOUBLE NOT NULL COMMENT 'How high.',
          "open" TINYINT(1) COMMENT 'Whether it is open.',
          "made_at" DATETIME(6) NOT NULL COMMENT 'When it was made.',
          "painted" DATE COMMENT 'When it was painted.',
          "qaduct_key" BINARY(32) NOT NULL DEFAULT (unhex(sha2(concat(octet_length("house"), ':', "house"), 256))) INVISIBLE,
          PRIMARY KEY ("house"(100), "number", "qaduct_key")
        ) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin COMMENT='A door of the house.
        It''s \\\\ two lines.'
        "#);
        let column = Door::TABLE.column("open").unwrap();
        let added = add_column(&MARIADB, Door::TABLE, column).unwrap().concat();
        insta::assert_snapshot!(added, @r#"ALTER TABLE "inner"."doors" ADD COLUMN "open" TINYINT(1) COMMENT 'Whether it is open.'"#);
    }

    #[test]
    fn an_added_column_is_described_too() {
        let column = Door::TABLE.column("open").unwrap();
        let added = add_column(&POSTGRES, Door::TABLE, column)
            .unwrap()
            .join(";\n");
        insta::assert_snapshot!(added, @r#"
        ALTER TABLE "inner"."doors" ADD COLUMN "open" BOOLEAN;
        COMMENT ON COLUMN "inner"."doors"."open" IS E'Whether it is open.'
        "#);
    }

    #[test]
    fn a_view_declares_its_columns() {
        let column = |name: &'static str, kind| Column {
            name: name.into(),
            kind,
            nullable: false,
            description: "About it.".into(),
        };
        let view = View {
            name: "v_doors".to_owned(),
            description: "A door.".to_owned(),
            columns: vec![
                column("house", ColumnType::Text),
                column("day", ColumnType::Date),
            ],
            sql: "SELECT house, {day:made_at} AS day FROM doors".to_owned(),
        };
        let created = |dialect| create_view(dialect, &view, true).unwrap().join(";\n");
        insta::assert_snapshot!(created(&POSTGRES), @r#"
        CREATE OR REPLACE VIEW "v_doors" AS
        SELECT
          CAST("house" AS TEXT) COLLATE "C" AS "house",
          CAST("day" AS DATE) AS "day"
        FROM (
        SELECT house, CAST((made_at) AT TIME ZONE 'UTC' AS DATE) AS day FROM doors
        ) AS q;
        COMMENT ON VIEW "v_doors" IS E'A door.';
        COMMENT ON COLUMN "v_doors"."house" IS E'About it.';
        COMMENT ON COLUMN "v_doors"."day" IS E'About it.'
        "#);
        insta::assert_snapshot!(create_view(&SQLITE, &view, false).unwrap().join(";\n"), @r#"
        CREATE VIEW "v_doors" AS
        -- A door.
        SELECT
          "house",
          "day"
        FROM (
        SELECT house, substr(made_at, 1, 10) AS day FROM doors
        ) AS q
        "#);
    }

    #[test]
    fn every_view_selects_exactly_the_columns_that_it_declares() {
        let connection = Connection::open_in_memory().unwrap();
        for table in TABLES {
            connection
                .execute_batch(&create_table(&SQLITE, table).unwrap().concat())
                .unwrap();
        }
        for view in qaduct_models::views() {
            let select = SQLITE.select_of(&view).unwrap();
            let statement = connection.prepare(&select).unwrap();
            let declared: Vec<_> = view
                .columns
                .iter()
                .map(|column| column.name.as_ref())
                .collect();
            assert_eq!(
                statement.column_names().collect::<Vec<_>>(),
                declared,
                "{}",
                view.name
            );
            connection
                .execute_batch(&create_view(&SQLITE, &view, false).unwrap().concat())
                .unwrap();
        }
    }
}
