//! Attributes of the frameworks of .NET.
//!
//! Most are forms by their names. Others mute by an argument, such as `Skip = "why"`, or by a
//! category that says flaky; and names such as `SkipOnHelix` say it of themselves.

use tree_sitter::Node;

use crate::syntax::facts::{Arg, ArgValue, Role, UnitId};
use crate::syntax::forms::Usage;
use crate::syntax::outline::{Guard, Outline, Place};

/// An attribute as it stands in a file.
pub(super) struct Attribute<'t> {
    /// All of it.
    pub(super) node: Node<'t>,
    /// Its name.
    pub(super) word: Node<'t>,
    /// Its arguments.
    pub(super) args: Vec<Arg>,
    /// Under which condition of the preprocessor it stands.
    pub(super) guard: Option<Guard>,
    /// Whether what bears it has to do with tests.
    pub(super) in_tests: bool,
}

const SETUPS: &[&str] = &[
    "SetUp",
    "TearDown",
    "OneTimeSetUp",
    "OneTimeTearDown",
    "TestFixtureSetUp",
    "TestFixtureTearDown",
    "TestInitialize",
    "TestCleanup",
    "ClassInitialize",
    "ClassCleanup",
    "AssemblyInitialize",
    "GlobalTestInitialize",
];

/// What an attribute makes of a method.
pub(super) fn role_by(name: &str) -> Option<Role> {
    if SETUPS.contains(&bare(name)) {
        return Some(Role::Setup);
    }
    framework(name).map(|_| Role::Test)
}

/// The namespace of the framework that an attribute belongs to, if it declares tests.
pub(super) fn framework(name: &str) -> Option<&'static str> {
    let name = bare(name);
    match name {
        "Test" | "TestCase" | "TestCaseSource" | "TestFixture" | "SetUpFixture"
        | "TestFixtureSource" => Some("NUnit.Framework"),
        "TestClass" | "TestMethod" | "DataTestMethod" => {
            Some("Microsoft.VisualStudio.TestTools.UnitTesting")
        }
        _ if name.ends_with("TestMethod") => Some("Microsoft.VisualStudio.TestTools.UnitTesting"),
        _ if name.ends_with("Fact") || name.ends_with("Theory") => Some("Xunit"),
        // `FactMySql`, which a project derives from `Fact`.
        _ if ["Fact", "Theory"].iter().any(|it| begins(name, it)) => Some("Xunit"),
        _ if name.ends_with("Test") && name != "QuarantinedTest" => Some("tests"),
        _ => None,
    }
}

/// Whether the first word of a name is this one.
fn begins(name: &str, word: &str) -> bool {
    let rest = name.strip_prefix(word);
    rest.is_some_and(|it| it.starts_with(|it: char| it.is_ascii_uppercase() || it == '_'))
}

/// `IgnoreAttribute` is written as `Ignore`.
fn bare(name: &str) -> &str {
    let bare = name.strip_suffix("Attribute");
    bare.filter(|it| !it.is_empty()).unwrap_or(name)
}

/// Whether a method is one that decides whether a test runs, by its name and its result.
pub(super) fn decides(name: &str, result: &str) -> bool {
    const WORDS: &[&str] = &[
        "skip",
        "assum",
        "requir",
        "need",
        "ensure",
        "ignore",
        "inconclusive",
        "minimum",
        "unless",
        "support",
    ];
    let name = name.to_ascii_lowercase();
    matches!(
        result,
        "void" | "bool" | "Task" | "ValueTask" | "Task<bool>" | "IDisposable" | "IAsyncDisposable"
    ) || WORDS.iter().any(|it| name.contains(it))
}

/// Notes what an attribute does to what bears it.
pub(super) fn bear(outline: &mut Outline<'_>, unit: UnitId, it: Attribute<'_>) {
    let written = outline.text(it.word);
    let name = written.rsplit('.').next().unwrap_or(written);
    let name = bare(name.split('<').next().unwrap_or(name));
    outline.looked_at(it.word);
    if written.contains('.') {
        // As good as a using.
        outline.import(written.trim_start_matches("global::"));
    }
    by_argument(outline, unit, &it, name);
    let named = |wanted: &str| argument(&it.args, wanted);
    match name {
        "Ignore" | "Explicit" | "Retry" | "Platform" if !it.in_tests && unit != UnitId::FILE => {}
        "Platform" => {
            let how = if named("Exclude").is_some() {
                "Platform.Exclude"
            } else {
                "Platform.Include"
            };
            place(outline, unit, it, Usage::Annotation, how);
        }
        _ if name.ends_with("Condition") && mode(&it.args).is_some() => {
            let args = by_mode(name, &it.args);
            place(
                outline,
                unit,
                Attribute { args, ..it },
                Usage::Annotation,
                name,
            );
        }
        "Category" | "TestCategory" | "Trait" => {
            let is_so = it.args.iter().any(|it| is_quarantine(it.value.as_str()));
            if is_so {
                place(outline, unit, it, Usage::Annotation, name);
            }
        }
        "ConditionalFact" | "ConditionalTheory" | "ConditionalClass" | "ConditionalAssembly" => {
            let is_always = it
                .args
                .iter()
                .any(|it| &*it.name == "AlwaysSkip" || &*it.name == "Skip");
            if !it.args.is_empty() && !is_always {
                place(outline, unit, it, Usage::Annotation, name);
            }
        }
        _ => {
            let known = outline
                .forms
                .find(Usage::Annotation, name, outline.imports());
            match pattern(name).filter(|_| known.is_none() && unit != UnitId::FILE) {
                Some(pattern) => {
                    let reason = it.args.iter().position(is_reason);
                    let mut condition = name.to_owned();
                    let conditions = it.args.iter().enumerate();
                    let conditions = conditions.filter(|(at, _)| Some(*at) != reason);
                    let conditions: Vec<&str> =
                        conditions.map(|(_, it)| it.value.as_str()).collect();
                    if !conditions.is_empty() {
                        condition = format!("{condition}({})", conditions.join(", "));
                    }
                    let reason = reason.map(|at| named_as("reason", &it.args[at].value));
                    let condition = named_as("condition", &ArgValue::Code(condition.into()));
                    let args = reason.into_iter().chain([condition]).collect();
                    place(
                        outline,
                        unit,
                        Attribute { args, ..it },
                        Usage::Annotation,
                        pattern,
                    );
                }
                None => place(outline, unit, it, Usage::Annotation, name),
            }
        }
    }
}

