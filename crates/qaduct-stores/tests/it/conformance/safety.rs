//! Transactions: who sees what, who waits for whom, and what a death leaves behind.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

use qaduct_records::{Row as _, Value};

use crate::child;
use crate::place::Place;
use crate::sample::{Mention, Sample, everything, read, read_all, write};

pub(super) fn what_is_not_committed_is_not_seen(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    let mut reader = store.reader().unwrap();
    let mut transaction = store.begin("samples").unwrap();
    transaction
        .upsert(Sample::TABLE, &Sample::batch(&[Sample::int("a", 1)]))
        .unwrap();
    assert_eq!(read(&mut *reader, &everything()), []);
    transaction.commit().unwrap();
    assert_eq!(read(&mut *reader, &everything()), [Sample::int("a", 1)]);
}

pub(super) fn a_dropped_transaction_changes_nothing(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    write(&mut *store, &[Sample::int("a", 1)]);
    for rows in [
        vec![Sample::int("a", 2)],
        (0..1_200).map(Sample::nth).collect(),
    ] {
        let mut transaction = store.begin("samples").unwrap();
        transaction
            .upsert(Sample::TABLE, &Sample::batch(&rows))
            .unwrap();
        drop(transaction);
        let mut transaction = store.begin("samples").unwrap();
        transaction.delete(Sample::TABLE, &[]).unwrap();
        drop(transaction);
        assert_eq!(read_all(&*store), [Sample::int("a", 1)]);
    }
}

pub(super) fn after_a_failure_nothing_can_be_committed(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    let mut transaction = store.begin("samples").unwrap();
    transaction
        .upsert(Sample::TABLE, &Sample::batch(&[Sample::int("a", 1)]))
        .unwrap();
    // This table was never created.
    let error = transaction.delete(Mention::TABLE, &[]).unwrap_err();
    assert!(error.to_string().contains("`mentions`"), "{error}");
    let error = transaction.commit().unwrap_err();
    assert!(
        error
            .to_string()
            .contains("a part of the transaction failed"),
        "{error}"
    );
    assert_eq!(read_all(&*store), []);
}

pub(super) fn readers_see_whole_transactions_only(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    let mut reader = store.reader().unwrap();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0..20 {
                let rows: Vec<_> = (0..50)
                    .map(|number| Sample {
                        int: Some(round),
                        ..Sample::new("row", number)
                    })
                    .collect();
                let mut transaction = store.begin("samples").unwrap();
                // In two parts, so that half of a transaction would show.
                for part in rows.chunks(25) {
                    transaction
                        .upsert(Sample::TABLE, &Sample::batch(part))
                        .unwrap();
                }
                transaction.commit().unwrap();
            }
            done.store(true, Relaxed);
        });
        let mut reads = 0;
        while reads == 0 || !done.load(Relaxed) {
            let rows = read(&mut *reader, &everything());
            assert!(rows.is_empty() || rows.len() == 50, "{}", rows.len());
            assert!(rows.iter().all(|row| row.int == rows[0].int));
            reads += 1;
        }
    });
    assert!(read_all(&*store).iter().all(|row| row.int == Some(19)));
}

pub(super) fn writers_with_the_same_lock_take_turns(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    write(&mut *store, &[Sample::int("sum", 0)]);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut store = place.open();
                for _ in 0..10 {
                    let mut transaction = store.begin("sum").unwrap();
                    let found = transaction
                        .select(Sample::TABLE, &[("name", Value::from("sum"))])
                        .unwrap();
                    let sum = Sample::rows(&found).unwrap()[0].int.unwrap();
                    let next = Sample::batch(&[Sample::int("sum", sum + 1)]);
                    transaction.upsert(Sample::TABLE, &next).unwrap();
                    transaction.commit().unwrap();
                }
            });
        }
    });
    assert_eq!(read_all(&*store), [Sample::int("sum", 40)]);
}

pub(super) fn a_process_that_is_killed_leaves_no_trace(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    write(&mut *store, &[Sample::int("a", 1)]);
    child::writes_and_is_killed(place);
    assert_eq!(read_all(&*store), [Sample::int("a", 1)]);
    // Neither does it hold a lock: the same rows go in at once.
    let rows: Vec<_> = (0..5_000).map(Sample::nth).collect();
    assert_eq!(write(&mut *store, &rows).inserted, 5_000);
}

pub(super) fn the_version_changes_with_the_data_and_only_then(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    let mut reader = store.reader().unwrap();
    let rows = [Sample::int("a", 1)];
    let mut versions = vec![reader.version().unwrap()];
    write(&mut *store, &rows);
    versions.push(reader.version().unwrap());
    write(&mut *store, &[Sample::int("a", 2)]);
    versions.push(reader.version().unwrap());
    let mut transaction = store.begin("samples").unwrap();
    transaction.delete(Sample::TABLE, &[]).unwrap();
    transaction.commit().unwrap();
    versions.push(reader.version().unwrap());
    write(&mut *store, &rows);
    versions.push(reader.version().unwrap());

    write(&mut *store, &rows);
    drop(store.begin("samples").unwrap());
    let now = versions[4].clone();
    assert_eq!(reader.version().unwrap(), now, "nothing was changed");
    assert_eq!(
        place.reader().version().unwrap(),
        now,
        "another reader says the same"
    );
    versions.sort();
    versions.dedup();
    assert_eq!(versions.len(), 5);
}
