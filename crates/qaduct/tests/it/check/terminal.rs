//! What people see: in colours and as wide as the terminal allows, or plain and in full; and
//! numbers at the end where there is more than anybody reads.

use std::process::Command;

use super::pull_request;
use crate::Home;
use crate::repo::Repo;

/// What a terminal of that width shows. `script` of util-linux makes one.
fn on_a_terminal(home: &Home, width: usize, arguments: &str, variables: &[(&str, &str)]) -> String {
    let program = env!("CARGO_BIN_EXE_qaduct");
    let command = format!("stty cols {width} rows 24; {program} {arguments}");
    let output = Command::new("script")
        .args(["--quiet", "--command", &command, "/dev/null"])
        .current_dir(home.path("work"))
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", home.path(""))
        .env("TERM", "xterm-256color")
        .env("SHELL", "/bin/sh")
        .env("QADUCT_CLOCK", "2026-11-21T07:00:00Z")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().replace('\r', "")
}

/// A repository with so many tests muted, in files of two teams and of nobody.
fn wall(home: &Home) {
    let mut repo = Repo::new(home.path("work"));
    let mute =
        |it: usize| format!("@pytest.mark.skip\ndef test_of_something_with_a_name_{it}(): pass\n");
    for (folder, count) in [("pay", 9), ("search", 4), ("tools", 1)] {
        let mutes: String = (0..count).map(mute).collect();
        let path = format!("services/{folder}/integration/tests/test_{folder}_end_to_end.py");
        repo.file(&path, format!("import pytest\n{mutes}"));
    }
    repo.file(
        "CODEOWNERS",
        "/services/pay/ @acme/money\n/services/search/ @acme/web\n",
    );
    repo.commit("Before");
}

