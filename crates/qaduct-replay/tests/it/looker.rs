//! Looker as its specification has it.
//!
//! `specification/looker.json` is an extract of `spec/Looker.4.0.oas.json` of
//! looker-open-source/sdk-codegen (Google, MIT): the answers of the operations that are served, and
//! the schemas of what they hold.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use qaduct_replay::{Options, Server, World};
use serde_json::{Value, json};

use crate::client::{Got, send, serve};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

fn url(server: &Server, path: &str) -> String {
    format!("{}/api/4.0/{path}", server.url("looker"))
}

/// Sends a form.
fn log_in(server: &Server, form: &str) -> Got {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into();
    let request = agent.post(url(server, "login")).header(FORM.0, FORM.1);
    let mut response = request.send(form).unwrap();
    Got {
        status: response.status().as_u16(),
        headers: Vec::new(),
        text: response.body_mut().read_to_string().unwrap(),
    }
}

fn token(server: &Server) -> String {
    let got = log_in(server, "client_id=qa&client_secret=any").json();
    format!("token {}", got["access_token"].as_str().unwrap())
}

fn ask(server: &Server, method: &str, path: &str) -> Got {
    let token = token(server);
    let body = path.contains("/dashboards/").then(|| json!({}));
    let headers = [("authorization", token.as_str())];
    send(method, &url(server, path), &headers, body.as_ref()).unwrap()
}

fn get(server: &Server, path: &str) -> Value {
    let got = ask(server, "GET", path);
    assert_eq!(got.status, 200, "{path}: {}", got.text);
    got.json()
}

fn ids(rows: &Value) -> Vec<String> {
    let rows = rows.as_array().unwrap().iter();
    rows.map(|it| it["id"].as_str().unwrap().to_owned())
        .collect()
}

fn specification() -> Value {
    serde_json::from_str(include_str!("../specification/looker.json")).unwrap()
}

/// Schemas that know no field but those that they name.
fn strict(schema: &mut Value) {
    if let Value::Object(fields) = schema {
        if fields.contains_key("properties") {
            fields.insert("additionalProperties".to_owned(), false.into());
        }
        fields.values_mut().for_each(strict);
    }
}

fn conforms(schema: &Value, body: &Value, what: &str) {
    let mut schema = schema.clone();
    schema["components"] = specification()["components"].clone();
    strict(&mut schema["components"]["schemas"]);
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(body)
        .map(|it| format!("{it} at {}", it.instance_path()))
        .take(3)
        .collect();
    assert_eq!(errors, [""; 0], "{what}");
}

#[test]
fn answers_are_what_the_specification_says() {
    let server = serve(World::of("looker", 1, 60), &[]);
    let specification = specification();
    let schema = |path: &str, method: &str, status: &str| {
        specification["paths"][path][method]["answers"][status].clone()
    };
    let logged_in = log_in(&server, "client_id=qa&client_secret=any").json();
    conforms(&schema("/login", "post", "200"), &logged_in, "login");
    let refused = log_in(&server, "client_id=qa").json();
    conforms(&schema("/login", "post", "404"), &refused, "login");
    for (path, template) in [
        ("user", "/user"),
        ("folders", "/folders"),
        ("folders/1820/looks", "/folders/{folder_id}/looks"),
        ("looks/search", "/looks/search"),
        ("looks/search?deleted=true", "/looks/search"),
        ("looks/2800", "/looks/{look_id}"),
        ("dashboards", "/dashboards"),
        ("dashboards/search", "/dashboards/search"),
        ("dashboards/search?deleted=true", "/dashboards/search"),
        ("dashboards/2600", "/dashboards/{dashboard_id}"),
        (
            "dashboards/test_health::overview_0",
            "/dashboards/{dashboard_id}",
        ),
        ("users", "/users"),
        ("scheduled_plans?all_users=true", "/scheduled_plans"),
    ] {
        let schema = schema(template, "get", "200");
        assert!(!schema.is_null(), "{template}");
        conforms(&schema, &get(&server, path), path);
    }
    let run = get(&server, "looks/2800/run/json_bi?limit=-1");
    // Of an answer in that format the operation says nothing; that rows are texts, as the
    // schema of the format has it, no Looker keeps to.
    let metadata = json!({ "$ref": "#/components/schemas/JsonBiMetadata" });
    conforms(&metadata, &run["metadata"], "metadata");
    for path in [
        "render_tasks/looks/2800/png",
        "render_tasks/dashboards/2600/png",
    ] {
        let task = ask(&server, "POST", &format!("{path}?width=400&height=300")).json();
        let schema = schema("/render_tasks/{render_task_id}", "get", "200");
        conforms(&schema, &task, path);
        let id = task["id"].as_str().unwrap();
        conforms(&schema, &get(&server, &format!("render_tasks/{id}")), path);
    }
    assert_eq!(server.violations(), [""; 0]);
}

