//! Classes, methods with their attributes and doc comments, and calls in their bodies.

use tree_sitter::Node;

use super::{docs, pest};
use crate::syntax::facts::{Arg, ArgValue, Role};
use crate::syntax::forms::Usage;
use crate::syntax::guard::{self, Branching, Labels};
use crate::syntax::outline::{Guard, Outline, Place, each};
use crate::syntax::parameters::Param;

const BRANCHINGS: &[Branching] = &[
    Branching::usual("if_statement"),
    Branching::usual("else_if_clause"),
    Branching::usual("conditional_expression"),
    Branching::operator("binary_expression"),
    Branching::switch(
        "switch_statement",
        "condition",
        Labels::Field("value"),
        true,
    ),
    Branching::switch(
        "match_expression",
        "condition",
        Labels::Field("conditional_expressions"),
        false,
    ),
    Branching::caught("catch_clause", "catch", "type", "body"),
];

const ENDS: &[&str] = &[
    "method_declaration",
    "function_definition",
    "anonymous_function",
    "arrow_function",
];

/// Methods that run before or after tests.
const SETUPS: &[&str] = &[
    "setup",
    "setupbeforeclass",
    "teardown",
    "teardownafterclass",
    "assertpreconditions",
];

/// Groups of tests that are kept apart from the others.
const QUARANTINES: &[&str] = &[
    "flaky",
    "quarantine",
    "quarantined",
    "broken",
    "skip",
    "skipped",
    "disabled",
];

/// The condition around a node. In a helper it also is that nothing has left it before.
pub(super) fn guard(outline: &Outline<'_>, node: Node<'_>) -> Option<Guard> {
    guard::after_returns(node, outline, BRANCHINGS, ENDS, &["return_statement"])
}

/// What a function takes.
fn parameters(outline: &Outline<'_>, list: Node<'_>) -> Vec<Param> {
    let mut cursor = list.walk();
    let each = list.named_children(&mut cursor);
    let each = each.filter(|it| it.kind().ends_with("_parameter"));
    each.map(|it| {
        let text = |field| it.child_by_field_name(field).map(|it| outline.text(it));
        Param {
            name: text("name").unwrap_or_default().into(),
            kind: text("type").unwrap_or_default().into(),
            default: text("default_value").map(Into::into),
            many: it.kind() == "variadic_parameter",
        }
    })
    .collect()
}

pub(super) fn visit(outline: &mut Outline<'_>, node: Node<'_>) {
    match node.kind() {
        "class_declaration" | "trait_declaration" | "interface_declaration" => {
            declaration(outline, node, Role::Suite);
        }
        "method_declaration" => {
            let role = role_of_method(outline, node);
            declaration(outline, node, role);
        }
        "function_definition" => declaration(outline, node, Role::Function),
        "member_call_expression" | "function_call_expression"
            if pest::declaration(outline, node) => {}
        "member_call_expression" | "scoped_call_expression" | "nullsafe_member_call_expression" => {
            call(outline, node);
            outline.children(node, visit);
        }
        "throw_expression" => {
            throw(outline, node);
            outline.children(node, visit);
        }
        "string" | "encapsed_string" | "comment" => {}
        _ => outline.children(node, visit),
    }
}

fn declaration(outline: &mut Outline<'_>, node: Node<'_>, role: Role) {
    let name = node.child_by_field_name("name").map(|it| outline.text(it));
    let unit = outline.open(role, name.unwrap_or_default(), node);
    for attribute in attributes(node) {
        let Some(word) = attribute.named_child(0) else {
            continue;
        };
        let name = outline.text(word).rsplit('\\').next().unwrap_or_default();
        let args = attribute.child_by_field_name("parameters");
        let args = args.map(|it| arguments(outline, it)).unwrap_or_default();
        let args = match name {
            "Group" | "Ticket" => {
                let group = args.first().map_or("", |it| it.value.as_str());
                if !is_quarantine(group) {
                    continue;
                }
                vec![outline.text_arg("reason", group)]
            }
            _ => asked(name, &args),
        };
        let place = Place::new(Usage::Annotation, name, attribute, word);
        outline.place(place.args(args).on(unit));
    }
    docs::requirements(outline, node, unit);
    if let Some(list) = node.child_by_field_name("parameters") {
        let params = parameters(outline, list);
        outline.declares(unit, params);
    }
    outline.within(unit, |outline| {
        if let Some(body) = node.child_by_field_name("body") {
            outline.children(body, visit);
        }
    });
}

/// Whether a group is one of tests that are kept apart.
pub(super) fn is_quarantine(group: &str) -> bool {
    QUARANTINES.contains(&&*group.to_lowercase())
}

