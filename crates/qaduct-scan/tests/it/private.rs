//! Private repositories: who is let in, and where the token can be seen.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaduct_records::Secret;
use qaduct_scan::{Access, Branches, Class, Credential, Repository, ScanError, Silent};
use tempfile::TempDir;

use crate::http::Server;
use crate::origin::Origin;
use crate::{scan_of, shown};

const TOKEN: &str = "planted-token-5f2c";

fn server(origin: &Origin) -> Server {
    let login = STANDARD.encode(format!("x-access-token:{TOKEN}"));
    Server::start(origin.path(), Some(format!("Basic {login}")))
}

fn access(cache: &TempDir, server: &Server, token: Option<&str>) -> Access {
    let credential = |token: &str| Credential {
        host: server.host.clone(),
        user: "x-access-token".to_owned(),
        token: Secret::new(token),
        origin: "GITHUB_TOKEN".to_owned(),
    };
    Access {
        cache_dir: cache.path().to_owned(),
        credentials: token.map(credential).into_iter().collect(),
    }
}

/// Whether a text shows the token, as it is or in the form of the header.
fn shows_token(text: &[u8]) -> bool {
    let header = STANDARD.encode(format!("x-access-token:{TOKEN}"));
    [TOKEN, &header]
        .iter()
        .any(|it| text.windows(it.len()).any(|part| part == it.as_bytes()))
}

/// All files below a folder that show the token.
fn leaks(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(leaks(&path));
        } else if shows_token(&fs::read(&path).unwrap()) {
            found.push(path.display().to_string());
        }
    }
    found
}

/// Does something while all command lines of the machine are looked at.
fn watched<R>(work: impl FnOnce() -> R) -> R {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut of_git = 0;
            while !done.load(Ordering::Relaxed) {
                for process in fs::read_dir("/proc").unwrap().flatten() {
                    let Ok(line) = fs::read(process.path().join("cmdline")) else {
                        continue;
                    };
                    assert!(!shows_token(&line), "a command line shows the token");
                    of_git += u32::from(line.starts_with(b"git\0"));
                }
            }
            of_git
        });
        // Also where the work fails: the watcher must end.
        let result = catch_unwind(AssertUnwindSafe(work));
        done.store(true, Ordering::Relaxed);
        let result = result.unwrap_or_else(|it| resume_unwind(it));
        assert!(
            watcher.join().unwrap() > 0,
            "no git process was seen at all"
        );
        result
    })
}

#[test]
fn the_right_token_opens_and_is_seen_nowhere() {
    let origin = Origin::of(&[("a.py", "pass\n")]);
    let (server, cache) = (server(&origin), tempfile::tempdir().unwrap());
    let access = access(&cache, &server, Some(TOKEN));
    let repository = watched(|| {
        for n in 0..5 {
            origin.commit(&format!("commit {n}"), &[]);
            Repository::open(&server.url(".git"), &access, &Silent).unwrap();
        }
        Repository::open(&server.url(".git"), &access, &Silent).unwrap()
    });
    let scan = scan_of(&repository, Branches::Default).unwrap();
    assert_eq!((scan.branches.len(), scan.blobs_read), (1, 1));
    assert!(!shows_token(
        format!("{access:?} {repository:?} {scan:?}").as_bytes()
    ));
    assert_eq!(leaks(cache.path()), [""; 0]);
}

