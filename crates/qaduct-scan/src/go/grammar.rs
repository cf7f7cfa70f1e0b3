//! How Go is walked: functions, methods and what they call.

use tree_sitter::Node;

use super::{calls, ginkgo, imports, receiver};
use crate::language::Manner;
use crate::syntax::facts::{Role, UnitId};
use crate::syntax::forms::Usage;
use crate::syntax::lexer::{Lexicon, Quote};
use crate::syntax::outline::{Outline, Place};
use crate::syntax::skeleton::Bodies;
use crate::syntax::{Grammar, Offer, Use};

/// Go.
pub(crate) struct Go;

/// A file that `go test` searches for tests.
const TESTS: Manner = 1;

static LEXICON: Lexicon = Lexicon {
    line: &["//"],
    block: &[("/*", "*/")],
    nested: false,
    strings: &[Quote::raw("`", "`"), Quote::line("\""), Quote::line("'")],
    word: b"",
};

static BODIES: Bodies = Bodies {
    begins: |head| head.trim_ascii_start().starts_with(b"func "),
    whole: true,
    lines: true,
    stems: &[],
    texts: Vec::new,
    has_regex: false,
};

/// What runs before or after the tests of a suite, in testify and gocheck.
const SETUPS: &[&str] = &[
    "AfterTest",
    "BeforeTest",
    "SetUpSuite",
    "SetUpTest",
    "SetupSubTest",
    "SetupSuite",
    "SetupTest",
    "TearDownSuite",
    "TearDownSubTest",
    "TearDownTest",
];

/// What people put in front of the name of a test so that `go test` does not find it.
const DISABLING: &[&str] = &[
    "_",
    "X",
    "x",
    "Disabled",
    "disabled",
    "DISABLED_",
    "Skip",
    "skip",
    "Skip_",
    "skip_",
    "X_",
    "x_",
    "Broken",
    "broken",
    "Flaky",
    "flaky",
    "No",
    "no",
    "TODO",
    "todo",
    "TODO_",
    "off",
];

/// Tags under which nobody builds.
const OUT: &[&str] = &[
    "broken", "disabled", "flaky", "ignore", "never", "skip", "todo",
];

impl Grammar for Go {
    const LANGUAGES: &'static [&'static str] = &["go"];

    fn manner(path: &str) -> Option<Manner> {
        let name = path.rsplit('/').next().unwrap_or(path);
        name.ends_with(".go")
            .then(|| Manner::from(name.ends_with("_test.go")))
    }

    fn language(_: Manner) -> &'static str {
        "go"
    }

    fn grammar(_: Manner) -> tree_sitter::Language {
        tree_sitter_go::LANGUAGE.into()
    }

    fn lexicon(_: Manner) -> &'static Lexicon {
        &LEXICON
    }

    fn bodies(_: Manner) -> Option<&'static Bodies> {
        Some(&BODIES)
    }

    fn is_test_file(path: &str) -> bool {
        path.ends_with("_test.go")
    }

    fn outline(root: Node<'_>, outline: &mut Outline<'_>) {
        outline.children(root, visit);
    }

    fn means(its: &Use<'_>, offer: &Offer<'_>) -> bool {
        imports::means(its, offer)
    }
}

pub(super) fn visit(outline: &mut Outline<'_>, node: Node<'_>) {
    if !node.is_named() {
        return;
    }
    match node.kind() {
        "comment" => build_line(outline, node),
        "import_spec" => imports::note(outline, node),
        "function_declaration" => function(outline, node),
        "method_declaration" => method(outline, node),
        "var_spec" if outline.here() == UnitId::FILE => variable(outline, node),
        "call_expression" => {
            if !ginkgo::node(outline, node) && !subtest(outline, node) {
                calls::call(outline, node);
                outline.children(node, visit);
            }
        }
        _ => outline.children(node, visit),
    }
}

/// `//go:build ignore`: a file that nobody builds. What is built here and not there, as
/// `linux` and `!race` have it, is no mute but a test of another system.
fn build_line(outline: &mut Outline<'_>, node: Node<'_>) {
    let wanted = outline.text(node).strip_prefix("//go:build ");
    let is_out = wanted.is_some_and(|it| OUT.contains(&it.trim()));
    if outline.manner != TESTS || !is_out {
        return;
    }
    let place = Place::new(Usage::Name, "go:build ignore", node, node);
    if outline.place(place.on(UnitId::FILE)) {
        outline.without_comments();
    }
}

fn function(outline: &mut Outline<'_>, node: Node<'_>) {
    let Some(word) = node.child_by_field_name("name") else {
        return;
    };
    let name = outline.text(word);
    let takes = receiver::only_parameter(outline, node);
    let role = match takes {
        _ if outline.manner != TESTS => Role::Function,
        Some("testing.T") if is_test(name, "Test") => Role::Test,
        Some("testing.B") if is_test(name, "Benchmark") => Role::Test,
        Some("testing.F") if is_test(name, "Fuzz") => Role::Test,
        _ => Role::Function,
    };
    let unit = outline.open(role, name, node);
    outline.takes(unit, node.child_by_field_name("parameters"));
    if role == Role::Function && outline.manner == TESTS && takes == Some("testing.T") {
        renamed(outline, node, word, unit);
    }
    within(outline, unit, node);
}

