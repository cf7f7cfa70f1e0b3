//! How the settings divide the streams: by folders, by where things are, by looks.

use qaduct_http::Call;
use qaduct_records::Value;
use qaduct_records::source::{Scope, SourceError};
use qaduct_records::stream::Stream;
use serde_json::Value as Json;

use super::{FOLDER, LOOK, PLACE, piece, place, single};
use crate::error::{self, Place};
use crate::listing::all;
use crate::populated;
use crate::rest::Rest;

/// The folder of dashboards in code, which no search finds.
const IN_CODE: &str = "lookml";
/// What stands before a folder whose looks are meant.
const ALL_OF: &str = "folder:";

pub(super) fn scopes(rest: &Rest, stream: &'static Stream) -> Result<Vec<Scope>, SourceError> {
    match stream.name {
        // What was thrown away is known to be in the trash before it is missing elsewhere.
        "looks" => placed(rest, &[place::TRASH, place::FOLDER]),
        "dashboards" => {
            let mut parts = placed(rest, &[place::TRASH, place::FOLDER])?;
            let all = rest.setup.projects.is_empty();
            if all || parts.iter().any(|it| it.text(FOLDER) == IN_CODE) {
                parts.push(Scope::of([(PLACE, place::CODE.into())]));
            }
            Ok(parts)
        }
        "usage" => placed(rest, &["look", "dashboard"]),
        "results" => named(rest),
        _ => Ok(vec![Scope::default()]),
    }
}

/// The folders that there are, asked once.
pub(super) fn folders(rest: &Rest) -> Result<&[Json], SourceError> {
    let known = match rest.known.get() {
        Some(known) => known,
        None => {
            let place = Place::source(&rest.setup.name);
            let listing = single(Call::get("folders").with("fields", "id,name"));
            let found = all(&listing, &rest.client);
            let found = found.map_err(|it| error::of_call(&place, it))?;
            let found = populated::some(&place, found)?;
            rest.known.get_or_init(|| Json::Array(found))
        }
    };
    Ok(known.as_array().map_or(&[], Vec::as_slice))
}

/// The id of a folder by its id or its name.
fn folder(rest: &Rest, name: &str) -> Result<String, SourceError> {
    let wrong = |trouble: String| Err(error::config(&rest.setup.name, trouble));
    let known = folders(rest)?;
    let id = |it: &Json| it["id"].as_str().unwrap_or_default().to_owned();
    if let Some(found) = known.iter().find(|it| it["id"] == name) {
        return Ok(id(found));
    }
    let named: Vec<_> = known.iter().filter(|it| it["name"] == name).collect();
    match named.as_slice() {
        [found] => Ok(id(found)),
        [] => wrong(format!(
            "there is no folder `{name}` that the account may see"
        )),
        _ => wrong(format!("`{name}` are {} folders", named.len())),
    }
}

/// The parts of the folders of the settings; without any, of all folders together.
fn placed(rest: &Rest, places: &[&'static str]) -> Result<Vec<Scope>, SourceError> {
    let mut ids = Vec::new();
    for name in &rest.setup.projects {
        let id = folder(rest, name)?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    let of = |place: &str| (PLACE, Value::from(place));
    if ids.is_empty() {
        // An account that may see no folder any more would find all of it gone.
        folders(rest)?;
        return Ok(places.iter().map(|it| Scope::of([of(it)])).collect());
    }
    let parts = ids.into_iter().flat_map(|id| {
        let part = move |it: &&str| Scope::of([(FOLDER, id.as_str().into()), of(it)]);
        places.iter().map(part).collect::<Vec<_>>()
    });
    Ok(parts.collect())
}

/// The looks whose rows are wanted, in their order.
fn named(rest: &Rest) -> Result<Vec<Scope>, SourceError> {
    let mut ids: Vec<String> = Vec::new();
    let text = rest.setup.options.get("results").map(String::as_str);
    let words = text.unwrap_or_default().split(',').map(str::trim);
    for word in words.filter(|it| !it.is_empty()) {
        let found = match word.strip_prefix(ALL_OF) {
            Some(name) => of_folder(rest, &folder(rest, name.trim())?)?,
            None => vec![word.to_owned()],
        };
        for id in found {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    let scope = |id: String| Scope::of([(LOOK, Value::Text(id))]);
    Ok(ids.into_iter().map(scope).collect())
}

/// The ids of the looks in a folder.
fn of_folder(rest: &Rest, folder: &str) -> Result<Vec<String>, SourceError> {
    let looks = in_folder(rest, folder)?;
    let ids = looks.iter().filter_map(|it| it["id"].as_str());
    Ok(ids.map(str::to_owned).collect())
}

/// Ids and titles of the looks in a folder, by their ids.
pub(super) fn in_folder(rest: &Rest, folder: &str) -> Result<Vec<Json>, SourceError> {
    let path = format!("folders/{}/looks", piece(folder));
    let listing = single(Call::get(path).with("fields", "id,title"));
    let found = all(&listing, &rest.client);
    let place = Place::source(&rest.setup.name);
    let mut found = found.map_err(|it| error::of_call(&place, it))?;
    let number = |it: &Json| crate::rows::id(it, "id");
    found.sort_by_key(number);
    Ok(found)
}
