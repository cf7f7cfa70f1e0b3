//! What is said about settings that are wrong.

use insta::assert_snapshot;

use crate::Home;
use crate::home::Outcome;

fn check(text: &str) -> Outcome {
    Home::new()
        .file("work/qaduct.toml", text)
        .qaduct("config check")
        .run()
}

#[test]
fn an_unknown_key_names_the_nearest_one_and_its_place() {
    assert_snapshot!(check("# settings\n[store]\n  ulr = \"x.db\"\n"), @r#"
    [stderr]
    error[QC004]: unknown key `ulr` in `store`
     --> qaduct.toml:3:3
      |
    3 |   ulr = "x.db"
      |   ^^^ did you mean `url`?
      = help: `qaduct config default` explains all keys
    [status 2]
    "#);
    assert_snapshot!(check("[stroe]\nurl = \"x.db\"\n"), @r"
    [stderr]
    error[QC004]: unknown key `stroe`
     --> qaduct.toml:1:2
      |
    1 | [stroe]
      |  ^^^^^ did you mean `store`?
      = help: `qaduct config default` explains all keys
    [status 2]
    ");
    assert_snapshot!(check("[store]\nretention = 3\n"), @r"
    [stderr]
    error[QC004]: unknown key `retention` in `store`
     --> qaduct.toml:2:1
      |
    2 | retention = 3
      | ^^^^^^^^^
      = help: known keys are url, password, compatibility
      = help: `qaduct config default` explains all keys
    [status 2]
    ");
}

#[test]
fn a_wrong_type_is_told_with_what_is_expected() {
    assert_snapshot!(check("[scan]\nbranches = \"main\"\n[serve]\nbind = 3\n"), @r#"
    [stderr]
    error[QC003]: `scan.branches` has to be a list of text, not text
     --> qaduct.toml:2:12
      |
    2 | branches = "main"
      |            ^^^^^^
      = help: write `["main"]`

    error[QC003]: `serve.bind` has to be an address and a port, such as 127.0.0.1:7700, not a whole number
     --> qaduct.toml:4:8
      |
    4 | bind = 3
      |        ^
    [status 2]
    "#);
    assert_snapshot!(check("store = true\nmark = {}\n[xfailflake.redshift]\nport = 5439.0\n"), @r"
    [stderr]
    error[QC003]: `store` has to be a table, not true or false
     --> qaduct.toml:1:9
      |
    1 | store = true
      |         ^^^^

    error[QC003]: `mark` has to be a list of tables, not a table
     --> qaduct.toml:2:8
      |
    2 | mark = {}
      |        ^^

    error[QC003]: `xfailflake.redshift.port` has to be a whole number, not a fraction
     --> qaduct.toml:4:8
      |
    4 | port = 5439.0
      |        ^^^^^^
    [status 2]
    ");
}

#[test]
fn a_value_that_makes_no_sense_is_told() {
    assert_snapshot!(
        check("[serve]\nbind = \"localhost\"\nrescan = \"soon\"\n[xfailflake.redshift]\nport = 70_000\n"),
        @r#"
    [stderr]
    error[QC005]: `serve.bind` cannot be `localhost`: the port is missing
     --> qaduct.toml:2:8
      |
    2 | bind = "localhost"
      |        ^^^^^^^^^^^
      = help: write an address and a port, such as 127.0.0.1:7700

    error[QC005]: `serve.rescan` cannot be `soon`: expected number at 0
     --> qaduct.toml:3:10
      |
    3 | rescan = "soon"
      |          ^^^^^^
      = help: write a length of time, such as 1h

    error[QC005]: `xfailflake.redshift.port` cannot be 70000
     --> qaduct.toml:5:8
      |
    5 | port = 70_000
      |        ^^^^^^
      = help: write a number from 0 to 65535
    [status 2]
    "#
    );
    assert_snapshot!(check("[[mark]]\nname = \"x\"\nkind = \"xfial\"\n[[mark]]\nkind = \"skip\"\n"), @r#"
        [stderr]
        error[QC005]: `mark[0].kind` cannot be `xfial`
         --> qaduct.toml:3:8
          |
        3 | kind = "xfial"
          |        ^^^^^^^ did you mean `xfail`?
          = help: known words are skip, cond_skip, xfail, xfail_strict, xfail_norun, flaky_retry, quarantine, todo, disabled_by_name, excluded_by_config, focus, explicit, known_issue

        error[QC006]: `mark[1]` has no `name`
         --> qaduct.toml:4:1
          |
        4 | [[mark]]
          | ^^^^^^^^
          = help: add `name = …`: Name of the mark, without `pytest.mark.`: `xfailflake`. A name with dots is that of a decorator: `mylib.skip_if_open`; that of a tag may hold `-`
        [status 2]
        "#);
}

#[test]
fn a_pattern_that_cannot_be_read_is_told() {
    assert_snapshot!(check(
        "[scan]\nbranches = [\"main\", \"release-[\"]\n\
         [[scan.repositories]]\nlocation = \"shop\"\nbranches = [\"{a\"]\n"
    ), @r#"
    [stderr]
    error[QC005]: `scan.branches[1]` cannot be `release-[`: unclosed character class; missing ']'
     --> qaduct.toml:2:21
      |
    2 | branches = ["main", "release-["]
      |                     ^^^^^^^^^^^
      = help: write a pattern for branches, such as release-*

    error[QC005]: `scan.repositories[0].branches[0]` cannot be `{a`: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)
     --> qaduct.toml:5:13
      |
    5 | branches = ["{a"]
      |             ^^^^
      = help: write a pattern for branches, such as release-*
    [status 2]
    "#);
}

#[test]
fn a_mark_that_is_there_twice_or_cannot_be_is_told() {
    assert_snapshot!(check(
        "[[mark]]\nname = \"broken\"\nkind = \"skip\"\n\
         [[mark]]\nname = \"pytest.mark.broken\"\nkind = \"xfail\"\n\
         [[mark]]\nname = \"a b\"\nkind = \"skip\"\nticket = [\"jira\", \"-1\"]\n"
    ), @r#"
    [stderr]
    error[QC005]: `mark[1]` has the name of `mark[0]`: `broken`
     --> qaduct.toml:5:8
      |
    5 | name = "pytest.mark.broken"
      |        ^^^^^^^^^^^^^^^^^^^^
      = help: put both into one, or give it another name

    error[QC005]: `mark[2].name` cannot be `a b`: it holds more than letters, digits, `_`, `-`, `:` and dots
     --> qaduct.toml:8:8
      |
    8 | name = "a b"
      |        ^^^^^
      = help: write the name of a mark, such as xfailflake or mylib.skip_if_open

    error[QC005]: `mark[2].ticket[1]` cannot be `-1`: it is neither a Python name nor a position
      --> qaduct.toml:10:19
       |
    10 | ticket = ["jira", "-1"]
       |                   ^^^^
       = help: write the name of an argument, a position from "0", or "*"
    [status 2]
    "#);
}

#[test]
fn a_word_that_is_none_of_those_possible_is_told_with_them() {
    assert_snapshot!(check(
        "[[manifest]]\nname = \"own\"\npath = [\"ci/skip.txt\"]\nkind = \"skip\"\nformat = \"foo\"\n\
         [reports]\ncapacity = 5000000000\n"
    ), @r#"
        [stderr]
        error[QC005]: `manifest[0].format` cannot be `foo`
         --> qaduct.toml:5:10
          |
        5 | format = "foo"
          |          ^^^^^
          = help: known words are lines, yaml, json, toml, xml, csv

        error[QC005]: `reports.capacity` cannot be 5000000000
         --> qaduct.toml:7:12
          |
        7 | capacity = 5000000000
          |            ^^^^^^^^^^
          = help: write a number from 0 to 4294967295
        [status 2]
        "#);
}

#[test]
fn text_that_is_not_toml_is_told() {
    assert_snapshot!(check("[store\nurl = x\n"), @r"
    [stderr]
    error[QC001]: qaduct.toml is not TOML: unclosed table, expected `]`
     --> qaduct.toml:1:7
      |
    1 | [store
      |       ^
    [status 2]
    ");
}

#[test]
fn a_variable_that_is_not_set_is_told() {
    assert_snapshot!(check("[store]\nurl = \"${DB}\"\n"), @r#"
    [stderr]
    error[QC007]: variable `DB` is not set
     --> qaduct.toml:2:7
      |
    2 | url = "${DB}"
      |       ^^^^^^^
      = help: set DB, or write `${DB:-default}`
    [status 2]
    "#);
    assert_snapshot!(check("[store]\nurl = \"${DB:?ask the team}\"\n"), @r#"
    [stderr]
    error[QC007]: variable `DB` is not set: ask the team
     --> qaduct.toml:2:7
      |
    2 | url = "${DB:?ask the team}"
      |       ^^^^^^^^^^^^^^^^^^^^^
      = help: set DB, or write `${DB:-default}`
    [status 2]
    "#);
    assert_snapshot!(check("[store]\nurl = \"${DB\"\n"), @r#"
    [stderr]
    error[QC008]: `${DB` is no variable
     --> qaduct.toml:2:7
      |
    2 | url = "${DB"
      |       ^^^^^^
      = help: write `${NAME}`, `${NAME:-default}` or `${NAME:?message}`; `$$` is a dollar sign
    [status 2]
    "#);
}

#[test]
fn a_secret_in_the_file_is_refused_and_not_shown() {
    assert_snapshot!(check("[serve]\ntoken = \"hunter2hunter2\"\n"), @r#"
    [stderr]
    error[QC010]: `serve.token` holds a secret as plain text
     --> qaduct.toml:2:9
      |
    2 | token = ***
      |         ^^^
      = help: write `token = { env = "QADUCT_SERVE__TOKEN" }` and set QADUCT_SERVE__TOKEN
      = help: or `token = { file = "/run/secrets/qaduct_serve_token" }`
    [status 2]
    "#);
    assert_snapshot!(check("[git.hosts.\"github.com\"]\ntoken = \"${GITHUB_TOKEN:-abc}\"\n"), @r#"
    [stderr]
    error[QC010]: `git.hosts."github.com".token` holds a secret as plain text
     --> qaduct.toml:2:9
      |
    2 | token = ***
      |         ^^^
      = help: write `token = { env = "GITHUB_TOKEN" }` and set GITHUB_TOKEN
      = help: or `token = { file = "/run/secrets/github_token" }`
    [status 2]
    "#);
    assert_snapshot!(check("[git.hosts.\"git.example.org\"]\ntoken = '${TOKEN}'\n"), @r#"
    [stderr]
    error[QC010]: `git.hosts."git.example.org".token` holds a secret as plain text
     --> qaduct.toml:2:9
      |
    2 | token = ***
      |         ^^^
      = help: write `token = { env = "TOKEN" }` and set TOKEN
      = help: or `token = { file = "/run/secrets/token" }`
    [status 2]
    "#);
    assert_snapshot!(check("[store]\nurl = \"postgresql://me:pw@host/qa\"\n"), @r#"
    [stderr]
    error[QC010]: `store.url` holds a secret as plain text
     --> qaduct.toml:2:7
      |
    2 | url = ***
      |       ^^^
      = help: take it out of the URL and set PGPASSWORD, or write `password = { env = "NAME" }`
    [status 2]
    "#);
    assert_snapshot!(check("[[scan.repositories]]\nlocation = \"https://me:hunter2@host/x\"\n"), @r#"
    [stderr]
    error[QC010]: `scan.repositories[0].location` holds a secret as plain text
     --> qaduct.toml:2:12
      |
    2 | location = ***
      |            ^^^
      = help: take it out of the URL and set GITHUB_TOKEN, or write `[git.hosts."HOST"]` with `token = { env = "NAME" }`
    [status 2]
    "#);
}

#[test]
fn a_file_that_was_found_runs_nothing() {
    let command = "[serve]\ntoken = { command = [\"touch\", \"ran\"] }\n";
    let home = Home::new()
        .file("work/.config/qaduct.toml", command)
        .file("work/a/place", "");
    let serve = home.qaduct("serve --bind 127.0.0.1:0").within("work/a");
    assert_snapshot!(serve.run(), @r#"
    [stderr]
    error[QC012]: `serve.token.command` would run a program, and the file was not named by you
     --> [HOME]/work/.config/qaduct.toml:2:11
      |
    2 | token = { command = ["touch", "ran"] }
      |           ^^^^^^^
      = help: if you trust it, name it: `--config [HOME]/work/.config/qaduct.toml`, or `QADUCT_CONFIG=[HOME]/work/.config/qaduct.toml`
      = help: or move the reference into the file of the user, qaduct/config.toml in $XDG_CONFIG_HOME or ~/.config
    [status 2]
    "#);
    assert!(!home.path("work/a/ran").exists());

    let named = home.qaduct("config check --config .config/qaduct.toml");
    assert_snapshot!(named.run(), @"
    [stderr]
    .config/qaduct.toml is fine
    [status 0]
    ");
    let named = home.qaduct("config check");
    assert_snapshot!(named.env("QADUCT_CONFIG", ".config/qaduct.toml").run(), @"
    [stderr]
    .config/qaduct.toml is fine
    [status 0]
    ");
    let of_the_user = Home::new().file(".config/qaduct/config.toml", command);
    assert_snapshot!(of_the_user.qaduct("config check").run(), @"
    [stderr]
    [HOME]/.config/qaduct/config.toml is fine
    [status 0]
    ");
}

#[test]
fn a_misspelled_secret_is_not_shown_either() {
    assert_snapshot!(check("[serve]\ntokn = \"abc\"\n"), @r"
    [stderr]
    error[QC004]: unknown key `tokn` in `serve`
     --> qaduct.toml:2:1
      |
    2 | tokn = ***
      | ^^^^ did you mean `token`?
      = help: `qaduct config default` explains all keys
    [status 2]
    ");
    assert_snapshot!(check("[serve]\ntoken = \"hunter2\n"), @r#"
    [stderr]
    error[QC001]: qaduct.toml is not TOML: invalid basic string, expected `"`
     --> qaduct.toml:2:11
      |
    2 | token = ***
      |           ^
    [status 2]
    "#);
    assert_snapshot!(check("[store]\npassword = { evn = \"PGPASSWORD\" }\n"), @r#"
    [stderr]
    error[QC004]: unknown key `store.password.evn`
     --> qaduct.toml:2:14
      |
    2 | password = { evn = "***" }
      |              ^^^ did you mean `env`?
      = help: a secret is referred to by env, file, command
    [status 2]
    "#);
    assert_snapshot!(check("[store]\npassword = { env = \"A\", file = \"b\" }\n"), @r#"
    [stderr]
    error[QC005]: `store.password` has to refer to one place, and names 2
     --> qaduct.toml:2:12
      |
    2 | password = { env = "A", file = "b" }
      |            ^^^^^^^^^^^^^^^^^^^^^^^^^
      = help: write one of env, file, command
    [status 2]
    "#);
}

#[test]
fn variables_are_checked_like_files() {
    let home = Home::new();
    let run = home
        .qaduct("config check")
        .env("QADUCT_STORE__ULR", "x")
        .env("QADUCT_NONSENSE__X", "x")
        .env("POSTGRES_PORT", "many");
    assert_snapshot!(run.run(), @r"
    [stderr]
    error[QC003]: `xfailflake.redshift.port` has to be a whole number, not text
      environment variable POSTGRES_PORT

    error[QC011]: variable `QADUCT_NONSENSE__X` names no setting
      help: `qaduct config default` explains all keys; `store.url` is `QADUCT_STORE__URL`

    error[QC011]: variable `QADUCT_STORE__ULR` names no setting
      help: did you mean `QADUCT_STORE__URL`?
    [status 2]
    ");
    assert_snapshot!(home.qaduct("config check").env("QADUCT_SERVE__BIND", "here").run(), @r"
    [stderr]
    error[QC005]: `serve.bind` cannot be `here`: the port is missing
      environment variable QADUCT_SERVE__BIND
      help: write an address and a port, such as 127.0.0.1:7700
    [status 2]
    ");
}

#[test]
fn a_password_in_a_url_is_refused_wherever_it_comes_from() {
    let url = "postgresql://me:hunter2@host/qa";
    assert_snapshot!(Home::new().qaduct("config show").env("QADUCT_STORE__URL", url).run(), @r#"
    [stderr]
    error[QC010]: `store.url` holds a secret as plain text
      environment variable QADUCT_STORE__URL
      help: take it out of the URL and set PGPASSWORD, or write `password = { env = "NAME" }`
    [status 2]
    "#);
}

#[test]
fn a_file_that_is_not_utf_8_is_told() {
    let home = Home::new();
    std::fs::write(home.path("work/qaduct.toml"), b"[store]\nurl = \"\xff\"\n").unwrap();
    assert_snapshot!(home.qaduct("config check").run(), @r"
    [stderr]
    error[QC002]: cannot read qaduct.toml: stream did not contain valid UTF-8
      help: name another file with `--config`, or none with `--no-config`
    [status 2]
    ");
}

#[test]
fn the_clock_has_to_be_an_instant_only_where_it_is_asked() {
    let home = Home::new();
    assert_eq!(
        home.qaduct("config check")
            .env("QADUCT_CLOCK", "noon")
            .run()
            .status,
        Some(0)
    );
}

#[test]
fn names_that_nothing_has_are_all_told_at_once() {
    let text = r#"[source.bmo]
kind = "bugzilla"
url = "not a url"
streams = ["bugs", "bugz"]
[source.bmo.queries]
zap = "product=Zap"
[source.jira]
url = "https://jira.example.org"
[project.shop.sources]
bmo = ["Fenix", "query=zip"]
jria = ["1"]
testrail = ["7"]
[reports]
calendar = "nope"
[release_calendar.firefox]
releases = { "150" = "2026-04-21" }
[[extract]]
name = "severity"
table = "bugzila_bugs"
from = "summary"
kind = "version"
[[extract]]
name = "version"
table = "jira_issues"
from = "sumary"
kind = "version"
[[extract]]
name = "labels"
table = "jira_issues"
from = "jira_issue_labels.lable"
kind = "version"
"#;
    let told = check(text);
    assert_snapshot!(told, @r#"
    [stderr]
    error[QC005]: `source.bmo.url` cannot be `not a url`: it is no address of a service
     --> qaduct.toml:3:7
      |
    3 | url = "not a url"
      |       ^^^^^^^^^^^
      = help: write the URL of a service, such as https://example.testrail.io

    error[QC005]: `source.bmo` has no stream `bugz`
     --> qaduct.toml:4:20
      |
    4 | streams = ["bugs", "bugz"]
      |                    ^^^^^^ did you mean `bugs`?

    error[QC005]: `bmo` has no query `zip`
      --> qaduct.toml:10:17
       |
    10 | bmo = ["Fenix", "query=zip"]
       |                 ^^^^^^^^^^^ did you mean `zap`?

    error[QC005]: `project.shop.sources` names `jria`, and there is no such source
      --> qaduct.toml:11:1
       |
    11 | jria = ["1"]
       | ^^^^ did you mean `jira`?

    error[QC005]: there is no `release_calendar.nope`
      --> qaduct.toml:14:12
       |
    14 | calendar = "nope"
       |            ^^^^^^
       = help: known names are firefox

    error[QC005]: `extract` `severity`: there is no table `bugzila_bugs`
      --> qaduct.toml:19:9
       |
    19 | table = "bugzila_bugs"
       |         ^^^^^^^^^^^^^^ did you mean `bugzilla_bugs`?
       = help: `qaduct sources schema NAME` lists tables and columns

    error[QC005]: `extract` `version`: table `jira_issues` has no column `sumary`
      --> qaduct.toml:25:8
       |
    25 | from = "sumary"
       |        ^^^^^^^^ did you mean `summary`?
       = help: `qaduct sources schema NAME` lists tables and columns

    error[QC005]: `extract` `labels`: table `jira_issue_labels` has no column `lable`
      --> qaduct.toml:30:8
       |
    30 | from = "jira_issue_labels.lable"
       |        ^^^^^^^^^^^^^^^^^^^^^^^^^ did you mean `jira_issue_labels.label`?
       = help: `qaduct sources schema NAME` lists tables and columns
    [status 2]
    "#);
    let home = Home::new().file("work/qaduct.toml", text);
    let pulled = home.qaduct("pull").run();
    assert_eq!((pulled.status, &pulled.stderr), (Some(2), &told.stderr));
}
