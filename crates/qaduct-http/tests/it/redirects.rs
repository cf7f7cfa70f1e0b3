//! Where the client lets itself be led.

use qaduct_http::{Call, Kind};
use serde_json::json;

use crate::server::{Server, answer, json};
use crate::world::{TOKEN, World, client, settings};

fn to(status: u16, place: &str) -> crate::server::Reply {
    answer(
        status,
        &format!("Location: {place}\r\n"),
        "<html>moved</html>",
    )
}

#[test]
fn a_redirect_on_the_same_origin_keeps_the_credential() {
    for status in [301, 302, 303, 307, 308] {
        let server = Server::script(vec![to(status, "/new?page=2#top"), json("[1]")]);
        let world = World::new();
        let answer = client(settings(&server.url), &world)
            .send(&Call::get("old"))
            .unwrap();
        assert_eq!(answer.json, json!([1]));
        assert_eq!(answer.exchange.url, format!("{}old", server.url));
        assert_eq!((answer.exchange.status, answer.exchange.attempts), (200, 1));
        let asked = server.asked();
        assert_eq!(asked[1].path(), "/new?page=2");
        assert_eq!(
            asked[1].header("authorization"),
            Some(&*format!("Bearer {TOKEN}"))
        );
        assert_eq!(asked[1].header("x-ours"), Some("yes"));
    }
}

#[test]
fn what_is_below_a_place_that_moved_for_good_is_asked_for_at_its_new_place() {
    for (status, second) in [
        (301, "/ids/1/issues"),
        (308, "/ids/1/issues"),
        (302, "/repos/old/issues"),
    ] {
        let replies = vec![to(status, "/ids/1"), json("{}"), json("[]")];
        let server = Server::script(replies);
        let world = World::new();
        let client = client(settings(&server.url), &world);
        client.send(&Call::get("repos/old")).unwrap();
        let answer = client.send(&Call::get("repos/old/issues")).unwrap();
        assert_eq!(server.asked()[2].path(), second);
        // What is told is what was asked for.
        assert_eq!(
            answer.exchange.url,
            format!("{}repos/old/issues", server.url)
        );
    }
}

#[test]
fn what_is_below_a_place_that_is_redirected_to_below_itself_is_asked_for_where_it_was() {
    let replies = vec![to(301, "/bug/"), json("{}"), json("{}"), json("{}")];
    let server = Server::script(replies);
    let world = World::new();
    let client = client(settings(&server.url), &world);
    for place in ["bug", "bug", "bug/7"] {
        client.send(&Call::get(place)).unwrap();
    }
    let paths: Vec<_> = server
        .asked()
        .iter()
        .map(|it| it.path().to_owned())
        .collect();
    assert_eq!(paths, ["/bug", "/bug/", "/bug", "/bug/7"]);
}

#[test]
fn another_origin_gets_neither_the_credential_nor_our_headers() {
    let storage = Server::script(vec![json("[1]")]);
    let place = format!("{}log?X-Amz-Signature=abc", storage.url);
    let server = Server::script(vec![to(302, &place)]);
    let world = World::new();
    let mut call = Call::get("log");
    call.headers.push(("if-none-match", "\"v1\"".to_owned()));
    client(settings(&server.url), &world).send(&call).unwrap();
    let asked = &storage.asked()[0];
    assert_eq!(asked.path(), "/log?X-Amz-Signature=abc");
    for name in ["authorization", "x-ours", "if-none-match", "cookie"] {
        assert_eq!(asked.header(name), None, "{name}");
    }
}

#[test]
fn a_refusal_by_another_origin_says_that_it_got_no_credential() {
    let other = Server::script(vec![answer(401, "", "{}")]);
    let server = Server::script(vec![to(301, &format!("{}x", other.url))]);
    let world = World::new();
    let error = client(settings(&server.url), &world)
        .send(&Call::get("x"))
        .unwrap_err();
    assert_eq!(error.kind, Kind::Credential);
    let place = other.url.trim_end_matches('/');
    assert_eq!(
        error.to_string(),
        format!(
            "GET {}x: status 401 from {place}, to where the service redirects; it gets no credential",
            server.url
        )
    );
}

