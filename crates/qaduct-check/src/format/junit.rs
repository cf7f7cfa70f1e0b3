//! JUnit XML, for Jenkins, GitLab and others: a test case for each finding. What fails
//! the check is a failure, what is let pass is skipped, the rest passes and says so.

use std::collections::BTreeMap;

use quick_xml::Writer;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};

use super::Scene;
use crate::{Finding, Verdict};

/// Writes a verdict.
#[must_use]
pub fn render(verdict: &Verdict, scene: &Scene) -> String {
    let mut suites: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for it in &verdict.findings {
        suites.entry(it.rule.id).or_default().push(it);
    }
    let mut xml = Xml(Writer::new_with_indent(Vec::new(), b' ', 2));
    xml.open("testsuites", &[("name", "qaduct check")]);
    for (rule, findings) in suites {
        let failures = findings.iter().filter(|it| scene.fails(it)).count();
        let skipped = findings.iter().filter(|it| !it.is_open()).count();
        let name = format!("{rule} {}", findings[0].rule.name);
        xml.open(
            "testsuite",
            &[
                ("name", &name),
                ("tests", &findings.len().to_string()),
                ("failures", &failures.to_string()),
                ("errors", "0"),
                ("skipped", &skipped.to_string()),
                ("time", "0"),
                (
                    "timestamp",
                    &format!("{}", scene.at.strftime("%Y-%m-%dT%H:%M:%S")),
                ),
                ("hostname", "localhost"),
            ],
        );
        for it in findings {
            xml.case(it, scene);
        }
        xml.close("testsuite");
    }
    xml.close("testsuites");
    // It was written from texts.
    let body = String::from_utf8(xml.0.into_inner()).unwrap_or_default();
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}\n")
}

struct Xml(Writer<Vec<u8>>);

impl Xml {
    fn put(&mut self, event: Event<'_>) {
        // A list of bytes takes everything.
        self.0.write_event(event).unwrap_or_default();
    }

    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.put(Event::Start(element(name, attributes)));
    }

    fn close(&mut self, name: &str) {
        self.put(Event::End(BytesEnd::new(name)));
    }

    fn case(&mut self, it: &Finding, scene: &Scene) {
        let place = format!("{}:{}", it.path, it.line);
        self.open(
            "testcase",
            &[
                ("name", it.subject()),
                ("classname", it.rule.id),
                ("time", "0"),
            ],
        );
        let text = format!(
            "{place}: {}: {}\n{}\n{}",
            it.level,
            it.message,
            it.help,
            it.rule.url()
        );
        if scene.fails(it) {
            self.text(
                "failure",
                &[("message", &it.message), ("type", it.rule.name)],
                &text,
            );
        } else if it.is_open() {
            self.text("system-out", &[], &text);
        } else {
            let element = element("skipped", &[("message", it.state.as_str())]);
            self.put(Event::Empty(element));
        }
        self.close("testcase");
    }

    fn text(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.open(name, attributes);
        self.put(Event::Text(BytesText::new(&allowed(text))));
        self.close(name);
    }
}

fn element<'a>(name: &'a str, attributes: &[(&str, &str)]) -> BytesStart<'a> {
    let mut element = BytesStart::new(name);
    for (key, value) in attributes {
        element.push_attribute((*key, allowed(value).as_str()));
    }
    element
}

/// What may stand in XML: most control characters may not, however they are written.
fn allowed(text: &str) -> String {
    let sign = |it: char| match it {
        '\t' | '\n' | '\r' => it,
        it if it.is_control() || matches!(it, '\u{fffe}' | '\u{ffff}') => '\u{fffd}',
        it => it,
    };
    text.chars().map(sign).collect()
}
