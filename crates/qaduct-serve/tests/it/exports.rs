//! Files with all rows: `.csv`, `.jsonl`, `.json`.

use serde_json::Value as Json;

use crate::world::{Muted, World, pluck};

fn many(count: usize) -> World {
    let world = World::empty();
    let mutes: Vec<_> = (0..count)
        .map(|n| {
            Muted::new(&format!("test_{n:05}")).reason(&format!("{n}: {}", "because ".repeat(90)))
        })
        .collect();
    world.mutes(&mutes);
    world
}

#[tokio::test]
async fn csv_has_a_head_and_all_rows() {
    let server = World::small().server();
    let answer = server.get("/api/v1/mutes.csv").await;
    assert_eq!(
        answer.header("content-type"),
        "text/csv; charset=utf-8; header=present"
    );
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename=\"mutes.csv\""
    );
    insta::assert_snapshot!(answer.text().replace("\r\n", "⏎\n"), @r#"
        declaration_id,repository,path,container,test,param,test_id,line_start,line_end,language,framework,form,alias,kind,scope,condition,condition_os,condition_arch,condition_version,condition_env,condition_feature,intent,runs,strict,strict_source,reason,ticket,tickets,since_declared,since_text,until_declared,until_text,owner_declared,dynamic,effective,ineffective_because,confidence,partly_parsed,branch,group_id,nth,opened_by,first_seen_at,first_seen_commit,last_seen_at,last_seen_commit,closed_by,gone_at,gone_commit,muted,commit_id,since_git⏎
        7a38231af78c45dd05ac4a2e775ccfd6,github.com/acme/shop,tests/test_cart.py,TestCart,test_add,,tests/test_cart.py::TestCart::test_add,10,11,python,pytest,pytest.mark.xfail,,xfail,test,,,,,,,,true,false,,adds twice,SHOP-1,SHOP-1,2026-01-05,2026-01-05,,,,false,true,,exact,false,main,def69703e497d3a71743cb8e0f8028a5,1,baseline,2026-11-01T06:00:00Z,c0ffee,,,,,,true,c0ffee,⏎
        5ccca821a473a25671b88ab9632120b5,github.com/acme/shop,tests/test_cart.py,"",test_empty,,tests/test_cart.py::test_empty,30,11,python,pytest,pytest.mark.skip,,skip,test,,,,,,,,false,,,,,,,,,,,false,true,,exact,false,main,166da5c61e6646261892a5567e022054,1,baseline,2026-11-01T06:00:00Z,c0ffee,,,,,,true,c0ffee,⏎
        45bad0ce2d84f0cf5c572cdb7ea93905,github.com/acme/shop,tests/test_pay.py,"",test_pay,,tests/test_pay.py::test_pay,10,11,python,pytest,pytest.mark.skip,,skip,test,,,,,,,,false,,,the Gateway is slow,SHOP-2,SHOP-2,,,,,,false,true,,exact,false,main,7801796b40249c243572c784f08946a5,1,commit,2026-11-20T06:00:00Z,c0ffee,,,,,,true,c0ffee,⏎
        7a38231af78c45dd05ac4a2e775ccfd6,github.com/acme/shop,tests/test_cart.py,TestCart,test_add,,tests/test_cart.py::TestCart::test_add,10,11,python,pytest,pytest.mark.xfail,,xfail,test,,,,,,,,true,false,,adds twice,SHOP-1,SHOP-1,2026-01-05,2026-01-05,,,,false,true,,exact,false,release,def69703e497d3a71743cb8e0f8028a5,1,commit,2026-11-10T06:00:00Z,c0ffee,,,,,,true,c0ffee,⏎
        "#);
}

