//! Keeps secrets out of everything that people or databases see.
//!
//! Two nets: values (the credential in each form in which it may come back) and
//! names (parameters of a URL that usually hold one).

use std::borrow::Cow;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde_json::Value as Json;
use url::Url;

use crate::Auth;

const STARS: &str = "***";
/// Letters of a credential that is looked for in data.
const LONG: usize = 8;

/// Names of parameters that are starred, in lower case.
const NAMES: &[&str] = &[
    "access_token",
    "api-key",
    "api_key",
    "apikey",
    "auth",
    "auth_token",
    "authorization",
    "client_secret",
    "id_token",
    "jwt",
    "key",
    "passwd",
    "password",
    "private_token",
    "refresh_token",
    "secret",
    "sig",
    "signature",
    "token",
];

/// Ends of such names: `service_api_key`.
const SUFFIXES: &[&str] = &["_api_key", "_password", "_secret", "_token"];
/// Beginnings of such names.
const PREFIXES: &[&str] = &["x-amz-", "x-goog-"];

/// Stars what is secret.
#[derive(Default)]
pub(crate) struct Redactor {
    /// Longest first, so that no form leaves a rest of another.
    values: RwLock<Vec<String>>,
    /// What else nobody may read, such as people.
    conceal: Option<Box<Conceal>>,
}

/// Makes a text one that may be read.
pub(crate) type Conceal = dyn Fn(&str) -> String + Send + Sync;

impl Redactor {
    /// For a credential and the password of a proxy.
    pub(crate) fn new(auth: &Auth, proxy_password: Option<&str>) -> Self {
        let mut values = Vec::new();
        match auth {
            Auth::Anonymous => {}
            Auth::Basic { user, password } => {
                let password = password.expose();
                forms(password, &mut values);
                for pair in [format!("{user}:{password}"), format!("{user}:")] {
                    base64_forms(&pair, &mut values);
                }
            }
            Auth::Hawk { key, .. } => forms(key.expose(), &mut values),
            Auth::Session(login) => forms(login.secret.1.expose(), &mut values),
            Auth::Bearer(value) | Auth::Header { value, .. } | Auth::Parameter { value, .. } => {
                forms(value.expose(), &mut values);
                // A header's own value often has a scheme before the secret.
                if let Some((_, rest)) = value.expose().split_once(' ') {
                    forms(rest, &mut values);
                }
            }
        }
        if let Some(password) = proxy_password {
            forms(password, &mut values);
        }
        ordered(&mut values);
        Self {
            values: RwLock::new(values),
            conceal: None,
        }
    }

    /// From now on this is secret, too.
    pub(crate) fn learn(&self, secret: &str) {
        let mut values = self.values.write().unwrap_or_else(PoisonError::into_inner);
        forms(secret, &mut values);
        ordered(&mut values);
    }

    /// From now on texts and URLs go through this as well.
    pub(crate) fn conceal(&mut self, conceal: Box<Conceal>) {
        self.conceal = Some(conceal);
    }

    /// A text without the credential.
    pub(crate) fn text(&self, text: &str) -> String {
        let text = star(text, self.values().iter());
        match &self.conceal {
            Some(conceal) => conceal(&text),
            None => text,
        }
    }

    /// Whether a body holds the credential. Short ones are no secrets that a service
    /// would keep, and words of many texts.
    pub(crate) fn is_in(&self, body: &[u8]) -> bool {
        long(&self.values()).any(|it| memchr::memmem::find(body, it.as_bytes()).is_some())
    }

    /// An answer without the credential: a service may echo it, a person may have
    /// written it into a ticket.
    pub(crate) fn json(&self, json: &mut Json) {
        match json {
            Json::String(text) => *text = star(text, long(&self.values())),
            Json::Array(items) => items.iter_mut().for_each(|it| self.json(it)),
            Json::Object(fields) => fields.values_mut().for_each(|it| self.json(it)),
            _ => {}
        }
    }

    /// A header without the credential. A short one is not looked for, as in a body: it
    /// would be found in the words that lead to the next page.
    pub(crate) fn kept(&self, header: &str) -> String {
        star(header, long(&self.values()))
    }

    fn values(&self) -> RwLockReadGuard<'_, Vec<String>> {
        self.values.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// A URL without the credential, a user, a fragment and secret parameters; the
    /// rest byte for byte.
    pub(crate) fn url(&self, url: &Url) -> String {
        let mut url = url.clone();
        url.set_fragment(None);
        if !url.username().is_empty() || url.password().is_some() {
            let cleaned = url
                .set_password(None)
                .and_then(|()| url.set_username(STARS));
            if cleaned.is_err() {
                return STARS.to_owned();
            }
        }
        let query = url.query().map(starred);
        let text = match query {
            Some(query) => {
                let end = url.as_str().find('?').unwrap_or(url.as_str().len());
                format!("{}?{query}", &url.as_str()[..end])
            }
            None => url.as_str().to_owned(),
        };
        self.text(&text)
    }
}

