//! What `check` says of tickets: by what was pulled, and by how much of it was.

use crate::Home;
use crate::repo::Repo;

/// A database into which Jira and GitHub were pulled, as far as these tickets go.
fn pulled(home: &Home) {
    let path = home.path("work/pulled.db");
    let mut store = qaduct_stores::open(path.to_str().unwrap(), None).unwrap();
    let mut views = qaduct_models::views();
    views.extend(qaduct_models::reports());
    store.migrate(&qaduct::wire::tables(), &views).unwrap();
    drop(store);
    let database = rusqlite::Connection::open(path).unwrap();
    let seen = "'2026-11-01T00:00:00.000000Z', '2026-11-01T00:00:00.000000Z', 'r'";
    let jira = "INSERT INTO jira_issues (source, issue_id, issue_key, project_key, created_at, status, \
                status_category, resolution, _gone, _first_seen_at, _changed_at, _request_id)";
    let github = "INSERT INTO github_issues (source, issue_id, repository, number, state, \
                  state_reason, _first_seen_at, _changed_at, _request_id)";
    let whole =
        "INSERT INTO pull_parts (source, stream, part, watermark, completed_at, rows_so_far)";
    let sql = format!(
        "{jira} VALUES ('jira', 1, 'SHOP-1', 'SHOP', '2026-08-01T00:00:00.000000Z', 'In progress', 'indeterminate', NULL, NULL, {seen}),
                       ('jira', 2, 'SHOP-2', 'SHOP', '2026-08-02T00:00:00.000000Z', 'Done', 'done', 'Won''t do', NULL, {seen}),
                       ('jira', 8, 'SHOP-8', 'SHOP', '2026-08-08T00:00:00.000000Z', 'Open', 'new', NULL, NULL, {seen}),
                       ('jira', 3, 'SHOP-3', 'SHOP', '2026-08-03T00:00:00.000000Z', 'Done', 'done', NULL, 'left', {seen});
         {whole} VALUES ('jira', 'issues', 'project_key=SHOP', '2026-11-01T00:00:00.000000Z',
                         '2026-11-01T00:00:00.000000Z', 0);
         {github} VALUES ('github', 1, 'acme/shop', 7, 'closed', 'completed', {seen});"
    );
    database.execute_batch(&sql).unwrap();
}

