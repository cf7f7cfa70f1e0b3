//! Annotations of the frameworks of the Java virtual machine, whatever language they stand in.
//!
//! Most are forms by their names. Others mute by what they are given: a tag that says flaky,
//! `enabled = false`. And names such as `DisabledOnNative` say it of themselves, wherever they
//! were defined.

use tree_sitter::Node;

use crate::syntax::facts::{Arg, ArgValue, Role, UnitId};
use crate::syntax::forms::Usage;
use crate::syntax::guard::negated;
use crate::syntax::outline::{Guard, Outline, Place};
use crate::syntax::source::line;

/// What runs before or after tests.
const SETUPS: &[&str] = &[
    "After",
    "AfterAll",
    "AfterClass",
    "AfterEach",
    "AfterMethod",
    "AfterTest",
    "Before",
    "BeforeAll",
    "BeforeClass",
    "BeforeEach",
    "BeforeMethod",
    "BeforeSuite",
    "BeforeTest",
];

/// An annotation as it stands in a file.
pub(super) struct Annotation<'t> {
    /// All of it.
    pub(super) node: Node<'t>,
    /// Its name.
    pub(super) word: Node<'t>,
    /// Its arguments.
    pub(super) args: Vec<Arg>,
}

/// What an annotation makes of a function.
pub(super) fn role_by(name: &str) -> Option<Role> {
    if SETUPS.contains(&name) {
        return Some(Role::Setup);
    }
    let is_test = name.ends_with("Test")
        || matches!(
            name,
            "TestFactory" | "TestTemplate" | "Theory" | "Property" | "Example"
        );
    is_test.then_some(Role::Test)
}

/// What a function is by its name alone, as JUnit 3 knows it.
pub(super) fn role_by_name(name: &str) -> Role {
    match name {
        "setUp" | "tearDown" => Role::Setup,
        _ if name.starts_with("test") => Role::Test,
        _ => Role::Function,
    }
}

/// Whether a function is one that decides whether a test runs, by its name and its result:
/// one that makes something is not, though it may skip on its way.
pub(super) fn decides(name: &str, result: &str) -> bool {
    const WORDS: &[&str] = &[
        "skip", "assum", "requir", "need", "check", "ensure", "ignore", "disable", "abort",
        "unless", "support",
    ];
    let name = name.to_ascii_lowercase();
    matches!(
        result,
        "void" | "boolean" | "Unit" | "Boolean" | "bool" | ""
    ) || WORDS.iter().any(|it| name.contains(it))
}

/// Notes what an annotation does to what bears it. Whether it mutes.
pub(super) fn bear(outline: &mut Outline<'_>, unit: UnitId, it: Annotation<'_>) -> bool {
    let written = outline.text(it.word);
    let name = written.rsplit('.').next().unwrap_or_default();
    if written.contains('.') {
        // As good as an import.
        outline.import(written);
    }
    match name {
        "Test" | "Factory" => of_testng(outline, unit, it),
        "Tag" | "Category" => {
            let is_so = it.args.iter().any(|it| is_quarantine(it.value.as_str()));
            is_so && place(outline, unit, it, name)
        }
        "ExtendWith" | "IncludeCategory" | "ExtendsWith" => {
            let is_so = it.args.iter().any(|it| is_condition(it.value.as_str()));
            is_so && place(outline, unit, it, name)
        }
        "Testcontainers" => {
            let is_so = argument(&it.args, "disabledWithoutDocker") == Some("true");
            is_so && place(outline, unit, it, "disabledWithoutDocker")
        }
        _ => {
            let known = outline
                .forms
                .find(Usage::Annotation, name, outline.imports());
            match pattern(name).filter(|_| known.is_none() && in_tests(outline)) {
                Some(pattern) => {
                    let condition = condition(name, &it.args);
                    let mut args = it.args;
                    args.retain(|it| is_reason(&it.name));
                    args.push(condition);
                    place(outline, unit, Annotation { args, ..it }, pattern)
                }
                None => place(outline, unit, it, name),
            }
        }
    }
}

fn place(outline: &mut Outline<'_>, unit: UnitId, it: Annotation<'_>, name: &str) -> bool {
    let place = Place::new(Usage::Annotation, name, it.node, it.word);
    outline.place(place.args(it.args).on(unit))
}

