//! The rows whose details no cursor brings: those that came into a part without having
//! changed, as when a saved filter was edited.

use jiff::{SignedDuration, Timestamp};
use qaduct_records::pull::Member;
use qaduct_records::stream::{GONE_AT, Stream};
use qaduct_records::values::values_of;
use qaduct_records::{Filter, Row, Test, Value};

use super::mark::{equals, of_source, unfit};
use super::open::value;
use super::part::Under;
use super::{Keeper, Pull, Trouble, lineage};

/// Keys that one question names.
const AT_ONCE: usize = 500;

impl Pull<'_> {
    /// The keys of the rows that have come into the part of the same name since details
    /// were read last, and whose last change lies before the bounds of this reading.
    pub(super) fn added(&mut self, under: &Under<'_>) -> Result<Vec<Vec<Value>>, Trouble> {
        let Some(of) = self.source.details_of(under.stream) else {
            return Ok(Vec::new());
        };
        let found = self.source.streams().iter().find(|it| it.name == of);
        // Without a lower bound all was read.
        let (Some(of), Some(lower), Some(read_at)) =
            (found, under.state.lower, under.state.read_at)
        else {
            return Ok(Vec::new());
        };
        self.keeper
            .joined(of, &under.due.scope.name, read_at, lower)
    }
}

impl Keeper<'_> {
    /// The keys of the rows that came into a part after an instant, and changed last before
    /// another.
    fn joined(
        &mut self,
        stream: &'static Stream,
        part: &str,
        after: Timestamp,
        changed_before: Timestamp,
    ) -> Result<Vec<Vec<Value>>, Trouble> {
        let (table, Some(cursor)) = (stream.table, stream.cursor) else {
            return Ok(Vec::new());
        };
        let first = after + SignedDuration::from_micros(1);
        let filter = |column: &str, test| Filter {
            column: column.to_owned(),
            test,
        };
        let filters = vec![
            equals("stream", stream.name),
            equals("part", part),
            filter("gone_at", Test::Missing),
            filter("joined_at", Test::AtLeast(Value::Timestamp(first))),
        ];
        let mut query = of_source(Member::TABLE, &self.name, filters);
        query.columns.retain(|it| it.name == "row_key");
        let rows = self.reader.query(&query)?;
        let names = values_of(&rows, "row_key").map_err(unfit(Member::TABLE.name))?;
        let kind = table.column(table.key[1]).map(|it| it.kind);
        let mut keys = Vec::new();
        for chunk in names.chunks(AT_ONCE) {
            let wanted = chunk.iter().map(|it| value(kind, &it.to_string()));
            let filters = vec![
                filter(table.key[1], Test::In(wanted.collect())),
                filter(GONE_AT, Test::Missing),
            ];
            let mut query = of_source(table, &self.name, filters);
            query.columns.retain(|it| {
                let name = it.name.as_ref();
                table.key.contains(&name) || name == cursor.column
            });
            let rows = self.reader.query(&query)?;
            let changed = values_of(&rows, cursor.column).map_err(unfit(table.name))?;
            let found = lineage::keys(table, &rows).map_err(unfit(table.name))?;
            let old = |at: &Value| !matches!(at, Value::Timestamp(at) if *at >= changed_before);
            let old = found.into_iter().zip(&changed).filter(|(_, at)| old(at));
            keys.extend(old.map(|(key, _)| key));
        }
        Ok(keys)
    }
}
