//! The elements of Confluence's storage format that pages are made of.

use super::xml::Xml;

/// A place that a link can lead to; nobody sees it.
pub(crate) fn anchor(xml: &mut Xml, name: &str) {
    of_macro(xml, "anchor", &[("", name)], None::<fn(&mut Xml)>);
}

/// Colours of lozenges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colour {
    Green,
    Blue,
    Yellow,
    Red,
    Grey,
}

impl Colour {
    const fn name(self) -> &'static str {
        match self {
            Self::Green => "Green",
            Self::Blue => "Blue",
            Self::Yellow => "Yellow",
            Self::Red => "Red",
            Self::Grey => "Grey",
        }
    }

    /// The colour of a word that says how something went.
    pub(crate) fn of(word: &str) -> Self {
        let word = word.to_ascii_lowercase().replace(['_', ' '], "-");
        match word.as_str() {
            "green" | "pass" | "passed" | "success" | "succeeded" | "ok" | "approved" | "done"
            | "complete" | "completed" | "verified" | "fixed" | "ship" | "go" => Self::Green,
            "red" | "fail" | "failed" | "failure" | "error" | "blocked" | "rejected" | "no-go" => {
                Self::Red
            }
            "yellow" | "orange" | "amber" | "retest" | "pending" | "warning" | "at-risk"
            | "untested" => Self::Yellow,
            "blue" | "running" | "started" | "in-progress" | "new" => Self::Blue,
            _ => Self::Grey,
        }
    }
}

/// A word on a colour.
pub(crate) fn lozenge(xml: &mut Xml, word: &str, colour: Colour) {
    let parameters = [("title", word), ("colour", colour.name())];
    of_macro(xml, "status", &parameters, None::<fn(&mut Xml)>);
}

/// Code, letter by letter.
pub(crate) fn code(xml: &mut Xml, text: &str) {
    let name = [("ac:name", "code"), ("ac:schema-version", "1")];
    xml.element("ac:structured-macro", &name, |xml| {
        xml.element("ac:plain-text-body", &[], |xml| xml.cdata(text));
    });
}

fn of_macro(
    xml: &mut Xml,
    name: &str,
    parameters: &[(&str, &str)],
    body: Option<impl FnOnce(&mut Xml)>,
) {
    let of = [("ac:name", name), ("ac:schema-version", "1")];
    xml.element("ac:structured-macro", &of, |xml| {
        for (key, value) in parameters {
            xml.leaf("ac:parameter", &[("ac:name", key)], value);
        }
        if let Some(body) = body {
            xml.element("ac:rich-text-body", &[], body);
        }
    });
}

/// A picture that is attached to the page, and leads somewhere.
pub(crate) fn picture(xml: &mut Xml, file: &str, alt: &str, width: u32, link: Option<&str>) {
    let width = width.to_string();
    let image = |xml: &mut Xml| {
        let look = [("ac:alt", alt), ("ac:width", width.as_str())];
        xml.element("ac:image", &look, |xml| {
            xml.empty("ri:attachment", &[("ri:filename", file)]);
        });
    };
    match link {
        Some(link) => xml.element("a", &[("href", link)], image),
        None => image(xml),
    }
}

/// A text that leads somewhere, where the address is one that a page may have.
pub(crate) fn link(xml: &mut Xml, address: &str, inside: impl FnOnce(&mut Xml)) {
    match is_link(address) {
        true => xml.element("a", &[("href", address)], inside),
        false => inside(xml),
    }
}

/// Whether an address leads to a page and does not run anything.
pub(crate) fn is_link(address: &str) -> bool {
    let scheme = address
        .split_once(':')
        .map(|(it, _)| it.to_ascii_lowercase());
    matches!(scheme.as_deref(), Some("http" | "https" | "mailto"))
}

/// A day, as the reader's language writes it.
pub(crate) fn day(xml: &mut Xml, day: &str) {
    xml.empty("time", &[("datetime", day)]);
}
