//! Partial clones: what they lack is fetched from addresses alone, and never by
//! a program that the clone names.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaduct_records::Secret;
use qaduct_scan::{Access, Branches, Credential, Repository, RepositoryScan, Silent};
use tempfile::TempDir;

use crate::http::Server;
use crate::origin::{Origin, git};
use crate::scan_of;

const MUTED: &str = "import pytest\n@pytest.mark.skip\ndef test_it(): pass\n";

/// A partial clone in a folder of its own.
fn clone(url: &str, filter: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let filter = format!("--filter={filter}");
    let args = ["clone", "--quiet", "--bare", &filter, url, "clone"];
    git(folder.path(), &args);
    let clone = folder.path().join("clone");
    (folder, clone)
}

fn scanned(clone: &Path) -> RepositoryScan {
    scanned_with(clone, Vec::new())
}

/// Scans it; nothing stays behind in the cache.
fn scanned_with(clone: &Path, credentials: Vec<Credential>) -> RepositoryScan {
    let cache = tempfile::tempdir().unwrap();
    let access = Access {
        cache_dir: cache.path().to_owned(),
        credentials,
    };
    let repository = Repository::open(clone.to_str().unwrap(), &access, &Silent).unwrap();
    let scan = scan_of(&repository, Branches::Default).unwrap();
    assert_eq!(fs::read_dir(cache.path()).unwrap().count(), 0);
    scan
}

/// The mutes, and the kinds of problems.
fn found(scan: &RepositoryScan) -> (usize, Vec<&str>) {
    let findings = scan.branches[0].findings.as_ref().unwrap();
    let problems = findings.problems.iter().map(|it| it.problem.as_str());
    (findings.mutes.len(), problems.collect())
}

#[test]
fn what_a_partial_clone_lacks_is_fetched_at_once() {
    let names: Vec<String> = (0..40).map(|n| format!("d{}/test_{n}.py", n % 3)).collect();
    let texts: Vec<String> = (0..40).map(|n| format!("{MUTED}# {n}\n")).collect();
    let files = names.iter().map(String::as_str);
    let files: Vec<_> = files.zip(texts.iter().map(String::as_str)).collect();
    let origin = Origin::of(&files);
    let server = Server::start(origin.path(), None);
    for filter in ["blob:none", "tree:0"] {
        let (_folder, clone) = clone(&server.url(".git"), filter);
        let packs = || fs::read_dir(clone.join("objects/pack")).unwrap().count();
        let before = packs();
        // None of these is asked how to reach the remote.
        git(&clone, &["config", "core.sshCommand", "touch ssh-ran;"]);
        git(&clone, &["config", "remote.origin.uploadpack", "touch ran"]);
        git(&clone, &["config", "core.hooksPath", "hooks"]);
        let scan = scanned(&clone);
        assert_eq!(found(&scan), (40, vec![]), "{filter}");
        assert_eq!(scan.failures, [""; 0], "{filter}");
        // A pack is three or four files; forty would be one each.
        assert!(packs() - before <= 8, "{filter}: {}", packs() - before);
    }
}

