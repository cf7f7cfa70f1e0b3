//! How GitHub is reached, who we are to it, and what it has.

use std::time::Duration;

use qaduct_http::{Auth, Call, Limit, QuotaHeaders, Settings};
use qaduct_records::Value;
use qaduct_records::source::{Discovered, Probe, Scope, SourceError};
use qaduct_records::stream::Stream;
use serde_json::Value as Json;
use url::Url;

use super::{REPOSITORY, paths};
use crate::error::{self, Place};
use crate::field::at;
use crate::listing;
use crate::rest::Rest;
use crate::setup::Setup;

/// Name of the value of a scope that is a named query.
pub(super) const QUERY: &str = "query";

pub(super) fn connect(setup: &Setup) -> Result<Settings, SourceError> {
    // Requests a minute before GitHub asks to slow down; without a token, an hour.
    let (auth, requests, minutes) = match &setup.token {
        Some(token) if !token.expose().is_empty() => (Auth::Bearer(token.clone()), 900, 1),
        _ => (Auth::Anonymous, 60, 60),
    };
    let (requests, minutes) = match setup.requests_per_minute {
        Some(given) => (given, 1),
        None => (requests, minutes),
    };
    Ok(Settings {
        name: setup.name.clone(),
        base: base(setup)?,
        auth,
        headers: vec![
            ("Accept", "application/vnd.github+json".to_owned()),
            ("X-GitHub-Api-Version", "2022-11-28".to_owned()),
        ],
        limit: Some(Limit {
            requests,
            per: Duration::from_mins(minutes),
        }),
        reserve: setup.reserve,
        quota: QuotaHeaders {
            limit: Some("x-ratelimit-limit"),
            left: Some("x-ratelimit-remaining"),
            reset: Some("x-ratelimit-reset"),
            forbidden_may_mean_slow_down: true,
        },
        attempts: 6,
        timeout: Duration::from_mins(1),
        // A window of the limit is an hour.
        deadline: Duration::from_mins(70),
        max_bytes: 32 << 20,
    })
}

/// The API of github.com; that of a server of one's own stands under `api/v3`.
fn base(setup: &Setup) -> Result<Url, SourceError> {
    let given = setup.url.as_deref().unwrap_or("https://api.github.com");
    let whole = if given.contains("://") {
        given.to_owned()
    } else {
        format!("https://{given}")
    };
    let mut base = Url::parse(&format!("{}/", whole.trim_end_matches('/')))
        .map_err(|trouble| error::config(&setup.name, format!("`url` is no address: {trouble}")))?;
    match base.host_str() {
        Some("github.com" | "www.github.com") => {
            base = Url::parse("https://api.github.com/")
                .map_err(|trouble| error::config(&setup.name, trouble.to_string()))?;
        }
        Some(host) if base.path() == "/" && !host.starts_with("api.") => {
            base.set_path("/api/v3/");
        }
        _ => {}
    }
    Ok(base)
}

pub(super) fn scopes(rest: &Rest, stream: &'static Stream) -> Result<Vec<Scope>, SourceError> {
    let setup = &rest.setup;
    if setup.projects.is_empty() && setup.queries.is_empty() {
        let trouble = "needs `projects = [\"owner/name\"]` or `queries`";
        return Err(error::config(&setup.name, trouble));
    }
    if stream.name == "searches" {
        let names = setup.queries.keys();
        return Ok(names
            .map(|name| Scope::of([(QUERY, Value::Text(name.clone()))]))
            .collect());
    }
    let scope = |project: &String| {
        let parts: Vec<_> = project.split('/').collect();
        if parts.len() != 2 || parts.iter().any(|it| it.is_empty()) {
            let trouble = format!("`{project}` in `projects` is not `owner/name`");
            return Err(error::config(&setup.name, trouble));
        }
        Ok(Scope::of([(REPOSITORY, Value::Text(project.clone()))]))
    };
    setup.projects.iter().map(scope).collect()
}

pub(super) fn probe(rest: &Rest) -> Result<Probe, SourceError> {
    let place = Place::source(&rest.setup.name);
    let (mut user, mut permissions) = ("anonymous".to_owned(), Vec::new());
    if rest.setup.token.is_some() {
        // A token of a workflow or an app belongs to no user: 403.
        let me = rest.send(&place, &Call::get("user").accept(&[403]))?;
        let login = me.json.get("login").and_then(Json::as_str);
        user = login.unwrap_or("an app").to_owned();
        let scopes = me.header("x-oauth-scopes").unwrap_or_default();
        let scopes = scopes.split(',').map(str::trim).filter(|it| !it.is_empty());
        permissions.extend(scopes.map(str::to_owned));
    }
    // A server of one's own may have no limits: 404.
    let limits = rest.send(&place, &Call::get("rate_limit").accept(&[404]))?;
    let number = |path: &str| at(&limits.json, path).and_then(Json::as_u64);
    Ok(Probe {
        user,
        permissions,
        version: limits
            .header("x-github-enterprise-version")
            .map(str::to_owned),
        quota_left: number("resources.core.remaining"),
        quota_limit: number("resources.core.limit"),
    })
}

pub(super) fn discover(rest: &Rest) -> Result<Vec<Discovered>, SourceError> {
    let place = Place::source(&rest.setup.name);
    let mut lists = Vec::new();
    if rest.setup.token.is_some() {
        lists.push(Call::get("user/repos"));
    } else {
        let owners = rest.setup.projects.iter();
        let owners = owners.filter_map(|it| it.split('/').next());
        let owners: std::collections::BTreeSet<_> = owners.collect();
        lists.extend(
            owners
                .into_iter()
                .map(|it| Call::get(format!("users/{}/repos", paths::encoded(it)))),
        );
    }
    let mut found = Vec::new();
    for list in lists {
        let repositories = listing::all(paths::linked(list), &rest.client);
        for repository in repositories.map_err(|it| error::of_call(&place, it))? {
            let text = |key: &str| repository.get(key).and_then(Json::as_str);
            found.push(Discovered {
                what: "project",
                id: text("full_name").unwrap_or_default().to_owned(),
                name: text("description").unwrap_or_default().to_owned(),
            });
        }
    }
    Ok(found)
}
