//! Values on which readers and stores stumble arrive as they are, or are told.

use qaduct_records::values::values_of;
use qaduct_records::{Direction, Query};
use serde_json::json;

use crate::database_server::Database;
use crate::old_pump::{Scene, bugzilla};

#[test]
fn nul_emoji_large_numbers_and_days_that_never_were_do_not_cost_a_row() {
    const LARGE: u64 = 9_007_199_254_740_993;
    let scene = Scene::new(&["bmo"], "");
    bugzilla::fill(&scene);
    let endless: serde_json::Value = serde_json::from_str("1e400").unwrap();
    let fields = json!({
        "summary": "nul \0, emoji 🦊 and 𠮷", "deadline": "0000-00-00", "votes": endless,
        "cf_rank": endless, "creation_time": "0000-01-01T00:00:00Z",
    });
    let changed = "2026-10-01T10:00:00Z";
    scene.put(
        "bugzilla.bugs",
        [
            bugzilla::bug(LARGE, changed, fields),
            bugzilla::bug(7, changed, json!({})),
        ],
    );
    let database = Database::postgres();
    let file = scene.store().to_str().unwrap().to_owned();
    for url in [file.as_str(), database.url().as_str()] {
        scene.pull(&format!("bmo.bugs --store {url}"), 0);
        let ask = |table: &str, columns: &[&str]| {
            let mut tables = qaduct_sources::tables();
            tables.extend(qaduct_records::TABLES);
            let table = tables.into_iter().find(|it| it.name == table).unwrap();
            let mut query = Query::of(table.name, table.columns);
            query
                .columns
                .retain(|it| columns.contains(&it.name.as_ref()));
            for column in columns {
                query = query.order_by(*column, Direction::Up);
            }
            let store = qaduct_stores::open(url, None).unwrap();
            let rows = store.reader().unwrap().query(&query).unwrap();
            let values: Vec<_> = columns
                .iter()
                .map(|it| values_of(&rows, it).unwrap())
                .collect();
            (0..rows.num_rows())
                .map(|row| {
                    values
                        .iter()
                        .map(|it| it[row].to_string())
                        .collect::<Vec<_>>()
                })
                .collect::<Vec<_>>()
        };
        let bugs = ask("bugzilla_bugs", &["bug_id", "summary", "_extra"]);
        assert_eq!(bugs.len(), 2, "{url}");
        assert_eq!(bugs[1][0], LARGE.to_string());
        assert_eq!(bugs[1][1], "nul \0, emoji 🦊 and 𠮷");
        assert!(bugs[1][2].contains("1e+400"), "{}", bugs[1][2]);
        let problems = ask("row_problems", &["field", "row_key", "value"]);
        let told: Vec<_> = problems
            .iter()
            .map(|it| (it[0].as_str(), it[2].as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("creation_time", "\"0000-01-01T00:00:00Z\""),
                ("deadline", "\"0000-00-00\""),
                ("votes", "1e+400"),
            ],
            "{url}"
        );
    }
}
