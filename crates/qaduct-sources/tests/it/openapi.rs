//! The requests against the official specifications of the services.
//!
//! `openapi/jira.json` is an extract of the OpenAPI specification of Jira Cloud v3
//! (Atlassian, Apache-2.0); `openapi/github.json` is one of `@octokit/openapi` 23.0.2
//! (GitHub, MIT); `openapi/sentry.json` is one of getsentry/sentry-api-schema (Sentry,
//! Apache-2.0); `openapi/bitrise.json` is one of the specification of version 0.1 that Bitrise
//! publishes, in the words of OpenAPI; `openapi/taskcluster.json` is one of
//! `generated/references.json` of Taskcluster (Mozilla, MPL-2.0); `openapi/confluence.json` is one
//! of the specification of Confluence Cloud v2 (Atlassian); `openapi/looker.json` is one of
//! `spec/Looker.4.0.oas.json` of looker-open-source/sdk-codegen (Google, MIT), with the names of the
//! fields of each answer. Only the operations that are asked, their parameters and the schemas of
//! their bodies are kept.

use jiff::{SignedDuration, Timestamp};
use qaduct_records::source::Reading;
use qaduct_replay::{Options, Seen, Server};
use serde_json::Value as Json;

use crate::house::{all_of, open, pull, read, setup, stream, world};

/// What a specification says against a request.
fn trouble(specification: &Json, seen: &Seen, prefix: &str) -> Option<String> {
    let target = seen.target.strip_prefix(prefix)?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let paths = specification["paths"].as_object().unwrap();
    let Some((name, operations)) = paths.iter().find(|(name, _)| fits(name, path)) else {
        return Some(format!("there is no path {path}"));
    };
    let operation = &operations[seen.method.to_lowercase()];
    if operation.is_null() {
        return Some(format!("{name} has no {}", seen.method));
    }
    let parameters = operation["parameters"].as_array();
    let parameters: Vec<_> = parameters.into_iter().flatten().collect();
    for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let of_query = |it: &&&Json| it["in"] == "query" && it["name"] == *key;
        let Some(parameter) = parameters.iter().find(of_query) else {
            return Some(format!("{name} has no parameter {key}"));
        };
        let schema = &parameter["schema"];
        let typed = match schema["type"].as_str() {
            Some("integer") => match value.parse::<i64>() {
                Ok(number) => number.into(),
                Err(_) => return Some(format!("{name}: {key} is no number: {value}")),
            },
            Some("boolean") => (value == "true").into(),
            Some("array") => value.split(',').map(Json::from).collect(),
            _ => Json::from(value.as_ref()),
        };
        if let Err(error) = validate(specification, schema, &typed) {
            return Some(format!("{name}: {key}: {error}"));
        }
    }
    for parameter in parameters {
        let key = parameter["name"].as_str().unwrap();
        let given = url::form_urlencoded::parse(query.as_bytes()).any(|(it, _)| it == key);
        if parameter["in"] == "query" && parameter["required"] == true && !given {
            return Some(format!("{name} needs the parameter {key}"));
        }
    }
    let content = &operation["requestBody"]["content"];
    if !content["application/x-www-form-urlencoded"].is_null() {
        return (!seen.body.contains('=')).then(|| format!("{name} needs a form"));
    }
    let schema = &content["application/json"]["schema"];
    match (schema.is_null(), seen.body.is_empty()) {
        (true, true) => None,
        (false, true) => Some(format!("{name} needs a body")),
        (true, false) => Some(format!("{name} takes no body")),
        (false, false) => {
            let body = serde_json::from_str(&seen.body).unwrap();
            let found = validate(specification, schema, &body);
            found.err().map(|it| format!("{name}: {it}"))
        }
    }
}

/// Whether a path is one of a template.
fn fits(template: &str, path: &str) -> bool {
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    loop {
        match (template.next(), path.next()) {
            (None, None) => return true,
            (Some(name), Some(piece)) if name.starts_with('{') => {
                if piece.is_empty() {
                    return false;
                }
            }
            (Some(name), Some(piece)) if name == piece => {}
            _ => return false,
        }
    }
}

fn validate(specification: &Json, schema: &Json, value: &Json) -> Result<(), String> {
    let mut whole = schema.clone();
    whole["components"] = specification["components"].clone();
    // GitHub calls a span of time a `date-time`, whose description says how it is written.
    let options = jsonschema::options().with_draft(jsonschema::Draft::Draft4);
    let validator = options
        .should_validate_formats(false)
        .build(&whole)
        .unwrap();
    validator.validate(value).map_err(|it| it.to_string())
}

