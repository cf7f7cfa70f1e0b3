//! Brings a database up to the declared tables and views.
//!
//! There are no migration files: tables are structs and grow by columns that may
//! be NULL, so what is missing follows from comparing. What the database has is
//! kept in a small table, `qaduct_meta`: `schema` is the version that wrote it,
//! `layout` digests of the declarations that it fits, by which a start with nothing to
//! do costs one query, `view:NAME` a digest of each view, and `data` a text that
//! changes with every change of rows.

use std::borrow::Cow;

use qaduct_records::digest::digest;
use qaduct_records::{
    Column, ColumnType, Query, Reader, SCHEMA_VERSION, StoreError, Table, Test, Value, View,
};

use crate::ddl;
use crate::dialect::Dialect;

/// The table of what a database says about itself.
static META: Table = Table {
    name: "qaduct_meta",
    description: "What the database says about itself.",
    columns: &[
        text("key", "What it says something about."),
        text("value", "What it says."),
    ],
    key: &["key"],
    lineage: &[],
    once: &[],
};

const fn text(name: &'static str, description: &'static str) -> Column {
    Column {
        name: Cow::Borrowed(name),
        kind: ColumnType::Text,
        nullable: false,
        description: Cow::Borrowed(description),
    }
}

/// A database inside the transaction that migrates it.
pub(crate) trait Schema {
    /// Runs a statement.
    fn execute(&mut self, doing: &str, sql: &str) -> Result<(), StoreError>;
    /// Runs statements; where one fails, undoes them all and answers `false`.
    fn attempt(&mut self, statements: &[String]) -> Result<bool, StoreError>;
    /// The columns of a table; none where there is no such table.
    fn columns(&mut self, table: &Table) -> Result<Vec<Found>, StoreError>;
    /// The value of a key in `qaduct_meta`.
    fn meta(&mut self, key: &str) -> Result<Option<String>, StoreError>;
    /// Sets the value of a key in `qaduct_meta`.
    fn set_meta(&mut self, key: &str, value: &str) -> Result<(), StoreError>;
    /// Where the database is.
    fn location(&self) -> String;
}

/// A column that a database has.
pub(crate) struct Found {
    pub(crate) name: String,
    pub(crate) kind: String,
    /// Its place in the primary key, if it is in it. Places grow from anywhere.
    pub(crate) place: Option<i64>,
}

/// Whether a migrated database has one of these views, of this version or an older one.
///
/// # Errors
/// When the database fails.
pub fn has_any_view(
    reader: &mut dyn Reader,
    names: &mut dyn Iterator<Item = &str>,
) -> Result<bool, StoreError> {
    let keys = names.map(|it| Value::Text(digest_key(it))).collect();
    let query = Query::of(META.name, META.columns).filter("key", Test::In(keys));
    Ok(reader.count(&query)? > 0)
}

