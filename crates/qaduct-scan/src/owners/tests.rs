//! Owners by the rules of GitHub, of GitLab, and of the user.

use super::*;

fn github(text: &str) -> Owners {
    Owners::new(&[], Some((".github/CODEOWNERS", text.as_bytes())), false)
}

fn gitlab(text: &str) -> Owners {
    Owners::new(&[], Some((".gitlab/CODEOWNERS", text.as_bytes())), true)
}

/// The owners of a file; `-` where nothing says, empty where nobody is said.
fn of(owners: &Owners, path: &str) -> String {
    owners
        .of(path)
        .map_or("-".to_owned(), |it| it.owners.join(" "))
}

/// The example of GitHub's documentation, with what it says of each line.
#[test]
fn github_documents_what_its_patterns_mean() {
    let owners = github(
        "# comment\n\
         *       @global-owner1 @global-owner2\n\
         *.js    @js-owner #This is an inline comment.\n\
         *.go docs@example.com\n\
         *.txt @octo-org/octocats\n\
         /build/logs/ @doctocat\n\
         docs/* docs@example.com\n\
         apps/ @octocat\n\
         /docs/ @doctocat\n\
         /scripts/ @doctocat @octocat\n\
         **/logs @octocat\n\
         /apps/ @octocat2\n\
         /apps/github\n",
    );
    for (path, wanted) in [
        ("README", "@global-owner1 @global-owner2"),
        ("src/deep/a.js", "@js-owner"),
        ("a.go", "docs@example.com"),
        ("build/logs/x.txt", "@octocat"),
        ("src/apps/x.rb", "@octocat"),
        ("docs/build-app/troubleshooting.md", "@doctocat"),
        ("deeply/nested/logs/x", "@octocat"),
        ("apps/x", "@octocat2"),
        ("apps/github/x", ""),
        ("apps/github", ""),
    ] {
        assert_eq!(of(&owners, path), wanted, "{path}");
    }
    let found = owners.of("src/deep/a.js").unwrap();
    assert_eq!(
        (found.rule.as_str(), found.source.as_str()),
        ("*.js", ".github/CODEOWNERS:3")
    );
}

#[test]
fn a_star_at_the_end_is_of_one_folder_on_github() {
    let owners = github("docs/* @docs\n");
    assert_eq!(of(&owners, "docs/getting-started.md"), "@docs");
    assert_eq!(of(&owners, "docs/build-app/troubleshooting.md"), "-");
    assert_eq!(
        of(&owners, "src/docs/a.md"),
        "-",
        "a slash binds it to the root"
    );
}

/// What others know of GitHub's patterns: <https://github.com/hmarr/codeowners>.
#[test]
fn a_pattern_of_github_is_of_these_files_and_not_of_those() {
    for (pattern, owned, others) in [
        ("/*", "foo bar", "foo/bar foo/bar/baz"),
        ("*", "foo foo/bar bar/foo/baz", ""),
        ("foo/", "foo/bar bar/foo/baz", "foo bar/foo bar/baz"),
        ("/foo", "foo foo/bar", "bar/foo fool.txt"),
        ("foo/bar", "foo/bar foo/bar/baz", "baz/foo/bar"),
        (
            "foo/*.txt",
            "foo/bar.txt",
            "foo/bar/baz.txt qux/foo/bar.txt",
        ),
        ("foo/**/bar", "foo/bar/x foo/a/b/bar/x", "qux/foo/bar"),
        ("/*/", "foo/bar bar/foo/baz", "foo"),
        ("f?o", "foo a/foo", "fo fooo"),
        ("[abc]*.js", "", "a.test.js"),
    ] {
        let owners = github(&format!("{pattern} @x\n"));
        for path in owned.split_whitespace() {
            assert_eq!(of(&owners, path), "@x", "{pattern}: {path}");
        }
        for path in others.split_whitespace() {
            assert_eq!(of(&owners, path), "-", "{pattern}: {path}");
        }
    }
}

#[test]
fn the_folder_says_whose_rules_hold() {
    let owners = github("[A] @sec\n/* @root\n!/x @y\n");
    assert_eq!(owners.problems().len(), 2);
    assert_eq!(of(&owners, "docs/sub/x"), "-");
    assert_eq!(of(&owners, "x"), "@root");
}

