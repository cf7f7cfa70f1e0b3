//! Parts of streams: one for each project, and for health one for each app.
//!
//! An app is a product as its users know it. Sentry knows it by a project, an environment
//! and a package; other apps may report into the same project, so a number of an app is
//! one of all three, always. Each of `queries` is an app:
//! `project=fenix&environment=release&package=org.mozilla.firefox&builds=odd&train=release`.

use qaduct_records::Value;
use qaduct_records::source::{Scope, SourceError};
use qaduct_records::stream::Stream;
use serde_json::Value as Json;

use super::{APP, ENVIRONMENT, PACKAGE, PROJECT, PROJECT_ID, projects};
use crate::error::{self, Place};
use crate::populated;
use crate::rest::Rest;
use crate::rows::id;

/// Names of what views need to tell which releases of an app are live, with the words
/// for it; without words it is a number.
const RULES: &[(&str, &[&str])] = &[
    ("builds", &["any", "odd", "even", "none"]),
    ("train", &["release", "beta"]),
    ("majors", &[]),
];

pub(super) fn scopes(rest: &Rest, stream: &'static Stream) -> Result<Vec<Scope>, SourceError> {
    match stream.name {
        "projects" => Ok(vec![Scope::default()]),
        "events" if !rest.setup.is_on("events") => Ok(Vec::new()),
        "app_health" | "release_health" | "release_issues" => apps(rest),
        _ => of_projects(rest, &Place::stream(&rest.setup.name, stream.name)),
    }
}

/// The projects that there are, asked once.
fn known(rest: &Rest) -> Result<&[Json], SourceError> {
    let known = match rest.known.get() {
        Some(known) => known,
        None => {
            let all = projects::all(rest, &Place::source(&rest.setup.name))?;
            rest.known.get_or_init(|| Json::Array(all))
        }
    };
    Ok(known.as_array().map_or(&[], Vec::as_slice))
}

/// The id and the name of a project by either of them.
fn find<'k>(rest: &'k Rest, name: &str) -> Result<(i64, &'k str), SourceError> {
    let number = name.parse().ok();
    let is_it = |it: &&Json| it["slug"] == name || number.is_some() && id(it, "id") == number;
    let found = known(rest)?.iter().find(is_it);
    found
        .and_then(|it| Some((id(it, "id")?, it["slug"].as_str()?)))
        .ok_or_else(|| {
            let trouble = format!("there is no project `{name}` that the token may see");
            error::config(&rest.setup.name, trouble)
        })
}

/// A part is named by what a project keeps when it is renamed.
fn of_projects(rest: &Rest, place: &Place<'_>) -> Result<Vec<Scope>, SourceError> {
    let mut found = Vec::new();
    if rest.setup.projects.is_empty() {
        for project in populated::some(place, known(rest)?.iter().collect())? {
            let slug = project["slug"].as_str();
            found.extend(id(project, "id").zip(slug));
        }
    }
    for name in &rest.setup.projects {
        found.push(find(rest, name)?);
    }
    // One that is named twice, by name and id, is read once.
    found.sort_unstable();
    found.dedup();
    let scope = |(id, slug): (i64, &str)| {
        let mut scope = Scope::of([(PROJECT_ID, Value::Int(id))]);
        scope.values.insert(PROJECT.to_owned(), slug.into());
        scope
    };
    Ok(found.into_iter().map(scope).collect())
}

fn apps(rest: &Rest) -> Result<Vec<Scope>, SourceError> {
    let queries = rest.setup.queries.iter();
    queries.map(|(name, text)| app(rest, name, text)).collect()
}

fn app(rest: &Rest, name: &str, text: &str) -> Result<Scope, SourceError> {
    let source = &rest.setup.name;
    let wrong = |trouble: String| {
        error::config(source, format!("`queries.{name}` {trouble}")).hint(format!(
            "write `{name} = \"project=fenix&environment=release&package=org.mozilla.firefox\"` \
             into [source.{source}.queries]"
        ))
    };
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(text.as_bytes())
        .into_owned()
        .collect();
    let given = |key: &str| {
        let found = pairs.iter().find(|(name, _)| name == key);
        found
            .map(|(_, value)| value.trim())
            .filter(|it| !it.is_empty())
    };
    let needs = |key: &str| given(key).ok_or_else(|| wrong(format!("names no `{key}`")));
    let (id, slug) = find(rest, needs(PROJECT)?)?;
    let (environment, package) = (needs(ENVIRONMENT)?, needs(PACKAGE)?);
    let is_plain = |it: char| it.is_alphanumeric() || ".-_".contains(it);
    if !package.chars().all(is_plain) {
        return Err(wrong(format!("has a package that is none: `{package}`")));
    }
    // What is asked is the name of the part: asked otherwise, it is another one.
    let mut scope = Scope::of([
        (APP, name.into()),
        (PROJECT_ID, Value::Int(id)),
        (ENVIRONMENT, environment.into()),
        (PACKAGE, package.into()),
    ]);
    scope.values.insert(PROJECT.to_owned(), slug.into());
    for (key, value) in &pairs {
        if [PROJECT, ENVIRONMENT, PACKAGE].contains(&key.as_str()) {
            continue;
        }
        let Some((rule, words)) = RULES.iter().find(|(rule, _)| rule == key) else {
            return Err(wrong(format!("knows nothing of `{key}`")));
        };
        let value = match value.parse() {
            Ok(number) if words.is_empty() && number > 0 => Value::Int(number),
            _ if words.contains(&value.as_str()) => value.as_str().into(),
            _ => return Err(wrong(format!("has a wrong `{key}`: `{value}`"))),
        };
        scope.values.insert((*rule).to_owned(), value);
    }
    Ok(scope)
}
