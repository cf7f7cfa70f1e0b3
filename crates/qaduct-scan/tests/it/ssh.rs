//! What depends on the user's own environment: ssh, and credential helpers.
//!
//! The environment of a process cannot be changed safely, so each test runs
//! [`inside`] in a process of its own.

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaduct_scan::{Access, Branches, Repository, Silent};

use crate::http::Server;
use crate::origin::Origin;
use crate::{scan_of, shown};

/// What [`inside`] has to say stands between these, apart from what the test
/// runner prints.
const START: &str = "<opened>";
const END: &str = "</opened>";

/// Opens what the environment names and prints its name and branches, or the
/// error; a folder of its own where the environment names nothing.
#[test]
fn inside() {
    let variable = |name: &str| Some(env::var_os(name)?.into_string().unwrap());
    // Made only where it is needed: there may be no git to make it with.
    let own = || Origin::of(&[("a.py", "pass\n")]);
    let named = variable("IT_LOCATION");
    let origin = named.is_none().then(own);
    let location = named.or_else(|| Some(origin.as_ref()?.place().to_owned()));
    let access = Access {
        cache_dir: variable("IT_CACHE").unwrap_or_default().into(),
        credentials: Vec::new(),
    };
    match Repository::open(&location.unwrap(), &access, &Silent) {
        Ok(repository) => {
            let scan = scan_of(&repository, Branches::All).unwrap();
            let existing = scan.existing.unwrap_or_default().join(" ");
            println!("{START}{} {existing}{END}", repository.name());
        }
        Err(error) if env::var_os("IT_LOCATION").is_some() => {
            println!("{START}{}{END}", shown(&error));
        }
        Err(error) => panic!("{error}"),
    }
}

/// What [`inside`] prints for a location, with these variables set.
fn opened(location: &str, variables: &[(&str, &str)]) -> String {
    let cache = tempfile::tempdir().unwrap();
    let output = Command::new(env::current_exe().unwrap())
        .args(["ssh::inside", "--exact", "--nocapture"])
        .env("IT_CACHE", cache.path())
        .env("IT_LOCATION", location)
        .env("HOME", cache.path())
        .env_remove("GIT_CONFIG_GLOBAL")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let said = text
        .split_once(START)
        .and_then(|(_, it)| it.split_once(END));
    let errors = String::from_utf8(output.stderr).unwrap();
    said.unwrap_or_else(|| panic!("nothing was opened: {text}{errors}"))
        .0
        .to_owned()
}

