//! Pest: `it("adds", fn () => …)->skip("why")`.

use tree_sitter::Node;

use super::walk::{arguments, guard, is_quarantine, visit};
use crate::syntax::facts::{Arg, ArgValue, Role};
use crate::syntax::forms::Usage;
use crate::syntax::outline::{Outline, Place};

/// Walks a call that declares a test or group, with what stands behind it; whether it is one.
pub(super) fn declaration(outline: &mut Outline<'_>, node: Node<'_>) -> bool {
    if outline.is_in(Role::Test) || outline.is_in(Role::Function) {
        return false;
    }
    let mut links = Vec::new();
    let mut base = node;
    while base.kind() == "member_call_expression" {
        links.push(base);
        match base.child_by_field_name("object") {
            Some(object) => base = object,
            None => return false,
        }
    }
    links.reverse();
    let function = base.child_by_field_name("function");
    let args = base.child_by_field_name("arguments");
    let (Some(function), Some(args)) = (function, args) else {
        return false;
    };
    let name = outline.text(function);
    let role = match name {
        "it" | "test" | "todo" => Role::Test,
        "describe" => Role::Suite,
        "beforeEach" | "beforeAll" | "afterEach" | "afterAll" => Role::Setup,
        _ => return false,
    };
    let values = arguments(outline, args);
    let (title, dynamic) = match (values.first().map(|it| &it.value), role) {
        (_, Role::Setup) => (String::new(), false),
        (Some(ArgValue::Text(text)), _) => (text.to_string(), false),
        (Some(ArgValue::Code(code)), _) => (code.to_string(), true),
        (None, _) => return false,
    };
    if dynamic && links.is_empty() && values.len() < 2 {
        return false;
    }
    let title = match name {
        "it" => format!("it {title}"),
        _ => title,
    };
    let unit = outline.open_dynamic(role, &title, dynamic, base);
    let around = guard(outline, node);
    if name == "todo" {
        let place = Place::new(Usage::Modifier, "todo", base, function);
        outline.place(place.guard(around.clone()).on(unit));
    }
    for link in &links {
        let Some(word) = link.child_by_field_name("name") else {
            continue;
        };
        let its = link.child_by_field_name("arguments");
        let its = its.map(|it| arguments(outline, it)).unwrap_or_default();
        let name = outline.text(word);
        let its = match name {
            "skip" => conditional(its),
            "group" => {
                let group = its.iter().find(|it| is_quarantine(it.value.as_str()));
                let Some(group) = group else { continue };
                vec![outline.text_arg("reason", group.value.as_str())]
            }
            _ => match where_it_runs(name) {
                Some(place) if its.is_empty() => vec![Arg {
                    name: "condition".into(),
                    value: ArgValue::Code(place.into()),
                }],
                _ => its,
            },
        };
        let never = its
            .iter()
            .any(|it| &*it.name == "condition" && it.value.as_str() == "false");
        let place = Place::new(Usage::Modifier, format!("->{name}"), word, word);
        if outline.place(place.args(its).guard(around.clone()).on(unit)) && never {
            outline.without_effect("its condition never holds");
        }
    }
    outline.within(unit, |outline| outline.children(args, visit));
    true
}

/// What `skipOnWindows` and `onlyOnMac` ask for.
fn where_it_runs(name: &str) -> Option<&str> {
    match name {
        "skipLocally" => Some("local"),
        _ => ["skipOn", "onlyOn"]
            .iter()
            .find_map(|it| name.strip_prefix(it)),
    }
}

/// `skip("why")`, `skip(condition, "why")`.
fn conditional(mut its: Vec<Arg>) -> Vec<Arg> {
    if let Some(first) = its.first_mut()
        && let ArgValue::Code(code) = &first.value
        && first.name.is_empty()
    {
        // fn () => condition
        let code = match code.split_once("=>") {
            Some((function, condition)) if function.contains("fn") => condition.trim().into(),
            _ => code.clone(),
        };
        first.name = "condition".into();
        first.value = ArgValue::Code(code);
    } else if let Some(first) = its.first_mut() {
        first.name = "reason".into();
    }
    its.retain(|it| &*it.name != "condition" || it.value.as_str() != "true");
    its
}
