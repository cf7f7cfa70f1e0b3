//! What a store holds after a pull, as text that is the same after each way there.
//!
//! Left out is what tells of the way itself: `_first_seen_at`, `_changed_at`,
//! `_request_id` and `request_id`; the tables `runs`, `stream_runs` and `requests`; and
//! instants of our clock, which waits move: `watermark`, `completed_at`, `read_at` and
//! `stored_at` of `pull_parts`, `first_seen_at` and `joined_at` of `part_rows`; and what a service is asked with whether
//! anything changed, `validator` of `pull_parts`: a list whose reading was disturbed may
//! have none. Of when a row was found gone only
//! stays that it was.

use std::collections::{BTreeMap, BTreeSet};

use qaduct_records::pull::{Member, Part, Problem, Seen};
use qaduct_records::stream::{GONE_AT, LINEAGE};
use qaduct_records::values::values_of;
use qaduct_records::{Query, Row as _, Store, Table, Value};

/// Key of a row, its table included, and its values.
pub(super) type Rows = BTreeMap<String, String>;

/// The tables of pulling whose rows are compared.
const OWN: &[&Table] = &[Member::TABLE, Problem::TABLE, Seen::TABLE, Part::TABLE];
const OF_THE_WAY: &[&str] = &[
    "request_id",
    "watermark",
    "completed_at",
    "first_seen_at",
    "joined_at",
    "read_at",
    "stored_at",
    "validator",
];

/// The rows of these tables, and of those of pulling.
pub(super) fn rows(store: &dyn Store, tables: &[&'static Table]) -> Rows {
    let mut reader = store.reader().unwrap();
    let mut all = Rows::new();
    for table in tables.iter().chain(OWN) {
        let mut query = Query::of(table.name, table.columns);
        query.columns.retain(|it| {
            let name = it.name.as_ref();
            !LINEAGE.contains(&name) && !OF_THE_WAY.contains(&name)
        });
        let batch = reader.query(&query).unwrap();
        let columns: Vec<_> = query
            .columns
            .iter()
            .map(|it| (it.name.as_ref(), values_of(&batch, &it.name).unwrap()))
            .collect();
        for row in 0..batch.num_rows() {
            let (mut key, mut text) = (table.name.to_owned(), String::new());
            for (name, values) in &columns {
                let value = match &values[row] {
                    Value::Null => continue,
                    _ if [GONE_AT, "gone_at"].contains(name) => "yes".to_owned(),
                    value => value.to_string(),
                };
                if table.key.contains(name) {
                    key = format!("{key} {value}");
                } else {
                    text += &[*name, "=", &value, " "].concat();
                }
            }
            all.insert(key, text);
        }
    }
    all
}

/// Rows of a source that are there, not those that are known to be gone.
fn living(rows: &Rows) -> impl Iterator<Item = &String> {
    let is_own = |key: &str| {
        OWN.iter()
            .any(|it| key.starts_with(&format!("{} ", it.name)))
    };
    let rows = rows.iter().filter(move |(key, _)| !is_own(key));
    rows.filter(|(_, text)| !text.contains("_gone_at=yes"))
        .map(|(key, _)| key)
}

/// Rows that are there in one store and not in another one.
pub(super) fn lost(there: &Rows, found: &Rows) -> Vec<String> {
    let found: BTreeSet<_> = living(found).collect();
    let lost = living(there).filter(|it| !found.contains(it));
    lost.cloned().collect()
}

/// Makes what is as after two pulls what it is after one.
pub(super) fn equate(found: &mut Rows, twice: &Rows, once: &Rows) {
    for (key, text) in twice {
        if found.get(key) != Some(text) {
            continue;
        }
        match once.get(key) {
            Some(text) => found.insert(key.clone(), text.clone()),
            None => found.remove(key),
        };
    }
}

/// The first difference, where there is one.
pub(super) fn difference(expected: &Rows, found: &Rows) -> Option<String> {
    let short = |text: Option<&String>| text.map(|it| it.chars().take(300).collect::<String>());
    let lost = expected
        .iter()
        .find(|(key, text)| found.get(*key) != Some(text));
    if let Some((key, text)) = lost {
        let (text, found) = (short(Some(text)), short(found.get(key)));
        return Some(format!("{key} is {text:?} and became {found:?}"));
    }
    let more = found.iter().find(|(key, _)| !expected.contains_key(*key));
    more.map(|(key, text)| format!("{key} is too much: {:?}", short(Some(text))))
}
