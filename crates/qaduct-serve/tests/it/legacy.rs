//! `/` as the xfailflake grabber served it.

use qaduct_serve::Legacy;

use crate::world::{Muted, World};

fn flake(test: &str) -> Muted {
    Muted::new(test).with(|it| it.form = "pytest.mark.xfailflake".to_owned())
}

#[tokio::test]
async fn the_document_is_that_of_the_predecessor_to_the_order_of_its_keys() {
    let world = World::empty().legacy(Legacy {
        repository: "github.com/acme/shop".to_owned(),
        label: "acme/shop".to_owned(),
        branch: "main".to_owned(),
    });
    world.mutes(&[
        flake("test_vip")
            .ticket("DCOS-46220")
            .since("2018-12-10")
            .with(|it| it.since_text = Some("10.12.2018".to_owned())),
        flake("test_vip")
            .ticket("DCOS-45799")
            .since("2018-12-01")
            .with(|it| {
                it.since_text = None;
                it.line_start = 12;
            }),
        flake("test_text").with(|it| {
            it.since_text = Some("last summer".to_owned());
            it.path = "test_z.py".to_owned();
        }),
        Muted::new("test_alias")
            .reason("DCOS-45278 - slow")
            .ticket("DCOS-45278")
            .with(|it| {
                it.form = "pytest.mark.xfail".to_owned();
                it.alias = Some("common.xfailflake".to_owned());
                it.line_start = 99;
            }),
        Muted::new("test_skip"),
        flake("test_other_branch").branch("release"),
        flake("test_other_repository").with(|it| it.repository = "github.com/acme/pay".to_owned()),
        flake("test_gone").gone("2026-11-15T06:00:00Z"),
    ]);
    let answer = world.server().get("/").await;
    assert_eq!(answer.header("content-type"), "application/json");
    let text = answer
        .text()
        .replace("},{", "},\n{")
        .replace("[{", "[\n{")
        .replace("}]", "}\n]");
    insta::assert_snapshot!(text, @r#"
    {"columns":[
    {"name":"test","type":"string","friendly_name":"Test"},
    {"name":"ticket","type":"string","friendly_name":"JIRA ticket"},
    {"name":"file","type":"string","friendly_name":"File"},
    {"name":"repo","type":"string","friendly_name":"Repository"},
    {"name":"branch","type":"string","friendly_name":"Branch"}
    ],"rows":[
    {"file":"/test_z.py","test":"test_text","ticket":"","since":"last summer","repo":"acme/shop","branch":"main"},
    {"file":"/tests/test_cart.py","test":"test_vip","ticket":"DCOS-46220","since":"10.12.2018","repo":"acme/shop","branch":"main"},
    {"file":"/tests/test_cart.py","test":"test_vip","ticket":"DCOS-45799","since":"2018-12-01","repo":"acme/shop","branch":"main"},
    {"file":"/tests/test_cart.py","test":"test_alias","ticket":"DCOS-45278","since":"","repo":"acme/shop","branch":"main"}
    ]}
    "#);
}

#[tokio::test]
async fn without_mutes_the_rows_are_empty() {
    let world = World::empty().legacy(Legacy {
        repository: "r".to_owned(),
        label: "r".to_owned(),
        branch: "b".to_owned(),
    });
    assert_eq!(
        world.server().json("/").await["rows"],
        serde_json::json!([])
    );
}
