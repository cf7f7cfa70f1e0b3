//! The world behind the services.

use qaduct_replay::World;

#[test]
fn the_same_seed_makes_the_same_world() {
    let dump = |world: &World| format!("{world:?}");
    let (mut one, mut two) = (World::generated(7, 3_000), World::generated(7, 3_000));
    assert_eq!(dump(&one), dump(&two));
    one.advance(3);
    two.advance(3);
    assert_eq!(dump(&one), dump(&two));
    assert_ne!(dump(&one), dump(&World::generated(8, 3_000)));
}

#[test]
fn a_world_has_about_the_size_that_was_asked_for() {
    for size in [5_000, 20_000] {
        let made = World::generated(1, size).size();
        assert!((size * 9 / 10..size * 13 / 10).contains(&made), "{size}: {made}");
    }
}

#[test]
fn an_hour_changes_every_service() {
    let mut world = World::generated(1, 8_000);
    let before = world.clone();
    world.advance(1);
    for collection in [
        "testrail.cases",
        "testrail.runs",
        "testrail.results",
        "bugzilla.bugs",
        "jira.issues",
        "jira.worklogs",
        "jira.deleted_worklogs",
        "github.issues",
        "github.runs",
    ] {
        let differs = world.ids(collection) != before.ids(collection)
            || world
                .collection(collection)
                .all()
                .ne(before.collection(collection).all());
        assert!(differs, "{collection}");
    }
    // Runs that were open end, cases are deleted, and no record appears twice.
    assert!(
        before
            .ids("testrail.cases")
            .difference(&world.ids("testrail.cases"))
            .count()
            == 1
    );
    for name in World::names() {
        assert_eq!(
            world.ids(name).len(),
            world.collection(name).len(),
            "{name}"
        );
    }
}

#[test]
fn values_that_break_naive_readers_are_there() {
    let world = World::generated(1, 20_000);
    let any = |collection: &str, text: &str| {
        let mut all = world.collection(collection).all();
        assert!(
            all.any(|it| it.to_string().contains(text)),
            "{text} in {collection}"
        );
    };
    for collection in [
        "testrail.cases",
        "bugzilla.bugs",
        "jira.issues",
        "github.issues",
    ] {
        any(collection, "🦊");
        any(collection, "\\u0000");
    }
    any("testrail.cases", "1e+400");
    any("testrail.cases", "custom_field_nobody_knows");
    any("testrail.results", "9007199254740993");
    any("jira.issues", "\"9007199254740993\"");
    any("github.runs", "9007199254740993");
    any("jira.issues", "2025-11-02T09:");
    assert!(
        world
            .collection("bugzilla.comments")
            .all()
            .any(|it| it["text"].as_str().unwrap().len() > 300_000)
    );
}

#[test]
#[ignore = "measures"]
fn how_long_a_world_takes() {
    let start = std::time::Instant::now();
    let world = World::generated(1, 50_000);
    println!("{} records in {:?}", world.size(), start.elapsed());
    for name in World::names() {
        println!("{name} {}", world.collection(name).len());
    }
}
