//! Where a repository is: a path, or an address that git can fetch from.
//!
//! Takes credentials out of addresses, so that everything behind this file
//! can show an address to anyone, and gives a repository its name.

use std::path::{Path, PathBuf};

use qaduct_records::Secret;
use url::Url;

use super::Credential;
use crate::ScanError;

/// What somebody means by a repository.
#[derive(Debug)]
pub(crate) enum Location {
    /// A folder on this machine.
    Local(PathBuf),
    /// An address.
    Remote(Remote),
}

/// An address to fetch from.
#[derive(Debug, Clone)]
pub(crate) struct Remote {
    /// The address for git: without any password or token.
    pub(crate) url: String,
    /// `host/owner/repo`: the same for https, ssh and scp-like addresses.
    pub(crate) name: String,
    /// How it is reached.
    pub(crate) transport: Transport,
    /// The host, with its port where that is unusual.
    pub(crate) host: String,
    /// Credentials that stood in the address.
    pub(crate) login: Option<Credential>,
    /// A mere user name that stood in the address.
    pub(crate) user: Option<String>,
}

/// The user name that goes with a bare token.
const TOKEN_USER: &str = "x-access-token";

/// How a remote is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    /// Over TLS.
    Https,
    /// In the clear.
    Http,
    /// By `ssh`.
    Ssh,
    /// By git's own protocol, in the clear and without credentials.
    Git,
}

/// The host whose credentials reach a location, with its port where that is unusual.
///
/// For a folder it is that of the remote from which a partial clone gets what
/// it lacks. `None` for another folder, and where credentials are not ours to give.
#[must_use]
pub fn host_of(location: &str) -> Option<String> {
    match Location::parse(location).ok()? {
        Location::Remote(remote) => remote.host_of_login(),
        Location::Local(path) => super::host_of_clone(&path),
    }
}

/// A location as people may see it: an address without anything that may be a
/// login, a path as it is; where that is dots alone, the name of the folder.
#[must_use]
pub fn label_of(location: &str) -> String {
    match Location::parse(location) {
        Ok(Location::Remote(remote)) => remote.url,
        Ok(Location::Local(path)) => {
            let named = match path.file_name() {
                Some(_) => None,
                None => path.canonicalize().ok(),
            };
            let name = named.as_deref().and_then(std::path::Path::file_name);
            name.map_or_else(
                || path.display().to_string(),
                |it| it.to_string_lossy().into_owned(),
            )
        }
        Err(_) => shown(location),
    }
}

/// The name that a repository will have in the database, as far as its
/// location tells: nothing is opened, and there are no credentials in it.
#[must_use]
pub fn name_of(location: &str) -> String {
    match Location::parse(location) {
        Ok(Location::Remote(remote)) => remote.name,
        Ok(Location::Local(path)) => path.canonicalize().unwrap_or(path).display().to_string(),
        Err(_) => shown(location),
    }
}

impl Location {
    /// Reads what somebody wrote.
    pub(crate) fn parse(text: &str) -> Result<Self, ScanError> {
        if let Some((scheme, _)) = text.split_once("://") {
            let bad = || ScanError::BadLocation {
                location: shown(text),
            };
            if password_ends_early(text) {
                return Err(bad());
            }
            let url = Url::parse(text).map_err(|_| bad())?;
            let transport = match scheme.to_ascii_lowercase().as_str() {
                "https" => Transport::Https,
                "http" => Transport::Http,
                "ssh" | "git+ssh" | "ssh+git" => Transport::Ssh,
                "git" => Transport::Git,
                "file" => return url.to_file_path().map(Self::Local).map_err(|()| bad()),
                _ => return Err(bad()),
            };
            return Remote::from_url(url, transport)
                .map(Self::Remote)
                .ok_or_else(bad);
        }
        if !Path::new(text).exists() {
            if password_before_colon(text) {
                return Err(ScanError::BadLocation {
                    location: shown(text),
                });
            }
            if let Some(remote) = Remote::from_scp(text) {
                return Ok(Self::Remote(remote));
            }
        }
        Ok(Self::Local(PathBuf::from(text)))
    }
}

impl Remote {
    /// The host that may be sent a login by us: not over ssh, which has its own.
    pub(crate) fn host_of_login(self) -> Option<String> {
        let ours = matches!(self.transport, Transport::Https | Transport::Http);
        ours.then_some(self.host)
    }

