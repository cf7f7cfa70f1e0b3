//! Commits and work trees beside each other: the same bytes give the same findings.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime};

use qaduct_scan::{Access, Options, Repository, Silent, State, States, scan_states, work_tree};

use crate::cases;
use crate::origin::Origin;

fn open(place: &Path) -> Repository {
    let access = Access {
        cache_dir: "/nonexistent".into(),
        credentials: Vec::new(),
    };
    Repository::open(place.to_str().unwrap(), &access, &Silent).unwrap()
}

/// The commit that is checked out, and the files on disk as git tells them from `base`.
fn beside<'a>(origin: &Origin, repository: &'a Repository, base: String) -> States<'a> {
    let states = [
        State::Commit(repository.commit("HEAD").unwrap()),
        State::WorkTree {
            folder: fs::canonicalize(origin.path()).unwrap(),
            commit: base,
        },
    ];
    scan_states(repository, &states, &Options::default(), &Silent).unwrap()
}

/// The mutes of a state and its problems, one a line.
fn told(states: &States<'_>, at: usize) -> Vec<String> {
    let findings = &states.findings[at];
    let mutes = findings.mutes.iter().map(|it| format!("{it:?}"));
    let problems = findings.problems.iter().map(|it| format!("{it:?}"));
    mutes.chain(problems).collect()
}

/// A repository with the files of all cases.
fn of_cases() -> Origin {
    let origin = Origin::empty();
    let mut files = BTreeMap::new();
    cases::files(&cases::folder(), "", &mut files);
    for (path, text) in files {
        let path = origin.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    origin.git(&["add", "--all", "--force"]);
    origin.git(&["commit", "--quiet", "-m", "all"]);
    origin
}

fn touch(path: &Path) {
    let then = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    File::options()
        .append(true)
        .open(path)
        .unwrap()
        .set_modified(then)
        .unwrap();
}

#[test]
fn files_on_disk_give_what_the_same_files_give_when_they_are_committed() {
    let origin = of_cases();
    let repository = open(origin.path());
    // Against a tree without files all of them are read from disk.
    let nothing = origin.git(&["hash-object", "-t", "tree", "/dev/null"]);
    let states = beside(&origin, &repository, nothing);
    let (committed, on_disk) = (told(&states, 0), told(&states, 1));
    assert!(committed.len() > 500, "{}", committed.len());
    for (one, other) in committed.iter().zip(&on_disk) {
        assert_eq!(one, other);
    }
    assert_eq!(committed.len(), on_disk.len());
}

#[test]
fn a_file_that_was_only_touched_is_the_one_that_was_committed() {
    let origin = Origin::of(&[
        (
            "tests/helpers.py",
            "import pytest\nflaky = pytest.mark.skip\n",
        ),
        (
            "tests/test_a.py",
            "from tests.helpers import flaky\n@flaky\ndef test_a(): pass\n",
        ),
    ]);
    touch(&origin.path().join("tests/test_a.py"));
    let repository = open(origin.path());
    let head = repository.commit("HEAD").unwrap();
    let states = beside(&origin, &repository, head.clone());
    assert_eq!(told(&states, 0).len(), 1);
    assert_eq!(told(&states, 0), told(&states, 1));
    assert!(!states.differs(0, 1, "tests/test_a.py"));
    // Ends of lines are nothing that anybody wrote.
    let path = origin.path().join("tests/test_a.py");
    fs::write(
        &path,
        fs::read_to_string(&path).unwrap().replace('\n', "\r\n"),
    )
    .unwrap();
    assert!(!beside(&origin, &repository, head.clone()).differs(0, 1, "tests/test_a.py"));
    fs::write(&path, "def test_a(): pass\n").unwrap();
    let states = beside(&origin, &repository, head);
    assert!(states.differs(0, 1, "tests/test_a.py"));
    assert!(told(&states, 1).is_empty());
}

#[test]
fn a_bare_repository_has_no_work_tree_wherever_it_is() {
    let origin = Origin::of(&[("a.py", "")]);
    origin.git(&["clone", "--quiet", "--bare", ".", "inside/fx.git"]);
    let folder = fs::canonicalize(origin.path()).unwrap();
    assert_eq!(work_tree(&folder.join("inside/fx.git")), None);
    assert_eq!(work_tree(&folder.join("inside/fx.git/refs")), None);
    assert_eq!(work_tree(&folder.join("inside")), Some(folder));
}

#[test]
fn before_the_first_commit_there_is_a_tree_without_files() {
    let origin = Origin::empty();
    let repository = open(origin.path());
    let nothing = repository.before_first_commit().unwrap().unwrap();
    let path = origin.path().join("test_a.py");
    fs::write(
        path,
        "import pytest\n@pytest.mark.skip\ndef test_a(): pass\n",
    )
    .unwrap();
    let states = [
        State::Commit(nothing.clone()),
        State::WorkTree {
            folder: fs::canonicalize(origin.path()).unwrap(),
            commit: nothing,
        },
    ];
    let states = scan_states(&repository, &states, &Options::default(), &Silent).unwrap();
    let told: Vec<usize> = (0..2).map(|it| told(&states, it).len()).collect();
    assert_eq!(told, [0, 1]);
    origin.git(&["commit", "--quiet", "--allow-empty", "-m", "first"]);
    assert_eq!(open(origin.path()).before_first_commit().unwrap(), None);
}
