//! Which files a scan leaves out, and who it says answers for the others.

use super::*;
use crate::{Exclusion, OwnerRule};

const SKIP: &str = "skip one nothing\n";

/// A repository with a mute in each of these files, and other files.
fn repository(mutes: &[&str], others: &[(&str, &str)]) -> Origin {
    let mut files: Vec<(&str, &str)> = mutes.iter().map(|&it| (it, SKIP)).collect();
    files.extend(others);
    Origin::of(&files)
}

/// The files with mutes of a scan, and how many files were left out.
fn read(origin: &Origin, exclusion: Exclusion) -> (Vec<String>, u64) {
    let options = Options {
        exclusion,
        ..options(Branches::Default)
    };
    let scan = scan_of(origin, &options).1.unwrap();
    let findings = scan.branches[0].findings.clone().unwrap();
    let paths = findings.mutes.iter().map(|it| it.declaration.path.clone());
    (paths.collect(), findings.files_excluded)
}

#[test]
fn code_of_others_is_left_out_and_counted() {
    let origin = repository(
        &[
            "a.tiny",
            "node_modules/x/a.tiny",
            "src/third_party/deep/a.tiny",
            "third_party/blink/a.tiny",
            "app/vendor/a.tiny",
            "java/vendor/a.tiny",
        ],
        &[("app/Gemfile", ""), ("third_party/notes", "")],
    );
    let (paths, left_out) = read(&origin, Exclusion::default());
    assert_eq!(
        paths,
        ["a.tiny", "java/vendor/a.tiny", "third_party/blink/a.tiny"]
    );
    assert_eq!(left_out, 3, "only files that would be read count");

    let all = Exclusion {
        include_vendored: true,
        ..Exclusion::default()
    };
    let (paths, left_out) = read(&origin, all);
    assert_eq!((paths.len(), left_out), (6, 0));
}

#[test]
fn a_user_decides_before_anything_else() {
    let origin = repository(
        &[
            "a.tiny",
            "gen/a.tiny",
            "gen/ours/a.tiny",
            "node_modules/ours/a.tiny",
            "node_modules/x.tiny",
        ],
        &[(".gitattributes", "gen/** -linguist-generated\n")],
    );
    let exclusion = Exclusion {
        exclude: vec!["gen/".into()],
        include: vec!["ours/".into()],
        include_vendored: false,
    };
    let (paths, left_out) = read(&origin, exclusion);
    assert_eq!(
        paths,
        ["a.tiny", "gen/ours/a.tiny", "node_modules/ours/a.tiny"]
    );
    assert_eq!(left_out, 2);
    let bad = Exclusion {
        exclude: vec!["[z-a]".into()],
        ..Exclusion::default()
    };
    assert!(Excluded::new(&bad).is_err());
}

/// Git itself says what `.gitattributes` mean.
#[test]
fn attributes_mean_what_git_says_they_mean() {
    let files = [
        "a.tiny",
        "gen/a.tiny",
        "gen/deep/b.tiny",
        "direct/a.tiny",
        "direct/deep/a.tiny",
        "sub/a.tiny",
        "sub/kept/a.tiny",
        "sub/x/inner/a.tiny",
        "node_modules/own/a.tiny",
        "node_modules/other/a.tiny",
        "braces/{a}.tiny",
        "slash/a.tiny",
        "with space/a.tiny",
        "late.tiny",
        "gone.tiny",
        "false.tiny",
    ];
    let origin = repository(
        &files,
        &[
            (
                ".gitattributes",
                "# comment linguist-vendored\n\
                 *.tiny text eol=lf\n\
                 gen/** linguist-generated=true\n\
                 /direct/* linguist-vendored\n\
                 node_modules/own/** -linguist-vendored\n\
                 braces/{a}.tiny linguist-vendored\n\
                 slash/ linguist-vendored\n\
                 \"with space/*\" linguist-vendored\n\
                 late.tiny linguist-vendored\n\
                 late.tiny linguist-vendored=false\n\
                 gone.tiny linguist-vendored\n\
                 gone.tiny !linguist-vendored\n\
                 false.tiny linguist-vendored linguist-generated=false\n",
            ),
            (
                "sub/.gitattributes",
                "*.tiny linguist-vendored\nx/inner/*.tiny -linguist-vendored\n",
            ),
            ("sub/kept/.gitattributes", "a.tiny -linguist-vendored\n"),
        ],
    );
    let (read, left_out) = read(&origin, Exclusion::default());
    let asked = [
        &[
            "check-attr",
            "linguist-vendored",
            "linguist-generated",
            "--",
        ],
        &files[..],
    ]
    .concat();
    let answer = origin.git(&asked);
    let is_out = |path: &str| {
        let said = |name: &str| {
            let of = format!("{path}: linguist-{name}: ");
            let of_quoted = format!("\"{path}\": linguist-{name}: ");
            let line = answer
                .lines()
                .find_map(|it| it.strip_prefix(&of).or(it.strip_prefix(&of_quoted)));
            line.unwrap().to_owned()
        };
        let (vendored, generated) = (said("vendored"), said("generated"));
        let is = |it: &str| matches!(it, "set" | "true");
        let silent = vendored == "unspecified" && generated == "unspecified";
        is(&vendored) || is(&generated) || (silent && path.starts_with("node_modules/"))
    };
    let mut wanted: Vec<&str> = files.into_iter().filter(|it| !is_out(it)).collect();
    wanted.sort_unstable();
    assert_eq!(read, wanted);
    assert_eq!(left_out as usize, files.len() - wanted.len());
    assert!(wanted.contains(&"sub/kept/a.tiny") && !wanted.contains(&"gen/deep/b.tiny"));
}

