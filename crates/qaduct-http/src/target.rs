//! The URL of a call.

use url::Url;

use crate::Call;

/// A base that calls can be relative to, or why it is none.
pub(crate) fn base(given: &Url) -> Result<Url, String> {
    if !matches!(given.scheme(), "http" | "https") || given.host().is_none() {
        return Err("begins neither with https:// nor with http://".to_owned());
    }
    if !given.username().is_empty() || given.password().is_some() {
        return Err("holds a user or a password, which belong into the credential".to_owned());
    }
    let mut base = given.clone();
    base.set_fragment(None);
    if base.as_str().ends_with('/') {
        return Ok(base);
    }
    Url::parse(&format!("{base}/")).map_err(|error| error.to_string())
}

/// Where a call goes, or why it must not. A base may hold a `?`, as TestRail's does, so
/// the path is put behind it as it is, and parameters follow with `&`.
pub(crate) fn target(base: &Url, call: &Call) -> Result<Url, String> {
    let whole = Url::parse(&call.path).ok().filter(Url::has_host);
    let mut url = match whole {
        Some(mut url) => {
            if url.origin() != base.origin() {
                return Err("is on another host than the base".to_owned());
            }
            if !url.username().is_empty() || url.password().is_some() {
                return Err("holds a user or a password".to_owned());
            }
            url.set_fragment(None);
            url
        }
        None => {
            let path = call.path.trim_start_matches('/');
            let url = format!("{base}{path}");
            Url::parse(&url).map_err(|error| format!("is no path ({error})"))?
        }
    };
    url.set_fragment(None);
    if call.query.is_empty() {
        return Ok(url);
    }
    let mut query = url.query().unwrap_or_default().to_owned();
    for (name, value) in &call.query {
        if !query.is_empty() && !query.ends_with('&') {
            query.push('&');
        }
        query.push_str(&encoded(name));
        query.push('=');
        query.push_str(&encoded(value));
    }
    url.set_query(Some(&query));
    Ok(url)
}

/// The URL with one more parameter.
pub(crate) fn with(url: &Url, name: &str, value: &str) -> Url {
    let mut url = url.clone();
    let pair = format!("{}={}", encoded(name), encoded(value));
    let query = match url.query().filter(|it| !it.is_empty()) {
        Some(query) => format!("{query}&{pair}"),
        None => pair,
    };
    url.set_query(Some(&query));
    url
}

/// The URL without the parameters of that name.
pub(crate) fn without(mut url: Url, name: &str) -> Url {
    let Some(query) = url.query() else {
        return url;
    };
    let is_other = |part: &&str| part.split('=').next() != Some(name);
    let kept: Vec<_> = query.split('&').filter(is_other).collect();
    let kept = (!kept.is_empty()).then(|| kept.join("&"));
    url.set_query(kept.as_deref());
    url
}

/// As a form encodes it, but for the space: `%20` is a space everywhere.
fn encoded(text: &str) -> String {
    let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    encoded.replace('+', "%20")
}
