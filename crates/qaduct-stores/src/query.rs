//! Questions and changes as SQL with parameters, for every dialect.

use qaduct_records::{Column, ColumnType, Filter, Query, StoreError, Table, Test, Value};

use crate::cells::Cell;
use crate::dialect::{Contains, Dialect, list, quote};

/// SQL and the values of its parameters in order.
#[derive(Debug)]
pub(crate) struct Statement<'q> {
    pub(crate) sql: String,
    pub(crate) parameters: Vec<Cell<'q>>,
}

/// The rows of a query.
pub(crate) fn select<'q>(dialect: &Dialect, query: &'q Query) -> Result<Statement<'q>, StoreError> {
    if query.columns.is_empty() {
        return Err(StoreError::Query(format!(
            "query of `{}` without a column",
            query.relation
        )));
    }
    let columns = list(query.columns.iter().map(|column| column.name.as_ref()))?;
    let mut out = Writer::new(
        dialect,
        format!("SELECT {columns} FROM {}", quote(&query.relation)?),
    );
    out.conditions(&query.columns, &query.filters, &query.any)?;
    for (n, (column, direction)) in query.order.iter().enumerate() {
        out.add(if n == 0 { " ORDER BY " } else { ", " });
        let column = quote(column)?;
        out.add(match dialect.nulls_last {
            true => format!("{column} {direction} NULLS LAST"),
            false => format!("{column} IS NULL, {column} {direction}"),
        });
    }
    if query.limit.is_some() || query.offset > 0 {
        // SQLite has no OFFSET without LIMIT.
        let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        out.add(" LIMIT ");
        out.parameter(Cell::Int(query.limit.map_or(i64::MAX, whole)));
        out.add(" OFFSET ");
        out.parameter(Cell::Int(whole(query.offset)));
    }
    out.finish()
}

/// The number of rows of a query.
pub(crate) fn count<'q>(dialect: &Dialect, query: &'q Query) -> Result<Statement<'q>, StoreError> {
    let sql = format!("SELECT count(*) FROM {}", quote(&query.relation)?);
    let mut out = Writer::new(dialect, sql);
    out.conditions(&query.columns, &query.filters, &query.any)?;
    out.finish()
}

/// The deletion of rows that pass all filters.
pub(crate) fn delete<'q>(
    dialect: &Dialect,
    table: &Table,
    filters: &'q [Filter],
) -> Result<Statement<'q>, StoreError> {
    let mut out = Writer::new(dialect, format!("DELETE FROM {}", quote(table.name)?));
    out.conditions(table.columns, filters, &[])?;
    out.finish()
}

/// The deletion of rows whose value no row of other tables has.
///
/// `EXCEPT` because each store makes one pass of it; `NOT EXISTS` would look
/// through the whole referrer for each row where SQLite has no index.
pub(crate) fn delete_orphans(
    table: &Table,
    column: &str,
    referrers: &[&Table],
) -> Result<String, StoreError> {
    let (name, orphans) = orphans(table, column, referrers)?;
    let column = quote(column)?;
    Ok(format!("DELETE FROM {name} WHERE {column} IN ({orphans})"))
}

/// The name of a table, and the values of a column that no row of other tables has.
pub(crate) fn orphans(
    table: &Table,
    column: &str,
    referrers: &[&Table],
) -> Result<(String, String), StoreError> {
    let (name, column) = (quote(table.name)?, quote(column)?);
    let mut values = vec![format!("SELECT {column} FROM {name}")];
    for referrer in referrers {
        let other = quote(referrer.name)?;
        values.push(format!("SELECT {column} FROM {other}"));
    }
    Ok((name, values.join(" EXCEPT ")))
}

/// The query behind `Transaction::select`.
pub(crate) fn equal(table: &Table, values: &[(&str, Value)]) -> Query {
    values.iter().fold(
        Query::of(table.name, table.columns),
        |query, (column, value)| {
            let test = match value {
                Value::Null => Test::Missing,
                _ => Test::In(vec![value.clone()]),
            };
            query.filter(*column, test)
        },
    )
}

