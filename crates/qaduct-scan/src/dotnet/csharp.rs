//! C#: classes with methods, and attributes on both.

use tree_sitter::Node;

use super::attributes::{self, Attribute};
use super::prepare::prepared;
use super::sources;
use crate::language::Manner;
use crate::syntax::facts::{Arg, ArgValue, Role, UnitId};
use crate::syntax::forms::Usage;
use crate::syntax::guard::{self, Branching, Labels};
use crate::syntax::lexer::{Lexicon, Quote};
use crate::syntax::outline::{Guard, Outline, Place, each};
use crate::syntax::source::{line, one_line};
use crate::syntax::{Grammar, Offer, Use, members};

/// C#.
pub(crate) struct CSharp;

static LEXICON: Lexicon = Lexicon {
    line: &["//"],
    block: &[("/*", "*/")],
    nested: false,
    strings: &[
        Quote::raw("\"\"\"", "\"\"\""),
        Quote::doubled("$@\"", "\""),
        Quote::doubled("@$\"", "\""),
        Quote::doubled("@\"", "\""),
        Quote::line("\""),
        Quote::line("'"),
    ],
    word: b"",
};

const BRANCHINGS: &[Branching] = &[
    Branching::usual("if_statement"),
    Branching::usual("conditional_expression"),
    Branching::switch("switch_statement", "value", Labels::BeforeColon, true),
    Branching::usual("preproc_if"),
    Branching::usual("preproc_if_in_attribute_list"),
];

const FUNCTIONS: &[&str] = &[
    "method_declaration",
    "constructor_declaration",
    "local_function_statement",
    "lambda_expression",
    "anonymous_method_expression",
];

impl Grammar for CSharp {
    const LANGUAGES: &'static [&'static str] = &["csharp"];
    const MEMBERS: bool = true;

    fn manner(path: &str) -> Option<Manner> {
        path.ends_with(".cs").then_some(0)
    }

    fn language(_: Manner) -> &'static str {
        "csharp"
    }

    fn grammar(_: Manner) -> tree_sitter::Language {
        tree_sitter_c_sharp::LANGUAGE.into()
    }

    fn lexicon(_: Manner) -> &'static Lexicon {
        &LEXICON
    }

    fn prepared(text: &str, _: Manner) -> Option<String> {
        prepared(text)
    }

    fn is_test_file(path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let name = name.strip_suffix(".cs").unwrap_or(name);
        ["Test", "Tests", "Facts", "Fixture", "Specs"]
            .iter()
            .any(|it| name.ends_with(it))
    }

    fn outline(root: Node<'_>, outline: &mut Outline<'_>) {
        // Usings may stand in another file of the project; attributes tell as much.
        each(&mut root.walk(), |node| {
            if node.kind() == "attribute"
                && let Some(name) = node.child_by_field_name("name")
                && let Some(framework) = attributes::framework(last(outline.text(name)))
            {
                outline.import(framework);
            }
            true
        });
        outline.children(root, visit);
    }

    fn means(user: &Use<'_>, offer: &Offer<'_>) -> bool {
        members::means(user, offer)
    }
}

fn visit(outline: &mut Outline<'_>, node: Node<'_>) {
    match node.kind() {
        "using_directive" => {
            let text = outline.text(node).trim_start_matches("global ");
            let text = text.trim_start_matches("using").trim();
            let text = text.strip_prefix("static ").unwrap_or(text);
            let path = text.rsplit('=').next().unwrap_or(text);
            outline.import(path.trim_end_matches(';').trim());
        }
        "global_attribute" => {
            for attribute in within(node, &["attribute"]) {
                bear(outline, UnitId::FILE, attribute, false);
            }
        }
        "class_declaration"
        | "struct_declaration"
        | "record_declaration"
        | "interface_declaration" => declaration(outline, node, Role::Suite),
        "method_declaration" => {
            let role = role_of_method(outline, node);
            declaration(outline, node, role);
        }
        "invocation_expression" => {
            call(outline, node);
            outline.children(node, visit);
        }
        "throw_statement" | "throw_expression" => {
            throw(outline, node);
            outline.children(node, visit);
        }
        // Attributes of fields, properties and parameters mute nothing.
        "attribute_list" => {}
        _ => outline.children(node, visit),
    }
}

