//! Brings a database up to the declared tables and views.
//!
//! There are no migration files: tables are structs and grow by columns that may
//! be NULL, so what is missing follows from comparing. What the database has is
//! kept in a small table, `qaduct_meta`: `schema` is the version that wrote it,
//! `layout` a digest of all declarations, by which a start with nothing to do
//! costs one query, `view:NAME` a digest of each view, and `data` a text that
//! changes with every change of rows.

use qaduct_records::digest::digest;
use qaduct_records::{SCHEMA_VERSION, StoreError, Table, View};

use crate::ddl;
use crate::dialect::Dialect;

/// The table of what a database says about itself.
pub(crate) const CREATE_META: &str =
    "CREATE TABLE IF NOT EXISTS qaduct_meta (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL)";

/// A database inside the transaction that migrates it.
pub(crate) trait Schema {
    /// Runs a statement.
    fn execute(&mut self, doing: &str, sql: &str) -> Result<(), StoreError>;
    /// Runs statements; where one fails, undoes them all and answers `false`.
    fn attempt(&mut self, statements: &[String]) -> Result<bool, StoreError>;
    /// Names and types of a table's columns; none where there is no such table.
    fn columns(&mut self, table: &Table) -> Result<Vec<(String, String)>, StoreError>;
    /// The value of a key in `qaduct_meta`.
    fn meta(&mut self, key: &str) -> Result<Option<String>, StoreError>;
    /// Sets the value of a key in `qaduct_meta`.
    fn set_meta(&mut self, key: &str, value: &str) -> Result<(), StoreError>;
    /// Where the database is.
    fn location(&self) -> String;
}

/// What a database should look like.
pub(crate) struct Layout<'a> {
    pub(crate) dialect: &'a Dialect,
    pub(crate) tables: &'a [&'a Table],
    pub(crate) views: &'a [View],
}

impl Layout<'_> {
    /// A digest of everything that migrating would make.
    pub(crate) fn digest(&self) -> Result<String, StoreError> {
        let mut parts = vec![SCHEMA_VERSION.to_string()];
        for table in self.tables {
            parts.extend(ddl::create_table(self.dialect, table)?);
        }
        for view in self.views {
            parts.extend(ddl::create_view(self.dialect, view, false)?);
        }
        Ok(digest(parts.iter().map(|part| Some(part.as_str()))))
    }

    /// Whether nothing is to be done, given `schema` and `layout` of the database.
    pub(crate) fn is_up_to_date(
        &self,
        location: &str,
        schema: Option<&str>,
        layout: Option<&str>,
    ) -> Result<bool, StoreError> {
        let found = schema.map_or(Ok(0), str::parse::<i64>).map_err(|error| {
            let doing = "reading the schema version".to_owned();
            StoreError::Database {
                location: location.to_owned(),
                doing,
                cause: error.to_string(),
            }
        })?;
        if found > SCHEMA_VERSION {
            let location = location.to_owned();
            return Err(StoreError::Newer {
                location,
                found,
                known: SCHEMA_VERSION,
            });
        }
        Ok(layout == Some(&self.digest()?))
    }

    /// Does what is missing. The caller holds a lock against others that migrate.
    pub(crate) fn migrate(&self, schema: &mut dyn Schema) -> Result<(), StoreError> {
        schema.execute("creating `qaduct_meta`", CREATE_META)?;
        let (version, layout) = (schema.meta("schema")?, schema.meta("layout")?);
        // Another process may have done it while this one waited for the lock.
        if self.is_up_to_date(&schema.location(), version.as_deref(), layout.as_deref())? {
            return Ok(());
        }
        for table in self.tables {
            self.migrate_table(schema, table)?;
        }
        self.migrate_views(schema)?;
        schema.set_meta("schema", &SCHEMA_VERSION.to_string())?;
        schema.set_meta("layout", &self.digest()?)?;
        if schema.meta("data")?.is_none() {
            schema.set_meta("data", "")?;
        }
        Ok(())
    }

    fn migrate_table(&self, schema: &mut dyn Schema, table: &Table) -> Result<(), StoreError> {
        let found = schema.columns(table)?;
        if found.is_empty() {
            for sql in ddl::create_table(self.dialect, table)? {
                schema.execute(&format!("creating table `{}`", table.name), &sql)?;
            }
            return Ok(());
        }
        for column in table.columns {
            let doing = format!("fitting column `{}` of table `{}`", column.name, table.name);
            let refuse = |location, cause: String| {
                Err(StoreError::Database {
                    location,
                    doing: doing.clone(),
                    cause,
                })
            };
            let wanted = self.dialect.type_of(column.kind);
            match found.iter().find(|(name, _)| *name == column.name) {
                Some((_, kind)) if kind.eq_ignore_ascii_case(wanted) => {}
                Some((_, kind)) => {
                    return refuse(schema.location(), format!("it is {kind}, not {wanted}"));
                }
                None if !column.nullable => {
                    let cause = "it is missing and may not be NULL, so rows that are there \
                                 cannot have a value";
                    return refuse(schema.location(), cause.to_owned());
                }
                None => {
                    for sql in ddl::add_column(self.dialect, table, column)? {
                        schema.execute(&doing, &sql)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn migrate_views(&self, schema: &mut dyn Schema) -> Result<(), StoreError> {
        let mut changed = Vec::new();
        for view in self.views {
            let create = ddl::create_view(self.dialect, view, false)?;
            let digest = digest(create.iter().map(|part| Some(part.as_str())));
            let key = format!("view:{}", view.name);
            if schema.meta(&key)?.as_ref() != Some(&digest) {
                schema.set_meta(&key, &digest)?;
                changed.push(view);
            }
        }
        if changed.is_empty() {
            return Ok(());
        }
        if self.dialect.views_replace {
            let replace = changed
                .iter()
                .map(|view| ddl::create_view(self.dialect, view, true));
            if schema.attempt(&replace.collect::<Result<Vec<_>, _>>()?.concat())? {
                return Ok(());
            }
        }
        // Views build on earlier ones, so all go, last first, and come back in order.
        for view in self.views.iter().rev() {
            let sql = format!("DROP VIEW IF EXISTS {}", ddl::relation(&view.name)?);
            schema.execute(&format!("dropping view `{}`", view.name), &sql)?;
        }
        for view in self.views {
            for sql in ddl::create_view(self.dialect, view, false)? {
                schema.execute(&format!("creating view `{}`", view.name), &sql)?;
            }
        }
        Ok(())
    }
}
