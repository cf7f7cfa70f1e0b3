//! Kotlin: annotations as in Java, and the specs of Kotest, whose tests are calls.

use tree_sitter::Node;

use super::annotations::{self, Annotation, decides, in_tests, role_by, role_by_name};
use super::{assume, kotest};
use crate::language::Manner;
use crate::syntax::facts::{Arg, ArgValue, Role, UnitId};
use crate::syntax::forms::Usage;
use crate::syntax::lexer::{Lexicon, Quote};
use crate::syntax::outline::{Guard, Outline, Place};
use crate::syntax::parameters::Param;
use crate::syntax::source::{line, one_line};
use crate::syntax::{Grammar, Offer, Use, members};

/// Kotlin.
pub(crate) struct Kotlin;

static LEXICON: Lexicon = Lexicon {
    line: &["//"],
    block: &[("/*", "*/")],
    nested: true,
    strings: &[
        Quote::raw("\"\"\"", "\"\"\""),
        Quote::line("\""),
        Quote::line("'"),
        Quote::line("`"),
    ],
    word: b"",
};

const FUNCTIONS: &[&str] = &[
    "function_declaration",
    "lambda_literal",
    "anonymous_function",
];

impl Grammar for Kotlin {
    const LANGUAGES: &'static [&'static str] = &["kotlin"];
    const MEMBERS: bool = true;

    fn manner(path: &str) -> Option<Manner> {
        (path.ends_with(".kt") || path.ends_with(".kts")).then_some(0)
    }

    fn language(_: Manner) -> &'static str {
        "kotlin"
    }

    fn grammar(_: Manner) -> tree_sitter::Language {
        tree_sitter_kotlin_ng::LANGUAGE.into()
    }

    fn lexicon(_: Manner) -> &'static Lexicon {
        &LEXICON
    }

    fn is_test_file(path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let name = name.split('.').next().unwrap_or(name);
        ["Test", "Tests", "Spec", "TestCase", "IT"]
            .iter()
            .any(|it| name.ends_with(it))
    }

    fn outline(root: Node<'_>, outline: &mut Outline<'_>) {
        outline.children(root, visit);
    }

    fn means(user: &Use<'_>, offer: &Offer<'_>) -> bool {
        members::means(user, offer)
    }
}

/// Another name of an annotation mutes what bears it, as one of its own would that bears it.
fn other_name(outline: &mut Outline<'_>, name: &str, path: &str, node: Node<'_>) {
    let its = path.rsplit('.').next().unwrap_or_default();
    if its != path {
        outline.import(path);
    }
    if outline.knows(Usage::Annotation, its) {
        let unit = outline.open(Role::Annotation, name, node);
        outline.place(Place::new(Usage::Annotation, its, node, node).on(unit));
    }
}

pub(super) fn visit(outline: &mut Outline<'_>, node: Node<'_>) {
    match node.kind() {
        "import" => {
            let text = outline.text(node).trim_start_matches("import").trim();
            let mut words = text.split_whitespace();
            let path = words.next().unwrap_or_default();
            outline.import(path);
            if let (Some("as"), Some(name)) = (words.next(), words.next()) {
                other_name(outline, name, path, node);
            }
        }
        "type_alias" => {
            let text = outline.text(node);
            let names = text.split_once("typealias").map_or("", |it| it.1);
            if let Some((name, path)) = names.split_once('=') {
                other_name(outline, name.trim(), path.trim(), node);
            }
        }
        "class_declaration" | "object_declaration" => {
            let is_annotation = modifiers(node).is_some_and(|it| {
                let mut cursor = it.walk();
                it.children(&mut cursor)
                    .any(|it| it.kind() == "class_modifier" && outline.text(it) == "annotation")
            });
            let role = if is_annotation {
                Role::Annotation
            } else {
                Role::Suite
            };
            declaration(outline, node, role);
        }
        "function_declaration" => {
            if matches!(outline.unit(outline.here()).role, Role::Suite | Role::File) {
                declaration(outline, node, role_of(outline, node));
            } else {
                outline.children(node, visit);
            }
        }
        // The functions of an object without a name run as part of what creates it.
        "object_literal" => outline.children(node, |outline, child| match child.kind() {
            "class_body" => outline.children(child, |outline, member| {
                if member.kind() == "function_declaration" {
                    outline.children(member, visit);
                } else {
                    visit(outline, member);
                }
            }),
            _ => visit(outline, child),
        }),
        "call_expression" | "infix_expression" | "binary_expression"
            if kotest::test(outline, node) => {}
        "call_expression" => {
            call(outline, node);
            outline.children(node, visit);
        }
        "throw_expression" => {
            throw(outline, node);
            outline.children(node, visit);
        }
        _ => outline.children(node, visit),
    }
}

