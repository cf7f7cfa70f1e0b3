//! `/api/openapi.json`, and whether the server keeps what it says.

use serde_json::{Value as Json, json};

use crate::world::{Muted, World};

async fn document() -> Json {
    World::small().server().json("/api/openapi.json").await
}

#[tokio::test]
async fn the_document_is_known() {
    let text = serde_json::to_string_pretty(&document().await).unwrap();
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn every_described_path_is_answered_and_every_parameter_is_accepted() {
    let server = World::small().server();
    let document = document().await;
    assert_eq!(document["openapi"], "3.1.0");
    for (path, item) in document["paths"].as_object().unwrap() {
        assert_eq!(server.get(path).await.status, 200, "{path}");
        for parameter in item["get"]["parameters"].as_array().into_iter().flatten() {
            let pointer = parameter["$ref"]
                .as_str()
                .map(|it| document.pointer(&it[1..]).unwrap());
            let name = pointer.unwrap_or(parameter)["name"].as_str().unwrap();
            let answer = server.get(&format!("{path}?{name}=%01")).await;
            assert_ne!(answer.json_code(), "unknown_parameter", "{path}?{name}");
        }
    }
}

/// Answers whose bodies are checked against the schema of their path.
const ANSWERS: [(&str, &str); 12] = [
    ("/api/v1/mutes", ""),
    ("/api/v1/mutes", "?limit=1"),
    ("/api/v1/mutes", "?muted=all&sort=-test"),
    ("/api/v1/mutes", "?branch=nowhere"),
    ("/api/v1/runs", ""),
    ("/redash/mutes", ""),
    ("/redash/mutes", "?limit=2&muted=gone"),
    ("/redash/weekly", ""),
    ("/redash/weekly", "?min_row=1"),
    ("/redash/summary", ""),
    ("/redash/summary", "?branch=nowhere"),
    ("/healthz", ""),
];

#[tokio::test]
async fn answers_fit_the_schemas_of_the_document() {
    let document = document().await;
    let world = World::small();
    let server = world.server();
    for (path, query) in ANSWERS {
        let validator = validator(&document, &schema(&document, path, "200"));
        let answer = server.json(&format!("{path}{query}")).await;
        let errors: Vec<_> = validator
            .iter_errors(&answer)
            .map(|it| it.to_string())
            .collect();
        assert!(errors.is_empty(), "{path}{query}: {errors:?}");
    }
    let lines = server.get("/api/v1/mutes.jsonl").await;
    let validator = validator(&document, &json!({"$ref": "#/components/schemas/Mute"}));
    for line in lines.text().lines() {
        let row: Json = serde_json::from_str(line).unwrap();
        assert!(validator.is_valid(&row), "{line}");
        let known = document["components"]["schemas"]["Mute"]["properties"]
            .as_object()
            .unwrap();
        assert!(
            row.as_object()
                .unwrap()
                .keys()
                .all(|key| known.contains_key(key))
        );
    }
}

#[tokio::test]
async fn failures_fit_the_schema_of_failures() {
    let document = document().await;
    let world = World::small().token("t");
    let server = world.server();
    for (path, query, status, header) in [
        ("/api/v1/mutes", "?x=1", "400", "Bearer t"),
        ("/redash/mutes", "?limit=x", "400", "Bearer t"),
        ("/api/v1/runs", "", "401", "Bearer u"),
        ("/metrics", "", "401", "Bearer u"),
    ] {
        let validator = validator(&document, &schema(&document, path, status));
        let answer = server
            .send(
                "GET",
                &format!("{path}{query}"),
                &[("authorization", header)],
            )
            .await;
        assert_eq!(answer.status.as_str(), status);
        assert!(
            validator.is_valid(&answer.json()),
            "{path}: {}",
            answer.text()
        );
    }
}

#[tokio::test]
async fn the_schema_refuses_what_the_server_would_never_say() {
    let document = document().await;
    let validator = validator(&document, &schema(&document, "/api/v1/mutes", "200"));
    let world = World::small();
    world.mutes(&[Muted::new("test_one")]);
    let page = world.server().json("/api/v1/mutes").await;
    assert!(validator.is_valid(&page));
    for (pointer, wrong) in [
        ("/schema_version", json!(2)),
        ("/items/0/kind", json!("skipped")),
        ("/items/0/line_start", json!("10")),
        ("/items/0/reason", json!(1)),
        ("/items/0/test", json!(null)),
        ("/total", json!(null)),
    ] {
        let mut page = page.clone();
        *page.pointer_mut(pointer).unwrap() = wrong;
        assert!(!validator.is_valid(&page), "{pointer}");
    }
}

fn schema(document: &Json, path: &str, status: &str) -> Json {
    document["paths"][path]["get"]["responses"][status]["content"]["application/json"]["schema"]
        .clone()
}

/// A validator of a schema that refers to the components of the document.
fn validator(document: &Json, schema: &Json) -> jsonschema::Validator {
    let mut root = schema.clone();
    root["components"] = document["components"].clone();
    jsonschema::options()
        .should_validate_formats(true)
        .build(&root)
        .unwrap()
}
