//! `[source.NAME]`: a service that is pulled.

use std::collections::BTreeMap;

use qaduct_sources::KINDS;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::shape::Shape;
use super::tree::{Entry, Node, Origin, Value, path};
use super::{Environment, Moment, Period, SecretRef, Share, variables};
use crate::report::{Code, Report};

/// What becomes of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum People {
    /// They stay as the service names them.
    #[default]
    Keep,
    /// A keyed hash stands for each.
    Hash,
    /// They are left out.
    Drop,
}

impl People {
    const HASH: &str = "hash";
    /// The words for it.
    const WORDS: [&str; 3] = ["keep", Self::HASH, "drop"];
}

/// `[source.NAME]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Source {
    /// What the service is; the name of the source where it is not set.
    #[schemars(with = "Option<String>", extend("enum" = kinds()))]
    pub kind: Option<String>,
    /// Address of the service, where the kind has none of its own.
    #[schemars(extend("format" = "service"))]
    pub url: Option<String>,
    /// The user that goes with the token.
    pub user: Option<String>,
    /// The credential: an API key, a token, a password.
    pub token: Option<SecretRef>,
    /// Projects, products or repositories: ids, keys, names; empty: all that
    /// the credential may see.
    pub projects: Vec<String>,
    /// Named questions in the words of the service: JQL, parameters of a search.
    pub queries: BTreeMap<String, String>,
    /// Names for custom fields of the service.
    pub fields: BTreeMap<String, String>,
    /// Settings of the kind itself, such as `edition`.
    pub options: BTreeMap<String, String>,
    /// Streams to pull where the command names none; empty: all.
    pub streams: Vec<String>,
    /// Nothing older is read, where the service can be asked so: a day or an instant.
    pub since: Option<Moment>,
    /// What becomes of people: `keep`, `hash` or `drop`; `keep` where it is not set.
    #[schemars(with = "Option<String>", extend("enum" = People::WORDS))]
    pub people: Option<People>,
    /// What the hashes of people are keyed with; needed for `hash`.
    pub people_salt: Option<SecretRef>,
    /// The share of the quota of the service that may be used; all of it where
    /// it is not set.
    pub max_quota: Option<Share>,
    /// Requests a minute, where the service allows others than its kind does: as a
    /// rule fewer, more where it was agreed or the server is your own.
    #[schemars(range(min = 1, max = 10_000_000))]
    pub requests_per_minute: Option<u32>,
    /// As in `[freshness]`, for this source.
    pub warn_after: Option<Period>,
    /// As in `[freshness]`, for this source.
    pub error_after: Option<Period>,
}

/// The words for `kind`.
fn kinds() -> Vec<&'static str> {
    KINDS.iter().map(|it| it.name).collect()
}

impl Source {
    /// The word of its kind.
    #[must_use]
    pub fn kind<'s>(&'s self, name: &'s str) -> &'s str {
        self.kind.as_deref().unwrap_or(name)
    }
}

/// Adds a source for each kind that no source has and whose credential is in a
/// variable of other programs.
pub(crate) fn implied(tree: &mut Node, environment: &Environment, shape: &Shape) {
    for kind in KINDS {
        let credential = kind.variables.iter().find(|(key, _)| *key == "token");
        let Some((_, credential)) = credential.filter(|(_, it)| environment.get(it).is_some())
        else {
            continue;
        };
        let is_of_kind = |(name, entry): (&String, &Entry)| match entry.node.entry("kind") {
            Some(Value::Text(word)) => word == kind.name,
            _ => name == kind.name,
        };
        let sources = sources(tree);
        if sources.into_iter().flatten().any(is_of_kind)
            || sources.is_some_and(|it| it.contains_key(kind.name))
        {
            continue;
        }
        for (key, variable) in kind.variables {
            let path: Vec<_> = ["source", kind.name]
                .into_iter()
                .chain(key.split('.'))
                .collect();
            if let (Some(value), Some(leaf)) = (environment.get(variable), shape.at(&path)) {
                let origin = Origin::Variable((*variable).to_owned());
                tree.put(&path, variables::read(value, leaf, &origin));
            }
        }
        let origin = Origin::Variable((*credential).to_owned());
        tree.put(
            &["source", kind.name, "kind"],
            Node::text(kind.name, &origin),
        );
    }
}

