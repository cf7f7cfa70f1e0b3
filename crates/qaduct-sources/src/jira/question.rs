//! The parts of a source and the JQL of each.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use qaduct_records::Value;
use qaduct_records::source::{Failure, Reading, Scope, SourceError};
use qaduct_records::stream::Stream;

use super::edition::Edition;
use super::{connect, jql, lists, zone};
use crate::error::{self, Place};
use crate::people::People;
use crate::populated;
use crate::rest::Rest;
use crate::rows;

/// Name of the value of a scope that is a named query.
const QUERY: &str = "query";
/// Name of the value of a scope that holds its whole question, to notice when it changes.
const ASKED: &str = "asked";
/// Name of the value of a scope that is a project.
pub(super) const PROJECT: &str = "project_key";
/// Name of the value of a scope that is a saved filter.
pub(super) const FILTER: &str = "filter_id";

/// The parts of a stream.
pub(super) fn scopes(rest: &Rest, stream: &'static Stream) -> Result<Vec<Scope>, SourceError> {
    let setup = &rest.setup;
    match stream.name {
        "issues" | "changes" => questions(rest, stream),
        "boards" if setup.projects.is_empty() => Ok(vec![Scope::default()]),
        "versions" | "boards" => Ok(projects(rest, stream)?
            .into_iter()
            .map(|key| Scope::of([(PROJECT, Value::Text(key))]))
            .collect()),
        "filters" => {
            let mut ids: Vec<_> = setup
                .queries
                .values()
                .flat_map(|it| jql::filters(it))
                .collect();
            ids.sort();
            ids.dedup();
            let scope = |id: String| Scope::of([(FILTER, Value::Text(id))]);
            Ok(ids.into_iter().map(scope).collect())
        }
        // Without any mark of a person there is no key for a row.
        "users" if matches!(setup.people, People::Drop) => Ok(Vec::new()),
        _ => Ok(vec![Scope::default()]),
    }
}

/// One for each named query; without any, one for each project.
fn questions(rest: &Rest, stream: &'static Stream) -> Result<Vec<Scope>, SourceError> {
    let queries = rest.setup.queries.keys();
    let mut scopes: Vec<_> = queries
        .map(|name| Scope::of([(QUERY, Value::Text(name.clone()))]))
        .collect();
    if scopes.is_empty() {
        let projects = projects(rest, stream)?.into_iter();
        scopes.extend(projects.map(|key| Scope::of([(PROJECT, Value::Text(key))])));
    }
    for scope in &mut scopes {
        let asked = resolved(rest, &restriction(rest, scope)?)?;
        scope.values.insert(ASKED.to_owned(), Value::Text(asked));
    }
    Ok(scopes)
}

/// A question with those of the saved filters that it names, and those that they name:
/// whoever edits one of them asks for other issues.
fn resolved(rest: &Rest, jql: &str) -> Result<String, SourceError> {
    let mut known = BTreeMap::new();
    let mut ids = jql::filters(jql);
    while let Some(id) = ids.pop() {
        if known.contains_key(&id) {
            continue;
        }
        let asked = saved(rest, &id)?;
        ids.extend(jql::filters(&asked));
        known.insert(id, asked);
    }
    let filters = known.iter().map(|(id, asked)| format!("\n{id}: {asked}"));
    Ok(format!("{jql}{}", filters.collect::<String>()))
}

/// What a saved filter asks for; empty where it is not there or not for us.
fn saved(rest: &Rest, id: &str) -> Result<String, SourceError> {
    let lock = || rest.filters.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = lock().get(id) {
        return Ok(known.clone());
    }
    let place = Place::source(&rest.setup.name);
    let (call, _) = lists::one_filter(rest, &Scope::default(), &[Value::Text(id.to_owned())]);
    let answer = rest.send(&place, &call)?;
    let asked = match answer.status {
        200 => answer.json.get("jql").and_then(serde_json::Value::as_str),
        _ => None,
    };
    let asked = asked.unwrap_or_default().to_owned();
    lock().insert(id.to_owned(), asked.clone());
    Ok(asked)
}

/// Keys of the projects that the settings name; of all when they name none.
fn projects(rest: &Rest, stream: &'static Stream) -> Result<Vec<String>, SourceError> {
    if !rest.setup.projects.is_empty() {
        return Ok(rest.setup.projects.clone());
    }
    let found = lists::all(rest, Edition::of(rest).projects())?;
    let place = Place::stream(&rest.setup.name, stream.name);
    let found = populated::some(&place, found)?;
    let key = |it: &serde_json::Value| {
        let key = it.get("key").and_then(serde_json::Value::as_str);
        key.map(str::to_owned).ok_or_else(|| {
            let trouble = "a project of the list has no key";
            SourceError::new(Failure::Answer, place.to_string(), trouble)
        })
    };
    found.iter().map(key).collect()
}

/// The question of a part, without its order.
///
/// # Errors
/// When there is no query of that name any more, or it cannot be put into parentheses.
pub(super) fn restriction(rest: &Rest, scope: &Scope) -> Result<String, SourceError> {
    let source = &rest.setup.name;
    if !scope.values.contains_key(QUERY) {
        return Ok(format!("project = {}", jql::quoted(&scope.text(PROJECT))));
    }
    let name = scope.text(QUERY);
    let Some(query) = rest.setup.queries.get(&name) else {
        return Err(error::config(source, format!("has no query `{name}`")));
    };
    let restriction = jql::restriction(query)
        .map_err(|trouble| error::config(source, format!("query `{name}` {trouble}: {query}")))?;
    Ok(restriction.to_owned())
}

/// The question of a reading: that of its part, between its bounds.
pub(super) fn bounded(rest: &Rest, reading: &Reading) -> Result<String, SourceError> {
    let zone = connect::zone(rest)?;
    let mut conditions = Vec::new();
    if let Some(lower) = reading.lower {
        let lower = zone::at_or_before(zone.as_ref(), lower);
        conditions.push(format!("updated >= {}", jql::quoted(&lower)));
    }
    let upper = zone::at_or_after(zone.as_ref(), reading.upper);
    conditions.push(format!("updated < {}", jql::quoted(&upper)));
    Ok(jql::both(&restriction(rest, &reading.scope)?, &conditions))
}

/// How many issues a reading has.
pub(super) fn count(rest: &Rest, reading: &Reading) -> Result<Option<u64>, SourceError> {
    let (call, path) = Edition::of(rest).count(&bounded(rest, reading)?);
    let place = Place {
        part: &reading.scope.name,
        ..Place::stream(&rest.setup.name, "issues")
    };
    let answer = rest.send(&place, &call)?;
    Ok(crate::field::at(&answer.json, path).and_then(rows::count))
}

/// The ids of all issues of a part.
pub(super) fn census(rest: &Rest, scope: &Scope) -> Result<Vec<Vec<Value>>, SourceError> {
    let jql = jql::ordered(&jql::both(&restriction(rest, scope)?, &[]));
    let issues = lists::all(rest, Edition::of(rest).ids(&jql))?;
    let id = |it: &serde_json::Value| it.get("id")?.as_str()?.parse().ok();
    let ids: Vec<i64> = issues.iter().filter_map(id).collect();
    if ids.len() < issues.len() {
        let place = Place::stream(&rest.setup.name, "issues").to_string();
        let trouble = "an issue of the census has no number as its id";
        return Err(SourceError::new(Failure::Answer, place, trouble));
    }
    Ok(ids.into_iter().map(|it| vec![Value::Int(it)]).collect())
}
