//! Markdown of the settings as storage XML.
//!
//! Paragraphs, headings, lists, quotes, code, tables, emphasis and links. HTML in it is text,
//! as everything else that would have to be trusted.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag};

use super::storage;
use super::xml::Xml;

/// Writes the Markdown.
pub(crate) fn markdown(xml: &mut Xml, text: &str) {
    let options = Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES;
    let mut events = Parser::new_ext(text, options).peekable();
    while events.peek().is_some() {
        inside(xml, &mut events, false);
    }
}

/// What stands before the end of an element.
fn inside<'t>(xml: &mut Xml, events: &mut impl Iterator<Item = Event<'t>>, head: bool) {
    while let Some(event) = events.next() {
        match event {
            Event::End(_) => return,
            Event::Start(tag) => element(xml, tag, events, head),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => xml.text(&text),
            Event::Code(text) => xml.leaf("code", &[], &text),
            Event::SoftBreak => xml.text("\n"),
            Event::HardBreak => xml.empty("br", &[]),
            Event::Rule => xml.empty("hr", &[]),
            // They are not asked for.
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                xml.text(&text);
            }
            Event::TaskListMarker(done) => xml.text(if done { "[x] " } else { "[ ] " }),
        }
    }
}

fn element<'t>(
    xml: &mut Xml,
    tag: Tag<'t>,
    events: &mut impl Iterator<Item = Event<'t>>,
    head: bool,
) {
    let name = match tag {
        Tag::CodeBlock(_) => return code(xml, events),
        Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
            // A picture elsewhere is not loaded by whoever reads the page.
            return storage::link(xml, &dest_url, |xml| inside(xml, events, head));
        }
        Tag::List(Some(first)) => {
            let first = first.to_string();
            let start = [("start", first.as_str())];
            let attributes = if first == "1" { &[][..] } else { &start };
            return xml.element("ol", attributes, |xml| inside(xml, events, head));
        }
        Tag::Table(_) => {
            return xml.element("table", &[], |xml| {
                xml.element("tbody", &[], |xml| inside(xml, events, head));
            });
        }
        Tag::TableHead => return xml.element("tr", &[], |xml| inside(xml, events, true)),
        Tag::TableCell if head => "th",
        Tag::TableCell => "td",
        Tag::TableRow => "tr",
        Tag::Paragraph | Tag::HtmlBlock => "p",
        Tag::List(None) => "ul",
        Tag::Item => "li",
        Tag::BlockQuote(_) => "blockquote",
        Tag::Emphasis => "em",
        Tag::Strong => "strong",
        Tag::Strikethrough => "s",
        // Below the headings of the page.
        Tag::Heading { level, .. } => match level {
            HeadingLevel::H1 => "h4",
            HeadingLevel::H2 => "h5",
            _ => "h6",
        },
        _ => return inside(xml, events, head),
    };
    xml.element(name, &[], |xml| inside(xml, events, head));
}

fn code<'t>(xml: &mut Xml, events: &mut impl Iterator<Item = Event<'t>>) {
    let mut text = String::new();
    for event in events {
        match event {
            Event::End(_) => break,
            Event::Text(part) => text.push_str(&part),
            _ => {}
        }
    }
    storage::code(xml, text.trim_end_matches('\n'));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn storage(text: &str) -> String {
        Xml::of(|xml| markdown(xml, text))
    }

    #[test]
    fn markdown_becomes_storage() {
        insta::assert_snapshot!(storage("Rates of *all* **releases** & betas: <b>bold?</b>\nsee [the rules](https://example.org/?a=1&b=2)\n\n* one\n* `two`\n\n# Why\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\na < b ]]>\n```\n"), @r#"
            <p>Rates of <em>all</em> <strong>releases</strong> &amp; betas: &lt;b&gt;bold?&lt;/b&gt;
            see <a href="https://example.org/?a=1&amp;b=2">the rules</a></p><ul><li>one</li><li><code>two</code></li></ul><h4>Why</h4><table><tbody><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></tbody></table><ac:structured-macro ac:name="code" ac:schema-version="1"><ac:plain-text-body><![CDATA[a < b ]]]]><![CDATA[>]]></ac:plain-text-body></ac:structured-macro>
            "#);
    }

    #[test]
    fn a_link_that_would_run_something_is_text() {
        assert_eq!(storage("[a](javascript:alert(1))"), "<p>a</p>");
        assert_eq!(
            storage("![a](https://example.org/a.png)"),
            "<p><a href=\"https://example.org/a.png\">a</a></p>"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_well_formed(text in "([ -~]|\n|[\u{0}-\u{1f}]|\u{1F600}|[*_`#>|\\[\\]()<&-]){0,60}") {
            let xml = storage(&text);
            let xml = format!("<x xmlns:ac=\"ac\" xmlns:ri=\"ri\">{xml}</x>");
            prop_assert!(roxmltree::Document::parse(&xml).is_ok(), "{}", xml);
        }
    }
}
