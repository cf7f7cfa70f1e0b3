//! Links from page to page.

use qaduct_http::Call;

use crate::server::{Server, answer};
use crate::world::{World, client, settings};

fn get(headers: &str) -> qaduct_http::Answer {
    let server = Server::script(vec![answer(200, headers, "[]")]);
    let world = World::new();
    client(settings(&format!("{}api/", server.url)), &world)
        .send(&Call::get("issues"))
        .unwrap()
}

#[test]
fn the_next_page_is_found_among_the_links() {
    let answer = get(
        "Link: <https://api.github.com/x?page=2&q=a,b>; rel=\"next\", \
                      <https://api.github.com/x?page=9>; rel=\"last\"\r\n",
    );
    assert_eq!(
        answer.link("next").as_deref(),
        Some("https://api.github.com/x?page=2&q=a,b")
    );
    assert_eq!(
        answer.link("last").as_deref(),
        Some("https://api.github.com/x?page=9")
    );
    assert_eq!(answer.link("prev"), None);
    assert_eq!(get("").link("next"), None);
}

#[test]
fn links_of_several_headers_are_one_list() {
    let answer =
        get("Link: <https://x/1>; rel=first\r\nLink: <https://x/2>; rel=\"prev next\"\r\n");
    assert_eq!(answer.links().len(), 2);
    assert_eq!(answer.link("next").as_deref(), Some("https://x/2"));
}

#[test]
fn attributes_of_a_link_are_kept() {
    let answer = get(
        "Link: <https://s/?&cursor=0:0:1>; rel=\"previous\"; results=\"false\"; cursor=\"0:0:1\", \
                      <https://s/?&cursor=0:100:0>; rel=\"next\"; results=\"true\"; cursor=\"0:100:0\"\r\n",
    );
    let links = answer.links();
    assert!(links[1].is("next"));
    assert_eq!(links[1].attribute("results"), Some("true"));
    assert_eq!(links[1].attribute("cursor"), Some("0:100:0"));
    assert_eq!(links[0].attribute("results"), Some("false"));
}

#[test]
fn a_relative_link_is_made_whole() {
    let answer = get("Link: </wiki/api?cursor=a>; rel=next, <?page=2>; rel=more\r\n");
    let base = answer
        .exchange
        .url
        .trim_end_matches("api/issues")
        .to_owned();
    assert_eq!(
        answer.link("next"),
        Some(format!("{base}wiki/api?cursor=a"))
    );
    assert_eq!(
        answer.link("more"),
        Some(format!("{base}api/issues?page=2"))
    );
}

#[test]
fn a_link_of_another_page_is_not_ours() {
    assert_eq!(
        get("Link: <https://x/2>; rel=next; anchor=\"/other\"\r\n").link("next"),
        None
    );
}
