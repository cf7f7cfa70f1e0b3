//! Java: classes with methods, and annotations on both.

use tree_sitter::Node;

use crate::language::Manner;
use crate::syntax::Grammar;
use crate::syntax::facts::{Arg, Role, UnitId};
use crate::syntax::forms::Usage;
use crate::syntax::guard::{self, Branching};
use crate::syntax::lexer::{Lexicon, Quote};
use crate::syntax::outline::{Outline, Place};

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

const BRANCHINGS: &[Branching] = &[
    Branching::usual("if_statement"),
    Branching::usual("ternary_expression"),
];

const FUNCTIONS: &[&str] = &[
    "method_declaration",
    "constructor_declaration",
    "lambda_expression",
];

/// Annotations of what runs before or after tests.
const SETUPS: &[&str] = &[
    "After",
    "AfterAll",
    "AfterClass",
    "AfterEach",
    "AfterMethod",
    "Before",
    "BeforeAll",
    "BeforeClass",
    "BeforeEach",
    "BeforeMethod",
    "BeforeSuite",
    "BeforeTest",
];

impl Grammar for Java {
    const LANGUAGES: &'static [&'static str] = &["java"];

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
}

fn visit(outline: &mut Outline<'_>, node: Node<'_>) {
    match node.kind() {
        "import_declaration" => {
            let text = outline.text(node).trim_start_matches("import").trim();
            let text = text.trim_start_matches("static").trim();
            outline.import(text.trim_end_matches(';').trim());
        }
        "class_declaration"
        | "record_declaration"
        | "interface_declaration"
        | "enum_declaration" => {
            declaration(outline, node, Role::Suite);
        }
        "annotation_type_declaration" => declaration(outline, node, Role::Annotation),
        "method_declaration" => declaration(outline, node, role_of_method(outline, node)),
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

/// A class or method with its annotations.
fn declaration(outline: &mut Outline<'_>, node: Node<'_>, role: Role) {
    let name = node.child_by_field_name("name").map(|it| outline.text(it));
    let unit = outline.open(role, name.unwrap_or_default(), node);
    for annotation in annotations(node) {
        let Some(word) = annotation.child_by_field_name("name") else {
            continue;
        };
        let name = outline.text(word).rsplit('.').next().unwrap_or_default();
        let args = annotation.child_by_field_name("arguments");
        let args = args.map(|it| arguments(outline, it)).unwrap_or_default();
        let place = Place::new(Usage::Annotation, name, annotation, word);
        if outline.place(place.args(args).on(unit)) && role == Role::Function {
            // Nobody disables what is no test: its own annotation is one that we do not know.
            outline.becomes(unit, Role::Test);
        }
    }
    outline.within(unit, |outline| {
        if let Some(body) = node.child_by_field_name("body") {
            outline.children(body, visit);
        }
    });
}

fn annotations<'t>(node: Node<'t>) -> Vec<Node<'t>> {
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

fn role_of_method(outline: &Outline<'_>, node: Node<'_>) -> Role {
    let mut role = Role::Function;
    for annotation in annotations(node) {
        let name = annotation.child_by_field_name("name");
        let name = name.map_or("", |it| outline.text(it));
        let name = name.rsplit('.').next().unwrap_or_default();
        if SETUPS.contains(&name) {
            return Role::Setup;
        }
        if name.ends_with("Test")
            || matches!(name, "TestFactory" | "TestTemplate" | "Theory" | "Property")
        {
            role = Role::Test;
        }
    }
    let name = node.child_by_field_name("name");
    match name.map_or("", |it| outline.text(it)) {
        // JUnit 3 knows them by their names.
        name if name.starts_with("test") => Role::Test,
        "setUp" | "tearDown" => Role::Setup,
        _ => role,
    }
}

/// The arguments of a call or an annotation.
fn arguments(outline: &Outline<'_>, list: Node<'_>) -> Vec<Arg> {
    let mut cursor = list.walk();
    let each = list.named_children(&mut cursor).filter(|it| !it.is_extra());
    each.map(|it| {
        let named = it
            .child_by_field_name("key")
            .zip(it.child_by_field_name("value"));
        match named {
            Some((key, value)) => outline.named_arg(outline.text(key), value),
            None => outline.arg(it),
        }
    })
    .collect()
}

fn call(outline: &mut Outline<'_>, node: Node<'_>) {
    let Some(word) = node.child_by_field_name("name") else {
        return;
    };
    let object = node.child_by_field_name("object");
    let name = outline.text(word);
    let args = node.child_by_field_name("arguments");
    let args = args.map(|it| arguments(outline, it)).unwrap_or_default();
    let guard = guard::around(node, outline.source, BRANCHINGS, FUNCTIONS);
    // `Assumptions.assumeTrue` and the same imported by its name.
    let path = object.map(|it| format!("{}.{name}", outline.text(it)));
    if outline.here() != UnitId::FILE {
        let place = Place::new(
            Usage::Call,
            path.unwrap_or_else(|| name.to_owned()),
            node,
            word,
        );
        outline.place(place.args(args).guard(guard));
    }
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
    let args = new.child_by_field_name("arguments");
    let args = args.map(|it| arguments(outline, it)).unwrap_or_default();
    let guard = guard::around(node, outline.source, BRANCHINGS, FUNCTIONS);
    let name = outline.text(word).rsplit('.').next().unwrap_or_default();
    let place = Place::new(Usage::Throw, name, node, word);
    outline.place(place.args(args).guard(guard));
}
