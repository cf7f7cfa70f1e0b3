//! Planted secrets, and every place where they could come to light.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use insta::assert_snapshot;

use crate::Home;
use crate::database_server::Database;
use crate::git_server::Server as GitServer;
use crate::home::Run;
use crate::repo::Repo;
use crate::server::Server;

/// A git server with the shop, for whoever brings this token.
fn git_server(home: &Home, token: &str) -> GitServer {
    Repo::shop(home.path("origin/shop"));
    let login = STANDARD.encode(format!("x-access-token:{token}"));
    GitServer::start(&home.path("origin"), Some(format!("Basic {login}")))
}

/// Whether bytes show a secret, as it is or as the password of a header.
fn shows(bytes: &[u8], secret: &str) -> bool {
    let header = STANDARD.encode(format!("x-access-token:{secret}"));
    [secret, &header]
        .iter()
        .any(|it| bytes.windows(it.len()).any(|part| part == it.as_bytes()))
}

/// All files below a folder that show a secret.
fn files_with(folder: &Path, secret: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, secret));
        } else if shows(&fs::read(&path).unwrap(), secret) {
            found.push(path.display().to_string());
        }
    }
    found
}

/// What a run printed and its status. While it ran, no command line of the
/// machine but that of the program itself showed the secret, and no file that
/// it may have written does.
fn watched(run: Run<'_>, home: &Home, secret: &str) -> (Option<i32>, String) {
    let mut command = run.command();
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let pipes = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let reader = std::thread::spawn(move || {
        let (mut out, mut err) = pipes;
        let errors = std::thread::spawn(move || std::io::read_to_string(&mut err).unwrap());
        std::io::read_to_string(&mut out).unwrap() + &errors.join().unwrap()
    });
    let status = loop {
        for process in fs::read_dir("/proc").unwrap().flatten() {
            // Children are copies of the program until they become another one.
            let line = fs::read(process.path().join("cmdline")).unwrap_or_default();
            let own = line.starts_with(env!("CARGO_BIN_EXE_qaduct").as_bytes());
            assert!(
                own || !shows(&line, secret),
                "a command line shows the secret"
            );
        }
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
    };
    let printed = reader.join().unwrap();
    assert!(!shows(printed.as_bytes(), secret), "{printed}");
    for folder in ["work", ".cache"] {
        if home.path(folder).exists() {
            assert_eq!(files_with(&home.path(folder), secret), [""; 0]);
        }
    }
    (status.code(), printed)
}

/// Lets the token of GitHub be sent to the loopback.
fn configured(home: Home, server: &GitServer) -> Home {
    let text = format!(
        "[git.hosts.\"{}\"]\ntoken = {{ env = \"GITHUB_TOKEN\" }}\n",
        server.host
    );
    home.file("work/qaduct.toml", &text)
}

#[test]
fn a_token_that_opens_a_repository_is_seen_nowhere() {
    let (home, token) = (Home::new(), "pl4nted-t0ken-one");
    let server = git_server(&home, token);
    let home = configured(home, &server);
    let url = server.url("shop/.git");
    for arguments in [
        format!("scan {url} -vv -f json"),
        format!("scan {url} -vv --progress plain --all-branches"),
        "config show --origin -vv".to_owned(),
        format!("xfailflake dump {url} main -vv"),
    ] {
        let run = home.qaduct(&arguments).env("GITHUB_TOKEN", token);
        let (status, printed) = watched(run, &home, token);
        assert_eq!(status, Some(0), "{arguments}: {printed}");
    }
    assert!(
        home.path(".cache/qaduct").exists(),
        "the mirror was looked at"
    );
    assert!(
        home.path("work/qaduct.db").exists(),
        "the database was looked at"
    );
}

#[test]
fn a_token_in_the_address_is_seen_nowhere_but_there() {
    let (home, token) = (Home::new(), "pl4nted-t0ken-two");
    let server = git_server(&home, token);
    let url = format!("http://x-access-token:{token}@{}/shop/.git", server.host);
    for arguments in ["scan -vv -f json", "scan -vv", "xfailflake dump -vv"] {
        let run = home.qaduct(arguments).arg(&url);
        let run = if arguments.starts_with("xfailflake") {
            run.arg("main")
        } else {
            run
        };
        let (status, printed) = watched(run, &home, token);
        assert_eq!(status, Some(0), "{arguments}: {printed}");
    }
    let (status, printed) = watched(
        home.qaduct("scan -vv --branch none").arg(&url),
        &home,
        token,
    );
    assert_eq!(status, Some(2), "{printed}");
}