fn specification(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

/// All that is asked in a first pull and in one that goes on.
fn asked(
    service: &'static str,
    path: &str,
    prepare: impl Fn(&mut qaduct_sources::Setup),
) -> Server {
    let server = Server::start(world(service, 400), Options::default()).unwrap();
    let now = server.world().now();
    let mut settings = setup(service, format!("{}/", server.url(path)), now);
    prepare(&mut settings);
    let mut source = open(settings);
    source.probe().unwrap();
    source.discover().unwrap();
    let mut house = pull(&mut *source, &[], now).unwrap();
    for stream in source.streams() {
        let scopes = source.scopes(stream);
        if stream.cursor.is_none() {
            continue;
        }
        for scope in scopes.unwrap() {
            let reading = Reading {
                lower: Some(now - SignedDuration::from_hours(24)),
                ..all_of(&scope, now)
            };
            read(&mut *source, stream, &reading, &mut house).unwrap();
            source.predict(stream, &reading).unwrap();
        }
    }
    server
}

#[test]
fn jira_is_asked_as_its_specification_says() {
    let specification = specification(include_str!("openapi/jira.json"));
    let server = asked("jira", "jira", |settings| {
        settings.user = Some("someone@example.org".to_owned());
        settings.queries = [("needed".to_owned(), "filter = 13789".to_owned())].into();
        settings
            .options
            .insert("comments".to_owned(), "true".to_owned());
    });
    let mut source = open({
        let mut settings = setup("jira", server.url("jira"), Timestamp::UNIX_EPOCH);
        settings.user = Some("someone@example.org".to_owned());
        settings.queries = [("needed".to_owned(), "filter = 13789".to_owned())].into();
        settings
    });
    let issues = stream(&*source, "issues");
    let scope = source.scopes(issues).unwrap().remove(0);
    source.census(issues, &scope).unwrap();
    // Boards and sprints stand in a specification of their own.
    let log = server.log();
    let asked = log.iter().filter(|it| !it.target.contains("/rest/agile/"));
    let troubles: Vec<_> = asked
        .filter_map(|it| trouble(&specification, it, "/jira"))
        .collect();
    assert_eq!(troubles, [""; 0]);
}

#[test]
fn github_is_asked_as_its_specification_says() {
    let specification = specification(include_str!("openapi/github.json"));
    let server = asked("github", "github", |settings| {
        settings.projects = vec!["mozilla-mobile/firefox-ios".to_owned()];
        let query = "repo:mozilla-mobile/firefox-ios is:issue state:open";
        settings.queries = [("open".to_owned(), query.to_owned())].into();
    });
    let log = server.log();
    // Links to the next page name a repository by its id.
    let asked = log
        .iter()
        .filter(|it| !it.target.contains("/repositories/"));
    let troubles: Vec<_> = asked
        .filter_map(|it| trouble(&specification, it, "/github"))
        .collect();
    assert_eq!(troubles, [""; 0]);
}

#[test]
fn sentry_is_asked_as_its_specification_says() {
    let specification = specification(include_str!("openapi/sentry.json"));
    let server = asked("sentry", "sentry", |settings| {
        *settings = crate::sentry::with_apps(settings.clone());
    });
    let log = server.log();
    let asked = |what: &str| log.iter().any(|it| it.target.contains(what));
    for what in [
        "projects/",
        "issues/",
        "releases/",
        "sessions/",
        "stats_v2/",
        "/events/",
    ] {
        assert!(asked(what), "{what}");
    }
    let troubles: Vec<_> = log
        .iter()
        .filter_map(|it| trouble(&specification, it, "/sentry"))
        .collect();
    assert_eq!(troubles, [""; 0]);
}

#[test]
fn bitrise_is_asked_as_its_specification_says() {
    let specification = specification(include_str!("openapi/bitrise.json"));
    let server = asked("bitrise", "bitrise", |_| {});
    let mut log = server.log();
    // Documented, and not in the specification.
    log.retain(|it| !it.target.ends_with("/test-results"));
    assert!(!log.is_empty());
    let troubles: Vec<_> = log
        .iter()
        .filter_map(|it| trouble(&specification, it, "/bitrise/v0.1"))
        .collect();
    assert_eq!(troubles, [""; 0]);
    assert!(log.iter().all(|it| it.target.starts_with("/bitrise/v0.1/")));
}

/// The fields that a request asks for and the answer does not have.
fn unknown_fields(specification: &Json, seen: &Seen, prefix: &str) -> Vec<String> {
    let target = seen.target.strip_prefix(prefix).unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let paths = specification["paths"].as_object().unwrap();
    let (_, operations) = paths.iter().find(|(name, _)| fits(name, path)).unwrap();
    let known = &operations[seen.method.to_lowercase()]["fields"];
    let known = known.as_array().cloned().unwrap_or_default();
    let mut asked = url::form_urlencoded::parse(query.as_bytes());
    let fields = asked.find(|(name, _)| name == "fields");
    let fields = fields.map(|(_, it)| it.into_owned()).unwrap_or_default();
    let fields = fields.split(',').filter(|it| !it.is_empty());
    fields
        .filter(|it| !known.contains(&Json::from(*it)))
        .map(|it| format!("{path} has no {it}"))
        .collect()
}

#[test]
fn looker_is_asked_as_its_specification_says() {
    let specification = specification(include_str!("openapi/looker.json"));
    let server = asked("looker", "looker", |settings| {
        settings.user = Some("someone".to_owned());
        settings.projects = vec!["1820".to_owned()];
        settings.options = [("results".to_owned(), "2800,folder:1946".to_owned())].into();
    });
    // Without folders, what stands in code as well; and what is asked for by its key.
    let mut settings = setup("looker", server.url("looker"), server.world().now());
    settings.user = Some("someone".to_owned());
    let now = settings.now;
    let mut source = open(settings.clone());
    pull(&mut *source, &[], now).unwrap();
    for name in ["looks", "dashboards"] {
        let stream = stream(&*source, name);
        for scope in source.scopes(stream).unwrap() {
            let mut keys = source.census(stream, &scope).unwrap();
            keys.truncate(2);
            let mut pages = source.poll(stream, &scope, keys).unwrap();
            while pages.next().unwrap().is_some() {}
        }
    }
    crate::looker_render::draw(settings);
    let log = server.log();
    assert!(log.len() > 40, "{}", log.len());
    let prefix = "/looker/api/4.0";
    let troubles: Vec<_> = log
        .iter()
        .filter_map(|it| trouble(&specification, it, prefix))
        .collect();
    assert_eq!(troubles, [""; 0]);
    let unknown: Vec<_> = log
        .iter()
        .flat_map(|it| unknown_fields(&specification, it, prefix))
        .collect();
    assert_eq!(unknown, [""; 0]);
}

#[test]
fn taskcluster_is_asked_as_its_references_say() {
    let specification = specification(include_str!("openapi/taskcluster.json"));
    let server = asked("taskcluster", "taskcluster", |settings| {
        settings.user = Some("someone".to_owned());
        settings.projects = [
            "gecko.v2.mozilla-central.latest.taskgraph.decision",
            "gecko.v2.mozilla-central.nightly.*",
        ]
        .map(str::to_owned)
        .into();
        settings.options = [("artifacts".to_owned(), "true".to_owned())].into();
    });
    let log = server.log();
    let asked = log.iter();
    let troubles: Vec<_> = asked
        .filter_map(|it| trouble(&specification, it, "/taskcluster/api"))
        .collect();
    assert_eq!(troubles, [""; 0]);
    assert!(log.len() > 20, "{}", log.len());
}

#[test]
fn confluence_is_asked_as_its_specification_says() {
    let specification = specification(include_str!("openapi/confluence.json"));
    let server = asked("confluence", "confluence", |settings| {
        settings.user = Some("someone@example.org".to_owned());
        settings.projects = vec!["MTE".to_owned()];
    });
    let (asked, others): (Vec<_>, Vec<_>) = server
        .log()
        .into_iter()
        .partition(|it| it.target.starts_with("/confluence/wiki/api/v2/"));
    let troubles: Vec<_> = asked
        .iter()
        .filter_map(|it| trouble(&specification, it, "/confluence"))
        .collect();
    assert_eq!(troubles, [""; 0]);
    assert!(asked.len() > 20, "{}", asked.len());
    // Version 1 has no specification that is published.
    let of_one = |it: &Seen| it.target.starts_with("/confluence/wiki/rest/api/");
    assert!(others.iter().all(of_one));
    assert_eq!(server.violations(), [""; 0]);
}
