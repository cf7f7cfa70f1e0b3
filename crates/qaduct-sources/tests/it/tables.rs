//! The declared tables as a whole.

use std::collections::BTreeSet;

use qaduct_records::Table;
use qaduct_records::stream::{Parts, SOURCE};
use qaduct_sources::KINDS;

fn is_name(name: &str) -> bool {
    let letters = name
        .bytes()
        .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_');
    letters
        && !name.is_empty()
        && name.len() <= 63
        && !name.starts_with(|it: char| it.is_ascii_digit())
}

#[test]
fn each_table_and_column_is_described_and_has_a_name_that_every_store_takes() {
    for table in qaduct_sources::tables() {
        assert!(is_name(table.name), "{}", table.name);
        assert!(!table.description.trim().is_empty(), "{}", table.name);
        let mut names = BTreeSet::new();
        for column in table.columns {
            let name = column.name.as_ref();
            assert!(is_name(name), "{}.{name}", table.name);
            assert!(names.insert(name), "{}.{name} twice", table.name);
            let described = column.description.trim();
            assert!(
                described.ends_with('.') || described.ends_with(')'),
                "{}.{name}: {described}",
                table.name
            );
        }
        assert_eq!(table.key[0], SOURCE, "{}", table.name);
        for key in table.key {
            let column = table
                .column(key)
                .unwrap_or_else(|| panic!("{}.{key}", table.name));
            assert!(!column.nullable, "{}.{key}", table.name);
        }
    }
}

#[test]
fn tables_of_one_name_are_one_table() {
    let streams = KINDS.iter().flat_map(|it| it.contracts);
    let all = streams.flat_map(|it| std::iter::once(it.table).chain(it.nested.iter().copied()));
    for table in all {
        let known = qaduct_sources::tables();
        let same = known.iter().find(|it| it.name == table.name).unwrap();
        assert!(
            std::ptr::eq(*same, table) || format!("{same:?}") == format!("{table:?}"),
            "{}",
            table.name
        );
    }
}

#[test]
fn no_variable_brings_more_than_one_source() {
    let mut known = BTreeSet::new();
    for kind in KINDS {
        let mut variables = kind.variables.iter();
        if let Some((_, token)) = variables.find(|(key, _)| *key == "token") {
            assert!(known.insert(token), "{}: {token}", kind.name);
        }
    }
}

#[test]
fn contracts_name_columns_that_there_are() {
    for kind in KINDS {
        assert_eq!(kind.streams.len(), kind.contracts.len(), "{}", kind.name);
        for (n, stream) in kind.contracts.iter().enumerate() {
            let place = format!("{}.{}", kind.name, stream.name);
            let rest = kind.streams[n];
            assert_eq!(rest.contract.name, stream.name, "{place}");
            assert_eq!(rest.spec.table.name, stream.table.name, "{place}");
            let has = |name: &str| stream.table.column(name).is_some();
            assert!(stream.part_columns.iter().all(|it| has(it)), "{place}");
            assert!(stream.cursor.is_none_or(|it| has(it.column)), "{place}");
            for inside in rest.nested {
                let table = &inside.spec.table;
                assert!(
                    table.column(inside.parent.0).is_some(),
                    "{place}: {}",
                    table.name
                );
                let named = stream.nested.iter().any(|it| it.name == table.name);
                assert!(named, "{place}: {} is not in the contract", table.name);
            }
            let key = stream.table.key;
            assert!(key.len() == 2 || stream.nested.is_empty(), "{place}");
            for table in stream.nested {
                // The tables that no reader of records fills: who belongs to a meta bug and the
                // runs of a plan, which are a stream.
                let inside = rest
                    .nested
                    .iter()
                    .find(|it| it.spec.table.name == table.name);
                let parent = match (table.name, inside) {
                    (_, Some(inside)) => inside.parent.0,
                    ("bugzilla_meta", None) => "root_id",
                    ("testrail_runs", None) => continue,
                    (name, None) => panic!("{place}: nothing fills {name}"),
                };
                if table.name == "taskcluster_groups" {
                    // Told by each task of the group.
                    assert_eq!(stream.names_parent(table), None);
                    continue;
                }
                assert_eq!(
                    stream.names_parent(table),
                    Some(parent),
                    "{place}: {}",
                    table.name
                );
                let kind = |table: &Table, name| table.column(name).map(|it| it.kind);
                let same = kind(table, parent) == kind(stream.table, key[1]);
                assert!(same, "{place}: {}.{parent}", table.name);
            }
            if let Parts::Each {
                parent, columns, ..
            } = stream.parts
            {
                let before = kind.contracts[..n].iter().find(|it| it.name == parent);
                let parent = before.unwrap_or_else(|| panic!("{place}: {parent} comes after it"));
                let named = columns.iter().all(|it| parent.table.column(it).is_some());
                assert!(named, "{place}");
            }
        }
    }
}
