//! What is printed, format by format: data on standard output, words on standard error.

use std::fs;

use insta::assert_snapshot;

use crate::Home;
use crate::home::Outcome;
use crate::repo::Repo;

/// A home with the shop in it.
fn home() -> Home {
    let home = Home::new();
    Repo::shop(home.path("work/shop"));
    home
}

fn scan(home: &Home, arguments: &str) -> Outcome {
    let outcome = home
        .qaduct(&format!("scan {arguments}"))
        .within("work/shop")
        .run();
    assert_eq!(outcome.status, Some(0), "{outcome}");
    outcome
}

#[test]
fn without_any_setting_a_fresh_clone_gives_a_table_and_what_was_looked_at() {
    let home = home();
    Repo::new(home.path("work")).git(&["clone", "--quiet", "shop", "clone"]);
    let outcome = home.qaduct("scan").within("work/clone").run();
    assert_snapshot!(outcome, @r"
        TEST                                              KIND          INTENT    TICKET        SINCE       AGE   OWNER  REASON
        tests/test_checkout.py::test_pays_by_card         xfail         debt      SHOP-412      2026-09-14  2 mo  -      payment gateway times out
        tests/test_checkout.py::TestInvoice               cond_skip     platform  -             -           ?     -      no sockets on Windows
        tests/test_checkout.py::TestInvoice::test_rounds  xfail_strict  debt      acme/shop#77  -           ?     -      rounding: https://github.com/acme/shop/issues/77
        tests/test_login.py::LoginTest::test_remembers    skip          debt      SHOP-388      -           ?     -      captcha
        tests/test_search.py::test_finds_shoes            skip          unknown   -             -           ?     -      index is empty in CI
        [stderr]
        clone: started
        clone: ended after [..] s
        5 muted tests by 5 mutes in 3 files on main at e84561688: 3 debt, 1 unknown, 1 platform; 2 without a ticket, 0 without a reason
        looked at 5 files, 4 of them for tests, all of them parsed; read 5 distinct file contents in 0.00 s
        stored in qaduct.db: 5 more, 0 gone
        since when: not known for 4 mutes; `--history` reads it from the commits
        [status 0]
        ");
    assert!(home.path("work/clone/qaduct.db").exists());
}

#[test]
fn a_table_names_the_branches_where_there_are_several() {
    assert_snapshot!(scan(&home(), "--all-branches").stdout, @r"
        TEST                                              KIND          INTENT    TICKET        SINCE       AGE   BRANCHES         OWNER  REASON
        tests/test_checkout.py::test_pays_by_card         xfail         debt      SHOP-412      2026-09-14  2 mo  main, release-1  -      payment gateway times out
        tests/test_checkout.py::TestInvoice               cond_skip     platform  -             -           ?     main, release-1  -      no sockets on Windows
        tests/test_checkout.py::TestInvoice::test_rounds  xfail_strict  debt      acme/shop#77  -           ?     main, release-1  -      rounding: https://github.com/acme/shop/issues/77
        tests/test_login.py::LoginTest::test_remembers    skip          debt      SHOP-388      -           ?     main, release-1  -      captcha
        tests/test_search.py::test_finds_shoes            skip          unknown   -             -           ?     main             -      index is empty in CI
        ");
}

#[test]
fn json_has_what_was_looked_at_beside_the_mutes_and_follows_its_schema() {
    let home = home();
    let printed = scan(&home, "--format json --all-branches").stdout;
    let document: serde_json::Value = serde_json::from_str(&printed).unwrap();
    let schema = jsonschema::options()
        .should_validate_formats(true)
        .build(&qaduct::format::json::schema())
        .unwrap();
    let wrong: Vec<_> = schema
        .iter_errors(&document)
        .map(|it| it.to_string())
        .collect();
    assert_eq!(wrong, [""; 0]);

    let mut short = document.clone();
    short["tool"]["version"] = "VERSION".into();
    let items = short["items"].as_array_mut().unwrap();
    assert_eq!(items.len(), 9);
    items.truncate(1);
    assert_snapshot!(serde_json::to_string_pretty(&short).unwrap(), @r#"
        {
          "schema_version": 1,
          "tool": {
            "name": "qaduct",
            "version": "VERSION"
          },
          "scope": [
            {
              "repository": "github.com/acme/shop",
              "branch": "main",
              "commit_id": "e845616882b55f0643f07959c774512ff4c5a9d1",
              "committed_at": "2026-08-31T10:40:00Z",
              "committed_offset_min": 120,
              "files_seen": 5,
              "test_files": 4,
              "files_excluded": 0
            },
            {
              "repository": "github.com/acme/shop",
              "branch": "release-1",
              "commit_id": "7d2e2fba68b2961491c778d79b288baf6952003d",
              "committed_at": "2026-08-30T10:40:00Z",
              "committed_offset_min": 120,
              "files_seen": 4,
              "test_files": 3,
              "files_excluded": 0
            }
          ],
          "paths": [],
          "summary": {
            "mutes": 9,
            "tests": 5,
            "files": 3,
            "without_ticket": 3,
            "without_reason": 0,
            "ineffective": 0,
            "branches": 2,
            "files_seen": 9,
            "test_files": 7,
            "files_with_problems": 0,
            "files_excluded": 0,
            "debt": 6,
            "platform": 2,
            "environment": 0,
            "intentional": 0,
            "unknown": 1,
            "without_owner": 9,
            "without_since": 7
          },
          "problems": [],
          "failures": [],
          "items": [
            {
              "declaration_id": "ff3bcc5a312140164942fe82cbf0d18f",
              "repository": "github.com/acme/shop",
              "path": "tests/test_checkout.py",
              "container": "",
              "test": "test_pays_by_card",
              "param": null,
              "test_id": "tests/test_checkout.py::test_pays_by_card",
              "line_start": 6,
              "line_end": 10,
              "language": "python",
              "framework": "pytest",
              "form": "pytest.mark.xfailflake",
              "alias": null,
              "kind": "xfail",
              "scope": "test",
              "condition": null,
              "condition_os": null,
              "condition_arch": null,
              "condition_version": null,
              "condition_env": null,
              "condition_feature": null,
              "intent": "debt",
              "runs": true,
              "strict": false,
              "strict_source": "default",
              "reason": "payment gateway times out",
              "ticket": "SHOP-412",
              "tickets": "SHOP-412",
              "since_declared": "2026-09-14",
              "since_text": "2026-09-14",
              "until_declared": null,
              "until_text": null,
              "owner_declared": null,
              "dynamic": false,
              "effective": true,
              "ineffective_because": null,
              "confidence": "exact",
              "partly_parsed": false,
              "branch": "main",
              "group_id": "2333e5a880b3f98dde842ef165b3ec73",
              "nth": 1,
              "opened_by": "baseline",
              "first_seen_at": "2026-11-21T07:00:00Z",
              "first_seen_commit": "e845616882b55f0643f07959c774512ff4c5a9d1",
              "last_seen_at": "2026-11-21T07:00:00Z",
              "last_seen_commit": "e845616882b55f0643f07959c774512ff4c5a9d1",
              "commit_id": "e845616882b55f0643f07959c774512ff4c5a9d1",
              "owner": null,
              "since_git": null,
              "since_git_commit": null,
              "since_git_author": null,
              "muted_before": null,
              "age_days": 68,
              "age_source": "declared"
            }
          ]
        }
        "#);
}

#[test]
fn a_document_that_breaks_the_schema_is_found_by_it() {
    let schema = jsonschema::validator_for(&qaduct::format::json::schema()).unwrap();
    let home = home();
    let document: serde_json::Value =
        serde_json::from_str(&scan(&home, "--format json").stdout).unwrap();
    assert!(schema.is_valid(&document));
    for (place, value) in [
        ("/items/0/line_start", "seven"),
        ("/scope/0/commit_id", ""),
        ("/summary/mutes", "many"),
    ] {
        let mut broken = document.clone();
        *broken.pointer_mut(place).unwrap() = if value.is_empty() {
            serde_json::Value::Null
        } else {
            value.into()
        };
        assert!(!schema.is_valid(&broken), "{place}");
    }
}

#[test]
fn json_lines_are_the_items_of_the_document() {
    let home = home();
    let lines = scan(&home, "--format jsonl").stdout;
    let document: serde_json::Value =
        serde_json::from_str(&scan(&home, "--format json").stdout).unwrap();
    let items: Vec<serde_json::Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(document["items"], serde_json::Value::from(items));
}

#[test]
fn csv_reads_back_as_the_same_rows() {
    let home = home();
    let csv = scan(&home, "--format csv").stdout;
    let document: serde_json::Value =
        serde_json::from_str(&scan(&home, "--format json").stdout).unwrap();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let head = reader.headers().unwrap().clone();
    let mut rows = 0;
    for (line, item) in reader.records().zip(document["items"].as_array().unwrap()) {
        let line = line.unwrap();
        let item = item.as_object().unwrap();
        assert_eq!(head.len(), item.len());
        for (name, cell) in head.iter().zip(&line) {
            let value = match &item[name] {
                serde_json::Value::Null => String::new(),
                serde_json::Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            assert_eq!(cell, value, "{name}");
        }
        rows += 1;
    }
    assert_eq!(rows, 5);
}

#[test]
fn markdown_is_a_table_for_a_pull_request() {
    assert_snapshot!(scan(&home(), "--format markdown").stdout, @r"
    | Test | Kind | Ticket | Since | Age | Reason |
    |---|---|---|---|---|---|
    | `tests/test_checkout.py::test_pays_by_card:6` | xfail | SHOP-412 | 2026-09-14 | 2 mo | payment gateway times out |
    | `tests/test_checkout.py::TestInvoice:15` | cond\_skip |  |  |  | no sockets on Windows |
    | `tests/test_checkout.py::TestInvoice::test_rounds:20` | xfail\_strict | acme/shop\#77 |  |  | rounding: https://github.com/acme/shop/issues/77 |
    | `tests/test_login.py::LoginTest::test_remembers:6` | skip | SHOP-388 |  |  | captcha |
    | `tests/test_search.py::test_finds_shoes:5` | skip |  |  |  | index is empty in CI |
    ");
}

#[test]
fn markdown_has_the_columns_that_were_chosen() {
    assert_snapshot!(scan(&home(), "--format markdown --columns test,kind").stdout, @r"
    | test | kind |
    |---|---|
    | test\_pays\_by\_card | xfail |
    |  | cond\_skip |
    | test\_rounds | xfail\_strict |
    | test\_remembers | skip |
    | test\_finds\_shoes | skip |
    ");
}

#[test]
fn redash_is_columns_and_rows() {
    let printed = scan(&home(), "--format redash").stdout;
    let mut document: serde_json::Value = serde_json::from_str(&printed).unwrap();
    let names: Vec<_> = document["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].clone())
        .collect();
    assert_eq!(names[..5], ["test", "ticket", "file", "repo", "branch"]);
    let rows = document["rows"].as_array_mut().unwrap();
    assert_eq!(rows.len(), 5);
    assert_snapshot!(serde_json::to_string_pretty(&rows[0]).unwrap(), @r#"
        {
          "test": "test_pays_by_card",
          "ticket": "SHOP-412",
          "file": "tests/test_checkout.py",
          "repo": "github.com/acme/shop",
          "branch": "main",
          "since": "2026-09-14",
          "declaration_id": "ff3bcc5a312140164942fe82cbf0d18f",
          "container": "",
          "test_id": "tests/test_checkout.py::test_pays_by_card",
          "line_start": 6,
          "line_end": 10,
          "language": "python",
          "framework": "pytest",
          "form": "pytest.mark.xfailflake",
          "kind": "xfail",
          "scope": "test",
          "intent": "debt",
          "runs": true,
          "strict": false,
          "strict_source": "default",
          "reason": "payment gateway times out",
          "tickets": "SHOP-412",
          "since_text": "2026-09-14",
          "dynamic": false,
          "effective": true,
          "confidence": "exact",
          "partly_parsed": false,
          "group_id": "2333e5a880b3f98dde842ef165b3ec73",
          "nth": 1,
          "opened_by": "baseline",
          "first_seen_at": "2026-11-21T07:00:00Z",
          "first_seen_commit": "e845616882b55f0643f07959c774512ff4c5a9d1",
          "last_seen_at": "2026-11-21T07:00:00Z",
          "last_seen_commit": "e845616882b55f0643f07959c774512ff4c5a9d1",
          "commit_id": "e845616882b55f0643f07959c774512ff4c5a9d1",
          "age_days": 68,
          "age_source": "declared"
        }
        "#);
}

#[test]
fn xfailflake_is_the_document_of_the_grabber() {
    assert_snapshot!(scan(&home(), "--format xfailflake").stdout, @r#"{"timestamp":"2026.11.21 07:00","xfailflakes":[{"file":"/tests/test_checkout.py","test":"test_pays_by_card","ticket":"SHOP-412","since":"2026-09-14","repo":"github.com/acme/shop","branch":"main"}]}"#);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    for format in [
        "table",
        "json",
        "jsonl",
        "csv",
        "markdown",
        "redash",
        "xfailflake",
    ] {
        let arguments = format!("--all-branches --format {format}");
        let home = home();
        let first = scan(&home, &arguments).stdout;
        assert!(!first.is_empty());
        assert_eq!(
            scan(&home, &arguments).stdout,
            first,
            "{format}, from the store"
        );
        let elsewhere = scan(&self::home(), &arguments).stdout;
        assert_eq!(elsewhere, first, "{format}, from a new store");
    }
}

#[test]
fn columns_can_be_chosen_and_are_listed() {
    let home = home();
    assert_snapshot!(scan(&home, "--columns test,ticket,since_declared").stdout, @"
    TEST               TICKET        SINCE_DECLARED
    test_pays_by_card  SHOP-412      2026-09-14

    test_rounds        acme/shop#77
    test_remembers     SHOP-388
    test_finds_shoes
    ");
    assert_snapshot!(scan(&home, "--format csv --columns line_start,test_id").stdout, @"
    line_start,test_id
    6,tests/test_checkout.py::test_pays_by_card
    15,tests/test_checkout.py::TestInvoice
    20,tests/test_checkout.py::TestInvoice::test_rounds
    6,tests/test_login.py::LoginTest::test_remembers
    5,tests/test_search.py::test_finds_shoes
    ");
    let listed = scan(&home, "--columns help").stdout;
    assert_snapshot!(listed.lines().take(4).collect::<Vec<_>>().join("\n"), @"
    declaration_id         text       Digest of all other columns and of the tickets.
    repository             text       Repository, as `host/owner/name` or as a path.
    path                   text       File, from the root of the repository, with forward slashes.
    container              text       Classes or suites around the test, outermost first, joined by `::`; empty where there is none.
    ");
    let outcome = home
        .qaduct("scan --columns tickt")
        .within("work/shop")
        .run();
    assert_snapshot!(outcome, @"
    [stderr]
    error[QU001]: there is no column `tickt`
      help: did you mean `ticket`?
    [status 2]
    ");
    let outcome = home
        .qaduct("scan --format redash --columns test")
        .within("work/shop")
        .run();
    assert_snapshot!(outcome, @"
    [stderr]
    error[QU001]: the columns of this format are fixed
      help: leave out `--columns`, or use `--format csv`
    [status 2]
    ");
}

#[test]
fn a_file_tells_its_format_by_its_ending_and_is_replaced_as_a_whole() {
    let home = home();
    let printed = scan(&home, "--format csv").stdout;
    let outcome = scan(&home, "-o mutes.csv");
    assert_eq!(outcome.stdout, "");
    assert_eq!(
        fs::read_to_string(home.path("work/shop/mutes.csv")).unwrap(),
        printed
    );
    scan(&home, "-o mutes.json");
    let document = fs::read(home.path("work/shop/mutes.json")).unwrap();
    serde_json::from_slice::<serde_json::Value>(&document).unwrap();
    let left: Vec<_> = fs::read_dir(home.path("work/shop"))
        .unwrap()
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .filter(|it| it.contains("part"))
        .collect();
    assert_eq!(left, [""; 0]);
}

#[test]
fn a_file_that_cannot_be_written_is_told_with_the_reason() {
    let home = home();
    let told = |file: &str| {
        let outcome = home
            .qaduct(&format!("scan -f csv -o {file}"))
            .within("work/shop")
            .run();
        assert_eq!(outcome.status, Some(2));
        outcome.stderr.lines().next().unwrap().to_owned()
    };
    assert_eq!(
        told("nowhere/mutes.csv"),
        "error[QU002]: cannot write nowhere/mutes.csv: there is no folder `nowhere`"
    );
    assert_eq!(
        told("tests"),
        "error[QU002]: cannot write tests: it is a folder"
    );
}

#[test]
fn a_pipe_or_device_is_written_to_and_not_replaced() {
    use std::os::unix::fs::FileTypeExt as _;
    let home = home();
    let printed = scan(&home, "--format csv").stdout;
    let pipe = home.path("work/pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::read_to_string(pipe).unwrap()
    });
    scan(&home, "--format csv -o ../pipe");
    assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
    assert_eq!(reader.join().unwrap(), printed);
}

#[test]
fn quiet_leaves_the_data_alone() {
    let home = home();
    let loud = scan(&home, "--format csv");
    let quiet = scan(&home, "--format csv --quiet");
    assert_eq!((quiet.stdout, quiet.stderr.as_str()), (loud.stdout, ""));
}
