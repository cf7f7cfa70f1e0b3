//! A scan from end to end, with a tiny language and real repositories.

use std::fs;
use std::path::PathBuf;

use super::*;
use crate::git::Access;
use crate::{Class, Silent};
use tiny::Tiny;

mod left_out;
#[path = "../../tests/it/origin.rs"]
pub(super) mod origin;
use origin::Origin;

/// Where git keeps an object that is in no pack.
pub(super) fn object(origin: &Origin, name: &str) -> PathBuf {
    let id = origin.git(&["rev-parse", name]);
    origin
        .path()
        .join(".git/objects")
        .join(&id[..2])
        .join(&id[2..])
}

pub(super) fn access() -> Access {
    Access {
        cache_dir: "/nonexistent".into(),
        credentials: Vec::new(),
    }
}

pub(super) fn options(branches: Branches) -> Options {
    Options {
        branches,
        known: HashMap::new(),
        marks: Vec::new(),
        manifests: Vec::new(),
        tickets: TicketRules::default(),
        exclusion: Exclusion::default(),
        owners: Vec::new(),
    }
}

fn scan_of(origin: &Origin, options: &Options) -> (Arc<Tiny>, Result<RepositoryScan, ScanError>) {
    let repository = Repository::open(origin.place(), &access(), &Silent).unwrap();
    let tiny = Arc::new(Tiny::default());
    let scan = scan_with(
        &Languages::new(vec![tiny.clone()]),
        &repository,
        options,
        &Silent,
    );
    (tiny, scan)
}

pub(super) fn languages_that_ship() -> Languages {
    languages(&[], Manifests::shipped()).unwrap()
}

fn tiny() -> Languages {
    Languages::new(vec![Arc::new(Tiny::default())])
}

fn all(origin: &Origin) -> RepositoryScan {
    scan_of(origin, &options(Branches::All)).1.unwrap()
}

/// Branch, path, line, test and tickets of every mute.
fn mutes(scan: &RepositoryScan) -> Vec<String> {
    let of_branch = |branch: &BranchScan| {
        let name = branch.branch.clone();
        let mutes = branch.findings.clone().unwrap_or_default().mutes;
        let line = move |it: &std::sync::Arc<qaduct_records::scan::Found>| {
            let it = &it.declaration;
            let tickets = it.tickets.as_deref().unwrap_or("-");
            format!("{name} {}:{} {} {tickets}", it.path, it.line_start, it.test)
        };
        mutes.iter().map(line).collect::<Vec<_>>()
    };
    scan.branches.iter().flat_map(of_branch).collect()
}

#[test]
fn every_branch_lists_its_mutes_with_their_tickets() {
    let origin = Origin::of(&[
        ("a.tiny", "skip one DCOS-1234: flaky\n"),
        ("README", "skip no DCOS-1\n"),
    ]);
    origin.git(&["switch", "--quiet", "--create", "release-1"]);
    origin.commit(
        "more",
        &[("deep/er/b.tiny", "\nskip two see #12\nskip three nothing\n")],
    );

    let scan = all(&origin);
    assert_eq!(
        mutes(&scan),
        [
            "main a.tiny:1 one DCOS-1234",
            "release-1 a.tiny:1 one DCOS-1234",
            "release-1 deep/er/b.tiny:2 two #12",
            "release-1 deep/er/b.tiny:3 three -",
        ]
    );
    assert_eq!(scan.existing.unwrap(), ["main", "release-1"]);
    assert_eq!((scan.blobs_read, scan.failures.len()), (2, 0));
    let release = &scan.branches[1];
    assert_eq!(release.commit_id, origin.git(&["rev-parse", "release-1"]));
    assert_eq!(release.committed_at.to_string(), "2018-11-28T09:13:20Z");
    assert_eq!(release.committed_offset_min, 60);
    let findings = release.findings.as_ref().unwrap();
    assert_eq!((findings.files_seen, findings.test_files), (3, 2));
    let first = &findings.mutes[0];
    assert_eq!(first.declaration.repository, origin.place());
    assert_eq!(
        first.tickets[0].declaration_id,
        first.declaration.declaration_id
    );
    assert_eq!(first.declaration.declaration_id.len(), 32);
}