#[test]
fn a_token_is_given_for_a_form_and_good_for_an_hour() {
    let options = Options {
        credentials: vec!["right".to_owned()],
        ..Options::default()
    };
    let server = Server::start(World::of("looker", 1, 40), options).unwrap();
    for form in ["", "client_id=qa", "client_id=qa&client_secret=wrong"] {
        assert_eq!(log_in(&server, form).status, 404, "{form}");
    }
    let got = log_in(&server, "client_id=qa&client_secret=right").json();
    assert_eq!(got["expires_in"], 3600);
    let token = format!("token {}", got["access_token"].as_str().unwrap());
    let status = |header: &str| {
        let headers = [("authorization", header)];
        send("GET", &url(&server, "user"), &headers, None)
            .unwrap()
            .status
    };
    assert_eq!(
        (status(&token), status("token x"), status("")),
        (200, 401, 401)
    );
    server.world().pass(SignedDuration::from_secs(3599));
    assert_eq!(status(&token), 200);
    server.world().pass(SignedDuration::from_secs(1));
    assert_eq!(status(&token), 401);
    assert!(!format!("{:?}", server.log()).contains("=right"));
}

#[test]
fn a_search_is_sorted_and_paged_and_knows_the_trash_apart() {
    let server = serve(World::of("looker", 1, 60), &[]);
    let mut found = Vec::new();
    loop {
        let offset = found.len();
        let path = format!("looks/search?sorts=updated_at%20desc&limit=25&offset={offset}");
        let page = get(&server, &path);
        if ids(&page).is_empty() {
            break;
        }
        found.extend(page.as_array().unwrap().clone());
    }
    let at = |it: &Value| it["updated_at"].as_str().unwrap().to_owned();
    assert!(found.is_sorted_by(|one, other| at(one) >= at(other)));
    let found: BTreeSet<_> = ids(&found.into()).into_iter().collect();
    let trash = ids(&get(&server, "looks/search?deleted=true&fields=id"));
    let there = server
        .world()
        .ids_where("looker.looks", |it| it["deleted"] == false);
    assert_eq!(found, there);
    assert_eq!(
        found.len() + trash.len(),
        server.world().ids("looker.looks").len()
    );
    let all = ids(&get(&server, "dashboards?fields=id"));
    let own = ids(&get(&server, "dashboards/search?fields=id"));
    let of_code = all.iter().filter(|it| it.contains("::"));
    assert_eq!(of_code.count(), all.len() - own.len());
}

#[test]
fn a_query_gives_as_many_rows_as_are_asked_for_and_not_more_than_its_cap() {
    let server = serve(World::of("looker", 1, 40), &[]);
    server
        .world()
        .change("looker.looks", "2800", |it| it["_rows"] = 700.into());
    let many = |limit: &str| {
        let run = get(&server, &format!("looks/2800/run/json_bi{limit}"));
        run["rows"].as_array().unwrap().len()
    };
    assert_eq!(
        (many(""), many("?limit=-1"), many("?limit=7")),
        (500, 700, 7)
    );
    server
        .world()
        .change("looker.looks", "2800", |it| it["_cap"] = 600.into());
    assert_eq!(many("?limit=-1"), 600);
}

#[test]
fn a_task_goes_through_its_states_to_a_picture() {
    let server = serve(World::of("looker", 1, 40), &[]);
    server.world().change("looker.looks", "2800", |it| {
        it["_results"] = json!([202, 200, 404]);
    });
    let task = ask(
        &server,
        "POST",
        "render_tasks/looks/2800/png?width=4&height=3",
    );
    let id = task.json()["id"].as_str().unwrap().to_owned();
    let states: Vec<_> = (0..5)
        .map(|_| get(&server, &format!("render_tasks/{id}"))["status"].clone())
        .collect();
    assert_eq!(
        states,
        [
            "enqueued_for_query",
            "querying",
            "enqueued_for_render",
            "rendering",
            "success"
        ]
    );
    let token = token(&server);
    let picture = || {
        let mut response = ureq::get(url(&server, &format!("render_tasks/{id}/results")))
            .config()
            .http_status_as_error(false)
            .build()
            .header("authorization", &token)
            .call()
            .unwrap();
        let status = response.status().as_u16();
        (status, response.body_mut().read_to_vec().unwrap())
    };
    assert_eq!(picture(), (202, Vec::new()));
    let (status, bytes) = picture();
    assert!(status == 200 && bytes.starts_with(b"\x89PNG") && bytes.ends_with(b"look 2800 4x3"));
    assert_eq!(picture().0, 404);
}

#[test]
fn what_the_specification_does_not_allow_is_refused_or_noted() {
    let server = serve(World::of("looker", 1, 40), &[]);
    get(&server, "dashboards/search?sorts=updated_at");
    get(&server, "looks/search?since=1");
    assert_eq!(ask(&server, "GET", "looks").status, 404);
    assert_eq!(
        ask(&server, "POST", "render_tasks/looks/2800/png").status,
        422
    );
    insta::assert_snapshot!(server.violations().join("\n"), @r"
    GET /looker/api/4.0/dashboards/search?sorts=updated_at: cannot be sorted by `updated_at`
    GET /looker/api/4.0/looks/search?since=1: unknown parameter `since`
    GET /looker/api/4.0/looks: there is no such resource
    POST /looker/api/4.0/render_tasks/looks/2800/png: `width` and `height` are needed
    ");
}
