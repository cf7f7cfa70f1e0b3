//! How Jira is reached, who we are to it, and what it has.

use std::time::Duration;

use jiff::tz::TimeZone;
use qaduct_http::{Auth, Call, Limit, QuotaHeaders, Settings};
use qaduct_records::source::{Discovered, Probe, SourceError};
use serde_json::Value as Json;

use super::edition::Edition;
use crate::error::{self, Place};
use crate::field::at;
use crate::rest::Rest;
use crate::setup::{Setup, address};

/// Jira Cloud: an e-mail address and an API token.
pub(super) fn cloud(setup: &Setup) -> Result<Settings, SourceError> {
    let lacks = |what: &str| error::config(&setup.name, format!("needs `{what}`"));
    let user = setup.user.clone().ok_or_else(|| lacks("user"))?;
    let password = setup.token.clone().ok_or_else(|| lacks("token"))?;
    settings(setup, Auth::Basic { user, password })
}

/// Jira Data Center: a personal access token; with a user, a password.
pub(super) fn datacenter(setup: &Setup) -> Result<Settings, SourceError> {
    let auth = match (setup.user.clone(), setup.token.clone()) {
        (Some(user), Some(password)) => Auth::Basic { user, password },
        (None, Some(token)) => Auth::Bearer(token),
        (_, None) => Auth::Anonymous,
    };
    settings(setup, auth)
}

fn settings(setup: &Setup, auth: Auth) -> Result<Settings, SourceError> {
    let Some(given) = &setup.url else {
        return Err(error::config(&setup.name, "needs `url`"));
    };
    let base = address(given)
        .ok_or_else(|| error::config(&setup.name, "`url` is no address of a Jira"))?;
    let per_minute = setup.requests_per_minute.unwrap_or(600);
    Ok(Settings {
        name: setup.name.clone(),
        base,
        auth,
        headers: vec![("Accept", "application/json".to_owned())],
        limit: Some(Limit {
            requests: per_minute,
            per: Duration::from_secs(60),
        }),
        reserve: setup.reserve,
        quota: QuotaHeaders {
            limit: Some("x-ratelimit-limit"),
            left: Some("x-ratelimit-remaining"),
            reset: Some("x-ratelimit-reset"),
            ..QuotaHeaders::default()
        },
        attempts: 6,
        timeout: Duration::from_mins(2),
        deadline: Duration::from_mins(15),
        max_bytes: 32 << 20,
    })
}

/// The user, asked once.
pub(super) fn myself(rest: &Rest) -> Result<&Json, SourceError> {
    if let Some(known) = rest.known.get() {
        return Ok(known);
    }
    let place = Place::source(&rest.setup.name);
    let call = Call::get(Edition::of(rest).path("myself"));
    let json = rest.send(&place, &call)?.json;
    Ok(rest.known.get_or_init(|| json))
}

/// The time zone in which Jira reads the times of our questions; `None` when it does
/// not say, or names one that we do not know.
pub(super) fn zone(rest: &Rest) -> Result<Option<TimeZone>, SourceError> {
    let name = myself(rest)?.get("timeZone").and_then(Json::as_str);
    Ok(name.and_then(|it| TimeZone::get(it).ok()))
}

pub(super) fn probe(rest: &Rest) -> Result<Probe, SourceError> {
    let place = Place::source(&rest.setup.name);
    let edition = Edition::of(rest);
    let user = myself(rest)?;
    let named = |it: &str| user.get(it).and_then(Json::as_str);
    let name = ["displayName", "name", "accountId"]
        .into_iter()
        .find_map(named);
    let name = name.unwrap_or("anonymous").to_owned();
    let zone = named("timeZone").map(|it| format!("time zone {it}"));
    let server = rest.send(&place, &Call::get(edition.path("serverInfo")))?;
    let version = server.json.get("version").and_then(Json::as_str);
    Ok(Probe {
        user: name,
        permissions: zone.into_iter().collect(),
        version: version.map(str::to_owned),
        quota_left: server.exchange.quota_left,
        quota_limit: server.exchange.quota_limit,
        ..Probe::default()
    })
}

pub(super) fn discover(rest: &Rest) -> Result<Vec<Discovered>, SourceError> {
    let edition = Edition::of(rest);
    let mut found = Vec::new();
    let mut add = |what, items: Vec<Json>, id: &str| {
        for item in items {
            let text = |key: &str| match at(&item, key) {
                Some(Json::String(text)) => text.clone(),
                Some(Json::Number(number)) => number.to_string(),
                _ => String::new(),
            };
            found.push(Discovered {
                what,
                id: text(id),
                name: text("name"),
            });
        }
    };
    add(
        "project",
        super::lists::all(rest, edition.projects())?,
        "key",
    );
    add("filter", super::lists::all(rest, edition.filters())?, "id");
    add(
        "board",
        super::lists::all(rest, super::lists::boards(None))?,
        "id",
    );
    add("field", super::lists::all(rest, edition.fields())?, "id");
    Ok(found)
}
