//! What differs between databases, as values. Code asks the dialect, never for a name.
//!
//! # Functions in views
//!
//! Where dialects differ, the SQL of a view holds `{function:argument}`:
//!
//! * `{day:INSTANT}`: the day of an instant, in UTC, as a date.
//! * `{week:INSTANT}`: the Monday of the ISO week of an instant, in UTC, as a date.
//! * `{month:INSTANT}`: the first day of the month of an instant, in UTC, as a date.
//! * `{days:DATE}`: days from 1970-01-01 to a date. The difference of two is an age.
//! * `{workdays:DATE}`: Mondays to Fridays from 1969-12-29 to the day before a date. The
//!   difference of two is the number of working days from one to the other.
//! * `{seconds:INSTANT}`: whole seconds from 1970 to an instant.
//! * `{text:VALUE}`: a value as text; of a date, `2026-01-31`.
//! * `{int:NUMBER}`: a number without a fraction as a whole number.
//! * `{id:TEXT}`: the whole number that a text is, such as the key of a row.
//! * `{same:A = B}`: an equality that holds for most pairs that the other conditions let through.
//! * `{short:TEXT}`: the beginning of a text where a long one cannot be looked up, else all of it.
//! * `{then:JOIN}`: a join that begins with what stands before it.
//! * `{joined:TEXT}`: the texts of a group, in order, joined by commas: an aggregate.
//!
//! The argument is SQL and may hold functions itself.
//!
//! # Joins in views
//!
//! What is fast in one database takes minutes in another, so a view joins
//!
//! * `extracts` and `part_rows` by `{id:row_key}`, which finds rows by their primary key; by
//!   `{text:ID}` only the other way round, from a row to what was found in it,
//! * what it has grouped by a number or by `{short:TEXT}`, as MySQL has no index over unbounded
//!   text there and compares all with all,
//! * the source of what it has grouped by `{same:A = B}`: PostgreSQL knows nothing of the values
//!   and takes one pair of 200 for equal, so that it plans for a single row,
//! * by `{then:JOIN}` where only one of two orders is fast: MariaDB and SQLite take the source of a
//!   row for enough to find few rows, as long as nobody has analysed the tables.

use crate::functions::{self, Functions};
use qaduct_records::{Column, ColumnType, StoreError, View};

/// How descriptions get into the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comments {
    /// Inside `CREATE TABLE`, which the database keeps as it was written.
    Inline,
    /// By `COMMENT ON`.
    Statements,
    /// As attributes of tables and columns, no longer than this; a view has none.
    Attributes { table: usize, column: usize },
    /// Not at all.
    None,
}

/// How text is found in text, whatever the case of ASCII letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contains {
    /// By an expression of `{column}` and `{value}`.
    Call(&'static str),
    /// By `REGEXP`, for functions of case that know no limits to ASCII.
    Pattern,
}

/// A dialect of SQL.
#[derive(Debug)]
pub(crate) struct Dialect {
    pub(crate) text: &'static str,
    pub(crate) int: &'static str,
    pub(crate) float: &'static str,
    pub(crate) bool: &'static str,
    pub(crate) timestamp: &'static str,
    pub(crate) date: &'static str,
    /// The collation that sorts text by code point, where that is not the default.
    pub(crate) collation: Option<&'static str>,
    pub(crate) comments: Comments,
    /// Whether a view casts its columns to the types that it declares.
    pub(crate) views_cast: bool,
    /// Whether there is `CREATE OR REPLACE VIEW`. It keeps what others built on the view.
    pub(crate) views_replace: bool,
    /// What stands for a parameter, or before its number.
    pub(crate) mark: char,
    /// Whether parameters have numbers.
    pub(crate) numbered: bool,
    /// Whether there is `NULLS LAST`.
    pub(crate) nulls_last: bool,
    /// Whether an index takes only the beginning of a text, see [`crate::long_key`].
    pub(crate) bounded_keys: bool,
    /// What stands behind the columns of a new table.
    pub(crate) table_options: &'static str,
    pub(crate) max_parameters: usize,
    /// Longest text, in bytes.
    pub(crate) max_text: Option<usize>,
    /// Text that holds text, whatever the case of ASCII letters.
    pub(crate) contains: Contains,
    /// A list joined by a comma and a space that has an item; of `{column}` and `{value}`.
    pub(crate) lists: &'static str,
    /// The function `day` of views, of `{}`.
    pub(crate) day: &'static str,
    /// The function `week` of views, of `{}`.
    pub(crate) week: &'static str,
    /// The other functions of views.
    pub(crate) functions: &'static Functions,
    /// An expression that gives another text each time.
    pub(crate) token: &'static str,
}