#[test]
fn what_may_be_a_secret_in_an_address_is_seen_nowhere() {
    let (home, secret) = (Home::new(), "pl4nted-t0ken-six");
    Repo::shop(home.path("origin/shop"));
    let server = GitServer::start(&home.path("origin"), None);
    let url = server.url("shop/.git");
    for (address, expected) in [
        (format!("{url}?private_token={secret}"), 0),
        (format!("{url}#{secret}"), 0),
        (format!("me:{secret}@host.invalid:x"), 2),
        (format!("foo://host/x?private_token={secret}"), 2),
    ] {
        for command in [
            "scan -vv --progress plain",
            "xfailflake dump -vv --progress plain",
        ] {
            let run = home.qaduct(command).arg(&address);
            let run = if command.starts_with("xfailflake") {
                run.arg("main")
            } else {
                run
            };
            let (status, printed) = watched(run, &home, secret);
            assert_eq!(status, Some(expected), "{address}: {printed}");
        }
    }
}

#[test]
fn the_token_of_a_partial_clone_is_that_of_its_remote() {
    let (home, token) = (Home::new(), "pl4nted-t0ken-seven");
    let server = git_server(&home, token);
    let open = GitServer::start(&home.path("origin"), None);
    let shop = Repo::again(home.path("origin/shop"));
    shop.git(&["config", "uploadpack.allowFilter", "true"]);
    shop.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let clone = home.path("work/clone");
    let clone = clone.to_str().unwrap();
    let (from, to) = (open.url("shop/.git"), server.url("shop/.git"));
    shop.git(&[
        "clone",
        "--quiet",
        "--bare",
        "--filter=blob:none",
        &from,
        clone,
    ]);
    shop.git(&["--git-dir", clone, "config", "remote.origin.url", &to]);
    let home = configured(home, &server);
    let run = home.qaduct("scan clone -vv").env("GITHUB_TOKEN", token);
    let (status, printed) = watched(run, &home, token);
    assert_eq!(status, Some(0), "{printed}");
}