/// Whether a test runs where a condition of `MSTest` holds, or where it does not.
fn mode(args: &[Arg]) -> Option<&str> {
    let first = args.first().filter(|it| it.name.is_empty())?;
    let (of, mode) = first.value.as_str().rsplit_once('.')?;
    of.ends_with("ConditionMode").then_some(mode)
}

/// The arguments of a condition by what they say: where a test does not run, and where alone
/// it does, which has no name.
fn by_mode(name: &str, args: &[Arg]) -> Vec<Arg> {
    let word = if mode(args) == Some("Exclude") {
        "condition"
    } else {
        ""
    };
    let mut its: Vec<Arg> = args[1..].to_vec();
    if its.first().is_none_or(|it| !it.name.is_empty()) {
        // `[CICondition(ConditionMode.Exclude)]` asks for what it is called after.
        let what = name.trim_end_matches("Condition");
        its.insert(0, named_as("", &ArgValue::Code(what.into())));
    }
    its[0].name = word.into();
    its
}

/// `[Fact(Skip = "why")]`, `[TestCase(1, Ignore = "why", Explicit = true)]`.
fn by_argument(outline: &mut Outline<'_>, unit: UnitId, it: &Attribute<'_>, name: &str) {
    let is_row = matches!(
        name,
        "TestCase" | "InlineData" | "MemberData" | "ClassData" | "DataRow"
    );
    for (word, form) in [
        ("Skip", "Skip"),
        ("AlwaysSkip", "AlwaysSkip"),
        ("Ignore", "Ignore"),
        ("IgnoreReason", "Ignore"),
        ("IgnoreMessage", "Ignore"),
        ("Explicit", "Explicit"),
    ] {
        let Some(value) = argument(&it.args, word) else {
            continue;
        };
        if matches!(value, "null" | "false" | "") {
            continue;
        }
        let form = if form == "Ignore" && name == "DataRow" {
            "IgnoreMessage"
        } else {
            form
        };
        let place = Place::new(Usage::Option, form, it.node, it.word);
        let imports = outline.imports();
        let Some(form) = outline.forms.find(Usage::Option, form, imports) else {
            continue;
        };
        let place = place.args(it.args.clone()).guard(it.guard.clone()).on(unit);
        let mut sighting = outline.sighting(crate::syntax::facts::Seen::Form(form), place);
        if is_row {
            let row = it.args.iter().filter(|it| it.name.is_empty());
            let row: Vec<&str> = row.map(|it| it.value.as_str()).collect();
            sighting.param = Some(row.join(", ").into());
        }
        outline.add(sighting);
        return;
    }
}

fn place(outline: &mut Outline<'_>, unit: UnitId, it: Attribute<'_>, usage: Usage, name: &str) {
    let place = Place::new(usage, name, it.node, it.word);
    outline.place(place.args(it.args).guard(it.guard).on(unit));
}

fn argument<'a>(args: &'a [Arg], name: &str) -> Option<&'a str> {
    let it = args.iter().find(|it| &*it.name == name);
    it.map(|it| it.value.as_str())
}

fn named_as(name: &str, value: &ArgValue) -> Arg {
    Arg {
        name: name.into(),
        value: value.clone(),
    }
}

/// Whether an argument says why: a text, by its name or without one.
fn is_reason(arg: &Arg) -> bool {
    matches!(&*arg.name, "Reason" | "SkipReason" | "reason" | "Because")
        || (arg.name.is_empty() && matches!(arg.value, ArgValue::Text(_)))
}

/// Whether a category keeps tests apart that cannot be relied on.
fn is_quarantine(category: &str) -> bool {
    let category = category.to_ascii_lowercase();
    !category.starts_with("no")
        && ["flaky", "quarantin", "unstable"]
            .iter()
            .any(|it| category.contains(it))
}

/// The pattern of names that say of themselves that a test does not run somewhere.
fn pattern(name: &str) -> Option<&'static str> {
    if name.ends_with("SkipCondition") {
        return Some("Skip*");
    }
    let (pattern, rest) = match name.strip_prefix("Skip") {
        Some(rest) => ("Skip*", rest),
        None => ("Skip*", name.strip_prefix("Ignore")?),
    };
    let mut words = ["On", "If", "When", "Unless", "For", "In", "Non"].iter();
    let rest = words.find_map(|it| rest.strip_prefix(it))?;
    rest.starts_with(|it: char| it.is_ascii_uppercase())
        .then_some(pattern)
}