#[test]
fn the_same_folder_is_judged_by_what_each_branch_says_of_it() {
    let origin = repository(
        &["gen/a.tiny"],
        &[(".gitattributes", "gen/* linguist-generated\n")],
    );
    origin.git(&["switch", "--quiet", "--create", "open"]);
    origin.commit("read them", &[(".gitattributes", "* text\n")]);
    let scan = all(&origin);
    assert_eq!(mutes(&scan), ["open gen/a.tiny:1 one -"]);
}

#[test]
fn files_with_mutes_have_the_owners_of_their_branch() {
    let origin = repository(
        &["a.tiny", "shop/a.tiny", "shop/free.tiny"],
        &[
            ("CODEOWNERS", "* @root\n"),
            (
                ".github/CODEOWNERS",
                "/shop/ @shop @qa\nfree.tiny\nshop/[z-a].tiny @x\n",
            ),
        ],
    );
    origin.git(&["switch", "--quiet", "--create", "old"]);
    origin.git(&["rm", "--quiet", ".github/CODEOWNERS"]);
    origin.commit("one file", &[]);
    let scan = all(&origin);
    let owners = |at: usize| {
        let findings = scan.branches[at].findings.clone().unwrap();
        let line = |it: &qaduct_records::FileOwner| {
            let owners = it.owners.as_deref().unwrap_or("-");
            format!(
                "{} {} {} {} {}",
                it.branch, it.path, owners, it.rule, it.source
            )
        };
        findings.owners.iter().map(line).collect::<Vec<_>>()
    };
    assert_eq!(
        owners(0),
        [
            "main shop/a.tiny @shop @qa /shop/ .github/CODEOWNERS:1",
            "main shop/free.tiny - free.tiny .github/CODEOWNERS:2",
        ]
    );
    assert_eq!(owners(1).len(), 3);
    assert_eq!(owners(1)[0], "old a.tiny @root * CODEOWNERS:1");
    let problems = &scan.branches[0].findings.as_ref().unwrap().problems;
    assert_eq!(
        (problems[0].path.as_str(), problems[0].line),
        (".github/CODEOWNERS", 3)
    );
    assert!(!problems[0].unread);
}

#[test]
fn other_owners_and_other_exclusions_are_other_rules() {
    let origin = repository(&["a.tiny"], &[]);
    let rules = |options: &Options| {
        let scan = scan_of(&origin, options).1.unwrap();
        scan.branches[0].rules.clone()
    };
    let plain = options(Branches::Default);
    let owned = Options {
        owners: vec![OwnerRule {
            path: "*".into(),
            owners: vec!["@qa".into()],
        }],
        ..options(Branches::Default)
    };
    let open = Options {
        exclusion: Exclusion {
            include_vendored: true,
            ..Exclusion::default()
        },
        ..options(Branches::Default)
    };
    assert_ne!(rules(&plain), rules(&owned));
    assert_ne!(rules(&plain), rules(&open));
}
