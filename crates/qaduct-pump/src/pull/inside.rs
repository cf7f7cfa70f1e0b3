//! Marks what stands inside records that are gone: rows of tables that no stream owns.
//!
//! They come back with their record, which brings all that it has.

use std::collections::{BTreeMap, HashMap};

use qaduct_records::stream::GONE_AT;
use qaduct_records::values::values_of;
use qaduct_records::{Filter, RecordBatch, Table, Test, Transaction};

use super::burial::{Burial, Going, parts_of};
use super::lineage;
use super::mark::{of_source, unfit};
use crate::PumpError;

/// Records that one question names.
const CHUNK: usize = 500;

impl Burial {
    /// Marks what stands inside those of these rows that are gone. It is not counted, as it
    /// is not where it comes.
    pub(super) fn inside(
        &self,
        transaction: &mut dyn Transaction,
        table: &'static Table,
        rows: &RecordBatch,
    ) -> Result<(), PumpError> {
        // Streams may keep their rows in one table.
        let streams = self.streams.iter().filter(|it| it.table.name == table.name);
        let places = streams.flat_map(|stream| {
            let nested = stream.nested.iter().copied();
            nested.filter_map(|it| Some((it.name, (it, stream.names_parent(it)?))))
        });
        let mut places: BTreeMap<_, _> = places.collect();
        places.retain(|_, (it, _)| self.owner(it).is_none());
        if places.is_empty() {
            return Ok(());
        }
        let key = table.key[1];
        let records = parts_of(table, rows, &[key])?;
        for (inside, parent) in places.into_values() {
            for chunk in records.chunks(CHUNK) {
                let values = chunk.iter().map(|(it, _)| it.values[key].clone());
                let narrow = Filter::new(parent, Test::In(values.collect()));
                let mut query =
                    of_source(inside, self.source(), vec![narrow]).filter(GONE_AT, Test::Missing);
                query.columns.retain(|it| {
                    let name = it.name.as_ref();
                    name == parent || inside.key.contains(&name)
                });
                let rows = transaction.query(&query)?;
                let how: HashMap<String, &'static str> = chunk
                    .iter()
                    .map(|(it, how)| (it.values[key].to_string(), *how))
                    .collect();
                let keys = lineage::keys(inside, &rows).map_err(unfit(inside.name))?;
                let parents = values_of(&rows, parent).map_err(unfit(inside.name))?;
                let going = keys.into_iter().zip(parents);
                let going: Vec<Going> = going
                    .filter_map(|(key, parent)| Some((key, *how.get(&parent.to_string())?, None)))
                    .collect();
                self.mark(transaction, inside, &going)?;
            }
        }
        Ok(())
    }
}