#[test]
fn no_program_that_a_clone_names_is_run_to_reach_its_remote() {
    let origin = Origin::of(&[("test_a.py", MUTED)]);
    let mark = origin.path().join("pwned");
    let program = format!("touch '{}'; git-upload-pack", mark.display());
    let (_folder, clone) = clone(&format!("file://{}", origin.place()), "blob:none");
    git(&clone, &["config", "remote.origin.uploadpack", &program]);
    git(&clone, &["config", "core.gitProxy", &program]);
    git(&clone, &["config", "core.sshCommand", &program]);
    git(&clone, &["config", "protocol.allow", "always"]);
    let ext = format!("ext::sh -c \"touch '{}'\"", mark.display());
    for url in [
        format!("file://{}", origin.place()),
        origin.place().to_owned(),
        "git://127.0.0.1/shop".to_owned(),
        ext.clone(),
    ] {
        git(&clone, &["config", "remote.origin.url", &url]);
        let scan = scanned(&clone);
        assert_eq!(found(&scan), (0, vec!["missing_object"]), "{url}");
        insta::allow_duplicates! {
            let name = scan.repository.as_str();
            let failures = scan.failures.join("\n").replace(name, "CLONE");
            insta::assert_snapshot!(failures, @"
            branch `main`: `test_a.py` is missing or damaged in the repository
            the files that this partial clone lacks were not fetched: git could not fetch the missing objects of `CLONE`: that is only done over https and ssh, and its remote is elsewhere
            ");
        }
        assert!(!mark.exists(), "{url}");
    }
    // Addresses that the configuration leads elsewhere are not followed.
    git(
        &clone,
        &["config", "remote.origin.url", "https://127.0.0.1:1/shop"],
    );
    for elsewhere in [ext.as_str(), origin.place()] {
        let key = format!("url.{elsewhere}.insteadOf");
        git(&clone, &["config", &key, "https://127.0.0.1:1/shop"]);
        assert_eq!(found(&scanned(&clone)), (0, vec!["missing_object"]));
        assert!(!mark.exists(), "{elsewhere}");
        git(&clone, &["config", "--unset", &key]);
    }
    git(
        &clone,
        &["config", "remote.origin.url", "ssh://127.0.0.1:1/shop"],
    );
    assert_eq!(found(&scanned(&clone)), (0, vec!["missing_object"]));
    assert!(!mark.exists(), "ssh");
}

#[test]
fn a_partial_clone_whose_remote_is_gone_says_so() {
    let origin = Origin::of(&[("test_a.py", MUTED)]);
    let server = Server::start(origin.path(), None);
    let (_folder, clone) = clone(&server.url(".git"), "blob:none");
    drop(origin);
    let failures = scanned(&clone).failures;
    assert_eq!(failures.len(), 2, "{failures:?}");
    assert!(failures[1].contains("partial clone"), "{failures:?}");
}

#[test]
fn no_setting_of_a_clone_leads_to_a_program_a_proxy_or_another_address() {
    let origin = Origin::of(&[("test_a.py", MUTED)]);
    let server = Server::start(origin.path(), None);
    let mark = origin.path().join("pwned");
    let program = format!("touch '{}';", mark.display());
    let (_folder, clone) = clone(&server.url(".git"), "blob:none");
    for (key, value) in [
        (
            "url.ssh://127.0.0.1:1/.insteadOf".to_owned(),
            format!("http://{}/", server.host),
        ),
        ("core.sshCommand".to_owned(), program.clone()),
        ("core.alternateRefsCommand".to_owned(), program.clone()),
        ("http.proxy".to_owned(), "http://127.0.0.1:1".to_owned()),
    ] {
        git(&clone, &["config", &key, &value]);
    }
    let lender = Origin::empty();
    let lent = lender.path().join(".git/objects");
    fs::write(
        clone.join("objects/info/alternates"),
        format!("{}\n", lent.display()),
    )
    .unwrap();
    assert_eq!(found(&scanned(&clone)), (1, vec![]));
    assert!(!mark.exists());
}

#[test]
fn no_program_that_a_clone_names_is_asked_for_a_login() {
    let origin = Origin::of(&[("test_a.py", MUTED)]);
    let open = Server::start(origin.path(), None);
    let login = STANDARD.encode("x-access-token:hunter2");
    let server = Server::start(origin.path(), Some(format!("Basic {login}")));
    let mark = origin.path().join("pwned");
    let program = format!("!touch '{}'; echo password=hunter2;", mark.display());
    let (_folder, clone) = clone(&open.url(".git"), "blob:none");
    for (key, value) in [
        ("remote.origin.url", server.url(".git")),
        ("credential.helper", program.clone()),
        ("core.askPass", program[1..].to_owned()),
    ] {
        git(&clone, &["config", key, &value]);
    }
    let scan = scanned(&clone);
    assert_eq!(found(&scan), (0, vec!["missing_object"]));
    assert!(scan.failures[1].contains("refused access"), "{scan:?}");
    assert!(!mark.exists());

    // The token of its host opens it.
    let token = Credential {
        host: server.host.clone(),
        user: "x-access-token".to_owned(),
        token: Secret::new("hunter2"),
        origin: "GITHUB_TOKEN".to_owned(),
    };
    assert_eq!(found(&scanned_with(&clone, vec![token])), (1, vec![]));
    assert!(!mark.exists());
}

#[test]
fn a_shallow_partial_clone_and_a_linked_work_tree_get_what_they_lack() {
    let origin = Origin::of(&[("test_a.py", MUTED)]);
    origin.commit("second", &[("test_b.py", MUTED)]);
    let server = Server::start(origin.path(), None);
    let folder = tempfile::tempdir().unwrap();
    let url = server.url(".git");
    let args = [
        "clone",
        "--quiet",
        "--no-checkout",
        "--depth=1",
        "--filter=tree:0",
        &url,
        "clone",
    ];
    git(folder.path(), &args);
    let clone = folder.path().join("clone");
    let args = [
        "worktree",
        "add",
        "--quiet",
        "--no-checkout",
        "-b",
        "other",
        "../linked",
    ];
    git(&clone, &args);
    assert_eq!(found(&scanned(&folder.path().join("linked"))), (2, vec![]));
    // It was fetched into what both share, in a form that git itself takes.
    assert_eq!(found(&scanned(&clone)), (2, vec![]));
    git(&clone, &["fsck", "--connectivity-only"]);
}

#[test]
fn a_partial_clone_with_sha256_names_gets_what_it_lacks() {
    let origin = tempfile::tempdir().unwrap();
    let args = [
        "init",
        "--quiet",
        "--object-format=sha256",
        "--initial-branch=main",
        ".",
    ];
    git(origin.path(), &args);
    git(origin.path(), &["config", "uploadpack.allowFilter", "true"]);
    git(
        origin.path(),
        &["config", "uploadpack.allowAnySHA1InWant", "true"],
    );
    fs::write(origin.path().join("test_a.py"), MUTED).unwrap();
    git(origin.path(), &["add", "--all"]);
    git(origin.path(), &["commit", "--quiet", "-m", "first"]);
    let server = Server::start(origin.path(), None);
    let (_folder, clone) = clone(&server.url(".git"), "blob:none");
    assert_eq!(found(&scanned(&clone)), (1, vec![]));
}