#[test]
fn tickets_are_looked_up_in_what_was_pulled() {
    let home = Home::new();
    let home = home.file(
        "work/qaduct.toml",
        "[tickets]\nprojects = ['SHOP', 'OTHER']\n\n[source.jira]\nurl = 'https://jira.example.org'\n",
    );
    let mut repo = Repo::new(home.path("work"));
    let tickets = [
        "SHOP-1",
        "SHOP-2",
        "SHOP-3",
        "SHOP-4",
        "SHOP-9",
        "OTHER-1",
        "https://github.com/acme/shop/issues/7",
        "SHOP-2 and SHOP-1",
    ];
    let mutes = tickets.iter().enumerate().map(|(at, ticket)| {
        format!("@pytest.mark.skip(reason='{ticket}')\ndef test_{at}(): pass\n\n")
    });
    let text = format!("import pytest\n\n{}", mutes.collect::<String>());
    repo.file("test_a.py", text).file(".gitignore", "*.db\n");
    repo.commit("Before");
    pulled(&home);
    let run = home.qaduct("check --store pulled.db --fail-on QM002").run();
    insta::assert_snapshot!(run, @r"
        test_a.py:6   error    QM002 ticket-closed  SHOP-2 is closed (Done, Won't do)  [test_1]
        test_a.py:12  error    QM002 ticket-closed  SHOP-4 does not exist or is hidden  [test_3]
        test_a.py:21  error    QM002 ticket-closed  acme/shop#7 is closed (completed)  [test_6]

        3 errors; 8 mutes
        QM002 ticket-closed not judged for 3 mutes: no tracker of the ticket is in the database
        QM004 too-old not judged for 8 mutes: nobody knows since when the mute is there
        QM006 no-owner not judged for 8 mutes: neither CODEOWNERS nor the settings name owners
        next: take the mute away, or name the ticket under which the rest is done (`qaduct explain QM002`)
        [status 1]
        ");
    // The file of the settings is asked as well; one that is not there is no error.
    let other = home
        .qaduct("check --fail-on QM002")
        .env("QADUCT_STORE__URL", "pulled.db");
    assert_eq!(other.run().stdout, run.stdout);
    assert_eq!(home.qaduct("check --fail-on QM002").run().status, Some(3));
    assert_eq!(
        home.qaduct("check --store nowhere.db").run().status,
        Some(6)
    );
}

/// What is said of SHOP-4, which is not in the database, after this has been done to it.
fn said_of_a_ticket_that_is_not_there(settings: &str, sql: &str) -> String {
    let home = Home::new();
    let settings = format!("[tickets]\nprojects = ['SHOP']\n\n{settings}");
    let home = home.file("work/qaduct.toml", &settings);
    let mut repo = Repo::new(home.path("work"));
    let text = "import pytest\n\n@pytest.mark.skip(reason='SHOP-4')\ndef test_a(): pass\n";
    repo.file("test_a.py", text).file(".gitignore", "*.db\n");
    repo.commit("Before");
    pulled(&home);
    let database = rusqlite::Connection::open(home.path("work/pulled.db")).unwrap();
    database.execute_batch(sql).unwrap();
    drop(database);
    let run = home.qaduct("check --store pulled.db --fail-on QM002").run();
    let mut lines = run.stdout.lines();
    let line = lines.find(|it| it.contains("QM002")).unwrap_or("nothing");
    line.to_owned()
}

#[test]
fn that_a_ticket_does_not_exist_is_said_only_where_it_would_have_been_read() {
    const JIRA: &str = "[source.jira]\nurl = 'https://jira.example.org'\n";
    let absent = "test_a.py:3  error    QM002 ticket-closed  SHOP-4 does not exist or is hidden";
    let unknown =
        "QM002 ticket-closed not judged for 1 mute: no tracker of the ticket is in the database";
    let cases = [
        // All of its project was read, and there are later tickets.
        (JIRA, "", absent),
        // Nobody pulls Jira; a pull that was limited or cut off keeps no part that is whole.
        ("", "", unknown),
        (JIRA, "DELETE FROM pull_parts", unknown),
        (JIRA, "UPDATE pull_parts SET completed_at = NULL", unknown),
        // Not all was asked for: what changed since a day, a question, another project.
        (
            JIRA,
            "UPDATE pull_parts SET since = '2026-10-01T00:00:00.000000Z'",
            unknown,
        ),
        (JIRA, "UPDATE pull_parts SET aside = 'range'", unknown),
        (JIRA, "UPDATE pull_parts SET part = 'query=mine'", unknown),
        (
            JIRA,
            "UPDATE pull_parts SET part = 'project_key=SHOPS'",
            unknown,
        ),
        // It may have been filed since.
        (JIRA, "DELETE FROM jira_issues WHERE issue_id = 8", unknown),
        (
            JIRA,
            "UPDATE pull_parts SET watermark = '2026-08-05T00:00:00.000000Z'",
            unknown,
        ),
        // It has another key now.
        (
            JIRA,
            "INSERT INTO jira_changes (source, issue_id, change_id, ordinal, field, from_text, \
             to_text, _first_seen_at, _changed_at, _request_id) VALUES ('jira', 7, 1, 0, 'Key', \
             'SHOP-4', 'OTHER-9', '', '', 'r')",
            unknown,
        ),
    ];
    for (settings, sql, expected) in cases {
        let said = said_of_a_ticket_that_is_not_there(settings, sql);
        assert!(said.starts_with(expected), "{sql}: {said}");
    }
}
