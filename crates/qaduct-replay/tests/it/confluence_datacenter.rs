//! Confluence Data Center as its reference has it, over the pages that the Cloud has.

use std::collections::BTreeSet;

use qaduct_replay::{Options, Server, World};
use serde_json::{Value, json};

use crate::client::{Got, send, send_bytes};

const TOKEN: (&str, &str) = ("Authorization", "Bearer token");
const JSON: (&str, &str) = ("Content-Type", "application/json");
const NOCHECK: (&str, &str) = ("X-Atlassian-Token", "nocheck");
const FORM: (&str, &str) = ("Content-Type", "multipart/form-data; boundary=x");

/// A server whose lists have so many rows at most.
fn narrow(rows: usize) -> Server {
    let options = Options {
        page: Some(rows),
        ..Options::default()
    };
    Server::start(World::of("confluence", 1, 400), options).unwrap()
}

fn ask(server: &Server, method: &str, path: &str, body: Option<&Value>) -> Got {
    let url = format!("{}/{path}", server.url("confluence-dc"));
    let json = body.map(|_| JSON);
    let headers: Vec<_> = [TOKEN].into_iter().chain(json).collect();
    send(method, &url, &headers, body).unwrap()
}

fn get(server: &Server, path: &str) -> Got {
    ask(server, "GET", path, None)
}