/// SQLite. Instants and days are text of fixed width, see [`crate::moment`]; flags are 0 and 1.
/// Tables are not `STRICT`, so that a `REAL` column can hold NaN, which is kept as the
/// text `NaN`: SQLite turns a NaN into NULL. It sorts after all numbers, as in PostgreSQL.
/// The sign of a zero is lost.
pub(crate) static SQLITE: Dialect = Dialect {
    text: "TEXT",
    int: "INTEGER",
    float: "REAL",
    bool: "INTEGER",
    timestamp: "TEXT",
    date: "TEXT",
    collation: None,
    comments: Comments::Inline,
    views_cast: false,
    views_replace: false,
    mark: '?',
    numbered: true,
    nulls_last: true,
    bounded_keys: false,
    table_options: "",
    max_parameters: 32_766,
    max_text: None,
    contains: Contains::Call("instr(lower({column}), lower({value})) > 0"),
    lists: "instr(', ' || {column} || ', ', ', ' || {value} || ', ') > 0",
    day: "substr({}, 1, 10)",
    week: "date(substr({}, 1, 10), '-6 days', 'weekday 1')",
    functions: &functions::SQLITE,
    token: "lower(hex(randomblob(16)))",
};

/// PostgreSQL. Text sorts by code point because its columns say so, whatever the
/// database was created with; NUL in text is hidden, see [`crate::nul`].
pub(crate) static POSTGRES: Dialect = Dialect {
    text: "TEXT",
    int: "BIGINT",
    float: "DOUBLE PRECISION",
    bool: "BOOLEAN",
    timestamp: "TIMESTAMP WITH TIME ZONE",
    date: "DATE",
    collation: Some("\"C\""),
    comments: Comments::Statements,
    views_cast: true,
    views_replace: true,
    mark: '$',
    numbered: true,
    nulls_last: true,
    bounded_keys: false,
    table_options: "",
    max_parameters: 65_535,
    max_text: None,
    contains: Contains::Call(
        "strpos(lower({column} COLLATE \"C\"), lower({value} COLLATE \"C\")) > 0",
    ),
    lists: "strpos(', ' || {column} || ', ', ', ' || {value} || ', ') > 0",
    day: "CAST(({}) AT TIME ZONE 'UTC' AS DATE)",
    week: "CAST(date_trunc('week', ({}) AT TIME ZONE 'UTC') AS DATE)",
    functions: &functions::POSTGRES,
    token: "md5(random()::text || clock_timestamp()::text)",
};

/// Redshift, and what every server of the PostgreSQL protocol understands: for
/// [`crate::append`], which only creates and inserts.
pub(crate) static REDSHIFT: Dialect = Dialect {
    text: "VARCHAR(65535)",
    timestamp: "TIMESTAMP",
    collation: None,
    comments: Comments::None,
    max_text: Some(65_535),
    ..POSTGRES
};

/// MariaDB. Text sorts by code point and trailing blanks count, because the columns
/// say so; sessions speak ANSI SQL, see [`crate::mysql`]. Instants are in UTC.
/// Infinity and NaN are hidden, see `mysql::extremes`.
pub(crate) static MARIADB: Dialect = Dialect {
    text: "LONGTEXT",
    int: "BIGINT",
    float: "DOUBLE",
    bool: "TINYINT(1)",
    timestamp: "DATETIME(6)",
    date: "DATE",
    collation: Some("utf8mb4_nopad_bin"),
    comments: Comments::Attributes {
        table: 2048,
        column: 1024,
    },
    views_cast: false,
    views_replace: true,
    mark: '?',
    numbered: false,
    nulls_last: false,
    bounded_keys: true,
    table_options: "ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 \
                    COLLATE utf8mb4_nopad_bin",
    max_parameters: 65_535,
    max_text: None,
    contains: Contains::Pattern,
    lists: "locate(', ' || {value} || ', ', ', ' || {column} || ', ') > 0",
    day: "CAST({} AS DATE)",
    week: "DATE_SUB(CAST({} AS DATE), INTERVAL WEEKDAY({}) DAY)",
    functions: &functions::MARIADB,
    // MySQL 9.7 has no md5().
    token: "sha2(concat(uuid(), rand()), 256)",
};

