//! Mirrors of a repository behind an HTTP server.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use qaduct_scan::{Access, Branches, Class, Repository, ScanError, Silent};
use tempfile::TempDir;

use crate::http::Server;
use crate::origin::Origin;
use crate::{branches, scan_of, shown};

/// A repository, its server, and a cache folder.
struct Setting {
    origin: Origin,
    server: Server,
    cache: TempDir,
}

impl Setting {
    fn new() -> Self {
        let origin = Origin::of(&[("a.py", "pass\n")]);
        let server = Server::start(origin.path(), None);
        Self {
            origin,
            server,
            cache: tempfile::tempdir().unwrap(),
        }
    }

    fn open(&self, path: &str) -> Result<Repository, ScanError> {
        let access = Access {
            cache_dir: self.cache.path().to_owned(),
            credentials: Vec::new(),
        };
        Repository::open(&self.server.url(path), &access, &Silent)
    }

    /// The branches after a scan.
    fn scanned(&self) -> Vec<(String, String)> {
        let scan = scan_of(&self.open(".git").unwrap(), Branches::All).unwrap();
        assert!(scan.failures.is_empty(), "{:?}", scan.failures);
        branches(&scan)
            .iter()
            .map(|&(name, commit)| (name.to_owned(), commit.to_owned()))
            .collect()
    }

    fn mirror(&self) -> PathBuf {
        let entries = fs::read_dir(self.cache.path()).unwrap();
        let mut mirrors = entries
            .map(|it| it.unwrap().path())
            .filter(|it| it.is_dir());
        mirrors.next().expect("there is a mirror")
    }

    fn requests(&self) -> usize {
        self.server.requests.lock().unwrap().len()
    }
}

fn packs(mirror: &Path) -> usize {
    fs::read_dir(mirror.join("objects/pack")).unwrap().count()
}

#[test]
fn a_mirror_follows_its_remote() {
    let setting = Setting::new();
    let origin = &setting.origin;
    origin.git(&["branch", "other"]);
    let first = origin.git(&["rev-parse", "main"]);
    let line = |name: &str, commit: &str| (name.to_owned(), commit.to_owned());
    assert_eq!(
        setting.scanned(),
        [line("main", &first), line("other", &first)]
    );

    let second = origin.commit("second", &[("b.py", "pass\n")]);
    origin.git(&["branch", "--quiet", "-D", "other"]);
    origin.git(&["branch", "other/deeper"]);
    assert_eq!(
        setting.scanned(),
        [line("main", &second), line("other/deeper", &second)]
    );

    origin.git(&["reset", "--quiet", "--hard", &first]);
    assert_eq!(setting.scanned()[0], line("main", &first));
}

#[test]
fn nothing_is_fetched_when_nothing_moved() {
    let setting = Setting::new();
    setting.open(".git").unwrap();
    let (requests, files) = (setting.requests(), packs(&setting.mirror()));
    setting.open(".git").unwrap();
    // To ask for the branches takes two requests: what the server can, and the branches.
    assert_eq!(setting.requests() - requests, 2);
    assert_eq!(packs(&setting.mirror()), files);
}

#[test]
fn the_default_branch_is_that_of_the_remote() {
    let setting = Setting::new();
    setting
        .origin
        .git(&["switch", "--quiet", "--create", "trunk"]);
    let scan = scan_of(&setting.open(".git").unwrap(), Branches::Default).unwrap();
    assert_eq!(scan.branches[0].branch, "trunk");
    assert_eq!(scan.existing.unwrap(), ["main", "trunk"]);
}

#[test]
fn stale_locks_and_half_made_mirrors_are_repaired() {
    let setting = Setting::new();
    setting.scanned();
    let mirror = setting.mirror();
    for (n, lock) in ["packed-refs.lock", "refs/heads/main.lock", "config.lock"]
        .iter()
        .enumerate()
    {
        fs::write(mirror.join(lock), "").unwrap();
        setting.origin.commit(&format!("commit {n}"), &[]);
        assert_eq!(
            setting.scanned()[0].1,
            setting.origin.git(&["rev-parse", "main"]),
            "{lock}"
        );
    }
    fs::create_dir_all(mirror.with_extension("new")).unwrap();
    fs::remove_dir_all(&mirror).unwrap();
    setting.scanned();
    fs::write(mirror.join("HEAD"), "nonsense").unwrap();
    setting.scanned();
    fs::remove_file(mirror.join("config")).unwrap();
    fs::write(mirror.join("config"), "[nonsense").unwrap();
    setting.scanned();
}

