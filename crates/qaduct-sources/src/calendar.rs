//! Reads when releases come out: a JSON object with a day for each version.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use qaduct_http::{Auth, Call, Client, QuotaHeaders, Settings, Sleep};
use qaduct_records::Clock;
use qaduct_records::source::{Failure, SourceError};
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
    let named = format!("release calendar `{name}`");
    let place = Place::source(&named);
    let hint = |error: SourceError| {
        error.hint(format!(
            "its releases stay as they were until a pull reads `urls` of [release_calendar.{name}]"
        ))
    };
    let base = Url::parse(url).map_err(|_| {
        hint(SourceError::new(
            Failure::Config,
            &named,
            format!("`{url}` is no address"),
        ))
    })?;
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
    let failed = |it| hint(error::of_call(&place, it));
    let client = Client::new(settings, Arc::clone(clock), sleep).map_err(failed)?;
    let answer = client.send(&Call::get("")).map_err(failed)?;
    let Some(versions) = answer.json.as_object() else {
        return Err(failed(answer.wrong("holds no versions")));
    };
    let mut releases = BTreeMap::new();
    for (version, day) in versions {
        let text = day.as_str().unwrap_or_default();
        let day = match text.get(..10).unwrap_or(text) {
            "" => None,
            day => Some(
                day.parse()
                    .map_err(|_| failed(answer.wrong("holds something that is no day")))?,
            ),
        };
        releases.insert(version.clone(), day);
    }
    Ok(releases)
}
