//! The way to a Looker: address, session, who we are, which folders there are.

use std::time::Duration;

use qaduct_http::{Auth, Call, Limit, Login, QuotaHeaders, Settings};
use qaduct_records::source::{Discovered, Probe, SourceError};
use serde_json::Value as Json;
use url::Url;

use super::scopes;
use crate::error::{self, Place};
use crate::rest::Rest;
use crate::setup::{Setup, address};

/// Where the API is.
const API: &str = "/api/4.0";

pub(super) fn connect(setup: &Setup) -> Result<Settings, SourceError> {
    let wrong = |trouble: String| error::config(&setup.name, trouble);
    let lacks = |what: &str| wrong(format!("[source.{}] has no `{what}`", setup.name));
    let url = setup.url.as_deref().ok_or_else(|| lacks("url"))?;
    let base = base(url).ok_or_else(|| wrong("`url` is no address of a Looker".to_owned()))?;
    let id = setup.user.clone().ok_or_else(|| lacks("user"))?;
    let secret = setup.token.clone().ok_or_else(|| lacks("token"))?;
    let login = base.join("login");
    let login = login.map_err(|_| wrong("`url` is no address of a Looker".to_owned()))?;
    Ok(Settings {
        name: setup.name.clone(),
        base,
        auth: Auth::Session(Login {
            url: login,
            form: vec![("client_id", id)],
            secret: ("client_secret", secret),
            word: "token",
        }),
        headers: Vec::new(),
        limit: setup.requests_per_minute.map(|requests| Limit {
            requests,
            per: Duration::from_mins(1),
        }),
        reserve: setup.reserve,
        quota: QuotaHeaders::default(),
        attempts: 6,
        // A query may take as long as the database needs.
        timeout: Duration::from_mins(5),
        deadline: Duration::from_mins(20),
        max_bytes: 128 << 20,
    })
}

/// What all paths begin with; people may have the address at hand with or without that of
/// the API.
fn base(given: &str) -> Option<Url> {
    let mut base = address(given)?;
    let path = base.path().trim_end_matches('/').to_owned();
    let path = path.strip_suffix(API).unwrap_or(&path);
    base.set_path(&format!("{path}{API}/"));
    Some(base)
}

pub(super) fn probe(rest: &Rest) -> Result<Probe, SourceError> {
    let place = Place::source(&rest.setup.name);
    let call = Call::get("user").with("fields", "id,display_name");
    let me = rest.send(&place, &call)?.json;
    let text = |key: &str| me[key].as_str().unwrap_or_default().to_owned();
    Ok(Probe {
        user: format!("{} ({})", text("display_name"), text("id")),
        ..Probe::default()
    })
}

pub(super) fn discover(rest: &Rest) -> Result<Vec<Discovered>, SourceError> {
    let text = |folder: &Json, key: &str| folder[key].as_str().unwrap_or_default().to_owned();
    let folders = scopes::folders(rest)?.iter();
    Ok(folders
        .map(|folder| Discovered {
            what: "project",
            id: text(folder, "id"),
            name: text(folder, "name"),
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_api_is_found_from_the_address_that_people_know() {
        for (given, expected) in [
            (
                "mozilla.cloud.looker.com",
                "https://mozilla.cloud.looker.com/api/4.0/",
            ),
            (
                "https://looker.example.org:19999/",
                "https://looker.example.org:19999/api/4.0/",
            ),
            (
                "https://example.org/looker/api/4.0/",
                "https://example.org/looker/api/4.0/",
            ),
        ] {
            assert_eq!(base(given).unwrap().as_str(), expected, "{given}");
        }
        assert_eq!(base("two words"), None);
    }
}
