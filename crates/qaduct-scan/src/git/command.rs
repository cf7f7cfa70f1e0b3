//! Runs the program `git`: with lists of arguments, never through a shell.
//!
//! Two kinds of command. [`reading`] is hermetic: only the repository itself
//! decides what comes out, and no program that it names is run. [`network`] leaves the user's own settings and
//! credential helpers in force, and hands over tokens through the environment, where
//! other users of the machine cannot see them and git does not write them down.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use super::Credential;
use super::location::{Remote, Transport};
use crate::ScanError;

/// The oldest git that knows all we ask for (`GIT_CONFIG_GLOBAL`).
const OLDEST: (u32, u32) = (2, 32);
const OLDEST_TEXT: &str = "2.32";

/// Variables of git that a command over the network keeps: how the user
/// authenticates, which certificates and which proxy.
const KEPT: &[&str] = &[
    "GIT_ALLOW_PROTOCOL",
    "GIT_ASKPASS",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_SYSTEM",
    "GIT_HTTP_LOW_SPEED_LIMIT",
    "GIT_HTTP_LOW_SPEED_TIME",
    "GIT_HTTP_PROXY_AUTHMETHOD",
    "GIT_HTTP_USER_AGENT",
    "GIT_PROXY_COMMAND",
    "GIT_PROXY_SSL_CAINFO",
    "GIT_PROXY_SSL_CERT",
    "GIT_PROXY_SSL_KEY",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_SSH_VARIANT",
    "GIT_SSL_CAINFO",
    "GIT_SSL_CAPATH",
    "GIT_SSL_CERT",
    "GIT_SSL_KEY",
    "GIT_SSL_NO_VERIFY",
    "GIT_SSL_VERSION",
];

/// A git command that reads a repository on this machine. Nothing but the
/// repository has a say: no configuration of the user or of the system, no
/// replaced objects, no hooks, no network.
pub(crate) fn reading(git_dir: &Path) -> Command {
    let mut git = bare(&[]);
    git.env("GIT_DIR", git_dir)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_NO_REPLACE_OBJECTS", "1")
        .env("GIT_GRAFT_FILE", "/dev/null")
        .env("GIT_NO_LAZY_FETCH", "1")
        // A git that does not know the variable above asks the remote of a
        // partial clone by the program that the repository names: no way there.
        .env("GIT_ALLOW_PROTOCOL", "");
    // The repository may belong to somebody else: to read it is the purpose,
    // and nothing of its configuration is executed by what we run.
    settings(
        &mut git,
        0,
        &[("safe.directory".to_owned(), "*".to_owned())],
    );
    git
}

/// A git command that speaks with a remote, in a repository that is ours.
pub(crate) fn network(git_dir: &Path, remote: &Remote, login: Option<&Credential>) -> Command {
    let mut git = bare(KEPT);
    git.env("GIT_DIR", git_dir).env_remove("SSH_ASKPASS");
    // Its helpers end with it. But the user's own ssh may ask on the terminal,
    // which only the group in the foreground can.
    #[cfg(unix)]
    if remote.transport != Transport::Ssh {
        std::os::unix::process::CommandExt::process_group(&mut git, 0);
    }
    let mut list = vec![
        // Only silence ends it: while a server counts, it sends a few bytes a second.
        setting("http.lowSpeedLimit", "1"),
        setting("http.lowSpeedTime", "60"),
        setting("core.hooksPath", "/dev/null"),
        setting("gc.auto", "0"),
        setting("maintenance.auto", "false"),
        setting("fetch.showForcedUpdates", "false"),
    ];
    if remote.transport == Transport::Ssh {
        // A lower rank than GIT_SSH_COMMAND, which so stays the user's; a
        // higher one than what the repository says.
        list.push(setting("core.sshCommand", &ssh_command()));
    }
    let base = remote.base();
    if let Some(login) = login {
        // The empty values take away what others would say there, such as a CI
        // system.
        list.extend([
            setting(&format!("http.{base}.extraHeader"), ""),
            setting(&format!("credential.{base}.helper"), ""),
            setting(&format!("credential.{base}.helper"), HELPER),
            // Known since git 2.46: with the first request, not after a refusal.
            setting(&format!("http.{base}.proactiveAuth"), "basic"),
            // git would take the login along to another host: see `redirect`.
            setting(&format!("http.{base}.followRedirects"), "false"),
        ]);
        git.env(HELPER_USER, &login.user)
            .env(HELPER_TOKEN, login.token.expose());
    } else if let Some(user) = &remote.user {
        list.push((format!("credential.{base}.username"), user.clone()));
    }
    let first = std::env::var_os("GIT_CONFIG_COUNT").and_then(|it| it.to_str()?.parse().ok());
    settings(&mut git, first.unwrap_or(0), &list);
    git
}

