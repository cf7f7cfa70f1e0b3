//! The way to a TestRail: address, credential, limit, projects.

use std::time::Duration;

use qaduct_http::{Auth, Limit, QuotaHeaders, Settings};
use qaduct_records::Value;
use qaduct_records::source::{Discovered, Failure, Probe, Scope, SourceError};
use qaduct_records::stream::Stream;
use serde_json::Value as Json;
use url::Url;

use super::asking::{call, list};
use super::span::WorkingTime;
use crate::error::{self, Place};
use crate::listing::all;
use crate::rest::Rest;
use crate::rows::id;
use crate::setup::Setup;

pub(super) fn connect(setup: &Setup) -> Result<Settings, SourceError> {
    let wrong = |trouble: String| error::config(&setup.name, trouble);
    let lacks = |what: &str| wrong(format!("[source.{}] has no `{what}`", setup.name));
    if let Err(option) = WorkingTime::of(setup) {
        return Err(wrong(format!(
            "`{option}` is not a number above 0 and up to 24"
        )));
    }
    let per_minute = match setup.options.get("edition").map(String::as_str) {
        None | Some("professional") => Some(180),
        Some("enterprise") => Some(300),
        Some("server") => None,
        Some(other) => {
            return Err(wrong(format!(
                "`edition` is `{other}`, none of professional, enterprise, server"
            )));
        }
    };
    let per_minute = setup.requests_per_minute.or(per_minute);
    Ok(Settings {
        name: setup.name.clone(),
        base: base(setup.url.as_deref().ok_or_else(|| lacks("url"))?)
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

/// The base of the calls; an address may be written without scheme, or be that of a page.
fn base(url: &str) -> Option<Url> {
    let url = url.trim();
    let url = url
        .split_once("index.php")
        .map_or(url, |(before, _)| before);
    let url = if url.contains("://") {
        url.to_owned()
    } else {
        format!("https://{url}")
    };
    let mut base = Url::parse(&url).ok()?;
    if !matches!(base.scheme(), "http" | "https") || !base.has_host() {
        return None;
    }
    base.set_query(None);
    base.set_fragment(None);
    if !base.path().ends_with('/') {
        let path = format!("{}/", base.path());
        base.set_path(&path);
    }
    Some(base)
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
        let ids = projects.iter().map(|it| {
            id(it, "id").ok_or_else(|| {
                let trouble = format!("a project has no id: {}", it["id"]);
                SourceError::new(Failure::Answer, place.to_string(), trouble)
            })
        });
        return ids.collect();
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
    let listing = list(call("get_projects"), &["projects", ""]);
    all(listing, &rest.client).map_err(|it| error::of_call(place, it))
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
        let suites = list(call(&format!("get_suites/{id}")), &["suites", ""]);
        let suites = all(suites, &rest.client).map_err(|it| error::of_call(&place, it))?;
        found.extend(suites.iter().map(|it| item("suite", it)));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_be_written_as_people_have_it_at_hand() {
        for (given, expected) in [
            ("https://qa.testrail.io", "https://qa.testrail.io/"),
            ("qa.testrail.io/", "https://qa.testrail.io/"),
            (
                "https://host/testrail/index.php?/dashboard",
                "https://host/testrail/",
            ),
            ("http://127.0.0.1:80/testrail", "http://127.0.0.1/testrail/"),
        ] {
            assert_eq!(base(given).unwrap().as_str(), expected);
        }
        assert_eq!(base("ftp://host"), None);
        assert_eq!(base("https://"), None);
    }
}
