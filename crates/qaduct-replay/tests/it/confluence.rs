//! Confluence as its specification has it, and as it treats what is written.

use std::collections::BTreeSet;

use qaduct_replay::{Options, Server, World};
use serde_json::{Value, json};

use crate::client::{Got, send, send_bytes, serve};

const BASIC: (&str, &str) = ("Authorization", "Basic YUBleGFtcGxlLm9yZzp0b2tlbg==");
const JSON: (&str, &str) = ("Content-Type", "application/json");
const NOCHECK: (&str, &str) = ("X-Atlassian-Token", "nocheck");
const FORM: (&str, &str) = ("Content-Type", "multipart/form-data; boundary=x");

fn server() -> Server {
    serve(World::of("confluence", 1, 400), &[])
}

/// Asks for a path below `/wiki`.
fn ask(server: &Server, method: &str, path: &str, body: Option<&Value>) -> Got {
    let url = format!("{}/wiki/{path}", server.url("confluence"));
    let json = body.map(|_| JSON);
    let headers: Vec<_> = [BASIC].into_iter().chain(json).collect();
    send(method, &url, &headers, body).unwrap()
}

fn get(server: &Server, path: &str) -> Got {
    ask(server, "GET", &format!("api/v2/{path}"), None)
}

fn title_of(got: &Got) -> String {
    got.json()["errors"][0]["title"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
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
        "id": page, "status": "current", "title": title, "version": { "number": number, "message": "by a test" },
        "body": { "representation": "storage", "value": body },
    });
    ask(
        server,
        "PUT",
        &format!("api/v2/pages/{page}"),
        Some(&update),
    )
}

fn upload(server: &Server, method: &str, page: &str, file: &str, headers: &[(&str, &str)]) -> Got {
    let url = format!(
        "{}/wiki/rest/api/content/{page}/child/attachment",
        server.url("confluence")
    );
    let headers: Vec<_> = headers.iter().copied().chain([BASIC]).collect();
    let body = format!(
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{file}\"\r\nContent-Type: image/png\r\n\r\n\
         bytes of {method}\r\n--x\r\nContent-Disposition: form-data; name=\"comment\"\r\n\r\nhow it was made\r\n--x--\r\n"
    );
    send_bytes(method, &url, &headers, body.into_bytes()).unwrap()
}

/// All rows of a list, with the links to the next page followed.
fn all(server: &Server, path: &str) -> Vec<Value> {
    let (mut rows, mut page) = (Vec::new(), get(server, path).json());
    loop {
        rows.extend(page["results"].as_array().unwrap().iter().cloned());
        let Some(next) = page["_links"]["next"].as_str() else {
            return rows;
        };
        let below = next.strip_prefix("/wiki/api/v2/").unwrap();
        page = get(server, below).json();
    }
}

fn ids(rows: &[Value]) -> BTreeSet<String> {
    rows.iter()
        .map(|it| it["id"].as_str().unwrap().to_owned())
        .collect()
}

fn specification() -> Value {
    serde_json::from_str(include_str!("../specification/confluence-cloud-v2.json")).unwrap()
}

/// The specification does not say that what is not there is `null`.
fn without_nulls(value: &mut Value) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(without_nulls),
        Value::Object(fields) => {
            fields.retain(|_, it| !it.is_null());
            fields.values_mut().for_each(without_nulls);
        }
        _ => {}
    }
}

fn conforms(path: &str, method: &str, got: &Got) {
    let specification = specification();
    let mut schema =
        specification["paths"][format!("/wiki/api/v2/{path}")][method]["answer"].clone();
    assert!(!schema.is_null(), "{path}");
    schema["components"] = specification["components"].clone();
    let mut body = got.json();
    without_nulls(&mut body);
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<_> = validator
        .iter_errors(&body)
        .map(|it| format!("{it} at {}", it.instance_path()))
        .collect();
    assert_eq!(
        (got.status, errors),
        (200, Vec::<String>::new()),
        "{path}: {}",
        got.text
    );
}