/// MySQL, which has another name for the same collation.
pub(crate) static MYSQL: Dialect = Dialect {
    collation: Some("utf8mb4_0900_bin"),
    table_options: "ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 \
                    COLLATE utf8mb4_0900_bin",
    functions: &functions::MYSQL,
    ..MARIADB
};

impl Dialect {
    /// What stands for a parameter, counted from 1.
    pub(crate) fn parameter(&self, number: usize) -> String {
        match self.numbered {
            true => format!("{}{number}", self.mark),
            false => self.mark.to_string(),
        }
    }

    pub(crate) fn type_of(&self, kind: ColumnType) -> &'static str {
        match kind {
            ColumnType::Text => self.text,
            ColumnType::Int => self.int,
            ColumnType::Float => self.float,
            ColumnType::Bool => self.bool,
            ColumnType::Timestamp => self.timestamp,
            ColumnType::Date => self.date,
        }
    }

    /// A column as a view declares it, out of the SELECT of that view.
    pub(crate) fn view_column(&self, column: &Column) -> Result<String, StoreError> {
        let name = quote(&column.name)?;
        if !self.views_cast {
            return Ok(name);
        }
        let cast = format!("CAST({name} AS {})", self.type_of(column.kind));
        Ok(match (column.kind, self.collation) {
            (ColumnType::Text, Some(collation)) => format!("{cast} COLLATE {collation} AS {name}"),
            _ => format!("{cast} AS {name}"),
        })
    }

    /// The SELECT of a view with its functions replaced.
    pub(crate) fn select_of(&self, view: &View) -> Result<String, StoreError> {
        self.expand(view.sql.trim().trim_end_matches(';'))
            .map_err(|why| StoreError::Query(format!("view `{}`: {why}", view.name)))
    }

    fn expand(&self, sql: &str) -> Result<String, String> {
        let Some((before, rest)) = sql.split_once('{') else {
            return Ok(sql.to_owned());
        };
        let mut depth = 1;
        let end = rest.find(|letter| {
            depth += match letter {
                '{' => 1,
                '}' => -1,
                _ => 0,
            };
            depth == 0
        });
        let end = end.ok_or("a `{` is not closed")?;
        let (name, argument) = rest[..end]
            .split_once(':')
            .ok_or("a function without `:`")?;
        let template = match name {
            "day" => self.day,
            "week" => self.week,
            _ => self
                .functions
                .named(name)
                .ok_or_else(|| format!("there is no function `{name}`"))?,
        };
        let call = template.replace("{}", &self.expand(argument)?);
        Ok(format!("{before}{call}{}", self.expand(&rest[end + 1..])?))
    }
}

/// A name in quotes. Names are ASCII words, so that they mean the same on every store.
pub(crate) fn quote(name: &str) -> Result<String, StoreError> {
    let word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let starts_well = name.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_');
    if starts_well && name.len() <= 63 && name.chars().all(word) {
        Ok(format!("\"{name}\""))
    } else {
        Err(StoreError::Query(format!(
            "`{}` is no name of a table or column",
            name.escape_debug()
        )))
    }
}

/// The names of these columns in quotes, joined by commas.
pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<String, StoreError> {
    Ok(names
        .into_iter()
        .map(quote)
        .collect::<Result<Vec<_>, _>>()?
        .join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_of_a_view_become_those_of_the_dialect() {
        let sql = "SELECT {day:at}, {week:coalesce(a, {day:b})} FROM t";
        assert_eq!(
            SQLITE.expand(sql).unwrap(),
            "SELECT substr(at, 1, 10), \
             date(substr(coalesce(a, substr(b, 1, 10)), 1, 10), '-6 days', 'weekday 1') FROM t"
        );
    }

    #[test]
    fn an_unknown_function_is_named() {
        assert_eq!(
            SQLITE.expand("{year:at}").unwrap_err(),
            "there is no function `year`"
        );
        assert_eq!(SQLITE.expand("{day:at").unwrap_err(), "a `{` is not closed");
    }

    #[test]
    fn only_words_are_names() {
        assert_eq!(quote("v_mutes2").unwrap(), "\"v_mutes2\"");
        for name in ["", "a\"b", "a b", "a;drop", "1a", "é", &"a".repeat(64)] {
            assert!(quote(name).is_err(), "{name}");
        }
    }
}
