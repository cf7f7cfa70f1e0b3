//! How a source is set up: what the settings say of it, secrets resolved.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use qaduct_records::Secret;
use url::Url;

use crate::people::People;

/// What the settings say of a source.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Its name: `[source.NAME]`.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// Address of the service, where the kind has none of its own.
    pub url: Option<String>,
    /// The user that goes with the token.
    pub user: Option<String>,
    /// The credential.
    pub token: Option<Secret>,
    /// Projects, products or repositories: ids, keys, `owner/name`; empty: all.
    pub projects: Vec<String>,
    /// Named questions in the words of the service: JQL, `filter=13789`, parameters.
    pub queries: BTreeMap<String, String>,
    /// Names for custom fields of the service: `story_points` → `customfield_10037`.
    pub fields: BTreeMap<String, String>,
    /// Settings of the kind itself: `edition = "server"`.
    pub options: BTreeMap<String, String>,
    /// What becomes of people.
    pub people: People,
    /// The share of the quota that is left to others.
    pub reserve: f64,
    /// Another limit than the one that is known of the service.
    pub requests_per_minute: Option<u32>,
    /// When the run began.
    pub now: Timestamp,
}

/// How patient we are with a service; what is `None` is as its kind needs it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Patience {
    /// How often a call is sent at most.
    pub attempts: Option<u32>,
    /// How long one attempt may take.
    pub timeout: Option<Duration>,
    /// How long a call may take with all attempts and waiting.
    pub deadline: Option<Duration>,
}

/// The address of a service as people write it: with or without a scheme, with what stands
/// behind the address of a page. Calls are relative to it.
#[must_use]
pub fn address(text: &str) -> Option<Url> {
    let text = text.trim();
    let mut url = match text.contains("://") {
        true => Url::parse(text),
        false => Url::parse(&format!("https://{text}")),
    }
    .ok()
    .filter(|it| matches!(it.scheme(), "http" | "https") && it.has_host())?;
    url.set_query(None);
    url.set_fragment(None);
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_be_written_as_people_have_it_at_hand() {
        for (given, expected) in [
            ("https://qa.testrail.io", "https://qa.testrail.io/"),
            ("qa.testrail.io/", "https://qa.testrail.io/"),
            (
                " bugs.example.org/bugzilla?a=1#b ",
                "https://bugs.example.org/bugzilla/",
            ),
            ("http://127.0.0.1:80/testrail", "http://127.0.0.1/testrail/"),
        ] {
            assert_eq!(address(given).unwrap().as_str(), expected);
        }
        for given in ["ftp://host", "https://", "", "two words"] {
            assert_eq!(address(given), None, "{given}");
        }
    }
}
