//! Scala: annotations as in Java, and the specs of `ScalaTest`, specs2 and munit.

use tree_sitter::Node;

use super::annotations::{self, Annotation, decides, role_by};
use super::scala_specs::{members, spec, test};
use super::{assume, scala_words};
use crate::language::Manner;
use crate::syntax::facts::{Arg, ArgValue, Role, UnitId};
use crate::syntax::forms::Usage;
use crate::syntax::guard::{self, Branching, Labels};
use crate::syntax::lexer::{Lexicon, Quote};
use crate::syntax::outline::{Guard, Outline, Place};
use crate::syntax::source::line;
use crate::syntax::{Grammar, Offer, Use, members as of_classes};

/// Scala.
pub(crate) struct Scala;

static LEXICON: Lexicon = Lexicon {
    line: &["//"],
    block: &[("/*", "*/")],
    nested: true,
    strings: &[Quote::raw("\"\"\"", "\"\"\""), Quote::line("\"")],
    word: b"",
};

const BRANCHINGS: &[Branching] = &[
    Branching::usual("if_expression"),
    Branching::switch("match_expression", "value", Labels::Field("pattern"), false),
];
const FUNCTIONS: &[&str] = &["function_definition", "lambda_expression", "template_body"];

impl Grammar for Scala {
    const LANGUAGES: &'static [&'static str] = &["scala"];
    const MEMBERS: bool = true;

    fn manner(path: &str) -> Option<Manner> {
        path.ends_with(".scala").then_some(0)
    }

    fn language(_: Manner) -> &'static str {
        "scala"
    }

    fn grammar(_: Manner) -> tree_sitter::Language {
        tree_sitter_scala::LANGUAGE.into()
    }

    fn lexicon(_: Manner) -> &'static Lexicon {
        &LEXICON
    }

    fn is_test_file(path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let name = name.strip_suffix(".scala").unwrap_or(name);
        is_spec_name(name)
    }

    fn outline(root: Node<'_>, outline: &mut Outline<'_>) {
        outline.children(root, visit);
    }

    fn means(user: &Use<'_>, offer: &Offer<'_>) -> bool {
        of_classes::means(user, offer)
    }
}

fn is_spec_name(name: &str) -> bool {
    [
        "Suite",
        "Spec",
        "Specs",
        "Test",
        "Tests",
        "Specification",
        "Suites",
    ]
    .iter()
    .any(|it| name.ends_with(it))
}

pub(super) fn visit(outline: &mut Outline<'_>, node: Node<'_>) {
    match node.kind() {
        "import_declaration" => import(outline, node),
        "class_definition" | "object_definition" | "trait_definition" => {
            declaration(outline, node, Role::Suite);
        }
        "function_definition" => {
            if matches!(outline.unit(outline.here()).role, Role::Suite | Role::File) {
                function(outline, node);
            } else {
                outline.children(node, visit);
            }
        }
        "call_expression" if test(outline, node) => {}
        "infix_expression" if spec(outline, node, None) => {}
        "call_expression" => {
            call(outline, node);
            outline.children(node, visit);
        }
        "identifier" if matches!(outline.text(node), "pending" | "skipped") => {
            if scala_words::is_statement(outline, node)
                && scala_words::counts(outline)
                && is_spec_file(outline)
            {
                let guard = guard_of(outline, node);
                let place = Place::new(Usage::Call, outline.text(node), node, node);
                outline.place(place.guard(guard));
            }
        }
        "identifier" if outline.text(node) == "skipAll" => {
            scala_words::skip_all(outline, node);
        }
        "throw_expression" => {
            throw(outline, node);
            outline.children(node, visit);
        }
        // `{ body }.pendingUntilFixed` of specs2.
        "field_expression" => {
            let word = node.child_by_field_name("field");
            let word = word.filter(|it| outline.text(*it) == "pendingUntilFixed");
            let is_called = node
                .parent()
                .is_some_and(|it| it.kind() == "call_expression");
            if let Some(word) = word.filter(|_| !is_called)
                && is_spec_file(outline)
                && outline.is_in(Role::Test)
            {
                let guard = guard_of(outline, node);
                let place = Place::new(Usage::Call, "pendingUntilFixed", word, word);
                outline.place(place.guard(guard));
            }
            outline.children(node, visit);
        }
        _ => outline.children(node, visit),
    }
}

