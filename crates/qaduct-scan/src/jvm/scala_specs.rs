//! Scala: tests that are calls and sentences: `test("title") { }`, `"subject" should "…" in { }`.

use tree_sitter::Node;

use super::annotations::is_quarantine;
use super::scala::{call, code, is_spec_file, visit};
use crate::syntax::facts::{Role, UnitId};
use crate::syntax::forms::Usage;
use crate::syntax::outline::{Outline, Place};

/// Words that declare what holds tests, as `describe("title") { }`.
const SUITES: &[&str] = &["describe", "feature", "Feature"];

/// Words that declare a test, as `test("title") { }`.
const TESTS: &[&str] = &[
    "test", "it", "they", "scenario", "Scenario", "property", "ignore",
];

/// Words between a subject and what is said of it.
const VERBS: &[&str] = &["should", "must", "can", "when", "which", "that", "has"];

/// Words between a title and the body of its test.
pub(super) const BODIES: &[&str] = &["in", "ignore", "is", ">>", "!", "xexample"];

/// What stands in a class, in order: `it` is what was spoken of last.
pub(super) fn members(outline: &mut Outline<'_>, body: Node<'_>) {
    let mut subject = None;
    outline.children(body, |outline, node| {
        if node.kind() == "infix_expression" {
            subject = subject_of(outline, node).or(subject.take());
            if spec(outline, node, subject.as_deref()) {
                return;
            }
        }
        visit(outline, node);
    });
}

/// What a statement speaks of: `behavior of "it"`, `"it" should "…" in { }`.
fn subject_of(outline: &Outline<'_>, node: Node<'_>) -> Option<String> {
    let mut infix = node;
    loop {
        let left = infix.child_by_field_name("left")?;
        let word = outline.text(infix.child_by_field_name("operator")?);
        match left.kind() {
            "infix_expression" => infix = left,
            "identifier" if word == "of" && outline.text(left) == "behavior" => {
                let title = infix.child_by_field_name("right")?;
                return Some(title_of(outline, title).0);
            }
            "string" | "interpolated_string_expression" if VERBS.contains(&word) => {
                return Some(title_of(outline, left).0);
            }
            _ => return None,
        }
    }
}

/// `test("title", Tag) { }` and its like. Whether it is one.
pub(super) fn test(outline: &mut Outline<'_>, node: Node<'_>) -> bool {
    let Some(head) = node.child_by_field_name("function") else {
        return false;
    };
    let Some(body) = node.child_by_field_name("arguments") else {
        return false;
    };
    if head.kind() != "call_expression" || !is_spec_file(outline) {
        return false;
    }
    // `gridTest("title")(values) { value => … }`
    let first = std::iter::successors(Some(head), |it| {
        let inner = it.child_by_field_name("function");
        inner.filter(|it| it.kind() == "call_expression")
    });
    let declares = first.last().unwrap_or(head);
    let parts = declares
        .child_by_field_name("function")
        .zip(head.child_by_field_name("arguments"));
    let Some((word, list)) = parts.filter(|(it, _)| it.kind() == "identifier") else {
        return false;
    };
    let name = outline.text(word);
    let is_suite = SUITES.contains(&name);
    if !is_suite && !TESTS.contains(&name) && !is_own_test(outline, name, list, body) {
        return false;
    }
    let mut cursor = list.walk();
    let args: Vec<Node<'_>> = list.named_children(&mut cursor).collect();
    let Some(first) = args.first() else {
        return false;
    };
    // munit: `"title".ignore.tag(Slow)`.
    let mut options = Vec::new();
    let mut title = *first;
    loop {
        match title.kind() {
            "call_expression" => match title.child_by_field_name("function") {
                Some(inner) if inner.kind() == "field_expression" => title = inner,
                _ => break,
            },
            "field_expression" => {
                options.extend(title.child_by_field_name("field"));
                match title.child_by_field_name("value") {
                    Some(inner) => title = inner,
                    None => break,
                }
            }
            _ => break,
        }
    }
    let role = if is_suite { Role::Suite } else { Role::Test };
    let (text, dynamic) = title_of(outline, title);
    let unit = outline.open_dynamic(role, &text, dynamic, node);
    if name == "ignore" {
        outline.place(Place::new(Usage::Modifier, name, head, word).on(unit));
    }
    for option in options {
        let place = Place::new(Usage::Option, outline.text(option), head, option);
        outline.place(place.on(unit));
    }
    for tag in args.iter().skip(1) {
        tagged(outline, unit, *tag);
    }
    outline.within(unit, |outline| {
        if !is_suite && !TESTS.contains(&name) {
            // What it does itself may mute the test.
            call(outline, declares);
        }
        outline.children(body, visit);
    });
    true
}