#[test]
fn each_distinct_file_is_read_once_however_many_branches_and_paths_hold_it() {
    let same = "skip one nothing\n";
    let origin = Origin::of(&[
        ("a.tiny", same),
        ("b/a.tiny", same),
        ("c.tiny", "skip two nothing\n"),
    ]);
    for name in ["x", "y", "z"] {
        origin.git(&["branch", name]);
    }
    let (tiny, scan) = scan_of(&origin, &options(Branches::All));
    assert_eq!(tiny.read.lock().unwrap().len(), 2);
    assert_eq!(scan.unwrap().blobs_read, 2);
}

#[test]
fn files_that_borrow_a_marker_are_read_again_in_full_where_one_is_lent() {
    let borrower = "borrow\nskip one nothing\n";
    let origin = Origin::of(&[("a.tiny", borrower)]);
    assert_eq!(mutes(&all(&origin)), [""; 0]);
    origin.commit("lend", &[("conf.tiny", "lend\n")]);
    let (tiny, scan) = scan_of(&origin, &options(Branches::Default));
    assert_eq!(mutes(&scan.unwrap()), ["main a.tiny:2 one -"]);
    let mut read = tiny.read.lock().unwrap().clone();
    read.sort();
    assert_eq!(
        read,
        [
            (borrower.to_owned(), false),
            (borrower.to_owned(), true),
            ("lend\n".to_owned(), false)
        ]
    );
}

#[test]
fn a_branch_whose_commit_and_rules_are_known_is_not_read() {
    let origin = Origin::of(&[("a.tiny", "skip one nothing\n")]);
    origin.git(&["branch", "other"]);
    let first = all(&origin);
    let mut options = options(Branches::All);
    let known = |it: &BranchScan| Known {
        committed_at: it.committed_at,
        commit_id: it.commit_id.clone(),
        rules: it.rules.clone(),
    };
    options.known = first
        .branches
        .iter()
        .map(|it| (it.branch.clone(), known(it)))
        .collect();

    let (tiny, second) = scan_of(&origin, &options);
    let second = second.unwrap();
    assert!(tiny.read.lock().unwrap().is_empty());
    assert_eq!(second.blobs_read, 0);
    assert!(
        second
            .branches
            .iter()
            .all(|it| it.findings.is_none() && it.known.is_some())
    );
    assert_eq!(second.existing.unwrap(), ["main", "other"]);

    origin.commit("next", &[("b.tiny", "skip two nothing\n")]);
    let third = scan_of(&origin, &options).1.unwrap();
    let read: Vec<_> = third
        .branches
        .iter()
        .filter(|it| it.findings.is_some())
        .map(|it| &it.branch)
        .collect();
    assert_eq!(read, ["main"]);

    options.tickets.projects.push("ABC".to_owned());
    let fourth = scan_of(&origin, &options).1.unwrap();
    assert!(
        fourth.branches.iter().all(|it| it.findings.is_some()),
        "other rules, other findings"
    );
}

#[test]
fn the_same_repository_gives_the_same_scan() {
    let files: Vec<(String, String)> = (0..300)
        .map(|n| {
            (
                format!("d{}/f{n}.tiny", n % 7),
                format!("skip t{n} ABC-{n}: x\nskip u{n} see #{n}\n"),
            )
        })
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    let origin = Origin::of(&files);
    assert_eq!(all(&origin), all(&origin));
    assert_eq!(mutes(&all(&origin)).len(), 600);
}

#[test]
fn a_project_key_is_learned_from_commit_messages() {
    let origin = Origin::of(&[(
        "a.tiny",
        "skip one since PUP-12 it fails\nskip two since PIP-12 it fails\n",
    )]);
    assert_eq!(
        mutes(&all(&origin)),
        ["main a.tiny:1 one -", "main a.tiny:2 two -"]
    );
    origin.commit("PUP-3 make it faster", &[]);
    origin.commit("(PUP-4) and again", &[]);
    assert_eq!(
        mutes(&all(&origin)),
        ["main a.tiny:1 one PUP-12", "main a.tiny:2 two -"]
    );
}

