//! Java: classes with methods, and annotations on both.

use memchr::memmem;
use tree_sitter::Node;

use super::annotations::{self, Annotation, decides, in_tests, role_by, role_by_name};
use super::assume;
use crate::language::Manner;
use crate::syntax::facts::{Arg, ArgValue, Role, UnitId};
use crate::syntax::forms::Usage;
use crate::syntax::guard::{self, Branching, Labels};
use crate::syntax::lexer::{Lexicon, Quote};
use crate::syntax::outline::{Guard, Outline, Place, each};
use crate::syntax::skeleton::Bodies;
use crate::syntax::source::{line, one_line};
use crate::syntax::{Grammar, Offer, Use, members};

/// Java.
pub(crate) struct Java;

static LEXICON: Lexicon = Lexicon {
    line: &["//"],
    block: &[("/*", "*/")],
    nested: false,
    strings: &[
        Quote::lines("\"\"\"", "\"\"\""),
        Quote::line("\""),
        Quote::line("'"),
    ],
    word: b"$",
};

static BODIES: Bodies = Bodies {
    // Whatever else ends so is no class, and a method without a form needs no look.
    begins: |head| {
        head.trim_ascii_end().ends_with(b")") || memmem::find(head, b" throws ").is_some()
    },
    whole: true,
    lines: false,
    stems: &[],
    texts: Vec::new,
    has_regex: false,
};

const BRANCHINGS: &[Branching] = &[
    Branching::usual("if_statement"),
    Branching::usual("ternary_expression"),
    Branching::switch(
        "switch_expression",
        "condition",
        Labels::Kind("switch_label"),
        true,
    ),
];

const FUNCTIONS: &[&str] = &[
    "method_declaration",
    "constructor_declaration",
    "lambda_expression",
];

impl Grammar for Java {
    const LANGUAGES: &'static [&'static str] = &["java"];
    const MEMBERS: bool = true;

    fn manner(path: &str) -> Option<Manner> {
        path.ends_with(".java").then_some(0)
    }

    fn language(_: Manner) -> &'static str {
        "java"
    }

    fn grammar(_: Manner) -> tree_sitter::Language {
        tree_sitter_java::LANGUAGE.into()
    }

    fn lexicon(_: Manner) -> &'static Lexicon {
        &LEXICON
    }

    fn bodies(_: Manner) -> Option<&'static Bodies> {
        Some(&BODIES)
    }

    fn is_test_file(path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let name = name.strip_suffix(".java").unwrap_or(name);
        name.starts_with("Test")
            || ["Test", "Tests", "TestCase", "IT", "ITCase"]
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

fn visit(outline: &mut Outline<'_>, node: Node<'_>) {
    if !node.is_named() {
        return;
    }
    match node.kind() {
        "import_declaration" => import(outline, node),
        "class_declaration"
        | "record_declaration"
        | "interface_declaration"
        | "enum_declaration" => declaration(outline, node, Role::Suite),
        "annotation_type_declaration" => declaration(outline, node, Role::Annotation),
        "method_declaration" => declaration(outline, node, role_of_method(outline, node)),
        "field_declaration" => field(outline, node),
        "object_creation_expression" => {
            // The methods of a class without a name run as part of what creates it.
            outline.children(node, |outline, child| match child.kind() {
                "class_body" => outline.children(child, |outline, member| {
                    if member.kind() == "method_declaration" {
                        outline.children(member, visit);
                    } else {
                        visit(outline, member);
                    }
                }),
                _ => visit(outline, child),
            });
        }
        "method_invocation" => {
            call(outline, node);
            outline.children(node, visit);
        }
        "throw_statement" => {
            throw(outline, node);
            outline.children(node, visit);
        }
        _ => outline.children(node, visit),
    }
}

fn import(outline: &mut Outline<'_>, node: Node<'_>) {
    let text = outline.text(node).trim_start_matches("import").trim();
    let text = text.strip_prefix("static ").unwrap_or(text);
    let text: String = text.split_whitespace().collect();
    outline.import(text.trim_end_matches(';'));
}

/// A class or method with its annotations.
fn declaration(outline: &mut Outline<'_>, node: Node<'_>, role: Role) {
    let name = node.child_by_field_name("name").map(|it| outline.text(it));
    let unit = outline.open(role, name.unwrap_or_default(), node);
    match role {
        Role::Suite => bases(outline, unit, node),
        Role::Function => {
            let result = node.child_by_field_name("type");
            if !decides(
                name.unwrap_or_default(),
                result.map_or("", |it| outline.text(it)),
            ) {
                outline.keep(unit);
            }
            outline.takes(unit, node.child_by_field_name("parameters"));
        }
        _ => {}
    }
    for annotation in annotations(node) {
        if bear(outline, unit, annotation) && role == Role::Function {
            // Nobody disables what is no test: its own annotation is one that we do not know.
            outline.becomes(unit, Role::Test);
            let result = node.child_by_field_name("type");
            if result.is_some_and(|it| it.kind() != "void_type") {
                outline.without_effect("what it stands on is no test");
            }
        }
    }
    outline.within(unit, |outline| {
        outline.children(node, |outline, child| {
            if child.kind() != "modifiers" {
                visit(outline, child);
            }
        });
    });
}

/// A field is a test where what it bears mutes it: rules of `ArchUnit` are fields.
fn field(outline: &mut Outline<'_>, node: Node<'_>) {
    let is_form = |it: &Node<'_>| {
        let word = it.child_by_field_name("name");
        let name = word.map_or("", |it| last(outline.text(it)));
        let imports = outline.imports();
        outline
            .forms
            .find(Usage::Annotation, name, imports)
            .is_some()
    };
    let its: Vec<Node<'_>> = annotations(node).into_iter().filter(is_form).collect();
    if !its.is_empty() {
        let name = node.child_by_field_name("declarator");
        let name = name.and_then(|it| it.child_by_field_name("name"));
        let name = name.map_or("", |it| outline.text(it));
        let unit = outline.open(Role::Test, name, node);
        for annotation in its {
            bear(outline, unit, annotation);
        }
    }
    outline.children(node, visit);
}

