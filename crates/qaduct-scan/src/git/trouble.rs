//! Reads what git says when it fails, and makes it one of our errors.
//!
//! git runs with `LC_ALL=C`, so that its words are always the same.

use super::location::{Location, Remote, Transport, without_login};
use crate::ScanError;

/// The kinds of trouble with a remote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// No credentials, wrong ones, or too few rights.
    Refused,
    /// There is no ssh on this machine.
    NoSsh,
    /// ssh does not know the host, or knows another key.
    HostKey,
    /// There is no such repository.
    NotFound,
    /// Nobody answers, or the connection broke.
    Unreachable,
    /// Something else, most likely on this side.
    Other,
}

/// Signs in what git and its helpers write; the first that fits decides.
const SIGNS: &[(Trouble, &[&str])] = &[
    (
        Trouble::NoSsh,
        &[
            "ssh: not found",
            "ssh: command not found",
            "cannot run ssh",
            "cannot exec 'ssh",
        ],
    ),
    (
        Trouble::HostKey,
        &[
            "Host key verification failed",
            "REMOTE HOST IDENTIFICATION HAS CHANGED",
        ],
    ),
    (
        Trouble::NotFound,
        &[
            "returned error: 404",
            "returned error: 410",
            "does not appear to be a git repository",
            "could not be found",
            "is this a git repository?",
        ],
    ),
    (
        Trouble::Refused,
        &[
            "Authentication failed",
            "could not read Username",
            "could not read Password",
            "returned error: 401",
            "returned error: 403",
            "returned error: 407",
            "Permission denied",
            "access denied",
            "Access denied",
            "Permission to ",
            "Too many authentication failures",
        ],
    ),
    (
        Trouble::Unreachable,
        &[
            "unable to access",
            "unable to connect",
            "Could not resolve host",
            "Name or service not known",
            "Connection refused",
            "Connection timed out",
            "Connection reset",
            "Connection closed",
            "timed out",
            "Network is unreachable",
            "No route to host",
            "Operation too slow",
            "hung up unexpectedly",
            "early EOF",
            "RPC failed",
            "Could not read from remote repository",
        ],
    ),
];

impl Trouble {
    /// What kind of trouble git speaks of.
    pub(crate) fn of(stderr: &str) -> Self {
        let found = SIGNS.iter().find(|(trouble, signs)| {
            signs.iter().any(|it| stderr.contains(it))
                || (*trouble == Self::NotFound && no_repository(stderr))
        });
        found.map_or(Self::Other, |(trouble, _)| *trouble)
    }
}

/// Whether a line says that a repository was not found: not that a program was not.
fn no_repository(stderr: &str) -> bool {
    stderr.lines().map(str::to_ascii_lowercase).any(|line| {
        line.split_once("repository")
            .is_some_and(|(_, rest)| rest.contains("not found"))
    })
}

/// The error for a remote, from what git wrote.
pub(crate) fn with_remote(
    remote: &Remote,
    origin: Option<String>,
    doing: &'static str,
    stderr: &str,
) -> ScanError {
    let location = remote.url.clone();
    match Trouble::of(stderr) {
        Trouble::Refused => {
            let hint = match (&origin, remote.transport) {
                (Some(origin), _) => {
                    format!("check that {origin} holds a valid token that may read the repository")
                }
                (None, Transport::Ssh) => {
                    format!("check the key with `ssh -T {}`", ssh_place(remote))
                }
                (None, _) => format!(
                    "{}, or set up a git credential helper",
                    token_advice(remote)
                ),
            };
            ScanError::Refused {
                location,
                origin,
                hint,
            }
        }
        Trouble::HostKey => {
            let hint = format!(
                "check and accept the key of the host with `ssh -T {}`",
                ssh_place(remote)
            );
            ScanError::Refused {
                location,
                origin,
                hint,
            }
        }
        Trouble::NoSsh => ScanError::SshMissing { location },
        Trouble::NotFound => ScanError::RemoteMissing { location, origin },
        Trouble::Unreachable => ScanError::Unreachable {
            location,
            reason: gist(stderr),
        },
        Trouble::Other => ScanError::Git {
            doing,
            repository: remote.url.clone(),
            reason: gist(stderr),
        },
    }
}

/// How to get in where a login is asked for.
pub(crate) fn advice(location: &str) -> Option<String> {
    match Location::parse(location) {
        Ok(Location::Remote(remote)) => match remote.transport {
            Transport::Https | Transport::Http => Some(token_advice(&remote)),
            Transport::Ssh => Some(format!(
                "check the key with `ssh -T {}`",
                ssh_place(&remote)
            )),
            Transport::Git => None,
        },
        _ => None,
    }
}

