//! Bodies of pages in Confluence's storage format: XHTML with the prefixes `ac` and `ri` and the
//! named entities of HTML.
//!
//! What is no well-formed XML is refused. What is saved is not what was sent: comments go, a `div`
//! loses its class, id and data, macros and tables get ids, attachments the version that they had.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use roxmltree::{Document, Node, ParsingOptions};
use sha2::{Digest as _, Sha256};

const ENTITIES: &str = include_str!("entities.txt");
const AC: &str = "http://atlassian.com/content";
const RI: &str = "http://atlassian.com/resource/identifier";

/// What stands before a body, that it is a document.
static HEAD: LazyLock<String> = LazyLock::new(|| {
    let mut head = "<!DOCTYPE body [".to_owned();
    for (name, number) in ENTITIES.lines().filter_map(|it| it.split_once(' ')) {
        head.extend(["<!ENTITY ", name, " \"&#", number, ";\">"]);
    }
    head + &format!("]><body xmlns:ac=\"{AC}\" xmlns:ri=\"{RI}\">")
});

/// A place in a body, and what comes there instead.
type Edit = (Range<usize>, String);

/// What becomes of a body that is saved; an error where it is no well-formed XML. `versions` tells
/// the version of an attachment by its name, `page` makes ids that differ from those of other pages.
pub(crate) fn saved(
    body: &str,
    page: &str,
    versions: impl Fn(&str) -> Option<u64>,
) -> Result<String, String> {
    let text = format!("{}{body}</body>", *HEAD);
    let options = ParsingOptions {
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(&text, options).map_err(|it| it.to_string())?;
    let from = HEAD.len();
    let mut edits: Vec<Edit> = Vec::new();
    let mut ids = Ids::of(page, body);
    for node in document.root_element().descendants().skip(1) {
        if node.is_comment() {
            edits.push((node.range(), String::new()));
        } else if node.is_element() {
            element(node, &text, &mut ids, &versions, &mut edits);
        }
    }
    // From the last to the first, so that places stay right; of an element, what stands behind first.
    edits.sort_by_key(|(at, _)| std::cmp::Reverse((at.start, at.end)));
    let mut saved = body.to_owned();
    for (at, text) in edits {
        saved.replace_range(at.start - from..at.end - from, &text);
    }
    Ok(saved)
}

fn element(
    node: Node<'_, '_>,
    text: &str,
    ids: &mut Ids,
    versions: &impl Fn(&str) -> Option<u64>,
    edits: &mut Vec<Edit>,
) {
    let name = (node.tag_name().namespace(), node.tag_name().name());
    let mut added = String::new();
    let mut add = |prefix: &str, space: &str, name: &str, value: String| {
        if node.attribute((space, name)).is_none() {
            added.extend([" ", prefix, ":", name, "=\"", &value, "\""]);
        }
    };
    match name {
        (Some(AC), "structured-macro") => {
            add("ac", AC, "schema-version", "1".to_owned());
            add("ac", AC, "local-id", ids.next());
            add("ac", AC, "macro-id", ids.next());
        }
        (None, "table") => add("ac", AC, "local-id", ids.next()),
        (Some(RI), "attachment") => {
            let file = node.attribute((RI, "filename")).unwrap_or_default();
            if let Some(version) = versions(file) {
                add("ri", RI, "version-at-save", version.to_string());
            }
        }
        (None, "div") => {
            let lost = node.attributes().filter(|it| {
                let name = it.name();
                it.namespace().is_none()
                    && (["class", "id"].contains(&name) || name.starts_with("data-"))
            });
            edits.extend(lost.map(|it| {
                let before = text[..it.range().start].trim_end().len();
                (before..it.range().end, String::new())
            }));
        }
        _ => {}
    }
    let tag = &text[node.range()];
    let name = tag.find(|it: char| it.is_whitespace() || it == '/' || it == '>');
    let name = node.range().start + name.unwrap_or(tag.len());
    let last = node
        .attributes()
        .next_back()
        .map_or(name, |it| it.range().end);
    edits.push((last..last, added));
    // `<br/>` is written as `<br />`.
    if let Some(open) = tag
        .strip_suffix("/>")
        .filter(|it| !it.ends_with(' ') && !node.has_children())
    {
        let end = node.range().start + open.len();
        match edits.last_mut() {
            Some((at, added)) if at.start == end => added.push(' '),
            _ => edits.push((end..end, " ".to_owned())),
        }
    }
}

/// Ids that are the same whenever the same is saved.
struct Ids {
    seed: String,
    given: BTreeSet<String>,
}

impl Ids {
    fn of(page: &str, body: &str) -> Self {
        Self {
            seed: format!("{page} {body}"),
            given: BTreeSet::new(),
        }
    }

    fn next(&mut self) -> String {
        let digest = Sha256::digest(format!("{} {}", self.given.len(), self.seed));
        let hex: String = digest[..16].iter().map(|it| format!("{it:02x}")).collect();
        let id = [
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..],
        ]
        .join("-");
        self.given.insert(id.clone());
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn save(body: &str) -> Result<String, String> {
        saved(body, "1", |file| (file == "a.png").then_some(3))
    }

    #[test]
    fn what_is_saved_is_not_what_was_sent() {
        let body = "<!-- begin --><div class=\"x\" data-a=\"1\" id='y' style=\"z\"><p>a&nbsp;&amp;<br/>b – 🦊</p></div>\
            <ac:structured-macro ac:name=\"anchor\"><ac:parameter ac:name=\"\">here</ac:parameter></ac:structured-macro>\
            <ac:image><ri:attachment ri:filename=\"a.png\"/></ac:image><table><tbody/></table>";
        insta::assert_snapshot!(save(body).unwrap(), @r#"<div style="z"><p>a&nbsp;&amp;<br />b – 🦊</p></div><ac:structured-macro ac:name="anchor" ac:schema-version="1" ac:local-id="b61da7c6-6096-cdc2-0f83-11fc3d53a116" ac:macro-id="6f9543fe-02f5-bc64-54eb-f77e9199b80c"><ac:parameter ac:name="">here</ac:parameter></ac:structured-macro><ac:image><ri:attachment ri:filename="a.png" ri:version-at-save="3" /></ac:image><table ac:local-id="17bdf7c3-ccc9-8d34-154c-fa7952d5b2e8"><tbody /></table>"#);
    }

    #[test]
    fn what_was_saved_stays_as_it_is() {
        let body = "<div class=\"x\"/><ac:structured-macro ac:name=\"toc\"/><table><tbody><tr><td>1</td></tr></tbody></table>";
        let once = save(body).unwrap();
        assert_eq!(save(&once).unwrap(), once);
    }

    #[test]
    fn each_macro_has_ids_of_its_own() {
        let two = save("<ac:structured-macro ac:name=\"a\"/><ac:structured-macro ac:name=\"a\"/>")
            .unwrap();
        let ids: BTreeSet<&str> = two.split("-id=\"").skip(1).map(|it| &it[..36]).collect();
        assert_eq!(ids.len(), 4);
    }

    #[test]
    fn what_is_no_well_formed_xml_is_refused() {
        for body in [
            "<p>a & b</p>",
            "<p>a < b</p>",
            "<p>a",
            "<p a=1>x</p>",
            "<p a='1' a='2'/>",
            "<b><i>x</b></i>",
            "&nosuch;",
            "<other:tag/>",
            "</body><body>",
            "<p>\u{1}</p>",
            "<p>a<br>b</p>",
        ] {
            assert!(save(body).is_err(), "{body}");
        }
        for body in [
            "",
            "text",
            "&nbsp;&uuml;&#8364;",
            "<p><![CDATA[a < b]]></p>",
            "<ac:link><ri:page ri:content-title=\"a\"/></ac:link>",
        ] {
            assert!(save(body).is_ok(), "{body}");
        }
    }
}
