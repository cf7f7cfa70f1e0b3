//! A credential is seen by its service and by nobody else.

use qaduct_http::{Auth, Call, HttpError, Login};
use qaduct_records::Secret;

use crate::server::{Server, answer, json};
use crate::world::{World, client, settings};

const SECRET: &str = "pl4nted/S3cret+\"ü";

/// Every form in which it may come back.
const FORMS: &[&str] = &[
    SECRET,
    "pl4nted",
    "pl4nted%2FS3cret%2B%22%C3%BC",
    "pl4nted%2fS3cret%2b%22%c3%bc",
    "bWVAZXhhbXBsZS5vcmc6cGw0bnRlZC9TM2NyZXQrIsO8",
    "cGw0bnRlZC9TM2NyZXQrIsO8",
    "OnBsNG50ZWQvUzNjcmV0KyLDvA",
];

fn assert_clean(text: &str) {
    for form in FORMS {
        assert!(!text.contains(form), "{form} in {text}");
    }
}

fn auth() -> Auth {
    Auth::Basic {
        user: "me@example.org".to_owned(),
        password: Secret::new(SECRET),
    }
}

fn echo() -> String {
    serde_json::json!({ "message": FORMS.iter().filter(|it| **it != "pl4nted").collect::<Vec<_>>() }).to_string()
}

fn clean(error: &HttpError) {
    assert_clean(&format!("{error} {error:?} {error:#?}"));
}

#[test]
fn a_service_that_echoes_the_credential_is_not_repeated() {
    let world = World::new();
    let html = format!("<html>{}", FORMS[0]);
    let server = Server::new(move |_, asked| match asked.path() {
        "/message" => answer(400, "", echo()),
        "/text" => answer(400, "", FORMS[0]),
        "/html" => answer(200, "Content-Type: text/html\r\n", &html),
        "/redirect" => answer(302, &format!("Location: gopher://x/{}\r\n", FORMS[2]), ""),
        _ => answer(404, "", ""),
    });
    let mut settings = settings(&server.url);
    settings.auth = auth();
    let client = client(settings, &world);
    for path in ["message", "text", "html", "redirect", FORMS[2], FORMS[0]] {
        let error = client.send(&Call::get(path)).unwrap_err();
        assert!(error.to_string().contains("***"), "{error}");
        clean(&error);
    }
    let error = client
        .send(&Call::get("x").with("mine", SECRET))
        .unwrap_err();
    clean(&error);
    let error = client
        .send(&Call::get(format!("https://x.example/?a={}", FORMS[2])))
        .unwrap_err();
    clean(&error);
    assert_clean(&format!("{client:?}"));
}

#[test]
fn a_secret_is_not_cut_in_half_by_a_limit_of_letters() {
    let world = World::new();
    let server = Server::script(vec![
        answer(
            400,
            "",
            format!(r#"{{"error": "{} {SECRET}"}}"#, "a".repeat(292)).replace("+\"", "+\\\""),
        ),
        answer(200, "", format!("{} {SECRET}", "a".repeat(72))),
    ]);
    let mut settings = settings(&server.url);
    settings.auth = auth();
    settings.attempts = 1;
    let client = client(settings, &world);
    for _ in 0..2 {
        let error = client.send(&Call::get("x")).unwrap_err();
        assert!(error.to_string().contains("aaa **"), "{error}");
        clean(&error);
    }
}

#[test]
fn an_answer_that_echoes_the_credential_is_starred_in_headers_and_data() {
    let world = World::new();
    let headers = format!("X-Echo: {}\r\nSet-Cookie: session=1234\r\n", FORMS[4]);
    let server = Server::script(vec![
        answer(200, &headers, echo()),
        json(r#"{"short": "s3cret"}"#),
    ]);
    let mut settings = settings(&server.url);
    settings.auth = auth();
    let answer = client(settings.clone(), &world)
        .send(&Call::get("x"))
        .unwrap();
    assert_clean(&format!("{answer:?} {}", answer.json));
    assert_eq!(answer.json["message"][0], "***");
    assert_eq!(answer.header("x-echo"), Some("***"));
    assert_eq!(answer.header("set-cookie"), None);

    // A word of seven letters is in too many texts to be starred in data.
    settings.auth = Auth::Bearer(Secret::new("s3cret"));
    let answer = client(settings, &world).send(&Call::get("x")).unwrap();
    assert_eq!(answer.json["short"], "s3cret");
}

#[test]
fn parameters_that_hold_secrets_are_starred_in_the_url() {
    let world = World::new();
    let server = Server::script(vec![json("[]")]);
    let client = client(
        settings(&format!("{}index.php?/api/v2/", server.url)),
        &world,
    );
    let query = "get_x/1&limit=5&token=a&KEY=b&api_key=c&access%5Ftoken=d&password=e&secret=f\
                 &signature=g&X-Amz-Credential=h&nextPageToken=i&empty&monkey=j";
    let exchange = client.send(&Call::get(query)).unwrap().exchange;
    assert_eq!(
        exchange.url,
        format!(
            "{}index.php?/api/v2/get_x/1&limit=5&token=***&KEY=***&api_key=***&access%5Ftoken=***&password=***\
             &secret=***&signature=***&X-Amz-Credential=***&nextPageToken=i&empty&monkey=j",
            server.url
        )
    );
    assert!(server.asked()[0].path().ends_with(query));
}

#[test]
fn settings_and_calls_show_no_credential() {
    for auth in [
        auth(),
        Auth::Bearer(Secret::new(SECRET)),
        Auth::Hawk {
            id: "project/qa".to_owned(),
            key: Secret::new(SECRET),
        },
        Auth::Header {
            name: "x-key",
            value: Secret::new(SECRET),
        },
        Auth::Session(Login {
            url: "https://example.org/login".parse().unwrap(),
            form: vec![("client_id", "qa".to_owned())],
            secret: ("client_secret", Secret::new(SECRET)),
            word: "token",
        }),
    ] {
        let mut settings = settings("https://example.org/");
        settings.auth = auth;
        assert_clean(&format!("{settings:?}"));
    }
}

#[test]
fn a_credential_that_no_header_can_carry_is_an_error_that_does_not_show_it() {
    let mut settings = settings("https://example.org/");
    settings.auth = Auth::Bearer(Secret::new("pl4nted\nX-Evil: 1"));
    let world = World::new();
    let error = qaduct_http::Client::new(settings, world.clone(), world).unwrap_err();
    clean(&error);
    assert!(
        error
            .to_string()
            .contains("another letter that no header can carry"),
        "{error}"
    );
}