/// An insertion from `source` (a SELECT or VALUES) that replaces rows with the
/// same key and leaves rows alone that are equal but for their lineage. Where there is
/// no key every row is new.
pub(crate) fn upsert(table: &Table, source: &str) -> Result<String, StoreError> {
    let name = quote(table.name)?;
    let columns = list(table.columns.iter().map(|column| column.name.as_ref()))?;
    let key = list(table.key.iter().copied())?;
    let set = replaced(table).map(|column| {
        let column = quote(column)?;
        Ok(format!("{column} = excluded.{column}"))
    });
    let set = set.collect::<Result<Vec<_>, StoreError>>()?;
    let differs = compared(table).map(|column| {
        let column = quote(column)?;
        Ok(format!(
            "{name}.{column} IS DISTINCT FROM excluded.{column}"
        ))
    });
    let differs = differs.collect::<Result<Vec<_>, StoreError>>()?;
    let insert = format!("INSERT INTO {name} ({columns}) {source}");
    if table.key.is_empty() {
        return Ok(insert);
    }
    let action = if differs.is_empty() {
        "NOTHING".to_owned()
    } else {
        format!(
            "UPDATE SET {} WHERE {}",
            set.join(", "),
            differs.join(" OR ")
        )
    };
    Ok(format!("{insert} ON CONFLICT ({key}) DO {action}"))
}

/// The columns that a row with a known key replaces.
pub(crate) fn replaced(table: &Table) -> impl Iterator<Item = &str> {
    let values = table.columns.iter().map(|column| column.name.as_ref());
    values.filter(|name| !table.key.contains(name) && !table.once.contains(name))
}

/// The columns that make a difference between two rows with the same key.
pub(crate) fn compared(table: &Table) -> impl Iterator<Item = &str> {
    let ours = |name: &&str| !table.lineage.contains(name) && !table.once.contains(name);
    replaced(table).filter(ours)
}

/// Writes one statement.
struct Writer<'d, 'q> {
    dialect: &'d Dialect,
    sql: String,
    parameters: Vec<Cell<'q>>,
}

impl<'d, 'q> Writer<'d, 'q> {
    fn new(dialect: &'d Dialect, sql: String) -> Self {
        Self {
            dialect,
            sql,
            parameters: Vec::new(),
        }
    }