#[test]
fn answers_are_what_the_specification_says() {
    let server = server();
    let (page, number) = a_page(&server);
    let space = server.world().get("confluence.pages", &page).unwrap()["spaceId"]
        .as_str()
        .unwrap()
        .to_owned();
    let some = server
        .world()
        .collection("confluence.labels")
        .all()
        .next()
        .unwrap()["_page"]
        .clone();
    let some = some.as_str().unwrap();
    for (path, asked) in [
        (
            "spaces",
            "spaces?keys=MTE,DTE&include-icon=false".to_owned(),
        ),
        (
            "pages",
            "pages?status=current,archived,trashed&sort=-modified-date&limit=250".to_owned(),
        ),
        (
            "spaces/{id}/pages",
            format!("spaces/{space}/pages?body-format=storage"),
        ),
        (
            "pages/{id}",
            format!("pages/{page}?body-format=storage&include-labels=true&include-properties=true"),
        ),
        ("pages/{id}/versions", format!("pages/{page}/versions")),
        ("pages/{id}/labels", format!("pages/{some}/labels")),
        ("attachments", "attachments?sort=-modified-date".to_owned()),
        (
            "pages/{id}/attachments",
            format!("pages/{some}/attachments"),
        ),
        (
            "footer-comments",
            "footer-comments?body-format=storage".to_owned(),
        ),
        (
            "pages/{id}/footer-comments",
            format!("pages/{some}/footer-comments"),
        ),
    ] {
        conforms(path, "get", &get(&server, &asked));
    }
    let value = json!({ "key": "digest", "value": { "a": [1, null] } });
    let got = ask(
        &server,
        "POST",
        &format!("api/v2/pages/{page}/properties"),
        Some(&value),
    );
    conforms("pages/{page-id}/properties", "post", &got);
    conforms(
        "pages/{page-id}/properties",
        "get",
        &get(&server, &format!("pages/{page}/properties?key=digest")),
    );
    let new = json!({ "spaceId": space, "status": "current", "title": "New 🦊 & <old>", "body": { "representation": "storage", "value": "<p/>" } });
    conforms(
        "pages",
        "post",
        &ask(&server, "POST", "api/v2/pages", Some(&new)),
    );
    conforms(
        "pages/{id}",
        "put",
        &put(&server, &page, number + 1, "<p>x</p>"),
    );
    assert_eq!(server.violations(), [""; 0]);
}

#[test]
fn every_parameter_of_the_specification_is_known_and_no_other() {
    let server = server();
    let (page, _) = a_page(&server);
    for (path, methods) in specification()["paths"].as_object().unwrap() {
        let Some(parameters) = methods["get"]["parameters"]
            .as_array()
            .filter(|_| !path.contains("{property-id}"))
        else {
            continue;
        };
        let path = path.replace(
            "{id}",
            if path.contains("spaces") {
                "98310"
            } else {
                &page
            },
        );
        let path = path.replace("{page-id}", &page);
        for name in parameters
            .iter()
            .map(|it| it.as_str().unwrap())
            .chain(["nonsense"])
        {
            server.clear_log();
            let value = if name == "body-format" {
                "storage"
            } else {
                "1"
            };
            ask(
                &server,
                "GET",
                &format!("{}?{name}={value}", &path["/wiki/".len()..]),
                None,
            );
            assert_eq!(
                server.violations().len(),
                usize::from(name == "nonsense"),
                "{path} {name}"
            );
        }
    }
}

