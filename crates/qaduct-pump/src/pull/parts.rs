//! Which parts of a stream are to be read.

use std::collections::{BTreeMap, HashMap, HashSet};

use qaduct_records::digest::digest;
use qaduct_records::pull::Part;
use qaduct_records::source::Scope;
use qaduct_records::stream::{Again, Finality, GONE_AT, Parts, SOURCE, Stream};
use qaduct_records::values::values_of;
use qaduct_records::{Filter, Query, Row, Test, Value};

use super::burial::narrowed;
use super::mark::{of_source, unfit};
use super::open::not_final;
use super::position::shape;
use super::{Keeper, Pull, Trouble};

/// A part that is to be read.
#[derive(Debug)]
pub(super) struct Due {
    pub(super) scope: Scope,
    /// What is stored of it.
    pub(super) stored: Option<Part>,
    /// The state of the parent row; kept when the part was read whole.
    pub(super) mark: Option<String>,
    /// What shapes its rows now.
    pub(super) shape: String,
    /// Whether nothing more comes when it was read whole, unless its parent changes.
    pub(super) is_last: bool,
}

impl Pull<'_> {
    /// The parts of a stream that are to be read now.
    pub(super) fn parts(&mut self, stream: &'static Stream) -> Result<Vec<Due>, Trouble> {
        if self.source.off(stream).is_some() {
            return Ok(Vec::new());
        }
        let stored = self.keeper.stored(stream)?;
        let of_stream = self.source.shape(stream);
        match stream.parts {
            Parts::Scopes => {
                let scopes = self.scopes(stream)?;
                Ok(scopes
                    .into_iter()
                    .map(|scope| Due {
                        stored: stored.get(&self.keeper.part_name(&scope)).cloned(),
                        shape: shape(&of_stream, &scope),
                        scope,
                        mark: None,
                        is_last: false,
                    })
                    .collect())
            }
            Parts::Each {
                parent,
                columns,
                only,
                again,
            } => {
                let parent = self.parent(stream, parent)?;
                self.of_parents(stream, parent, columns, only, again, &stored)
            }
        }
    }

    /// One part for each living row of the parent that has changed since, or may still.
    fn of_parents(
        &mut self,
        stream: &'static Stream,
        parent: &'static Stream,
        columns: &'static [&'static str],
        only: Option<(&'static str, &'static [&'static str])>,
        again: Again,
        stored: &HashMap<String, Part>,
    ) -> Result<Vec<Due>, Trouble> {
        let mut needed = Vec::new();
        if let Again::Changed(changed) | Again::Until { changed, .. } = again {
            needed.extend(changed);
        }
        // Until a row of the parent has one of these values in that column, what hangs on
        // it may still change.
        let last = match (again, parent.finality) {
            (Again::Until { column, values, .. }, _) | (_, Finality::Once { column, values }) => {
                Some((column, values))
            }
            _ => None,
        };
        needed.extend(last.map(|(column, _)| column));
        needed.extend(only.map(|(column, _)| column));
        let (rows, inside) = self.living(parent, columns, &needed)?;
        let mut columns_of = HashMap::new();
        for name in needed.iter().chain(columns) {
            let values = values_of(&rows, name).map_err(unfit(parent.table.name))?;
            columns_of.insert(*name, values);
        }
        let open = self.keeper.open_scopes(stream, columns)?;
        let open = self.within(parent, open)?;
        let same = |it: &Scope| narrowed(it, stream.part_columns).name;
        let open_parts: HashSet<String> = open.iter().map(same).collect();
        let of_stream = self.source.shape(stream);
        let mut due: Vec<Due> = Vec::new();
        for row in inside {
            let value = |name: &str| columns_of[name].get(row).cloned().unwrap_or(Value::Null);
            let text = |name: &str| value(name).to_string();
            if only.is_some_and(|(name, values)| !values.contains(&text(name).as_str())) {
                continue;
            }
            let scope = Scope::of(columns.iter().map(|name| (*name, value(name))));
            if due.iter().rev().take(1).any(|it| it.scope == scope) {
                continue;
            }
            let is_final =
                last.is_none_or(|(column, values)| values.contains(&text(column).as_str()));
            let mark = match again {
                Again::Always => None,
                Again::Changed(names) | Again::Until { changed: names, .. } => {
                    let texts: Vec<_> = names.iter().map(|name| text(name)).collect();
                    let open = (!is_final).then_some("open");
                    Some(digest(
                        texts.iter().map(|it| Some(it.as_str())).chain([open]),
                    ))
                }
            };
            let stored = stored.get(&self.keeper.part_name(&scope)).cloned();
            let shape = shape(&of_stream, &scope);
            let read_whole = stored.as_ref().is_some_and(|it| {
                it.completed_at.is_some() && it.upper.is_none() && self.keeper.holds(it, &shape)
            });
            let unchanged =
                mark.is_some() && stored.as_ref().and_then(|it| it.mark.clone()) == mark;
            let is_open = open_parts.contains(&same(&scope));
            if read_whole && unchanged && is_final && !is_open && !self.keeper.wanted.full {
                continue;
            }
            due.push(Due {
                scope,
                stored,
                is_last: mark.is_some() && is_final && !is_open,
                mark,
                shape,
            });
        }
        let known: HashSet<String> = due.iter().map(|it| same(&it.scope)).collect();
        for scope in open {
            if known.contains(&same(&scope)) {
                continue;
            }
            // Its parent is gone, or has another part now.
            let stored = stored.get(&self.keeper.part_name(&scope)).cloned();
            let mark = stored.as_ref().and_then(|it| it.mark.clone());
            due.push(Due {
                shape: shape(&of_stream, &scope),
                scope,
                stored,
                mark,
                is_last: false,
            });
        }
        due.sort_by_key(|it| natural(&it.scope));
        due.dedup_by(|one, other| one.scope == other.scope);
        Ok(due)
    }
}

