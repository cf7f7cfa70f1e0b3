//! What a new database costs, and reading a view of muted tests.

use std::path::Path;

use qaduct_records::{Branch, Cause, Declaration, Kind, Mute, Query, Row as _, Store};

use crate::cpu::Cpu;

fn declaration(number: i64) -> Declaration {
    let mut declaration = Declaration {
        container: format!("TestCase{}", number % 7),
        line_start: number,
        line_end: number + 3,
        form: "pytest.mark.skipif".to_owned(),
        kind: Kind::CondSkip,
        condition: Some("sys.platform == 'win32'".to_owned()),
        reason: Some(format!("SHOP-{number} the scheduler launched no task")),
        since_declared: Some("2026-01-02".parse().unwrap()),
        since_text: Some("2026-01-02".to_owned()),
        ..Declaration::skip(
            "example.org/shop",
            &format!(
                "tests/pkg_{:02}/test_mod_{:03}.py",
                number % 20,
                number % 200
            ),
            &format!("test_case_{number:04}"),
        )
    };
    declaration.seal(&mut []);
    declaration
}

/// Writes 5,000 mutes and reads the view of them.
pub(crate) fn view(what: &str, store: &mut dyn Store, clock: Cpu) {
    let declarations: Vec<_> = (0..5000).map(declaration).collect();
    let seen = "2026-11-22T07:15:16Z".parse().unwrap();
    let mutes: Vec<_> = declarations
        .iter()
        .map(|declaration| Mute {
            repository: declaration.repository.clone(),
            branch: "main".to_owned(),
            group_id: declaration.group_id(),
            nth: 1,
            declaration_id: declaration.declaration_id.clone(),
            opened_by: Cause::Baseline,
            first_seen_at: seen,
            first_seen_commit: "3dda66a0a3dda66a0a3dda66a0a3dda66a0a3dda".to_owned(),
            last_seen_at: None,
            last_seen_commit: None,
            closed_by: None,
            gone_at: None,
            gone_commit: None,
        })
        .collect();
    let branch = Branch {
        repository: "example.org/shop".to_owned(),
        branch: "main".to_owned(),
        commit_id: "3dda66a0a3dda66a0a3dda66a0a3dda66a0a3dda".to_owned(),
        committed_at: seen,
        committed_offset_min: 0,
        rules: "1".to_owned(),
        complete: true,
        files_seen: 1,
        test_files: 1,
        files_with_problems: 0,
        files_excluded: Some(0),
        files_partly_parsed: Some(0),
        marks_lexed: Some(0),
        marks_parsed: Some(0),
        mutes: 5000,
        first_scanned_at: seen,
        scanned_at: seen,
        gone_at: None,
        only_in_clone: None,
    };
    let mut transaction = store.begin("mutes").unwrap();
    transaction
        .upsert(Declaration::TABLE, &Declaration::batch(&declarations))
        .unwrap();
    transaction
        .upsert(Mute::TABLE, &Mute::batch(&mutes))
        .unwrap();
    transaction
        .upsert(Branch::TABLE, &Branch::batch(&[branch]))
        .unwrap();
    transaction.commit().unwrap();

    let current = qaduct_models::views()
        .into_iter()
        .find(|it| it.name == "v_mutes_current")
        .unwrap();
    let few = [
        "test_id",
        "ticket",
        "path",
        "repository",
        "branch",
        "since_declared",
        "reason",
        "kind",
        "form",
        "first_seen_at",
    ];
    let few: Vec<_> = current
        .columns
        .iter()
        .filter(|it| few.contains(&it.name.as_ref()))
        .cloned()
        .collect();
    for columns in [current.columns, few] {
        let mut reader = store.reader().unwrap();
        let width = columns.len();
        let query = Query::of("v_mutes_current", columns);
        let mut best = f64::MAX;
        for _ in 0..20 {
            let spent = clock.of(|| {
                assert_eq!(reader.query(&query).unwrap().num_rows(), 5000);
            });
            best = best.min(spent.sum());
        }
        println!(
            "{what}: v_mutes_current, 5,000 rows of {width} columns: {:.2} ms of CPU",
            best * 1e3
        );
    }
}

/// Makes new files with all tables and views.
pub(crate) fn fresh(folder: &Path, open: impl Fn(&str) -> Box<dyn Store>) {
    const FILES: u32 = 100;
    let spent = Cpu(None).of(|| {
        for n in 0..FILES {
            drop(open(
                &folder.join(format!("fresh{n}.db")).display().to_string(),
            ));
        }
    });
    println!(
        "SQLite: a new file with all tables and views: {:.2} ms of CPU",
        spent.sum() * 1e3 / f64::from(FILES)
    );
}
