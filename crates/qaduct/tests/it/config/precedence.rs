//! Flag over variable over variables of others over project over user over
//! default: one test a step. (The step of flags is tested beside the code, as
//! no command here has one.)

use crate::Home;

const USER: &str = ".config/qaduct/config.toml";
const PROJECT: &str = "work/qaduct.toml";

/// The line of a key in the settings with their origins.
fn line(home: &Home, key: &str, variables: &[(&str, &str)]) -> String {
    let mut run = home.qaduct("config show --origin");
    for (name, value) in variables {
        run = run.env(name, value);
    }
    let outcome = run.run();
    let found = outcome
        .stdout
        .lines()
        .find(|line| line.starts_with(&format!("{key} = ")));
    found
        .unwrap_or_else(|| panic!("no `{key}` in\n{outcome}"))
        .to_owned()
}

#[test]
fn the_default_holds_where_nobody_says_anything() {
    assert_eq!(
        line(&Home::new(), "url", &[]),
        r#"url = "qaduct.db"  # default"#
    );
}

#[test]
fn the_file_of_the_user_is_over_the_default() {
    let home = Home::new().file(USER, "[store]\nurl = \"/user.db\"\n");
    assert_eq!(
        line(&home, "url", &[]),
        r#"url = "/user.db"  # [HOME]/.config/qaduct/config.toml:2"#
    );
}

#[test]
fn the_file_of_the_project_is_over_that_of_the_user() {
    let home = Home::new()
        .file(
            USER,
            "[store]\nurl = \"/user.db\"\n[serve]\nbind = \"[::1]:80\"\n",
        )
        .file(PROJECT, "[store]\nurl = \"project.db\"\n");
    assert_eq!(
        line(&home, "url", &[]),
        r#"url = "project.db"  # qaduct.toml:2"#
    );
    assert_eq!(
        line(&home, "bind", &[]),
        r#"bind = "[::1]:80"  # [HOME]/.config/qaduct/config.toml:4"#
    );
}

#[test]
fn variables_of_other_programs_are_over_files() {
    let home = Home::new().file(
        PROJECT,
        "[xfailflake.redshift]\nport = 1\n\
         [git.hosts.\"github.com\"]\nuser = \"me\"\ntoken = { file = \"/token\" }\n",
    );
    let variables = [("POSTGRES_PORT", "2"), ("GITHUB_TOKEN", "hunter2")];
    assert_eq!(
        line(&home, "port", &variables),
        "port = 2  # variable POSTGRES_PORT"
    );
    assert_eq!(
        line(&home, "token", &variables),
        r#"token = { env = "GITHUB_TOKEN" }  # variable GITHUB_TOKEN"#
    );
    assert_eq!(
        line(&home, "user", &variables),
        r#"user = "me"  # qaduct.toml:4"#
    );
}

#[test]
fn of_two_variables_for_one_key_the_first_of_the_list_counts() {
    let variables = [("GITHUB_TOKEN", "a"), ("GH_TOKEN", "b")];
    assert_eq!(
        line(&Home::new(), "token", &variables),
        r#"token = { env = "GH_TOKEN" }  # variable GH_TOKEN"#
    );
}

#[test]
fn our_variables_are_over_those_of_other_programs() {
    let variables = [
        ("POSTGRES_PORT", "2"),
        ("QADUCT_XFAILFLAKE__REDSHIFT__PORT", "3"),
    ];
    assert_eq!(
        line(&Home::new(), "port", &variables),
        "port = 3  # variable QADUCT_XFAILFLAKE__REDSHIFT__PORT"
    );
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let variables = [("POSTGRES_PORT", ""), ("QADUCT_STORE__URL", "")];
    assert_eq!(
        line(&Home::new(), "url", &variables),
        r#"url = "qaduct.db"  # default"#
    );
    assert_eq!(
        line(&Home::new(), "port", &variables),
        "port = 5439  # default"
    );
}

#[test]
fn a_variable_can_hold_a_list() {
    for text in ["main, release-*", r#"["main", "release-*"]"#] {
        assert_eq!(
            line(&Home::new(), "branches", &[("QADUCT_SCAN__BRANCHES", text)]),
            r#"branches = ["main", "release-*"]  # variable QADUCT_SCAN__BRANCHES"#
        );
    }
}

#[test]
fn a_variable_can_hold_a_secret_or_name_its_file() {
    assert_eq!(
        line(&Home::new(), "token", &[("QADUCT_SERVE__TOKEN", "hunter2")]),
        r#"token = { env = "QADUCT_SERVE__TOKEN" }  # variable QADUCT_SERVE__TOKEN"#
    );
    assert_eq!(
        line(
            &Home::new(),
            "token",
            &[("QADUCT_SERVE__TOKEN__FILE", "/run/token")]
        ),
        r#"token = { file = "/run/token" }  # variable QADUCT_SERVE__TOKEN__FILE"#
    );
}

#[test]
fn a_variable_can_reach_into_a_table_of_free_names() {
    assert_eq!(
        line(
            &Home::new(),
            "user",
            &[("QADUCT_GIT__HOSTS__LOCALHOST__USER", "me")]
        ),
        r#"user = "me"  # variable QADUCT_GIT__HOSTS__LOCALHOST__USER"#
    );
}

#[test]
fn a_stronger_list_or_secret_replaces_the_weaker_one() {
    let home = Home::new()
        .file(
            USER,
            "[scan]\nbranches = [\"a\"]\n[serve]\ntoken = { env = \"A\" }\n",
        )
        .file(
            PROJECT,
            "[scan]\nbranches = [\"b\"]\n[serve]\ntoken = { file = \"/b\" }\n",
        );
    assert_eq!(
        line(&home, "branches", &[]),
        r#"branches = ["b"]  # qaduct.toml:2"#
    );
    assert_eq!(
        line(&home, "token", &[]),
        r#"token = { file = "/b" }  # qaduct.toml:4"#
    );
}