/// Hands git the login from the environment; `printf` is the shell's own, so
/// that no command line shows it.
const HELPER: &str = r#"!f() { test "$1" = get && printf 'username=%s\npassword=%s\n' "$QADUCT_GIT_USER" "$QADUCT_GIT_TOKEN"; }; f"#;
const HELPER_USER: &str = "QADUCT_GIT_USER";
const HELPER_TOKEN: &str = "QADUCT_GIT_TOKEN";

/// ssh that never asks and does not wait for ever.
const SSH: &str = "ssh -o BatchMode=yes -o ConnectTimeout=20 \
                   -o ServerAliveInterval=15 -o ServerAliveCountMax=4";

/// How the user has told git to run ssh, other than by `GIT_SSH_COMMAND`; not
/// how a repository has.
fn ssh_command() -> String {
    let mut git = bare(KEPT);
    git.env("GIT_DIR", "/dev/null")
        .args(["config", "--get", "core.sshCommand"]);
    let said = git.output().ok().filter(|it| it.status.success());
    let said = said.and_then(|it| String::from_utf8(it.stdout).ok());
    let program = || {
        let program = std::env::var_os("GIT_SSH")?.into_string().ok()?;
        Some(format!("'{}'", program.replace('\'', r"'\''")))
    };
    said.map(|it| it.trim_end_matches('\n').to_owned())
        .or_else(program)
        .unwrap_or_else(|| SSH.to_owned())
}

/// git with nothing inherited from git's own variables but those that are
/// kept; messages in English, no questions, no pager.
fn bare(kept: &[&str]) -> Command {
    let mut git = Command::new("git");
    for (name, _) in std::env::vars_os() {
        let Some(text) = name.to_str().filter(|it| it.starts_with("GIT_")) else {
            continue;
        };
        // Settings of the user's environment come in numbered pairs.
        let numbered = ["GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_"]
            .iter()
            .any(|it| text.starts_with(it));
        let keep =
            text == "GIT_EXEC_PATH" || kept.contains(&text) || (numbered && !kept.is_empty());
        if !keep {
            git.env_remove(&name);
        }
    }
    git.env("LC_ALL", "C")
        .env_remove("LANGUAGE")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_PAGER", "cat")
        .stdin(Stdio::null());
    git
}

fn setting(key: &str, value: &str) -> (String, String) {
    (key.to_owned(), value.to_owned())
}

/// Hands settings over in the environment, behind the `first` that are there.
fn settings(git: &mut Command, first: usize, list: &[(String, String)]) {
    for (number, (key, value)) in (first..).zip(list) {
        git.env(format!("GIT_CONFIG_KEY_{number}"), key);
        git.env(format!("GIT_CONFIG_VALUE_{number}"), value);
    }
    git.env("GIT_CONFIG_COUNT", (first + list.len()).to_string());
}

