//! Addresses that have moved, where a login goes with the request.
//!
//! Once git has sent a login, it keeps sending it wherever it is redirected to.
//! So with a login it follows no redirect at all, but fails; then the new
//! address is asked for here, and only one on the same host gets the login.

use std::path::Path;
use std::time::Duration;

use super::Credential;
use super::command::{Ran, network};
use super::location::{Location, Remote, Transport};
use super::running;
use crate::ScanError;

/// Whether git failed because it was redirected.
pub(crate) fn is_redirect(ran: &Ran) -> bool {
    !ran.status.success()
        && [301, 302, 303, 307, 308]
            .iter()
            .any(|it| ran.stderr.contains(&format!("returned error: {it}")))
}

/// The same remote at the address that it has moved to.
pub(crate) fn followed(
    place: &Path,
    remote: &Remote,
    login: &Credential,
    patience: Duration,
) -> Result<Remote, ScanError> {
    let mut git = network(place, remote, Some(login));
    // The oldest form of the protocol takes a single request, and that one
    // curl redirects without giving a login to another host.
    git.args(["-c", "protocol.version=0", "-c"])
        .arg(format!("http.{}.followRedirects=initial", remote.base()))
        .args(["ls-remote", "--", &remote.url, "HEAD"]);
    let said = running::watched(&mut git, patience, |_| {})?.map(|it| it.stderr);
    match address(remote, said.as_deref().unwrap_or_default()) {
        Some(to) if to.host == remote.host && to.transport.is_as_safe_as(remote.transport) => {
            Ok(Remote {
                url: to.url,
                transport: to.transport,
                ..remote.clone()
            })
        }
        to => Err(ScanError::Moved {
            location: remote.url.clone(),
            to: to.map(|it| it.url),
        }),
    }
}

impl Transport {
    fn is_as_safe_as(self, other: Self) -> bool {
        self == other || self == Self::Https
    }
}

/// The address that git names as the new one. It does not where that refuses it.
fn address(remote: &Remote, stderr: &str) -> Option<Remote> {
    let words = stderr.split([' ', '\n', '\'']);
    words.filter(|it| it.starts_with("http")).find_map(|it| {
        match Location::parse(it.trim_end_matches(':')) {
            Ok(Location::Remote(to)) if to.url != remote.url => Some(to),
            _ => None,
        }
    })
}
