//! Services that answer what they do not promise: nothing is lost, wiped or read for ever.

use qaduct_records::source::{Failure, Page, Scope, Source, SourceError};
use qaduct_records::stream::{Parts, Stream};
use qaduct_records::{Secret, Value};
use qaduct_sources::{People, Setup};

use crate::house::{self, open, stream};
use crate::script::{Asked, Reply, Server, answer, json};

fn now() -> jiff::Timestamp {
    "2026-11-21T07:00:00Z".parse().unwrap()
}

fn setup(kind: &str, server: &Server) -> Setup {
    Setup {
        user: Some("me@example.org".to_owned()),
        projects: vec!["A".to_owned()],
        ..house::setup(kind, server.url.clone(), now())
    }
}

/// All pages of the first part of a stream.
fn read(source: &mut dyn Source, name: &str) -> Result<Vec<Page>, SourceError> {
    let stream = stream(source, name);
    let scope = match stream.parts {
        Parts::Scopes => source.scopes(stream)?.swap_remove(0),
        Parts::Each { columns, .. } => Scope::of(columns.iter().map(|it| (*it, Value::Int(1)))),
    };
    let reading = house::all_of(&scope, now());
    let mut pages = source.read(stream, &reading)?;
    let mut read = Vec::new();
    while let Some(page) = pages.next()? {
        read.push(page);
    }
    Ok(read)
}

