//! Plain text of rich text.
//!
//! Jira Cloud writes descriptions and comments as a tree of nodes (Atlassian Document
//! Format), Jira Data Center as text. Both become text: a tree keeps its paragraphs,
//! lists, tables, code and the words of mentions, dates, statuses and emoji.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use qaduct_records::Value;
use serde_json::Value as Json;

use crate::field::at;

/// Text of a field that is text, a tree of nodes, or absent.
///
/// # Errors
/// When it is something else.
pub fn text(json: &Json) -> Result<Value, String> {
    match json {
        Json::Null => Ok(Value::Null),
        Json::String(text) => Ok(Value::Text(text.clone())),
        Json::Object(_) => Ok(Value::Text(node(json))),
        _ => Err("neither a text nor a document".to_owned()),
    }
}

/// Text of a node.
fn node(it: &Json) -> String {
    match kind(it) {
        "text" => linked(it),
        "hardBreak" => "\n".to_owned(),
        "mention" => named(it, &["text", "id"]),
        "emoji" => named(it, &["text", "shortName"]),
        "status" | "placeholder" => named(it, &["text"]),
        "inlineCard" | "blockCard" | "embedCard" => named(it, &["url"]),
        "media" | "mediaInline" => named(it, &["alt"]),
        "date" => date(it),
        "rule" => "---".to_owned(),
        "bulletList" | "decisionList" => list(it, |_, _| "- ".to_owned()),
        "orderedList" => {
            let first = at(it, "attrs.order").and_then(Json::as_u64).unwrap_or(1);
            list(it, move |n, _| format!("{}. ", first.saturating_add(n)))
        }
        "taskList" => list(it, |_, item| {
            let done = at(item, "attrs.state").and_then(Json::as_str) == Some("DONE");
            if done { "[x] " } else { "[ ] " }.to_owned()
        }),
        "blockquote" => indent("> ", "> ", &pieces(it, "\n\n")),
        "table" => pieces(it, "\n"),
        "tableRow" => {
            let cells = children(it).map(|cell| pieces(cell, " ").replace('\n', " "));
            cells.collect::<Vec<_>>().join(" | ")
        }
        "expand" | "nestedExpand" => {
            let parts = [named(it, &["title"]), pieces(it, "\n\n")];
            let parts: Vec<_> = parts.into_iter().filter(|it| !it.is_empty()).collect();
            parts.join("\n\n")
        }
        "listItem" | "taskItem" | "decisionItem" => pieces(it, "\n"),
        _ => pieces(it, "\n\n"),
    }
}

fn kind(node: &Json) -> &str {
    node.get("type").and_then(Json::as_str).unwrap_or_default()
}

fn children(node: &Json) -> impl Iterator<Item = &Json> {
    node.get("content")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
}

/// Whether a node stands in a line with others.
fn is_inline(node: &Json) -> bool {
    matches!(
        kind(node),
        "text"
            | "hardBreak"
            | "mention"
            | "emoji"
            | "status"
            | "placeholder"
            | "inlineCard"
            | "mediaInline"
            | "date"
            | "inlineExtension"
    )
}

/// The texts of what stands inside: nodes of one line joined, blocks apart.
fn pieces(it: &Json, between: &str) -> String {
    let mut pieces: Vec<String> = Vec::new();
    let mut in_line = false;
    for child in children(it) {
        let text = node(child);
        let inline = is_inline(child);
        match pieces.last_mut() {
            Some(last) if in_line && inline => last.push_str(&text),
            _ => pieces.push(text),
        }
        in_line = inline;
    }
    pieces.retain(|it| !it.trim().is_empty());
    if pieces.is_empty() {
        // A node of a type that is not known yet may carry its words itself.
        let text = it.get("text").and_then(Json::as_str);
        return text.map_or_else(|| named(it, &["text"]), str::to_owned);
    }
    pieces.join(between)
}

/// A text with the address that it leads to, where that is not its own words.
fn linked(node: &Json) -> String {
    let text = node.get("text").and_then(Json::as_str).unwrap_or_default();
    let marks = node.get("marks").and_then(Json::as_array);
    let link = marks.into_iter().flatten().find(|it| kind(it) == "link");
    let href = link
        .and_then(|it| at(it, "attrs.href"))
        .and_then(Json::as_str);
    match href {
        Some(href) if href != text && !text.is_empty() => format!("{text} ({href})"),
        _ => text.to_owned(),
    }
}

/// The first of these attributes that is a text.
fn named(node: &Json, names: &[&str]) -> String {
    let attrs = node.get("attrs");
    let found = names
        .iter()
        .filter_map(|it| attrs?.get(it)?.as_str())
        .find(|it| !it.is_empty());
    found.unwrap_or_default().to_owned()
}

/// The day of a date node, which holds milliseconds since 1970 as a text.
fn date(node: &Json) -> String {
    let Some(given) = at(node, "attrs.timestamp") else {
        return String::new();
    };
    let digits = given
        .as_str()
        .map_or_else(|| given.to_string(), str::to_owned);
    let millis = digits.parse().ok();
    let instant = millis.and_then(|it| Timestamp::from_millisecond(it).ok());
    match instant {
        Some(instant) => TimeZone::UTC.to_datetime(instant).date().to_string(),
        None => digits,
    }
}

