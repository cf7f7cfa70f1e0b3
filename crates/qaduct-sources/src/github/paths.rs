//! Paths of the API, and what its URLs say.

use qaduct_http::Call;
use qaduct_records::Value;
use qaduct_records::source::Scope;
use serde_json::Value as Json;

use super::REPOSITORY;
use crate::listing::{Listing, Paging};

/// A path of the repository of a part.
pub(super) fn of_repository(scope: &Scope, rest: &str) -> String {
    let repository = scope.text(REPOSITORY);
    let (owner, name) = repository.split_once('/').unwrap_or((&repository, ""));
    let slash = if rest.is_empty() { "" } else { "/" };
    format!("repos/{}/{}{slash}{rest}", encoded(owner), encoded(name))
}

/// A list that is followed by its links.
pub(super) fn linked(call: Call) -> Listing {
    Listing {
        first: call.with("per_page", super::PAGE),
        items: &[""],
        paging: Paging::Link,
        total: None,
    }
}

/// A text as one piece of a path.
pub(super) fn encoded(text: &str) -> String {
    let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    encoded.replace('+', "%20")
}

/// The number at the end of a URL of an issue or a pull request.
pub(super) fn number(url: &Json) -> Result<Value, String> {
    let Some(url) = url.as_str() else {
        return Ok(Value::Null);
    };
    let last = url.rsplit('/').next().unwrap_or_default();
    last.parse()
        .map(Value::Int)
        .map_err(|_| "a URL without a number at its end".to_owned())
}

/// `owner/name` at the end of a URL of a repository.
pub(super) fn repository(url: &Json) -> Result<Value, String> {
    let Some(url) = url.as_str() else {
        return Ok(Value::Null);
    };
    let mut pieces = url.rsplitn(3, '/');
    match (pieces.next(), pieces.next()) {
        (Some(name), Some(owner)) => Ok(Value::Text(format!("{owner}/{name}"))),
        _ => Err("no URL of a repository".to_owned()),
    }
}

/// Whether there is something.
pub(super) fn present(json: &Json) -> Result<Value, String> {
    Ok(Value::Bool(!json.is_null()))
}