    /// Whether a token of its host may be sent there: not in the clear, but to
    /// this machine itself.
    pub(crate) fn is_safe_for_login(&self) -> bool {
        let bare = self
            .host
            .rsplit_once(':')
            .map_or(self.host.as_str(), |(host, _)| host);
        match self.transport {
            Transport::Https => true,
            Transport::Http => ["localhost", "127.0.0.1", "[::1]"].contains(&bare),
            Transport::Ssh | Transport::Git => false,
        }
    }

    /// The address of the host, under which git takes settings.
    pub(crate) fn base(&self) -> String {
        let scheme = match self.transport {
            Transport::Http => "http",
            Transport::Https | Transport::Ssh | Transport::Git => "https",
        };
        format!("{scheme}://{}/", self.host)
    }

    fn from_url(mut url: Url, transport: Transport) -> Option<Self> {
        let host = url
            .host_str()
            .filter(|it| !it.is_empty())?
            .to_ascii_lowercase();
        if host.starts_with('-') {
            return None;
        }
        let usual = match transport {
            Transport::Https => 443,
            Transport::Http => 80,
            Transport::Ssh => 22,
            Transport::Git => 9418,
        };
        let host = match url.port().filter(|&port| port != usual) {
            Some(port) => format!("{host}:{port}"),
            None => host,
        };
        let name = named(&host, url.path())?;

        let (user, password) = (decoded(url.username()), url.password().map(decoded));
        let mut login = None;
        let mut kept = None;
        if matches!(transport, Transport::Https | Transport::Http) {
            // A token is often written where the user belongs.
            let (user, token) = match password {
                Some(password) => (user, Some(password)),
                None if looks_like_a_token(&user) => (TOKEN_USER.to_owned(), Some(user)),
                None => (user, None),
            };
            if let Some(token) = token {
                let origin = "the address".to_owned();
                login = Some(Credential {
                    host: host.clone(),
                    user,
                    token: Secret::new(token),
                    origin,
                });
            } else if !user.is_empty() {
                kept = Some(user);
            }
            url.set_username("").ok()?;
        }
        url.set_password(None).ok()?;
        url.set_query(None);
        url.set_fragment(None);
        let url = url.as_str().trim_end_matches('/').to_owned();
        Some(Self {
            url,
            name,
            transport,
            host,
            login,
            user: kept,
        })
    }

    /// `git@host:owner/repo`, as ssh and scp understand it.
    fn from_scp(text: &str) -> Option<Self> {
        let (place, path) = text.split_once(':')?;
        let host = place
            .rsplit_once('@')
            .map_or(place, |(_, host)| host)
            .to_ascii_lowercase();
        let one_letter_drive = place.len() == 1;
        // Two colons would name a program of git: `ext::sh -c …`.
        let program = path.starts_with(':');
        if place.contains(['/', '\\']) || host.is_empty() || one_letter_drive || program {
            return None;
        }
        if place.starts_with('-') || host.starts_with('-') {
            return None;
        }
        let name = named(&host, path)?;
        let url = match place.rsplit_once('@') {
            Some((user, _)) => format!("{user}@{host}:{path}"),
            None => format!("{host}:{path}"),
        };
        Some(Self {
            url,
            name,
            transport: Transport::Ssh,
            host,
            login: None,
            user: None,
        })
    }
}

/// `host/owner/repo` from a host and a path.
fn named(host: &str, path: &str) -> Option<String> {
    let path = decoded(path);
    let path = path.trim_matches('/');
    let short = path.strip_suffix(".git").map(|it| it.trim_end_matches('/'));
    let path = short.filter(|it| !it.is_empty()).unwrap_or(path);
    (!path.is_empty()).then(|| format!("{host}/{path}"))
}

