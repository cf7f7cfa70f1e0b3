//! `new TestCaseData(1).Ignore("why")`: one case of the tests that name its source.

use tree_sitter::Node;

use super::csharp::{arguments, guard_of, last, within};
use crate::syntax::facts::{Arg, ArgValue, Role, Seen, UnitId};
use crate::syntax::forms::Usage;
use crate::syntax::outline::{Outline, Place};
use crate::syntax::source::line;

/// Classes of which a case is an object.
const CASES: &[&str] = &["TestCaseData", "TestFixtureData"];

/// A test or a class of tests that takes its cases from elsewhere.
struct Taker<'a> {
    unit: UnitId,
    /// The class that holds the source.
    class: &'a str,
    source: String,
}

/// Notes the muted cases of a file, when all of its tests are known.
pub(super) fn read(outline: &mut Outline<'_>, root: Node<'_>) {
    let text = &outline.source.text;
    if !CASES.iter().any(|it| text.contains(it)) {
        return;
    }
    let takers: Vec<Taker<'_>> = within(root, &["attribute"])
        .into_iter()
        .filter_map(|it| taker(outline, it))
        .collect();
    // A row of calls is within the last of them, and so on.
    let mut calls = within(root, &["invocation_expression"]);
    while let Some(call) = calls.pop() {
        let mut cursor = call.walk();
        for inner in call.children(&mut cursor) {
            calls.extend(within(inner, &["invocation_expression"]));
        }
        case(outline, call, &takers);
    }
}

/// `[TestCaseSource(typeof(Class), nameof(Class.Source))]`.
fn taker<'a>(outline: &Outline<'a>, attribute: Node<'_>) -> Option<Taker<'a>> {
    let name = last(outline.text(attribute.child_by_field_name("name")?));
    if !matches!(name, "TestCaseSource" | "TestFixtureSource") {
        return None;
    }
    let list = within(attribute, &["attribute_argument_list"]);
    let args = arguments(outline, *list.first()?);
    let bearer = outline
        .around(attribute)
        .find(|it| matches!(it.kind(), "method_declaration" | "class_declaration"))?;
    let unit = outline.unit_on(
        line(bearer),
        outline.text(bearer.child_by_field_name("name")?),
    )?;
    let mut class = class_of(outline, attribute)?;
    let mut source = None;
    for arg in &args {
        let value = arg.value.as_str();
        let within = |word: &str| value.strip_prefix(word)?.strip_suffix(')');
        if let Some(other) = within("typeof(") {
            let text: &'a str = &outline.source.text;
            let at = text.find(other)?;
            class = last(&text[at..at + other.len()]);
        } else if let Some(path) = within("nameof(") {
            source = Some(last(path).to_owned());
        } else if arg.value.is_text() && source.is_none() {
            source = Some(value.to_owned());
        }
    }
    Some(Taker {
        unit,
        class,
        source: source?,
    })
}

/// The class around a place.
fn class_of<'a>(outline: &Outline<'a>, node: Node<'_>) -> Option<&'a str> {
    let mut around = outline.around(node);
    let class =
        around.find(|it| matches!(it.kind(), "class_declaration" | "struct_declaration"))?;
    Some(outline.text(class.child_by_field_name("name")?))
}

/// What holds a case: a field, a property or a method.
fn source_of<'a>(outline: &Outline<'a>, node: Node<'_>) -> Option<&'a str> {
    outline.around(node).find_map(|it| {
        let is_one = match it.kind() {
            "variable_declarator" => it
                .parent()
                .and_then(|it| it.parent())
                .is_some_and(|it| it.kind() == "field_declaration"),
            kind => matches!(kind, "property_declaration" | "method_declaration"),
        };
        let name = it.child_by_field_name("name").filter(|_| is_one);
        name.map(|it| outline.text(it))
    })
}