/// A test whose name was changed so that nobody runs it, and nobody calls either.
fn renamed(outline: &mut Outline<'_>, node: Node<'_>, word: Node<'_>, unit: UnitId) {
    let name = outline.text(word);
    let Some((before, rest)) = name.split_once("Test") else {
        return;
    };
    let is_whole = rest.is_empty() || is_test(&name[before.len()..], "Test");
    if !DISABLING.contains(&before) || !is_whole {
        return;
    }
    let source = outline.source.text.as_bytes();
    let uses = memchr::memmem::find_iter(source, name.as_bytes()).filter(|at| {
        let next = source.get(at + name.len());
        let is_longer = |it: &u8| it.is_ascii_alphanumeric() || *it == b'_';
        !next.is_some_and(is_longer) && *at != word.start_byte()
    });
    // The comment that describes it names it, too.
    let described = source[..node.start_byte()].trim_ascii_end();
    let is_comment = |at: &usize| {
        let start = memchr::memrchr(b'\n', &source[..*at]).map_or(0, |it| it + 1);
        *at < described.len() && source[start..].trim_ascii_start().starts_with(b"//")
    };
    if uses.filter(|at| !is_comment(at)).count() > 0 {
        return;
    }
    let place = Place::new(Usage::Name, "_Test", word, word).on(unit);
    if outline.place(place) {
        outline.becomes(unit, Role::Test);
        outline.guess();
    }
}

/// Whether `go test` runs a function of this name: `Test`, `TestIt`, `Test_it`, not `Testing`.
fn is_test(name: &str, kind: &str) -> bool {
    let rest = name.strip_prefix(kind);
    rest.is_some_and(|it| !it.starts_with(char::is_lowercase)) && name != "TestMain"
}

fn method(outline: &mut Outline<'_>, node: Node<'_>) {
    let Some(word) = node.child_by_field_name("name") else {
        return;
    };
    let name = outline.text(word);
    let of = receiver::of_method(outline, node).unwrap_or_default();
    let suite = outline.open(Role::Suite, of, node);
    let takes = receiver::only_parameter(outline, node);
    let is_empty = receiver::parameters(node) == 0;
    outline.within(suite, |outline| {
        let suits = is_empty || takes.is_some();
        let role = if SETUPS.contains(&name) {
            Role::Setup
        } else if outline.manner == TESTS && suits && is_test(name, "Test") {
            Role::Test
        } else {
            Role::Function
        };
        let unit = outline.open(role, name, node);
        outline.takes(unit, node.child_by_field_name("parameters"));
        within(outline, unit, node);
    });
}

/// `var wobbly = func(t *testing.T) { … }`: a function by the name of the variable.
fn variable(outline: &mut Outline<'_>, node: Node<'_>) {
    let value = node.child_by_field_name("value");
    let value = value.and_then(|it| it.named_child(0));
    let name = node.child_by_field_name("name");
    match (name, value.filter(|it| it.kind() == "func_literal")) {
        (Some(name), Some(value)) => {
            let unit = outline.open(Role::Function, outline.text(name), node);
            outline.takes(unit, value.child_by_field_name("parameters"));
            within(outline, unit, value);
        }
        _ => outline.children(node, visit),
    }
}

fn within(outline: &mut Outline<'_>, unit: UnitId, node: Node<'_>) {
    if let Some(body) = node.child_by_field_name("body") {
        outline.within(unit, |outline| outline.children(body, visit));
    }
}

/// `t.Run("name", func(t *testing.T) { … })`; whether it is one.
fn subtest(outline: &mut Outline<'_>, node: Node<'_>) -> bool {
    let callee = node.child_by_field_name("function");
    let field = callee.and_then(|it| it.child_by_field_name("field"));
    if field.is_none_or(|it| outline.text(it) != "Run") {
        return false;
    }
    let Some(args) = node.child_by_field_name("arguments") else {
        return false;
    };
    let mut cursor = args.walk();
    let args: Vec<_> = args
        .named_children(&mut cursor)
        .filter(|it| !it.is_extra())
        .collect();
    let [title, body] = args[..] else {
        return false;
    };
    let is_body = body.kind() == "func_literal"
        && (receiver::only_parameter(outline, body).is_some() || receiver::parameters(body) == 0);
    if !is_body {
        return false;
    }
    let (name, dynamic) = outline.title(title);
    let unit = outline.open_dynamic(Role::Test, &name, dynamic, node);
    outline.within(unit, |outline| outline.children(body, visit));
    true
}
