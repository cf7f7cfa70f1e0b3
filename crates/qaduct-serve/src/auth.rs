//! Who may ask: everybody, or those who bring the token.
//!
//! The token comes as `Authorization: Bearer TOKEN`, or as the password of
//! Basic with any user, because Redash and Grafana send that.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaduct_records::Secret;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::app::App;
use crate::error::Failure;

/// The digest of the token: digests have one length, so that comparing them
/// takes the same time whatever was brought.
pub(crate) struct Token([u8; 32]);

impl Token {
    pub(crate) fn new(secret: &Secret) -> Self {
        Self(Sha256::digest(secret.expose()).into())
    }

    fn is(&self, brought: &[u8]) -> bool {
        Sha256::digest(brought).as_slice().ct_eq(&self.0).into()
    }

    fn is_in(&self, authorization: &str) -> bool {
        let Some((scheme, rest)) = authorization.split_once(' ') else {
            return false;
        };
        let rest = rest.trim();
        if scheme.eq_ignore_ascii_case("bearer") {
            return self.is(rest.as_bytes());
        }
        if scheme.eq_ignore_ascii_case("basic") {
            let Ok(pair) = STANDARD.decode(rest) else {
                return false;
            };
            let Some(colon) = pair.iter().position(|&byte| byte == b':') else {
                return false;
            };
            return self.is(&pair[colon + 1..]);
        }
        false
    }
}

pub(crate) async fn admit(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let is_open = matches!(request.uri().path(), "/healthz" | "/healthz/");
    let admitted = match &app.token {
        Some(token) if !is_open => request
            .headers()
            .get(header::AUTHORIZATION)
            .and_then(|it| std::str::from_utf8(it.as_bytes()).ok())
            .is_some_and(|it| token.is_in(it)),
        _ => true,
    };
    if admitted {
        next.run(request).await
    } else {
        Failure::Unauthorized.into_response()
    }
}