/// An annotation, and those that it holds.
fn bear(outline: &mut Outline<'_>, unit: UnitId, node: Node<'_>) -> bool {
    let Some(word) = node.child_by_field_name("name") else {
        return false;
    };
    let list = node.child_by_field_name("arguments");
    let args = list.map(|it| arguments(outline, it)).unwrap_or_default();
    let mut inner = Vec::new();
    if let Some(list) = list {
        each(&mut list.walk(), |it| {
            let is_one = matches!(it.kind(), "annotation" | "marker_annotation");
            if is_one {
                inner.push(it);
            }
            !is_one
        });
    }
    // `@DisabledIfSystemProperties({ … })` says nothing but what stands in it.
    let holds_conditions = inner.iter().any(|it| {
        let name = it.child_by_field_name("name");
        name.is_some_and(|it| annotations::is_condition_name(last(outline.text(it))))
    });
    let mut mutes = false;
    if !holds_conditions {
        mutes = annotations::bear(outline, unit, Annotation { node, word, args });
    }
    for annotation in inner {
        mutes |= bear(outline, unit, annotation);
    }
    mutes
}

fn annotations(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    let modifiers = node
        .children(&mut cursor)
        .find(|it| it.kind() == "modifiers");
    let Some(modifiers) = modifiers else {
        return Vec::new();
    };
    let mut cursor = modifiers.walk();
    let its = modifiers.children(&mut cursor);
    its.filter(|it| matches!(it.kind(), "annotation" | "marker_annotation"))
        .collect()
}

fn bases(outline: &mut Outline<'_>, unit: UnitId, node: Node<'_>) {
    let mut lists = Vec::new();
    for field in ["superclass", "interfaces"] {
        lists.extend(node.child_by_field_name(field));
    }
    for list in lists {
        let text = outline.text(list);
        let text = text
            .trim_start_matches("extends")
            .trim_start_matches("implements");
        let text = without_generics(text);
        for base in text.split(',') {
            outline.base(unit, base.trim());
        }
    }
}

/// `Base<K, V>` as `Base`.
fn without_generics(text: &str) -> String {
    let mut depth = 0;
    let mut outside = String::new();
    for char in text.chars() {
        match char {
            '<' => depth += 1,
            '>' => depth -= 1,
            _ if depth == 0 => outside.push(char),
            _ => {}
        }
    }
    outside
}

fn role_of_method(outline: &Outline<'_>, node: Node<'_>) -> Role {
    let names = |node| {
        let its = annotations(node).into_iter();
        its.filter_map(|it| it.child_by_field_name("name"))
            .map(|it| last(outline.text(it)))
    };
    let mut role = None;
    for name in names(node) {
        match role_by(name) {
            Some(Role::Setup) => return Role::Setup,
            its => role = role.or(its),
        }
    }
    if let Some(role) = role {
        return role;
    }
    // TestNG: in a class that is a test, each public method is one.
    let class = node.parent().and_then(|it| it.parent());
    let is_public = || outline.text(node).contains("public ");
    if class.is_some_and(|it| names(it).any(|it| it == "Test")) && is_public() {
        return Role::Test;
    }
    // JUnit 3 knows tests by their names, and only where they take nothing.
    let is_old = !outline
        .imports()
        .iter()
        .any(|it| it.starts_with("org.junit.jupiter."));
    let takes_nothing = node
        .child_by_field_name("parameters")
        .is_none_or(|it| it.named_child_count() == 0);
    if !is_old || !takes_nothing {
        return Role::Function;
    }
    let name = node.child_by_field_name("name");
    role_by_name(name.map_or("", |it| outline.text(it)))
}