fn list(it: &Json, mark: impl Fn(u64, &Json) -> String) -> String {
    let mut items = Vec::new();
    let mut number = 0;
    for item in children(it) {
        // Lists in lists stand beside the items, too.
        if matches!(kind(item), "bulletList" | "orderedList" | "taskList") {
            items.push(indent("  ", "  ", &node(item)));
            continue;
        }
        let mark = mark(number, item);
        items.push(indent(&mark, &" ".repeat(mark.len()), &node(item)));
        number += 1;
    }
    items.join("\n")
}

/// A text whose lines begin with marks, the first with its own.
fn indent(first: &str, others: &str, text: &str) -> String {
    let mut marked = String::from(first);
    for (n, line) in text.split('\n').enumerate() {
        if n > 0 {
            marked.push('\n');
            marked.push_str(others);
        }
        marked.push_str(line);
    }
    marked
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn plain(json: &Json) -> String {
        match text(json).unwrap() {
            Value::Text(text) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_document_keeps_its_paragraphs_lists_tables_and_words() {
        let paragraph = |nodes: Json| json!({"type": "paragraph", "content": nodes});
        let words = |text: &str| json!({"type": "text", "text": text});
        let cell =
            |text: &str| json!({"type": "tableCell", "content": [paragraph(json!([words(text)]))]});
        let item = |nodes: Json| json!({"type": "listItem", "content": nodes});
        let document = json!({"type": "doc", "version": 1, "content": [
            {"type": "heading", "attrs": {"level": 1}, "content": [words("Steps")]},
            paragraph(json!([
                words("Ask "), {"type": "mention", "attrs": {"id": "5b10", "text": "@Mia"}},
                words(" until "), {"type": "date", "attrs": {"timestamp": "1767225600000"}},
                words(", it is "), {"type": "status", "attrs": {"text": "IN QA"}},
                words(" "), {"type": "emoji", "attrs": {"shortName": ":bug:", "text": "🐛"}},
                {"type": "hardBreak"}, words("next line"),
            ])),
            paragraph(json!([])),
            {"type": "bulletList", "content": [
                item(json!([paragraph(json!([words("one")])),
                    {"type": "orderedList", "attrs": {"order": 3}, "content": [
                        item(json!([paragraph(json!([words("three")]))])),
                        item(json!([paragraph(json!([words("four")]))])),
                    ]}])),
                item(json!([paragraph(json!([words("two")]))])),
            ]},
            {"type": "taskList", "content": [
                {"type": "taskItem", "attrs": {"state": "DONE"}, "content": [words("ran")]},
                {"type": "taskItem", "attrs": {"state": "TODO"}, "content": [words("wrote")]},
            ]},
            {"type": "table", "content": [
                {"type": "tableRow", "content": [cell("build"), cell("result")]},
                {"type": "tableRow", "content": [cell("c1"), cell("passed")]},
            ]},
            {"type": "codeBlock", "content": [words("a()\n  b()")]},
            {"type": "panel", "content": [paragraph(json!([
                {"type": "text", "text": "log", "marks": [{"type": "link", "attrs": {"href": "https://example.org/log"}}]},
                words(" "), {"type": "inlineCard", "attrs": {"url": "https://example.org/1"}},
            ]))]},
            {"type": "somethingNew", "content": [paragraph(json!([words("kept")]))]},
        ]});
        insta::assert_snapshot!(plain(&document), @r"
        Steps

        Ask @Mia until 2026-01-01, it is IN QA 🐛
        next line

        - one
          3. three
          4. four
        - two

        [x] ran
        [ ] wrote

        build | result
        c1 | passed

        a()
          b()

        log (https://example.org/log) https://example.org/1

        kept
        ");
    }

    #[test]
    fn a_text_stays_as_it_is() {
        assert_eq!(plain(&json!("h1. A\n\n* b ")), "h1. A\n\n* b ");
    }

    #[test]
    fn nothing_is_null_and_a_number_is_trouble() {
        assert_eq!(text(&Json::Null), Ok(Value::Null));
        assert!(text(&json!(7)).is_err());
    }

    fn any_json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<i64>().prop_map(Json::from),
            ".*".prop_map(Json::from),
        ];
        let words = [
            "type",
            "content",
            "text",
            "attrs",
            "marks",
            "timestamp",
            "order",
            "url",
            "state",
        ];
        let kinds = [
            "doc",
            "paragraph",
            "text",
            "bulletList",
            "orderedList",
            "table",
            "tableRow",
            "date",
            "taskList",
            "expand",
            "mention",
            "listItem",
        ];
        leaf.prop_recursive(6, 64, 6, move |inner| {
            let key = prop_oneof![
                proptest::sample::select(words.to_vec()).prop_map(str::to_owned),
                "[a-z]{1,3}",
            ];
            let kind = proptest::sample::select(kinds.to_vec());
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Json::from),
                (kind, proptest::collection::vec(inner.clone(), 0..6))
                    .prop_map(|(kind, content)| json!({"type": kind, "content": content})),
                proptest::collection::vec((key, inner), 0..6)
                    .prop_map(|it| Json::Object(it.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_json_gives_text_or_trouble(json in any_json()) {
            let made = text(&json);
            prop_assert_eq!(made.is_err(), !(json.is_null() || json.is_string() || json.is_object()));
        }

        #[test]
        fn the_words_of_every_paragraph_are_kept(words in proptest::collection::vec("[a-z]{1,9}", 1..9)) {
            let content: Vec<_> = words
                .iter()
                .map(|it| json!({"type": "paragraph", "content": [{"type": "text", "text": it}]}))
                .collect();
            let document = json!({"type": "doc", "content": content});
            prop_assert_eq!(plain(&document), words.join("\n\n"));
        }
    }
}
