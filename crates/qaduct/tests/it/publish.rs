//! What is stored comes to people: files and objects.

use std::fs;

use insta::assert_snapshot;

use crate::Home;
use crate::repo::Repo;

const SETTINGS: &str = r#"
[export.weekly]
view = "v_mutes_weekly"
columns = ["branch", "week", "newly_muted"]
to = "reports/weekly.csv"

[export.mutes]
view = "v_mutes_current"
columns = ["test", "ticket"]
where = { branch = ["main"] }
to = "reports/mutes.jsonl"
"#;

/// A folder with the settings and a store in which one test is muted.
fn scanned() -> Home {
    let home = Home::new().file("work/qaduct.toml", SETTINGS);
    let mut repo = Repo::new(home.path("work/repo"));
    repo.file(
        "test_a.py",
        "import pytest\n\n\n@pytest.mark.skip(reason=\"SHOP-1\")\ndef test_a():\n    pass\n",
    );
    repo.commit("SHOP-1: mute");
    let outcome = home.qaduct("scan repo -q -o /dev/null").run();
    assert_eq!(outcome.status, Some(0), "{outcome}");
    home
}

#[test]
fn rows_of_views_become_files_and_only_what_differs_is_written_again() {
    let home = scanned();
    let publish = |flags: &str| home.qaduct(&format!("publish {flags}")).run();

    let outcome = publish("--dry-run");
    assert_eq!(outcome.status, Some(0), "{outcome}");
    assert_snapshot!(outcome.stdout, @r"
        PUBLICATION    TARGET               EFFECT            DETAIL
        export.mutes   reports/mutes.jsonl  would be created  1 rows of v_mutes_current
        export.weekly  reports/weekly.csv   would be created  0 rows of v_mutes_weekly
        ");
    assert!(!home.path("work/reports").exists());

    let outcome = publish("");
    assert_snapshot!(outcome.stdout, @r"
        PUBLICATION    TARGET               EFFECT   DETAIL
        export.mutes   reports/mutes.jsonl  created  1 rows of v_mutes_current
        export.weekly  reports/weekly.csv   created  0 rows of v_mutes_weekly
        ");
    assert_snapshot!(fs::read_to_string(home.path("work/reports/mutes.jsonl")).unwrap(), @r#"{"test":"test_a","ticket":"SHOP-1"}"#);

    let before = fs::metadata(home.path("work/reports/mutes.jsonl")).unwrap();
    let outcome = publish("export.mutes");
    assert_snapshot!(outcome.stdout, @r"
        PUBLICATION   TARGET               EFFECT     DETAIL
        export.mutes  reports/mutes.jsonl  unchanged  1 rows of v_mutes_current
        ");
    let after = fs::metadata(home.path("work/reports/mutes.jsonl")).unwrap();
    assert_eq!(before.modified().unwrap(), after.modified().unwrap());
}

#[test]
fn a_parquet_file_is_written_once_as_long_as_its_rows_are_the_same() {
    let home = scanned();
    let settings = "[export.mutes]\nview = \"v_mutes_current\"\nto = \"mutes.parquet\"\n";
    fs::write(home.path("work/qaduct.toml"), settings).unwrap();
    let publish = || home.qaduct("publish").run().stdout;
    assert_snapshot!(publish(), @r"
        PUBLICATION   TARGET         EFFECT   DETAIL
        export.mutes  mutes.parquet  created  1 rows of v_mutes_current
        ");
    assert_snapshot!(publish(), @r"
        PUBLICATION   TARGET         EFFECT     DETAIL
        export.mutes  mutes.parquet  unchanged  1 rows of v_mutes_current
        ");
    assert!(
        fs::read(home.path("work/mutes.parquet"))
            .unwrap()
            .starts_with(b"PAR1")
    );
}

#[test]
fn one_publication_that_cannot_be_made_does_not_keep_the_others_from_it() {
    let home = scanned();
    let settings =
        format!("{SETTINGS}\n[export.wrong]\nview = \"v_mutes_curent\"\nto = \"x.csv\"\n");
    fs::write(home.path("work/qaduct.toml"), settings).unwrap();
    let outcome = home.qaduct("publish").run();
    assert_eq!(outcome.status, Some(3));
    assert_snapshot!(outcome.stderr, @r"
        error[QO400]: [export.wrong]: there is no view `v_mutes_curent`; did you mean `v_mutes_current`?
          publication export.wrong
          help: `qaduct config check` tells whether the rest fits
        ");
    assert!(home.path("work/reports/weekly.csv").exists());

    let outcome = home.qaduct("publish export.wrong").run();
    assert_eq!(outcome.status, Some(2));

    let outcome = home.qaduct("publish export.weakly").run();
    assert_eq!(outcome.status, Some(2));
    assert_snapshot!(outcome.stderr, @r"
        error[QU001]: there is no publication `export.weakly`
          help: did you mean `export.weekly`?
        ");
}

#[test]
fn a_file_that_cannot_be_written_is_named_as_it_was_typed() {
    let home = scanned();
    fs::write(home.path("work/reports"), "no folder").unwrap();
    assert_snapshot!(home.qaduct("publish export.weekly").run(), @r"
        [stderr]
        error[QU002]: reports/weekly.csv: Not a directory (os error 20)
          publication export.weekly
          help: see that it can be written, or set `to` to another place
        [status 2]
        ");
    let settings = SETTINGS.replace("reports/weekly.csv", "/proc/weekly.csv");
    fs::write(home.path("work/qaduct.toml"), settings).unwrap();
    assert_snapshot!(home.qaduct("publish export.weekly").run(), @r"
        [stderr]
        error[QU002]: /proc/weekly.csv: entity not found
          publication export.weekly
          help: see that it can be written, or set `to` to another place
        [status 2]
        ");
}

#[test]
fn rows_go_into_a_bucket_and_only_what_differs_is_put_again() {
    use crate::stands::{TOKEN, serve};
    let server = serve(qaduct_replay::World::empty(), &[]);
    let home = scanned();
    let settings = format!(
        "[bucket.qa]\nendpoint = \"{}\"\npath_style = true\n\
         [export.mutes]\nview = \"v_mutes_current\"\ncolumns = [\"test\"]\nto = \"s3://qa/mutes/{{date}}.csv\"\n",
        server.url("s3")
    );
    fs::write(home.path("work/qaduct.toml"), settings).unwrap();
    let publish = |flags: &str, secret: &str| {
        let run = home.qaduct(&format!("publish {flags}"));
        let run = run.env("AWS_ACCESS_KEY_ID", "replay");
        run.env("AWS_SECRET_ACCESS_KEY", secret).run()
    };
    let outcome = publish("", "pl4nted-wrong-key");
    assert_eq!(outcome.status, Some(4));
    let said = outcome
        .stderr
        .replace(&server.address().to_string(), "HOST");
    assert_snapshot!(said, @r"
        error[QO403]: [export.mutes]: HEAD http://HOST/s3/qa/mutes/2026-11-21.csv: status 403
          publication export.mutes
          help: check the key, its secret and the region; the key needs s3:GetObject, s3:ListBucket and s3:PutObject, or roles/storage.objectAdmin
        ");
    assert_snapshot!(publish("--dry-run", TOKEN).stdout, @r"
        PUBLICATION   TARGET                        EFFECT            DETAIL
        export.mutes  s3://qa/mutes/2026-11-21.csv  would be created  1 rows of v_mutes_current
        ");
    assert_snapshot!(publish("", TOKEN).stdout, @r"
        PUBLICATION   TARGET                        EFFECT   DETAIL
        export.mutes  s3://qa/mutes/2026-11-21.csv  created  1 rows of v_mutes_current
        ");
    assert_snapshot!(publish("", TOKEN).stdout, @r"
        PUBLICATION   TARGET                        EFFECT     DETAIL
        export.mutes  s3://qa/mutes/2026-11-21.csv  unchanged  1 rows of v_mutes_current
        ");
    let world = server.world();
    let object = world.get("s3.objects", "qa/mutes/2026-11-21.csv").unwrap();
    assert_eq!(object["text"], "test\r\ntest_a\r\n");
    drop(world);
    assert_eq!(server.violations(), [""; 0]);

    let outcome = home.qaduct("publish export.mutes").run();
    assert_snapshot!(outcome.stderr, @r"
        error[QC009]: cannot read the secret `bucket.qa.key_id`: variable AWS_ACCESS_KEY_ID is not set
          publication export.mutes
          help: set AWS_ACCESS_KEY_ID, or let `bucket.qa.key_id` refer to another place
        ");
}