/// `import a.{B, C => D}` as `a.B` and `a.C`.
fn import(outline: &mut Outline<'_>, node: Node<'_>) {
    let text: String = outline.text(node).trim_start_matches("import").into();
    for path in split_outside(&text) {
        let (front, names) = path.split_once('{').unwrap_or((path, ""));
        if names.is_empty() {
            outline.import(front.trim());
        }
        for name in names.trim_end_matches(['}', ' ']).split(',') {
            let name = name.split_whitespace().next().unwrap_or_default();
            if !name.is_empty() {
                outline.import(&format!("{}{name}", front.trim()));
            }
        }
    }
}

/// Splits at commas that are in no braces.
fn split_outside(text: &str) -> Vec<&str> {
    let mut depth = 0;
    let at_comma = move |it: char| {
        depth += i32::from(it == '{') - i32::from(it == '}');
        it == ',' && depth == 0
    };
    text.split(at_comma).collect()
}

/// Whether tests of a Scala framework stand in the file.
pub(super) fn is_spec_file(outline: &Outline<'_>) -> bool {
    let imports = |it: &str| {
        [
            "org.scalatest",
            "org.specs2",
            "munit",
            "weaver",
            "scalatest",
        ]
        .iter()
        .any(|its| it.starts_with(its))
    };
    outline.imports().iter().any(|it| imports(it))
        || outline.bases().any(|it| is_spec_name(it) || says_spec(it))
        || outline.suites().any(says_spec)
}

/// Whether a name says somewhere that it is of specs: `IdentityColumnSuiteBase`.
fn says_spec(name: &str) -> bool {
    ["Spec", "Specs", "Specification", "Suite", "Suites"]
        .iter()
        .any(|word| {
            let behind = name.split_once(word).map(|it| it.1);
            behind.is_some_and(|it| !it.starts_with(char::is_lowercase))
        })
}

/// A class with its annotations.
fn declaration(outline: &mut Outline<'_>, node: Node<'_>, role: Role) {
    let name = node.child_by_field_name("name").map(|it| outline.text(it));
    let unit = outline.open(role, name.unwrap_or_default(), node);
    if let Some(list) = node.child_by_field_name("extend") {
        let mut cursor = list.walk();
        for base in list.named_children(&mut cursor) {
            let text = outline.text(base);
            let base = text.split(['[', '(']).next().unwrap_or(text).trim();
            if base.ends_with("Specification") {
                // A project's own, which brings the words of specs2 along.
                outline.import("org.specs2.");
            }
            outline.base(unit, base);
        }
    }
    annotated(outline, unit, node);
    outline.within(unit, |outline| {
        if let Some(body) = node.child_by_field_name("body") {
            members(outline, body);
        }
    });
}

fn annotated(outline: &mut Outline<'_>, unit: UnitId, node: Node<'_>) -> bool {
    let mut mutes = false;
    let mut cursor = node.walk();
    let its = node.children(&mut cursor);
    for it in its.filter(|it| it.kind() == "annotation") {
        let Some(word) = it.child_by_field_name("name") else {
            continue;
        };
        let args = it.child_by_field_name("arguments");
        let args = args.map(|it| arguments(outline, it)).unwrap_or_default();
        let annotation = Annotation {
            node: it,
            word,
            args,
        };
        mutes |= annotations::bear(outline, unit, annotation);
    }
    mutes
}

fn function(outline: &mut Outline<'_>, node: Node<'_>) {
    let name = node.child_by_field_name("name");
    let name = name.map_or("", |it| outline.text(it)).trim_matches('`');
    let body = node.child_by_field_name("body");
    if name == "munitIgnore" {
        let condition = body.map_or("", |it| outline.text(it));
        let mut args = Vec::new();
        if condition != "true" {
            args.push(code("condition", condition));
        }
        if condition != "false"
            && let Some(word) = node.child_by_field_name("name")
        {
            outline.place(Place::new(Usage::Modifier, name, node, word).args(args));
        }
        return;
    }
    let mut role = Role::Function;
    let mut cursor = node.walk();
    for it in node.children(&mut cursor) {
        if it.kind() == "annotation"
            && let Some(word) = it.child_by_field_name("name")
            && let Some(its) = role_by(outline.text(word))
        {
            role = its;
        }
    }
    if matches!(
        name,
        "beforeAll" | "beforeEach" | "afterAll" | "afterEach" | "withFixture"
    ) {
        role = Role::Setup;
    }
    let unit = outline.open(role, name, node);
    if annotated(outline, unit, node) && role == Role::Function {
        outline.becomes(unit, Role::Test);
    }
    let result = node.child_by_field_name("return_type");
    if !decides(name, result.map_or("", |it| outline.text(it))) {
        outline.keep(unit);
    }
    outline.takes(unit, node.child_by_field_name("parameters"));
    outline.within(unit, |outline| {
        if let Some(body) = body {
            visit(outline, body);
        }
    });
}

