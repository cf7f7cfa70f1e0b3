//! What `qaduct config` prints.

use insta::assert_snapshot;
use serde_json::json;

use crate::Home;

#[test]
fn every_setting_is_shown_with_its_origin() {
    let home = Home::new().file(
        ".config/qaduct/config.toml",
        "[git.hosts.\"example.org\"]\ntoken = { command = [\"op\", \"read\"] }\n\
         [[mark]]\nname = \"broken\"\nkind = \"skip\"\n",
    );
    assert_snapshot!(home.qaduct("config show --origin").env("GH_TOKEN", "hunter2").run(), @r#"
        extract = []  # default
        manifest = []  # default
        mark = [{ kind = "skip", name = "broken" }]  # [HOME]/.config/qaduct/config.toml:3
        owner = []  # default

        [check]
        exempt = ["platform", "environment", "intentional"]  # default
        fail_on = ["error"]  # default
        max_age_days = 90  # default
        projects = []  # default
        warn_age_days = 14  # default

        [freshness]
        error_after = "7days"  # default
        warn_after = "2days"  # default

        [git.hosts."example.org"]
        token = { command = ["op", "read"] }  # [HOME]/.config/qaduct/config.toml:2

        [git.hosts."github.com"]
        token = { env = "GH_TOKEN" }  # variable GH_TOKEN

        [reports]
        automated = ["Automated", "Completed"]  # default
        automation_coverage_field = "custom_automation_coverage"  # default
        automation_status_field = "custom_automation_status"  # default
        automation_users = []  # default
        capacity_margin = 0  # default
        ignored_authors = []  # default
        sub_suite_field = "custom_sub_test_suites"  # default
        suitable = ["Suitable"]  # default
        unsuitable = ["Unsuitable"]  # default

        [run]
        at_once = 2  # default
        grace = "15s"  # default
        lease = "2m"  # default

        [scan]
        branches = []  # default
        exclude = []  # default
        include = []  # default
        include_vendored = false  # default
        repositories = []  # default

        [serve]
        bind = "127.0.0.1:7700"  # default

        [store]
        compatibility = []  # default
        url = "qaduct.db"  # default

        [tickets]
        not_projects = []  # default
        projects = []  # default

        [xfailflake.redshift]
        port = 5439  # default
        [status 0]
        "#);
}

#[test]
fn what_is_shown_can_be_read_again() {
    let home = Home::new().file(
        "work/qaduct.toml",
        "[scan]\nrepositories = [{ location = \"https://x.org/a\", branches = [\"*\"] }]\n\
         [serve]\nrescan = \"90min\"\n[git.hosts.\"x.org\"]\nuser = \"me \\\" you\"\n",
    );
    let first = home.qaduct("config show").run().stdout;
    let home = home.file("work/again.toml", &first);
    let second = home.qaduct("config show --config again.toml").run();
    assert_eq!(second.stdout, first, "{second}");
}

#[test]
fn json_is_a_tree_or_a_list_with_origins() {
    let home = Home::new();
    let run = |arguments: &str| {
        let text = home.qaduct(arguments).run().stdout;
        serde_json::from_str::<serde_json::Value>(&text).unwrap()
    };
    assert_eq!(
        run("config show --format json")["store"],
        json!({ "compatibility": [], "url": "qaduct.db" })
    );
    let list = run("config show --format json --origin");
    let url = json!({ "key": "store.url", "value": "qaduct.db", "origin": "default" });
    assert!(list.as_array().unwrap().contains(&url), "{list}");
}

#[test]
fn the_default_file_changes_nothing() {
    let home = Home::new();
    let default = home.qaduct("config default").run().stdout;
    let before = home.qaduct("config show").run().stdout;
    let home = home.file("work/qaduct.toml", &default);
    assert_eq!(home.qaduct("config show").run().stdout, before);
}

#[test]
fn the_schema_accepts_what_the_program_accepts() {
    let home = Home::new();
    let schema = home.qaduct("config schema").run().stdout;
    let schema = serde_json::from_str(&schema).unwrap();
    let valid = jsonschema::validator_for(&schema).unwrap();
    let good = home
        .qaduct("config show --format json")
        .env("GH_TOKEN", "x")
        .run()
        .stdout;
    let good: serde_json::Value = serde_json::from_str(&good).unwrap();
    assert!(valid.is_valid(&good), "{:?}", valid.validate(&good));
    for bad in [
        json!({ "stroe": {} }),
        json!({ "store": { "password": "hunter2" } }),
        json!({ "store": { "password": { "env": "A", "file": "B" } } }),
        json!({ "mark": [{ "name": "x", "kind": "xfial" }] }),
        json!({ "mark": [{ "kind": "skip" }] }),
        json!({ "xfailflake": { "redshift": { "port": 70_000 } } }),
    ] {
        assert!(!valid.is_valid(&bad), "{bad}");
    }
}
