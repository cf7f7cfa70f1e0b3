//! Which parts of a stream are to be read.

use std::collections::HashMap;

use qaduct_records::digest::digest;
use qaduct_records::pull::{Part, StreamRun};
use qaduct_records::source::{Failure, Scope, SourceError};
use qaduct_records::stream::{Again, Finality, GONE_AT, Parts, SOURCE, Stream};
use qaduct_records::values::values_of;
use qaduct_records::{Filter, Outcome, Query, Row, Test, Value};

use super::mark::{of_source, unfit};
use super::{Keeper, Pull, Trouble};

/// A part that is to be read.
#[derive(Debug)]
pub(super) struct Due {
    pub(super) scope: Scope,
    /// What is stored of it.
    pub(super) stored: Option<Part>,
    /// The state of the parent row; kept when the part was read whole.
    pub(super) mark: Option<String>,
}

impl Pull<'_> {
    /// The parts of a stream that are to be read now.
    pub(super) fn parts(&mut self, stream: &'static Stream) -> Result<Vec<Due>, Trouble> {
        let stored = self.keeper.stored(stream)?;
        match stream.parts {
            Parts::Scopes => {
                let scopes = self.source.scopes(stream)?;
                Ok(scopes
                    .into_iter()
                    .map(|scope| Due {
                        stored: stored.get(&self.keeper.part_name(&scope)).cloned(),
                        scope,
                        mark: None,
                    })
                    .collect())
            }
            Parts::Each {
                parent,
                columns,
                only,
                again,
            } => {
                let found = self.source.streams().iter().find(|it| it.name == parent);
                let parent = found.copied().ok_or_else(|| {
                    SourceError::new(
                        Failure::Config,
                        format!("{}.{}", self.keeper.name, stream.name),
                        format!("there is no stream `{parent}` to divide it by"),
                    )
                })?;
                let due = self.of_parents(parent, columns, only, again, &stored)?;
                if due.is_empty() && !self.keeper.knows(parent)? {
                    let place = format!("{}.{}", self.keeper.name, stream.name);
                    let message = format!(
                        "`{}` is read along `{}`, of which nothing was pulled yet",
                        stream.name, parent.name
                    );
                    let hint = format!(
                        "pull `{}.{}` before it or with it",
                        self.keeper.name, parent.name
                    );
                    return Err(SourceError::new(Failure::Config, place, message)
                        .hint(hint)
                        .into());
                }
                Ok(due)
            }
        }
    }

    /// One part for each living row of the parent that has changed since, or may still.
    fn of_parents(
        &mut self,
        parent: &'static Stream,
        columns: &[&'static str],
        only: Option<(&'static str, &'static [&'static str])>,
        again: Again,
        stored: &HashMap<String, Part>,
    ) -> Result<Vec<Due>, Trouble> {
        let table = parent.table;
        let unfit = unfit(table.name);
        let mut needed = columns.to_vec();
        if let Again::Changed(changed) = again {
            needed.extend(changed);
        }
        if let Finality::Once { column, .. } = parent.finality {
            needed.push(column);
        }
        needed.extend(only.map(|(column, _)| column));
        let mut query = of_source(
            table,
            &self.keeper.name,
            vec![Filter {
                column: GONE_AT.to_owned(),
                test: Test::Missing,
            }],
        );
        query
            .columns
            .retain(|it| needed.contains(&it.name.as_ref()));
        let rows = self.keeper.reader.query(&query)?;
        let mut columns_of = HashMap::new();
        for name in &needed {
            columns_of.insert(*name, values_of(&rows, name).map_err(&unfit)?);
        }
        let mut due: Vec<Due> = Vec::new();
        for row in 0..rows.num_rows() {
            let value = |name: &str| columns_of[name].get(row).cloned().unwrap_or(Value::Null);
            let text = |name: &str| value(name).to_string();
            if only.is_some_and(|(name, values)| !values.contains(&text(name).as_str())) {
                continue;
            }
            let scope = Scope::of(columns.iter().map(|name| (*name, value(name))));
            if due.iter().rev().take(1).any(|it| it.scope == scope) {
                continue;
            }
            let is_final = match parent.finality {
                Finality::Once { column, values } => values.contains(&text(column).as_str()),
                _ => true,
            };
            let mark = match again {
                Again::Always => None,
                Again::Changed(names) => {
                    let texts: Vec<_> = names.iter().map(|name| text(name)).collect();
                    let open = (!is_final).then_some("open");
                    Some(digest(
                        texts.iter().map(|it| Some(it.as_str())).chain([open]),
                    ))
                }
            };
            let stored = stored.get(&self.keeper.part_name(&scope)).cloned();
            let read_whole = stored
                .as_ref()
                .is_some_and(|it| it.completed_at.is_some() && it.upper.is_none());
            let unchanged =
                mark.is_some() && stored.as_ref().and_then(|it| it.mark.clone()) == mark;
            if read_whole && unchanged && is_final && !self.keeper.wanted.full {
                continue;
            }
            due.push(Due {
                scope,
                stored,
                mark,
            });
        }
        due.sort_by_key(|it| natural(&it.scope));
        due.dedup_by(|one, other| one.scope == other.scope);
        Ok(due)
    }
}

impl Keeper<'_> {
    /// Whether it is known which rows a stream has: it is pulled by this run, or some of it
    /// was stored, or a run found that it has none.
    fn knows(&mut self, stream: &Stream) -> Result<bool, Trouble> {
        if self.wanted.wants(stream) {
            return Ok(true);
        }
        let named = |query: Query| {
            query
                .filter(SOURCE, Test::In(vec![self.name.as_str().into()]))
                .filter("stream", Test::In(vec![stream.name.into()]))
        };
        let parts = named(Query::of(Part::TABLE.name, Part::TABLE.columns));
        let runs = named(Query::of(StreamRun::TABLE.name, StreamRun::TABLE.columns)).filter(
            "outcome",
            Test::In(vec![
                Outcome::Complete.as_str().into(),
                Outcome::Unchanged.as_str().into(),
            ]),
        );
        let stored = of_source(stream.table, &self.name, Vec::new());
        for query in [parts, runs, stored] {
            if self.reader.count(&query)? > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What is stored of the parts of a stream.
    fn stored(&mut self, stream: &Stream) -> Result<HashMap<String, Part>, Trouble> {
        let query = Query::of(Part::TABLE.name, Part::TABLE.columns)
            .filter(SOURCE, Test::In(vec![self.name.as_str().into()]))
            .filter("stream", Test::In(vec![stream.name.into()]));
        let rows = self.reader.query(&query)?;
        let parts = Part::rows(&rows).map_err(unfit(Part::TABLE.name))?;
        Ok(parts.into_iter().map(|it| (it.part.clone(), it)).collect())
    }

    /// The name under which the state of a part is kept: a pull of a range has its own.
    pub(super) fn part_name(&self, scope: &Scope) -> String {
        if self.wanted.from.is_none() && self.wanted.to.is_none() {
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
