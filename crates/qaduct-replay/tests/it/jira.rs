//! Jira as its specification has it.

use std::collections::BTreeSet;

use qaduct_replay::{Options, Server, World};
use serde_json::{Value, json};

use crate::client::{Got, send, serve};

const BASIC: (&str, &str) = ("Authorization", "Basic cGVyc29uMEBleGFtcGxlLm9yZzprZXk=");
const JSON: (&str, &str) = ("Content-Type", "application/json");

pub(crate) fn get(server: &Server, path: &str) -> Got {
    let url = format!("{}/rest/{path}", server.url("jira"));
    send("GET", &url, &[BASIC], None).unwrap()
}

pub(crate) fn post(server: &Server, path: &str, body: &Value) -> Got {
    let url = format!("{}/rest/{path}", server.url("jira"));
    send("POST", &url, &[BASIC, JSON], Some(body)).unwrap()
}

fn search(server: &Server, jql: &str, fields: &str) -> Vec<Value> {
    let (mut issues, mut token) = (Vec::new(), Value::Null);
    loop {
        let mut body = json!({ "jql": jql, "fields": [fields], "maxResults": 100 });
        if !token.is_null() {
            body["nextPageToken"] = token;
        }
        let got = post(server, "api/3/search/jql", &body);
        assert_eq!(got.status, 200, "{}", got.text);
        let body = got.json();
        issues.extend(body["issues"].as_array().unwrap().iter().cloned());
        token = body["nextPageToken"].clone();
        assert_eq!(body["isLast"], token.is_null());
        if token.is_null() {
            return issues;
        }
    }
}

