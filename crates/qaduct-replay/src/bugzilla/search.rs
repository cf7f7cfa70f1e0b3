//! `/rest/bug`: a search, its order and its page.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::chart::{Condition, Test, instant};
use super::{Ask, KEYS, fields, refuse};
use crate::answer::Answer;
use crate::service::Context;
use crate::world::{World, text};

/// Most bugs of one answer.
const MOST: usize = 10_000;
/// Bugs of one answer of a stock server that is not asked for a number.
const STOCK_DEFAULT: usize = 500;

/// Parameters that are no fields.
const PLAIN: &[&str] = &[
    "include_fields",
    "exclude_fields",
    "limit",
    "offset",
    "order",
    "count_only",
    "last_change_time",
    "creation_time",
    "id",
    "j_top",
    "query_format",
    "chfield",
    "chfieldfrom",
    "chfieldto",
    "chfieldvalue",
];

pub(super) fn search(ask: &Ask<'_>, context: &mut Context<'_>) -> Answer {
    let world = &*context.world;
    let mut conditions = Vec::new();
    let mut unknown = Vec::new();
    match Condition::of_chart(ask.parameters, world) {
        Ok(condition) => conditions.push(condition),
        Err((code, message)) => return refuse(400, code, message),
    }
    for name in names(ask) {
        if PLAIN.contains(&name)
            || KEYS.contains(&name)
            || is_chart(name)
            || name.ends_with("_type") && fields::field(world, &name[..name.len() - 5]).is_some()
        {
            continue;
        }
        match fields::field(world, name) {
            Some(field) => conditions.push(of_parameter(ask, name, field)),
            None => unknown.push(name.to_owned()),
        }
    }
    for (name, field, operator) in [
        ("last_change_time", "last_change_time", "greaterthaneq"),
        ("creation_time", "creation_time", "greaterthaneq"),
        ("chfieldfrom", "last_change_time", "greaterthaneq"),
        ("chfieldto", "last_change_time", "lessthaneq"),
    ] {
        let Some((_, value)) = ask.parameters.iter().find(|(it, _)| it == name) else {
            continue;
        };
        if instant(value, world.now()).is_none() {
            return refuse(
                400,
                53,
                format!("The value '{value}' is not a valid date for the field '{name}'."),
            );
        }
        // `chfield=[Bug creation]` asks for bugs made in the time, not changed in it.
        let made = ask.list("chfield") == ["[Bug creation]"] && name.starts_with("chfield");
        let field = if made { "creation_time" } else { field };
        conditions.push(test(field, operator, value));
    }
    let ids: Vec<String> = ask.list("id").iter().map(|it| (*it).to_owned()).collect();
    if !ids.is_empty() {
        conditions.push(test("id", "anyexact", &ids.join(",")));
    }

    let condition = Condition::All(conditions, false);
    let mut found: Vec<&Value> = candidates(ask, world, &ids)
        .into_iter()
        .filter(|it| ask.sees(it) && condition.holds(it, world))
        .collect();
    if ask.list("count_only").first() == Some(&"1") {
        let answer = Answer::ok(json!({ "bug_count": found.len() }));
        note(ask, context, unknown, false);
        return answer;
    }
    let unsorted = sort(ask, world, &mut found, &mut unknown);
    let number = |name: &str| {
        ask.list(name)
            .first()
            .and_then(|it| it.parse::<usize>().ok())
            .unwrap_or(0)
    };
    let (limit, offset) = (number("limit"), number("offset"));
    let limit = match limit {
        0 if ask.service.stock => STOCK_DEFAULT,
        0 => MOST,
        limit => limit.min(MOST),
    };
    let page: Vec<&Value> = found.into_iter().skip(offset).take(limit).collect();
    let listed = page.iter().map(|it| text(&it["id"])).collect();
    let bugs: Vec<Value> = page
        .iter()
        .map(|it| fields::project(ask, world, it))
        .collect();
    let more_than_page = bugs.len() == limit || offset > 0;
    note(ask, context, unknown, unsorted && more_than_page);
    Answer::ok(json!({ "bugs": bugs })).listing("bugzilla.bugs", listed)
}

fn note(ask: &Ask<'_>, context: &mut Context<'_>, unknown: Vec<String>, unsorted: bool) {
    context.known(ask.request, unknown, &[]);
    if unsorted {
        context.violation(ask.request, "pages without an order that is unique");
    }
}

/// The names of the parameters, each once.
fn names<'a>(ask: &Ask<'a>) -> Vec<&'a str> {
    let mut names: Vec<&str> = ask
        .parameters
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn is_chart(name: &str) -> bool {
    let rest = name.strip_prefix(['f', 'o', 'v', 'n', 'j']);
    rest.is_some_and(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()))
}

/// Bugs that can pass at all: those asked for by id, or all.
fn candidates<'w>(ask: &Ask<'_>, world: &'w World, ids: &[String]) -> Vec<&'w Value> {
    let bugs = world.collection("bugzilla.bugs");
    if !ids.is_empty() {
        return ids.iter().filter_map(|it| bugs.get(it)).collect();
    }
    let products: Vec<_> = ask
        .parameters
        .iter()
        .filter(|(name, _)| name == "product")
        .collect();
    if products.is_empty() {
        return bugs.all().collect();
    }
    products
        .into_iter()
        .flat_map(|(_, product)| bugs.of(product))
        .collect()
}

fn test(field: &str, operator: &str, value: &str) -> Condition {
    Condition::Test(Test {
        field: field.to_owned(),
        operator: operator.to_owned(),
        value: value.to_owned(),
        negated: false,
    })
}

/// A field as a parameter: repeated values are alternatives.
fn of_parameter(ask: &Ask<'_>, name: &str, field: &str) -> Condition {
    let kind = ask.list(&format!("{name}_type"));
    let operator = kind.first().copied().unwrap_or(match field {
        "summary" | "whiteboard" | "url" => "substring",
        "keywords" => "anywords",
        _ => "equals",
    });
    let given = ask.parameters.iter().filter(|(it, _)| it == name);
    let tests = given.map(|(_, value)| {
        if field == "status" && value == "__open__" {
            return test("resolution", "isempty", "");
        }
        test(field, operator, value)
    });
    Condition::Any(tests.collect(), false)
}

/// Sorts as asked. True when the order leaves places open.
fn sort(ask: &Ask<'_>, world: &World, bugs: &mut [&Value], unknown: &mut Vec<String>) -> bool {
    let mut keys = Vec::new();
    for part in ask.list("order") {
        let (name, down) = match part.split_once(' ') {
            Some((name, way)) => (name, way.trim().eq_ignore_ascii_case("desc")),
            None => (part, false),
        };
        match fields::field(world, name) {
            Some(field) => keys.push((field, down)),
            None => unknown.push(format!("order {name}")),
        }
    }
    let unique = keys.iter().any(|(field, _)| *field == "id");
    bugs.sort_by(|a, b| {
        for (field, down) in &keys {
            let order = match (a[*field].as_u64(), b[*field].as_u64()) {
                (Some(a), Some(b)) => a.cmp(&b),
                _ => text(&a[*field]).cmp(&text(&b[*field])),
            };
            if order != Ordering::Equal {
                return if *down { order.reverse() } else { order };
            }
        }
        // What the order leaves open is left to the database.
        text(&a["summary"]).cmp(&text(&b["summary"]))
    });
    !unique
}
