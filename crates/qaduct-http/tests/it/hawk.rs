//! Signed requests: what is sent, and what becomes of clocks that differ.

use qaduct_http::{Auth, Call, Client, Kind};
use qaduct_records::Secret;

use crate::server::{Asked, Server, answer, json};
use crate::world::{World, client, settings};

const KEY: &str = "planted/key+4711";

fn hawk(server: &Server, world: &std::sync::Arc<World>) -> Client {
    let mut settings = settings(&server.url);
    settings.auth = Auth::Hawk {
        id: "mozilla-auth0/ad|LDAP|qa/pump".to_owned(),
        key: Secret::new(KEY),
    };
    client(settings, world)
}

fn signed(asked: &Asked, name: &str) -> String {
    let header = asked.header("authorization").unwrap();
    let (_, rest) = header.split_once(&format!("{name}=\"")).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[test]
fn each_request_is_signed_anew_and_none_holds_the_key() {
    let (world, server) = (World::new(), Server::script(vec![json("[]")]));
    let client = hawk(&server, &world);
    for path in ["queue/v1/ping", "queue/v1/ping?limit=5"] {
        client.send(&Call::get(path)).unwrap();
    }
    let asked = server.asked();
    assert_eq!(
        signed(&asked[0], "Hawk id"),
        "mozilla-auth0/ad|LDAP|qa/pump"
    );
    assert_eq!(signed(&asked[0], "ts"), "1772366400");
    assert_ne!(signed(&asked[0], "nonce"), signed(&asked[1], "nonce"));
    assert_ne!(signed(&asked[0], "mac"), signed(&asked[1], "mac"));
    assert!(!format!("{asked:?}").contains(KEY));
}

#[test]
fn where_the_clocks_differ_the_time_of_the_service_is_signed_from_then_on() {
    let world = World::new();
    // Twenty minutes ahead of ours.
    let date = "Date: Sun, 01 Mar 2026 12:20:00 GMT\r\n";
    let server = Server::script(vec![answer(401, date, "{}"), json("[]")]);
    let client = hawk(&server, &world);
    let told = client.send(&Call::get("a")).unwrap();
    assert_eq!(told.exchange.attempts, 2);
    client.send(&Call::get("b")).unwrap();
    let times: Vec<_> = server.asked().iter().map(|it| signed(it, "ts")).collect();
    assert_eq!(times, ["1772366400", "1772367600", "1772367600"]);
    assert_eq!(world.slept(), [0_u128; 0]);
}

#[test]
fn a_refusal_by_a_clock_like_ours_is_final() {
    let world = World::new();
    let date = "Date: Sun, 01 Mar 2026 12:00:02 GMT\r\n";
    let body = format!(r#"{{"message": "no {KEY} here"}}"#);
    let server = Server::script(vec![answer(401, date, &body)]);
    let error = hawk(&server, &world).send(&Call::get("a")).unwrap_err();
    assert_eq!((error.kind, server.asked().len()), (Kind::Credential, 1));
    assert_eq!(error.message.as_deref(), Some("no *** here"));
}

#[test]
fn a_name_that_would_break_the_header_is_refused_at_once() {
    let mut settings = settings("https://example.org/");
    settings.auth = Auth::Hawk {
        id: "qa\", mac=\"x".to_owned(),
        key: Secret::new(KEY),
    };
    let world = World::new();
    let error = Client::new(settings, world.clone(), world).unwrap_err();
    assert!(error.to_string().contains("quotation mark"), "{error}");
}
