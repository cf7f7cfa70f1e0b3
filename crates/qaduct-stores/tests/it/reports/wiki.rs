//! Confluence: pages that nobody writes any more, what they weigh, and who writes the others.

use serde_json::{Value, json};

use super::{Story, everywhere};

const BOT: &str = "557058:f58131cb-b67d-43c7-b30d-6b58d40bd077";
const ADA: &str = "712020:00000001-4a59-4687-9c0d-1e2f3a4b5c6d";

fn page(id: i64, status: &str, by: &str, at: &str) -> Value {
    json!({
        "page_id": id, "space_id": 7, "space_key": "MTE", "status": status, "title": format!("Page {id}"),
        "version": 2, "modified_at": at, "modified_by": by,
    })
}

fn version(page: i64, number: i64, author: &str, at: &str) -> Value {
    json!({ "page_id": page, "version": number, "author": author, "created_at": at })
}

fn file(id: &str, page: i64, bytes: i64, version: i64) -> Value {
    json!({
        "attachment_id": id, "space_id": 7, "page_id": page, "file_name": format!("{id}.png"), "bytes": bytes,
        "version": version, "modified_by": ADA, "modified_by_name": "Ada Byron",
    })
}

fn tell(story: &mut Story) {
    story.read("pages", "space_id=7", "2026-03-02T09:00:00Z");
    story.put(
        "confluence_spaces",
        json!([{ "space_id": 7, "space_key": "MTE", "name": "Mobile" }]),
    );
    let mut gone = page(5, "current", ADA, "2026-02-01");
    gone["_gone_at"] = "2026-02-02".into();
    story.put(
        "confluence_pages",
        json!([
            page(1, "current", BOT, "2026-03-01"),
            page(2, "current", ADA, "2025-03-02"),
            page(3, "archived", ADA, "2026-01-01"),
            page(4, "trashed", ADA, "2026-02-01"),
            gone,
        ]),
    );
    let mut undone = version(2, 9, BOT, "2026-02-28");
    undone["_gone_at"] = "2026-03-01".into();
    story.put(
        "confluence_page_versions",
        json!([
            version(1, 1, ADA, "2026-02-20"),
            version(1, 2, BOT, "2026-03-01"),
            version(2, 1, ADA, "2025-03-02"),
            version(4, 1, ADA, "2026-02-01"),
            version(5, 1, ADA, "2026-02-01"),
            undone,
        ]),
    );
    let mut deleted = file("deleted", 1, 900, 4);
    deleted["_gone_at"] = "2026-03-01".into();
    story.put(
        "confluence_attachments",
        json!([
            file("chart", 1, 100, 300),
            file("note", 1, 11, 1),
            file("other", 2, 5, 2),
            deleted
        ]),
    );
    story.put(
        "confluence_comments",
        json!([{ "comment_id": 1, "space_id": 7, "page_id": 1 }]),
    );
    let label = |page: i64, prefix: &str, label: &str| json!({ "page_id": page, "prefix": prefix, "label": label, "space_id": 7 });
    let mut taken = label(1, "global", "old");
    taken["_gone_at"] = "2026-03-01".into();
    story.put(
        "confluence_page_labels",
        json!([
            label(1, "global", "dashboard"),
            label(1, "my", "dashboard"),
            label(2, "global", "größe"),
            label(4, "global", "in-the-trash"),
            label(5, "global", "gone-with-its-page"),
            taken,
        ]),
    );
    story.put(
        "jira_users",
        json!([{ "account_id": BOT, "name": "Charts", "account_type": "app" }]),
    );
}

#[test]
fn a_page_tells_for_how_long_nobody_wrote_it_by_hand_or_at_all_and_what_it_weighs() {
    everywhere(|story| {
        tell(story);
        assert_eq!(
            story.rows(
                "v_wiki_pages",
                "page_id, space, status, unchanged_days, modified_by_name, by_hand_days, editors, attachments, \
                 attachment_versions, attachment_bytes, comments"
            ),
            [
                "1 | Mobile | current | 1 | Charts | 10 | 2 | 2 | 301 | 111 | 1",
                "2 | Mobile | current | 365 | Ada Byron | 365 | 1 | 1 | 2 | 5 | 0",
                "3 | Mobile | archived | 60 | Ada Byron | - | 0 | 0 | 0 | 0 | 0",
            ]
        );
    });
}

#[test]
fn an_edit_is_that_of_a_program_where_jira_or_the_settings_say_so() {
    everywhere(|story| {
        tell(story);
        let columns = "page_id, version, author_name, is_by_program, days_ago";
        assert_eq!(
            story.rows("v_wiki_edits", columns),
            [
                "1 | 1 | Ada Byron | false | 10",
                "1 | 2 | Charts | true | 1",
                "2 | 1 | Ada Byron | false | 365",
            ]
        );
        assert_eq!(
            story.rows(
                "v_wiki_editors",
                "author_name, is_program, edits, pages, first_edit_at, last_edit_days"
            ),
            [
                "Ada Byron | false | 2 | 2 | 2025-03-02T00:00:00Z | 10",
                "Charts | true | 1 | 1 | 2026-03-01T00:00:00Z | 1",
            ]
        );
        story.parameters(&[("ignored_author", ADA)]);
        let programs: Vec<_> = story.rows("v_wiki_edits", "is_by_program");
        assert_eq!(programs, ["true", "true", "true"]);
    });
}

#[test]
fn a_file_tells_how_often_it_was_replaced() {
    everywhere(|story| {
        tell(story);
        assert_eq!(
            story.rows(
                "v_wiki_attachments",
                "attachment_id, space_key, title, file_name, bytes, versions"
            ),
            [
                "chart | MTE | Page 1 | chart.png | 100 | 300",
                "note | MTE | Page 1 | note.png | 11 | 1",
                "other | MTE | Page 2 | other.png | 5 | 2",
            ]
        );
    });
}

#[test]
fn a_label_stands_with_its_page_while_that_is_there() {
    everywhere(|story| {
        tell(story);
        assert_eq!(
            story.rows("v_wiki_labels", "page_id, prefix, label, space_key, title"),
            [
                "1 | global | dashboard | MTE | Page 1",
                "1 | my | dashboard | MTE | Page 1",
                "2 | global | größe | MTE | Page 2",
            ]
        );
    });
}

#[test]
fn an_account_has_the_name_that_jira_or_confluence_tells() {
    everywhere(|story| {
        tell(story);
        let people = story.rows("v_wiki_people", "name, account_type");
        assert_eq!(people, ["Ada Byron | -", "Charts | app"]);
    });
}