/// Those that are looked for in data.
fn long(values: &[String]) -> impl Iterator<Item = &String> {
    values.iter().filter(|it| it.len() >= LONG)
}

/// Longest first, each once.
fn ordered(values: &mut Vec<String>) {
    values.retain(|value| !value.is_empty());
    values.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    values.dedup();
}

fn star<'v>(text: &str, values: impl Iterator<Item = &'v String>) -> String {
    let mut text = text.to_owned();
    for value in values {
        if text.contains(value.as_str()) {
            text = text.replace(value.as_str(), STARS);
        }
    }
    text
}

/// A query whose secret parameters are stars.
fn starred(query: &str) -> String {
    let parts = query.split('&').map(|part| match part.split_once('=') {
        Some((name, _)) if is_secret(name) => Cow::Owned(format!("{name}={STARS}")),
        _ => Cow::Borrowed(part),
    });
    parts.collect::<Vec<_>>().join("&")
}

fn is_secret(name: &str) -> bool {
    let decoded = url::form_urlencoded::parse(name.as_bytes()).next();
    let Some((name, _)) = decoded else {
        return false;
    };
    let name = name.to_ascii_lowercase();
    NAMES.contains(&name.as_str())
        || PREFIXES.iter().any(|it| name.starts_with(it))
        || SUFFIXES.iter().any(|it| name.ends_with(it))
}

/// All forms in which a secret may come back.
fn forms(secret: &str, values: &mut Vec<String>) {
    values.push(secret.to_owned());
    let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    values.push(encoded.replace('+', "%20"));
    values.push(lower_hex(&encoded));
    values.push(encoded);
    // As a URL writes it that it was put into by hand.
    if let Ok(mut url) = Url::parse("http://x/") {
        url.set_path(secret);
        url.set_query(Some(secret));
        values.push(url.path()[1..].to_owned());
        values.extend(url.query().map(str::to_owned));
    }
    let json = Json::from(secret).to_string();
    values.push(json[1..json.len() - 1].to_owned());
    for text in [
        secret.to_owned(),
        format!("{secret}:"),
        format!(":{secret}"),
    ] {
        base64_forms(&text, values);
    }
}

/// Without padding: a padded one is then starred but for its `=`.
fn base64_forms(text: &str, values: &mut Vec<String>) {
    if text == ":" {
        return;
    }
    let encoded = STANDARD_NO_PAD.encode(text);
    values.push(encoded.replace('+', "-").replace('/', "_"));
    values.push(encoded.replace('+', "%2B").replace('/', "%2F"));
    values.push(encoded);
}

fn lower_hex(encoded: &str) -> String {
    let mut left = 0_u8;
    encoded
        .chars()
        .map(|it| {
            if it == '%' {
                left = 2;
                return it;
            }
            if left > 0 {
                left -= 1;
                return it.to_ascii_lowercase();
            }
            it
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(url: &str) -> String {
        Redactor::default().url(&url.parse().unwrap())
    }

    #[test]
    fn a_url_shows_no_user_and_no_fragment() {
        assert_eq!(
            redacted("https://me:pw@example.org/a?b=1#token"),
            "https://***@example.org/a?b=1"
        );
        assert_eq!(
            redacted("https://ghp_123@example.org/"),
            "https://***@example.org/"
        );
    }

    #[test]
    fn the_rest_of_a_url_stays_byte_for_byte() {
        for url in [
            "https://example.org/index.php?/api/v2/get_cases/1&limit=250&offset=0",
            "https://example.org/a%2Fb?x=%C3%a4+1&&y=&z",
            "https://example.org/a?",
            "https://example.org/?next=https://x/?q=1",
        ] {
            assert_eq!(redacted(url), url);
        }
    }

    #[test]
    fn a_scheme_before_the_secret_does_not_hide_it() {
        let value = qaduct_records::Secret::new("Token abcdefgh");
        let redactor = Redactor::new(
            &Auth::Header {
                name: "authorization",
                value,
            },
            Some("proxied"),
        );
        assert_eq!(redactor.text("got abcdefgh by proxied"), "got *** by ***");
    }

    #[test]
    fn a_short_credential_leaves_the_way_to_the_next_page_alone() {
        let redactor = Redactor::new(&Auth::Bearer(qaduct_records::Secret::new("x")), None);
        let link = "<https://example.org/firefox?page=2>; rel=\"next\"";
        assert_eq!(redactor.kept(link), link);
    }

    #[test]
    fn without_a_credential_nothing_is_starred() {
        let redactor = Redactor::new(&Auth::Bearer(qaduct_records::Secret::new("")), None);
        assert_eq!(redactor.text(": a: Og=="), ": a: Og==");
    }
}
