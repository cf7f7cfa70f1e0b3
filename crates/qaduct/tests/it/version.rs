//! `qaduct version`, `completions` and `man`.

use insta::assert_snapshot;

use crate::Home;

#[test]
fn version_reads_no_configuration() {
    let home = Home::new().file("work/qaduct.toml", "this is not TOML");
    let outcome = home.qaduct("version").run();
    assert_eq!(
        outcome.stdout,
        concat!("qaduct ", env!("CARGO_PKG_VERSION"), "\n")
    );
    assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""));
}

#[test]
fn version_tells_what_a_bug_report_needs() {
    let home = Home::new();
    let text = home.qaduct("version --verbose").run().stdout;
    let lines: Vec<_> = text
        .lines()
        .map(|line| line.split(' ').next().unwrap())
        .collect();
    assert_eq!(lines, ["qaduct", "commit:", "target:", "schema"]);

    let json = home.qaduct("version --format json").run().stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(json["schema_version"], qaduct_records::SCHEMA_VERSION);
}

#[test]
fn completions_exist_for_every_shell_and_know_the_commands() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let outcome = Home::new().qaduct("completions").arg(shell).run();
        assert!(outcome.stdout.contains("config"), "{shell}: {outcome}");
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let home = Home::new();
    let outcome = home.qaduct("man --dir pages").run();
    assert_snapshot!(outcome, @r"
    [stderr]
    manual pages are in pages
    [status 0]
    ");
    let mut pages: Vec<_> = std::fs::read_dir(home.path("work/pages"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    pages.sort_unstable();
    assert_snapshot!(pages.join(" "), @r"qaduct-baseline-prune.1 qaduct-baseline-write.1 qaduct-baseline.1 qaduct-chart.1 qaduct-check.1 qaduct-completions.1 qaduct-config-check.1 qaduct-config-default.1 qaduct-config-schema.1 qaduct-config-show.1 qaduct-config.1 qaduct-db-prune.1 qaduct-db.1 qaduct-diff.1 qaduct-explain.1 qaduct-publish.1 qaduct-pull.1 qaduct-replay.1 qaduct-run.1 qaduct-scan.1 qaduct-schedule-export.1 qaduct-schedule.1 qaduct-serve.1 qaduct-sources-discover.1 qaduct-sources-list.1 qaduct-sources-schema.1 qaduct-sources-test.1 qaduct-sources.1 qaduct-status.1 qaduct-version.1 qaduct-xfailflake-dump.1 qaduct-xfailflake-redshift.1 qaduct-xfailflake-serve.1 qaduct-xfailflake.1 qaduct.1");
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    assert_snapshot!(Home::new().file("work/pages", "").qaduct("man --dir pages").run(), @r"
    [stderr]
    error[QU002]: cannot write `pages`: File exists (os error 17)
      help: see that it can be written, or write to another place
    [status 2]
    ");
}
