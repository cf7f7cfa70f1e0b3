//! The way to a Bugzilla: address, key, which bugs.

use std::time::Duration;

use qaduct_http::{Auth, Call, Limit, QuotaHeaders, Settings};
use qaduct_records::source::{Discovered, Failure, Probe, Scope, SourceError};
use qaduct_records::stream::Stream;
use serde_json::Value as Json;
use url::{Url, form_urlencoded};

use super::parameters;
use super::question::{self, Question};
use crate::error::{self, Place};
use crate::rest::Rest;
use crate::setup::{Setup, address};

/// Where it is when nobody says.
const MOZILLA: &str = "https://bugzilla.mozilla.org";

/// How the names of parts begin that are products.
const PRODUCT: &str = "product=";

/// Which Bugzilla.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edition {
    /// That of Mozilla: takes keys in a header, gives history and comments in a search.
    Mozilla,
    /// A stock server: takes keys as a parameter, ignores the header.
    Stock,
}

impl Edition {
    /// As the settings say, or as the address tells.
    pub(super) fn of(setup: &Setup) -> Self {
        if let Some(edition) = setup.options.get("edition") {
            return match edition.as_str() {
                "mozilla" => Self::Mozilla,
                _ => Self::Stock,
            };
        }
        let url = setup.url.as_deref().and_then(address);
        let host = url.as_ref().and_then(Url::host_str);
        let mozilla = |it: &str| it == "mozilla.org" || it.ends_with(".mozilla.org");
        if setup.url.is_none() || host.is_some_and(mozilla) {
            Self::Mozilla
        } else {
            Self::Stock
        }
    }
}

pub(super) fn connect(setup: &Setup) -> Result<Settings, SourceError> {
    let wrong = |trouble: String| error::config(&setup.name, trouble);
    for (query, text) in &setup.queries {
        let unknown = question::pairs(text).find_map(|(name, _)| parameters::unknown(&name));
        if let Some(trouble) = unknown {
            return Err(wrong(format!("query `{query}`: {trouble}")));
        }
    }
    let auth = match (&setup.token, Edition::of(setup)) {
        (None, _) => Auth::Anonymous,
        (Some(key), Edition::Mozilla) => Auth::Header {
            name: "X-BUGZILLA-API-KEY",
            value: key.clone(),
        },
        (Some(key), Edition::Stock) => Auth::Parameter {
            name: "Bugzilla_api_key",
            value: key.clone(),
        },
    };
    let url = setup.url.as_deref().unwrap_or(MOZILLA).trim();
    let url = url.trim_end_matches('/').trim_end_matches("/rest");
    let base = address(url).ok_or_else(|| wrong("`url` is no address of a Bugzilla".to_owned()))?;
    Ok(Settings {
        name: setup.name.clone(),
        base,
        auth,
        headers: vec![("Accept", "application/json".to_owned())],
        limit: setup.requests_per_minute.map(|requests| Limit {
            requests,
            per: Duration::from_secs(60),
        }),
        reserve: setup.reserve,
        quota: QuotaHeaders::default(),
        attempts: 6,
        timeout: Duration::from_secs(120),
        deadline: Duration::from_secs(900),
        max_bytes: 32 << 20,
    })
}

pub(super) fn scopes(rest: &Rest, stream: &'static Stream) -> Result<Vec<Scope>, SourceError> {
    match stream.name {
        "fields" => return Ok(vec![Scope::default()]),
        "products" => return Ok(products(rest)),
        _ => {}
    }
    if rest.known.get().is_none() {
        identify(rest)?;
        let listed = listed(rest)?;
        rest.known.get_or_init(|| listed);
    }
    let scope = |name: String, query: &str| -> Result<Scope, SourceError> {
        let scope = Scope {
            name,
            values: [("query".to_owned(), query.into())].into(),
        };
        Question::of(rest, &scope)?;
        Ok(scope)
    };
    let mut scopes = Vec::new();
    for product in &rest.setup.projects {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("product", product)
            .finish();
        scopes.push(scope(format!("{PRODUCT}{product}"), &query)?);
    }
    for (name, query) in &rest.setup.queries {
        scopes.push(scope(format!("query={name}"), query)?);
    }
    if scopes.is_empty() {
        return Ok(vec![Scope::default()]);
    }
    Ok(scopes)
}

/// The products of the settings, one by one: each leaves the settings or the server on its
/// own. All in one where none is named.
fn products(rest: &Rest) -> Vec<Scope> {
    let named = |product: &String| Scope {
        name: format!("{PRODUCT}{product}"),
        ..Scope::default()
    };
    match rest.setup.projects.as_slice() {
        [] => vec![Scope::default()],
        projects => projects.iter().map(named).collect(),
    }
}