#[test]
fn a_wrong_token_is_refused_by_name() {
    let origin = Origin::of(&[("a.py", "pass\n")]);
    let (server, cache) = (server(&origin), tempfile::tempdir().unwrap());
    let access = access(&cache, &server, Some("wrong-token-91"));
    let error = Repository::open(&server.url(".git"), &access, &Silent).unwrap_err();
    insta::assert_snapshot!(shown(&error).replace(&server.host, "HOST"), @"
    `http://HOST/.git` refused access with the credentials given in GITHUB_TOKEN
    hint: check that GITHUB_TOKEN holds a valid token that may read the repository
    Access
    ");
    assert!(!format!("{error:?}").contains("wrong-token-91"));
}

#[test]
fn no_token_is_refused_with_what_to_do() {
    let origin = Origin::of(&[("a.py", "pass\n")]);
    let (server, cache) = (server(&origin), tempfile::tempdir().unwrap());
    let error =
        Repository::open(&server.url(".git"), &access(&cache, &server, None), &Silent).unwrap_err();
    insta::assert_snapshot!(shown(&error).replace(&server.host, "HOST"), @r#"
    `http://HOST/.git` refused access
    hint: give a token under `[git.hosts."HOST"]` in `qaduct.toml`, or set up a git credential helper
    Access
    "#);
    assert_eq!(error.class(), Class::Access);
}

#[test]
fn a_token_in_the_address_works_and_leaves_no_trace() {
    let origin = Origin::of(&[("a.py", "pass\n")]);
    let (server, cache) = (server(&origin), tempfile::tempdir().unwrap());
    let access = access(&cache, &server, None);
    let url = format!("http://x-access-token:{TOKEN}@{}/.git", server.host);
    let repository = watched(|| Repository::open(&url, &access, &Silent).unwrap());
    assert!(!shows_token(
        format!("{repository:?} {}", repository.name()).as_bytes()
    ));
    assert_eq!(leaks(cache.path()), [""; 0]);

    let wrong = format!("http://me:wrong-{TOKEN}@{}/.git", server.host);
    let error = Repository::open(&wrong, &access, &Silent).unwrap_err();
    assert!(matches!(error, ScanError::Refused { .. }), "{error}");
    assert!(!shows_token(
        format!("{error:?} {}", shown(&error)).as_bytes()
    ));
}

#[test]
fn the_token_of_another_host_is_not_sent() {
    let origin = Origin::of(&[("a.py", "pass\n")]);
    let (server, cache) = (server(&origin), tempfile::tempdir().unwrap());
    let mut access = access(&cache, &server, Some(TOKEN));
    access.credentials[0].host = "github.com".to_owned();
    let error = Repository::open(&server.url(".git"), &access, &Silent).unwrap_err();
    assert!(
        matches!(error, ScanError::Refused { origin: None, .. }),
        "{error}"
    );
}

#[test]
fn a_redirect_takes_no_token_to_another_host() {
    let origin = Origin::of(&[("a.py", "pass\n")]);
    let (first, cache) = (server(&origin), tempfile::tempdir().unwrap());
    let login = STANDARD.encode("another:login");
    let private = Some(format!("Basic {login}"));
    let opened = |authorization| {
        let elsewhere = Server::start(origin.path(), authorization);
        first.moves_to(&format!("http://{}", elsewhere.host));
        let access = access(&cache, &first, Some(TOKEN));
        let error = Repository::open(&first.url("moved/.git"), &access, &Silent).unwrap_err();
        assert!(!first.logins.lock().unwrap().is_empty());
        assert!(!elsewhere.requests.lock().unwrap().is_empty());
        let logins = elsewhere.logins.lock().unwrap().concat();
        assert!(!shows_token(logins.as_bytes()), "{logins}");
        shown(&error)
            .replace(&first.host, "FIRST")
            .replace(&elsewhere.host, "ELSEWHERE")
    };
    insta::assert_snapshot!(opened(None), @"
    `http://FIRST/moved/.git` has moved to `http://ELSEWHERE/.git`, which gets no credentials
    hint: name the new address: `qaduct scan http://ELSEWHERE/.git`
    Access
    ");
    // git does not tell who refused it.
    insta::assert_snapshot!(opened(private), @"
    `http://FIRST/moved/.git` has moved to another address, which gets no credentials
    hint: `curl -I 'http://FIRST/moved/.git/info/refs?service=git-upload-pack'` tells the new one
    Access
    ");
}

#[test]
fn a_repository_that_was_renamed_on_its_host_is_opened_with_its_token() {
    let origin = Origin::of(&[("a.py", "pass\n")]);
    let (server, cache) = (server(&origin), tempfile::tempdir().unwrap());
    server.moves_to(&format!("http://{}", server.host));
    let access = access(&cache, &server, Some(TOKEN));
    Repository::open(&server.url("moved/.git"), &access, &Silent).unwrap();
}
