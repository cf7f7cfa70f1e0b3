//! What people read in storage XML, line by line: to compare, and to show what changes.
//!
//! Confluence rewrites the XML that it is given: it adds attributes, paragraphs and
//! ids, and an editor turns letters into pictures of them. What people read stays.

use super::tree::{Element, Node};

/// The lines that people read.
pub(crate) fn lines(nodes: &[Node]) -> Vec<String> {
    let mut words = Words::default();
    words.nodes(nodes);
    words.end();
    words.lines
}

/// What is compared: the same whatever was done to the spaces and paragraphs.
pub(crate) fn essence(lines: &[String]) -> String {
    let letters = lines.iter().flat_map(|it| it.chars());
    letters.filter(|it| !it.is_whitespace()).collect()
}

#[derive(Default)]
struct Words {
    lines: Vec<String>,
    line: String,
}

impl Words {
    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Text(text) => self.line.push_str(text),
                Node::Element(element) => self.element(element),
            }
        }
    }

    fn element(&mut self, element: &Element) {
        match element.name.as_str() {
            "td" | "th" => {
                if !self.line.is_empty() {
                    self.line.push_str(" \u{a6} ");
                }
                // Paragraphs in a cell are no lines of the table.
                self.line.push_str(&lines(&element.nodes).join(" "));
            }
            "br" => self.line.push(' '),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.end();
                self.nodes(&element.nodes);
                if !self.line.trim().is_empty() {
                    self.line.insert_str(0, "# ");
                }
                self.end();
            }
            "ac:structured-macro" | "ac:macro" => self.of_macro(element),
            "ac:image" => {
                for file in element.elements() {
                    if let Some(name) = file.attribute("ri:filename") {
                        self.line.extend(["[", name, "]"]);
                    }
                }
            }
            "ac:emoticon" => {
                let letter = element.attribute("ac:emoji-fallback");
                self.line.push_str(letter.unwrap_or_default());
            }
            // Its day is not what the page is about.
            "time" => {}
            "p" | "li" | "tr" | "div" | "table" | "ul" | "ol" | "pre" | "blockquote"
            | "ac:layout" | "ac:layout-section" | "ac:layout-cell" | "hr" => {
                self.end();
                self.nodes(&element.nodes);
                self.end();
            }
            _ => self.nodes(&element.nodes),
        }
    }

    fn of_macro(&mut self, element: &Element) {
        if element.is_macro("status") {
            let title = element.parameter("title").unwrap_or_default();
            self.line.extend(["[", &title, "]"]);
            return;
        }
        if element.is_macro("anchor") {
            return;
        }
        self.end();
        if let Some(title) = element.parameter("title") {
            self.line.push_str(&title);
            self.end();
        }
        for body in element.elements().filter(|it| it.name != "ac:parameter") {
            self.nodes(&body.nodes);
        }
        self.end();
    }

    fn end(&mut self) {
        let words: Vec<_> = self.line.split_whitespace().collect();
        if !words.is_empty() {
            self.lines.push(words.join(" "));
        }
        self.line.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::parse;
    use super::*;

    fn read(body: &str) -> Vec<String> {
        lines(&parse(body).unwrap().nodes)
    }

    #[test]
    fn a_page_is_read_line_by_line() {
        let body = "<h2>Health</h2><p>All <strong>well</strong>,<br/>nearly.</p>\
            <table><tbody><tr><th>a</th><th>b</th></tr><tr><td>1</td><td><p>2</p><p>3</p></td></tr></tbody></table>\
            <p><ac:structured-macro ac:name=\"status\"><ac:parameter ac:name=\"colour\">Green</ac:parameter>\
            <ac:parameter ac:name=\"title\">Approved</ac:parameter></ac:structured-macro></p>\
            <ac:image><ri:attachment ri:filename=\"x.png\"/></ac:image>";
        assert_eq!(
            read(body),
            [
                "# Health",
                "All well, nearly.",
                "a \u{a6} b",
                "1 \u{a6} 2 3",
                "[Approved]",
                "[x.png]"
            ]
        );
    }

    #[test]
    fn what_confluence_does_to_the_xml_is_no_change() {
        let ours = "<ul><li>fine \u{1F600}</li></ul><p>a &amp; b</p>";
        let theirs = "<ul local-id=\"1\"><li><p>fine <ac:emoticon ac:emoji-fallback=\"\u{1F600}\" ac:name=\"blue-star\" />\n</p></li></ul>\
            <p ac:local-id=\"2\">a&nbsp;&#38; b</p><p />";
        assert_eq!(essence(&read(ours)), essence(&read(theirs)));
        assert_ne!(essence(&read(ours)), essence(&read("<p>else</p>")));
    }
}