/// Undoes percent-encoding; what is no UTF-8 afterwards stays as it was.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|it| str::from_utf8(it).ok());
        match hex.and_then(|it| u8::from_str_radix(it, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// Whether a user name is rather a token: it has the shape of one.
fn looks_like_a_token(user: &str) -> bool {
    const STARTS: &[&str] = &[
        "ghp_",
        "gho_",
        "ghu_",
        "ghs_",
        "ghr_",
        "github_pat_",
        "glpat-",
    ];
    STARTS.iter().any(|it| user.starts_with(it))
        || (user.len() >= 32 && user.bytes().all(|it| it.is_ascii_alphanumeric()))
}

/// Whether an address has a password with a character in it that ends the
/// host, so that the rest of the password would be taken for a path: with a
/// login or a port before that character, and an `@` in the path. `/@` is let
/// through, as there are servers whose paths have it (`host:3000/@ada/shop`).
fn password_ends_early(url: &str) -> bool {
    let Some((_, rest)) = url.split_once("://") else {
        return false;
    };
    let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    host.contains([':', '@']) && at_inside(path)
}

/// Whether a text is `user:password@host…`: ssh takes no passwords, and would
/// take the user for a host.
fn password_before_colon(text: &str) -> bool {
    let Some((place, rest)) = text.split_once(':') else {
        return false;
    };
    !place.contains(['@', '/', '\\']) && place.len() > 1 && at_inside(rest)
}

/// Whether there is an `@` other than at the start of a folder's name.
fn at_inside(path: &str) -> bool {
    let mut found = path.match_indices('@');
    found.any(|(at, _)| !path[..at].ends_with('/'))
}

/// A bad address without what may be a login or a token: only what stands
/// between the last `@` and a query or a fragment, as nobody knows what else its
/// author meant.
fn shown(address: &str) -> String {
    let (scheme, rest) = match address.find("://") {
        Some(at) => address.split_at(at + 3),
        None => ("", address),
    };
    let rest = match rest.rsplit_once('@') {
        // Whether the password ends there or the query has an `@`, nobody knows.
        Some((before, _)) if before.contains(['?', '#']) => "…",
        Some((_, host)) => host,
        None => rest,
    };
    let rest = rest.split(['?', '#']).next().unwrap_or(rest);
    format!("{scheme}{rest}")
}

/// The text with every `user:password@` behind a `://` taken out, up to the
/// last `@` before a space: a password may hold any other character. That a
/// path with an `@` is shortened too does less harm.
pub(crate) fn without_login(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        clean.push_str(before);
        let end = after.find(char::is_whitespace).unwrap_or(after.len());
        let (address, following) = after.split_at(end);
        clean.push_str(address.rsplit_once('@').map_or(address, |(_, it)| it));
        rest = following;
    }
    clean + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn remote(text: &str) -> Remote {
        match Location::parse(text).unwrap() {
            Location::Remote(remote) => remote,
            Location::Local(path) => panic!("{} is no remote", path.display()),
        }
    }

    #[test]
    fn every_form_of_an_address_gives_the_same_name() {
        for text in [
            "https://github.com/acme/shop",
            "https://GitHub.com/acme/shop.git",
            "https://github.com/acme/shop.git/",
            "https://github.com:443/acme/shop",
            "https://someone:secret@github.com/acme/shop",
            "http://github.com/acme/shop",
            "ssh://git@github.com/acme/shop.git",
            "ssh://git@github.com:22/acme/shop.git",
            "git@github.com:acme/shop.git",
            "github.com:acme/shop",
            "git@github.com:/acme/shop",
        ] {
            assert_eq!(remote(text).name, "github.com/acme/shop", "{text}");
        }
        assert_eq!(
            remote("https://host:8443/a/b/c.git").name,
            "host:8443/a/b/c"
        );
    }

    #[test]
    fn credentials_leave_the_address() {
        let it = remote("https://me:hunter2%21@host.example/acme/shop.git");
        assert_eq!(it.url, "https://host.example/acme/shop.git");
        let login = it.login.unwrap();
        assert_eq!(
            (login.user.as_str(), login.token.expose()),
            ("me", "hunter2!")
        );

        let it = remote("https://ghp_0123456789@github.com/acme/shop");
        assert_eq!(it.url, "https://github.com/acme/shop");
        assert!(it.login.is_some());

        let it = remote("https://alice@host.example/acme/shop");
        assert_eq!(
            (it.login.is_none(), it.user.as_deref()),
            (true, Some("alice"))
        );

        let it = remote("ssh://git:pass@host.example/acme/shop");
        assert_eq!(it.url, "ssh://git@host.example/acme/shop");
    }

    #[test]
    fn a_path_is_a_path() {
        for text in [
            ".",
            "/",
            "relative/path",
            "./with:colon",
            "C:\\work",
            "/tmp/a:b",
        ] {
            assert!(
                matches!(Location::parse(text), Ok(Location::Local(_))),
                "{text}"
            );
        }
        let Ok(Location::Local(path)) = Location::parse("file:///tmp/with%20space") else {
            panic!("a file URL is a path");
        };
        assert_eq!(path, Path::new("/tmp/with space"));
    }

    #[test]
    fn what_could_be_taken_for_an_option_or_a_command_is_refused() {
        for text in [
            "ext::sh -c touch%20x://",
            "ssh://-oProxyCommand=x/y",
            "ftp://host/x",
            "https://",
        ] {
            assert!(
                !matches!(Location::parse(text), Ok(Location::Remote(_))),
                "{text}"
            );
        }
        assert!(matches!(
            Location::parse("-oProxyCommand=x:y"),
            Ok(Location::Local(_))
        ));
    }

    #[test]
    fn a_bad_address_is_shown_without_its_password() {
        let error = Location::parse("foo://me:hunter2@host/x").unwrap_err();
        assert_eq!(
            error.to_string(),
            "`foo://host/x` is neither a path nor an address that git can fetch from"
        );
    }

    #[test]
    fn a_password_with_a_slash_is_not_shown_as_a_host_or_a_path() {
        for text in [
            "https://me:hun/ter2@host/x",
            "https://me:80/ter2@host/x",
            "https://me:a@b/ter2@host/x",
            "https:me:hun/ter2@host/x",
            "me:hun/ter2@host:x",
            "me:ter2@host:x",
        ] {
            let error = Location::parse(text).unwrap_err().to_string();
            assert!(!error.contains("ter2") && error.contains("host"), "{error}");
            assert!(!name_of(text).contains("ter2"), "{text}");
        }
        let told = without_login("unable to access 'https://me:hun/ter2@h/x/': see a@b");
        assert_eq!(told, "unable to access 'https://h/x/': see a@b");
        assert_eq!(
            remote("https://host:3000/@ada/shop").name,
            "host:3000/@ada/shop"
        );
        assert_eq!(remote("git@host:@ada/shop").name, "host/@ada/shop");
    }

    #[test]
    fn a_label_has_no_login_and_no_token() {
        for (location, label) in [
            ("https://me:hunter2@h/a/b", "https://h/a/b"),
            ("https://h/a/b?private_token=hunter2", "https://h/a/b"),
            ("https://h/a/b#hunter2", "https://h/a/b"),
            ("me:hunter2@host:x", "host:x"),
            ("git@host:a/b", "git@host:a/b"),
            ("foo://h/a?private_token=hunter2", "foo://h/a"),
            ("foo://h/a?private_token=hun@ter2", "foo://…"),
            ("/home/me@work/shop", "/home/me@work/shop"),
        ] {
            assert_eq!(label_of(location), label);
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,40}") {
            let _done = Location::parse(&text).is_ok();
            let _shown = (name_of(&text), host_of(&text), without_login(&text));
        }

        #[test]
        fn no_password_survives_in_any_printed_form(
            text in "[^@]{0,20}",
            start in r"(https?|ssh|git|git\+ssh|file|foo)://|",
            before in r"[a-z0-9:/@?#%&\\' ]{0,6}",
            after in r"([a-z0-9:/@?#%&\\' ]{0,5}[a-z0-9:?#%&\\'])?",
            tail in "[a-z]{1,5}",
        ) {
            let address = format!("{start}me:{before}nter2{after}@host:{tail}");
            let mut shown = vec![
                name_of(&address),
                label_of(&address),
                format!("{:?}", host_of(&address)),
            ];
            match Location::parse(&address) {
                Ok(Location::Remote(it)) => shown.push(format!("{it:?}")),
                Ok(Location::Local(path)) => shown.push(path.display().to_string()),
                Err(error) => shown.push(format!("{error} {error:?} {:?}", error.hint())),
            }
            if !start.is_empty() && !address.contains(' ') {
                shown.push(without_login(&format!("{text} {address} {text}")));
            }
            for shown in shown {
                prop_assert!(!shown.contains("nter2"), "{address}: {shown}");
            }
            let address = format!("{start}me:{before}nter2{after}@host/{tail}");
            if !start.is_empty() {
                let shown = format!("{} {:?}", name_of(&address), Location::parse(&address));
                prop_assert!(!shown.contains("nter2"), "{address}: {shown}");
            }
        }
    }
}