/// The key of the digest of a view.
fn digest_key(view: &str) -> String {
    format!("view:{view}")
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
        let Some(layouts) = layout else {
            return Ok(false);
        };
        let digest = self.digest()?;
        Ok(layouts.split(' ').any(|it| it == digest))
    }

    /// Does what is missing. The caller holds a lock against others that migrate.
    pub(crate) fn migrate(&self, schema: &mut dyn Schema) -> Result<(), StoreError> {
        for sql in ddl::create_table(self.dialect, &META)? {
            schema.execute("creating `qaduct_meta`", &sql)?;
        }
        let (version, layout) = (schema.meta("schema")?, schema.meta("layout")?);
        // Another process may have done it while this one waited for the lock.
        if self.is_up_to_date(&schema.location(), version.as_deref(), layout.as_deref())? {
            return Ok(());
        }
        // All is looked at before anything is done: not every database can undo it.
        let mut plan = Vec::new();
        for table in self.tables {
            self.plan(schema, table, &mut plan)?;
        }
        let fits = plan.is_empty();
        for (doing, sql) in plan {
            schema.execute(&doing, &sql)?;
        }
        let fits = !self.migrate_views(schema)? && fits;
        schema.set_meta("schema", &SCHEMA_VERSION.to_string())?;
        // Commands that need a part of the tables and those that need all of them take
        // turns: what fits without a change is noted beside what fitted before.
        let digest = self.digest()?;
        let layouts = match layout.filter(|_| fits) {
            Some(layouts) => format!("{layouts} {digest}"),
            None => digest,
        };
        schema.set_meta("layout", &layouts)?;
        if schema.meta("data")?.is_none() {
            schema.set_meta("data", "")?;
        }
        Ok(())
    }

    /// What is missing in a table: what is being done, and the SQL that does it.
    fn plan(
        &self,
        schema: &mut dyn Schema,
        table: &Table,
        plan: &mut Vec<(String, String)>,
    ) -> Result<(), StoreError> {
        let found = schema.columns(table)?;
        if found.is_empty() {
            let create = ddl::create_table(self.dialect, table)?;
            let doing = format!("creating table `{}`", table.name);
            plan.extend(create.into_iter().map(|sql| (doing.clone(), sql)));
            return Ok(());
        }
        let mut key: Vec<_> = found.iter().filter(|it| it.place.is_some()).collect();
        key.sort_by_key(|it| it.place);
        let key: Vec<_> = key.iter().map(|it| it.name.as_str()).collect();
        if key != table.key {
            return Err(StoreError::Database {
                location: schema.location(),
                doing: format!("fitting table `{}`", table.name),
                cause: format!(
                    "its key is ({}), not ({})",
                    key.join(", "),
                    table.key.join(", ")
                ),
            });
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
            match found.iter().find(|it| it.name == column.name) {
                Some(Found { kind, .. }) if kind.eq_ignore_ascii_case(wanted) => {}
                Some(Found { kind, .. }) => {
                    return refuse(schema.location(), format!("it is {kind}, not {wanted}"));
                }
                None if !column.nullable => {
                    let cause = "it is missing and may not be NULL, so rows that are there \
                                 cannot have a value";
                    return refuse(schema.location(), cause.to_owned());
                }
                None => {
                    let add = ddl::add_column(self.dialect, table, column)?;
                    plan.extend(add.into_iter().map(|sql| (doing.clone(), sql)));
                }
            }
        }
        Ok(())
    }

    /// Whether a view had to be changed.
    fn migrate_views(&self, schema: &mut dyn Schema) -> Result<bool, StoreError> {
        let (mut digests, mut changed) = (Vec::new(), Vec::new());
        for view in self.views {
            let create = ddl::create_view(self.dialect, view, false)?;
            let digest = digest(create.iter().map(|part| Some(part.as_str())));
            let key = digest_key(&view.name);
            if schema.meta(&key)?.as_ref() != Some(&digest) {
                changed.push(view);
            }
            digests.push((key, digest));
        }
        if changed.is_empty() {
            return Ok(false);
        }
        // Whoever finds this work half done, where it cannot be undone, does all of it again.
        for (key, _) in &digests {
            schema.set_meta(key, "")?;
        }
        if !self.replace_views(schema, &changed)? {
            self.create_views_anew(schema)?;
        }
        for (key, digest) in &digests {
            schema.set_meta(key, digest)?;
        }
        Ok(true)
    }

    /// Replaces views where they are; false where that does not go.
    fn replace_views(&self, schema: &mut dyn Schema, views: &[&View]) -> Result<bool, StoreError> {
        if !self.dialect.views_replace {
            return Ok(false);
        }
        let replace = views
            .iter()
            .map(|view| ddl::create_view(self.dialect, view, true));
        schema.attempt(&replace.collect::<Result<Vec<_>, _>>()?.concat())
    }

    /// Views build on earlier ones, so all go, last first, and come back in order.
    fn create_views_anew(&self, schema: &mut dyn Schema) -> Result<(), StoreError> {
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