fn said(got: &Got) -> String {
    got.json()["message"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// All rows of a list, with the links to the next page followed below the address of the site.
fn all(server: &Server, path: &str) -> Vec<Value> {
    let (mut rows, mut page) = (Vec::new(), get(server, path).json());
    loop {
        rows.extend(page["results"].as_array().unwrap().iter().cloned());
        let Some(next) = page["_links"]["next"].as_str() else {
            return rows;
        };
        page = get(server, next.trim_start_matches('/')).json();
    }
}

fn ids(rows: &[Value]) -> BTreeSet<String> {
    rows.iter()
        .map(|it| it["id"].as_str().unwrap().to_owned())
        .collect()
}

/// A page that is there, and its version.
fn a_page(server: &Server) -> (String, u64) {
    let world = server.world();
    let mut pages = world.collection("confluence.pages").all();
    let page = pages
        .find(|it| it["status"] == "current" && it["parentId"].is_string())
        .unwrap();
    (
        page["id"].as_str().unwrap().to_owned(),
        page["version"]["number"].as_u64().unwrap(),
    )
}

fn put(server: &Server, page: &str, number: u64, body: &str) -> Got {
    let title = server.world().get("confluence.pages", page).unwrap()["title"].clone();
    let update = json!({
        "id": page, "type": "page", "title": title, "version": { "number": number, "message": "by a test" },
        "body": { "storage": { "representation": "storage", "value": body } },
    });
    ask(
        server,
        "PUT",
        &format!("rest/api/content/{page}"),
        Some(&update),
    )
}

fn upload(server: &Server, path: &str, file: &str, bytes: &str) -> Got {
    let url = format!("{}/rest/api/content/{path}", server.url("confluence-dc"));
    let body = format!(
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{file}\"\r\nContent-Type: image/png\r\n\r\n\
         {bytes}\r\n--x\r\nContent-Disposition: form-data; name=\"comment\"\r\n\r\nhow it was made\r\n--x--\r\n"
    );
    let headers = [TOKEN, NOCHECK, FORM];
    send_bytes("POST", &url, &headers, body.into_bytes()).unwrap()
}

#[test]
fn lists_lead_to_all_rows_and_a_scan_goes_on_behind_an_id() {
    let server = narrow(7);
    let pages = all(
        &server,
        "rest/api/content/scan?spaceKey=MTE&status=current&status=trashed&expand=version,space,ancestors,history",
    );
    let expected = server.world().ids_where("confluence.pages", |it| {
        it["spaceId"] == "98310" && it["_hidden"] != true
    });
    assert_eq!(ids(&pages), expected);
    let statuses: BTreeSet<_> = pages
        .iter()
        .map(|it| it["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, ["current", "trashed"].into());
    let first = get(&server, "rest/api/content/scan?spaceKey=MTE&limit=2").json();
    let last = first["results"][1]["id"].as_str().unwrap();
    assert_eq!(first["cursor"], "content:false:null");
    assert_eq!(first["nextCursor"], format!("content:false:{last}"));

    let page = &pages[0];
    assert!(
        page["version"]["when"].as_str().unwrap().ends_with(":00"),
        "{page}"
    );
    assert!(page["version"]["by"]["userKey"].is_string());
    assert_eq!(page["version"]["by"]["accountId"], Value::Null);
    assert_eq!(page["space"]["id"], 98_310);
    assert!(page["_expandable"]["body"].is_string());

    assert_eq!(all(&server, "rest/api/space?limit=2").len(), 4);
    let archived = all(&server, "rest/api/space?status=archived");
    assert_eq!(archived[0]["key"], "OLD");
    let (page, number) = a_page(&server);
    server
        .world()
        .edit_page(&page, |body| format!("{body}<p>more</p>"));
    let versions = all(
        &server,
        &format!("rest/experimental/content/{page}/version"),
    );
    assert_eq!(versions[0]["number"], number + 1);
    assert_eq!(versions.len() as u64, number + 1);
    assert_eq!(server.violations(), [""; 0]);
}

#[test]
fn a_search_looks_into_archived_spaces_only_where_it_is_told_to() {
    let server = narrow(50);
    let old = server
        .world()
        .ids_where("confluence.pages", |it| it["spaceId"] == "98312");
    server
        .world()
        .attach(old.first().unwrap(), "old.png", b"old");
    let path = "rest/api/search?cql=type+%3D+attachment+and+space+%3D+%22OLD%22";
    assert_eq!(all(&server, path).len(), 0);
    let path = format!("{path}&includeArchivedSpaces=true&expand=content.container&excerpt=none");
    let got = get(&server, &path).json();
    let found = got["results"].as_array().unwrap();
    assert_eq!(got["totalSize"], found.len());
    let file = found.iter().find(|it| it["title"] == "old.png").unwrap();
    assert_eq!(
        file["content"]["container"]["id"],
        old.first().unwrap().as_str()
    );
    let number: Result<u64, _> = file["content"]["id"].as_str().unwrap().parse();
    assert!(number.is_ok());
    assert_eq!(
        get(&server, "rest/api/search?cql=colour+%3D+red").status,
        400
    );
}

#[test]
fn a_page_is_written_as_the_next_version_and_no_other() {
    let server = narrow(50);
    let (page, number) = a_page(&server);
    let got = put(&server, &page, number, "<p>late</p>");
    assert_eq!(
        (got.status, said(&got)),
        (
            409,
            format!("Version must be incremented on update. Current version is: {number}")
        )
    );
    let parent = server.world().get("confluence.pages", &page).unwrap()["parentId"].clone();
    let got = put(&server, &page, number + 1, "<p>next</p>");
    assert_eq!(
        (got.status, &got.json()["version"]["number"]),
        (200, &json!(number + 1))
    );
    let now = server
        .world()
        .get("confluence.pages", &page)
        .unwrap()
        .clone();
    assert_eq!(
        (&now["_body"], &now["parentId"]),
        (&json!("<p>next</p>"), &parent)
    );
    assert_eq!(put(&server, &page, number + 2, "<p>open").status, 400);

    let new = json!({
        "type": "page", "title": "New & <old>", "space": { "key": "DTE" },
        "body": { "storage": { "representation": "storage", "value": "<p/>" } },
    });
    let got = ask(&server, "POST", "rest/api/content", Some(&new));
    assert_eq!(got.status, 200, "{}", got.text);
    let id = got.json()["id"].as_str().unwrap().to_owned();
    let again = ask(&server, "POST", "rest/api/content", Some(&new));
    assert_eq!(again.status, 400);
    let found = all(
        &server,
        "rest/api/content?type=page&spaceKey=DTE&title=New+%26+%3Cold%3E&expand=body.storage,version",
    );
    assert_eq!(ids(&found), [id.clone()].into());
    assert_eq!(found[0]["version"]["number"], 1);
    assert!(found[0]["body"]["storage"]["value"].is_string());
    assert_eq!(
        ask(&server, "DELETE", &format!("rest/api/content/{id}"), None).status,
        204
    );
    assert_eq!(get(&server, &format!("rest/api/content/{id}")).status, 404);
    let trashed = get(&server, &format!("rest/api/content/{id}?status=trashed"));
    assert_eq!(trashed.json()["status"], "trashed");
    assert_eq!(server.violations(), [""; 0]);
}

#[test]
fn a_file_is_attached_once_and_replaced_by_its_number() {
    let server = narrow(50);
    let (page, _) = a_page(&server);
    let list = format!("{page}/child/attachment");
    let got = upload(&server, &list, "a.png", "one");
    let file = &got.json()["results"][0];
    assert_eq!((got.status, &file["version"]["number"]), (200, &json!(1)));
    assert_eq!(file["extensions"]["comment"], "how it was made");
    let got = upload(&server, &list, "a.png", "two");
    assert_eq!(
        (got.status, said(&got)),
        (
            400,
            "Cannot add a new attachment with same file name as an existing attachment: a.png"
                .to_owned()
        )
    );
    let id = file["id"].as_str().unwrap();
    let got = upload(&server, &format!("{list}/{id}/data"), "a.png", "two");
    assert_eq!(
        (got.status, &got.json()["version"]["number"]),
        (200, &json!(2))
    );
    assert_eq!(server.world().attached(&page, "a.png").unwrap(), b"two");
    assert_eq!(
        upload(&server, &format!("{list}/1/data"), "a.png", "x").status,
        404
    );
    let url = format!("{}/rest/api/content/{list}", server.url("confluence-dc"));
    let without = send_bytes("POST", &url, &[TOKEN, FORM], b"--x--".to_vec()).unwrap();
    assert_eq!(without.status, 403);
}

#[test]
fn labels_are_added_to_those_that_are_there() {
    let server = narrow(50);
    let (page, _) = a_page(&server);
    let path = format!("rest/api/content/{page}/label");
    let names = || -> BTreeSet<String> {
        let all = all(&server, &format!("{path}?prefix=global"));
        all.iter()
            .map(|it| it["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let mut before = names();
    let got = ask(
        &server,
        "POST",
        &path,
        Some(&json!([{ "prefix": "global", "name": "weekly" }])),
    );
    assert_eq!(got.status, 200);
    before.insert("weekly".to_owned());
    assert_eq!(names(), before);
}

#[test]
fn a_token_or_a_password_opens_it_and_nothing_else() {
    let options = Options {
        credentials: vec!["token".to_owned()],
        ..Options::default()
    };
    let server = Server::start(World::of("confluence", 1, 60), options).unwrap();
    let url = format!("{}/rest/api/user/current", server.url("confluence-dc"));
    let asked = |value: &str| send("GET", &url, &[("Authorization", value)], None).unwrap();
    assert_eq!(asked("Bearer token").json()["type"], "known");
    // user:token
    assert_eq!(asked("Basic dXNlcjp0b2tlbg==").status, 200);
    assert_eq!(asked("Bearer other").status, 401);
    assert_eq!(send("GET", &url, &[], None).unwrap().status, 401);
}
