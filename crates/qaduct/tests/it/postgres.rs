//! The program and a real PostgreSQL: as its store, and as the grabber's table.

use insta::assert_snapshot;

use crate::Home;
use crate::database_server::{Database, PASSWORD, USER};
use crate::history::Story;
use crate::home::Outcome;
use crate::repo::Repo;
use crate::rows::Rows;

#[test]
fn the_same_story_gives_the_same_rows_as_in_sqlite() {
    let mut here = Story::new();
    here.tell("");
    let database = Database::postgres();
    let mut there = Story::new();
    there.tell(&format!("--store {}", database.url()));
    let (here, there) = (here.rows(), Rows::of(database.url()));
    assert_eq!(there.all(), here.all());
    for (view, columns) in [
        (
            "v_mutes_changes",
            ["branch", "day", "event", "cause", "test_id"].as_slice(),
        ),
        (
            "v_mutes_weekly",
            &["branch", "week", "newly_muted", "unmuted", "net"],
        ),
        (
            "v_mutes_trend",
            &["branch", "day", "newly_muted", "unmuted", "muted"],
        ),
        ("v_branch_drift", &["branch", "other_branch", "test_id"]),
    ] {
        assert_eq!(
            there.view(view, columns),
            here.view(view, columns),
            "{view}"
        );
    }
}

#[test]
fn scans_at_once_into_one_database_give_the_rows_of_one() {
    let home = Home::new();
    Repo::shop(home.path("work/shop"));
    let scan = |database: &Database| {
        let arguments = format!("scan shop --all-branches -qq --store {}", database.url());
        let mut command = home.qaduct(&arguments).command();
        command.stdout(std::process::Stdio::null()).spawn().unwrap()
    };
    let (alone, shared) = (Database::postgres(), Database::postgres());
    assert!(scan(&alone).wait().unwrap().success());
    let scans: Vec<_> = (0..4).map(|_| scan(&shared)).collect();
    for mut scan in scans {
        assert!(scan.wait().unwrap().success());
    }
    assert_eq!(Rows::of(shared.url()).all(), Rows::of(alone.url()).all());
}

