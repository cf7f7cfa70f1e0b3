//! Rules over stored rows: what changed is looked at again, what is gone is gone.

use jiff::Timestamp;
use qaduct_pump::rules::{FieldKind, How, Rule, Ruled, apply};
use qaduct_records::rules::Extract;
use qaduct_records::values::batch_of_values;
use qaduct_records::{Clock, Row, Store, TABLES, Table, Value};

use crate::service::{ISSUES, at};

struct Still(Timestamp);

impl Clock for Still {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// Stores an issue whose name is that, changed at that time.
fn put(store: &mut dyn Store, id: i64, name: Option<&str>, changed: &str) {
    let columns = ISSUES.columns.iter().map(|column| {
        vec![match column.name.as_ref() {
            "source" => "here".into(),
            "id" => Value::Int(id),
            "name" => name.map_or(Value::Null, Value::from),
            "_request_id" => "request".into(),
            "_first_seen_at" | "_changed_at" => Value::Timestamp(at(changed)),
            _ => Value::Null,
        }]
    });
    let batch = batch_of_values(ISSUES.columns, columns.collect()).unwrap();
    let mut transaction = store.begin("test").unwrap();
    transaction.upsert(&ISSUES, &batch).unwrap();
    transaction.commit().unwrap();
}

fn points(kind: FieldKind) -> Rule {
    Rule {
        name: "points".to_owned(),
        table: "t_issues".to_owned(),
        source: None,
        from: "name".to_owned(),
        how: How::Field(kind),
    }
}

fn applied(store: &mut dyn Store, rules: &[Rule], now: &str) -> Vec<Ruled> {
    let tables: Vec<&'static Table> = vec![&ISSUES];
    apply(store, rules, &tables, &|_| None, &Still(at(now))).unwrap()
}

fn found(store: &mut dyn Store) -> Vec<String> {
    let mut transaction = store.begin("test").unwrap();
    let rows = transaction.select(Extract::TABLE, &[]).unwrap();
    let mut rows: Vec<_> = Extract::rows(&rows)
        .unwrap()
        .iter()
        .map(|it| format!("{} {}={}", it.row_key, it.name, it.value))
        .collect();
    rows.sort();
    rows
}

#[test]
fn a_rule_looks_at_what_changed_and_at_all_when_it_changed_itself() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rules.db");
    let mut store = qaduct_stores::open(path.to_str().unwrap(), None).unwrap();
    let tables: Vec<&Table> = TABLES.iter().copied().chain([&ISSUES]).collect();
    store.migrate(&tables, &[]).unwrap();
    let store = store.as_mut();
    put(store, 1, Some("3"), "01:00");
    put(store, 2, Some("many"), "01:00");
    put(store, 3, None, "01:00");

    let number = [points(FieldKind::Number)];
    let first = applied(store, &number, "08:00").remove(0);
    assert_eq!((first.whole, first.rows, first.inserted), (true, 3, 1));
    // One has a number, one a word that is none, one nothing at all.
    assert_eq!((first.filled, first.unread), (1, 1));
    assert_eq!(found(store), ["1 points=3"]);

    // Nothing changed: nothing is looked at.
    let again = applied(store, &number, "09:00").remove(0);
    assert_eq!((again.whole, again.rows, again.inserted), (false, 0, 0));

    put(store, 1, None, "09:30");
    put(store, 2, Some("0"), "09:30");
    let changed = applied(store, &number, "10:00").remove(0);
    assert_eq!((changed.rows, changed.inserted, changed.removed), (2, 1, 1));
    assert_eq!(found(store), ["2 points=0"]);

    put(store, 3, Some("few"), "09:30");
    let text = applied(store, &[points(FieldKind::Text)], "11:00").remove(0);
    assert!(text.whole);
    assert_eq!(found(store), ["2 points=0", "3 points=few"]);

    assert_eq!(applied(store, &[], "12:00"), []);
    assert_eq!(found(store), [""; 0]);
}