/// The arguments of a call or an annotation.
pub(super) fn arguments(outline: &Outline<'_>, list: Node<'_>) -> Vec<Arg> {
    let mut cursor = list.walk();
    let each = list.named_children(&mut cursor).filter(|it| !it.is_extra());
    each.map(|it| {
        let named = it
            .child_by_field_name("left")
            .zip(it.child_by_field_name("right"))
            .filter(|_| it.kind() == "assignment_expression");
        match named {
            Some((name, value)) => outline.named_arg(outline.text(name), value),
            None => outline.arg(it),
        }
    })
    .collect()
}

pub(super) fn call(outline: &mut Outline<'_>, node: Node<'_>) {
    let Some(function) = node.child_by_field_name("function") else {
        return;
    };
    let (qualifier, word) = match function.kind() {
        "identifier" => (String::new(), function),
        "field_expression" => {
            let Some(word) = function.child_by_field_name("field") else {
                return;
            };
            let object = function.child_by_field_name("value");
            let text = object.map_or("", |it| outline.text(it));
            let name = text.rsplit('.').next().unwrap_or_default();
            match object.map(|it| it.kind()) {
                Some("identifier") if matches!(name, "this" | "super") => (String::new(), word),
                Some("identifier" | "field_expression") => (name.to_owned(), word),
                _ if outline.text(word) == "pendingUntilFixed" => (String::new(), word),
                _ => return,
            }
        }
        _ => return,
    };
    if outline.here() == UnitId::FILE {
        return;
    }
    let name = outline.text(word);
    let is_scala = matches!(
        name,
        "assume" | "cancel" | "pending" | "skipped" | "pendingUntilFixed"
    );
    let in_code = [Role::Test, Role::Setup, Role::Function];
    let in_code = in_code.into_iter().any(|it| outline.is_in(it));
    if matches!(name, "skipAllIf" | "skipAllUnless" | "args") && qualifier.is_empty() {
        scala_words::skip_all(outline, word);
        return;
    }
    if is_scala && (!is_spec_file(outline) || !qualifier.is_empty() || !in_code) {
        return;
    }
    let list = node
        .child_by_field_name("arguments")
        .filter(|it| it.kind() == "arguments");
    let args = list.map(|it| arguments(outline, it)).unwrap_or_default();
    // A stream is cancelled, too: `cancel(in, cause)`. A test is with a text, if with anything.
    let says_what = match args.first() {
        Some(first) => first.value.as_str().contains(' ') || outline.text(node).contains('"'),
        None => !scala_words::is_own(outline, word),
    };
    if name == "cancel" && !says_what {
        return;
    }
    let guard = guard_of(outline, node);
    let place = match assume::form(&qualifier, name) {
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
    let Some(new) = new.filter(|it| it.kind() == "instance_expression") else {
        return;
    };
    let Some(word) = new.named_child(0) else {
        return;
    };
    let mut cursor = new.walk();
    let list = new
        .named_children(&mut cursor)
        .find(|it| it.kind() == "arguments");
    let args = list.map(|it| arguments(outline, it)).unwrap_or_default();
    let guard = guard_of(outline, node);
    let name = outline.text(word).rsplit('.').next().unwrap_or_default();
    let place = Place::new(Usage::Throw, name, node, word);
    outline.place(place.args(args).guard(guard));
}

/// The conditions under which a place is reached; an exception that is caught is one.
pub(super) fn guard_of(outline: &Outline<'_>, node: Node<'_>) -> Option<Guard> {
    let guard = guard::around(node, outline, BRANCHINGS, FUNCTIONS);
    let mut case = None;
    let outer = outline
        .around(node)
        .take_while(|it| !FUNCTIONS.contains(&it.kind()));
    for it in outer {
        match it.kind() {
            "case_clause" => case = Some(it),
            "catch_clause" => {
                let what = case.and_then(|it| it.child_by_field_name("pattern"));
                let what = what.map_or("", |it| outline.text(it));
                let caught = format!("catch {what}");
                return Some(Guard {
                    line: guard
                        .as_ref()
                        .map_or(line(it), |its| its.line.min(line(it))),
                    text: match guard {
                        Some(guard) => format!("{} and {}", caught.trim(), guard.text),
                        None => caught.trim().to_owned(),
                    },
                });
            }
            _ => {}
        }
    }
    guard
}

pub(super) fn code(name: &str, text: &str) -> Arg {
    Arg {
        name: name.into(),
        value: ArgValue::Code(text.into()),
    }
}
