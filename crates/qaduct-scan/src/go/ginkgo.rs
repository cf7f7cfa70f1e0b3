//! Ginkgo and what is written like it: calls that declare groups and tests, with decorators
//! and with tags in their titles.

use tree_sitter::Node;

use super::grammar::visit;
use super::{calls, conditions};
use crate::syntax::facts::{ArgValue, Role, UnitId};
use crate::syntax::forms::{Usage, last_word};
use crate::syntax::outline::{Outline, Place};

/// Words that declare a group.
const GROUPS: &[&str] = &[
    "Context",
    "Convey",
    "Describe",
    "DescribeTable",
    "DescribeTableSubtree",
    "When",
];

/// Words that declare a test.
const TESTS: &[&str] = &["Entry", "It", "Measure", "Specify"];

/// Words for what runs before or after each of the tests around.
const SETUPS: &[&str] = &[
    "AfterAll",
    "AfterEach",
    "AfterSuite",
    "BeforeAll",
    "BeforeEach",
    "BeforeSuite",
    "JustAfterEach",
    "JustBeforeEach",
    "SynchronizedAfterSuite",
    "SynchronizedBeforeSuite",
];

/// Reads a call as a node of a tree of tests; whether it is one.
pub(super) fn node(outline: &mut Outline<'_>, node: Node<'_>) -> bool {
    let is_used = |it: &str| it.contains("onsi/ginkgo") || it.contains("goconvey");
    if !outline.imports().iter().any(|it| is_used(it)) {
        return false;
    }
    let Some(word) = node.child_by_field_name("function").and_then(word) else {
        return false;
    };
    let name = outline.text(word);
    let args = arguments(node);
    if SETUPS.contains(&name) {
        let unit = outline.open(Role::Setup, name, node);
        walk(outline, unit, &args);
        return true;
    }
    let Some(role) = role(outline, name, &args) else {
        return false;
    };
    let (title, dynamic) = match args.first() {
        Some(first) if first.kind() != "func_literal" => outline.title(*first),
        _ => (name.to_owned(), true),
    };
    let unit = outline.open_dynamic(role, &title, dynamic, node);
    let place = Place::new(Usage::Modifier, name, word, word);
    let guard = conditions::around(outline, node);
    outline.place(place.on(unit).guard(guard));
    if let Some(first) = args.first() {
        tags(outline, *first, unit);
    }
    for arg in args.iter().skip(1) {
        decorator(outline, *arg, unit);
    }
    walk(outline, unit, &args);
    true
}

/// The last word of what is called.
fn word(callee: Node<'_>) -> Option<Node<'_>> {
    match callee.kind() {
        "identifier" => Some(callee),
        "selector_expression" => callee.child_by_field_name("field"),
        _ => None,
    }
}

fn arguments<'t>(call: Node<'t>) -> Vec<Node<'t>> {
    let Some(list) = call.child_by_field_name("arguments") else {
        return Vec::new();
    };
    let mut cursor = list.walk();
    let each = list.named_children(&mut cursor);
    each.filter(|it| !it.is_extra()).collect()
}

/// What a call declares.
fn role(outline: &Outline<'_>, name: &str, args: &[Node<'_>]) -> Option<Role> {
    let has_body = args.iter().any(|it| it.kind() == "func_literal");
    let known = |name: &str| match name {
        _ if GROUPS.contains(&name) => Some(Role::Suite),
        _ if TESTS.contains(&name) => Some(Role::Test),
        _ => None,
    };
    if outline.knows(Usage::Modifier, name) {
        let plain = name.trim_start_matches("Skip").trim_start_matches("Focus");
        return known(plain).or_else(|| known(name.get(1..)?));
    }
    let its = known(name).filter(|_| has_body || name == "Entry");
    // Projects have words of their own: `SIGDescribe`, `ConformanceIt`.
    its.or_else(|| {
        let is_titled = args
            .first()
            .is_some_and(|it| it.kind().ends_with("string_literal"));
        if !has_body || !is_titled {
            return None;
        }
        let group = ["Describe", "Context"].iter().any(|it| name.ends_with(it));
        let test = name.ends_with("It");
        (group || test).then_some(if group { Role::Suite } else { Role::Test })
    })
}

/// Signs in the title: `[Flaky]`, `[Disabled:Broken]`.
fn tags(outline: &mut Outline<'_>, title: Node<'_>, unit: UnitId) {
    let text = outline.text(title).to_owned();
    for piece in text.split('[').skip(1) {
        let Some((tag, _)) = piece.split_once(']') else {
            continue;
        };
        let (name, why) = tag.split_once(':').unwrap_or((tag, ""));
        let name = format!("[{}]", name.to_ascii_lowercase());
        let args = vec![outline.text_arg("", why)];
        outline.place(
            Place::new(Usage::Name, name, title, title)
                .args(args)
                .on(unit),
        );
    }
}

/// `Pending`, `FlakeAttempts(3)`, `Label("flaky")`.
fn decorator(outline: &mut Outline<'_>, arg: Node<'_>, unit: UnitId) {
    let callee = arg.child_by_field_name("function");
    let Some(word) = word(callee.unwrap_or(arg)) else {
        return;
    };
    let name = last_word(outline.text(word)).to_owned();
    let args = calls::arguments(outline, arg);
    if matches!(&*name, "Label" | "WithLabel") {
        let labels = args.iter().filter_map(|it| match &it.value {
            ArgValue::Text(label) => Some(format!("label={}", label.to_ascii_lowercase())),
            ArgValue::Code(_) => None,
        });
        for label in labels {
            outline.place(Place::new(Usage::Name, label, arg, word).on(unit));
        }
        return;
    }
    outline.place(
        Place::new(Usage::Option, name, arg, word)
            .args(args)
            .on(unit),
    );
}

fn walk(outline: &mut Outline<'_>, unit: UnitId, args: &[Node<'_>]) {
    outline.within(unit, |outline| {
        for arg in args {
            visit(outline, *arg);
        }
    });
}