fn ids(issues: &[Value]) -> BTreeSet<String> {
    issues
        .iter()
        .map(|it| it["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn saved_filters_find_what_their_words_say() {
    let server = serve(World::of("jira", 1, 1_200), &[]);
    let expected = |test: &dyn Fn(&Value) -> bool| server.world().ids_where("jira.issues", test);
    let fields = |it: &Value| it["fields"].clone();
    let found = ids(&search(&server, "filter = 13789", "id"));
    let needed = expected(&|it| {
        it["_project"] == "FXIOS"
            && fields(it)["labels"]
                .as_array()
                .unwrap()
                .contains(&json!("qa-needed"))
    });
    assert!(!needed.is_empty());
    assert_eq!(found, needed);
    let vendor = |it: &Value| {
        fields(it)["reporter"]["accountId"]
            .as_str()
            .unwrap()
            .starts_with("557058:vendor")
    };
    assert_eq!(
        ids(&search(&server, "filter=35754 ORDER BY created", "id")),
        expected(&vendor)
    );
    assert_eq!(
        ids(&search(
            &server,
            "project = QATT AND NOT filter = 35754 ORDER BY key",
            "id"
        )),
        expected(&|it| it["_project"] == "QATT" && !vendor(it))
    );
    let parent = expected(&|it| fields(it)["parent"].is_object());
    let key = server
        .world()
        .get("jira.issues", parent.first().unwrap())
        .unwrap()["fields"]["parent"]["key"]
        .clone();
    let key = key.as_str().unwrap();
    assert_eq!(
        ids(&search(&server, &format!("parent = {key}"), "id")),
        expected(&|it| fields(it)["parent"]["key"] == key)
    );
    assert_eq!(server.violations(), [""; 0]);
}

#[test]
fn every_order_brings_every_issue_once() {
    let server = serve(World::of("jira", 1, 1_200), &[]);
    let all = server.world().ids("jira.issues");
    for order in [
        "",
        " ORDER BY created",
        " ORDER BY key DESC",
        " ORDER BY updated, id",
        " ORDER BY updated DESC",
    ] {
        let found = search(&server, &format!("created > 1000000000000{order}"), "id");
        assert_eq!(found.len(), all.len());
        assert_eq!(ids(&found), all);
    }
}

#[test]
fn dates_are_read_in_the_zone_of_the_user_also_when_clocks_change() {
    let server = serve(World::of("jira", 1, 1_200), &[]);
    let expected = |from: &str| {
        let from: jiff::Timestamp = from.parse().unwrap();
        let at = |it: &Value| {
            jiff::Timestamp::strptime(
                "%Y-%m-%dT%H:%M:%S%.f%z",
                it["fields"]["updated"].as_str().unwrap(),
            )
            .unwrap()
        };
        server.world().ids_where("jira.issues", |it| at(it) >= from)
    };
    // 01:30 comes twice on this day in Los Angeles; the first one is meant.
    for (local, instant) in [
        ("2025-11-02 01:30", "2025-11-02T08:30:00Z"),
        ("2025-11-02 02:00", "2025-11-02T10:00:00Z"),
        ("2025/07/01 00:00", "2025-07-01T07:00:00Z"),
        ("2026-01-01", "2026-01-01T08:00:00Z"),
    ] {
        let found = ids(&search(
            &server,
            &format!("updated >= \"{local}\" ORDER BY created"),
            "id",
        ));
        assert_eq!(found, expected(instant), "{local}");
    }
    let options = Options {
        time_zone: "UTC".to_owned(),
        ..Options::default()
    };
    let utc = Server::start(World::of("jira", 1, 1_200), options).unwrap();
    let found = ids(&search(&utc, "updated >= \"2025-11-02 08:30\"", "id"));
    assert_eq!(found, expected("2025-11-02T08:30:00Z"));
    assert_eq!(get(&utc, "api/3/myself").json()["timeZone"], "UTC");
}

#[test]
fn a_token_is_bound_to_its_query() {
    let server = serve(World::of("jira", 1, 1_200), &[]);
    let first = post(
        &server,
        "api/3/search/jql",
        &json!({ "jql": "project = MTE", "maxResults": 2 }),
    )
    .json();
    let token = first["nextPageToken"].clone();
    let other = post(
        &server,
        "api/3/search/jql",
        &json!({ "jql": "project = QATT", "nextPageToken": token }),
    );
    assert_eq!(other.status, 400);
}

#[test]
fn questions_it_does_not_understand_are_refused() {
    let server = serve(World::of("jira", 1, 600), &[]);
    let ask = |jql: &str| {
        let got = post(&server, "api/3/search/jql", &json!({ "jql": jql }));
        format!(
            "{} {}",
            got.status,
            got.json()["errorMessages"][0].as_str().unwrap()
        )
    };
    let answers = [
        "",
        "order by key",
        "color = red",
        "filter = 1",
        "project = NONE",
        "updated >= \"yesterday\"",
        "project = MTE AND",
        "created > -2d order by rank",
    ]
    .map(ask);
    insta::assert_snapshot!(answers.join("\n"), @r"
    400 Unbounded JQL queries are not allowed here. Please add a search restriction to your query.
    400 Unbounded JQL queries are not allowed here. Please add a search restriction to your query.
    400 Field 'color' does not exist or you do not have permission to view it.
    400 A value with ID '1' does not exist for the field 'filter'.
    400 The value 'NONE' does not exist for the field 'project'.
    400 Date value 'yesterday' for field 'updated' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.
    400 Error in the JQL Query: expected a field or a value before the end.
    400 Not able to sort using field 'rank'.
    ");
    assert_eq!(get(&server, "api/3/search?jql=project=MTE").status, 410);
    assert_eq!(
        post(
            &server,
            "api/3/search/jql",
            &json!({ "jql": "project = MTE", "startAt": 5 })
        )
        .status,
        400
    );
    assert_eq!(server.violations().len(), 1);
}

#[test]
fn worklogs_come_by_feed_and_list_without_the_last_minute() {
    let server = serve(World::of("jira", 1, 1_200), &[]);
    let (mut since, mut fed) = (0, BTreeSet::new());
    loop {
        let body = get(&server, &format!("api/3/worklog/updated?since={since}")).json();
        let page: Vec<String> = body["values"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["worklogId"].to_string())
            .collect();
        fed.extend(page);
        since = body["until"].as_i64().unwrap();
        if body["lastPage"] == true {
            break;
        }
    }
    assert_eq!(fed, server.world().ids("jira.worklogs"));
    let some: Vec<u64> = fed
        .iter()
        .take(1_000)
        .map(|it| it.parse().unwrap())
        .collect();
    let listed = post(&server, "api/3/worklog/list", &json!({ "ids": some })).json();
    assert_eq!(listed.as_array().unwrap().len(), some.len());
    // What changes now is not in the feed before a minute has passed.
    let first = fed.first().unwrap().clone();
    server.world().touch("jira.worklogs", &first);
    let new = || {
        get(&server, &format!("api/3/worklog/updated?since={since}")).json()["values"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(new(), 0);
    server.world().pass(jiff::SignedDuration::from_mins(2));
    assert_eq!(new(), 1);
}

#[test]
fn a_page_of_users_may_be_short_without_being_the_last() {
    let server = serve(World::of("jira", 1, 600), &[]);
    let (mut found, mut sizes) = (BTreeSet::new(), Vec::new());
    for page in 0.. {
        let users = get(
            &server,
            &format!("api/3/users/search?startAt={}&maxResults=50", page * 50),
        )
        .json();
        let users = users.as_array().unwrap();
        if users.is_empty() {
            break;
        }
        sizes.push(users.len());
        found.extend(
            users
                .iter()
                .map(|it| it["accountId"].as_str().unwrap().to_owned()),
        );
    }
    assert!(sizes[1] < 50 && sizes.len() == 3, "{sizes:?}");
    assert_eq!(
        found,
        server
            .world()
            .ids_where("jira.users", |it| it["_hidden"] != true)
    );
}

#[test]
fn changes_of_all_issues_come_in_bulk() {
    let server = serve(World::of("jira", 1, 750), &[]);
    let all: Vec<String> = server.world().ids("jira.issues").into_iter().collect();
    for some in all.chunks(1_000) {
        let mut token = Value::Null;
        loop {
            let mut body = json!({ "issueIdsOrKeys": some, "maxResults": 70 });
            if !token.is_null() {
                body["nextPageToken"] = token;
            }
            let body = post(&server, "api/3/changelog/bulkfetch", &body).json();
            token = body["nextPageToken"].clone();
            if token.is_null() {
                break;
            }
        }
    }
    assert_eq!(
        server.served("jira.changelogs"),
        server.world().ids("jira.changelogs")
    );
}

#[test]
fn data_center_counts_rows_and_has_plain_text_and_names() {
    let server = serve(World::of("jira", 1, 750), &[]);
    let get = |path: &str| {
        let url = format!("{}/rest/{path}", server.url("jira-dc"));
        send("GET", &url, &[("Authorization", "Bearer token")], None)
            .unwrap()
            .json()
    };
    let mut found = BTreeSet::new();
    for page in 0.. {
        let body = get(&format!(
            "api/2/search?jql=created%20%3E%20%222000-01-01%22%20order%20by%20key&startAt={}&maxResults=200",
            page * 200
        ));
        let issues = body["issues"].as_array().unwrap();
        found.extend(ids(issues));
        if found.len() as u64 == body["total"].as_u64().unwrap() {
            break;
        }
        assert!(!issues[0]["fields"]["reporter"]["name"].is_null());
        assert!(
            issues
                .iter()
                .all(|it| !it["fields"]["description"].is_object())
        );
    }
    assert_eq!(found, server.world().ids("jira.issues"));
    assert!(
        get("api/2/user/search?username=.&maxResults=1000")
            .as_array()
            .unwrap()
            .len()
            > 50
    );
}

#[test]
fn boards_have_their_sprints() {
    let server = serve(World::of("jira", 1, 600), &[]);
    let boards = get(&server, "agile/1.0/board").json();
    assert_eq!(boards["total"], 3);
    for page in 0..2 {
        let sprints = get(
            &server,
            &format!("agile/1.0/board/1/sprint?startAt={}", page * 50),
        )
        .json();
        assert_eq!(sprints["isLast"], page == 1);
        assert!(sprints.get("total").is_none());
    }
    assert_eq!(get(&server, "agile/1.0/board/3/sprint").status, 400);
}

#[test]
fn comments_come_in_pages_and_versions_with_their_project() {
    let world = World::of("jira", 1, 900);
    let many = |it: &String| world.collection("jira.comments").of(it).count();
    let issue = world
        .ids("jira.issues")
        .into_iter()
        .max_by_key(many)
        .unwrap();
    let server = serve(world, &[]);
    let first = get(&server, &format!("api/3/issue/{issue}/comment")).json();
    assert_eq!(
        (
            first["total"].clone(),
            first["comments"].as_array().unwrap().len()
        ),
        (json!(105), 100)
    );
    let rest = get(&server, &format!("api/3/issue/{issue}/comment?startAt=100")).json();
    assert_eq!(rest["comments"].as_array().unwrap().len(), 5);
    assert_eq!(
        get(&server, "api/3/project/QA/versions")
            .json()
            .as_array()
            .unwrap()
            .len(),
        8
    );
}
