//! The way to a Confluence: address, credential, and the spaces that the settings name.

use std::time::Duration;

use qaduct_http::{Auth, Call, Limit, QuotaHeaders, Settings};
use qaduct_records::Value;
use qaduct_records::source::{Discovered, Probe, Scope, SourceError};
use qaduct_records::stream::Stream;
use serde_json::{Value as Json, json};
use url::Url;

use super::edition::Edition;
use super::{SPACE_ID, SPACE_KEY, spaces};
use crate::error::{self, Place};
use crate::populated;
use crate::rest::Rest;
use crate::rows::id;
use crate::setup::{Setup, address};

/// Where a token of OAuth is taken; sites themselves take those of users.
const GATEWAY: &str = "api.atlassian.com";

fn lacks(setup: &Setup, what: &str) -> SourceError {
    error::config(&setup.name, format!("needs `{what}`"))
}

/// Confluence Cloud: an e-mail address and an API token, or a token of OAuth at the gateway.
pub(super) fn cloud(setup: &Setup) -> Result<Settings, SourceError> {
    let lacks = |what: &str| lacks(setup, what);
    let base = given(setup, base)?;
    let token = setup.token.clone().ok_or_else(|| lacks("token"))?;
    let auth = match &setup.user {
        Some(user) => Auth::Basic {
            user: user.clone(),
            password: token,
        },
        None if base.host_str() == Some(GATEWAY) => Auth::Bearer(token),
        None => return Err(lacks("user")),
    };
    Ok(settings(setup, base, auth))
}

/// Confluence Data Center: a personal access token; with a user, a password.
pub(super) fn datacenter(setup: &Setup) -> Result<Settings, SourceError> {
    let auth = match (setup.user.clone(), setup.token.clone()) {
        (Some(user), Some(password)) => Auth::Basic { user, password },
        (None, Some(token)) => Auth::Bearer(token),
        (_, None) => Auth::Anonymous,
    };
    Ok(settings(setup, given(setup, server)?, auth))
}

/// What all paths begin with, from the address of the settings.
fn given(setup: &Setup, base: fn(&str) -> Option<Url>) -> Result<Url, SourceError> {
    let given = setup.url.as_deref().ok_or_else(|| lacks(setup, "url"))?;
    base(given).ok_or_else(|| error::config(&setup.name, "`url` is no address of a Confluence"))
}