#[test]
fn a_circle_of_redirects_is_an_error() {
    let server = Server::new(|_, asked| match asked.path() {
        "/a" => to(302, "/b"),
        _ => to(302, "/a"),
    });
    let world = World::new();
    let error = client(settings(&server.url), &world)
        .send(&Call::get("a"))
        .unwrap_err();
    assert_eq!(error.kind, Kind::Answer);
    assert_eq!(
        error.to_string(),
        format!(
            "GET {0}a: status 302: redirects in a circle to {0}a",
            server.url
        )
    );
    assert_eq!(server.asked().len(), 2);
}

#[test]
fn more_than_five_redirects_are_an_error() {
    let server = Server::new(|nth, _| to(302, &format!("/{nth}")));
    let world = World::new();
    let error = client(settings(&server.url), &world)
        .send(&Call::get("a"))
        .unwrap_err();
    assert_eq!(error.kind, Kind::Answer);
    assert!(
        error.trouble.contains("redirects more than 5 times"),
        "{error}"
    );
    assert_eq!(server.asked().len(), 6);

    let server = Server::new(|nth, _| match nth {
        5 => json("[]"),
        _ => to(302, &format!("/{nth}")),
    });
    client(settings(&server.url), &world)
        .send(&Call::get("a"))
        .unwrap();
}

#[test]
fn a_redirect_that_leads_nowhere_is_an_error() {
    for (place, why) in [
        ("Location: file:///etc/passwd\r\n", "redirects to `file`"),
        (
            "Location: http://[\r\n",
            "redirects to what is no URL (invalid IPv6 address)",
        ),
        ("", "redirects without saying where"),
    ] {
        let server = Server::script(vec![answer(302, place, "")]);
        let world = World::new();
        let error = client(settings(&server.url), &world)
            .send(&Call::get("a"))
            .unwrap_err();
        assert_eq!(error.kind, Kind::Answer);
        assert!(error.trouble.contains(why), "{error}");
        assert_eq!(server.asked().len(), 1, "it is not asked again");
    }
}

#[test]
fn a_question_with_a_body_is_not_redirected() {
    let server = Server::script(vec![to(307, "/new")]);
    let world = World::new();
    let call = Call::post("old", json!({}));
    let error = client(settings(&server.url), &world)
        .send(&call)
        .unwrap_err();
    assert_eq!(error.kind, Kind::Answer);
    assert!(
        error
            .trouble
            .contains("redirects a question that has a body"),
        "{error}"
    );
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn a_key_that_is_a_parameter_stands_in_no_url_but_the_one_on_the_wire() {
    let other = Server::script(vec![json("[1]")]);
    let place = format!("{}far?Bugzilla_api_key=planted%2Bkey&id=1", other.url);
    let near = "/near?id=1&Bugzilla_api_key=planted%2Bkey";
    let server = Server::script(vec![to(302, near), json("[1]"), to(302, &place)]);
    let world = World::new();
    let mut settings = settings(&server.url);
    settings.auth = qaduct_http::Auth::Parameter {
        name: "Bugzilla_api_key",
        value: qaduct_records::Secret::new("planted+key"),
    };
    let client = client(settings, &world);
    for _ in 0..2 {
        let answer = client.send(&Call::get("bug").with("id", 1)).unwrap();
        assert!(!format!("{answer:?}").contains("planted"));
        assert_eq!(answer.exchange.url, format!("{}bug?id=1", server.url));
    }
    let paths: Vec<_> = server
        .asked()
        .iter()
        .map(|it| it.path().to_owned())
        .collect();
    assert_eq!(
        paths,
        [
            "/bug?id=1&Bugzilla_api_key=planted%2Bkey",
            "/near?id=1&Bugzilla_api_key=planted%2Bkey",
            "/bug?id=1&Bugzilla_api_key=planted%2Bkey"
        ]
    );
    assert_eq!(other.asked()[0].path(), "/far?id=1");
}
