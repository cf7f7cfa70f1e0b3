//! Reads when releases come out: a JSON object with a day for each version.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use qaduct_http::{Auth, Call, Client, QuotaHeaders, Settings, Sleep};
use qaduct_records::Clock;
use qaduct_records::source::SourceError;
use url::Url;

use crate::error::{self, Place};

/// Versions and their days; a version whose day nobody has said has none.
///
/// # Errors
/// When the address cannot be read, or holds something else.
pub fn fetch(
    name: &str,
    url: &str,
    clock: &Arc<dyn Clock>,
    sleep: Arc<dyn Sleep>,
) -> Result<BTreeMap<String, Option<Date>>, SourceError> {
    let place = Place::source(name);
    let base =
        Url::parse(url).map_err(|_| error::config(name, format!("`{url}` is no address")))?;
    let settings = Settings {
        name: name.to_owned(),
        base,
        auth: Auth::Anonymous,
        headers: vec![("Accept", "application/json".to_owned())],
        limit: None,
        reserve: 0.0,
        quota: QuotaHeaders::default(),
        attempts: 4,
        timeout: Duration::from_secs(30),
        deadline: Duration::from_mins(2),
        max_bytes: 16 << 20,
    };
    let failed = |it| {
        error::of_call(&place, it).hint(format!(
            "`urls` of [release_calendar.{name}] names the address; `qaduct pull` asks it again"
        ))
    };
    let client = Client::new(settings, Arc::clone(clock), sleep).map_err(failed)?;
    let answer = client.send(&Call::get("")).map_err(failed)?;
    let Some(versions) = answer.json.as_object() else {
        return Err(error::of_call(&place, answer.wrong("holds no versions")));
    };
    let mut releases = BTreeMap::new();
    for (version, day) in versions {
        let text = day.as_str().unwrap_or_default();
        let day = match text.get(..10).unwrap_or(text) {
            "" => None,
            day => Some(day.parse().map_err(|_| {
                error::of_call(&place, answer.wrong("holds something that is no day"))
            })?),
        };
        releases.insert(version.clone(), day);
    }
    Ok(releases)
}