#[test]
fn many_findings_end_with_their_numbers_by_rule_owner_and_file() {
    let home = Home::new();
    wall(&home);
    let run = home.qaduct("check").run().to_string();
    let (_, end) = run.split_once("\nby rule").unwrap();
    insta::assert_snapshot!(format!("by rule{end}"), @r"
        by rule
            14  error    QM001 no-ticket
            14  warning  QM005 no-reason
             1  warning  QM006 no-owner
        by owner
            18  @acme/money
             8  @acme/web
             3  nobody
        worst files
            18  services/pay/integration/tests/test_pay_end_to_end.py
             8  services/search/integration/tests/test_search_end_to_end.py
             3  services/tools/integration/tests/test_tools_end_to_end.py

        14 errors, 15 warnings; 14 mutes
        QM004 too-old not judged for 14 mutes: nobody knows since when the mute is there
        next: name the ticket in the reason, in an argument or in a comment above: `SHOP-412` or an address (`qaduct explain QM001`)
        or: `qaduct check --since REV` judges only what is new since then, `qaduct baseline write` accepts what is there
        [status 1]
        ");
    // A few are no wall.
    let run = home.qaduct("check services/tools").run();
    assert!(!run.stdout.contains("by rule"), "{run}");
}

#[test]
fn on_a_terminal_no_line_of_a_finding_is_wider_than_it() {
    let home = Home::new();
    wall(&home);
    for width in [80, 120] {
        let shown = on_a_terminal(&home, width, "check services/search", &[("NO_COLOR", "1")]);
        let findings: Vec<_> = shown.lines().take_while(|it| !it.is_empty()).collect();
        // The file stands above them.
        assert!(
            findings[0].ends_with("tests/test_search_end_to_end.py"),
            "{shown}"
        );
        assert_eq!(findings.len(), 1 + 8, "{shown}");
        for line in findings {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
    }
    // Elsewhere nothing is cut.
    let run = home.qaduct("check services/search").run();
    assert!(!run.stdout.contains('…'), "{run}");
}

#[test]
fn colours_are_for_terminals_and_for_who_asks() {
    let home = Home::new();
    pull_request(&home);
    let is_coloured = |text: &str| text.contains("\u{1b}[1m");
    let check = "check --since main";
    for (variables, expected) in [
        (&[][..], true),
        (&[("NO_COLOR", "1")], false),
        (&[("TERM", "dumb")], false),
    ] {
        let shown = on_a_terminal(&home, 100, check, variables);
        assert_eq!(is_coloured(&shown), expected, "{variables:?}: {shown}");
    }
    let shown = on_a_terminal(&home, 100, "check --since main --color never", &[]);
    assert!(!is_coloured(&shown), "{shown}");
    for command in [check, "diff main main~0"] {
        let piped = home.qaduct(command).run();
        assert!(!piped.stdout.contains('\u{1b}'), "{piped}");
    }
    let forced = home.qaduct(check).env("CLICOLOR_FORCE", "1").run();
    assert!(is_coloured(&forced.stdout), "{forced}");
    let forced = home.qaduct("check --since main --color always").run();
    assert!(is_coloured(&forced.stdout), "{forced}");
    // A file holds words alone.
    home.qaduct("check --since main --color always -o out.txt")
        .run();
    let file = std::fs::read_to_string(home.path("work/out.txt")).unwrap();
    assert!(file.contains("QM001") && !file.contains('\u{1b}'), "{file}");
}

#[test]
fn what_stands_in_the_code_does_not_move_the_cursor() {
    let home = Home::new();
    let mut repo = Repo::new(home.path("work"));
    let text = "it.skip(\"a\\u{1b}[2J \u{1b}[31mb\", () => {});\n";
    repo.file("a.test.js", text);
    repo.commit("Before");
    let run = home.qaduct("check").run();
    assert!(!run.stdout.contains('\u{1b}'), "{run}");
    let shown = home.qaduct("check --color always").run();
    assert!(!shown.stdout.contains("\u{1b}[31m"), "{shown}");
}

#[test]
fn a_file_of_unknown_format_is_refused_before_anything_is_judged() {
    let home = Home::new();
    pull_request(&home);
    insta::assert_snapshot!(home.qaduct("check --since main -o out.xyz").run(), @r"
        [stderr]
        error[QU001]: the ending of out.xyz tells no format
          help: say it with `--format`
        [status 2]
        ");
    insta::assert_snapshot!(home.qaduct("check --since main -f sarif -o out.md").run(), @r"
        [stderr]
        error[QU001]: the ending of out.md tells markdown, and `--format` sarif
          help: leave out `--format`, or add `-o -` for what it is for
        [status 2]
        ");
    insta::assert_snapshot!(home.qaduct("check --since main -o nowhere/out.md").run(), @r"
        [stderr]
        error[QU002]: cannot write nowhere/out.md: there is no folder `nowhere`
          help: name a file in a folder that is there
        [status 2]
        ");
    // What `--format` says holds for what says nothing by itself.
    let run = home
        .qaduct("check --since main -f gitlab -o out.xyz -o out.json -o sum.md")
        .run();
    assert_eq!(run.status, Some(1), "{run}");
    for file in ["out.xyz", "out.json"] {
        let text = std::fs::read_to_string(home.path("work").join(file)).unwrap();
        assert!(text.contains("check_name"), "{file}: {text}");
    }
}

#[test]
fn a_file_that_is_no_toml_is_told_once_and_with_its_place() {
    let home = Home::new().file("work/qaduct.toml", "[check\nfail_on = = 3\n");
    pull_request(&home);
    insta::assert_snapshot!(home.qaduct("check").run(), @r"
        [stderr]
        error[QC001]: qaduct.toml is not TOML: unclosed table, expected `]`
         --> qaduct.toml:1:7
          |
        1 | [check
          |       ^
        [status 2]
        ");
    std::fs::write(home.path("work/qaduct.toml"), "").unwrap();
    let baseline = "version = 1\nfindings = [\n  { test = 3, rule = \"QM001\" },\n]\n";
    std::fs::write(home.path("work/old.toml"), baseline).unwrap();
    insta::assert_snapshot!(home.qaduct("check --baseline old.toml").run(), @r#"
        [stderr]
        error[QK400]: the baseline old.toml cannot be used: invalid type: integer `3`, expected a string
         --> old.toml:3:12
          |
        3 |   { test = 3, rule = "QM001" },
          |            ^
          = help: take it from git, or delete it and make a new one
        [status 2]
        "#);
}

#[test]
fn a_doubtful_ticket_is_named_and_how_to_make_it_one() {
    let home = Home::new();
    let mut repo = Repo::new(home.path("work"));
    let text = "import pytest\n\n@pytest.mark.skip(reason='flaky SHOP-7')\ndef test_a(): pass\n\n\
                @pytest.mark.skip(reason='SHOP2-7: pays twice')\ndef test_b(): pass\n";
    repo.file("test_a.py", text);
    repo.commit("Before");
    insta::assert_snapshot!(home.qaduct("check").run(), @r#"
        test_a.py:3  error    QM001 no-ticket  no ticket  [test_a]

        1 error; 2 mutes
        QM002 ticket-closed not judged for 1 mute: no tracker of the ticket is in the database
        QM004 too-old not judged for 2 mutes: nobody knows since when the mute is there
        QM006 no-owner not judged for 2 mutes: neither CODEOWNERS nor the settings name owners
        next: `SHOP-7` looks like a ticket: put `projects = ["SHOP"]` under `[tickets]`, if it is one (`qaduct explain QM001`)
        [status 1]
        "#);
    std::fs::write(
        home.path("work/qaduct.toml"),
        "[tickets]\nprojects = ['SHOP']\n",
    )
    .unwrap();
    let run = home.qaduct("check --fail-on QM001").run();
    assert_eq!(run.status, Some(0), "{run}");
}

#[test]
fn who_interrupts_a_scan_gets_the_terminal_back_without_a_bar() {
    let home = Home::new();
    wall(&home);
    // A git in the middle of which the signal comes.
    let slow = "#!/bin/sh\ncase \"$*\" in *cat-file*) sleep 0.1; kill -INT $PPID; sleep 0.1 ;; esac\n\
                PATH=${PATH#*:}\nexec git \"$@\"\n";
    let home = home.file("bin/git", slow);
    let git = home.path("bin/git");
    std::fs::set_permissions(&git, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let others = std::env::var_os("PATH").unwrap();
    let folders = std::iter::once(home.path("bin")).chain(std::env::split_paths(&others));
    let path = std::env::join_paths(folders).unwrap();
    let program = env!("CARGO_BIN_EXE_qaduct");
    let command = format!("stty cols 80 rows 24; {program} scan");
    let output = Command::new("script")
        .args(["--quiet", "--command", &command, "/dev/null"])
        .current_dir(home.path("work"))
        .env_clear()
        .env("PATH", path)
        .env("HOME", home.path(""))
        .env("TERM", "xterm-256color")
        .env("SHELL", "/bin/sh")
        .output()
        .unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    let (before, after) = shown.split_once("stopped by SIGINT").unwrap();
    assert!(before.ends_with("\r\u{1b}[2K"), "{shown:?}");
    assert_eq!(after.trim(), "", "{shown:?}");
}
