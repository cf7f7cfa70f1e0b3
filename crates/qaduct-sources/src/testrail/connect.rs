//! The way to a TestRail: address, credential, limit, projects.

use std::time::Duration;

use qaduct_http::{Auth, Limit, QuotaHeaders, Settings};
use qaduct_records::Value;
use qaduct_records::source::{Discovered, Probe, Scope, SourceError};
use qaduct_records::stream::Stream;
use serde_json::Value as Json;

use super::asking::{call, id_of, list};
use super::projects;
use super::span::WorkingTime;
use crate::error::{self, Place};
use crate::listing::all;
use crate::populated;
use crate::rest::Rest;
use crate::rows::id;
use crate::setup::{Setup, address};

pub(super) fn connect(setup: &Setup) -> Result<Settings, SourceError> {
    let wrong = |trouble: String| error::config(&setup.name, trouble);
    let lacks = |what: &str| wrong(format!("[source.{}] has no `{what}`", setup.name));
    if let Err(option) = WorkingTime::of(setup) {
        return Err(wrong(format!(
            "`{option}` is not a number above 0 and up to 24"
        )));
    }
    let per_minute = match setup.options.get("edition").map(String::as_str) {
        Some("enterprise") => Some(300),
        Some("server") => None,
        _ => Some(180),
    };
    let per_minute = setup.requests_per_minute.or(per_minute);
    Ok(Settings {
        name: setup.name.clone(),
        base: address(before_page(
            setup.url.as_deref().ok_or_else(|| lacks("url"))?,
        ))
        .ok_or_else(|| wrong("`url` is no address of a TestRail".to_owned()))?,
        auth: Auth::Basic {
            user: setup.user.clone().ok_or_else(|| lacks("user"))?,
            password: setup.token.clone().ok_or_else(|| lacks("token"))?,
        },
        // TestRail wants it with each call, those without a body too.
        headers: vec![("Content-Type", "application/json".to_owned())],
        limit: per_minute.map(|requests| Limit {
            requests,
            per: Duration::from_secs(60),
        }),
        reserve: setup.reserve,
        quota: QuotaHeaders::default(),
        attempts: 6,
        timeout: Duration::from_secs(60),
        deadline: Duration::from_secs(900),
        max_bytes: 32 << 20,
    })
}

/// The address may be that of a page: `https://host/testrail/index.php?/dashboard`.
fn before_page(url: &str) -> &str {
    url.split_once("index.php")
        .map_or(url, |(before, _)| before)
}

pub(super) fn scopes(rest: &Rest, stream: &'static Stream) -> Result<Vec<Scope>, SourceError> {
    let place = Place::stream(&rest.setup.name, stream.name);
    let of_projects = || -> Result<Vec<Scope>, SourceError> {
        let ids = project_ids(rest, &place)?;
        Ok(ids
            .into_iter()
            .map(|id| Scope::of([("project_id", Value::Int(id))]))
            .collect())
    };
    match stream.name {
        "suites" | "milestones" | "plans" => of_projects(),
        // It takes a call for each case.
        "case_history" if !rest.setup.is_on("case_history") => Ok(Vec::new()),
        "case_history" => {
            let mut scopes = Vec::new();
            for project in project_ids(rest, &place)? {
                for suite in suites(rest, &place, project)? {
                    let suite = id_of(&place, &suite)?;
                    let columns = [("project_id", project), ("suite_id", suite)];
                    scopes.push(Scope::of(columns.map(|(name, id)| (name, Value::Int(id)))));
                }
            }
            Ok(scopes)
        }
        "runs" => {
            let mut scopes = of_projects()?;
            for scope in &mut scopes {
                // The list has only those outside of plans; the others come with their plan.
                let outside = ("is_in_plan".to_owned(), Value::Bool(false));
                scope.values.extend([outside]);
            }
            Ok(scopes)
        }
        // Only administrators may list all users. A refusal that does not repeat itself
        // says nothing about who we are.
        "users" => {
            let refused = || -> Result<bool, SourceError> {
                let asked = call("get_users").accept(&[403]);
                Ok(rest.send(&place, &asked)?.status == 403)
            };
            match refused()? && refused()? {
                true => of_projects(),
                false => Ok(vec![Scope::default()]),
            }
        }
        _ => Ok(vec![Scope::default()]),
    }
}

/// The ids of the projects of the settings, which may name them; without any, of all.
fn project_ids(rest: &Rest, place: &Place<'_>) -> Result<Vec<i64>, SourceError> {
    let wanted = &rest.setup.projects;
    let ids: Option<Vec<i64>> = wanted.iter().map(|it| it.parse().ok()).collect();
    if let Some(ids) = ids.filter(|it| !it.is_empty()) {
        return Ok(ids);
    }
    let projects = projects(rest, place)?;
    if wanted.is_empty() {
        let projects = populated::some(place, projects)?;
        return projects.iter().map(|it| id_of(place, it)).collect();
    }
    let id_of = |name: &String| {
        if let Ok(id) = name.parse() {
            return Ok(id);
        }
        let found = projects.iter().find(|it| it["name"] == name.as_str());
        found.and_then(|it| id(it, "id")).ok_or_else(|| {
            error::config(
                &rest.setup.name,
                format!("there is no project `{name}` that the user may see"),
            )
        })
    };
    wanted.iter().map(id_of).collect()
}

fn projects(rest: &Rest, place: &Place<'_>) -> Result<Vec<Json>, SourceError> {
    all(&projects::projects(), &rest.client).map_err(|it| error::of_call(place, it))
}

fn suites(rest: &Rest, place: &Place<'_>, project: i64) -> Result<Vec<Json>, SourceError> {
    let listing = list(call(&format!("get_suites/{project}")), &["suites", ""]);
    all(&listing, &rest.client).map_err(|it| error::of_call(place, it))
}

pub(super) fn probe(rest: &Rest) -> Result<Probe, SourceError> {
    let place = Place::source(&rest.setup.name);
    // Servers before 6.6 do not know it; the list of statuses needs the credential too.
    let who = call("get_current_user").accept(&[400, 403, 404]);
    let mut answer = rest.send(&place, &who)?;
    let known = answer.status == 200;
    if !known {
        answer = rest.send(&place, &call("get_statuses"))?;
    }
    let user = rest.setup.user.clone().unwrap_or_default();
    let text = |name: &str| answer.json[name].as_str().map(str::to_owned);
    let mut permissions: Vec<String> = text("role").into_iter().collect();
    if answer.json["is_admin"] == true {
        permissions.push("administrator".to_owned());
    }
    Ok(Probe {
        user: text("email").filter(|_| known).unwrap_or(user),
        permissions,
        version: None,
        quota_left: answer.exchange.quota_left,
        quota_limit: answer.exchange.quota_limit,
        ..Probe::default()
    })
}

pub(super) fn discover(rest: &Rest) -> Result<Vec<Discovered>, SourceError> {
    let place = Place::source(&rest.setup.name);
    let mut found = Vec::new();
    for project in projects(rest, &place)? {
        let Some(id) = id(&project, "id") else {
            continue;
        };
        found.push(item("project", &project));
        found.extend(suites(rest, &place, id)?.iter().map(|it| item("suite", it)));
    }
    Ok(found)
}

fn item(what: &'static str, json: &Json) -> Discovered {
    Discovered {
        what,
        id: json["id"].to_string(),
        name: json["name"].as_str().unwrap_or_default().to_owned(),
    }
}
