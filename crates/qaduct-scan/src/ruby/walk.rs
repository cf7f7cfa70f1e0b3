//! Suites, examples, test classes and their methods.

use tree_sitter::Node;

use super::grammar::REQUIRED;
use super::{body, metadata};
use crate::syntax::facts::{Role, UnitId};
use crate::syntax::forms::Usage;
use crate::syntax::outline::{Outline, Place, each};

/// Words that declare a suite.
const SUITES: &[&str] = &[
    "describe",
    "context",
    "feature",
    "example_group",
    "xdescribe",
    "xcontext",
    "xfeature",
    "fdescribe",
    "fcontext",
    "ffeature",
    "shared_examples",
    "shared_examples_for",
    "shared_context",
];

/// Words that declare a test.
const TESTS: &[&str] = &[
    "it",
    "specify",
    "example",
    "scenario",
    "its",
    "xit",
    "xspecify",
    "xexample",
    "xscenario",
    "fit",
    "fspecify",
    "fexample",
    "fscenario",
    "focus",
];

/// Words that run before or after tests.
const HOOKS: &[&str] = &[
    "before",
    "after",
    "around",
    "prepend_before",
    "append_before",
    "prepend_after",
    "append_after",
    "setup",
    "teardown",
];

/// Methods that run before or after tests.
const SETUPS: &[&str] = &[
    "setup",
    "teardown",
    "before_setup",
    "after_setup",
    "before_teardown",
    "after_teardown",
    "startup",
    "shutdown",
];

/// Walks a file.
pub(super) fn file(outline: &mut Outline<'_>, root: Node<'_>) {
    frameworks(outline, root);
    outline.children(root, visit);
}

/// Tells the outline which framework the file is written for: what stands in classes decides.
fn frameworks(outline: &mut Outline<'_>, root: Node<'_>) {
    let mut told = Vec::new();
    let mut required = Vec::new();
    each(&mut root.walk(), |node| {
        match node.kind() {
            "superclass" => {
                let base = outline.text(node).trim_start_matches(['<', ' ']);
                if base.contains("Test::Unit::TestCase") {
                    told.push("test-unit/");
                } else if base.ends_with("TestCase")
                    || base.ends_with("Test")
                    || base.contains("Minitest")
                {
                    told.push("minitest/");
                }
                return false;
            }
            "call" => {
                let word = node.child_by_field_name("method");
                if word.is_some_and(|it| matches!(outline.text(it), "require" | "require_relative"))
                {
                    let package = outline.text(node);
                    if package.contains("test/unit") || package.contains("test-unit") {
                        told.push("test-unit/");
                    } else if package.contains("minitest") || package.contains("test_helper") {
                        told.push("minitest/");
                    } else if let Some(name) = package.split(['"', '\'']).nth(1) {
                        required.push(name);
                    }
                }
            }
            _ => {}
        }
        true
    });
    // Who derives from the class of one and loads the other is of the one.
    if told.contains(&"test-unit/") {
        told.retain(|it| *it == "test-unit/");
    }
    told.dedup();
    for framework in told {
        outline.import(framework);
    }
    for name in required {
        outline.import(&format!("{REQUIRED}{name}"));
    }
}

pub(super) fn visit(outline: &mut Outline<'_>, node: Node<'_>) {
    match node.kind() {
        "class" | "module" => class(outline, node),
        "method" | "singleton_method" => method(outline, node),
        "call" => call(outline, node),
        "identifier" => body::bare(outline, node),
        "string" | "comment" | "heredoc_body" => {}
        _ => outline.children(node, visit),
    }
}

/// A class; a module is a name in front of what is in it.
fn class(outline: &mut Outline<'_>, node: Node<'_>) {
    let name = node.child_by_field_name("name");
    let name = name.map_or("", |it| outline.text(it));
    let unit = outline.open(Role::Suite, name, node);
    outline.within(unit, |outline| {
        if let Some(body) = node.child_by_field_name("body") {
            outline.children(body, visit);
        }
    });
}

fn method(outline: &mut Outline<'_>, node: Node<'_>) {
    let name = node.child_by_field_name("name");
    let name = name.map_or("", |it| outline.text(it));
    let in_class = outline.unit(outline.here()).role == Role::Suite;
    let role = if in_class && name.starts_with("test_") {
        Role::Test
    } else if in_class && SETUPS.contains(&name) {
        Role::Setup
    } else {
        Role::Function
    };
    let unit = outline.open(role, name, node);
    outline.within(unit, |outline| {
        if let Some(body) = node.child_by_field_name("body") {
            outline.children(body, visit);
        }
    });
}