#[tokio::test]
async fn csv_says_the_same_as_json_when_a_library_reads_it() {
    let world = World::empty();
    let nasty = [
        "=cmd|'/c calc'!A1",
        "a,\"b\"\r\nc",
        "\u{0}🦀",
        "",
        " spaces ",
        "'quoted",
    ];
    world.mutes(&nasty.map(|reason| {
        Muted::new("t")
            .reason(reason)
            .with(|it| it.path = format!("p{reason}"))
    }));
    let server = world.server();
    let csv = server.get("/api/v1/mutes.csv").await;
    let mut reader = csv::Reader::from_reader(csv.body.as_ref());
    let at = reader
        .headers()
        .unwrap()
        .iter()
        .position(|it| it == "reason")
        .unwrap();
    let read: Vec<String> = reader
        .records()
        .map(|it| it.unwrap()[at].to_owned())
        .collect();
    let mut expected = pluck(&server.json("/api/v1/mutes").await["items"], "reason");
    for text in &mut expected {
        if text.starts_with('=') {
            text.insert(0, '\'');
        }
    }
    assert_eq!(read, expected);
    let text = csv.text();
    assert!(
        text.contains("spaces ") && !text.contains("\" spaces"),
        "no needless quotation marks"
    );
}

#[tokio::test]
async fn files_have_all_rows_whatever_the_size_of_a_page_and_are_streamed() {
    let world = many(5_200);
    let server = world.server();
    let lines = server.get("/api/v1/mutes.jsonl").await;
    assert_eq!(lines.header("content-type"), "application/jsonl");
    assert!(
        lines.body.len() > 8 * 1024 * 1024,
        "longer than what is kept in memory"
    );
    let tests: Vec<String> = lines
        .text()
        .lines()
        .map(|line| {
            serde_json::from_str::<Json>(line).unwrap()["test"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(tests.len(), 5_200);
    let mut unique = tests.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), 5_200);
    assert_eq!(
        server.get("/api/v1/mutes.csv").await.text().lines().count(),
        5_201
    );
    assert_eq!(
        server.json("/redash/mutes").await["rows"]
            .as_array()
            .unwrap()
            .len(),
        5_200
    );
    assert_eq!(
        server.json("/api/v1/mutes").await["items"]
            .as_array()
            .unwrap()
            .len(),
        100
    );
    assert_eq!(
        server.json("/api/v1/mutes?limit=5000").await["items"]
            .as_array()
            .unwrap()
            .len(),
        5_000
    );
}

#[tokio::test]
async fn a_streamed_file_can_be_gzip() {
    use std::io::Read as _;
    let world = many(5_200);
    let server = world.server();
    let plain = server.get("/api/v1/mutes.jsonl").await;
    let coded = server
        .send("GET", "/api/v1/mutes.jsonl", &[("accept-encoding", "gzip")])
        .await;
    assert_eq!(coded.header("content-encoding"), "gzip");
    assert!(coded.body.len() < plain.body.len() / 5);
    let mut decoded = Vec::new();
    flate2::read::GzDecoder::new(coded.body.as_ref())
        .read_to_end(&mut decoded)
        .unwrap();
    assert!(decoded == plain.body);
}

#[tokio::test]
async fn filters_and_order_hold_for_files_and_limit_shortens_them() {
    let server = World::small().server();
    let answer = server
        .get("/api/v1/mutes.jsonl?branch=main&sort=-test&limit=2")
        .await;
    let tests: Vec<_> = answer
        .text()
        .lines()
        .map(|line| {
            serde_json::from_str::<Json>(line).unwrap()["test"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(tests, ["test_pay", "test_empty"]);
    assert_eq!(
        server.get("/api/v1/mutes.csv?page_token=x").await.status,
        400
    );
}

#[tokio::test]
async fn json_by_extension_is_the_same_page() {
    let server = World::small().server();
    assert_eq!(
        server.get("/api/v1/mutes.json?limit=2").await.body,
        server.get("/api/v1/mutes?limit=2").await.body
    );
    assert_eq!(
        server
            .get("/api/v1/runs.jsonl")
            .await
            .text()
            .lines()
            .count(),
        2
    );
}
