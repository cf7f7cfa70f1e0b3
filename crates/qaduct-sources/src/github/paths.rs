//! Paths of the API, and what its URLs say.

use qaduct_http::Call;
use qaduct_records::Value;
use qaduct_records::source::Scope;
use serde_json::Value as Json;

use super::REPOSITORY;
use crate::listing::{Listing, Paging};
use crate::people::People;

/// A path of the repository of a part.
pub(super) fn of_repository(scope: &Scope, rest: &str) -> String {
    let repository = scope.text(REPOSITORY);
    let (owner, name) = repository.split_once('/').unwrap_or((&repository, ""));
    let slash = if rest.is_empty() { "" } else { "/" };
    format!("repos/{}/{}{slash}{rest}", encoded(owner), encoded(name))
}

/// A list that is followed by its links.
pub(super) fn linked(call: Call) -> Listing {
    Listing {
        first: call.with("per_page", super::PAGE),
        items: &[""],
        paging: Paging::Link,
        total: None,
    }
}

/// A text as one piece of a path.
pub(super) fn encoded(text: &str) -> String {
    let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    encoded.replace('+', "%20")
}

/// The number at the end of a URL of an issue or a pull request.
pub(super) fn number(url: &Json) -> Result<Value, String> {
    let Some(url) = url.as_str() else {
        return Ok(Value::Null);
    };
    let last = url.rsplit('/').next().unwrap_or_default();
    last.parse()
        .map(Value::Int)
        .map_err(|_| "a URL without a number at its end".to_owned())
}

/// `owner/name` at the end of a URL of a repository.
pub(super) fn repository(url: &Json) -> Result<Value, String> {
    let Some(url) = url.as_str() else {
        return Ok(Value::Null);
    };
    let mut pieces = url.rsplitn(3, '/');
    match (pieces.next(), pieces.next()) {
        (Some(name), Some(owner)) => Ok(Value::Text(format!("{owner}/{name}"))),
        _ => Err("no URL of a repository".to_owned()),
    }
}

/// The repository of a branch. A fork is named after the person that it belongs to.
pub(super) fn of_branch(
    repository: &Json,
    scope: &Scope,
    people: &People,
) -> Result<Value, String> {
    let name = match &repository["full_name"] {
        Json::Null => return Ok(Value::Null),
        Json::String(name) => name,
        _ => return Err("a repository whose name is no text".to_owned()),
    };
    let is_own = *name == scope.text(REPOSITORY);
    if is_own || repository["owner"]["type"] == "Organization" {
        return Ok(name.as_str().into());
    }
    let (owner, name) = name.split_once('/').unwrap_or((name, ""));
    let owner = people.person(owner);
    let owner = owner.as_deref().unwrap_or("person");
    Ok(Value::Text(format!("{owner}/{name}")))
}

/// Whether there is something.
pub(super) fn present(json: &Json) -> Result<Value, String> {
    Ok(Value::Bool(!json.is_null()))
}

#[cfg(test)]
mod tests {
    use qaduct_records::Secret;
    use serde_json::json;

    use super::*;

    #[test]
    fn of_a_fork_the_person_is_hidden_that_it_belongs_to() {
        let scope = Scope::of([(REPOSITORY, "ada/tools".into())]);
        let hash = People::Hash(Secret::new("salt"));
        let ada = hash.person("ada").unwrap();
        for (name, owner, shown) in [
            ("ada/firefox-ios", "User", format!("{ada}/firefox-ios")),
            ("ada/tools", "User", "ada/tools".to_owned()),
            ("mozilla/tools", "Organization", "mozilla/tools".to_owned()),
        ] {
            let fork = json!({ "full_name": name, "owner": { "type": owner } });
            assert_eq!(of_branch(&fork, &scope, &hash), Ok(Value::Text(shown)));
            let kept = of_branch(&fork, &scope, &People::Keep);
            assert_eq!(kept, Ok(name.into()));
        }
        let gone = of_branch(&Json::Null, &scope, &hash);
        assert_eq!(gone, Ok(Value::Null));
    }
}
