//! Which files are read.

use std::fs;

use insta::assert_snapshot;

use crate::Home;

const ONE: &str = "[tickets]\nprojects = [\"ONE\"]\n";

#[test]
fn the_file_is_found_by_walking_up() {
    let home = Home::new().file("work/qaduct.toml", ONE);
    assert_snapshot!(home.qaduct("config check").within("work/a/b").run(), @r"
    [stderr]
    [HOME]/work/qaduct.toml is fine
    [status 0]
    ");
}

#[test]
fn the_file_may_be_among_other_settings() {
    let home = Home::new().file("work/.config/qaduct.toml", ONE);
    assert_snapshot!(home.qaduct("config check").within("work/a").run(), @r"
    [stderr]
    [HOME]/work/.config/qaduct.toml is fine
    [status 0]
    ");
}

#[test]
fn the_walk_ends_at_the_root_of_the_repository() {
    let home = Home::new().file("qaduct.toml", "not TOML");
    fs::create_dir(home.path("work/.git")).unwrap();
    assert_snapshot!(home.qaduct("config check").within("work/a").run(), @r"
    [stderr]
    no configuration file; the defaults are in effect
    [status 0]
    ");
}

#[test]
fn two_files_in_one_folder_are_one_too_many() {
    let home = Home::new()
        .file("work/qaduct.toml", ONE)
        .file("work/.config/qaduct.toml", ONE);
    assert_snapshot!(home.qaduct("config check").run(), @r"
    [stderr]
    error[QC002]: [HOME]/work/qaduct.toml and [HOME]/work/.config/qaduct.toml are both there
      help: move everything into one of them
    [status 2]
    ");
}

#[test]
fn a_file_can_be_named_and_has_to_exist() {
    let home = Home::new()
        .file("work/qaduct.toml", "not TOML")
        .file("else/x.toml", ONE);
    assert_snapshot!(home.qaduct("config check --config ../else/x.toml").run(), @r"
    [stderr]
    ../else/x.toml is fine
    [status 0]
    ");
    assert_snapshot!(home.qaduct("config check").env("QADUCT_CONFIG", "../else/x.toml").run(), @r"
    [stderr]
    ../else/x.toml is fine
    [status 0]
    ");
    assert_snapshot!(home.qaduct("config check --config nowhere.toml").run(), @r"
    [stderr]
    error[QC002]: cannot read nowhere.toml: No such file or directory (os error 2)
      help: name another file with `--config`, or none with `--no-config`
    [status 2]
    ");
}

#[test]
fn without_files_the_environment_still_counts() {
    let home = Home::new()
        .file("work/qaduct.toml", "not TOML")
        .file(".config/qaduct/config.toml", "not TOML");
    let run = home
        .qaduct("config show --no-config")
        .env("QADUCT_STORE__URL", "x.db")
        .run();
    assert!(run.stdout.contains("url = \"x.db\"\n"), "{run}");
}

#[test]
fn the_folder_of_the_user_can_be_elsewhere() {
    let home = Home::new().file("xdg/qaduct/config.toml", ONE);
    let xdg = home.path("xdg");
    assert_snapshot!(home.qaduct("config check").env("XDG_CONFIG_HOME", xdg).run(), @r"
    [stderr]
    [HOME]/xdg/qaduct/config.toml is fine
    [status 0]
    ");
}

#[test]
fn relative_paths_start_from_the_file_that_names_them() {
    let home = Home::new().file(
        "work/.config/qaduct.toml",
        "[store]\nurl = \"mutes.db\"\npassword = { file = \"password\" }\n\
         [scan]\ncache_dir = \"cache\"\nrepositories = [{ location = \"../shop\" }]\n",
    );
    let outcome = home.qaduct("config show").within("work/a").run();
    assert_snapshot!(outcome, @r#"
        extract = []
        manifest = []
        mark = []
        owner = []

        [check]
        exempt = ["platform", "environment", "intentional"]
        fail_on = ["error"]
        max_age_days = 90
        projects = []
        warn_age_days = 14

        [freshness]
        error_after = "7days"
        warn_after = "2days"

        [reports]
        automated = ["Automated", "Completed"]
        automation_coverage_field = "custom_automation_coverage"
        automation_status_field = "custom_automation_status"
        automation_users = []
        capacity_margin = 0
        ignored_authors = []
        sub_suite_field = "custom_sub_test_suites"
        suitable = ["Suitable"]
        unsuitable = ["Unsuitable"]

        [run]
        at_once = 2
        grace = "15s"
        lease = "2m"

        [scan]
        branches = []
        cache_dir = "[HOME]/work/cache"
        exclude = []
        include = []
        include_vendored = false
        repositories = [{ location = "[HOME]/work/../shop" }]

        [serve]
        bind = "127.0.0.1:7700"

        [store]
        compatibility = []
        password = { file = "[HOME]/work/password" }
        url = "[HOME]/work/mutes.db"

        [tickets]
        not_projects = []
        projects = []

        [xfailflake.redshift]
        port = 5439
        [status 0]
        "#);
}

#[test]
fn a_file_means_the_same_paths_whether_it_is_found_or_named() {
    let home = Home::new().file("work/.config/qaduct.toml", "[store]\nurl = \"mutes.db\"\n");
    let found = home.qaduct("config show").within("work/a").run();
    let named = home.qaduct("config show --config ../.config/qaduct.toml");
    let named = named.within("work/a").run();
    assert!(
        found.stdout.contains("url = \"[HOME]/work/mutes.db\""),
        "{found}"
    );
    assert_eq!(named.stdout.replace("/a/..", ""), found.stdout);
}