#[test]
fn what_one_branch_teaches_says_nothing_of_another() {
    let origin = Origin::of(&[("a.tiny", "skip one since PUP-12 it fails\n")]);
    origin.git(&["branch", "silent"]);
    origin.commit("PUP-3 make it faster", &[]);
    origin.git(&["branch", "once"]);
    origin.commit("(PUP-4) and again", &[]);
    assert_eq!(
        mutes(&all(&origin)),
        [
            "main a.tiny:1 one PUP-12",
            "once a.tiny:1 one -",
            "silent a.tiny:1 one -"
        ]
    );
}

#[test]
fn a_damaged_file_is_a_problem_of_that_file_and_the_rest_goes_on() {
    let origin = Origin::of(&[
        ("a.tiny", "skip one nothing\n"),
        ("b.tiny", "skip two nothing\n"),
        ("c.tiny", "skip three nothing\n"),
        ("gone.tiny", "skip four nothing\n"),
    ]);
    let damaged = object(&origin, "main:b.tiny");
    fs::remove_file(&damaged).unwrap();
    fs::write(&damaged, "no zlib").unwrap();
    fs::remove_file(object(&origin, "main:gone.tiny")).unwrap();

    let scan = all(&origin);
    assert_eq!(
        mutes(&scan),
        ["main a.tiny:1 one -", "main c.tiny:1 three -"]
    );
    let problems = &scan.branches[0].findings.as_ref().unwrap().problems;
    let shown: Vec<_> = problems
        .iter()
        .map(|it| (it.path.as_str(), it.problem.as_str()))
        .collect();
    assert_eq!(
        shown,
        [
            ("b.tiny", "missing_object"),
            ("gone.tiny", "missing_object")
        ]
    );
    assert_eq!(
        (problems[0].branch.as_str(), problems[0].repository.as_str()),
        ("main", origin.place())
    );
    insta::assert_snapshot!(scan.failures.join("\n"), @"branch `main`: 2 files or folders are missing or damaged in the repository, the first is `b.tiny`");
}

#[test]
fn a_file_that_is_cut_off_does_not_take_the_next_ones_with_it() {
    let files: Vec<(String, String)> = (0..120)
        .map(|n| {
            (
                format!("f{n:03}.tiny"),
                format!("skip t{n} {}\n", "x".repeat(n * 40)),
            )
        })
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    let origin = Origin::of(&files);
    for n in [3, 4, 5, 60, 119] {
        let path = object(&origin, &format!("main:f{n:03}.tiny"));
        let bytes = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    }
    let scan = all(&origin);
    assert_eq!(mutes(&scan).len(), 115);
    assert_eq!(
        scan.branches[0].findings.as_ref().unwrap().problems.len(),
        5
    );
}

#[test]
fn a_missing_folder_is_a_problem_and_a_missing_commit_fails_its_branch_alone() {
    let origin = Origin::of(&[
        ("a.tiny", "skip one nothing\n"),
        ("d/b.tiny", "skip two nothing\n"),
    ]);
    origin.git(&["switch", "--quiet", "--create", "broken"]);
    origin.commit("lost", &[]);
    fs::remove_file(object(&origin, "broken")).unwrap();
    fs::remove_file(object(&origin, "main:d")).unwrap();

    let scan = all(&origin);
    assert_eq!(mutes(&scan), ["main a.tiny:1 one -"]);
    assert_eq!(scan.existing.unwrap(), ["broken", "main"]);
    assert_eq!(
        scan.branches[0].findings.as_ref().unwrap().problems[0].path,
        "d/"
    );
    assert_eq!(scan.failures.len(), 2);
    assert!(
        scan.failures[0].starts_with("branch `broken`: its commit "),
        "{:?}",
        scan.failures
    );
}

