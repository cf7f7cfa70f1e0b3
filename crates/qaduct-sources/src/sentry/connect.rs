//! The way to a Sentry: address, credential, what it counts apart, who we are.

use std::time::Duration;

use qaduct_http::{Auth, Call, QuotaHeaders, Resource, Settings};
use qaduct_records::source::{Discovered, Probe, SourceError};
use serde_json::Value as Json;
use url::Url;

use super::{paths, projects};
use crate::error::{self, Place};
use crate::rest::Rest;
use crate::setup::{Setup, address};

/// Where it is, unless the settings say otherwise.
const HOME: &str = "https://sentry.io";
/// The option that names the organisation.
const ORGANIZATION: &str = "organization";

const fn resource(name: &'static str, path: &'static str) -> Resource {
    Resource {
        name,
        path,
        limit: None,
    }
}

/// Sentry counts each endpoint apart; how much one may be asked, only its answers tell.
static RESOURCES: &[Resource] = &[
    resource("other", ""),
    resource("issues", "issues/"),
    resource("releases", "releases/"),
    resource("sessions", "sessions/"),
    resource("stats", "stats_v2/"),
];

pub(super) fn connect(setup: &Setup) -> Result<Settings, SourceError> {
    let lacks = |what: &str| {
        let trouble = format!("[source.{}] has no `{what}`", setup.name);
        error::config(&setup.name, trouble)
    };
    let organization = organization(setup);
    if organization.is_empty() {
        return Err(lacks("options.organization"));
    }
    let base = base(setup.url.as_deref().unwrap_or(HOME), organization)
        .ok_or_else(|| error::config(&setup.name, "`url` is no address of a Sentry"))?;
    Ok(Settings {
        name: setup.name.clone(),
        base,
        auth: Auth::Bearer(setup.token.clone().ok_or_else(|| lacks("token"))?),
        headers: Vec::new(),
        limit: setup
            .requests_per_minute
            .map(|requests| qaduct_http::Limit {
                requests,
                per: Duration::from_mins(1),
            }),
        reserve: setup.reserve,
        quota: QuotaHeaders {
            limit: Some("x-sentry-rate-limit-limit"),
            left: Some("x-sentry-rate-limit-remaining"),
            reset: Some("x-sentry-rate-limit-reset"),
            resource: None,
            resources: RESOURCES,
            forbidden_may_mean_slow_down: false,
        },
        attempts: 6,
        timeout: Duration::from_mins(1),
        deadline: Duration::from_mins(15),
        max_bytes: 32 << 20,
    })
}

/// The organisation, as it stands in addresses.
pub(super) fn organization(setup: &Setup) -> &str {
    setup.options.get(ORGANIZATION).map_or("", |it| it.trim())
}

/// What all paths of an organisation begin with; people may have the address at hand with
/// or without that of the API.
fn base(given: &str, organization: &str) -> Option<Url> {
    let mut base = address(given)?;
    let path = base.path().trim_end_matches('/').to_owned();
    let path = path.strip_suffix("/api/0").unwrap_or(&path);
    let organization = paths::encoded(organization);
    base.set_path(&format!("{path}/api/0/organizations/{organization}/"));
    Some(base)
}

pub(super) fn probe(rest: &Rest) -> Result<Probe, SourceError> {
    let place = Place::source(&rest.setup.name);
    let answer = rest.send(&place, &Call::get("projects/").with("per_page", 1))?;
    Ok(Probe {
        // A token does not say whose it is.
        user: format!("a token of {}", organization(&rest.setup)),
        quota_left: answer.exchange.quota_left,
        quota_limit: answer.exchange.quota_limit,
        ..Probe::default()
    })
}

pub(super) fn discover(rest: &Rest) -> Result<Vec<Discovered>, SourceError> {
    let all = projects::all(rest, &Place::source(&rest.setup.name))?;
    let text = |project: &Json, key: &str| project[key].as_str().unwrap_or_default().to_owned();
    let found = all.iter().map(|project| Discovered {
        what: "project",
        id: text(project, "slug"),
        name: text(project, "name"),
    });
    Ok(found.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_api_is_found_from_the_address_that_people_know() {
        for (given, expected) in [
            ("sentry.io", "https://sentry.io/api/0/organizations/acme/"),
            (
                "https://de.sentry.io/",
                "https://de.sentry.io/api/0/organizations/acme/",
            ),
            (
                "https://sentry.example.org/inner/api/0/",
                "https://sentry.example.org/inner/api/0/organizations/acme/",
            ),
        ] {
            assert_eq!(base(given, "acme").unwrap().as_str(), expected, "{given}");
        }
        assert_eq!(base("two words", "acme"), None);
    }
}
