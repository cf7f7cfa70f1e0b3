//! Writes storage XML that is well-formed whatever stands in it.
//!
//! Elements are closed by their end of scope, names are words of this crate, and texts and
//! attributes are escaped; there is no way to put a piece of foreign XML in.

use std::borrow::Cow;

/// XML that is being written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Xml {
    text: String,
}

/// Names and values of attributes.
pub(crate) type Attributes<'a> = &'a [(&'static str, &'a str)];

impl Xml {
    /// What stands in `inside`, as XML.
    #[must_use]
    pub(crate) fn of(inside: impl FnOnce(&mut Self)) -> String {
        let mut xml = Self::default();
        inside(&mut xml);
        xml.text
    }

    /// What was written.
    #[must_use]
    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// An element and what stands in it.
    pub(crate) fn element(
        &mut self,
        name: &'static str,
        attributes: &[(&'static str, &str)],
        inside: impl FnOnce(&mut Self),
    ) {
        self.open(name, attributes);
        self.text.push('>');
        inside(self);
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push('>');
    }

    /// An element with nothing in it.
    pub(crate) fn empty(&mut self, name: &'static str, attributes: &[(&'static str, &str)]) {
        self.open(name, attributes);
        self.text.push_str(" />");
    }

    /// An element with a text in it.
    pub(crate) fn leaf(
        &mut self,
        name: &'static str,
        attributes: &[(&'static str, &str)],
        text: &str,
    ) {
        self.element(name, attributes, |xml| xml.text(text));
    }

    /// A text.
    pub(crate) fn text(&mut self, text: &str) {
        self.escaped(text, |letter| match letter {
            '&' => Some("&amp;"),
            '<' => Some("&lt;"),
            '>' => Some("&gt;"),
            _ => None,
        });
    }

    /// A text that is kept letter by letter, as code is.
    pub(crate) fn cdata(&mut self, text: &str) {
        self.text.push_str("<![CDATA[");
        // The end of a section cannot stand in it: it is cut in two there.
        let text = sound(text).replace("]]>", "]]]]><![CDATA[>");
        self.text.push_str(&text);
        self.text.push_str("]]>");
    }

    fn open(&mut self, name: &'static str, attributes: Attributes<'_>) {
        debug_assert!(is_name(name), "{name}");
        self.text.push('<');
        self.text.push_str(name);
        for (key, value) in attributes {
            debug_assert!(is_name(key), "{key}");
            self.text.push(' ');
            self.text.push_str(key);
            self.text.push_str("=\"");
            self.escaped(value, |letter| match letter {
                '&' => Some("&amp;"),
                '<' => Some("&lt;"),
                '>' => Some("&gt;"),
                '"' => Some("&quot;"),
                // They would be read as spaces.
                '\n' => Some("&#10;"),
                '\t' => Some("&#9;"),
                _ => None,
            });
            self.text.push('"');
        }
    }

    fn escaped(&mut self, text: &str, escape: impl Fn(char) -> Option<&'static str>) {
        let text = sound(text);
        let mut from = 0;
        for (at, letter) in text.char_indices() {
            if let Some(escaped) = escape(letter) {
                self.text.push_str(&text[from..at]);
                self.text.push_str(escaped);
                from = at + letter.len_utf8();
            }
        }
        self.text.push_str(&text[from..]);
    }
}

/// Names of elements and attributes, as this crate writes them.
fn is_name(name: &str) -> bool {
    let is_letter = |it: char| it.is_ascii_alphanumeric() || "-:_".contains(it);
    name.starts_with(|it: char| it.is_ascii_alphabetic()) && name.chars().all(is_letter)
}

/// The text with a sign in the place of each letter that XML cannot carry, and with the line
/// breaks that XML reads.
fn sound(text: &str) -> Cow<'_, str> {
    let is_sound = |it: char| match it {
        '\t' | '\n' => true,
        '\u{FFFE}' | '\u{FFFF}' => false,
        it => it >= ' ',
    };
    if text.chars().all(is_sound) {
        return Cow::Borrowed(text);
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let sign = |it: char| if is_sound(it) { it } else { '\u{FFFD}' };
    Cow::Owned(text.chars().map(sign).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What another parser finds in it.
    fn parsed(xml: &str) -> (String, String) {
        let document = roxmltree::Document::parse(xml).unwrap();
        let root = document.root_element();
        let text = root.descendants().filter(|it| it.is_text());
        let text = text.filter_map(|it| it.text()).collect();
        (text, root.attribute("title").unwrap().to_owned())
    }

    fn written(text: &str, cdata: bool) -> String {
        Xml::of(|xml| {
            xml.element("p", &[("title", text)], |xml| {
                xml.empty("br", &[]);
                if cdata {
                    xml.cdata(text);
                } else {
                    xml.text(text);
                }
            });
        })
    }

    #[test]
    fn what_means_something_in_xml_is_only_text() {
        let text = "a & b < c > \"d\" 'e' </p> <script> ]]> &amp; \u{1F600}";
        assert_eq!(
            written(text, false),
            "<p title=\"a &amp; b &lt; c &gt; &quot;d&quot; 'e' &lt;/p&gt; &lt;script&gt; ]]&gt; \
             &amp;amp; \u{1F600}\"><br />a &amp; b &lt; c &gt; \"d\" 'e' &lt;/p&gt; \
             &lt;script&gt; ]]&gt; &amp;amp; \u{1F600}</p>"
        );
        for cdata in [false, true] {
            let read = parsed(&written(text, cdata));
            assert_eq!(read, (text.to_owned(), text.to_owned()), "{cdata}");
        }
    }

    #[test]
    fn letters_that_xml_cannot_carry_are_shown_as_such() {
        assert_eq!(
            sound("a\0b\u{1b}[31m\u{FFFF}"),
            "a\u{FFFD}b\u{FFFD}[31m\u{FFFD}"
        );
        assert_eq!(sound("a\r\nb\rc\td"), "a\nb\nc\td");
    }

    proptest! {
        #[test]
        fn any_text_comes_back_from_another_parser(text in any::<String>(), cdata: bool) {
            let (inside, title) = parsed(&written(&text, cdata));
            prop_assert_eq!(inside, sound(&text).into_owned());
            prop_assert_eq!(title, sound(&text).into_owned());
        }
    }
}