#[test]
fn the_password_of_the_store_is_a_reference_or_pgpassword() {
    let database = Database::postgres();
    let home = Home::new().file(
        "work/qaduct.toml",
        &format!(
            "[store]\nurl = \"{}\"\npassword = {{ env = \"QA_DATABASE\" }}\n",
            database.tcp_url()
        ),
    );
    Repo::shop(home.path("work/shop"));
    let scan = |name: &str, password: &str| {
        let outcome = home
            .qaduct("scan shop -q -f csv --columns test")
            .env(name, password)
            .run();
        let text = outcome.to_string();
        assert!(!text.contains(password), "{text}");
        (outcome.status, text.replace(&database.tcp_url(), "[STORE]"))
    };
    assert_eq!(scan("QA_DATABASE", PASSWORD).0, Some(0));
    let (status, text) = scan("QA_DATABASE", "wr0ng-and-planted");
    assert_eq!(status, Some(6));
    assert_snapshot!(text, @r#"
        [stderr]
        error[QD002]: cannot open [STORE]: password authentication failed for user "qaduct"
          help: check the address, the user and the password, and that the server has the database; `qaduct config show --origin` tells where they come from
        [status 6]
        "#);
    assert_snapshot!(scan("OTHER", "unused").1, @"
    [stderr]
    error[QC009]: cannot read the secret `store.password`: variable QA_DATABASE is not set
      help: set QA_DATABASE, or let `store.password` refer to another place
    [status 4]
    ");
    let url = format!(
        "scan shop -q -f csv --columns test --no-config --store {}",
        database.tcp_url()
    );
    assert_eq!(
        home.qaduct(&url).env("PGPASSWORD", PASSWORD).run().status,
        Some(0)
    );
}

/// Pushes the shop's branch `main` with the grabber's variables.
fn push(home: &Home, database: &Database, password: &str) -> Outcome {
    home.qaduct("xfailflake redshift shop main")
        .env("POSTGRES_HOST", "127.0.0.1")
        .env("POSTGRES_PORT", database.port().to_string())
        .env("POSTGRES_DB", database.name())
        .env("POSTGRES_USER", USER)
        .env("POSTGRES_PASSWORD", password)
        .run()
}

/// What a push said, without what is another one in every run.
fn said(outcome: &Outcome, database: &Database) -> String {
    let place = format!("127.0.0.1:{}/{}", database.port(), database.name());
    outcome
        .to_string()
        .replace(&place, "[DATABASE]")
        .replace(&database.port().to_string(), "[PORT]")
}

/// The shop with one more mark of the grabber, and that under a name of its own.
fn shop() -> Home {
    let home = Home::new();
    let mut shop = Repo::shop(home.path("work/shop"));
    shop.file(
        "tests/test_stock.py",
        "from common import xfailflake\n\n\n\
         @xfailflake(jira=\"SHOP-500\", reason=\"caf\u{e9}\", since=\"soon\")\n\
         def test_counts():\n    assert False\n",
    );
    // Two tests of one name, which the table cannot tell apart.
    let twin = "    @pytest.mark.xfailflake(jira=\"SHOP-7\", reason=\"r\", since=\"2026-01-02\")\n    \
                def test_twin(self):\n        assert False\n";
    let twins = format!("import pytest\n\n\nclass TestA:\n{twin}\n\nclass TestB:\n{twin}");
    shop.file("tests/test_twins.py", twins);
    shop.file(
        "tests/common.py",
        "import pytest\n\nxfailflake = pytest.mark.xfailflake\n",
    );
    shop.commit("Count");
    home
}

const HISTORY: &str = "SELECT test, ticket, file, repo, branch, timestamp, since \
                       FROM dashboards.xfailflake_history_v1 ORDER BY test";

#[test]
fn a_push_fills_the_table_of_the_grabber_and_the_second_one_writes_nothing() {
    let (home, database) = (shop(), Database::postgres());
    let first = push(&home, &database, PASSWORD);
    assert_snapshot!(said(&first, &database), @"
    [stderr]
    shop: started
    shop: ended after [..] s
    4 xfailflake marks among 8 mutes on main at 9a8012e8c; looked at 8 files, 6 of them for tests
    appended 4 rows to dashboards.xfailflake_history_v1 in [DATABASE]
    [status 0]
    ");
    assert_snapshot!(database.sql(HISTORY), @"
    test_counts|SHOP-500|/tests/test_stock.py|shop|main|2026-11-21 07:00:00|
    test_pays_by_card|SHOP-412|/tests/test_checkout.py|shop|main|2026-11-21 07:00:00|2026-09-14 00:00:00
    test_twin|SHOP-7|/tests/test_twins.py|shop|main|2026-11-21 07:00:00|2026-01-02 00:00:00
    test_twin|SHOP-7|/tests/test_twins.py|shop|main|2026-11-21 07:00:00|2026-01-02 00:00:00
    ");
    let columns = "SELECT column_name, data_type FROM information_schema.columns \
                   WHERE table_name = 'xfailflake_history_v1' ORDER BY ordinal_position";
    assert_snapshot!(database.sql(columns), @"
    test|character varying
    ticket|character varying
    file|character varying
    repo|character varying
    branch|character varying
    timestamp|timestamp without time zone
    since|timestamp without time zone
    ");

    let second = push(&home, &database, PASSWORD);
    assert_snapshot!(said(&second, &database), @"
    [stderr]
    shop: started
    shop: ended after [..] s
    4 xfailflake marks among 8 mutes on main at 9a8012e8c; looked at 8 files, 6 of them for tests
    main at 9a8012e8c is in [DATABASE] already; nothing was written
    [status 0]
    ");
    assert_eq!(
        database.sql("SELECT count(*) FROM dashboards.xfailflake_history_v1"),
        "4"
    );

    let mut shop = Repo::again(home.path("work/shop"));
    shop.file("README", "more\n").commit("More");
    assert_eq!(push(&home, &database, PASSWORD).status, Some(0));
    assert_eq!(
        database.sql("SELECT count(*) FROM dashboards.xfailflake_history_v1"),
        "8"
    );
}

#[test]
fn a_table_that_the_grabber_made_is_gone_on_with() {
    let (home, database) = (shop(), Database::postgres());
    database.sql(
        "CREATE SCHEMA dashboards; CREATE TABLE dashboards.xfailflake_history_v1 (\
         test varchar(65535), ticket varchar(65535), file varchar(65535), repo varchar(65535), \
         branch varchar(65535), \"timestamp\" timestamp, since timestamp)",
    );
    database.sql(
        "INSERT INTO dashboards.xfailflake_history_v1 VALUES \
         ('test_a', 'OLD-1', '/a.py', 'r', 'b', '2018-11-20 10:00', '2018-11-01')",
    );
    let outcome = push(&home, &database, PASSWORD);
    assert_eq!(outcome.status, Some(0), "{outcome}");
    assert_snapshot!(database.sql(HISTORY), @"
    test_a|OLD-1|/a.py|r|b|2018-11-20 10:00:00|2018-11-01 00:00:00
    test_counts|SHOP-500|/tests/test_stock.py|shop|main|2026-11-21 07:00:00|
    test_pays_by_card|SHOP-412|/tests/test_checkout.py|shop|main|2026-11-21 07:00:00|2026-09-14 00:00:00
    test_twin|SHOP-7|/tests/test_twins.py|shop|main|2026-11-21 07:00:00|2026-01-02 00:00:00
    test_twin|SHOP-7|/tests/test_twins.py|shop|main|2026-11-21 07:00:00|2026-01-02 00:00:00
    ");
}

#[test]
fn two_pushes_at_once_write_once() {
    let (home, database) = (shop(), Database::postgres());
    std::thread::scope(|scope| {
        let pushes: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| push(&home, &database, PASSWORD)))
            .collect();
        for push in pushes {
            let outcome = push.join().unwrap();
            assert_eq!(outcome.status, Some(0), "{outcome}");
        }
    });
    assert_eq!(
        database.sql("SELECT count(*) FROM dashboards.xfailflake_history_v1"),
        "4"
    );
}

#[test]
fn a_push_that_is_refused_says_why_and_not_the_password() {
    let (home, database) = (shop(), Database::postgres());
    let outcome = push(&home, &database, "wr0ng-and-planted");
    assert!(
        !outcome.to_string().contains("wr0ng-and-planted"),
        "{outcome}"
    );
    assert_snapshot!(said(&outcome, &database), @r#"
        [stderr]
        shop: started
        shop: ended after [..] s
        4 xfailflake marks among 8 mutes on main at 9a8012e8c; looked at 8 files, 6 of them for tests
        error[QD002]: cannot open postgresql://qaduct@[DATABASE]: password authentication failed for user "qaduct"
          help: check the address, the user and the password, and that the server has the database; `qaduct config show --origin` tells where they come from
        [status 6]
        "#);
    assert_snapshot!(home.qaduct("xfailflake redshift shop main").run(), @"
    [stderr]
    error[QC006]: `xfailflake.redshift.host` is not set
      help: set POSTGRES_HOST, or `host` under `[xfailflake.redshift]`
    [status 2]
    ");
}

#[test]
fn a_repository_that_is_typed_in_two_ways_is_pushed_once() {
    let (home, database) = (shop(), Database::postgres());
    let push = |repository: &str| {
        home.qaduct(&format!("xfailflake redshift {repository} main"))
            .env("POSTGRES_HOST", "127.0.0.1")
            .env("POSTGRES_PORT", database.port().to_string())
            .env("POSTGRES_DB", database.name())
            .env("POSTGRES_USER", USER)
            .env("POSTGRES_PASSWORD", PASSWORD)
            .run()
    };
    let whole = home.path("work/shop").display().to_string();
    for typed in ["./shop", "shop", &whole, &format!("file://{whole}")] {
        let outcome = push(typed);
        assert_eq!(outcome.status, Some(0), "{outcome}");
    }
    let pushes = "SELECT repository, repo, mutes FROM dashboards.xfailflake_pushes_v1";
    assert_snapshot!(database.sql(pushes), @"github.com/acme/shop|./shop|4");
    let history = "SELECT repo, count(*) FROM dashboards.xfailflake_history_v1 GROUP BY repo";
    assert_snapshot!(database.sql(history), @"./shop|4");
}

#[test]
fn a_push_is_protected_as_the_words_of_libpq_say() {
    let (home, database) = (shop(), Database::postgres());
    let push = |name: &str, word: &str| {
        home.qaduct("xfailflake redshift shop main")
            .env("POSTGRES_HOST", "localhost")
            .env("POSTGRES_PORT", database.port().to_string())
            .env("POSTGRES_DB", database.name())
            .env("POSTGRES_USER", USER)
            .env("POSTGRES_PASSWORD", PASSWORD)
            .env(name, word)
    };
    // No authority of the system vouches for the server of the test.
    let refused = push("PGSSLMODE", "verify-full").run();
    assert_eq!(refused.status, Some(6), "{refused}");
    assert!(refused.stderr.contains("certificate"), "{refused}");
    let trusted = push("POSTGRES_SSLMODE", "verify-full");
    let trusted = trusted.env("PGSSLROOTCERT", database.certificate()).run();
    assert_eq!(trusted.status, Some(0), "{trusted}");
    assert_eq!(push("PGSSLMODE", "allow").run().status, Some(0));
    assert_snapshot!(push("PGSSLMODE", "verify-fully").run(), @"
    [stderr]
    error[QC005]: `xfailflake.redshift.sslmode` cannot be `verify-fully`
      environment variable PGSSLMODE
      help: known words are disable, allow, prefer, require, verify-ca, verify-full
    [status 2]
    ");
}

#[test]
fn the_table_can_be_configured_instead() {
    let database = Database::postgres();
    let home = shop().file("password", PASSWORD).file(
        "work/qaduct.toml",
        &format!(
            "[xfailflake.redshift]\nhost = \"127.0.0.1\"\nport = {}\ndatabase = \"{}\"\n\
             user = \"{USER}\"\npassword = {{ file = \"../password\" }}\n",
            database.port(),
            database.name()
        ),
    );
    let outcome = home.qaduct("xfailflake redshift shop main").run();
    assert_eq!(outcome.status, Some(0), "{outcome}");
    assert_eq!(
        database.sql("SELECT count(*) FROM dashboards.xfailflake_history_v1"),
        "4"
    );
}
