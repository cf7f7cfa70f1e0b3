//! How a Taskcluster is reached, who we are to it, and what its index has.

use std::time::Duration;

use qaduct_http::{Auth, Call, Limit, QuotaHeaders, Settings};
use qaduct_records::source::{Discovered, Probe, SourceError};
use serde_json::Value as Json;

use super::watched::Watched;
use super::{encoded, paged};
use crate::error::{self, Place};
use crate::listing;
use crate::rest::Rest;
use crate::setup::{Setup, address};

pub(super) fn connect(setup: &Setup) -> Result<Settings, SourceError> {
    let wrong = |trouble: String| error::config(&setup.name, trouble);
    let lacks = |what: &str| wrong(format!("[source.{}] has no `{what}`", setup.name));
    let token = setup.token.as_ref();
    let token = token.filter(|it| !it.expose().is_empty());
    let user = setup.user.as_ref().filter(|it| !it.is_empty());
    let auth = match (user, token) {
        (None, None) => Auth::Anonymous,
        (Some(id), Some(key)) => Auth::Hawk {
            id: id.clone(),
            key: key.clone(),
        },
        (None, Some(_)) => return Err(lacks("user").hint("it is the id of the client")),
        (Some(_), None) => return Err(lacks("token").hint("it is the access token of the client")),
    };
    let root = setup.url.as_deref().ok_or_else(|| lacks("url"))?;
    let root = address(root);
    let base = root.and_then(|it| it.join("api/").ok());
    Ok(Settings {
        name: setup.name.clone(),
        base: base.ok_or_else(|| wrong("`url` is no address of a Taskcluster".to_owned()))?,
        auth,
        headers: Vec::new(),
        // None is published.
        limit: setup.requests_per_minute.map(|requests| Limit {
            requests,
            per: Duration::from_mins(1),
        }),
        reserve: setup.reserve,
        quota: QuotaHeaders::default(),
        attempts: 6,
        timeout: Duration::from_mins(2),
        deadline: Duration::from_mins(15),
        // A thousand tasks with all that they are told.
        max_bytes: 128 << 20,
    })
}

pub(super) fn probe(rest: &Rest) -> Result<Probe, SourceError> {
    let place = Place::source(&rest.setup.name);
    let user = rest.setup.user.clone().filter(|it| !it.is_empty());
    let Some(user) = user else {
        rest.send(&place, &Call::get("queue/v1/ping"))?;
        return Ok(Probe {
            user: "anonymous".to_owned(),
            ..Probe::default()
        });
    };
    let answer = rest.send(&place, &Call::get("auth/v1/scopes/current"))?;
    let scopes = answer.json["scopes"].as_array();
    let scopes = scopes.into_iter().flatten().filter_map(Json::as_str);
    Ok(Probe {
        user,
        permissions: scopes.map(str::to_owned).collect(),
        ..Probe::default()
    })
}

/// What stands in the watched namespaces; where none is watched, the topmost namespaces.
pub(super) fn discover(rest: &Rest) -> Result<Vec<Discovered>, SourceError> {
    let place = Place::source(&rest.setup.name);
    let entries = rest.setup.projects.iter();
    let namespaces = entries.filter_map(|it| match Watched::of(it) {
        Some(Watched::Namespace(namespace)) => Some(namespace),
        _ => None,
    });
    let mut namespaces: Vec<&str> = namespaces.collect();
    if namespaces.is_empty() {
        namespaces.push("");
    }
    let mut found = Vec::new();
    for namespace in namespaces {
        let namespace = encoded(namespace);
        for (list, what) in [("namespaces", "namespace"), ("tasks", "task")] {
            if namespace.is_empty() && list == "tasks" {
                continue;
            }
            let path = format!("index/v1/{list}/{namespace}");
            let items: &[&str] = match list {
                "tasks" => &["tasks"],
                _ => &["namespaces"],
            };
            let items = listing::all(&paged(path, items), &rest.client);
            for item in items.map_err(|it| error::of_call(&place, it))? {
                let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
                let path = text("namespace");
                found.push(Discovered {
                    what,
                    id: match what {
                        "namespace" => format!("{path}.*"),
                        _ => path,
                    },
                    name: match what {
                        "namespace" => text("name"),
                        _ => text("taskId"),
                    },
                });
            }
        }
    }
    Ok(found)
}