/// A class or method with its attributes.
fn declaration(outline: &mut Outline<'_>, node: Node<'_>, role: Role) {
    let name = node.child_by_field_name("name");
    let name = name.map_or("", |it| outline.text(it));
    let unit = outline.open(role, name, node);
    let mut body = None;
    let mut lists = Vec::new();
    let mut cursor = node.walk();
    for child in node.children(&mut cursor) {
        match child.kind() {
            "attribute_list" | "preproc_if_in_attribute_list" => lists.push(child),
            "base_list" => {
                let mut cursor = child.walk();
                for base in child.named_children(&mut cursor) {
                    let name = outline.text(base);
                    let name = name.split(['<', '(']).next().unwrap_or(name);
                    outline.base(unit, name.trim());
                }
            }
            "declaration_list" | "block" | "arrow_expression_clause" => body = Some(child),
            _ => {}
        }
    }
    let attributes = lists.into_iter().flat_map(|it| within(it, &["attribute"]));
    let attributes: Vec<Node<'_>> = attributes.collect();
    let is_test = |it: &Node<'_>| {
        let name = it.child_by_field_name("name");
        name.is_some_and(|it| attributes::framework(last(outline.text(it))).is_some())
    };
    // `[Ignore]` is a word of mappers too: a class that has to do with tests holds some.
    let in_tests = attributes.iter().any(is_test)
        || (role == Role::Suite
            && body.is_some_and(|it| within(it, &["attribute"]).iter().any(is_test)))
        || inherits_tests(outline, node);
    for attribute in attributes {
        bear(outline, unit, attribute, in_tests);
    }
    if role == Role::Function
        && let Some(result) = node.child_by_field_name("returns")
        && !attributes::decides(name, outline.text(result))
    {
        outline.keep(unit);
    }
    outline.within(unit, |outline| {
        // Where the parser lost something, members stand beside the body too.
        outline.children(node, |outline, child| match child.kind() {
            "attribute_list" | "preproc_if_in_attribute_list" => {}
            _ => visit(outline, child),
        });
    });
}

fn bear(outline: &mut Outline<'_>, unit: UnitId, node: Node<'_>, in_tests: bool) {
    let Some(word) = node.child_by_field_name("name") else {
        return;
    };
    let mut cursor = node.walk();
    let list = node
        .named_children(&mut cursor)
        .find(|it| it.kind() == "attribute_argument_list");
    let args = list.map(|it| arguments(outline, it)).unwrap_or_default();
    let guard = guard::around(node, outline, BRANCHINGS, &["declaration_list"]);
    let attribute = Attribute {
        node,
        word,
        args,
        guard,
        in_tests,
    };
    attributes::bear(outline, unit, attribute);
}

/// Whether a method of a class of tests stands for one that it inherits: `[Test]` is
/// inherited with it, and is often not written again.
fn inherits_tests(outline: &Outline<'_>, node: Node<'_>) -> bool {
    const FRAMEWORKS: &[&str] = &[
        "NUnit.Framework",
        "Microsoft.VisualStudio.TestTools.UnitTesting",
    ];
    let imports = outline.imports();
    let mut cursor = node.walk();
    node.kind() == "method_declaration"
        && node
            .children(&mut cursor)
            .any(|it| it.kind() == "modifier" && outline.text(it) == "override")
        && imports.iter().any(|it| FRAMEWORKS.contains(&&**it))
}

fn role_of_method(outline: &Outline<'_>, node: Node<'_>) -> Role {
    let mut role = Role::Function;
    let mut cursor = node.walk();
    let lists = node
        .children(&mut cursor)
        .filter(|it| it.kind().contains("attribute_list"));
    for attribute in lists.flat_map(|it| within(it, &["attribute"])) {
        let name = attribute.child_by_field_name("name");
        match attributes::role_by(name.map_or("", |it| last(outline.text(it)))) {
            Some(Role::Setup) => return Role::Setup,
            Some(its) => role = its,
            None => {}
        }
        let name = name.map_or("", |it| last(outline.text(it)));
        if matches!(name, "Ignore" | "Explicit") && inherits_tests(outline, node) {
            role = Role::Test;
        }
    }
    role
}

/// The nodes of these kinds below a node.
fn within<'t>(node: Node<'t>, kinds: &[&str]) -> Vec<Node<'t>> {
    let mut found = Vec::new();
    let mut cursor = node.walk();
    each(&mut cursor, |it| {
        let is_one = kinds.contains(&it.kind());
        if is_one {
            found.push(it);
        }
        !is_one
    });
    found
}

