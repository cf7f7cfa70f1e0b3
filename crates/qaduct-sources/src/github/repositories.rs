//! Which repositories the settings mean: their names are asked for once, because a
//! repository that was renamed answers to its old name, too.

use qaduct_http::Call;
use qaduct_records::Value;
use qaduct_records::source::{Scope, SourceError};
use serde_json::{Value as Json, json};

use super::{REPOSITORY, REPOSITORY_ID, paths};
use crate::error::{self, Place};
use crate::rest::Rest;

/// A part for each repository. A part has its name and its id: under another name it is
/// read again whole, and so is another repository under the same name.
pub(super) fn scopes(rest: &Rest) -> Result<Vec<Scope>, SourceError> {
    let known = match rest.known.get() {
        Some(known) => known,
        None => {
            let known = known(rest)?;
            rest.known.get_or_init(|| known)
        }
    };
    Ok(known.as_array().into_iter().flatten().map(scope).collect())
}

fn scope(known: &Json) -> Scope {
    let name = known["name"].as_str().map_or(Value::Null, Value::from);
    let id = known["id"].as_i64().map_or(Value::Null, Value::Int);
    Scope::of([(REPOSITORY, name), (REPOSITORY_ID, id)])
}

/// What the repositories of the settings are called, each once.
fn known(rest: &Rest) -> Result<Json, SourceError> {
    let setup = &rest.setup;
    for project in &setup.projects {
        let parts: Vec<_> = project.split('/').collect();
        if parts.len() != 2 || parts.iter().any(|it| it.is_empty()) {
            let trouble = format!("`{project}` in `projects` is not `owner/name`");
            return Err(error::config(&setup.name, trouble));
        }
    }
    let mut known: Vec<(&str, Json)> = Vec::new();
    for project in &setup.projects {
        let found = find(rest, project)?;
        let is_same = |it: &&(&str, Json)| {
            it.0.eq_ignore_ascii_case(project) || found["id"].is_i64() && it.1["id"] == found["id"]
        };
        if let Some((other, _)) = known.iter().find(is_same) {
            rest.notice(twice(rest, other, project, &found));
        } else {
            let name = found["name"].as_str().unwrap_or_default();
            if !name.eq_ignore_ascii_case(project) {
                rest.notice(renamed(rest, project, name));
            }
            known.push((project, found));
        }
    }
    Ok(known.into_iter().map(|(_, it)| it).collect())
}

/// A repository by the name that the settings have for it. Where just that one cannot be
/// had, its part cannot be read, and nothing else fails.
fn find(rest: &Rest, project: &str) -> Result<Json, SourceError> {
    let named = Scope::of([(REPOSITORY, Value::from(project))]);
    let place = Place {
        part: &named.name,
        ..Place::source(&rest.setup.name)
    };
    let answer = match rest.send(&place, &Call::get(paths::of_repository(&named, ""))) {
        Ok(answer) => answer,
        Err(error) if error.is_local() => {
            rest.refuse(&scope(&json!({"name": project})), error);
            return Ok(json!({"name": project}));
        }
        Err(error) => return Err(error),
    };
    let (id, name) = (&answer.json["id"], &answer.json["full_name"]);
    match (id.as_i64(), name.as_str()) {
        (Some(id), Some(name)) => Ok(json!({"name": name, "id": id})),
        _ => Err(error::of_call(&place, answer.wrong("is no repository"))),
    }
}

fn renamed(rest: &Rest, project: &str, name: &str) -> SourceError {
    let trouble = format!("`{project}` in `projects` is called `{name}` now");
    error::config(&rest.setup.name, trouble).hint(format!(
        "write `{name}` into `projects` of [source.{}]",
        rest.setup.name
    ))
}

fn twice(rest: &Rest, one: &str, other: &str, found: &Json) -> SourceError {
    let name = found["name"].as_str().unwrap_or_default();
    let trouble = format!(
        "`{one}` and `{other}` in `projects` are one repository, `{name}`; it is read once"
    );
    error::config(&rest.setup.name, trouble).hint(format!(
        "leave `{name}` in `projects` of [source.{}] and take the other away",
        rest.setup.name
    ))
}