/// What an attribute such as `RequiresPhp(">= 8.2")` asks for, as a condition.
fn asked(name: &str, args: &[Arg]) -> Vec<Arg> {
    let Some(what) = name.strip_prefix("Requires") else {
        return args.to_vec();
    };
    let mut text = what.to_owned();
    for arg in args {
        text.push(' ');
        text.push_str(arg.value.as_str());
    }
    vec![Arg {
        name: "condition".into(),
        value: ArgValue::Code(text.into()),
    }]
}

fn attributes<'t>(node: Node<'t>) -> Vec<Node<'t>> {
    let mut found = Vec::new();
    if let Some(list) = node.child_by_field_name("attributes") {
        each(&mut list.walk(), |it| {
            if it.kind() == "attribute" {
                found.push(it);
            }
            it.kind() != "attribute"
        });
    }
    found
}

fn role_of_method(outline: &Outline<'_>, node: Node<'_>) -> Role {
    let name = node.child_by_field_name("name");
    let name = name.map_or("", |it| outline.text(it)).to_lowercase();
    if SETUPS.contains(&&*name) {
        return Role::Setup;
    }
    let mut role = if name.starts_with("test") {
        Role::Test
    } else {
        Role::Function
    };
    for attribute in attributes(node) {
        let word = attribute.named_child(0).map_or("", |it| outline.text(it));
        match word.rsplit('\\').next().unwrap_or_default() {
            "Before" | "BeforeClass" | "After" | "AfterClass" => return Role::Setup,
            "Test" | "DataProvider" | "TestWith" => role = Role::Test,
            _ => {}
        }
    }
    docs::role(outline, node).unwrap_or(role)
}

/// The arguments of a call or an attribute.
pub(super) fn arguments(outline: &Outline<'_>, list: Node<'_>) -> Vec<Arg> {
    let mut cursor = list.walk();
    let each = list
        .named_children(&mut cursor)
        .filter(|it| it.kind() == "argument");
    each.filter_map(|it| {
        let name = it.child_by_field_name("name");
        let count = u32::try_from(it.named_child_count()).ok()?;
        let value = it.named_child(count.checked_sub(1)?)?;
        let mut arg = match name {
            Some(name) => outline.named_arg(outline.text(name), value),
            None => outline.arg(value),
        };
        // `sprintf("… %s", $x)` and the like say why, too.
        if value.kind() == "function_call_expression"
            && let Some(args) = value.child_by_field_name("arguments")
            && outline.text(value).starts_with("sprintf")
            && let Some(first) = arguments(outline, args).into_iter().next()
        {
            arg.value = first.value;
        }
        Some(arg)
    })
    .collect()
}

fn call(outline: &mut Outline<'_>, node: Node<'_>) {
    let Some(word) = node
        .child_by_field_name("name")
        .filter(|it| it.kind() == "name")
    else {
        return;
    };
    let of = ["object", "scope"]
        .into_iter()
        .find_map(|it| node.child_by_field_name(it));
    let of = of.map_or("", |it| outline.text(it));
    let name = outline.text(word);
    let is_own = matches!(of, "$this" | "self" | "static" | "parent");
    // `TestCase::markTestSkipped()` and `$test->markTestSkipped()` skip as well.
    if !is_own && !name.starts_with("markTest") {
        return;
    }
    let args = node.child_by_field_name("arguments");
    let mut args = args.map(|it| arguments(outline, it)).unwrap_or_default();
    for arg in &mut args {
        if arg.value.as_str() == "__FUNCTION__" {
            let caller = &outline.unit(outline.here()).name;
            arg.value = ArgValue::Code(format!("'{caller}'").into());
        }
    }
    let place = Place::new(Usage::Call, name, node, word);
    note(outline, place.args(args).guard(guard(outline, node)));
}

/// Notes a place; `if (false)` leads nowhere.
fn note(outline: &mut Outline<'_>, mut place: Place<'_>) {
    let never = place
        .guard
        .take_if(|it| matches!(&*it.text, "true" | "false"));
    if outline.place(place) && never.is_some_and(|it| it.text == "false") {
        outline.without_effect("its condition never holds");
    }
}

fn throw(outline: &mut Outline<'_>, node: Node<'_>) {
    let Some(new) = node
        .named_child(0)
        .filter(|it| it.kind() == "object_creation_expression")
    else {
        return;
    };
    let Some(word) = new.named_child(0) else {
        return;
    };
    let mut cursor = new.walk();
    let args = new
        .named_children(&mut cursor)
        .find(|it| it.kind() == "arguments");
    let args = args.map(|it| arguments(outline, it)).unwrap_or_default();
    let name = outline.text(word).rsplit('\\').next().unwrap_or_default();
    let place = Place::new(Usage::Throw, name, node, word);
    note(outline, place.args(args).guard(guard(outline, node)));
}