/// What a command left behind.
pub(crate) struct Ran {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

/// Runs a command to its end.
pub(crate) fn run(git: &mut Command) -> Result<Ran, ScanError> {
    let output = git.output().map_err(not_started)?;
    let stderr = readable(&output.stderr);
    Ok(Ran {
        status: output.status,
        stdout: output.stdout,
        stderr,
    })
}

/// Runs a command that must succeed.
pub(crate) fn read(git: &mut Command, doing: &'static str) -> Result<Vec<u8>, ScanError> {
    let ran = run(git)?;
    if ran.status.success() {
        return Ok(ran.stdout);
    }
    check_version()?;
    let repository = git
        .get_envs()
        .find(|(name, _)| *name == OsStr::new("GIT_DIR"))
        .and_then(|(_, value)| value)
        .map(|it| it.display().to_string())
        .unwrap_or_default();
    Err(ScanError::Git {
        doing,
        repository,
        reason: super::trouble::gist(&ran.stderr),
    })
}

/// The error for a program that did not even start.
pub(crate) fn not_started(error: io::Error) -> ScanError {
    match error.kind() {
        io::ErrorKind::NotFound => ScanError::GitMissing,
        _ => ScanError::Git {
            doing: "start",
            repository: "git".to_owned(),
            reason: error.to_string(),
        },
    }
}

/// Refuses a git that is too old. Asked where a version matters or may be what
/// is wrong, so that the usual case costs no process.
pub(crate) fn check_version() -> Result<(), ScanError> {
    let ran = run(bare(&[]).arg("--version"))?;
    let text = readable(&ran.stdout);
    let found = text
        .trim()
        .strip_prefix("git version ")
        .unwrap_or(text.trim());
    match version(found) {
        Some(version) if version < OLDEST => Err(ScanError::GitTooOld {
            found: found.to_owned(),
            needed: OLDEST_TEXT,
        }),
        // A version of another form is taken for a new one.
        _ => Ok(()),
    }
}

/// The first two numbers of `2.47.3` or `2.39.5 (Apple Git-154)`.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.split(|it: char| !it.is_ascii_digit());
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// A path that git has printed.
#[cfg(unix)]
pub(crate) fn path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    OsStr::from_bytes(bytes).into()
}

/// A path that git has printed.
#[cfg(not(unix))]
pub(crate) fn path(bytes: &[u8]) -> PathBuf {
    readable(bytes).into()
}

/// Bytes of a path, a name or a message as text; what is no UTF-8 is written
/// as `\xNN`, so that different bytes stay different.
pub(crate) fn readable(bytes: &[u8]) -> String {
    if let Ok(text) = str::from_utf8(bytes) {
        return text.to_owned();
    }
    let mut text = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.extend([r"\x", &super::objects::hex(&[*byte])]);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_every_platform_writes_them() {
        for (text, expected) in [
            ("2.47.3", Some((2, 47))),
            ("2.39.5 (Apple Git-154)", Some((2, 39))),
            ("2.45.1.windows.1", Some((2, 45))),
            ("2.5.0-rc1", Some((2, 5))),
            ("unknown", None),
        ] {
            assert_eq!(version(text), expected, "{text}");
        }
        assert!(check_version().is_ok());
    }

    #[test]
    fn bytes_that_are_no_text_stay_different() {
        assert_eq!(readable(b"caf\xc3\xa9"), "café");
        assert_eq!(readable(b"caf\xe9.py"), "caf\\xe9.py");
        assert_ne!(readable(b"\xe9"), readable(b"\xe8"));
    }

    #[test]
    fn a_reading_command_inherits_nothing_and_a_network_command_no_token_in_its_arguments() {
        let git = reading(Path::new("/x"));
        let env: Vec<_> = git
            .get_envs()
            .filter_map(|(key, value)| Some((key, value?)))
            .collect();
        assert!(env.contains(&(OsStr::new("GIT_NO_REPLACE_OBJECTS"), OsStr::new("1"))));
        assert!(env.contains(&(OsStr::new("GIT_CONFIG_GLOBAL"), OsStr::new("/dev/null"))));
        assert!(env.contains(&(OsStr::new("GIT_NO_LAZY_FETCH"), OsStr::new("1"))));
        assert!(env.contains(&(OsStr::new("GIT_ALLOW_PROTOCOL"), OsStr::new(""))));
        assert_eq!(git.get_args().count(), 0);
    }

    #[test]
    fn a_clone_of_somebody_else_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let made = bare(&[])
            .args(["init", "--quiet", "--bare"])
            .arg(folder.path())
            .status();
        assert!(made.unwrap().success());
        // git takes every folder for one of another owner with this.
        let mut git = reading(folder.path());
        git.env("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1");
        let ran = run(git.args(["rev-parse", "--git-dir"])).unwrap();
        assert!(ran.status.success(), "{}", ran.stderr);
    }
}
