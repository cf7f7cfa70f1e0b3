//! Reads storage XML: elements and where they stand in the text.
//!
//! Storage XML has prefixes without a declaration, names of HTML for letters, and no root.
//! What cannot be read is an error; nothing is guessed.

use std::ops::Range;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion, escape::resolve_html5_entity};

/// Deeper is no page.
const DEEPEST: usize = 200;

/// An element of a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Element {
    /// Its name with the prefix; empty for the page.
    pub(crate) name: String,
    /// Its attributes.
    pub(crate) attributes: Vec<(String, String)>,
    /// Where it stands, tags included.
    pub(crate) whole: Range<usize>,
    /// Where what is in it stands.
    pub(crate) inside: Range<usize>,
    /// What is in it.
    pub(crate) nodes: Vec<Node>,
}

/// What stands in an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    /// Another one.
    Element(Element),
    /// Text.
    Text(String),
}

/// The page.
pub(crate) fn parse(body: &str) -> Result<Element, String> {
    let mut reader = Reader::from_str(body);
    let page = Element {
        whole: 0..body.len(),
        inside: 0..body.len(),
        ..Element::default()
    };
    let mut open = vec![page];
    loop {
        let start = position(&reader);
        let event = reader.read_event().map_err(|error| {
            let at = usize::try_from(reader.error_position()).unwrap_or(usize::MAX);
            let line = body.as_bytes().iter().take(at).filter(|it| **it == b'\n');
            format!("line {}: {error}", line.count() + 1)
        })?;
        let end = position(&reader);
        match event {
            Event::Start(tag) => {
                if open.len() > DEEPEST {
                    return Err(format!("elements stand more than {DEEPEST} deep"));
                }
                open.push(element(&tag, start..end)?);
            }
            Event::Empty(tag) => {
                let element = element(&tag, start..end)?;
                put(&mut open, Node::Element(element));
            }
            Event::End(_) => {
                // The reader has compared the names.
                if let Some(mut element) = open.pop() {
                    element.inside.end = start;
                    element.whole.end = end;
                    put(&mut open, Node::Element(element));
                }
            }
            Event::Text(text) => {
                put(&mut open, Node::Text(text.html_content().into_owned()));
            }
            Event::CData(text) => put(&mut open, Node::Text(text.html_content().into_owned())),
            Event::GeneralRef(name) => {
                let letter = name.resolve_char_ref().map_err(|error| error.to_string())?;
                let text = match letter {
                    Some(letter) => letter.to_string(),
                    None => resolve_html5_entity(&name)
                        .ok_or_else(|| format!("there is no letter `&{};`", &*name))?
                        .to_owned(),
                };
                put(&mut open, Node::Text(text));
            }
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    match (open.pop(), open.pop()) {
        (Some(page), None) => Ok(page),
        (Some(element), _) => Err(format!("`<{}>` has no end", element.name)),
        (None, _) => Err("there are more ends than elements".to_owned()),
    }
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

fn element(tag: &BytesStart<'_>, whole: Range<usize>) -> Result<Element, String> {
    let mut attributes = Vec::new();
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| error.to_string())?;
        let name = attribute.key.into_inner().to_owned();
        attributes.push((name, value.into_owned()));
    }
    Ok(Element {
        name: tag.name().into_inner().to_owned(),
        attributes,
        inside: whole.end..whole.end,
        whole,
        nodes: Vec::new(),
    })
}

fn put(open: &mut [Element], node: Node) {
    if let Some(element) = open.last_mut() {
        element.nodes.push(node);
    }
}

impl Element {
    /// The value of an attribute.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(it, _)| it == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The elements in it.
    pub(crate) fn elements(&self) -> impl DoubleEndedIterator<Item = &Self> {
        self.nodes.iter().filter_map(|it| match it {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// Whether it is a macro of that name.
    pub(crate) fn is_macro(&self, name: &str) -> bool {
        matches!(self.name.as_str(), "ac:structured-macro" | "ac:macro")
            && self.attribute("ac:name") == Some(name)
    }

    /// A parameter of a macro.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let found = self.elements().find(|it| {
            it.name == "ac:parameter" && it.attribute("ac:name").unwrap_or_default() == name
        })?;
        let texts = found.nodes.iter().filter_map(|it| match it {
            Node::Text(text) => Some(text.as_str()),
            Node::Element(_) => None,
        });
        Some(texts.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_know_where_they_stand() {
        let body = "a&nbsp;<p local-id=\"1\">b &amp; <br/>c</p><ac:image><ri:attachment ri:filename=\"x &lt;y.png\" /></ac:image>";
        let page = parse(body).unwrap();
        let names: Vec<_> = page.elements().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["p", "ac:image"]);
        let first = page.elements().next().unwrap();
        assert_eq!(&body[first.inside.clone()], "b &amp; <br/>c");
        assert_eq!(
            &body[first.whole.clone()],
            "<p local-id=\"1\">b &amp; <br/>c</p>"
        );
        let image = page.elements().nth(1).unwrap().elements().next().unwrap();
        assert_eq!(image.attribute("ri:filename"), Some("x <y.png"));
        assert_eq!(page.nodes[1], Node::Text("\u{a0}".to_owned()));
    }

    #[test]
    fn what_is_no_xml_is_said() {
        let why = |body: &str| parse(body).unwrap_err();
        assert_eq!(why("<p>"), "`<p>` has no end");
        assert!(
            why("\n<p></b>").starts_with("line 2: "),
            "{}",
            why("\n<p></b>")
        );
        assert!(why("</p>").starts_with("line 1: "));
        assert_eq!(why("&nothing;"), "there is no letter `&nothing;`");
        assert!(why(&"<p>".repeat(1000)).contains("200 deep"));
    }
}