#[test]
fn a_token_that_is_refused_is_named_by_its_variable() {
    let (home, token) = (Home::new(), "pl4nted-t0ken-three");
    let server = git_server(&home, "another-token");
    let home = configured(home, &server);
    let url = server.url("shop/.git");
    let run = home
        .qaduct(&format!("scan {url} -vv"))
        .env("GITHUB_TOKEN", token);
    let (status, printed) = watched(run, &home, token);
    assert_eq!(status, Some(4), "{printed}");
    let error: Vec<_> = printed
        .lines()
        .skip_while(|it| !it.starts_with("error"))
        .take(2)
        .collect();
    assert_snapshot!(error.join("\n").replace(&server.host, "HOST"), @"
    error[QS401]: `http://HOST/shop/.git` refused access with the credentials given in GITHUB_TOKEN
      help: check that GITHUB_TOKEN holds a valid token that may read the repository
    ");

    let url = format!("http://me:{token}@{}/shop/.git", server.host);
    let (status, printed) = watched(home.qaduct("scan -vv --no-config").arg(url), &home, token);
    assert_eq!(status, Some(4), "{printed}");
}

#[test]
fn the_password_of_a_store_is_seen_nowhere_but_in_its_address() {
    let (home, password) = (Home::new(), "pl4nted-passw0rd-four");
    Repo::shop(home.path("work/shop"));
    let database = Database::postgres();
    let url = database.tcp_url();
    let run = home
        .qaduct(&format!("scan shop -vv --store {url}"))
        .env("PGPASSWORD", password);
    assert_eq!(watched(run, &home, password).0, Some(6));
    let inside = url.replace('@', &format!(":{password}@"));
    for command in ["scan shop -vv", "serve -vv", "db prune --older-than 1y -vv"] {
        for inside in [&inside, &inside.replace("postgresql", "oracle")] {
            let run = home.qaduct(&format!("{command} --store {inside}"));
            let (status, printed) = watched(run, &home, password);
            assert_eq!(status, Some(2), "{command}: {printed}");
            assert!(
                printed.contains("`store.url` holds a secret as plain text"),
                "{printed}"
            );
        }
    }
    let run = home
        .qaduct("config show --origin")
        .env("QADUCT_STORE__URL", &inside);
    let (_, printed) = watched(run, &home, password);
    assert!(!printed.is_empty());
}

#[test]
fn the_token_of_the_server_is_not_shown_by_what_it_answers() {
    let (home, token) = (Home::new(), "pl4nted-t0ken-five");
    Repo::shop(home.path("work/shop"));
    assert_eq!(home.qaduct("scan shop -q").run().status, Some(0));
    let serve = home.qaduct("serve -vv --bind 127.0.0.1:0");
    let mut server = Server::start(serve.env("QADUCT_SERVE__TOKEN", token));
    let bearer = format!("Authorization: Bearer {token}");
    for header in [bearer.as_str(), "Authorization: Bearer wrong"] {
        for path in [
            "/",
            "/metrics",
            "/api/openapi.json",
            "/redash/mutes",
            &format!("/{token}x"),
        ] {
            let answer = crate::client::get(server.address, path, &[header]);
            let named = path.contains(token);
            assert!(
                named || !shows(format!("{answer:?}").as_bytes(), token),
                "{path}"
            );
        }
    }
    server.process.signal("TERM");
    assert_eq!(server.process.end().code(), Some(0));
    assert!(
        !shows(server.process.said.as_bytes(), token),
        "{}",
        server.process.said
    );
    let run = home
        .qaduct("config show --origin")
        .env("QADUCT_SERVE__TOKEN", token);
    assert_eq!(watched(run, &home, token).0, Some(0));
}

#[test]
fn the_token_of_a_source_and_hashed_people_are_seen_nowhere() {
    use crate::stands::{TOKEN, home, serve};
    let server = serve(
        qaduct_replay::World::generated(7, 300),
        &["500@get_cases:1"],
    );
    let people = "people = \"hash\"\npeople_salt = { env = \"SALT\" }\n";
    let home = home(&server, &["testrail", "bmo", "jira"], "");
    let text = fs::read_to_string(home.path("work/qaduct.toml")).unwrap();
    let text = text.replace("kind = ", &format!("{people}kind = "));
    let home = home.file("work/qaduct.toml", &text);
    let salt = "pl4nted-s4lt-0123456789";
    let person = "person7@example.org";
    assert!(
        server
            .world()
            .collection("testrail.users")
            .all()
            .any(|it| it["email"] == person),
        "the person is served"
    );
    for arguments in [
        "pull -vv testrail bmo jira.users",
        "pull -vv --progress plain --format json testrail bmo",
        "pull --dry-run -vv testrail.cases",
        "sources list -vv",
        "sources discover testrail -vv",
        "status -vv --format json",
        "config show --origin -vv",
    ] {
        for secret in [TOKEN, salt, person] {
            let run = home
                .qaduct(arguments)
                .env("REPLAY_TOKEN", TOKEN)
                .env("SALT", salt);
            let (status, printed) = watched(run, &home, secret);
            assert!(matches!(status, Some(0 | 3)), "{arguments}: {printed}");
        }
    }
    let database = home.path("work/qaduct.db");
    let hashed = "SELECT count(*) FROM testrail_users WHERE email LIKE 'person-%'";
    assert_ne!(crate::stands::value(&database, hashed), "0");
    // A credential that is refused is not shown either.
    let run = home
        .qaduct("pull -vv")
        .env("REPLAY_TOKEN", "pl4nted-wr0ng-token")
        .env("SALT", salt);
    let (status, printed) = watched(run, &home, "pl4nted-wr0ng-token");
    assert_eq!(status, Some(4), "{printed}");
}

#[test]
fn the_address_of_a_webhook_is_seen_nowhere() {
    use crate::stands::serve;
    let server = serve(qaduct_replay::World::empty(), &[]);
    let home = Home::new();
    Repo::shop(home.path("work/shop"));
    assert_eq!(home.qaduct("scan shop -q").run().status, Some(0));
    let settings = "[slack.hook]\nwebhook = { env = \"SLACK_WEBHOOK\" }\n[message.now]\nto = \"hook\"\n\
        [[message.now.items]]\nuse = \"muted-now\"\n[alert.muted]\nto = \"hook\"\nuse = \"muted-now\"\ncolumns = [\"test_id\"]\n";
    let home = home.file("work/qaduct.toml", settings);
    let secret = "pl4ntedW3bhookS3cret";
    // It is refused, does not answer, is no address, and is in the clear.
    for hook in [
        server.url(&format!("slack/services/T1/B1/{secret}")),
        server.url(&format!("{secret}/B1/x")),
        format!("http://127.0.0.1:1/services/T1/B1/{secret}"),
        format!("{secret} is no address"),
        format!("http://hooks.slack.com/services/T1/B1/{secret}"),
    ] {
        for arguments in [
            "publish -vv message",
            "publish -vv alert -f json",
            "config show --origin",
        ] {
            let run = home.qaduct(arguments).env("SLACK_WEBHOOK", &hook);
            let (status, printed) = watched(run, &home, secret);
            let shown = arguments.starts_with("config");
            assert_eq!(status == Some(0), shown, "{arguments}: {printed}");
        }
    }
}