/// The arguments of a call or an attribute.
fn arguments(outline: &Outline<'_>, list: Node<'_>) -> Vec<Arg> {
    let mut cursor = list.walk();
    let each = list.named_children(&mut cursor).filter(|it| !it.is_extra());
    each.filter(|it| matches!(it.kind(), "attribute_argument" | "argument"))
        .filter_map(|it| {
            let name = it.child_by_field_name("name");
            let value = it.named_child(it.named_child_count().checked_sub(1)? as _)?;
            Some(Arg {
                name: name.map_or("", |it| outline.text(it)).into(),
                value: value_of(outline, value),
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
        "string_literal" | "verbatim_string_literal" | "raw_string_literal" => {
            let literal = outline.literal(node);
            literal.is_some_and(|it| {
                text.push_str(&it);
                true
            })
        }
        "interpolated_string_expression" => {
            let inner = outline.text(node).trim_start_matches(['$', '@']);
            text.push_str(inner.trim_matches('"'));
            true
        }
        "parenthesized_expression" => node
            .named_child(0)
            .is_some_and(|it| is_text(outline, it, text, depth + 1)),
        "binary_expression" => {
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
        "identifier" | "member_access_expression" => {
            let value = constant(outline, node, last(outline.text(node)));
            value.is_some_and(|it| is_text(outline, it, text, depth + 20))
        }
        _ => false,
    }
}

/// The value of a constant of a class around a place.
fn constant<'n>(outline: &'n Outline<'_>, at: Node<'n>, name: &str) -> Option<Node<'n>> {
    let around = outline.around(at);
    for body in around.filter_map(|it| it.child_by_field_name("body")) {
        let mut cursor = body.walk();
        let fields = body
            .named_children(&mut cursor)
            .filter(|it| it.kind() == "field_declaration");
        for declarator in fields.flat_map(|it| within(it, &["variable_declarator"])) {
            let its = declarator.child_by_field_name("name");
            if its.is_some_and(|it| outline.text(it) == name) {
                return declarator.named_child(1);
            }
        }
    }
    None
}

fn call(outline: &mut Outline<'_>, node: Node<'_>) {
    let Some(function) = node.child_by_field_name("function") else {
        return;
    };
    let (qualifier, word) = match function.kind() {
        "identifier" => ("", function),
        "member_access_expression" => {
            let object = function.child_by_field_name("expression");
            let Some(word) = function.child_by_field_name("name") else {
                return;
            };
            let Some(object) = object else { return };
            let text = outline.text(object);
            match object.kind() {
                "this_expression" | "this" | "base_expression" | "base" => ("", word),
                "identifier" | "member_access_expression" => (last(text), word),
                // `new TestCaseData(1).Ignore("why")`, however long the row of calls.
                _ if text.contains("TestCaseData") => ("TestCaseData", word),
                _ => return,
            }
        }
        _ => return,
    };
    let name = outline.text(word);
    let name = name.split('<').next().unwrap_or(name);
    let path = match qualifier {
        "" => name.to_owned(),
        _ => format!("{qualifier}.{name}"),
    };
    if outline.here() == UnitId::FILE {
        outline.is_bare(word);
        return;
    }
    let list = node.child_by_field_name("arguments");
    let args = list.map(|it| arguments(outline, it)).unwrap_or_default();
    let guard = guard_of(outline, node);
    let mut place = Place::new(Usage::Call, path, node, word).guard(guard);
    if qualifier != "TestCaseData" {
        outline.place(place.args(args));
        return;
    }
    place.unit = sources::test_of(outline, node);
    let until = sources::until(outline, node).into_iter();
    if outline.place(place.args(args.into_iter().chain(until).collect()))
        && let Some(case) = sources::case(outline, node)
    {
        outline.of_case(&case);
    }
}

fn throw(outline: &mut Outline<'_>, node: Node<'_>) {
    let new = node.named_child(0);
    let Some(new) = new.filter(|it| it.kind() == "object_creation_expression") else {
        return;
    };
    let Some(word) = new.child_by_field_name("type") else {
        return;
    };
    let args = new.child_by_field_name("arguments");
    let args = args.map(|it| arguments(outline, it)).unwrap_or_default();
    let guard = guard_of(outline, node);
    let place = Place::new(Usage::Throw, last(outline.text(word)), node, word);
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
    let what = within(caught, &["catch_declaration", "catch_filter_clause"]);
    let what: Vec<&str> = what.into_iter().map(|it| outline.text(it)).collect();
    let text = format!("catch {}", what.join(" "));
    Some(Guard {
        line: guard
            .as_ref()
            .map_or(line(caught), |it| it.line.min(line(caught))),
        text: match guard {
            Some(guard) => format!("{} and {}", text.trim(), guard.text),
            None => text.trim().to_owned(),
        },
    })
}

fn last(path: &str) -> &str {
    let path = path.split('<').next().unwrap_or(path);
    path.rsplit(['.', ':']).next().unwrap_or_default().trim()
}