fn case(outline: &mut Outline<'_>, call: Node<'_>, takers: &[Taker<'_>]) {
    let Some(function) = call.child_by_field_name("function") else {
        return;
    };
    let parts = ["expression", "name"].map(|it| function.child_by_field_name(it));
    let [Some(object), Some(word)] = parts else {
        return;
    };
    let created = outline.text(object);
    let name = outline.text(word);
    let is_case = object.kind() != "identifier" && CASES.iter().any(|it| created.contains(it));
    let path = format!("TestCaseData.{name}");
    let form = outline.forms.find(Usage::Call, &path, outline.imports());
    let Some(form) = form.filter(|_| is_case) else {
        return;
    };
    let source = source_of(outline, call).unwrap_or_default();
    let class = class_of(outline, call).unwrap_or_default();
    let units: Vec<UnitId> = takers
        .iter()
        .filter(|it| it.source == source && (it.class == class || class.is_empty()))
        .map(|it| it.unit)
        .collect();
    let units = if units.is_empty() {
        let suite = outline.units_named(Role::Suite, class).next();
        let open = |outline: &mut Outline<'_>| outline.open(Role::Test, source, call);
        vec![outline.within(suite.unwrap_or(UnitId::FILE), open)]
    } else {
        units
    };
    let list = call.child_by_field_name("arguments");
    let mut args = list.map(|it| arguments(outline, it)).unwrap_or_default();
    args.extend(until(outline, call));
    let title = title(outline, call, object);
    for unit in units {
        let guard = guard_of(outline, call);
        let place = Place::new(Usage::Call, path.as_str(), call, word);
        let place = place.args(args.clone()).guard(guard).on(unit);
        let mut sighting = outline.sighting(Seen::Form(form), place);
        sighting.alias = None;
        if outline.unit(unit).role == Role::Test {
            sighting.param = Some(title.as_str().into());
        }
        outline.add(sighting);
    }
}

/// The name of a case: the one that it is given, else what it is made of.
fn title(outline: &Outline<'_>, call: Node<'_>, object: Node<'_>) -> String {
    let called = |it: Node<'_>| {
        let function = it.child_by_field_name("function")?;
        let name = function.child_by_field_name("name")?;
        let list = it.child_by_field_name("arguments")?;
        (outline.text(name) == "SetName").then(|| arguments(outline, list))
    };
    let outer = outline.around(call).take_while(|it| {
        matches!(
            it.kind(),
            "invocation_expression" | "member_access_expression"
        )
    });
    let inner = std::iter::successors(Some(object), |it| {
        let function = it.child_by_field_name("function");
        function.unwrap_or(*it).child_by_field_name("expression")
    });
    let named = outer.chain(inner).find_map(called);
    let named = named.and_then(|it| match it.into_iter().next()?.value {
        ArgValue::Text(it) => Some(it.to_string()),
        ArgValue::Code(_) => None,
    });
    named.unwrap_or_else(|| {
        let new = within(object, &["object_creation_expression"]);
        let list = new
            .first()
            .and_then(|it| it.child_by_field_name("arguments"));
        let args = list.map(|it| arguments(outline, it)).unwrap_or_default();
        let args: Vec<&str> = args.iter().map(|it| it.value.as_str()).collect();
        args.join(", ")
    })
}

/// The day of `.Until(new DateTimeOffset(4242, 01, 01, …))` behind a place.
fn until(outline: &Outline<'_>, node: Node<'_>) -> Option<Arg> {
    let access = node.parent()?;
    let name = access.child_by_field_name("name")?;
    let call = access.parent()?;
    let args = call.child_by_field_name("arguments")?;
    if outline.text(name) != "Until" {
        return None;
    }
    let text = outline.text(args);
    let numbers = text.split(|it: char| !it.is_ascii_digit());
    let numbers: Vec<&str> = numbers.filter(|it| !it.is_empty()).take(3).collect();
    let day = match numbers[..] {
        [year, month, day] if year.len() == 4 => format!("{year}-{month:0>2}-{day:0>2}"),
        _ => return None,
    };
    Some(outline.text_arg("until", &day))
}
