//! What shapes the rows of a stream, and the details of rows that are asked for.

use qaduct_records::{Secret, Value};
use qaduct_replay::World;
use qaduct_sources::{People, Setup};

use crate::reader::{open, poll, read, reading, serve, setup, stream};
use crate::shelf::Shelf;

#[test]
fn the_shape_of_rows_changes_with_what_becomes_of_them_and_with_nothing_else() {
    let server = serve(World::of("jira", 7, 20), &[]);
    let plain = setup(&server, "jira", "jira");
    let shape = |change: fn(&mut Setup)| {
        let mut setup = plain.clone();
        change(&mut setup);
        let source = open(setup);
        source.shape(stream(&*source, "issues"))
    };
    let shapes = [
        shape(|_| {}),
        shape(|it| it.people = People::Drop),
        shape(|it| it.people = People::Hash(Secret::new("one"))),
        shape(|it| it.people = People::Hash(Secret::new("other"))),
        shape(|it| drop(it.fields.insert("points".into(), "customfield_1".into()))),
        shape(|it| drop(it.options.insert("comments".into(), "true".into()))),
    ];
    for (n, one) in shapes.iter().enumerate() {
        assert!(!shapes[..n].contains(one), "{n}");
    }
    assert_eq!(shapes[0], shape(|it| it.token = Some(Secret::new("new"))));
    assert_eq!(shapes[0], shape(|it| it.requests_per_minute = Some(7)));
}

#[test]
fn a_saved_filter_that_is_edited_makes_another_question_of_all_that_name_it() {
    let server = serve(World::of("jira", 7, 60), &[]);
    let asked = || {
        let mut setup = setup(&server, "jira", "jira");
        let queries = [("needed", "filter=13789"), ("all", "created > 1000")];
        setup.queries = queries
            .map(|(name, jql)| (name.to_owned(), jql.to_owned()))
            .into();
        let mut source = open(setup);
        let mut scopes = Vec::new();
        for name in ["issues", "changes"] {
            let stream = stream(&*source, name);
            scopes.extend(source.scopes(stream).unwrap());
        }
        scopes
    };
    let before = asked();
    let of_filter = |it: &str| it.contains("filter/13789");
    let log = server.log();
    assert_eq!(log.iter().filter(|it| of_filter(&it.target)).count(), 1);
    assert_eq!(asked(), before);
    server.world().change("jira.filters", "13789", |it| {
        it["jql"] = "project = X".into()
    });
    let after = asked();
    let changed = before
        .iter()
        .zip(&after)
        .filter(|(one, other)| one != other);
    let names: Vec<_> = changed.map(|(it, _)| it.name.as_str()).collect();
    assert_eq!(names, ["query=needed", "query=needed"]);
}

#[test]
fn details_are_asked_for_by_the_rows_that_they_belong_to() {
    let world = World::generated(11, 1_500);
    for (kind, service, name, column) in [
        ("bugzilla", "bmo", "history", "bug_id"),
        ("bugzilla", "bugzilla", "history", "bug_id"),
        ("bugzilla", "bmo", "comments", "bug_id"),
        ("bugzilla", "bugzilla", "comments", "bug_id"),
        ("jira", "jira", "changes", "issue_id"),
        ("jira", "jira-dc", "changes", "issue_id"),
    ] {
        let server = serve(world.clone(), &[]);
        let mut setup = setup(&server, kind, service);
        let edition = match service {
            "bmo" => "mozilla",
            "bugzilla" => "stock",
            "jira" => "cloud",
            _ => "datacenter",
        };
        setup.options.insert("edition".into(), edition.into());
        let now = setup.now;
        let mut source = open(setup);
        let stream = stream(&*source, name);
        let of = source.details_of(stream).unwrap();
        assert!(["bugs", "issues"].contains(&of));
        let scope = source.scopes(stream).unwrap().remove(0);
        let mut all = Shelf::default();
        let reading = reading(scope.clone(), None, now);
        read(source.as_mut(), stream, &reading, &mut all).unwrap();
        let mut keys: Vec<Value> = Vec::new();
        for row in all.rows(stream.table.name) {
            let key = row[column].clone();
            if !keys.contains(&key) && keys.len() < 3 {
                keys.push(key);
            }
        }
        assert_eq!(keys.len(), 3, "{service} {name}");
        let mut rows = all.rows(stream.table.name);
        rows.retain(|row| keys.contains(&row[column]));
        let mut some = Shelf::default();
        let asked = keys.iter().map(|it| vec![it.clone()]).collect();
        poll(source.as_mut(), stream, &scope, asked, &mut some);
        assert_eq!(some.rows(stream.table.name), rows, "{service} {name}");
    }
}
