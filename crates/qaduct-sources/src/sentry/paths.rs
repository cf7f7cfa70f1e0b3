//! Paths of the API, relative to those of the organisation, and lists in it.

use jiff::Timestamp;
use qaduct_http::Call;
use qaduct_records::source::Scope;

use super::PROJECT_ID;
use crate::listing::{Listing, Paging};

/// A list that is followed by its links.
pub(super) fn linked(first: Call) -> Listing {
    Listing {
        first,
        items: &[""],
        paging: Paging::Link,
        total: None,
    }
}

/// A call about the project of a part.
pub(super) fn of_project(path: &str, scope: &Scope) -> Call {
    Call::get(path).with("project", scope.text(PROJECT_ID))
}

/// A text as one piece of a path.
pub(super) fn encoded(text: &str) -> String {
    let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    encoded.replace('+', "%20")
}

/// An instant as Sentry takes it.
pub(super) fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