/// The arguments of a call or an annotation.
fn arguments(outline: &Outline<'_>, list: Node<'_>) -> Vec<Arg> {
    let mut cursor = list.walk();
    let each = list.named_children(&mut cursor).filter(|it| !it.is_extra());
    each.map(|it| {
        let named = it
            .child_by_field_name("key")
            .zip(it.child_by_field_name("value"));
        let (name, value) = named.map_or(("", it), |(key, it)| (outline.text(key), it));
        Arg {
            name: name.into(),
            value: value_of(outline, value),
        }
    })
    .collect()
}

/// A value, with constants of the file in their place.
fn value_of(outline: &Outline<'_>, node: Node<'_>) -> ArgValue {
    let mut text = String::new();
    if is_text(outline, node, &mut text, 0) {
        return ArgValue::Text(one_line(&text).into());
    }
    let is_name = matches!(node.kind(), "identifier" | "field_access");
    let known = is_name.then(|| constant(outline, node, last(outline.text(node))));
    match known.flatten() {
        Some(flag) if matches!(flag.kind(), "true" | "false") && is_final(outline, flag) => {
            outline.value(flag)
        }
        _ => outline.value(node),
    }
}

/// Whether a value is that of a field that never changes.
fn is_final(outline: &Outline<'_>, value: Node<'_>) -> bool {
    let declaration = value.parent().and_then(|it| it.parent());
    declaration.is_some_and(|it| match it.kind() {
        "constant_declaration" => true,
        "field_declaration" => outline.text(it).contains("final "),
        _ => false,
    })
}

/// Puts a text together; code that is computed stands in it as written. Whether there is any.
fn is_text(outline: &Outline<'_>, node: Node<'_>, text: &mut String, depth: u8) -> bool {
    if depth > 200 {
        return false;
    }
    let inner = |name: &str| node.child_by_field_name(name);
    match node.kind() {
        "string_literal" => {
            let literal = outline.literal(node);
            literal.is_some_and(|it| {
                text.push_str(&it);
                true
            })
        }
        "parenthesized_expression" | "element_value_array_initializer"
            if node.named_child_count() == 1 =>
        {
            let inner = node.named_child(0);
            inner.is_some_and(|it| is_text(outline, it, text, depth + 1))
        }
        "lambda_expression" => {
            inner("body").is_some_and(|it| is_text(outline, it, text, depth + 1))
        }
        "binary_expression" if inner("operator").is_some_and(|it| it.kind() == "+") => {
            let mut any = false;
            for side in ["left", "right"].into_iter().filter_map(inner) {
                if is_text(outline, side, text, depth + 1) {
                    any = true;
                } else {
                    text.push_str(outline.text(side));
                }
            }
            any
        }
        "identifier" | "field_access" => {
            let value = constant(outline, node, last(outline.text(node)));
            value.is_some_and(|it| is_text(outline, it, text, depth + 20))
        }
        _ => false,
    }
}

/// The value of a constant of the file, or of a variable before a place.
fn constant<'n>(outline: &'n Outline<'_>, at: Node<'n>, name: &str) -> Option<Node<'n>> {
    let object = at
        .child_by_field_name("object")
        .map(|it| last(outline.text(it)));
    if object.is_some_and(|class| class != "this" && !outline.suites().any(|it| it == class)) {
        return None;
    }
    let bodies = outline
        .around(at)
        .flat_map(|it| {
            let mut cursor = it.walk();
            let its: Vec<Node<'n>> = it.named_children(&mut cursor).collect();
            its
        })
        // What bears an annotation is beside the body that may hold its constant.
        .flat_map(|it| match it.child_by_field_name("body") {
            Some(body) => body.named_children(&mut body.walk()).collect(),
            None => vec![it],
        });
    for member in bodies {
        let is_one = match member.kind() {
            "field_declaration" | "constant_declaration" => true,
            "local_variable_declaration" => member.start_byte() < at.start_byte(),
            _ => false,
        };
        if !is_one {
            continue;
        }
        let mut cursor = member.walk();
        for it in member.children_by_field_name("declarator", &mut cursor) {
            let its = it.child_by_field_name("name");
            if its.is_some_and(|it| outline.text(it) == name) {
                return it.child_by_field_name("value");
            }
        }
    }
    None
}