/// A Jira whose search answers by this function of how often it was asked before.
fn jira(search: impl Fn(usize) -> String + Send + Sync + 'static) -> Server {
    let searches = std::sync::atomic::AtomicUsize::new(0);
    Server::new(move |_, asked: &Asked| match asked.path() {
        it if it.contains("search/jql") => {
            let nth = searches.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            json(&search(nth))
        }
        it if it.contains("approximate-count") => json(r#"{"count": 1}"#),
        it if it.contains("myself") => json(r#"{"timeZone": "UTC"}"#),
        it if it.contains("project/search") => json(r#"{"values": [], "isLast": true}"#),
        _ => json("[]"),
    })
}

fn issue(id: usize) -> String {
    format!(r#"{{"id": "{id}", "key": "A-{id}", "fields": {{"labels": ["x"]}}}}"#)
}

fn jira_error(server: &Server) -> String {
    let mut source = open(setup("jira", server));
    let error = read(source.as_mut(), "issues").unwrap_err();
    assert_eq!(error.kind, Failure::Answer, "{error}");
    error.to_string().replace(&server.url, "http://jira/")
}

#[test]
fn pages_that_lead_in_a_circle_end_in_an_error() {
    let server = jira(|nth| {
        let token = ["a", "b", "c"][nth % 3];
        let issue = issue(nth);
        format!(r#"{{"issues": [{issue}], "isLast": false, "nextPageToken": "{token}"}}"#)
    });
    insta::assert_snapshot!(jira_error(&server), @r"jira.issues (project_key=A) page 4: the answer to http://jira/rest/api/3/search/jql names a page as the next that was read already");
}

#[test]
fn pages_that_came_before_under_new_tokens_end_in_an_error() {
    let server = jira(|nth| {
        let issue = issue(nth % 3);
        format!(r#"{{"issues": [{issue}], "isLast": false, "nextPageToken": "{nth}"}}"#)
    });
    insta::assert_snapshot!(jira_error(&server), @r"jira.issues (project_key=A) page 4: the answer to http://jira/rest/api/3/search/jql is a page that was read already");
}

#[test]
fn empty_pages_without_end_end_in_an_error() {
    let server =
        jira(|nth| format!(r#"{{"issues": [], "isLast": false, "nextPageToken": "{nth}"}}"#));
    insta::assert_snapshot!(jira_error(&server), @r"jira.issues (project_key=A) page 201: the answer to http://jira/rest/api/3/search/jql is an empty page that names a next one, again and again");
}

/// What comes of a Jira that gives these pages of changes, without their end.
fn changes(page: impl Fn(usize) -> String + Send + Sync + 'static) -> String {
    let asked_before = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::new(move |_, asked: &Asked| match asked.path() {
        it if it.contains("search/jql") => {
            json(&format!(r#"{{"issues": [{}], "isLast": true}}"#, issue(7)))
        }
        it if it.contains("changelog/bulkfetch") => json(&page(
            asked_before.fetch_add(1, std::sync::atomic::Ordering::SeqCst),
        )),
        it if it.contains("myself") => json(r#"{"timeZone": "UTC"}"#),
        _ => json("[]"),
    });
    let mut source = open(setup("jira", &server));
    let error = read(source.as_mut(), "changes").unwrap_err();
    assert_eq!(error.kind, Failure::Answer, "{error}");
    error.to_string().replace(&server.url, "http://jira/")
}

#[test]
fn changes_whose_pages_lead_in_a_circle_end_in_an_error() {
    let told = changes(|nth| {
        let (change, token) = (nth + 1, ["a", "b"][nth % 2]);
        format!(
            r#"{{"issueChangeLogs": [{{"issueId": "7", "changeHistories": [
                {{"id": "{change}", "created": 1, "items": [{{"field": "status"}}]}}]}}],
                "nextPageToken": "{token}"}}"#
        )
    });
    insta::assert_snapshot!(told, @r"jira.changes (project_key=A) page 4: the answer to http://jira/rest/api/3/changelog/bulkfetch names a page as the next that was read already");
}

#[test]
fn empty_pages_of_changes_without_end_end_in_an_error() {
    let told = changes(|nth| format!(r#"{{"issueChangeLogs": [], "nextPageToken": "{nth}"}}"#));
    insta::assert_snapshot!(told, @r"jira.changes (project_key=A) page 202: the answer to http://jira/rest/api/3/changelog/bulkfetch is an empty page that names a next one, again and again");
}

#[test]
fn a_page_that_is_not_the_last_and_names_no_next_one_is_an_error() {
    let server = jira(|_| format!(r#"{{"issues": [{}], "isLast": false}}"#, issue(1)));
    insta::assert_snapshot!(jira_error(&server), @r"jira.issues (project_key=A) page 1: the answer to http://jira/rest/api/3/search/jql says that more follows, and not where");
}

#[test]
fn what_is_no_list_wipes_no_list() {
    let server = jira(|_| {
        let wrong = r#"{"id": "2", "key": "A-2", "fields": {"labels": {"a": 1}}}"#;
        format!(r#"{{"issues": [{}, {wrong}], "isLast": true}}"#, issue(1))
    });
    let mut source = open(setup("jira", &server));
    let pages = read(source.as_mut(), "issues").unwrap();
    let nested = pages[0].nested.iter();
    let labels = nested.filter(|it| it.table.name == "jira_issue_labels");
    let labels: Vec<_> = labels.collect();
    assert_eq!(labels[0].parents.len(), 1, "{:?}", labels[0].parents);
    let problems: Vec<_> = pages[0].problems.iter().collect();
    insta::assert_debug_snapshot!(problems, @r#"
        [
            RowProblem {
                table: "jira_issues",
                key: "2",
                field: "labels",
                problem: "not a list",
                value: "{\"a\":1}",
            },
            RowProblem {
                table: "jira_issues",
                key: "2",
                field: "fields.labels",
                problem: "not a list",
                value: "{\"a\":1}",
            },
        ]
        "#);
}

#[test]
fn an_id_in_quotes_is_the_same_in_a_reading_and_in_a_census() {
    let server = Server::new(|_, asked| match asked.path() {
        it if it.contains("get_cases") => json(
            r#"{"offset": 0, "limit": 250, "size": 3, "_links": {"next": null, "prev": null},
                "cases": [{"id": "7", "title": "a"}, {"id": 8, "title": "b"}, {"id": 9.0, "title": "c"}]}"#,
        ),
        it if it.contains("get_projects") => json(r#"{"projects": [{"id": "1", "name": "p"}]}"#),
        _ => json("[]"),
    });
    let mut setup = setup("testrail", &server);
    setup.projects.clear();
    let mut source = open(setup);
    let projects = source.scopes(stream(source.as_ref(), "suites")).unwrap();
    assert_eq!(projects[0].values["project_id"], Value::Int(1));
    let cases = stream(source.as_ref(), "cases");
    let scope = Scope::of([("project_id", Value::Int(1)), ("suite_id", Value::Int(1))]);
    let keys = source.census(cases, &scope).unwrap();
    assert_eq!(keys, [[Value::Int(7)], [Value::Int(8)], [Value::Int(9)]]);
}

#[test]
fn a_record_without_an_id_makes_a_census_fail() {
    let server = Server::new(|_, _| json(r#"{"cases": [{"id": 7}, {"title": "b"}]}"#));
    let mut source = open(setup("testrail", &server));
    let cases = stream(source.as_ref(), "cases");
    let scope = Scope::of([("project_id", Value::Int(1)), ("suite_id", Value::Int(1))]);
    let error = source.census(cases, &scope).unwrap_err();
    assert_eq!(error.kind, Failure::Answer);
}

/// A TestRail of one project with this suite, this case and a change of it.
fn testrail(suite: &'static str, case: &'static str) -> (Server, Box<dyn Source>) {
    let server = Server::new(move |_, asked| match asked.path() {
        it if it.contains("get_suites") => json(&format!(r#"{{"suites": [{suite}]}}"#)),
        it if it.contains("get_cases") => json(&format!(r#"{{"cases": [{case}]}}"#)),
        it if it.contains("get_history_for_case/12") => {
            json(r#"{"history": [{"id": 5, "created_on": 1}]}"#)
        }
        _ => answer(404, "", "{}"),
    });
    let mut setup = setup("testrail", &server);
    setup.projects = vec!["1".to_owned()];
    let on = ("case_history".to_owned(), "true".to_owned());
    setup.options.extend([on]);
    let source = open(setup);
    (server, source)
}

#[test]
fn the_history_of_cases_with_ids_in_quotes_is_read() {
    let (_server, mut source) = testrail(r#"{"id": "3"}"#, r#"{"id": "12"}"#);
    let pages = read(source.as_mut(), "case_history").unwrap();
    let rows = pages.iter().filter_map(|it| it.rows.as_ref());
    assert_eq!(rows.map(|it| it.num_rows()).sum::<usize>(), 1);
    let mended: Vec<_> = pages.iter().flat_map(|it| &it.mended).collect();
    assert_eq!(mended, ["case_id=12"]);
}

#[test]
fn a_case_or_a_suite_without_an_id_is_not_passed_over_where_history_is_read() {
    let (_server, mut source) = testrail(r#"{"id": 3}"#, r#"{"title": "x"}"#);
    let error = read(source.as_mut(), "case_history").unwrap_err();
    insta::assert_snapshot!(error, @r"testrail.case_history (project_id=1,suite_id=3) page 1: a record of the list has no id: null");
    let (_server, mut source) = testrail(r#"{"id": {}}"#, r#"{"id": 12}"#);
    let error = read(source.as_mut(), "case_history").unwrap_err();
    insta::assert_snapshot!(error, @r"testrail.case_history: a record of the list has no id: {}");
}

/// What a service answers that has nothing for us, whatever its list is called.
const NOTHING: [&str; 2] = [
    "[]",
    r#"{"projects": [], "values": [], "results": [], "data": [], "paging": {"total_item_count": 0},
        "isLast": true, "timeZone": "UTC"}"#,
];

/// Settings that name no project.
fn of_all(kind: &str, server: &Server) -> Setup {
    let mut setup = setup(kind, server);
    setup.projects.clear();
    if kind == "sentry" {
        let organization = ("organization".to_owned(), "moz".to_owned());
        setup.options.extend([organization]);
    }
    setup
}

#[test]
fn a_service_that_lists_no_projects_takes_no_part_away() {
    for (kind, nothing, divided) in [
        (
            "testrail",
            r#"{"projects": []}"#,
            ["suites", "milestones", "runs", "plans"].as_slice(),
        ),
        ("jira", NOTHING[1], &["issues", "changes", "versions"]),
        (
            "jira-datacenter",
            NOTHING[0],
            &["issues", "changes", "versions"],
        ),
        (
            "bitrise",
            r#"{"data": [], "paging": {"total_item_count": 0, "page_item_limit": 50}}"#,
            &["workflows", "builds"],
        ),
        ("sentry", NOTHING[0], &["issues", "releases", "stats"]),
    ] {
        let server = Server::new(move |_, asked| match asked.path() {
            it if it.contains("project") || it.contains("apps") => json(nothing),
            _ => json("[]"),
        });
        let mut source = open(of_all(kind, &server));
        for name in divided {
            let stream = stream(source.as_ref(), name);
            let error = source.scopes(stream).unwrap_err();
            assert!(error.is_local(), "{error}");
            assert_eq!(
                error.to_string(),
                format!(
                    "{kind}.{name}: the service lists no projects: the account may have lost its permissions"
                )
            );
            assert_eq!(
                error.hint.unwrap(),
                format!(
                    "`qaduct sources test {kind}` tells who you are and what you may; `projects` of [source.{kind}] names what to read"
                )
            );
        }
        let list = match kind {
            "bitrise" => "apps",
            _ => "projects",
        };
        let pages = read(source.as_mut(), list).unwrap();
        let why = pages.iter().find_map(|it| it.incomplete.as_ref()).unwrap();
        assert!(why.starts_with("the service lists no projects"), "{why}");
    }
}

/// Whether other streams are divided by what names a row of this one.
fn divides_others(source: &dyn Source, stream: &Stream) -> bool {
    let by = &stream.table.key[1..];
    let mut others = source.streams().iter().filter(|it| it.name != stream.name);
    others.any(|it| it.part_columns == by)
}

#[test]
fn no_kind_divides_a_stream_into_nothing_because_its_service_lists_nothing() {
    // Their parts are what `queries` and `options` name, and nothing is named here.
    let by_settings = [
        "jira.filters",
        "jira-datacenter.filters",
        "testrail.case_history",
        "sentry.events",
        "sentry.app_health",
        "sentry.release_health",
        "sentry.release_issues",
        "looker.results",
    ];
    let mut silent = Vec::new();
    for kind in qaduct_sources::KINDS {
        for nothing in NOTHING {
            let server = Server::new(move |_, _| json(nothing));
            let mut source = open(of_all(kind.name, &server));
            for stream in source.streams() {
                let name = format!("{}.{}", kind.name, stream.name);
                let is_divided = matches!(stream.parts, Parts::Scopes);
                if !is_divided || by_settings.contains(&name.as_str()) {
                    continue;
                }
                let scopes = source.scopes(stream);
                let is_silent = match scopes.as_deref() {
                    Ok([]) => true,
                    // Its rows are the parts of others.
                    Ok([whole])
                        if whole.name.is_empty() && divides_others(source.as_ref(), stream) =>
                    {
                        let pages = read(source.as_mut(), stream.name);
                        pages.is_ok_and(|it| it.iter().all(|page| page.incomplete.is_none()))
                    }
                    _ => false,
                };
                if is_silent {
                    silent.push(name);
                }
            }
        }
    }
    assert_eq!(silent, [""; 0]);
}

#[test]
fn a_count_beyond_all_bounds_is_none() {
    let server = Server::new(|_, asked| match asked.path() {
        it if it.contains("approximate-count") => json(r#"{"count": 18446744073709551615}"#),
        it if it.contains("myself") => json(r#"{"timeZone": "UTC"}"#),
        it if it.contains("count_only") => json(r#"{"bug_count": 18446744073709551615}"#),
        it if it.contains("rest/product") => json(r#"{"products": [{"id": 1, "name": "A"}]}"#),
        _ => json(r#"{"bugs": []}"#),
    });
    for (kind, name) in [("jira", "issues"), ("bugzilla", "bugs")] {
        let mut source = open(setup(kind, &server));
        let stream = stream(source.as_ref(), name);
        let scope = source.scopes(stream).unwrap().swap_remove(0);
        let prediction = source.predict(stream, &house::all_of(&scope, now()));
        assert_eq!(prediction.unwrap().rows, None, "{kind}");
    }
}

#[test]
fn counts_that_are_added_up_do_not_begin_anew() {
    let server = Server::new(|_, _| json(r#"{"total_count": 5, "items": []}"#));
    let mut setup = setup("github", &server);
    setup.projects.clear();
    setup.queries = [("mine".to_owned(), "is:issue".to_owned())].into();
    let mut source = open(setup);
    let searches = stream(source.as_ref(), "searches");
    let scope = source.scopes(searches).unwrap().swap_remove(0);
    let mut reading = house::all_of(&scope, now());
    let most = u64::MAX;
    reading.position = Some(format!(
        r#"{{"windows": [null], "walk": null, "counted": {most}}}"#
    ));
    let mut pages = source.read(searches, &reading).unwrap();
    let mut expected = None;
    while let Some(page) = pages.next().unwrap() {
        expected = page.expected.or(expected);
    }
    assert_eq!(expected, Some(most));
}

#[test]
fn history_that_was_not_given_is_not_empty() {
    let server = Server::new(|_, asked| match asked.path() {
        it if it.contains("rest/bug?") => {
            json(r#"{"bugs": [{"id": 1, "last_change_time": "2026-11-20T00:00:00Z"}]}"#)
        }
        _ => json(r#"{"bugs": []}"#),
    });
    let mut setup = setup("bugzilla", &server);
    setup.projects.clear();
    setup.options = [("edition".to_owned(), "mozilla".to_owned())].into();
    setup.queries = [("all".to_owned(), "product=Fenix".to_owned())].into();
    let mut source = open(setup);
    let error = read(source.as_mut(), "history").unwrap_err();
    insta::assert_snapshot!(error, @r"bugzilla.history (query=all) page 1: the server gives bug 1 without its history");
}

/// What a Bugzilla with one bug gives of its history: problems, and what is mended.
fn history(edition: &'static str, is_hidden: bool) -> (Vec<String>, Vec<String>) {
    let server = Server::new(move |_, asked| match asked.path() {
        it if it.contains("&last_change_time=") => json(r#"{"bugs": []}"#),
        it if it.contains("rest/bug?") => json(
            r#"{"bugs": [{"id": 7, "last_change_time": "2026-11-20T00:00:00Z", "history": []}]}"#,
        ),
        it if it.contains("rest/bug/7") && is_hidden => {
            answer(401, "", r#"{"error": true, "code": 102, "message": "x"}"#)
        }
        _ => json(r#"{"bugs": [{"id": 7, "history": []}]}"#),
    });
    let mut setup = setup("bugzilla", &server);
    setup.projects.clear();
    setup.options = [("edition".to_owned(), edition.to_owned())].into();
    setup.queries = [("all".to_owned(), "product=Fenix".to_owned())].into();
    let pages = read(open(setup).as_mut(), "history").unwrap();
    let problems = pages.iter().flat_map(|it| &it.problems);
    let problems = problems.map(|it| format!("{} {}", it.table, it.key));
    let mended = pages.iter().flat_map(|it| &it.mended);
    (problems.collect(), mended.cloned().collect())
}

#[test]
fn history_that_is_hidden_is_a_problem_with_the_bug_until_it_comes() {
    let bug = ["bug_id=7".to_owned()];
    let (problems, mended) = history("stock", true);
    assert_eq!(problems, ["bugzilla_history bug_id=7"]);
    assert_eq!(mended, [""; 0]);
    for edition in ["stock", "mozilla"] {
        let (problems, mended) = history(edition, false);
        assert_eq!(problems, [""; 0]);
        assert_eq!(mended, bug, "{edition}");
    }
}

#[test]
fn nobody_is_named_in_errors_and_addresses_when_people_are_hashed() {
    let server = Server::new(|_, _| -> Reply {
        let message = r#"{"errorMessages": ["access for planted@example.com is denied"]}"#;
        answer(403, "Content-Type: application/json\r\n", message)
    });
    let mut setup = setup("jira", &server);
    setup.people = People::Hash(Secret::new("salt"));
    setup.queries = [(
        "mine".to_owned(),
        "assignee = \"planted@example.com\"".to_owned(),
    )]
    .into();
    let mut source = open(setup);
    let error = read(source.as_mut(), "issues").unwrap_err();
    let told = format!("{error} {error:?}");
    assert!(!told.contains("planted"), "{told}");
    assert!(told.contains("person-"), "{told}");
}