impl Keeper<'_> {
    /// What is stored of the parts of a stream.
    pub(super) fn stored(&mut self, stream: &Stream) -> Result<HashMap<String, Part>, Trouble> {
        let query = Query::of(Part::TABLE.name, Part::TABLE.columns)
            .filter(SOURCE, Test::In(vec![self.name.as_str().into()]))
            .filter("stream", Test::In(vec![stream.name.into()]));
        let rows = self.reader.query(&query)?;
        let parts = Part::rows(&rows).map_err(unfit(Part::TABLE.name))?;
        Ok(parts.into_iter().map(|it| (it.part.clone(), it)).collect())
    }

    /// The parts of a stream that have rows which are not final, where its rows tell
    /// their part: those are read again whatever became of the parent.
    fn open_scopes(
        &mut self,
        stream: &'static Stream,
        columns: &[&'static str],
    ) -> Result<Vec<Scope>, Trouble> {
        let table = stream.table;
        let Finality::Once { column, values } = stream.finality else {
            return Ok(Vec::new());
        };
        if columns.iter().any(|it| table.column(it).is_none()) {
            return Ok(Vec::new());
        }
        let mut scopes: BTreeMap<String, Scope> = BTreeMap::new();
        for test in not_final(table, column, values) {
            let open = Filter {
                column: column.to_owned(),
                test,
            };
            let mut query = of_source(table, &self.name, vec![open]);
            query = query.filter(GONE_AT, Test::Missing);
            query
                .columns
                .retain(|it| columns.contains(&it.name.as_ref()));
            let rows = self.reader.query(&query)?;
            let mut values_by_name = HashMap::new();
            for name in columns {
                let values = values_of(&rows, name).map_err(unfit(table.name))?;
                values_by_name.insert(*name, values);
            }
            for row in 0..rows.num_rows() {
                let value = |name: &str| values_by_name[name].get(row).cloned();
                let scope = Scope::of(
                    columns
                        .iter()
                        .map(|name| (*name, value(name).unwrap_or(Value::Null))),
                );
                scopes.entry(scope.name.clone()).or_insert(scope);
            }
        }
        Ok(scopes.into_values().collect())
    }

    /// The name under which the state of a part is kept: a pull of a range has its own.
    pub(super) fn part_name(&self, scope: &Scope) -> String {
        if !self.is_range() {
            return scope.name.clone();
        }
        let bound = |it: Option<jiff::Timestamp>| it.map(|it| it.to_string()).unwrap_or_default();
        format!(
            "{}@{}..{}",
            scope.name,
            bound(self.wanted.from),
            bound(self.wanted.to)
        )
    }
}

/// Parts sort by their numbers, not by the digits of them.
fn natural(scope: &Scope) -> Vec<(i64, String)> {
    scope
        .values
        .values()
        .map(|it| match it {
            Value::Int(int) => (*int, String::new()),
            other => (0, other.to_string()),
        })
        .collect()
}