fn settings(setup: &Setup, base: Url, auth: Auth) -> Settings {
    Settings {
        name: setup.name.clone(),
        base,
        auth,
        headers: vec![("Accept", "application/json".to_owned())],
        limit: Some(Limit {
            requests: setup.requests_per_minute.unwrap_or(600),
            per: Duration::from_mins(1),
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
    }
}

/// What all paths begin with. People may have the address of the site at hand, or that of
/// a page.
fn base(given: &str) -> Option<Url> {
    let mut base = address(given)?;
    let path = base.path().to_owned();
    let before = path.split_once("/wiki/").map_or(path.as_str(), |it| it.0);
    base.set_path(&format!("{}/wiki/", before.trim_end_matches('/')));
    Some(base)
}

/// The same of a server: it may stand below a path, and people may have the address of a page.
fn server(given: &str) -> Option<Url> {
    const PAGES: &[&str] = &[
        "/spaces/",
        "/display/",
        "/pages/",
        "/x/",
        "/rest/",
        "/dashboard.action",
    ];
    let mut base = address(given)?;
    let path = base.path().to_owned();
    let before = PAGES.iter().filter_map(|it| path.find(it)).min();
    let before = path.get(..before.unwrap_or(path.len()))?;
    base.set_path(&format!("{}/", before.trim_end_matches('/')));
    Some(base)
}

/// The site that people open, without a slash at its end; a gateway is none.
pub(super) fn site(rest: &Rest) -> Option<String> {
    let given = rest.setup.url.as_deref()?;
    let base = match Edition::of(rest) {
        Edition::Cloud => base(given),
        Edition::DataCenter => server(given),
    }?;
    let is_site = base.host_str() != Some(GATEWAY);
    is_site.then(|| base.as_str().trim_end_matches('/').to_owned())
}

pub(super) fn scopes(rest: &Rest, stream: &'static Stream) -> Result<Vec<Scope>, SourceError> {
    if stream.name == spaces::CONTRACT.name {
        return Ok(vec![Scope::default()]);
    }
    let known = match rest.known.get() {
        Some(known) => known,
        None => {
            let found = wanted(rest)?;
            rest.known.get_or_init(|| found.into())
        }
    };
    let scope = |space: &Json| {
        let id = id(space, "id")?;
        let key = space["key"].as_str()?;
        Some(Scope::of([
            (SPACE_ID, Value::Int(id)),
            (SPACE_KEY, key.into()),
        ]))
    };
    Ok(known
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(scope)
        .collect())
}

/// The spaces of the settings, which name them by their keys; without any, all.
fn wanted(rest: &Rest) -> Result<Vec<Json>, SourceError> {
    let place = Place::source(&rest.setup.name);
    let listed = spaces::all(rest, &place)?;
    let listed = listed
        .iter()
        .map(|it| json!({ "id": it["id"], "key": it["key"] }));
    let listed = populated::some(&place, listed.collect::<Vec<_>>())?;
    for key in &rest.setup.projects {
        if !listed.iter().any(|it| it["key"] == key.as_str()) {
            let trouble = format!("there is no space `{key}` that the user may see");
            return Err(error::config(&rest.setup.name, trouble));
        }
    }
    Ok(listed)
}

pub(super) fn probe(rest: &Rest) -> Result<Probe, SourceError> {
    let place = Place::source(&rest.setup.name);
    let answer = rest.send(&place, &Call::get("rest/api/user/current"))?;
    let named = |it: &str| answer.json[it].as_str().filter(|it| !it.is_empty());
    let user = ["displayName", "publicName", "accountId", "username"]
        .into_iter()
        .find_map(named);
    Ok(Probe {
        user: user.unwrap_or("anonymous").to_owned(),
        quota_left: answer.exchange.quota_left,
        quota_limit: answer.exchange.quota_limit,
        ..Probe::default()
    })
}

pub(super) fn discover(rest: &Rest) -> Result<Vec<Discovered>, SourceError> {
    let text = |space: &Json, name: &str| space[name].as_str().unwrap_or_default().to_owned();
    let all = spaces::every(rest, &Place::source(&rest.setup.name))?;
    let found = all.iter().map(|space| Discovered {
        what: "space",
        id: text(space, "key"),
        name: text(space, "name"),
    });
    Ok(found.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_api_is_found_from_the_address_that_people_know() {
        for (given, expected) in [
            ("acme.atlassian.net", "https://acme.atlassian.net/wiki/"),
            (
                "https://acme.atlassian.net/wiki/spaces/MTE/pages/1436811681/Charts",
                "https://acme.atlassian.net/wiki/",
            ),
            (
                "https://api.atlassian.com/ex/confluence/11-22/",
                "https://api.atlassian.com/ex/confluence/11-22/wiki/",
            ),
        ] {
            assert_eq!(base(given).unwrap().as_str(), expected, "{given}");
        }
        assert_eq!(base("two words"), None);
        for (given, expected) in [
            ("wiki.example.org", "https://wiki.example.org/"),
            (
                "https://example.org/confluence/display/QA/Test+health",
                "https://example.org/confluence/",
            ),
            (
                "https://wiki.example.org/spaces/QA/pages/23/Test+health",
                "https://wiki.example.org/",
            ),
            (
                "https://example.org/wiki/pages/viewpage.action?pageId=23",
                "https://example.org/wiki/",
            ),
        ] {
            assert_eq!(server(given).unwrap().as_str(), expected, "{given}");
        }
    }
}
