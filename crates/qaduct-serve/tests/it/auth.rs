//! Who may ask.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::world::World;

const TOKEN: &str = "s3cret:with-a-colon";

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

#[tokio::test]
async fn without_a_token_every_route_but_health_is_closed() {
    let server = World::small().token(TOKEN).server();
    for path in [
        "/",
        "/api/v1/mutes",
        "/redash/mutes",
        "/redash/mutes/",
        "/metrics",
        "/api/openapi.json",
        "/nothing",
        "/healthz/x",
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, 401, "{path}");
        assert_eq!(answer.json()["error"]["code"], "unauthorized");
        let schemes: Vec<_> = answer.headers.get_all("www-authenticate").iter().collect();
        assert_eq!(
            schemes,
            [
                "Bearer realm=\"qaduct\"",
                "Basic realm=\"qaduct\", charset=\"UTF-8\""
            ]
        );
        assert!(!answer.text().contains("s3cret"));
    }
    assert_eq!(server.get("/healthz").await.status, 200);
    assert_eq!(server.get("/healthz/").await.status, 200);
}

#[tokio::test]
async fn the_token_opens_as_bearer_and_as_password_of_any_user() {
    let server = World::small().token(TOKEN).server();
    for header in [
        format!("Bearer {TOKEN}"),
        format!("bearer  {TOKEN} "),
        basic("redash", TOKEN),
        basic("", TOKEN),
        basic("someone@example.com", TOKEN).replace("Basic", "basic"),
    ] {
        let answer = server
            .send("GET", "/redash/mutes", &[("authorization", &header)])
            .await;
        assert_eq!(answer.status, 200, "{header}");
    }
}

#[tokio::test]
async fn nothing_else_opens() {
    let server = World::small().token(TOKEN).server();
    for header in [
        String::new(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        "Bearer s3cret".to_owned(),
        format!("Bearer {TOKEN}x"),
        format!("Digest {TOKEN}"),
        TOKEN.to_owned(),
        basic(TOKEN, ""),
        basic("user", "wrong"),
        "Basic !!!".to_owned(),
        format!("Basic {}", STANDARD.encode("no colon")),
    ] {
        let answer = server
            .send("GET", "/redash/mutes", &[("authorization", &header)])
            .await;
        assert_eq!(answer.status, 401, "{header}");
    }
}

#[tokio::test]
async fn a_server_without_a_token_answers_everybody() {
    let server = World::small().server();
    assert_eq!(server.get("/redash/mutes").await.status, 200);
    assert_eq!(
        server
            .send("GET", "/redash/mutes", &[("authorization", "Bearer x")])
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn without_a_token_only_names_of_this_machine_are_answered() {
    let server = World::small().server();
    for host in ["localhost:7700", "127.0.0.1:7700", "[::1]:7700"] {
        let answer = server.send("GET", "/redash/mutes", &[("host", host)]).await;
        assert_eq!(answer.status, 200, "{host}");
    }
    for path in ["/redash/mutes", "/healthz", "/", "/nothing"] {
        let answer = server.send("GET", path, &[("host", "evil.example")]).await;
        assert_eq!(answer.status, 421, "{path}");
        assert_eq!(answer.json_code(), "foreign_host");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
    let answer = server
        .send(
            "GET",
            "http://evil.example/redash/mutes",
            &[("host", "localhost")],
        )
        .await;
    assert_eq!(answer.status, 421, "the address counts as well");
}

#[tokio::test]
async fn with_a_token_the_host_does_not_matter() {
    let server = World::small().token(TOKEN).server();
    let authorization = format!("Bearer {TOKEN}");
    let headers = [
        ("host", "qa.example"),
        ("authorization", authorization.as_str()),
    ];
    let answer = server.send("GET", "/redash/mutes", &headers).await;
    assert_eq!(answer.status, 200);
}
