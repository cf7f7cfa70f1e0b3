//! The way to Bitrise: address, token, limit, apps.

use std::time::Duration;

use qaduct_http::{Auth, Call, Limit, QuotaHeaders, Settings};
use qaduct_records::Value;
use qaduct_records::source::{Discovered, Probe, Scope, SourceError};
use qaduct_records::stream::Stream;
use serde_json::Value as Json;

use super::{APP, apps};
use crate::error::{self, Place};
use crate::field::at;
use crate::listing::all;
use crate::populated;
use crate::rest::Rest;
use crate::setup::{Setup, address};

/// Where it is when nobody says.
const BITRISE: &str = "https://api.bitrise.io";
/// Requests a second: there is a limit, and it is not said which.
const A_SECOND: u32 = 5;

pub(super) fn connect(setup: &Setup) -> Result<Settings, SourceError> {
    let wrong = |trouble: String| error::config(&setup.name, trouble);
    let token = setup.token.clone();
    let token = token.ok_or_else(|| wrong(format!("[source.{}] has no `token`", setup.name)))?;
    let url = setup.url.as_deref().unwrap_or(BITRISE).trim();
    let url = url.trim_end_matches('/').trim_end_matches("/v0.1");
    let base = address(&format!("{url}/v0.1"))
        .ok_or_else(|| wrong("`url` is no address of Bitrise".to_owned()))?;
    let limit = |requests, seconds| Limit {
        requests,
        per: Duration::from_secs(seconds),
    };
    Ok(Settings {
        name: setup.name.clone(),
        base,
        auth: Auth::Header {
            name: "Authorization",
            value: token,
        },
        headers: vec![("Accept", "application/json".to_owned())],
        limit: Some(match setup.requests_per_minute {
            Some(requests) => limit(requests, 60),
            None => limit(A_SECOND, 1),
        }),
        reserve: setup.reserve,
        quota: QuotaHeaders::default(),
        attempts: 6,
        timeout: Duration::from_secs(60),
        deadline: Duration::from_secs(900),
        max_bytes: 32 << 20,
    })
}

pub(super) fn scopes(rest: &Rest, stream: &'static Stream) -> Result<Vec<Scope>, SourceError> {
    if stream.name == "apps" {
        return Ok(vec![Scope::default()]);
    }
    let slugs = match rest.known.get() {
        Some(slugs) => slugs,
        None => {
            let slugs = slugs(rest, &Place::stream(&rest.setup.name, stream.name))?;
            rest.known.get_or_init(|| slugs.into())
        }
    };
    let slugs = slugs.as_array().into_iter().flatten();
    let slugs = slugs.filter_map(Json::as_str);
    Ok(slugs
        .map(|it| Scope::of([(APP, Value::from(it))]))
        .collect())
}

/// The slugs of the apps of the settings, which may name them by their titles or their
/// repositories; without any, of all.
fn slugs(rest: &Rest, place: &Place<'_>) -> Result<Vec<String>, SourceError> {
    let listed = listed(rest)?;
    if rest.setup.projects.is_empty() {
        let listed = populated::some(place, listed)?;
        return listed.iter().map(|it| slug(rest, it)).collect();
    }
    let mut slugs = Vec::new();
    for project in &rest.setup.projects {
        let is_named = |it: &&Json| {
            let text = |name: &str| it[name].as_str().unwrap_or_default();
            let repository = format!("{}/{}", text("repo_owner"), text("repo_slug"));
            [text("slug"), text("title"), &repository].contains(&project.as_str())
        };
        let named: Vec<_> = listed.iter().filter(is_named).collect();
        let slug = match named.as_slice() {
            [app] => slug(rest, app)?,
            // The apps of others that are public are in no list.
            [] if is_slug(project) => project.clone(),
            [] => {
                let trouble = format!("there is no app `{project}` that the token may see");
                return Err(error::config(&rest.setup.name, trouble));
            }
            _ => {
                let trouble = format!("`{project}` in `projects` are {} apps", named.len());
                return Err(error::config(&rest.setup.name, trouble));
            }
        };
        if !slugs.contains(&slug) {
            slugs.push(slug);
        }
    }
    Ok(slugs)
}

/// Whether a text may be a slug: sixteen hexadecimal digits, or a UUID.
fn is_slug(text: &str) -> bool {
    let fits = |it: u8| it.is_ascii_hexdigit() || it == b'-';
    text.len() >= 16 && text.bytes().all(fits)
}

fn listed(rest: &Rest) -> Result<Vec<Json>, SourceError> {
    let place = Place::source(&rest.setup.name);
    all(&apps::listed(), &rest.client).map_err(|it| error::of_call(&place, it))
}

fn slug(rest: &Rest, app: &Json) -> Result<String, SourceError> {
    let slug = app["slug"].as_str().map(str::to_owned);
    slug.ok_or_else(|| {
        let trouble = format!("an app has no slug: {}", app["title"]);
        error::config(&rest.setup.name, trouble)
    })
}

pub(super) fn probe(rest: &Rest) -> Result<Probe, SourceError> {
    let place = Place::source(&rest.setup.name);
    // A token of a workspace belongs to no user.
    let me = rest.send(&place, &Call::get("me").accept(&[403, 404]))?;
    let user = at(&me.json, "data.username").and_then(Json::as_str);
    if user.is_none() {
        rest.send(&place, &Call::get("apps").with("limit", 1))?;
    }
    Ok(Probe {
        user: user.unwrap_or("a workspace").to_owned(),
        ..Probe::default()
    })
}

pub(super) fn discover(rest: &Rest) -> Result<Vec<Discovered>, SourceError> {
    let text = |app: &Json, name: &str| app[name].as_str().unwrap_or_default().to_owned();
    let apps = listed(rest)?;
    Ok(apps
        .iter()
        .map(|app| Discovered {
            what: "project",
            id: text(app, "slug"),
            name: text(app, "title"),
        })
        .collect())
}
