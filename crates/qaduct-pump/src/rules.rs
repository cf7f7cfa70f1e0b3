//! Applies the rules of the configuration to pulled rows: what they find goes to `extracts`.
//!
//! A rule looks at the rows that changed since it was applied last, and at all rows when
//! the rule itself has changed. Each rule is one transaction; applying it again changes
//! nothing. What it no longer finds goes, and so does what a rule found that is no more.
//!
//! Knows no source and no table by name; reads and writes through the store only.

mod find;
mod item;
mod rule;
mod version;

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use qaduct_records::rules::{Applied, Extract};
use qaduct_records::stream::{CHANGED_AT, SOURCE};
use qaduct_records::values::values_of;
use qaduct_records::{
    Clock, Column, Direction, Filter, Query, RecordBatch, Row, Store, Table, Test, Transaction,
    Value, digest,
};
use serde_json::Value as Json;

use crate::PumpError;
use crate::pull::lineage;
use find::Found;

pub(crate) use version::major;

pub use item::Misfit;
pub use rule::{Category, FieldKind, Flag, How, Rule};

/// Makes plain text of a document of rich text; `None` where the value is none.
pub type RichText<'a> = &'a dyn Fn(&Json) -> Option<String>;

/// Rows that are looked at together.
const PAGE: u64 = 5_000;
/// Keys that one question names.
const CHUNK: usize = 500;
/// How long a row may have taken from being stamped to being seen by others, so that
/// it is looked at again.
const OVERLAP: SignedDuration = SignedDuration::from_hours(1);
/// Changes when the same rule finds something else in the same row.
const ENGINE: &str = "1";

/// What a rule did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruled {
    /// Its name.
    pub rule: String,
    /// Whether it looked at all rows.
    pub whole: bool,
    /// Rows that it looked at.
    pub rows: u64,
    /// Rows of these in which it found something.
    pub filled: u64,
    /// Rows of these whose value is no number or no date, as the rule wants it.
    pub unread: u64,
    /// Values that are new.
    pub inserted: u64,
    /// Values that are others than before.
    pub updated: u64,
    /// Values that it no longer finds.
    pub removed: u64,
}