#[test]
fn sections_of_gitlab_each_have_their_last_rule_and_owners_of_their_own() {
    let owners = gitlab(
        "* @default\n\
         [Documentation] @docs-team\n\
         docs/\n\
         README.md\n\
         ^[Database][2] @db\n\
         model/db/\n\
         docs/database/ @db-docs\n\
         [DOCUMENTATION]\n\
         README.md @writers\n\
         !docs/internal/\n",
    );
    for (path, wanted) in [
        ("a.rb", "@default"),
        ("docs/a.md", "@default @docs-team"),
        ("sub/docs/a.md", "@default @docs-team"),
        ("docs/database/a.md", "@default @docs-team @db-docs"),
        ("README.md", "@default @writers"),
        ("model/db/x.rb", "@default @db"),
        ("docs/internal/x.md", "@default"),
    ] {
        assert_eq!(of(&owners, path), wanted, "{path}");
    }
    let found = owners.of("docs/database/a.md").unwrap();
    assert_eq!(found.rule, "*, docs/, docs/database/");
    assert_eq!(
        found.source,
        ".gitlab/CODEOWNERS:1, .gitlab/CODEOWNERS:3, .gitlab/CODEOWNERS:7"
    );
}

#[test]
fn a_path_of_gitlab_without_a_slash_in_front_is_at_any_depth() {
    let owners = gitlab(
        "internal/README.md @a\n/docs/*.md @b\n/config @c\npath\\ with\\ spaces/ @d\n\\#file @e\n",
    );
    assert_eq!(of(&owners, "lib/internal/README.md"), "@a");
    assert_eq!(of(&owners, "docs/a.md"), "@b");
    assert_eq!(of(&owners, "docs/sub/a.md"), "-");
    assert_eq!(
        of(&owners, "config/x.yml"),
        "-",
        "a folder ends with a slash"
    );
    assert_eq!(of(&owners, "path with spaces/x"), "@d");
    assert_eq!(of(&owners, "#file"), "@e");
}

#[test]
fn what_a_user_sets_goes_before_the_file() {
    let own = [
        OwnerRule {
            path: "/tests/".into(),
            owners: vec!["@qa".into()],
        },
        OwnerRule {
            path: "test_old.py".into(),
            owners: Vec::new(),
        },
    ];
    let owners = Owners::new(&own, Some(("CODEOWNERS", b"* @all\n")), false);
    assert_eq!(of(&owners, "tests/deep/test_a.py"), "@qa");
    assert_eq!(
        of(&owners, "tests/test_old.py"),
        "",
        "nobody, and somebody said so"
    );
    assert_eq!(of(&owners, "src/a.py"), "@all");
    assert_eq!(owners.of("tests/test_a.py").unwrap().source, "qaduct.toml");
}

#[test]
fn a_line_that_cannot_be_used_is_reported_and_the_others_count() {
    let owners = github("a/[z-a].py @x\n*.py @y\n");
    assert_eq!(of(&owners, "b.py"), "@y");
    let problem = &owners.problems()[0];
    assert_eq!(
        (problem.path.as_str(), problem.line),
        (".github/CODEOWNERS", 1)
    );
    insta::assert_snapshot!(problem.message, @"`a/[z-a].py` is no pattern of files: GitHub knows no ranges and no exceptions");
    let owners = gitlab("a/[z-a].py @x\n*.py @y\n");
    assert_eq!(of(&owners, "b.py"), "@y");
    insta::assert_snapshot!(owners.problems()[0].message, @"`a/[z-a].py` is no pattern of files: invalid range; 'z' > 'a'");
}

#[test]
fn without_rules_nobody_is_known() {
    assert_eq!(Owners::default().of("a.py"), None);
    assert_eq!(github("\u{feff}# nothing\n\n").of("a.py"), None);
    assert_eq!(of(&github("\u{feff}*.py @a\r\n"), "a.py"), "@a");
    assert_eq!(of(&github("/{a}/ @braces\n"), "{a}/x"), "@braces");
}

#[test]
fn a_pattern_of_the_user_is_checked() {
    assert_eq!(OwnerRule::check("/tests/**/*.py"), Ok(()));
    assert_eq!(OwnerRule::check("/"), Err("names no file".to_owned()));
    assert!(OwnerRule::check("[z-a]").is_err());
}

#[test]
fn a_pattern_that_is_longer_than_any_path_is_named_and_not_used() {
    let text = format!("* @all\n{} @long\n", "</a>".repeat(30_000));
    let owners = Owners::new(&[], Some(("CODEOWNERS", text.as_bytes())), false);
    assert_eq!(owners.of("a.py").unwrap().owners, ["@all"]);
    let problems: Vec<&str> = owners.problems().iter().map(|it| &*it.message).collect();
    assert_eq!(
        problems,
        [
            "`</a></a></a></a></a></a></a></a></a></a>…` is no pattern of files: it is longer than any path"
        ]
    );
}
