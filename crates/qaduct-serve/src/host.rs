//! For which hosts the server answers where it has no token.
//!
//! A page in a browser may give its own name the address of this machine, and
//! would then read what is meant for people at this machine. Its requests name
//! its host, so without a token only names of this machine are answered.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header;
use axum::http::uri::Authority;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::error::Failure;

pub(crate) async fn check(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if app.token.is_none()
        && let Some(foreign) = foreign(&request, app.bound)
    {
        return Failure::foreign_host(&foreign).into_response();
    }
    next.run(request).await
}

/// A host that the request names and that is not this machine.
fn foreign(request: &Request, bound: Option<IpAddr>) -> Option<String> {
    let of_address = request.uri().authority().map(|it| it.as_str().to_owned());
    let of_headers = request
        .headers()
        .get_all(header::HOST)
        .iter()
        .map(|it| it.to_str().unwrap_or("?").to_owned()); // Other bytes are no name of ours.
    of_address
        .into_iter()
        .chain(of_headers)
        .find(|it| !is_here(it, bound))
}

/// Whether a host, with or without a port, is `localhost`, an address of the
/// loopback or the one that the server listens on.
fn is_here(host: &str, bound: Option<IpAddr>) -> bool {
    let Ok(authority) = host.parse::<Authority>() else {
        return false;
    };
    let name = authority.host();
    let literal = name.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    match literal.unwrap_or(name).parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback() || Some(address) == bound,
        Err(_) => name.eq_ignore_ascii_case("localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_known_by_few_names() {
        let bound = Some("192.0.2.7".parse().unwrap());
        for host in [
            "localhost",
            "LocalHost:7700",
            "127.0.0.1:7700",
            "127.1.2.3",
            "[::1]:7700",
            "[::1]",
            "192.0.2.7:80",
        ] {
            assert!(is_here(host, bound), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "evil.example:7700",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "192.0.2.8",
            "a b",
            "[::2]",
        ] {
            assert!(!is_here(host, bound), "{host}");
        }
        assert!(!is_here("192.0.2.7", None));
    }
}