fn call(outline: &mut Outline<'_>, node: Node<'_>) {
    let Some(word) = node.child_by_field_name("name") else {
        return;
    };
    if outline.here() == UnitId::FILE {
        return;
    }
    let name = outline.text(word);
    let object = node.child_by_field_name("object");
    let qualifier = match object.map(|it| (it.kind(), outline.text(it))) {
        None | Some(("this" | "super", _)) => "",
        Some(("identifier" | "field_access", text)) => last(text),
        // Called on what is computed: nobody knows on what.
        Some(_) => return,
    };
    let assumes =
        assume::form(qualifier, name).filter(|_| !qualifier.is_empty() || in_tests(outline));
    let is_truth = name == "assume"
        && outline
            .imports()
            .iter()
            .any(|it| it.starts_with("com.google.common.truth."));
    let path = object.map_or("", |it| outline.text(it));
    if path.contains('.')
        && (assumes.is_some() || outline.knows(Usage::Call, &format!("{qualifier}.{name}")))
    {
        // As good as an import.
        outline.import(path);
    }
    let list = node.child_by_field_name("arguments");
    let place = match assumes {
        Some(name) => {
            let args = list.map(|it| arguments(outline, it)).unwrap_or_default();
            let is_chain = args.len() == 1 && name.starts_with("assumeThat");
            let (top, args) = if is_chain {
                chain(outline, node)
            } else {
                (node, assume::arguments(outline, name, args))
            };
            // Two libraries have one of that name, and only one of them takes several arguments.
            let name = match name {
                "assumeThat" if !is_chain => "Assume.assumeThat",
                name => name,
            };
            Place::new(Usage::Call, name, top, word).args(args)
        }
        None if is_truth => {
            let (top, args) = chain(outline, node);
            Place::new(Usage::Call, name, top, word).args(args)
        }
        None => {
            let path = match qualifier {
                "" => name.to_owned(),
                _ => format!("{qualifier}.{name}"),
            };
            if !outline.asks(Usage::Call, &path) && !outline.knows(Usage::Call, &path) {
                return;
            }
            let args = list.map(|it| arguments(outline, it)).unwrap_or_default();
            Place::new(Usage::Call, path, node, word).args(args)
        }
    };
    let guard = guard_of(outline, node);
    outline.place(place.guard(guard));
}

/// An assumption that is told in a row of calls: all of them, and what they say.
fn chain<'t>(outline: &Outline<'_>, node: Node<'t>) -> (Node<'t>, Vec<Arg>) {
    let mut top = node;
    let mut args = Vec::new();
    while let Some(outer) = top.parent().filter(|it| {
        it.kind() == "method_invocation" && it.child_by_field_name("object") == Some(top)
    }) {
        top = outer;
        let name = top.child_by_field_name("name").map(|it| outline.text(it));
        if let Some("as" | "describedAs" | "withFailMessage" | "overridingErrorMessage" | "because") =
            name
            && let Some(first) = top
                .child_by_field_name("arguments")
                .and_then(|it| it.named_child(0))
        {
            args.push(Arg {
                name: "reason".into(),
                value: value_of(outline, first),
            });
        }
    }
    args.push(Arg {
        name: "condition".into(),
        value: ArgValue::Code(one_line(outline.text(top)).into()),
    });
    (top, args)
}

fn throw(outline: &mut Outline<'_>, node: Node<'_>) {
    let Some(new) = node
        .named_child(0)
        .filter(|it| it.kind() == "object_creation_expression")
    else {
        return;
    };
    let Some(word) = new.child_by_field_name("type") else {
        return;
    };
    let name = last(outline.text(word));
    let guard = guard_of(outline, node);
    if outline.text(word).contains('.') {
        outline.import(outline.text(word));
    }
    let args = new.child_by_field_name("arguments");
    let args = args.map(|it| arguments(outline, it)).unwrap_or_default();
    let place = Place::new(Usage::Throw, name, node, word);
    outline.place(place.args(args).guard(guard));
}

/// The conditions under which a place is reached; an exception that is caught is one.
fn guard_of(outline: &Outline<'_>, node: Node<'_>) -> Option<Guard> {
    let guard = guard::around(node, outline, BRANCHINGS, FUNCTIONS);
    let mut outer = outline
        .around(node)
        .take_while(|it| !FUNCTIONS.contains(&it.kind()));
    let Some(caught) = outer.find(|it| it.kind() == "catch_clause") else {
        return guard;
    };
    let mut cursor = caught.walk();
    let what = caught
        .named_children(&mut cursor)
        .find(|it| it.kind() == "catch_formal_parameter");
    let text = format!("catch {}", what.map_or("", |it| outline.text(it)));
    Some(Guard {
        line: guard
            .as_ref()
            .map_or(line(caught), |it| it.line.min(line(caught))),
        text: match guard {
            Some(guard) => format!("{text} and {}", guard.text),
            None => text,
        },
    })
}

fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or_default().trim()
}