#[test]
fn a_list_is_complete_when_its_links_are_followed() {
    let options = Options {
        page: Some(7),
        ..Options::default()
    };
    let server = Server::start(World::of("confluence", 1, 400), options).unwrap();
    let pages = all(
        &server,
        "pages?status=current,archived,trashed&sort=-modified-date&limit=50",
    );
    assert_eq!(ids(&pages), server.world().visible("confluence.pages"));
    let times: Vec<_> = pages
        .iter()
        .map(|it| it["version"]["createdAt"].as_str().unwrap())
        .collect();
    assert!(times.is_sorted_by(|one, other| one >= other));
    let statuses: BTreeSet<_> = pages
        .iter()
        .map(|it| it["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, BTreeSet::from(["archived", "current", "trashed"]));
    let usual = all(&server, "pages");
    assert!(usual.iter().all(|it| it["status"] != "trashed"));
    assert_eq!(server.violations(), [""; 0]);
}

#[test]
fn a_stale_version_is_a_conflict_and_changes_nothing() {
    let server = server();
    let (page, number) = a_page(&server);
    let before = server.world().page_body(&page);
    for wrong in [number, number + 2, 0] {
        let got = put(&server, &page, wrong, "<p>mine</p>");
        assert_eq!(
            (got.status, got.json()["errors"][0]["code"].as_str()),
            (409, Some("CONFLICT"))
        );
        assert_eq!(
            title_of(&got),
            format!(
                "Version must be incremented on update. Current Version: [{number}]. Provided version: [{wrong}]"
            )
        );
    }
    assert_eq!(server.world().page_body(&page), before);
    let got = put(&server, &page, number + 1, "<p>mine<br/></p>");
    assert_eq!(
        (got.status, &got.json()["version"]["number"]),
        (200, &json!(number + 1))
    );
    let read = get(&server, &format!("pages/{page}?body-format=storage")).json();
    assert_eq!(read["body"]["storage"]["value"], "<p>mine<br /></p>");
    let old = get(
        &server,
        &format!("pages/{page}?body-format=storage&version={number}"),
    )
    .json();
    assert_eq!(old["body"]["storage"]["value"].as_str(), before.as_deref());
    assert_eq!(
        all(&server, &format!("pages/{page}/versions")).len() as u64,
        number + 1
    );
}

#[test]
fn a_person_can_come_between_reading_and_writing() {
    let (page, number) = a_page(&server());
    // Behind the first answer, a person writes a line into the page.
    let server = serve(
        World::of("confluence", 1, 400),
        &[&format!("move@pages/{page}:1")],
    );
    let read = get(&server, &format!("pages/{page}?body-format=storage")).json();
    assert_eq!(read["version"]["number"], number);
    assert_eq!(put(&server, &page, number + 1, "<p>mine</p>").status, 409);
    let body = server.world().page_body(&page).unwrap();
    assert!(body.contains("A line of a person"), "{body}");
    // At any other moment, one does with the world what one likes.
    server
        .world()
        .edit_page(&page, |body| body.replace("person", "teacher"));
    let read = get(&server, &format!("pages/{page}?body-format=storage")).json();
    assert_eq!(read["version"]["number"], number + 2);
    assert_ne!(read["version"]["authorId"], read["authorId"]);
    assert!(
        read["body"]["storage"]["value"]
            .as_str()
            .unwrap()
            .contains("teacher")
    );
}

#[test]
fn what_is_no_storage_format_and_what_is_there_already_is_refused() {
    let server = server();
    let (page, number) = a_page(&server);
    let got = put(&server, &page, number + 1, "<p>a & b</p>");
    assert_eq!(got.status, 400);
    assert!(
        title_of(&got).contains("Error parsing xhtml"),
        "{}",
        got.text
    );
    let other = server
        .world()
        .get("confluence.pages", &page)
        .unwrap()
        .clone();
    let same = json!({
        "spaceId": other["spaceId"], "status": "current", "title": other["title"],
        "body": { "representation": "storage", "value": "<p/>" },
    });
    let got = ask(&server, "POST", "api/v2/pages", Some(&same));
    assert_eq!(got.status, 400);
    assert!(
        title_of(&got).starts_with("A page with this title already exists"),
        "{}",
        got.text
    );
    let nowhere = json!({ "spaceId": "1", "title": "x", "body": { "representation": "storage", "value": "" } });
    assert_eq!(
        ask(&server, "POST", "api/v2/pages", Some(&nowhere)).status,
        404
    );
    let url = format!("{}/wiki/api/v2/pages/{page}", server.url("confluence"));
    assert_eq!(send("GET", &url, &[], None).unwrap().status, 401);
    assert_eq!(
        send("GET", &url, &[("Authorization", "Bearer token")], None)
            .unwrap()
            .status,
        401
    );
    assert_eq!(get(&server, "pages/1").status, 404);
    assert_eq!(get(&server, "pages?limit=251").status, 400);
}

#[test]
fn a_file_is_made_once_and_gets_versions() {
    let server = server();
    let (page, _) = a_page(&server);
    assert_eq!(
        upload(&server, "PUT", &page, "a ü.png", &[FORM]).status,
        403
    );
    assert_eq!(
        upload(&server, "PUT", &page, "a ü.png", &[NOCHECK]).status,
        415
    );
    let made = upload(&server, "PUT", &page, "a ü.png", &[NOCHECK, FORM]).json();
    assert_eq!(made["results"][0]["version"]["number"], 1);
    assert_eq!(made["results"][0]["metadata"]["comment"], "how it was made");
    let again = upload(&server, "PUT", &page, "a ü.png", &[NOCHECK, FORM]).json();
    assert_eq!(
        (
            &again["results"][0]["version"]["number"],
            &again["results"][0]["id"]
        ),
        (&json!(2), &made["results"][0]["id"])
    );
    assert_eq!(
        upload(&server, "POST", &page, "a ü.png", &[NOCHECK, FORM]).status,
        400
    );
    assert_eq!(
        upload(&server, "POST", &page, "b.png", &[NOCHECK, FORM]).status,
        200
    );
    server
        .world()
        .attach(&page, "note of a person.txt", b"mine");
    assert_eq!(
        server.world().attached(&page, "a ü.png").unwrap(),
        b"bytes of PUT"
    );
    let listed = all(
        &server,
        &format!("pages/{page}/attachments?filename=a%20%C3%BC.png"),
    );
    assert_eq!(
        (listed.len(), &listed[0]["comment"]),
        (1, &json!("how it was made"))
    );
    let path = format!("rest/api/content/{page}/child/attachment");
    let first = ask(&server, "GET", &format!("{path}?limit=2"), None).json();
    assert_eq!(first["results"].as_array().unwrap().len(), 2);
    assert_eq!(first["_links"]["next"], format!("/{path}?limit=2&start=2"));
}

#[test]
fn a_property_has_versions_of_its_own() {
    let server = server();
    let (page, _) = a_page(&server);
    let path = format!("api/v2/pages/{page}/properties");
    let value = json!({ "key": "qaduct", "value": "one" });
    let made = ask(&server, "POST", &path, Some(&value)).json();
    assert_eq!(ask(&server, "POST", &path, Some(&value)).status, 409);
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    let next =
        |number: u64| json!({ "key": "qaduct", "value": "two", "version": { "number": number } });
    assert_eq!(ask(&server, "PUT", &one, Some(&next(1))).status, 409);
    assert_eq!(
        ask(&server, "PUT", &one, Some(&next(2))).json()["version"]["number"],
        2
    );
    assert_eq!(ask(&server, "GET", &one, None).json()["value"], "two");
}

#[test]
fn requests_that_would_write_are_counted_apart() {
    let server = server();
    let (page, number) = a_page(&server);
    get(&server, &format!("pages/{page}?body-format=storage"));
    ask(
        &server,
        "GET",
        &format!("rest/api/content/{page}/child/attachment"),
        None,
    );
    assert_eq!(server.counters().writes, 0);
    put(&server, &page, number, "<p>refused</p>");
    upload(&server, "PUT", &page, "a.png", &[NOCHECK, FORM]);
    assert_eq!(server.counters().writes, 2);
    let writes = server.log().into_iter().filter(|it| it.writes);
    assert_eq!(writes.map(|it| it.status).collect::<Vec<_>>(), [409, 200]);
}

#[test]
fn what_is_deleted_waits_in_the_trash_until_it_is_purged() {
    let server = server();
    let (page, number) = a_page(&server);
    let path = format!("api/v2/pages/{page}");
    assert_eq!(
        ask(&server, "DELETE", &format!("{path}?purge=true"), None).status,
        400
    );
    assert_eq!(ask(&server, "DELETE", &path, None).status, 204);
    assert_eq!(ask(&server, "GET", &path, None).status, 404);
    assert_eq!(
        ask(&server, "GET", &format!("{path}?status=trashed"), None).status,
        200
    );
    // Who writes it takes it out, and writes nothing.
    let before = server.world().page_body(&page);
    assert_eq!(
        put(&server, &page, number + 1, "<p>mine</p>").json()["status"],
        "current"
    );
    assert_eq!(server.world().page_body(&page), before);
    ask(&server, "DELETE", &path, None);
    assert_eq!(
        ask(&server, "DELETE", &format!("{path}?purge=true"), None).status,
        204
    );
    assert_eq!(get(&server, &format!("pages/{page}/versions")).status, 404);
}

#[test]
fn a_search_finds_what_hangs_on_the_pages_of_a_space() {
    let options = Options {
        page: Some(5),
        time_zone: "America/Los_Angeles".to_owned(),
        ..Options::default()
    };
    let server = Server::start(World::of("confluence", 1, 400), options).unwrap();
    let search = |cql: &str| {
        let mut found = BTreeSet::new();
        let query: String = url::form_urlencoded::byte_serialize(cql.as_bytes()).collect();
        let mut path = format!("rest/api/content/search?cql={query}&expand=version,container");
        loop {
            let page = ask(&server, "GET", &path, None).json();
            found.extend(ids(page["results"].as_array().unwrap()));
            match page["_links"]["next"].as_str() {
                Some(next) => path = next[1..].to_owned(),
                None => return found,
            }
        }
    };
    let is_there = |it: &Value, since: &str| {
        let world = server.world();
        let page = world
            .get("confluence.pages", it["pageId"].as_str().unwrap())
            .unwrap();
        it["_hidden"] != true
            && (page["spaceId"].as_str(), page["status"] != "trashed") == (Some("98310"), true)
            && it["version"]["createdAt"].as_str().unwrap() >= since
    };
    let there = |since: &str| -> BTreeSet<String> {
        let all: Vec<Value> = server
            .world()
            .collection("confluence.attachments")
            .all()
            .cloned()
            .collect();
        let all = all.into_iter().filter(|it| is_there(it, since));
        all.map(|it| it["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let all = search("type = attachment and space = \"MTE\" order by created");
    assert_eq!(all, there(""));
    assert!(all.len() > 20);
    // A day is one of the user's.
    let late = search("type = attachment and space = \"MTE\" and lastmodified >= \"2026-01-10\"");
    assert_eq!(late, there("2026-01-10T08:00"));
    assert!(late.len() < all.len() && !late.is_empty());
    let one = all.first().unwrap();
    let got = ask(
        &server,
        "GET",
        &format!("rest/api/content/{one}?expand=version"),
        None,
    );
    assert_eq!(got.json()["id"], one.as_str());
    assert_eq!(
        ask(&server, "GET", "rest/api/content/att1", None).status,
        404
    );
    assert_eq!(
        ask(&server, "GET", "rest/api/content/search?cql=nonsense", None).status,
        400
    );
    assert_eq!(server.violations(), [""; 0]);
}