#[test]
fn a_mirror_that_lost_its_objects_is_made_anew() {
    let setting = Setting::new();
    setting.scanned();
    for folder in fs::read_dir(setting.mirror().join("objects")).unwrap() {
        fs::remove_dir_all(folder.unwrap().path()).unwrap();
    }
    setting.scanned();
}

#[test]
fn a_mirror_that_somebody_reads_is_not_removed() {
    let setting = Setting::new();
    let reader = setting.open(".git").unwrap();
    let objects = setting.mirror().join("objects");
    let kept = setting.mirror().join("kept");
    fs::write(&kept, "").unwrap();
    fs::rename(&objects, setting.cache.path().join("away")).unwrap();
    fs::write(&objects, "").unwrap();
    let error = setting.open(".git").unwrap_err();
    assert!(kept.exists(), "{error}");
    drop(reader);
    setting.scanned();
    assert!(!kept.exists());
}

#[test]
fn a_fetch_that_is_killed_at_any_moment_leaves_a_mirror_that_works() {
    let setting = Setting::new();
    for n in 0..12 {
        setting
            .origin
            .commit(&format!("commit {n}"), &[(&format!("f{n}.py"), "pass\n")]);
        if n == 0 {
            setting.scanned();
        }
        let mut fetch = Command::new("git")
            .args([
                "fetch",
                "--quiet",
                "--prune",
                "--no-tags",
                &setting.server.url(".git"),
            ])
            .arg("+refs/heads/*:refs/heads/*")
            .env("GIT_DIR", setting.mirror())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(Duration::from_millis(4 * n));
        fetch.kill().unwrap();
        fetch.wait().unwrap();
        assert_eq!(
            setting.scanned()[0].1,
            setting.origin.git(&["rev-parse", "main"])
        );
    }
}

#[test]
fn many_at_once_share_one_mirror() {
    let setting = Setting::new();
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| assert_eq!(setting.scanned().len(), 1));
        }
    });
}

#[test]
fn an_empty_remote_and_a_missing_one_are_told_apart() {
    let origin = Origin::empty();
    let setting = Setting {
        server: Server::start(origin.path(), None),
        origin,
        cache: tempfile::tempdir().unwrap(),
    };
    let scan = scan_of(&setting.open(".git").unwrap(), Branches::Default);
    assert!(matches!(scan, Err(ScanError::Empty { .. })), "{scan:?}");

    let error = setting.open("nowhere").unwrap_err();
    insta::assert_snapshot!(shown(&error).replace(&setting.server.host, "HOST"), @r#"
    `http://HOST/nowhere` does not exist, or may not be seen
    hint: check the spelling with `git ls-remote http://HOST/nowhere`; for a private repository give a token under `[git.hosts."HOST"]` in `qaduct.toml`
    Usage
    "#);
}

#[test]
fn a_remote_that_does_not_answer_is_unavailable() {
    let access = Access {
        cache_dir: tempfile::tempdir().unwrap().keep(),
        credentials: Vec::new(),
    };
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url = format!("http://127.0.0.1:{port}/shop");
    let error = Repository::open(&url, &access, &Silent).unwrap_err();
    assert_eq!(error.class(), Class::Unavailable, "{error}");
    assert!(
        error
            .to_string()
            .starts_with(&format!("`{url}` did not answer: ")),
        "{error}"
    );
    fs::remove_dir_all(access.cache_dir).unwrap();
}

#[test]
fn a_cache_folder_that_cannot_be_made_is_named() {
    let setting = Setting::new();
    let file = setting.cache.path().join("file");
    fs::write(&file, "").unwrap();
    let access = Access {
        cache_dir: file.join("below"),
        credentials: Vec::new(),
    };
    let error = Repository::open(&setting.server.url(".git"), &access, &Silent).unwrap_err();
    assert!(matches!(error, ScanError::Cache { .. }), "{error}");
}