    fn finish(self) -> Result<Statement<'q>, StoreError> {
        let max = self.dialect.max_parameters;
        if self.parameters.len() > max {
            let found = self.parameters.len();
            return Err(StoreError::Query(format!(
                "{found} values in filters; at most {max} go"
            )));
        }
        Ok(Statement {
            sql: self.sql,
            parameters: self.parameters,
        })
    }

    /// All of the filters, and one of each group.
    fn conditions(
        &mut self,
        known: &[Column],
        filters: &'q [Filter],
        any: &'q [Vec<Filter>],
    ) -> Result<(), StoreError> {
        let one_each = filters.iter().map(std::slice::from_ref);
        let groups = one_each.chain(any.iter().map(Vec::as_slice));
        for (n, group) in groups.enumerate() {
            self.add(if n == 0 { " WHERE (" } else { " AND (" });
            if group.is_empty() {
                self.add("1 = 0");
            }
            for (n, filter) in group.iter().enumerate() {
                check_type(known, filter)?;
                self.add(if n == 0 { "" } else { " OR " });
                self.condition(filter)?;
            }
            self.add(")");
        }
        Ok(())
    }

    fn condition(&mut self, filter: &'q Filter) -> Result<(), StoreError> {
        let column = quote(&filter.column)?;
        match &filter.test {
            Test::Missing => self.add(format!("{column} IS NULL")),
            Test::Present => self.add(format!("{column} IS NOT NULL")),
            Test::In(values) => self.one_of(&column, "IN", values, "1 = 0"),
            Test::NotIn(values) => {
                let all = format!("{column} IS NOT NULL");
                self.one_of(&column, "NOT IN", values, &all);
            }
            Test::Below(value) => self.compare(&column, "<", value),
            Test::AtLeast(value) => self.compare(&column, ">=", value),
            Test::Contains(text) => match self.dialect.contains {
                Contains::Call(call) => self.text(call, &column, text),
                Contains::Pattern => self.add(format!("{column} REGEXP '{}'", pattern(text))),
            },
            Test::Lists(items) => {
                self.add("(1 = 0");
                for item in items {
                    self.add(" OR ");
                    self.text(self.dialect.lists, &column, item);
                }
                self.add(")");
            }
        }
        Ok(())
    }

    /// A test of text as the dialect writes it.
    fn text(&mut self, template: &str, column: &str, text: &'q str) {
        self.parameters.push(Cell::Text(text));
        let mark = self.dialect.parameter(self.parameters.len());
        let call = template.replace("{column}", column);
        self.add(call.replace("{value}", &mark));
    }

    /// NULL equals nothing, so it is left out of the list; `nothing_left` is what then holds.
    fn one_of(&mut self, column: &str, word: &str, values: &'q [Value], nothing_left: &str) {
        let mut values = values.iter().filter(|value| **value != Value::Null);
        let Some(first) = values.next() else {
            self.add(nothing_left);
            return;
        };
        self.add(format!("{column} {word} ("));
        self.parameter(first.into());
        for value in values {
            self.add(", ");
            self.parameter(value.into());
        }
        self.add(")");
    }

    fn compare(&mut self, column: &str, operator: &str, value: &'q Value) {
        if *value == Value::Null {
            self.add("1 = 0");
        } else {
            self.add(format!("{column} {operator} "));
            self.parameter(value.into());
        }
    }

    fn add(&mut self, sql: impl AsRef<str>) {
        self.sql.push_str(sql.as_ref());
    }

    fn parameter(&mut self, cell: Cell<'q>) {
        self.parameters.push(cell);
        self.add(self.dialect.parameter(self.parameters.len()));
    }
}

/// A regular expression for this text, as the inside of a text in SQL: numbers of
/// code points alone, so that nothing in it has a meaning of its own.
fn pattern(text: &str) -> String {
    let code = |letter: char| format!("\\\\x{{{:x}}}", u32::from(letter));
    let letters = text.chars().map(|letter| match letter {
        _ if letter.is_ascii_alphabetic() => {
            let (lower, upper) = (letter.to_ascii_lowercase(), letter.to_ascii_uppercase());
            format!("[{}{}]", code(lower), code(upper))
        }
        _ => code(letter),
    });
    match text {
        // Not every server takes an empty expression.
        "" => "^".to_owned(),
        _ => letters.collect(),
    }
}

/// Refuses values of another type than the column's, which one store would
/// report and another quietly answer with no row.
fn check_type(known: &[Column], filter: &Filter) -> Result<(), StoreError> {
    let Some(column) = known.iter().find(|column| column.name == filter.column) else {
        return Ok(());
    };
    let fits = |value: &Value| {
        let kind = match value {
            Value::Null => return true,
            Value::Text(_) => ColumnType::Text,
            Value::Int(_) => ColumnType::Int,
            Value::Float(_) => ColumnType::Float,
            Value::Bool(_) => ColumnType::Bool,
            Value::Timestamp(_) => ColumnType::Timestamp,
            Value::Date(_) => ColumnType::Date,
        };
        kind == column.kind
    };
    let all = match &filter.test {
        Test::In(values) | Test::NotIn(values) => values.iter().all(fits),
        Test::Below(value) | Test::AtLeast(value) => fits(value),
        Test::Contains(_) | Test::Lists(_) => column.kind == ColumnType::Text,
        Test::Missing | Test::Present => true,
    };
    if all {
        return Ok(());
    }
    let (name, kind) = (&column.name, column.kind.name());
    Err(StoreError::Query(format!(
        "column `{name}` is {kind}; the filter has a value of another type"
    )))
}
