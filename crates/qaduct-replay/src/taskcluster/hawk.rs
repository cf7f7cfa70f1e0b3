//! Checks signed requests, as the specification of Hawk has it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::request::Request;
use crate::service::Context;

/// Seconds by which the clocks may differ.
const SKEW: i64 = 60;

/// Whether a request is signed with a key that is known.
pub(super) fn check(request: &Request, context: &Context<'_>) -> Result<(), &'static str> {
    let header = request.header("authorization").unwrap_or_default();
    let Some(attributes) = header.strip_prefix("Hawk ") else {
        return Err("Bad Request: no Hawk");
    };
    let attribute = |name: &str| {
        let found = attributes.split(", ").find_map(|it| {
            let (key, value) = it.split_once('=')?;
            (key == name).then(|| value.trim_matches('"'))
        });
        found.unwrap_or_default()
    };
    let given = [attribute("id"), attribute("nonce"), attribute("mac")];
    if given.iter().any(|it| it.is_empty()) {
        return Err("Bad Request: Missing attributes");
    }
    let second: i64 = attribute("ts").parse().unwrap_or(0);
    let host = request.header("host").unwrap_or_default();
    let (name, port) = host.rsplit_once(':').unwrap_or((host, "80"));
    let text = format!(
        "hawk.1.header\n{second}\n{}\n{}\n{}\n{}\n{port}\n{}\n{}\n",
        attribute("nonce"),
        request.method,
        request.target,
        name.to_lowercase(),
        attribute("hash"),
        attribute("ext"),
    );
    let signs = |key: &String| {
        let made = Hmac::<Sha256>::new_from_slice(key.as_bytes());
        made.is_ok_and(|mut made| {
            made.update(text.as_bytes());
            STANDARD.encode(made.finalize().into_bytes()) == attribute("mac")
        })
    };
    let known = &context.options.credentials;
    if !known.is_empty() && !known.iter().any(signs) {
        return Err("Unauthorized: Bad mac");
    }
    if (second - context.now.as_second()).abs() > SKEW {
        return Err("Unauthorized: Stale timestamp");
    }
    Ok(())
}
