//! The world behind the services.

use qaduct_replay::World;

#[test]
fn the_same_seed_makes_the_same_world() {
    let dump = |world: &World| format!("{world:?}");
    let (mut one, mut two) = (World::generated(7, 2_500), World::generated(7, 2_500));
    assert_eq!(dump(&one), dump(&two));
    one.advance(3);
    two.advance(3);
    assert_eq!(dump(&one), dump(&two));
    assert_ne!(dump(&one), dump(&World::generated(8, 2_500)));
}

#[test]
fn a_world_has_about_the_size_that_was_asked_for() {
    let made = World::generated(1, 10_000).size();
    assert!((9_000..13_500).contains(&made), "{made}");
}

#[test]
fn an_hour_changes_every_service() {
    let mut world = World::generated(1, 4_000);
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
        "sentry.issues",
        "sentry.merged",
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
    let world = World::generated(1, 8_000);
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