/// A program of one shell script.
fn script(folder: &Path, text: &str) -> String {
    let path = folder.join("script");
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_repository_is_mirrored_over_ssh() {
    let origin = Origin::of(&[("a.py", "pass\n")]);
    let folder = tempfile::tempdir().unwrap();
    // Stands in for ssh and the server behind it: `script [-o …] git@host "git-upload-pack 'path'"`.
    let command = format!(
        "for last; do :; done; cd '{}' && exec git upload-pack .",
        origin.place()
    );
    let ssh = script(
        folder.path(),
        &format!(
            "echo \"$@\" >> '{}/log'\n{command}",
            folder.path().display()
        ),
    );
    for location in [
        "git@host.example:acme/shop.git",
        "ssh://git@host.example:22/acme/shop",
    ] {
        assert_eq!(
            opened(location, &[("GIT_SSH_COMMAND", &ssh)]),
            "host.example/acme/shop main"
        );
    }
    let log = fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(log.contains("git-upload-pack 'acme/shop.git'"), "{log}");
    assert!(
        !log.contains("BatchMode"),
        "the user's own command is left as it is: {log}"
    );
}

#[test]
fn ssh_that_is_refused_or_meets_an_unknown_host_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let refusing = |words: &str| script(folder.path(), &format!("echo '{words}' >&2; exit 255"));
    let ssh = refusing("git@host.example: Permission denied (publickey).");
    insta::assert_snapshot!(opened("git@host.example:acme/shop", &[("GIT_SSH_COMMAND", &ssh)]), @"
    `git@host.example:acme/shop` refused access
    hint: check the key with `ssh -T git@host.example`
    Access
    ");
    let ssh = refusing("Host key verification failed.");
    insta::assert_snapshot!(opened("ssh://git@host.example/acme/shop", &[("GIT_SSH_COMMAND", &ssh)]), @"
    `ssh://git@host.example/acme/shop` refused access
    hint: check and accept the key of the host with `ssh -T git@host.example`
    Access
    ");
    let ssh = refusing("ERROR: Repository not found.");
    assert!(
        opened("git@host.example:acme/shop", &[("GIT_SSH_COMMAND", &ssh)])
            .contains("does not exist")
    );
}

#[test]
fn ssh_never_asks_where_the_user_has_not_said_how_to_run_it() {
    let folder = tempfile::tempdir().unwrap();
    let bin = folder.path().join("bin");
    fs::create_dir(&bin).unwrap();
    let log = folder.path().join("log");
    let ssh = script(
        &bin,
        &format!("echo \"$@\" >> '{}'; exit 255", log.display()),
    );
    fs::rename(ssh, bin.join("ssh")).unwrap();
    let path = format!(
        "{}:{}",
        bin.display(),
        env::var_os("PATH").unwrap().to_str().unwrap()
    );
    opened("git@host.example:acme/shop", &[("PATH", &path)]);
    assert!(fs::read_to_string(log).unwrap().contains("BatchMode=yes"));
}

#[test]
fn a_machine_without_ssh_says_so() {
    let bin = tempfile::tempdir().unwrap();
    let found = |name: &str| {
        let path = env::var_os("PATH").unwrap();
        env::split_paths(&path)
            .map(|it| it.join(name))
            .find(|it| it.exists())
            .unwrap()
    };
    for name in ["git", "sh"] {
        std::os::unix::fs::symlink(found(name), bin.path().join(name)).unwrap();
    }
    let path = bin.path().to_str().unwrap();
    insta::assert_snapshot!(opened("git@host.example:acme/shop", &[("PATH", path)]), @"
    the program `ssh` was not found, which git needs for `git@host.example:acme/shop`
    hint: install it, such as with `apt install openssh-client`, or name an https address
    Usage
    ");
}

#[test]
fn the_credential_helper_of_the_user_is_asked() {
    let origin = Origin::of(&[("a.py", "pass\n")]);
    let login = STANDARD.encode("ada:from-the-helper");
    let server = Server::start(origin.path(), Some(format!("Basic {login}")));
    let folder = tempfile::tempdir().unwrap();
    let helper = script(
        folder.path(),
        "echo username=ada; echo password=from-the-helper",
    );
    let config = folder.path().join("gitconfig");
    fs::write(&config, format!("[credential]\nhelper = {helper}\n")).unwrap();
    let opened = opened(
        &server.url("shop/.git"),
        &[("GIT_CONFIG_GLOBAL", config.to_str().unwrap())],
    );
    assert!(
        opened.contains("does not exist"),
        "the login was accepted: {opened}"
    );
}

#[test]
fn a_server_that_counts_for_long_is_waited_for_unless_the_user_says_otherwise() {
    let origin = Origin::of(&[("a.py", "pass\n")]);
    let server = Server::start(origin.path(), None);
    server
        .counting
        .store(8, std::sync::atomic::Ordering::Relaxed);
    let short = ("GIT_HTTP_LOW_SPEED_TIME", "3");
    let name = format!("{}/.git main", server.host);
    assert_eq!(opened(&server.url(".git"), &[short]), name);
    let fast = ("GIT_HTTP_LOW_SPEED_LIMIT", "1000");
    let error = opened(&server.url(".git"), &[short, fast]);
    assert!(error.contains("too slow"), "{error}");
}

#[test]
fn a_machine_without_git_says_so() {
    let origin = Origin::of(&[("a.py", "pass\n")]);
    insta::assert_snapshot!(opened(origin.place(), &[("PATH", "/nonexistent")]), @"
    the program `git` was not found
    hint: install git, such as with `apt install git`
    Usage
    ");
}