/// Whether a project's own function declares a test: `dropTest("title") { drop => … }`.
fn is_own_test(outline: &Outline<'_>, name: &str, list: Node<'_>, body: Node<'_>) -> bool {
    let title = list.named_child(0).map(|it| it.kind());
    let is_titled = matches!(title, Some("string" | "interpolated_string_expression"));
    let is_body = matches!(body.kind(), "block" | "indented_block" | "case_block");
    let is_there = !outline.is_in(Role::Test) && outline.unit(outline.here()).role == Role::Suite;
    is_titled && is_body && is_there && name.to_ascii_lowercase().contains("test")
}

/// A tag that says that a test cannot be relied on.
fn tagged(outline: &mut Outline<'_>, unit: UnitId, tag: Node<'_>) {
    if is_quarantine(outline.text(tag).trim_matches(['(', ')'])) {
        let arg = code("tag", outline.text(tag).trim_matches(['(', ')']));
        let place = Place::new(Usage::Option, "taggedAs", tag, tag);
        outline.place(place.args(vec![arg]).on(unit));
    }
}

fn title_of(outline: &Outline<'_>, node: Node<'_>) -> (String, bool) {
    match outline.literal(node) {
        Some(text) => (text, false),
        None => (outline.text(node).to_owned(), true),
    }
}

/// `"subject" should "title" in { }` and its like; `subject` is what `it` is. Whether it is one.
pub(super) fn spec(outline: &mut Outline<'_>, node: Node<'_>, subject: Option<&str>) -> bool {
    let parts = (
        node.child_by_field_name("left"),
        node.child_by_field_name("operator"),
        node.child_by_field_name("right"),
    );
    let (Some(left), Some(operator), Some(right)) = parts else {
        return false;
    };
    let word = outline.text(operator);
    let is_block = matches!(right.kind(), "block" | "indented_block");
    let is_suite = (VERBS.contains(&word) || word == "-") && is_block;
    if !(is_suite || BODIES.contains(&word)) || !is_spec_file(outline) {
        return false;
    }
    let mut said = Said::default();
    said.read(outline, left, 0);
    let its = [said.it.and(subject), Some(&*said.title)];
    let its = its.into_iter().flatten().filter(|it| !it.is_empty());
    let title = its.collect::<Vec<_>>().join(" ");
    // `"title" ignore new Setup { }`.
    let has_body = is_block || right.kind() == "instance_expression";
    if title.is_empty() || (word == "ignore" && !has_body && said.words.is_empty()) {
        return false;
    }
    let title = if is_suite && word != "-" {
        format!("{title} {word}")
    } else {
        title
    };
    // `ignore should "title" in { }`.
    let ignored = said.it.filter(|it| outline.text(*it) == "ignore");
    said.words.extend(ignored.map(|it| (it, "ignore")));
    let role = if is_suite { Role::Suite } else { Role::Test };
    let unit = outline.open_dynamic(role, &title, said.dynamic, node);
    for (at, what) in [(operator, word)]
        .into_iter()
        .chain(said.words.iter().copied())
    {
        if matches!(what, "ignore" | "xexample") {
            let place = Place::new(Usage::Modifier, what, left, at);
            outline.place(place.on(unit));
        }
    }
    for tag in said.tags {
        tagged(outline, unit, tag);
    }
    outline.within(unit, |outline| visit(outline, right));
    true
}

/// What stands before the body of a test.
#[derive(Default)]
struct Said<'t, 'a> {
    title: String,
    dynamic: bool,
    words: Vec<(Node<'t>, &'a str)>,
    tags: Vec<Node<'t>>,
    /// The word for what was spoken of before.
    it: Option<Node<'t>>,
}

impl<'t, 'a> Said<'t, 'a> {
    fn read(&mut self, outline: &Outline<'a>, node: Node<'t>, depth: u8) {
        if depth > 20 {
            return;
        }
        match node.kind() {
            "infix_expression" => {
                let Some(operator) = node.child_by_field_name("operator") else {
                    return;
                };
                let word = outline.text(operator);
                if let Some(left) = node.child_by_field_name("left") {
                    self.read(outline, left, depth + 1);
                }
                let Some(right) = node.child_by_field_name("right") else {
                    return;
                };
                if word == "taggedAs" {
                    self.tags.push(right);
                    return;
                }
                self.words.push((operator, word));
                if VERBS.contains(&word) {
                    self.push(word);
                }
                self.read(outline, right, depth + 1);
            }
            "string" => {
                let text = outline.literal(node).unwrap_or_default();
                self.push(&text);
            }
            "interpolated_string_expression" => {
                self.dynamic = true;
                self.push(outline.text(node));
            }
            "identifier" if matches!(outline.text(node), "it" | "they" | "ignore") => {
                self.it = Some(node);
            }
            _ => {}
        }
    }

    fn push(&mut self, text: &str) {
        if !self.title.is_empty() {
            self.title.push(' ');
        }
        self.title.push_str(text);
    }
}
