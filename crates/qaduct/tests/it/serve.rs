//! `qaduct serve` as a process: what it answers, who may ask, how it ends.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use insta::assert_snapshot;
use serde_json::json;

use crate::Home;
use crate::client::get;
use crate::old_pump::Scene;
use crate::old_pump::bugzilla::bug;
use crate::repo::Repo;
use crate::rows::Rows;
use crate::server::Server;

/// A home with the shop, scanned.
fn home() -> Home {
    let home = Home::new();
    Repo::shop(home.path("work/shop"));
    let outcome = home.qaduct("scan shop --all-branches -q").run();
    assert_eq!(outcome.status, Some(0), "{outcome}");
    home
}

fn server(home: &Home) -> Server {
    Server::start(home.qaduct("serve --bind 127.0.0.1:0"))
}

#[test]
fn redash_gets_columns_and_rows() {
    let home = home();
    let server = server(&home);
    let answer = server.get("/redash/mutes?branch=release-1");
    assert_eq!(
        (answer.status, answer.headers["content-type"].as_str()),
        (200, "application/json")
    );
    let document = answer.json();
    let rows = document["rows"].as_array().unwrap();
    let lines: Vec<_> = rows
        .iter()
        .map(|row| {
            let keys = row.as_object().unwrap().iter().take(5);
            keys.map(|(key, value)| format!("{key}={value}"))
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    assert_snapshot!(lines.join("\n"), @r#"
        test="test_pays_by_card" ticket="SHOP-412" file="tests/test_checkout.py" repo="github.com/acme/shop" branch="release-1"
        test="" file="tests/test_checkout.py" repo="github.com/acme/shop" branch="release-1" declaration_id="017b105c59d7bd46ffecce2f1426ac34"
        test="test_rounds" ticket="acme/shop#77" file="tests/test_checkout.py" repo="github.com/acme/shop" branch="release-1"
        test="test_remembers" ticket="SHOP-388" file="tests/test_login.py" repo="github.com/acme/shop" branch="release-1"
        "#);
    let array = server
        .get("/redash/mutes?branch=release-1&shape=array")
        .json();
    assert_eq!(&array, &document["rows"]);
}

#[test]
fn the_interface_has_the_rows_of_the_scan_in_every_format() {
    let home = home();
    let server = server(&home);
    let scan = |format: &str| {
        home.qaduct(&format!("scan shop --branch main -q -f {format}"))
            .run()
            .stdout
    };
    let csv = server.get("/api/v1/mutes.csv?branch=main");
    assert!(
        csv.headers["content-type"].starts_with("text/csv"),
        "{csv:?}"
    );
    assert_eq!(
        csv.body.replace("\r\n", "\n"),
        scan("csv").replace("\r\n", "\n")
    );
    let lines = server.get("/api/v1/mutes.jsonl?branch=main");
    assert_eq!(lines.body, scan("jsonl"));
    let document = server.get("/api/v1/mutes.json?branch=main").json();
    let printed: serde_json::Value = serde_json::from_str(&scan("json")).unwrap();
    assert_eq!(document["items"], printed["items"]);
}

#[test]
fn requests_read_the_store_and_never_scan() {
    let home = home();
    let server = server(&home);
    let rows = Rows::of(home.path("work/qaduct.db"));
    let before = (rows.all(), rows.runs(&["run_id"]));
    let mut shop = Repo::again(home.path("work/shop"));
    shop.file(
        "tests/test_new.py",
        "import pytest\npytest.skip('x', allow_module_level=True)\n",
    );
    shop.commit("One more");
    for path in [
        "/redash/mutes",
        "/api/v1/mutes",
        "/api/v1/runs",
        "/metrics",
        "/healthz",
        "/",
    ] {
        assert_eq!(server.get(path).status, 200, "{path}");
    }
    assert_eq!((rows.all(), rows.runs(&["run_id"])), before);
    let runs = server.get("/api/v1/runs").json();
    let run = &runs["items"][0];
    assert_eq!(
        (&run["subject"], &run["outcome"]),
        (&"github.com/acme/shop".into(), &"complete".into())
    );
}

#[test]
fn what_has_not_changed_is_not_sent_again() {
    let home = home();
    let server = server(&home);
    for path in ["/redash/mutes", "/api/v1/mutes.csv", "/api/v1/runs"] {
        let first = server.get(path);
        let tag = format!("If-None-Match: {}", first.headers["etag"]);
        let again = get(server.address, path, &[&tag]);
        assert_eq!((again.status, again.body.as_str()), (304, ""), "{path}");
    }
}

#[test]
fn health_and_metrics_are_for_machines() {
    let home = home();
    let server = server(&home);
    assert_eq!(server.get("/healthz").status, 200);
    let metrics = server.get("/metrics").body;
    let shown: Vec<_> = metrics
        .lines()
        .filter(|it| it.starts_with("qaduct_mutes{"))
        .collect();
    assert_snapshot!(shown.join("\n"), @"");
    assert_eq!(server.get("/nothing").status, 404);
}

#[test]
fn other_machines_need_a_token() {
    let home = home();
    assert_snapshot!(home.qaduct("serve --bind 0.0.0.0:0").run(), @r#"
    [stderr]
    error[QC006]: 0.0.0.0:0 is not a loopback address and there is no token
      help: set `token = { env = "QA_TOKEN" }` under `[serve]`, or bind to 127.0.0.1
    [status 2]
    "#);

    let token = "pl4nted-t0ken-of-the-server";
    let run = home.qaduct("serve --bind 0.0.0.0:0");
    let server = Server::start(run.env("QADUCT_SERVE__TOKEN", token));
    let status = |headers: &[&str]| get(server.address, "/redash/mutes", headers).status;
    assert_eq!(status(&[]), 401);
    assert_eq!(status(&["Authorization: Bearer wrong"]), 401);
    assert_eq!(status(&[&format!("Authorization: Bearer {token}")]), 200);
    let basic = |token: &str| STANDARD.encode(format!("anyone:{token}"));
    assert_eq!(
        status(&[&format!("Authorization: Basic {}", basic(token))]),
        200
    );
    assert_eq!(
        status(&[&format!("Authorization: Basic {}", basic("wrong"))]),
        401
    );
    let refused = get(server.address, "/redash/mutes", &[]);
    assert!(refused.headers.contains_key("www-authenticate"));
}

#[test]
fn an_address_that_is_taken_is_an_error() {
    let home = home();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let outcome = home.qaduct(&format!("serve --bind {address}")).run();
    assert_snapshot!(outcome.to_string().replace(&address, "ADDRESS"), @"
    [stderr]
    error[QU004]: cannot listen on ADDRESS: Address already in use (os error 98)
      help: choose another port with `--bind 127.0.0.1:PORT`
    [status 2]
    ");
    assert_snapshot!(home.qaduct("serve --bind nonsense").run(), @"
    [stderr]
    error[QC005]: `serve.bind` cannot be `nonsense`: the port is missing
      flag --bind
      help: write an address and a port, such as 127.0.0.1:7700
    [status 2]
    ");
}

#[test]
fn a_server_that_is_asked_to_stop_ends_with_status_0() {
    let home = home();
    for signal in ["TERM", "INT"] {
        let mut server = server(&home);
        assert_eq!(server.get("/healthz").status, 200);
        server.process.signal(signal);
        assert_eq!(
            server.process.end().code(),
            Some(0),
            "{}",
            server.process.said
        );
        assert!(
            server.process.said.ends_with("stopped\n"),
            "{}",
            server.process.said
        );
    }
}

#[test]
fn a_mistyped_store_is_refused_and_not_created() {
    let home = home();
    assert_snapshot!(home.qaduct("serve --bind 127.0.0.1:0 --store typo.db").run(), @"
    [stderr]
    error[QD006]: no database at typo.db
      help: `qaduct scan` and `qaduct pull` create it; where it is elsewhere, name it with `--store`
    [status 6]
    ");
    let prune = home.qaduct("db prune --older-than 1y --store typo.db");
    assert_eq!(prune.run().status, Some(6));
    assert!(!home.path("work/typo.db").exists());
}

#[test]
fn a_server_that_scans_creates_its_store() {
    let home = home().file(
        "work/qaduct.toml",
        "[[scan.repositories]]\nlocation = \"shop\"\n",
    );
    let run = home.qaduct("serve --bind 127.0.0.1:0 --rescan 1h --store new.db");
    let mut server = Server::start(run);
    server.process.wait_for("scanned github.com/acme/shop");
    assert_ne!(server.get("/api/v1/mutes").json()["total"], 0);
}

#[test]
fn a_rescan_in_the_background_picks_up_a_new_commit() {
    let home = home().file(
        "work/qaduct.toml",
        "[scan]\nbranches = [\"*\"]\n[[scan.repositories]]\nlocation = \"shop\"\n",
    );
    let run = home.qaduct("serve --bind 127.0.0.1:0 --rescan 1s");
    // The clock must run: each scan is a line of the ledger.
    let mut server = Server::start(run.env("QADUCT_CLOCK", ""));
    let tag = server.get("/redash/mutes").headers["etag"].clone();
    let mut shop = Repo::again(home.path("work/shop"));
    shop.file(
        "tests/test_new.py",
        "import pytest\n\n@pytest.mark.skip\ndef test_new():\n    pass\n",
    );
    shop.commit("One more");
    server.process.wait_for(" 1 more, 0 gone");
    let answer = get(
        server.address,
        "/redash/mutes",
        &[&format!("If-None-Match: {tag}")],
    );
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("test_new"));
    server.process.signal("TERM");
    assert_eq!(server.process.end().code(), Some(0));
}

#[test]
fn the_grabber_answers_its_document_at_the_root() {
    let home = Home::new();
    Repo::shop(home.path("work/shop"));
    let run = home.qaduct("xfailflake serve shop main --bind 127.0.0.1:0");
    let mut server = Server::start(run);
    assert_snapshot!(serde_json::to_string_pretty(&server.get("/").json()).unwrap(), @r#"
    {
      "columns": [
        {
          "name": "test",
          "type": "string",
          "friendly_name": "Test"
        },
        {
          "name": "ticket",
          "type": "string",
          "friendly_name": "JIRA ticket"
        },
        {
          "name": "file",
          "type": "string",
          "friendly_name": "File"
        },
        {
          "name": "repo",
          "type": "string",
          "friendly_name": "Repository"
        },
        {
          "name": "branch",
          "type": "string",
          "friendly_name": "Branch"
        }
      ],
      "rows": [
        {
          "file": "/tests/test_checkout.py",
          "test": "test_pays_by_card",
          "ticket": "SHOP-412",
          "since": "2026-09-14",
          "repo": "shop",
          "branch": "main"
        }
      ]
    }
    "#);
    server.process.signal("TERM");
    assert_eq!(server.process.end().code(), Some(0));
}

#[test]
fn the_grabber_dumps_one_document_and_nothing_else() {
    let home = Home::new();
    Repo::shop(home.path("work/shop"));
    assert_snapshot!(home.qaduct("xfailflake dump shop main").run(), @r#"
    {"timestamp":"2026.11.21 07:00","xfailflakes":[{"file":"/tests/test_checkout.py","test":"test_pays_by_card","ticket":"SHOP-412","since":"2026-09-14","repo":"shop","branch":"main"}]}
    [stderr]
    shop: started
    shop: ended after [..] s
    1 xfailflake mark among 5 mutes on main at e84561688; looked at 5 files, 4 of them for tests
    [status 0]
    "#);
    assert!(!home.path("work/qaduct.db").exists());
    assert_eq!(
        home.qaduct("xfailflake dump shop missing").run().status,
        Some(2)
    );
    assert_eq!(
        home.qaduct("xfailflake dump shop release-*").run().status,
        Some(2)
    );
}

#[test]
fn the_views_of_pulled_data_are_served_where_something_was_pulled() {
    let listed = |server: &Server, path: &str| {
        let views = server.get(path).json();
        let views = views["redash"].as_array().unwrap().clone();
        views.iter().any(|it| it == "redash/bugs_by_keyword")
    };
    let home = home();
    let scanned = server(&home);
    assert!(!listed(&scanned, "/"));
    assert_eq!(scanned.get("/redash/bugs_by_keyword").status, 404);

    let query = "[source.bmo.queries]\nours = \"product=Fenix\"\n";
    let scene = Scene::new(&["bmo"], query);
    let fields = json!({ "keywords": ["crash"] });
    scene.put("bugzilla.bugs", [bug(1, "2026-10-01T10:00:00Z", fields)]);
    scene.pull("bmo.bugs", 0);
    let store = scene.store().display().to_string();
    let pulled = Server::start(home.qaduct(&format!("serve --bind 127.0.0.1:0 --store {store}")));
    assert!(listed(&pulled, "/"));
    let rows = pulled.get("/redash/bugs_by_keyword?keyword=crash").json();
    assert_eq!(rows["rows"][0]["bug_id"], 1);
    // Each view is served and described, those without a row too.
    let document = pulled.get("/api/openapi.json").json();
    for view in qaduct_models::reports() {
        let path = view.name.replacen("v_", "/redash/", 1);
        assert_eq!(pulled.get(&path).status, 200, "{path}");
        assert!(document["paths"][&path].is_object(), "{path}");
    }
    // The ledger and the view of test runs share a name in addresses and no parameter.
    let parameters = &document["components"]["parameters"];
    assert!(parameters["runs.run_id"].is_object());
    assert!(parameters["v_runs.run_id"].is_object());
}