/// The product that a part is named after.
pub(super) fn product(scope: &Scope) -> Option<&str> {
    scope.name.strip_prefix(PRODUCT)
}

/// The products of the settings that the server has, by their names without case.
fn listed(rest: &Rest) -> Result<Json, SourceError> {
    if rest.setup.projects.is_empty() {
        return Ok(Json::Null);
    }
    let mut call = Call::get("rest/product").with("include_fields", "id,name");
    for name in &rest.setup.projects {
        call = call.with("names", name);
    }
    let answer = rest.send(&Place::source(&rest.setup.name), &call)?;
    let products = answer.json["products"].as_array().into_iter().flatten();
    let names = products.filter_map(|it| Some(it["name"].as_str()?.to_lowercase()));
    Ok(names.collect())
}

/// That the product of a part is there: a search for another one finds nothing and says no
/// word.
pub(super) fn is_listed(rest: &Rest, scope: &Scope) -> Result<(), SourceError> {
    let name = &rest.setup.name;
    let (Some(product), Some(Json::Array(listed))) = (product(scope), rest.known.get()) else {
        return Ok(());
    };
    if listed.iter().any(|it| *it == product.to_lowercase()) {
        return Ok(());
    }
    let trouble = format!("there is no product `{product}` that the user may see");
    Err(
        SourceError::new(Failure::Missing, Place::source(name).to_string(), trouble).hint(format!(
            "`qaduct sources discover {name}` lists what there is"
        )),
    )
}

pub(super) fn probe(rest: &Rest) -> Result<Probe, SourceError> {
    let place = Place::source(&rest.setup.name);
    let version = rest.send(&place, &Call::get("rest/version"))?;
    let mut probe = Probe {
        user: "anonymous".to_owned(),
        version: version.json["version"].as_str().map(str::to_owned),
        quota_left: version.exchange.quota_left,
        quota_limit: version.exchange.quota_limit,
        ..Probe::default()
    };
    match identify(rest)? {
        Some((user, permissions)) => {
            probe.user = user;
            probe.permissions = permissions;
        }
        None if rest.setup.token.is_some() => {
            return Err(not_known(rest, "the server does not say whose key it is"));
        }
        None => {}
    }
    Ok(probe)
}

/// To whom the key belongs, and the groups of that user; `None` without a key, or where a
/// server that cannot be asked is not told the login. A server that ignores a key answers
/// as to anybody: of what it hides then, nothing can be told from what is gone.
fn identify(rest: &Rest) -> Result<Option<(String, Vec<String>)>, SourceError> {
    if rest.setup.token.is_none() {
        return Ok(None);
    }
    let place = Place::source(&rest.setup.name);
    let who = rest.send(&place, &Call::get("rest/whoami").accept(&[404]))?;
    if who.status != 404 {
        let name = who.json["name"].as_str().unwrap_or_default();
        let groups = who.json["groups"].as_array().into_iter().flatten();
        let groups = groups
            .filter_map(|it| it.as_str().or_else(|| it["name"].as_str()))
            .map(str::to_owned);
        return Ok(Some((name.to_owned(), groups.collect())));
    }
    let Some(user) = &rest.setup.user else {
        return Ok(None);
    };
    let call = Call::get("rest/valid_login").with("login", user);
    let known = rest.send(&place, &call)?;
    if known.json["result"] != true && known.json["result"] != 1 {
        let trouble = format!("the server does not take the key for that of `{user}`");
        return Err(not_known(rest, &trouble));
    }
    Ok(Some((user.clone(), Vec::new())))
}

fn not_known(rest: &Rest, trouble: &str) -> SourceError {
    let name = &rest.setup.name;
    let place = Place::source(name).to_string();
    SourceError::new(Failure::Credential, place, trouble).hint(format!(
        "`user` of [source.{name}] is the login to which the key belongs"
    ))
}

pub(super) fn discover(rest: &Rest) -> Result<Vec<Discovered>, SourceError> {
    let place = Place::source(&rest.setup.name);
    let call = Call::get("rest/product")
        .with("type", "accessible")
        .with("include_fields", "id,name");
    let answer = rest.send(&place, &call)?;
    let products = answer.json["products"].as_array().into_iter().flatten();
    let name = |it: &serde_json::Value| it["name"].as_str().unwrap_or_default().to_owned();
    // Products are asked for by their names.
    Ok(products
        .map(|it| Discovered {
            what: "product",
            id: name(it),
            name: name(it),
        })
        .collect())
}