#[test]
fn a_repository_of_which_nothing_can_be_read_is_an_error() {
    let origin = Origin::of(&[("a.tiny", "skip one nothing\n")]);
    fs::remove_file(object(&origin, "main^{tree}")).unwrap();
    let error = scan_of(&origin, &options(Branches::Default)).1.unwrap_err();
    assert_eq!(error.class(), Class::Partial);
    assert!(
        error
            .to_string()
            .contains("branch `main`: its tree is missing"),
        "{error}"
    );
}

#[test]
fn a_fault_of_the_parser_costs_one_file() {
    let origin = Origin::of(&[
        ("a.tiny", "skip one nothing\n"),
        ("b.tiny", "the parser has a fault\n"),
    ]);
    let scan = all(&origin);
    assert_eq!(mutes(&scan), ["main a.tiny:1 one -"]);
    let problems = &scan.branches[0].findings.as_ref().unwrap().problems;
    assert_eq!(
        (problems[0].path.as_str(), problems[0].problem.as_str()),
        ("b.tiny", "syntax")
    );
}

#[test]
fn a_shallow_clone_is_scanned_like_any_other() {
    let origin = Origin::of(&[("a.tiny", "skip one since PUP-1 it fails\n")]);
    origin.commit("second", &[("b.tiny", "skip two nothing\n")]);
    let folder = tempfile::tempdir().unwrap();
    let url = format!("file://{}", origin.place());
    origin::git(
        folder.path(),
        &["clone", "--quiet", "--depth=1", &url, "clone"],
    );
    let clone = folder.path().join("clone");
    let repository = Repository::open(clone.to_str().unwrap(), &access(), &Silent).unwrap();
    let scan = scan_with(&tiny(), &repository, &options(Branches::Default), &Silent).unwrap();
    assert_eq!(mutes(&scan), ["main a.tiny:1 one -", "main b.tiny:1 two -"]);
    assert!(scan.failures.is_empty());
}

#[test]
fn links_and_submodules_are_not_followed_and_odd_names_survive() {
    let origin = Origin::of(&[
        ("a b.tiny", "skip one nothing\n"),
        ("ümlaut/🦀.tiny", "skip two nothing\n"),
        ("back\\slash\"quote.tiny", "skip three nothing\n"),
    ]);
    std::os::unix::fs::symlink("a b.tiny", origin.path().join("link.tiny")).unwrap();
    let bytes = <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"caf\xe9.tiny");
    fs::write(origin.path().join(bytes), "skip four nothing\n").unwrap();
    let commit = origin.git(&["rev-parse", "HEAD"]);
    origin.git(&[
        "update-index",
        "--add",
        "--cacheinfo",
        &format!("160000,{commit},sub.tiny"),
    ]);
    origin.git(&["add", "link.tiny", "."]);
    origin.git(&[
        "update-index",
        "--add",
        "--cacheinfo",
        &format!("160000,{commit},sub.tiny"),
    ]);
    origin.git(&["commit", "--quiet", "-m", "odd"]);
    let scan = all(&origin);
    assert_eq!(
        mutes(&scan),
        [
            "main a b.tiny:1 one -",
            "main back\\slash\"quote.tiny:1 three -",
            "main caf\\xe9.tiny:1 four -",
            "main ümlaut/🦀.tiny:1 two -",
        ]
    );
    assert_eq!(scan.branches[0].findings.as_ref().unwrap().files_seen, 5);
}

#[test]
fn a_repository_with_sha256_names_is_read_too() {
    let folder = tempfile::tempdir().unwrap();
    origin::git(
        folder.path(),
        &[
            "init",
            "--quiet",
            "--object-format=sha256",
            "--initial-branch=main",
        ],
    );
    fs::write(folder.path().join("a.tiny"), "skip one nothing\n").unwrap();
    origin::git(folder.path(), &["add", "."]);
    origin::git(folder.path(), &["commit", "--quiet", "-m", "first"]);
    let repository = Repository::open(folder.path().to_str().unwrap(), &access(), &Silent).unwrap();
    let scan = scan_with(&tiny(), &repository, &options(Branches::Default), &Silent).unwrap();
    assert_eq!(mutes(&scan), ["main a.tiny:1 one -"]);
    assert_eq!(scan.branches[0].commit_id.len(), 64);
}
