//! What is served as Jira Cloud, measured by an excerpt of its official specification.

use qaduct_replay::World;
use serde_json::{Value, json};

use crate::client::{Got, send, serve};
use crate::jira::{get, post};

fn specification() -> Value {
    serde_json::from_str(include_str!("../specification/jira-cloud-v3.json")).unwrap()
}

/// The specification does not speak of `null`, which the service sends for what is not there.
fn without_nulls(value: &mut Value) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(without_nulls),
        Value::Object(fields) => {
            fields.retain(|_, it| !it.is_null());
            fields.values_mut().for_each(without_nulls);
        }
        _ => {}
    }
}

fn validator(schema: &Value) -> jsonschema::Validator {
    let mut schema = schema.clone();
    schema["components"] = specification()["components"].clone();
    jsonschema::validator_for(&schema).unwrap()
}

fn conforms(path: &str, method: &str, got: &Got) {
    let schema = specification()["paths"][format!("/rest/api/3/{path}")][method]["answer"].clone();
    assert!(!schema.is_null(), "{path}");
    let mut body = got.json();
    without_nulls(&mut body);
    let errors: Vec<String> = validator(&schema)
        .iter_errors(&body)
        .map(|it| format!("{} at {}", it, it.instance_path()))
        .take(3)
        .collect();
    assert_eq!(got.status, 200, "{path}: {}", got.text);
    assert_eq!(errors, [""; 0], "{path}");
}

#[test]
fn answers_are_what_the_specification_says() {
    let server = serve(World::of("jira", 1, 750), &[]);
    let all = ["*all"];
    let ids: Vec<String> = server
        .world()
        .ids("jira.issues")
        .into_iter()
        .take(100)
        .collect();
    let worklogs: Vec<u64> = server
        .world()
        .ids("jira.worklogs")
        .iter()
        .map(|it| it.parse().unwrap())
        .collect();
    let jql = "project = QATT OR project = MTE";
    let search = json!({ "jql": jql, "fields": all, "maxResults": 100, "expand": "names" });
    conforms(
        "search/jql",
        "post",
        &post(&server, "api/3/search/jql", &search),
    );
    conforms(
        "search/jql",
        "get",
        &get(
            &server,
            "api/3/search/jql?jql=project%3DQA&fields=summary,updated&maxResults=5",
        ),
    );
    conforms(
        "search/approximate-count",
        "post",
        &post(
            &server,
            "api/3/search/approximate-count",
            &json!({ "jql": jql }),
        ),
    );
    conforms(
        "issue/bulkfetch",
        "post",
        &post(
            &server,
            "api/3/issue/bulkfetch",
            &json!({ "issueIdsOrKeys": ids, "fields": all }),
        ),
    );
    conforms(
        "worklog/updated",
        "get",
        &get(&server, "api/3/worklog/updated?since=0"),
    );
    conforms(
        "worklog/deleted",
        "get",
        &get(&server, "api/3/worklog/deleted"),
    );
    conforms(
        "worklog/list",
        "post",
        &post(&server, "api/3/worklog/list", &json!({ "ids": worklogs })),
    );
    for (operation, path) in [
        ("filter/{id}", "filter/13789".to_owned()),
        ("field", "field".to_owned()),
        ("users/search", "users/search?maxResults=50".to_owned()),
        ("myself", "myself".to_owned()),
        ("serverInfo", "serverInfo".to_owned()),
        ("project/search", "project/search?maxResults=5".to_owned()),
        (
            "issue/{issueIdOrKey}",
            format!("issue/{}?expand=changelog", ids[0]),
        ),
        (
            "issue/{issueIdOrKey}/changelog",
            format!("issue/{}/changelog", ids[0]),
        ),
        (
            "issue/{issueIdOrKey}/worklog",
            format!("issue/{}/worklog", ids[0]),
        ),
    ] {
        conforms(operation, "get", &get(&server, &format!("api/3/{path}")));
    }
}

#[test]
fn bulk_changes_differ_from_the_schema_in_their_instants_only() {
    let server = serve(World::of("jira", 1, 750), &[]);
    let ids: Vec<String> = server
        .world()
        .ids("jira.issues")
        .into_iter()
        .take(500)
        .collect();
    let mut got = post(
        &server,
        "api/3/changelog/bulkfetch",
        &json!({ "issueIdsOrKeys": ids }),
    );
    let mut body = got.json();
    for issue in body["issueChangeLogs"].as_array_mut().unwrap() {
        for change in issue["changeHistories"].as_array_mut().unwrap() {
            // A number, as in the example of the specification.
            assert!(change["created"].is_i64());
            change["created"] = "2026-01-31T10:00:00.000+0000".into();
        }
    }
    got.text = body.to_string();
    conforms("changelog/bulkfetch", "post", &got);
}

#[test]
fn every_parameter_of_the_specification_is_known_and_no_other() {
    let server = serve(World::of("jira", 1, 500), &[]);
    let issue = server
        .world()
        .ids("jira.issues")
        .into_iter()
        .next()
        .unwrap();
    let paths = specification()["paths"].clone();
    for (path, methods) in paths.as_object().unwrap() {
        let Some(operation) = methods.get("get") else {
            continue;
        };
        let path = path
            .replace("{id}", "13789")
            .replace("{issueIdOrKey}", &issue);
        let known = operation["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it.as_str().unwrap());
        for name in known.chain(["nonsense"]) {
            server.clear_log();
            let url = format!("{}{path}?{name}=1", server.url("jira"));
            let basic = ("Authorization", "Basic YTpi");
            send("GET", &url, &[basic], None).unwrap();
            assert_eq!(
                server.violations().len(),
                usize::from(name == "nonsense"),
                "{path} {name}"
            );
        }
    }
    for (path, methods) in paths.as_object().unwrap() {
        let Some(operation) = methods.get("post") else {
            continue;
        };
        let body = &operation["body"]["$ref"].as_str().unwrap()["#/components/schemas/".len()..];
        for name in specification()["components"]["schemas"][body]["properties"]
            .as_object()
            .unwrap()
            .keys()
        {
            server.clear_log();
            post(&server, &path["/rest/".len()..], &json!({ name: "1" }));
            assert_eq!(server.violations(), [""; 0], "{path} {name}");
        }
    }
}