fn modifiers(node: Node<'_>) -> Option<Node<'_>> {
    let mut cursor = node.walk();
    node.children(&mut cursor)
        .find(|it| it.kind() == "modifiers")
}

/// A class or function with its annotations.
fn declaration(outline: &mut Outline<'_>, node: Node<'_>, role: Role) {
    let name = node.child_by_field_name("name");
    let name = name.map_or("", |it| outline.text(it)).trim_matches('`');
    let unit = outline.open(role, name, node);
    let mut cursor = node.walk();
    let children: Vec<Node<'_>> = node.named_children(&mut cursor).collect();
    if let Some(list) = children
        .iter()
        .find(|it| it.kind() == "function_value_parameters")
    {
        let params = parameters(outline, *list);
        outline.declares(unit, params);
    }
    if role == Role::Function {
        let parameters = children
            .iter()
            .position(|it| it.kind() == "function_value_parameters");
        let result = children
            .iter()
            .skip(parameters.unwrap_or(0))
            .find(|it| it.kind() == "user_type");
        if !decides(name, result.map_or("", |it| outline.text(*it))) {
            outline.keep(unit);
        }
        outline.takes(unit, parameters.map(|at| children[at]));
    }
    for (node, word, list) in annotations_of(node) {
        let args = list.map(|it| arguments(outline, it)).unwrap_or_default();
        let mutes = annotations::bear(outline, unit, Annotation { node, word, args });
        if mutes && role == Role::Function {
            outline.becomes(unit, Role::Test);
        }
    }
    for list in children
        .iter()
        .filter(|it| it.kind() == "delegation_specifiers")
    {
        let mut cursor = list.walk();
        for base in list.named_children(&mut cursor) {
            let text = outline.text(base);
            let text = text.split(['<', '(', ' ', '{']).next().unwrap_or(text);
            outline.base(unit, text.trim());
        }
    }
    outline.within(unit, |outline| {
        for child in children {
            if child.kind() != "modifiers" {
                visit(outline, child);
            }
        }
    });
}

/// What a function takes.
fn parameters(outline: &Outline<'_>, list: Node<'_>) -> Vec<Param> {
    let mut params: Vec<Param> = Vec::new();
    let (mut many, mut has_default) = (false, false);
    let mut cursor = list.walk();
    for it in list.children(&mut cursor).filter(|it| !it.is_extra()) {
        match it.kind() {
            "parameter_modifiers" => many = outline.text(it).contains("vararg"),
            "parameter" => {
                let text = outline.text(it);
                let (name, kind) = text.split_once(':').unwrap_or((text, ""));
                params.push(Param {
                    name: name.trim().trim_matches('`').into(),
                    kind: one_line(kind.trim()).into(),
                    default: None,
                    many: std::mem::take(&mut many),
                });
            }
            "=" => has_default = true,
            _ if has_default && it.is_named() => {
                has_default = false;
                if let Some(last) = params.last_mut() {
                    last.default = Some(one_line(outline.text(it)).into());
                }
            }
            _ => {}
        }
    }
    params
}

/// Each annotation, its name and its arguments.
fn annotations_of(node: Node<'_>) -> Vec<(Node<'_>, Node<'_>, Option<Node<'_>>)> {
    let Some(modifiers) = modifiers(node) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut cursor = modifiers.walk();
    let its = modifiers.children(&mut cursor);
    for annotation in its.filter(|it| it.kind() == "annotation") {
        let mut cursor = annotation.walk();
        for inner in annotation.named_children(&mut cursor) {
            match inner.kind() {
                "user_type" => found.push((annotation, inner, None)),
                "constructor_invocation" => {
                    let word = inner.named_child(0);
                    let list = inner
                        .named_child(1)
                        .filter(|it| it.kind() == "value_arguments");
                    found.extend(word.map(|it| (annotation, it, list)));
                }
                _ => {}
            }
        }
    }
    found
}

fn role_of(outline: &Outline<'_>, node: Node<'_>) -> Role {
    let mut role = None;
    for (_, word, _) in annotations_of(node) {
        match role_by(last(outline.text(word))) {
            Some(Role::Setup) => return Role::Setup,
            its => role = role.or(its),
        }
    }
    let is_old = !outline
        .imports()
        .iter()
        .any(|it| it.starts_with("org.junit.jupiter."));
    let name = node.child_by_field_name("name");
    let name = name.map_or("", |it| outline.text(it));
    role.unwrap_or_else(|| {
        if is_old {
            role_by_name(name)
        } else {
            Role::Function
        }
    })
}

/// The arguments of a call or an annotation.
pub(super) fn arguments(outline: &Outline<'_>, list: Node<'_>) -> Vec<Arg> {
    let mut cursor = list.walk();
    let each = list
        .named_children(&mut cursor)
        .filter(|it| it.kind() == "value_argument");
    each.filter_map(|it| {
        let mut cursor = it.walk();
        let is_named = it.children(&mut cursor).any(|it| it.kind() == "=");
        let mut cursor = it.walk();
        let parts: Vec<Node<'_>> = it
            .named_children(&mut cursor)
            .filter(|it| !it.is_extra())
            .collect();
        let name = parts.first().filter(|_| is_named && parts.len() > 1);
        Some(Arg {
            name: name.map_or("", |it| outline.text(*it)).into(),
            value: value_of(outline, *parts.last()?),
        })
    })
    .collect()
}

/// A value, with constants of the file in their place.
fn value_of(outline: &Outline<'_>, node: Node<'_>) -> ArgValue {
    let mut text = String::new();
    if is_text(outline, node, &mut text, 0) {
        ArgValue::Text(one_line(&text).into())
    } else {
        outline.value(node)
    }
}

/// Puts a text together; code that is computed stands in it as written. Whether there is any.
fn is_text(outline: &Outline<'_>, node: Node<'_>, text: &mut String, depth: u8) -> bool {
    if depth > 200 {
        return false;
    }
    match node.kind() {
        "string_literal" | "multiline_string_literal" => {
            let inner = outline.text(node);
            match outline.literal(node) {
                Some(it) => text.push_str(&it),
                None => text.push_str(inner.trim_matches('"')),
            }
            true
        }
        "lambda_literal" | "annotated_lambda" | "parenthesized_expression"
            if node.named_child_count() == 1 =>
        {
            let inner = node.named_child(0);
            inner.is_some_and(|it| is_text(outline, it, text, depth + 1))
        }
        "binary_expression" if node.child(1).is_some_and(|it| it.kind() == "+") => {
            let mut any = false;
            for side in ["left", "right"] {
                let Some(side) = node.child_by_field_name(side) else {
                    return false;
                };
                if is_text(outline, side, text, depth + 1) {
                    any = true;
                } else {
                    text.push_str(outline.text(side));
                }
            }
            any
        }
        "identifier" | "navigation_expression" => {
            let value = constant(outline, node, last(outline.text(node)));
            value.is_some_and(|it| is_text(outline, it, text, depth + 20))
        }
        _ => false,
    }
}

/// The value of a constant of the file or of a class around a place.
fn constant<'n>(outline: &'n Outline<'_>, at: Node<'n>, name: &str) -> Option<Node<'n>> {
    let is_constant = name.contains(char::is_uppercase) && !name.contains(char::is_lowercase);
    let around = outline.around(at).filter(|_| is_constant);
    for outer in around {
        let mut members = Vec::new();
        let mut bodies = vec![outer];
        while let Some(body) = bodies.pop() {
            let mut cursor = body.walk();
            for it in body.named_children(&mut cursor) {
                match it.kind() {
                    "property_declaration" => members.push(it),
                    "class_body" | "companion_object" => bodies.push(it),
                    _ => {}
                }
            }
        }
        for member in members {
            let mut cursor = member.walk();
            let parts: Vec<Node<'n>> = member.named_children(&mut cursor).collect();
            let is_it = parts.iter().any(|it| {
                it.kind() == "variable_declaration" && outline.text(*it).starts_with(name)
            });
            if is_it {
                return parts.last().copied();
            }
        }
    }
    None
}