/// `@Test(enabled = false, groups = "flaky", retryAnalyzer = Retry.class)`.
fn of_testng(outline: &mut Outline<'_>, unit: UnitId, it: Annotation<'_>) -> bool {
    let groups = argument(&it.args, "groups").is_some_and(is_quarantine);
    let retried = argument(&it.args, "retryAnalyzer").is_some();
    let enabled = argument(&it.args, "enabled");
    let each = [
        (enabled.is_some_and(|it| it != "true"), "Test.enabled"),
        (groups, "Test.groups"),
        (retried, "Test.retryAnalyzer"),
    ];
    // What another file says is not known here.
    let unknown = enabled.filter(|it| !matches!(*it, "true" | "false"));
    let mut mutes = false;
    for (_, name) in each.into_iter().filter(|(is_so, _)| *is_so) {
        let asks = unknown.filter(|_| name == "Test.enabled");
        let guard = asks.map(|text| Guard {
            text: negated(text),
            line: line(it.node),
        });
        let place = Place::new(Usage::Annotation, name, it.node, it.word);
        let is_one = outline.place(place.args(it.args.clone()).guard(guard).on(unit));
        if is_one && asks.is_some() {
            outline.guess();
        }
        mutes |= is_one;
    }
    mutes
}

/// The value of a named argument.
pub(super) fn argument<'a>(args: &'a [Arg], name: &str) -> Option<&'a str> {
    let it = args.iter().find(|it| &*it.name == name);
    it.map(|it| it.value.as_str())
}

/// Whether a tag, group or category keeps tests apart that cannot be relied on.
pub(super) fn is_quarantine(tag: &str) -> bool {
    let tag = tag.to_ascii_lowercase();
    let tag = tag.trim_start_matches(['{', '[', ' ', '"']);
    !tag.starts_with("no")
        && (["flaky", "quarantin", "unstable"]
            .iter()
            .any(|it| tag.contains(it))
            || tag == "broken")
}

/// Whether an extension is one that decides whether a test runs, by its name.
fn is_condition(class: &str) -> bool {
    let name = class.trim_end_matches(['}', ' ']);
    let name = name.strip_suffix("::class").or(name.strip_suffix(".class"));
    name.is_some_and(|it| it.ends_with("Condition"))
}

/// Whether an annotation of this name says of itself when a test runs.
pub(super) fn is_condition_name(name: &str) -> bool {
    pattern(name).is_some()
}

/// The pattern of names that say of themselves when a test runs.
fn pattern(name: &str) -> Option<&'static str> {
    let (pattern, rest) = if let Some(rest) = name.strip_prefix("Disabled") {
        ("Disabled*", rest)
    } else {
        ("Enabled*", name.strip_prefix("Enabled")?)
    };
    let mut rests = ["On", "If", "For", "When", "In"].iter();
    let rest = rests.find_map(|it| rest.strip_prefix(it))?;
    // `DisabledInput` and `EnabledOnce` are other words.
    rest.starts_with(|it: char| it.is_ascii_uppercase() || it.is_ascii_digit())
        .then_some(pattern)
}

/// Whether a file has to do with tests, by what it imports.
pub(super) fn in_tests(outline: &Outline<'_>) -> bool {
    outline.imports().iter().any(|it| {
        it.contains("test") || it.contains("Test") || it.contains("junit") || it.contains("spock")
    })
}

fn is_reason(name: &str) -> bool {
    matches!(
        name,
        "reason" | "disabledReason" | "because" | "message" | "comment"
    )
}

/// The condition that such a name and its arguments are.
fn condition(name: &str, args: &[Arg]) -> Arg {
    let mut text = String::new();
    for arg in args.iter().filter(|it| !is_reason(&it.name)) {
        if !text.is_empty() {
            text.push_str(", ");
        }
        if !arg.name.is_empty() {
            text.push_str(&arg.name);
            text.push_str(" = ");
        }
        match &arg.value {
            ArgValue::Text(it) => {
                text.push('"');
                text.push_str(it);
                text.push('"');
            }
            ArgValue::Code(it) => text.push_str(it),
        }
    }
    let name = name
        .trim_start_matches("Disabled")
        .trim_start_matches("Enabled");
    // `OnNative` as `Native`; what follows the first word begins with a capital letter.
    let mut rest = name.char_indices().skip(1);
    let second = rest.find(|(_, it)| it.is_ascii_uppercase());
    let name = second.map_or(name, |(at, _)| &name[at..]);
    let text = match text.as_str() {
        "" => name.to_owned(),
        _ => format!("{name}({text})"),
    };
    Arg {
        name: "condition".into(),
        value: ArgValue::Code(text.into()),
    }
}
