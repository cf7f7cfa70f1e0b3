//! How GitHub is reached, who we are to it, and what it has.

use std::time::Duration;

use qaduct_http::{Auth, Call, Limit, QuotaHeaders, Resource, Settings};
use qaduct_records::Value;
use qaduct_records::source::{Discovered, Probe, ResourceQuota, Scope, SourceError};
use qaduct_records::stream::Stream;
use serde_json::Value as Json;
use url::Url;

use super::{paths, repositories};
use crate::error::{self, Place};
use crate::field::at;
use crate::listing;
use crate::rest::Rest;
use crate::setup::Setup;

/// Name of the value of a scope that is a named query.
pub(super) const QUERY: &str = "query";

const MINUTE: Duration = Duration::from_mins(1);
/// Requests a minute, whatever they are counted as, before GitHub asks to slow down.
const PER_MINUTE: u32 = 900;

/// What GitHub counts apart; the headers of its answers name it.
const fn resources(core: Option<Limit>, searches: u32) -> [Resource; 2] {
    [
        Resource {
            name: "core",
            path: "",
            limit: core,
        },
        Resource {
            name: "search",
            path: "search/",
            limit: Some(Limit {
                requests: searches,
                per: MINUTE,
            }),
        },
    ]
}

/// With a token. How much of `core` it may ask, only the answers tell.
static KNOWN: &[Resource] = &resources(None, 30);
/// Without one.
static ANONYMOUS: &[Resource] = &resources(
    Some(Limit {
        requests: 60,
        per: Duration::from_hours(1),
    }),
    10,
);

pub(super) fn connect(setup: &Setup) -> Result<Settings, SourceError> {
    let (auth, resources) = match &setup.token {
        Some(token) if !token.expose().is_empty() => (Auth::Bearer(token.clone()), KNOWN),
        _ => (Auth::Anonymous, ANONYMOUS),
    };
    let given = setup.requests_per_minute.unwrap_or(PER_MINUTE);
    Ok(Settings {
        name: setup.name.clone(),
        base: base(setup)?,
        auth,
        headers: vec![
            ("Accept", "application/vnd.github+json".to_owned()),
            ("X-GitHub-Api-Version", "2022-11-28".to_owned()),
        ],
        limit: Some(Limit {
            requests: given,
            per: MINUTE,
        }),
        reserve: setup.reserve,
        quota: QuotaHeaders {
            limit: Some("x-ratelimit-limit"),
            left: Some("x-ratelimit-remaining"),
            reset: Some("x-ratelimit-reset"),
            resource: Some("x-ratelimit-resource"),
            resources,
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
        // Enterprise Cloud with its data in a region of one's own.
        Some(host) if host.ends_with(".ghe.com") && !host.starts_with("api.") => {
            let host = format!("api.{host}");
            base.set_host(Some(&host))
                .map_err(|trouble| error::config(&setup.name, trouble.to_string()))?;
            base.set_path("/");
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
        let scope = |(name, asked): (&String, &String)| {
            let mut scope = Scope::of([(QUERY, Value::Text(name.clone()))]);
            // To notice when it changes.
            let asked = ("asked".to_owned(), Value::Text(asked.clone()));
            scope.values.extend([asked]);
            scope
        };
        return Ok(setup.queries.iter().map(scope).collect());
    }
    repositories::scopes(rest)
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
    let resources = rest.client.resources().iter().filter_map(|it| {
        let of = |what: &str| number(&format!("resources.{}.{what}", it.name));
        Some(ResourceQuota {
            resource: it.name.to_owned(),
            left: of("remaining")?,
            limit: of("limit")?,
        })
    });
    Ok(Probe {
        user,
        permissions,
        version: limits
            .header("x-github-enterprise-version")
            .map(str::to_owned),
        quota_left: number("resources.core.remaining"),
        quota_limit: number("resources.core.limit"),
        resources: resources.collect(),
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
        let repositories = listing::all(&paths::linked(list), &rest.client);
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::people::People;

    #[test]
    fn the_api_is_found_from_the_address_that_people_know() {
        for (given, base) in [
            (None, "https://api.github.com/"),
            (Some("github.com"), "https://api.github.com/"),
            (Some("https://www.github.com/"), "https://api.github.com/"),
            (Some("https://api.github.com"), "https://api.github.com/"),
            (Some("git.example.org"), "https://git.example.org/api/v3/"),
            (
                Some("https://git.example.org:8443/"),
                "https://git.example.org:8443/api/v3/",
            ),
            (
                Some("https://git.example.org/api/v3"),
                "https://git.example.org/api/v3/",
            ),
            (Some("octocorp.ghe.com"), "https://api.octocorp.ghe.com/"),
            (
                Some("https://api.octocorp.ghe.com"),
                "https://api.octocorp.ghe.com/",
            ),
        ] {
            let setup = Setup {
                name: "github".to_owned(),
                kind: "github".to_owned(),
                url: given.map(str::to_owned),
                user: None,
                token: None,
                projects: Vec::new(),
                queries: BTreeMap::new(),
                fields: BTreeMap::new(),
                options: BTreeMap::new(),
                people: People::Keep,
                reserve: 0.0,
                requests_per_minute: None,
                now: jiff::Timestamp::UNIX_EPOCH,
            };
            assert_eq!(super::base(&setup).unwrap().as_str(), base, "{given:?}");
        }
    }
}