/// Whether there is what a rule names.
///
/// # Errors
/// With what there is not.
pub fn check(rule: &Rule, tables: &[&'static Table]) -> Result<(), Misfit> {
    item::From::of(rule, tables).map(drop)
}

/// Applies all rules. `tables` are those that rules may name.
///
/// # Errors
/// When the store fails, or a rule names a table or column that there is not. Rules
/// before that one are applied.
pub fn apply(
    store: &mut dyn Store,
    rules: &[Rule],
    tables: &[&'static Table],
    rich_text: RichText<'_>,
    clock: &dyn Clock,
) -> Result<Vec<Ruled>, PumpError> {
    forget_others(store, rules)?;
    let mut done = Vec::new();
    for rule in rules {
        let from = item::From::of(rule, tables).map_err(|misfit| PumpError::Rule {
            rule: rule.name.clone(),
            trouble: misfit.trouble,
        })?;
        let mut transaction = store.begin("extracts")?;
        let ruled = Applying {
            transaction: transaction.as_mut(),
            rule,
            from,
            rich_text,
            ruled: Ruled {
                rule: rule.name.clone(),
                whole: false,
                rows: 0,
                filled: 0,
                unread: 0,
                inserted: 0,
                updated: 0,
                removed: 0,
            },
        }
        .apply(clock)?;
        transaction.commit()?;
        done.push(ruled);
    }
    Ok(done)
}

/// Removes what rules found that are no more.
fn forget_others(store: &mut dyn Store, rules: &[Rule]) -> Result<(), PumpError> {
    let names = rules.iter().map(|it| it.name.as_str().into()).collect();
    let others = [Filter {
        column: "rule".to_owned(),
        test: Test::NotIn(names),
    }];
    let mut transaction = store.begin("extracts")?;
    let known = transaction.select(Applied::TABLE, &[])?;
    let known = Applied::rows(&known).map_err(unfit(Applied::TABLE))?;
    if known
        .iter()
        .any(|it| !rules.iter().any(|rule| rule.name == it.rule))
    {
        transaction.delete(Extract::TABLE, &others)?;
        transaction.delete(Applied::TABLE, &others)?;
        transaction.commit()?;
    }
    Ok(())
}

fn unfit(table: &'static Table) -> impl Fn(qaduct_records::table::Mismatch) -> PumpError {
    move |mismatch| PumpError::Row {
        table: table.name,
        mismatch,
    }
}

/// A rule that is being applied.
struct Applying<'a> {
    transaction: &'a mut dyn Transaction,
    rule: &'a Rule,
    from: item::From,
    rich_text: RichText<'a>,
    ruled: Ruled,
}

impl Applying<'_> {
    fn apply(mut self, clock: &dyn Clock) -> Result<Ruled, PumpError> {
        let now = clock.now();
        let digest = digest::digest([Some(ENGINE), Some(&format!("{:?}", self.rule))]);
        let name = Value::from(self.rule.name.as_str());
        let state = self.transaction.select(Applied::TABLE, &[("rule", name)])?;
        let state = Applied::rows(&state).map_err(unfit(Applied::TABLE))?;
        let state = state.into_iter().next().filter(|it| it.digest == digest);
        self.ruled.whole = state.is_none();
        let mut filters = Vec::new();
        match &state {
            None => {
                let of_rule = [equals("rule", &self.rule.name)];
                self.ruled.removed += self.transaction.delete(Extract::TABLE, &of_rule)?;
            }
            Some(state) => {
                if self.from.table.column(CHANGED_AT).is_some() {
                    filters.push(Filter {
                        column: CHANGED_AT.to_owned(),
                        test: Test::AtLeast(Value::Timestamp(state.applied_at - OVERLAP)),
                    });
                }
            }
        }
        if let Some(source) = &self.rule.source {
            filters.push(equals(SOURCE, source));
        }
        self.pages(&filters)?;
        let state = Applied {
            rule: self.rule.name.clone(),
            digest,
            applied_at: now,
        };
        self.transaction
            .upsert(Applied::TABLE, &Applied::batch(&[state]))?;
        Ok(self.ruled)
    }

    fn pages(&mut self, filters: &[Filter]) -> Result<(), PumpError> {
        let table = self.from.table;
        let mut query = Query::of(table.name, self.columns());
        query.filters = filters.to_vec();
        query.order = table
            .key
            .iter()
            .map(|it| ((*it).to_owned(), Direction::Up))
            .collect();
        query.limit = Some(PAGE);
        loop {
            let rows = self.transaction.query(&query)?;
            let count = rows.num_rows() as u64;
            self.page(&rows)?;
            if count < PAGE {
                return Ok(());
            }
            query.offset += count;
        }
    }

    /// The key, and the column that the rule reads.
    fn columns(&self) -> Vec<Column> {
        let table = self.from.table;
        let wanted = |it: &&Column| {
            table.key.contains(&it.name.as_ref()) || self.from.column() == Some(it.name.as_ref())
        };
        table.columns.iter().filter(wanted).cloned().collect()
    }

    fn page(&mut self, rows: &RecordBatch) -> Result<(), PumpError> {
        let table = self.from.table;
        let sources = values_of(rows, SOURCE).map_err(unfit(table))?;
        let keys = lineage::keys(table, rows).map_err(unfit(table))?;
        let own = self.from.column().map(|it| values_of(rows, it)).transpose();
        let own = own.map_err(unfit(table))?;
        let mut by_source: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (n, source) in sources.iter().enumerate() {
            by_source.entry(source.to_string()).or_default().push(n);
        }
        self.ruled.rows += sources.len() as u64;
        for (source, rows) in by_source {
            for chunk in rows.chunks(CHUNK) {
                let items = match &own {
                    Some(own) => chunk
                        .iter()
                        .map(|n| (lineage::text(&keys[*n]), self.from.items(&own[*n])))
                        .collect(),
                    None => {
                        let keys: Vec<_> = chunk.iter().map(|n| &keys[*n]).collect();
                        self.from.nested(self.transaction, &source, &keys)?
                    }
                };
                self.keep(&source, &items)?;
            }
        }
        Ok(())
    }

    /// Keeps what the rule finds in these rows of a source.
    fn keep(&mut self, source: &str, items: &BTreeMap<String, Vec<Json>>) -> Result<(), PumpError> {
        let mut found: Vec<Extract> = Vec::new();
        for (key, items) in items {
            let of_row = find::find(self.rule, items, self.rich_text);
            if !of_row.is_empty() {
                self.ruled.filled += 1;
            } else if find::is_unread(self.rule, items, self.rich_text) {
                self.ruled.unread += 1;
            }
            for Found {
                name,
                ordinal,
                value,
                number,
                instant,
            } in of_row
            {
                found.push(Extract {
                    source: source.to_owned(),
                    table_name: self.from.table.name.to_owned(),
                    row_key: key.clone(),
                    rule: self.rule.name.clone(),
                    name,
                    ordinal,
                    value,
                    number,
                    instant,
                });
            }
        }
        if !self.ruled.whole {
            self.forget(source, items, &found)?;
        }
        if !found.is_empty() {
            let written = self
                .transaction
                .upsert(Extract::TABLE, &Extract::batch(&found))?;
            self.ruled.inserted += written.inserted;
            self.ruled.updated += written.updated;
        }
        Ok(())
    }

    /// Removes what was found in these rows and is no more.
    fn forget(
        &mut self,
        source: &str,
        items: &BTreeMap<String, Vec<Json>>,
        found: &[Extract],
    ) -> Result<(), PumpError> {
        let mut of_rows = vec![
            equals("source", source),
            equals("table_name", self.from.table.name),
            equals("rule", &self.rule.name),
        ];
        let mut query = Query::of(Extract::TABLE.name, Extract::TABLE.columns);
        query.filters.clone_from(&of_rows);
        let keys = items.keys().map(|it| it.as_str().into()).collect();
        query = query.filter("row_key", Test::In(keys));
        let stored = self.transaction.query(&query)?;
        let stored = Extract::rows(&stored).map_err(unfit(Extract::TABLE))?;
        let there: BTreeSet<_> = found.iter().map(place).collect();
        // A row with something that is gone is cleared; what is still there comes back.
        let cleared: BTreeSet<&str> = stored
            .iter()
            .filter(|it| !there.contains(&place(it)))
            .map(|it| it.row_key.as_str())
            .collect();
        if cleared.is_empty() {
            return Ok(());
        }
        let gone = stored.iter().filter(|it| !there.contains(&place(it)));
        self.ruled.removed += gone.count() as u64;
        let back = stored
            .iter()
            .filter(|it| cleared.contains(it.row_key.as_str()));
        let back: Vec<_> = back
            .filter(|it| there.contains(&place(it)))
            .cloned()
            .collect();
        of_rows.push(Filter {
            column: "row_key".to_owned(),
            test: Test::In(cleared.into_iter().map(Value::from).collect()),
        });
        self.transaction.delete(Extract::TABLE, &of_rows)?;
        if !back.is_empty() {
            self.transaction
                .upsert(Extract::TABLE, &Extract::batch(&back))?;
        }
        Ok(())
    }
}

fn place(it: &Extract) -> (&str, &str, i64) {
    (&it.row_key, &it.name, it.ordinal)
}

fn equals(column: &str, value: &str) -> Filter {
    Filter {
        column: column.to_owned(),
        test: Test::In(vec![value.into()]),
    }
}
