//! Entity tags: the name of an answer, known before it is written.
//!
//! A tag is strong: data, day, program, address and coding together determine
//! every byte of the body. An answer that was read while the data changed has
//! none.

use axum::http::{HeaderMap, HeaderValue, header};
use qaduct_records::digest::digest;

use crate::cache::Stamp;

pub(crate) fn of(stamp: &Stamp, program: &str, address: &str) -> String {
    let day = stamp.day.to_string();
    let digest = digest([
        Some(stamp.version.as_str()),
        Some(&day),
        Some(program),
        Some(address),
    ]);
    format!("\"{digest}\"")
}

/// Whether the caller already has this answer.
pub(crate) fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|it| it.to_str().ok())
        .any(|list| {
            list.split(',')
                .map(str::trim)
                .any(|it| it == "*" || it.trim_start_matches("W/") == etag)
        })
}

pub(crate) fn header(etag: &str) -> HeaderValue {
    HeaderValue::from_str(etag).expect("a tag is hexadecimal digits in quotation marks")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_in_a_list_also_where_a_proxy_made_it_weak() {
        let mut headers = HeaderMap::new();
        headers.append(
            header::IF_NONE_MATCH,
            HeaderValue::from_static("\"x\", W/\"abc\""),
        );
        assert!(is_known(&headers, "\"abc\""));
        assert!(!is_known(&headers, "\"ab\""));
        headers.insert(header::IF_NONE_MATCH, HeaderValue::from_static("*"));
        assert!(is_known(&headers, "\"ab\""));
    }
}