fn sources(tree: &Node) -> Option<&BTreeMap<String, Entry>> {
    match tree.entry("source") {
        Some(Value::Table(sources)) => Some(sources),
        _ => None,
    }
}

/// What is wrong with sources as a whole, when all layers are merged.
pub(crate) fn check(tree: &Node) -> Vec<Report> {
    let mut reports = Vec::new();
    for (name, entry) in sources(tree).into_iter().flatten() {
        let place = path(&["source", name]);
        let node = &entry.node;
        if node.entry("kind").is_none() && !kinds().contains(&name.as_str()) {
            let report = Report::new(Code::MissingKey, format!("`{place}` has no `kind`"))
                .help(format!("add `kind = …`: one of {}", kinds().join(", ")));
            reports.push(entry.key.mark(report, ""));
        }
        let word = |key| match node.entry(key) {
            Some(Value::Text(text)) => Some(text.as_str()),
            _ => None,
        };
        if word("people") == Some(People::HASH) && node.entry("people_salt").is_none() {
            let message =
                format!("`{place}` has no `people_salt`, which `people = \"hash\"` needs");
            let report = Report::new(Code::MissingKey, message)
                .help("add `people_salt = { env = \"PEOPLE_SALT\" }`");
            reports.push(entry.key.mark(report, ""));
        }
        if node.entry("token").is_some()
            && let Some(url) = word("url")
            && is_in_the_clear(url)
        {
            let message =
                format!("`{place}.url` would carry the token over the network in the clear");
            let report = Report::new(Code::WrongValue, message)
                .help("write `https://`; `http://` is for 127.0.0.1 and localhost");
            reports.push(entry.key.mark(report, ""));
        }
    }
    reports
}

/// Whether everybody on the way can read what is sent there.
fn is_in_the_clear(url: &str) -> bool {
    let Ok(url) = url::Url::parse(url) else {
        return false;
    };
    let local = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => true,
    };
    url.scheme() == "http" && !local
}

#[cfg(test)]
mod tests {
    use super::super::{Flag, Place, load};
    use super::*;
    use crate::ui::Redactor;

    fn with<const N: usize>(variables: [(&str, &str); N]) -> super::super::Effective {
        let place = Place {
            folder: "/".into(),
            file: None,
            no_files: true,
        };
        let flags: [Flag<'_>; 0] = [];
        load(
            &place,
            &Environment::of(variables),
            &flags,
            &Redactor::default(),
        )
        .unwrap()
    }

    #[test]
    fn variables_of_other_programs_make_a_source_of_the_name_of_its_kind() {
        let effective = with([
            ("TESTRAIL_HOST", "qa.testrail.io"),
            ("TESTRAIL_USERNAME", "qa@example.org"),
            ("TESTRAIL_PASSWORD", "hunter2"),
            ("ATLASSIAN_HOST", "no token, no source"),
        ]);
        assert_eq!(
            effective.config.source.keys().collect::<Vec<_>>(),
            ["testrail"]
        );
        let source = &effective.config.source["testrail"];
        assert_eq!(source.url.as_deref(), Some("qa.testrail.io"));
        assert_eq!(
            source.token,
            Some(SecretRef::Env("TESTRAIL_PASSWORD".to_owned()))
        );
    }

    #[test]
    fn a_variable_of_another_program_may_be_an_option() {
        let effective = with([
            ("SENTRY_HOST", "https://sentry.example.org"),
            ("SENTRY_API_TOKEN", "hunter2"),
            ("SENTRY_ORGANIZATION_SLUG", "acme"),
        ]);
        let source = &effective.config.source["sentry"];
        assert_eq!(source.options["organization"], "acme");
    }

    #[test]
    fn a_configured_source_of_the_kind_leaves_those_variables_alone() {
        let effective = with([
            ("TESTRAIL_PASSWORD", "hunter2"),
            ("QADUCT_SOURCE__QA__KIND", "testrail"),
        ]);
        assert_eq!(effective.config.source.keys().collect::<Vec<_>>(), ["qa"]);
        assert_eq!(effective.config.source["qa"].token, None);
    }

    #[test]
    fn a_token_is_sent_in_the_clear_to_the_own_machine_only() {
        for url in [
            "http://127.0.0.1:8/x",
            "http://[::1]/",
            "http://localhost",
            "https://a.org",
            "a.org",
        ] {
            assert!(!is_in_the_clear(url), "{url}");
        }
        assert!(is_in_the_clear("http://jira.example.org"));
    }
}