/// What is called: what stands before it, and its name.
fn callee<'t>(outline: &Outline<'_>, function: Node<'t>) -> Option<(String, Node<'t>)> {
    match function.kind() {
        "identifier" => Some((String::new(), function)),
        "navigation_expression" => {
            let object = function.named_child(0)?;
            let word = function.named_child(function.named_child_count().checked_sub(1)? as _)?;
            match object.kind() {
                "this_expression" | "super_expression" => Some((String::new(), word)),
                "identifier" | "navigation_expression" => {
                    Some((last(outline.text(object)).to_owned(), word))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

fn call(outline: &mut Outline<'_>, node: Node<'_>) {
    let Some(function) = node.named_child(0) else {
        return;
    };
    let Some((qualifier, word)) = callee(outline, function) else {
        return;
    };
    if outline.here() == UnitId::FILE {
        return;
    }
    let name = outline.text(word);
    let list = node
        .named_child(1)
        .filter(|it| it.kind() == "value_arguments");
    let mut args = list.map(|it| arguments(outline, it)).unwrap_or_default();
    // `assumeTrue(it) { "why" }`.
    if let Some(outer) = node.parent().filter(|it| it.kind() == "call_expression")
        && let Some(lambda) = outer.named_child(1)
        && lambda.kind() == "annotated_lambda"
    {
        args.push(Arg {
            name: "".into(),
            value: value_of(outline, lambda),
        });
    }
    let guard = guard_of(outline, node);
    let assumes =
        assume::form(&qualifier, name).filter(|_| !qualifier.is_empty() || in_tests(outline));
    let place = match assumes {
        Some(name) if args.len() == 1 && name == "assumeThat" => {
            let mut top = node;
            while let Some(outer) = top
                .parent()
                .filter(|it| matches!(it.kind(), "navigation_expression" | "call_expression"))
            {
                top = outer;
            }
            let condition = Arg {
                name: "condition".into(),
                value: ArgValue::Code(one_line(outline.text(top)).into()),
            };
            Place::new(Usage::Call, name, top, word).args(vec![condition])
        }
        Some(name) => {
            let args = assume::arguments(outline, name, args);
            let name = match name {
                "assumeThat" => "Assume.assumeThat",
                name => name,
            };
            Place::new(Usage::Call, name, node, word).args(args)
        }
        None => {
            let path = match &*qualifier {
                "" => name.to_owned(),
                _ => format!("{qualifier}.{name}"),
            };
            Place::new(Usage::Call, path, node, word).args(args)
        }
    };
    outline.place(place.guard(guard));
}

fn throw(outline: &mut Outline<'_>, node: Node<'_>) {
    let new = node.named_child(0);
    let Some(new) = new.filter(|it| it.kind() == "call_expression") else {
        return;
    };
    let Some((_, word)) = new.named_child(0).and_then(|it| callee(outline, it)) else {
        return;
    };
    let list = new
        .named_child(1)
        .filter(|it| it.kind() == "value_arguments");
    let args = list.map(|it| arguments(outline, it)).unwrap_or_default();
    let guard = guard_of(outline, node);
    let place = Place::new(Usage::Throw, outline.text(word), node, word);
    outline.place(place.args(args).guard(guard));
}

/// The conditions under which a place is reached: `if`, `when` and `catch`.
pub(super) fn guard_of(outline: &Outline<'_>, node: Node<'_>) -> Option<Guard> {
    let mut texts: Vec<String> = Vec::new();
    let mut first = line(node);
    let mut inner = node;
    for outer in outline.around(node) {
        // A lambda may be the branch of a helper such as `run { }`; a function ends the search.
        if FUNCTIONS.contains(&outer.kind()) {
            break;
        }
        let text = match outer.kind() {
            "if_expression" => {
                let condition = outer.child_by_field_name("condition");
                let mut cursor = outer.walk();
                let parts: Vec<Node<'_>> = outer
                    .named_children(&mut cursor)
                    .filter(|it| !it.is_extra())
                    .collect();
                let is_else = parts.len() > 2 && parts.last().map(Node::id) == Some(inner.id());
                condition.filter(|it| it.id() != inner.id()).map(|it| {
                    let text = outline.text(it);
                    if is_else {
                        crate::syntax::guard::negated(text)
                    } else {
                        text.to_owned()
                    }
                })
            }
            "when_entry" => {
                let condition = outer.child_by_field_name("condition");
                Some(condition.map_or("else", |it| outline.text(it)).to_owned())
            }
            "catch_block" => {
                let mut cursor = outer.walk();
                let kind = outer
                    .named_children(&mut cursor)
                    .find(|it| it.kind() == "user_type");
                Some(format!("catch {}", kind.map_or("", |it| outline.text(it))))
            }
            _ => None,
        };
        if let Some(text) = text {
            texts.push(text);
            first = line(outer);
        }
        inner = outer;
    }
    Guard::of(texts, first)
}

fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or_default().trim()
}
