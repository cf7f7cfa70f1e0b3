//! Sessions: when somebody logs in, what is sent then, and who sees it.

use std::sync::Arc;
use std::time::Duration;

use qaduct_http::{Auth, Call, Client, Kind, Login};
use qaduct_records::Secret;

use crate::server::{Asked, Reply, Server, answer, json};
use crate::world::{self, World, client, limit, settings};

const SECRET: &str = "planted/secret+4711";

/// The credential that is sent to a server for a token.
fn auth(server: &Server) -> Auth {
    Auth::Session(Login {
        url: format!("{}login", server.url).parse().unwrap(),
        form: vec![("client_id", "qa & co".to_owned())],
        secret: ("client_secret", Secret::new(SECRET)),
        word: "token",
    })
}

fn logged_in(server: &Server, world: &Arc<World>) -> Client {
    let mut settings = settings(&server.url);
    settings.auth = auth(server);
    client(settings, world)
}

/// A service that gives tokens of an hour, and refuses those that a function refuses.
fn service(refuses: impl Fn(&str) -> bool + Send + Sync + 'static) -> Server {
    Server::new(move |nth, asked| {
        if asked.path() == "/login" {
            return json(&format!(
                r#"{{"access_token": "planted-token-{nth}", "token_type": "Bearer", "expires_in": 3600}}"#
            ));
        }
        let header = asked.header("authorization").unwrap_or_default();
        let token = header.strip_prefix("token ").unwrap_or_default();
        match token.starts_with("planted-token-") && !refuses(token) {
            true => json("[]"),
            false => answer(401, "", r#"{"message": "Requires authentication."}"#),
        }
    })
}

fn logins(server: &Server) -> Vec<Asked> {
    let asked = server.asked().into_iter();
    asked.filter(|it| it.path() == "/login").collect()
}

#[test]
fn the_first_call_logs_in_with_a_form_and_all_calls_bring_the_token() {
    let (world, server) = (World::new(), service(|_| false));
    let client = logged_in(&server, &world);
    for _ in 0..3 {
        let exchange = client.send(&Call::get("looks")).unwrap().exchange;
        assert_eq!((exchange.attempts, exchange.status), (1, 200));
    }
    let asked = server.asked();
    assert_eq!(asked.len(), 4);
    assert_eq!(asked[0].line, "POST /login HTTP/1.1");
    assert_eq!(
        asked[0].header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    assert_eq!(
        asked[0].body,
        "client_id=qa+%26+co&client_secret=planted%2Fsecret%2B4711"
    );
    assert_eq!(asked[0].header("authorization"), None);
    for it in &asked[1..] {
        assert_eq!(it.header("authorization"), Some("token planted-token-0"));
        assert!(!format!("{it:?}").contains("planted/secret"));
    }
}

#[test]
fn a_token_is_renewed_before_it_ends() {
    let (world, server) = (World::new(), service(|_| false));
    let client = logged_in(&server, &world);
    for (passes, many) in [(0, 1), (3500, 1), (39, 1), (1, 2), (3539, 2), (1, 3)] {
        world.pass(Duration::from_secs(passes));
        client.send(&Call::get("looks")).unwrap();
        assert_eq!(logins(&server).len(), many, "{passes} s later");
    }
}

#[test]
fn a_token_that_is_refused_is_replaced_once_and_then_the_credential_is_wrong() {
    let world = World::new();
    // The service has forgotten the first session.
    let server = service(|token| token == "planted-token-0");
    let client = logged_in(&server, &world);
    let exchange = client.send(&Call::get("looks")).unwrap().exchange;
    assert_eq!((exchange.attempts, logins(&server).len()), (2, 2));
    assert_eq!(world.slept(), [0_u128; 0]);

    let server = service(|_| true);
    let client = logged_in(&server, &world);
    let error = client.send(&Call::get("looks")).unwrap_err();
    assert_eq!((error.kind, logins(&server).len()), (Kind::Credential, 2));
    assert_eq!(
        error.to_string().replace(&server.url, "http://x/"),
        "GET http://x/looks: status 401: Requires authentication."
    );
}

#[test]
fn a_service_may_give_the_same_token_again() {
    let world = World::new();
    let server = Server::new(|nth, asked| match (asked.path(), nth) {
        ("/login", _) => json(r#"{"access_token": "planted-token-4711"}"#),
        (_, 1) => answer(401, "", ""),
        _ => json("[]"),
    });
    logged_in(&server, &world)
        .send(&Call::get("looks"))
        .unwrap();
    let token = Some("token planted-token-4711");
    assert_eq!(server.asked()[3].header("authorization"), token);
}

#[test]
fn a_login_that_is_refused_tells_so_whatever_its_status_and_shows_no_secret() {
    for status in [400, 401, 403, 404, 422] {
        let world = World::new();
        let body = format!(r#"{{"message": "no {SECRET} here"}}"#);
        let server = Server::new(move |_, _| answer(status, "", &body));
        let error = logged_in(&server, &world)
            .send(&Call::get("looks"))
            .unwrap_err();
        assert_eq!((error.kind, server.asked().len()), (Kind::Credential, 1));
        assert_eq!(
            error.to_string().replace(&server.url, "http://x/"),
            format!(
                "GET http://x/looks: the login at http://x/login is refused: status {status}: no *** here"
            )
        );
        assert!(!format!("{error:?}").contains("planted"));
    }
}

#[test]
fn a_login_that_fails_is_made_again_as_any_call_and_counts_against_the_limit() {
    let world = World::new();
    let server = Server::new(|nth, asked| match (nth, asked.path()) {
        (0, _) => answer(503, "", ""),
        (1, _) => answer(429, "Retry-After: 7\r\n", ""),
        (_, "/login") => json(r#"{"access_token": "planted-token"}"#),
        _ => json("[]"),
    });
    let client = logged_in(&server, &world);
    let exchange = client.send(&Call::get("looks")).unwrap().exchange;
    assert_eq!((exchange.attempts, server.asked().len()), (3, 4));
    assert!(world.slept().contains(&7000), "{:?}", world.slept());

    let (world, server) = (World::new(), service(|_| false));
    let mut settings = world::settings(&server.url);
    settings.auth = auth(&server);
    settings.limit = limit(4, 60);
    let client = world::client(settings, &world);
    let exchange = client.send(&Call::get("looks")).unwrap().exchange;
    assert_eq!(exchange.waited_ms, 15_000);
}

#[test]
fn half_an_answer_to_a_login_shows_no_token() {
    for (body, what) in [
        (
            r#"{"access_token": "planted-tok"#,
            "brought no token that is whole (sent 4 times)",
        ),
        (r#"{"access_token": ""}"#, "brought no token"),
        ("[]", "brought no token"),
        (
            r#"{"access_token": "planted\nX-Evil: 1"}"#,
            "brought no token",
        ),
    ] {
        let world = World::new();
        let server = Server::new(move |_, _| json(body));
        let error = logged_in(&server, &world)
            .send(&Call::get("looks"))
            .unwrap_err();
        assert_eq!(
            error.to_string().replace(&server.url, "http://x/"),
            format!("GET http://x/looks: the login at http://x/login {what}")
        );
        assert_eq!(error.kind, Kind::Answer);
        assert!(!format!("{error:?}").contains("planted"), "{error:?}");
    }
}

#[test]
fn the_token_stands_in_no_answer_error_or_exchange() {
    let world = World::new();
    let echo = r#"{"message": "token planted-token-4711", "access_token": "planted-token-4711"}"#;
    let server = Server::new(move |_, asked| match asked.path() {
        "/refused" => answer(400, "", echo),
        _ => answer(200, "X-Echo: planted-token-4711\r\n", echo),
    });
    let client = logged_in(&server, &world);
    let found = client.send(&Call::get("looks?token=planted-token-4711"));
    let found = found.unwrap();
    assert_eq!(found.json["access_token"], "***");
    let error = client.send(&Call::get("refused")).unwrap_err();
    let seen = format!("{found:?} {} {error} {error:?} {client:?}", found.json);
    assert!(!seen.contains("planted"), "{seen}");
}

#[test]
fn threads_share_a_session() {
    let (world, server) = (World::new(), service(|token| token == "planted-token-0"));
    let client = logged_in(&server, &world);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| client.send(&Call::get("looks")).unwrap());
        }
    });
    assert_eq!(logins(&server).len(), 2);
}

#[test]
fn another_host_gets_no_token_though_the_login_may_be_on_one() {
    let world = World::new();
    let stranger = Server::new(|_, _| json("[]"));
    let to = format!("Location: {}there\r\n", stranger.url);
    let server = Server::new(move |_, _| answer(302, &to, ""));
    let tokens = service(|_| false);
    let mut settings = settings(&server.url);
    settings.auth = auth(&tokens);
    client(settings, &world).send(&Call::get("a")).unwrap();
    assert_eq!(logins(&tokens).len(), 1);
    let token = Some("token planted-token-0");
    assert_eq!(server.asked()[0].header("authorization"), token);
    assert_eq!(stranger.asked()[0].header("authorization"), None);
}

#[test]
fn a_write_before_which_nobody_could_log_in_was_surely_not_done() {
    let world = World::new();
    let server = Server::new(|_, _| Reply::Bytes(Vec::new()));
    let call = Call::post("pages", serde_json::json!({})).once();
    let error = logged_in(&server, &world).send(&call).unwrap_err();
    assert_eq!((error.in_doubt, server.asked().len()), (false, 4));
}