fn token_advice(remote: &Remote) -> String {
    let host = &remote.host;
    if !remote.is_safe_for_login() {
        let address = remote.url.trim_start_matches("http://");
        return format!("name `https://{address}`, because a token only goes over https");
    }
    let place = format!("under `[git.hosts.\"{host}\"]` in `qaduct.toml`");
    if host == "github.com" {
        format!("give a token in GITHUB_TOKEN, or {place}")
    } else {
        format!("give a token {place}")
    }
}

/// `git@host`, to try ssh by hand.
fn ssh_place(remote: &Remote) -> String {
    let place = remote.url.strip_prefix("ssh://").unwrap_or(&remote.url);
    place
        .split(['/', ':'])
        .next()
        .unwrap_or(&remote.host)
        .to_owned()
}

/// The telling lines of what git wrote, on one line and without credentials.
pub(crate) fn gist(stderr: &str) -> String {
    let lines = stderr.lines().map(str::trim).filter(|it| !it.is_empty());
    let telling = lines.clone().filter_map(|it| {
        ["fatal: ", "error: ", "ERROR: ", "remote: "]
            .iter()
            .find_map(|start| it.strip_prefix(start))
    });
    let mut text: Vec<&str> = telling.take(3).collect();
    if text.is_empty() {
        text = lines.take(3).collect();
    }
    if text.is_empty() {
        return "it gave no reason".to_owned();
    }
    without_login(&text.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_git_and_its_helpers_are_understood() {
        let said = [
            (
                "fatal: Authentication failed for 'https://github.com/a/b/'",
                Trouble::Refused,
            ),
            (
                "fatal: could not read Username for 'https://github.com': terminal prompts disabled",
                Trouble::Refused,
            ),
            (
                "remote: Write access to repository not granted.\nfatal: unable to access \
                 'https://github.com/a/b/': The requested URL returned error: 403",
                Trouble::Refused,
            ),
            (
                "git@github.com: Permission denied (publickey).",
                Trouble::Refused,
            ),
            (
                "remote: Repository not found.\nfatal: repository 'x' not found",
                Trouble::NotFound,
            ),
            (
                "ERROR: Repository not found.\nfatal: Could not read from remote",
                Trouble::NotFound,
            ),
            (
                "ssh -o BatchMode=yes: 1: ssh: not found\nfatal: Could not read from remote \
                 repository.",
                Trouble::NoSsh,
            ),
            (
                "error: cannot run ssh: No such file or directory\nfatal: unable to fork",
                Trouble::NoSsh,
            ),
            (
                "sh: plink: not found\nfatal: Could not read from remote repository.",
                Trouble::Unreachable,
            ),
            (
                "Host key verification failed.\nfatal: Could not read from",
                Trouble::HostKey,
            ),
            (
                "fatal: unable to access 'https://x/': Could not resolve host: x",
                Trouble::Unreachable,
            ),
            (
                "ssh: connect to host x port 22: Connection refused",
                Trouble::Unreachable,
            ),
            (
                "fatal: Unable to create '/x/packed-refs.lock': File exists.",
                Trouble::Other,
            ),
        ];
        for (text, trouble) in said {
            assert_eq!(Trouble::of(text), trouble, "{text}");
        }
    }

    #[test]
    fn only_the_host_that_a_variable_is_for_is_told_of_it_and_no_token_goes_in_the_clear() {
        let advice = |location| advice(location).unwrap();
        assert_eq!(
            advice("https://github.com/a/b"),
            "give a token in GITHUB_TOKEN, or under `[git.hosts.\"github.com\"]` in `qaduct.toml`"
        );
        assert_eq!(
            advice("https://git.example.org/a/b"),
            "give a token under `[git.hosts.\"git.example.org\"]` in `qaduct.toml`"
        );
        assert_eq!(
            advice("http://github.com/a/b"),
            "name `https://github.com/a/b`, because a token only goes over https"
        );
        assert_eq!(
            advice("git@github.com:a/b"),
            "check the key with `ssh -T git@github.com`"
        );
    }

    #[test]
    fn the_gist_has_no_credentials() {
        assert_eq!(
            gist("warning: x\nfatal: unable to access 'https://me:hunter2@h/x/': nope\n"),
            "unable to access 'https://h/x/': nope"
        );
    }
}