fn call(outline: &mut Outline<'_>, node: Node<'_>) {
    let Some(word) = node.child_by_field_name("method") else {
        return outline.children(node, visit);
    };
    let name = outline.text(word);
    let receiver = node
        .child_by_field_name("receiver")
        .map(|it| outline.text(it));
    let block = node.child_by_field_name("block");
    let args = node.child_by_field_name("arguments");
    let is_own = matches!(receiver, None | Some("RSpec" | "self" | "config"));
    if !is_own {
        return outline.children(node, visit);
    }
    let in_test = outline.is_in(Role::Test) || outline.is_in(Role::Setup);
    let is_spec = !outline.is_in(Role::Function) && !in_test;
    match name {
        _ if is_spec && SUITES.contains(&name) && block.is_some() => {
            declaration(outline, node, word, args, block, Role::Suite);
        }
        _ if is_spec && TESTS.contains(&name) && (block.is_some() || args.is_some()) => {
            declaration(outline, node, word, args, block, Role::Test);
        }
        "skip" | "pending"
            if is_spec && in_group(outline) && (block.is_some() || args.is_some()) =>
        {
            declaration(outline, node, word, args, block, Role::Test);
        }
        // test "title" do … end of ActiveSupport and test-unit
        "test" | "should" | "must" if is_spec && block.is_some() && args.is_some() => {
            declaration(outline, node, word, args, block, Role::Test);
        }
        // define_method "test_of_#{it}" do … end
        "define_method"
            if is_spec && block.is_some() && args.is_some_and(|it| names_test(outline, it)) =>
        {
            declaration(outline, node, word, args, block, Role::Test);
        }
        _ if is_spec && HOOKS.contains(&name) && block.is_some() => {
            let unit = outline.open(Role::Setup, "", node);
            let before = outline.count();
            outline.within(unit, |outline| outline.children(node, visit));
            let tags = args.map(|it| tags(outline, it)).unwrap_or_default();
            if !tags.is_empty() {
                outline.only_where(before, &tags);
            }
        }
        _ => {
            body::call(outline, node, word, args);
            outline.children(node, visit);
        }
    }
}

/// Whether the first argument is the name of a test method.
fn names_test(outline: &Outline<'_>, args: Node<'_>) -> bool {
    let first = metadata::values(args).into_iter().next();
    let name = first.map_or("", |it| outline.text(it));
    name.trim_start_matches([':', '"', '\''])
        .starts_with("test_")
}

/// The metadata that examples must have for a hook to run, as a condition.
fn tags(outline: &Outline<'_>, args: Node<'_>) -> String {
    const WHEN: &[&str] = &[":each", ":example", ":all", ":context", ":suite"];
    let tags = metadata::values(args).into_iter();
    let tags = tags.filter(|it| matches!(it.kind(), "simple_symbol" | "pair"));
    let tags: Vec<&str> = tags.map(|it| outline.text(it)).collect();
    let tags: Vec<&str> = tags.into_iter().filter(|it| !WHEN.contains(it)).collect();
    tags.join(" and ")
}

/// Whether the walk is in a group of examples, where `skip "x"` declares one.
fn in_group(outline: &Outline<'_>) -> bool {
    outline.here() != UnitId::FILE && outline.unit(outline.here()).role == Role::Suite
}

fn declaration<'t>(
    outline: &mut Outline<'_>,
    node: Node<'t>,
    word: Node<'t>,
    args: Option<Node<'t>>,
    block: Option<Node<'t>>,
    role: Role,
) {
    let name = outline.text(word);
    let values = args.map(metadata::values).unwrap_or_default();
    let (title, dynamic) = title(outline, &values);
    let unit = outline.open_dynamic(role, &title, dynamic, node);
    let guard = body::guard(outline, node);
    let form = match (name, block.is_some()) {
        ("skip" | "pending", _) => Some(format!("{name} example")),
        ("it" | "specify" | "example" | "scenario", false) => Some("it without a block".to_owned()),
        ("it" | "specify" | "example" | "scenario" | "define_method", true) => None,
        _ => Some(name.to_owned()),
    };
    let told = metadata::options(outline, &values, unit, word);
    if let Some(form) = form
        && (!told || form != "it without a block")
    {
        let place = Place::new(Usage::Modifier, form, word, word)
            .guard(guard)
            .on(unit);
        outline.place(place);
    }
    outline.within(unit, |outline| {
        for value in &values {
            visit(outline, *value);
        }
        if let Some(block) = block {
            outline.children(block, visit);
        }
    });
}

/// The title: all arguments that are no metadata.
fn title(outline: &Outline<'_>, values: &[Node<'_>]) -> (String, bool) {
    let mut title = String::new();
    let mut dynamic = false;
    for value in values {
        if matches!(
            value.kind(),
            "pair"
                | "simple_symbol"
                | "hash"
                | "block_argument"
                | "hash_splat_argument"
                | "splat_argument"
        ) {
            continue;
        }
        // `"test_x".to_sym`
        let text = value.child_by_field_name("receiver");
        let text = text.filter(|it| it.kind() == "string");
        let (text, is_code) = outline.title(text.unwrap_or(*value));
        let is_name = matches!(value.kind(), "constant" | "scope_resolution");
        let is_put_together = text.contains("#{");
        dynamic |= is_code && !is_name || is_put_together || metadata::has_interpolation(*value);
        if !title.is_empty() {
            title.push(' ');
        }
        title.push_str(&text);
    }
    (title, dynamic)
}
