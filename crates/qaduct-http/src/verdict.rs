//! Whether what came back is an answer, and if not, what it means.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value as Json;

use crate::error::Kind;
use crate::governor::Quota;
use crate::instant::{between, http_date, later};
use crate::message::{cut, message};
use crate::redact::Redactor;
use crate::retry::{Again, Trouble, retry_after};
use crate::transport::{Broken, Received};
use crate::{Call, QuotaHeaders};

/// Letters of a message.
const MESSAGE: usize = 300;
/// Letters of a body that is no JSON.
const START: usize = 80;
/// Clocks that differ less are the same: they are told in whole seconds.
const SAME: Duration = Duration::from_secs(2);
/// Smaller numbers are seconds from now, and not since 1970.
const RELATIVE: f64 = 1e9;

/// The answer (`Null` where the call asks for bytes), or why it is none.
pub(crate) fn judge(
    received: &Received,
    call: &Call,
    headers: &QuotaHeaders,
    redactor: &Redactor,
    now: Timestamp,
) -> Result<Json, Trouble> {
    let status = received.status;
    let accept = call.accept;
    let read = |received| match call.raw {
        true => whole(received).map(|_| Json::Null),
        false => json(received, redactor),
    };
    if (200..300).contains(&status) {
        return read(received);
    }
    let said = said(received);
    let theirs = received.header("date").and_then(http_date).unwrap_or(now);
    let told = received
        .header("retry-after")
        .and_then(|value| retry_after(value, theirs));
    let limit = match status {
        429 => Some(limited(told, received, headers, said.as_deref(), now)),
        403 if headers.forbidden_may_mean_slow_down => {
            let limit = limited(told, received, headers, said.as_deref(), now);
            Some(limit).filter(|it| *it != Again::Limited(None))
        }
        _ => None,
    };
    let mut foreign = None;
    // A limit is no answer, whatever the call takes for one.
    if limit.is_none() && accept.contains(&status) {
        match read(received) {
            // Not the service has said it: it means what it means elsewhere.
            Err(trouble) if trouble.kind == Kind::Answer => foreign = Some(trouble.again),
            answer => return answer,
        }
    }
    let (kind, again) = match status {
        _ if let Some(again) = limit => (Kind::Quota, again),
        408 | 425 | 500 | 502 | 503 | 504 => {
            (Kind::Unavailable, told.map_or(Again::Soon, Again::After))
        }
        401 => (Kind::Credential, Again::No),
        403 => (Kind::Forbidden, Again::No),
        404 => (Kind::Missing, Again::No),
        410 => (Kind::Removed, Again::No),
        400..500 => (Kind::Refused, Again::No),
        500..600 => (Kind::Unavailable, Again::No),
        _ => (Kind::Answer, Again::No),
    };
    Err(Trouble {
        // Before it is cut: half a secret is still one.
        message: said.map(|it| cut(&redactor.text(&it), MESSAGE)),
        ..Trouble::new(kind, format!("status {status}"), foreign.unwrap_or(again))
    })
}

/// The message of an error, where it has one for us and not for a browser.
fn said(received: &Received) -> Option<String> {
    let body = str::from_utf8(received.body.as_deref().ok()?).ok()?.trim();
    match serde_json::from_str(body) {
        Ok(body) => message(&body),
        Err(_) if body.is_empty() || body.starts_with('<') => None,
        Err(_) => Some(body.to_owned()),
    }
}

/// When a limit ends.
fn limited(
    told: Option<Duration>,
    received: &Received,
    headers: &QuotaHeaders,
    said: Option<&str>,
    now: Timestamp,
) -> Again {
    let quota = quota(received, headers, now);
    let is_spent = quota.left == Some(0);
    let reset = quota.reset.filter(|_| is_spent);
    let reset = reset.map(|at| between(now, at) + Duration::from_secs(1));
    match told.or(reset) {
        Some(time) if is_spent => return Again::Spent(time),
        Some(time) => return Again::Limited(Some(time)),
        None => {}
    }
    let said = said.unwrap_or_default().to_ascii_lowercase();
    let too_fast = said.contains("rate limit") || said.contains("abuse");
    if headers.forbidden_may_mean_slow_down && too_fast {
        Again::Slower
    } else {
        Again::Limited(None)
    }
}

/// The body of an answer that did not just break off.
fn whole(received: &Received) -> Result<&[u8], Trouble> {
    let body = received.body.as_ref().map_err(broken_trouble)?;
    if body.is_empty() && !is_really_empty(received) {
        return Err(broken_trouble(&Broken::Cut("it is empty".to_owned())));
    }
    Ok(body)
}

/// The document of an answer.
fn json(received: &Received, redactor: &Redactor) -> Result<Json, Trouble> {
    let body = whole(received)?;
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    if body.is_empty() {
        return Ok(Json::Null);
    }
    let mut json = serde_json::from_slice(body).map_err(|error| {
        let kind = received.header("content-type").unwrap_or("no type");
        let kind = kind.split(';').next().unwrap_or_default().trim();
        let text: String = body.utf8_chunks().map(|it| it.valid()).collect();
        let start = cut(&redactor.text(&text), START);
        let status = received.status;
        let what = format!("status {status} with {kind} instead of JSON: `{start}` ({error})");
        Trouble::new(Kind::Answer, what, Again::Soon)
    })?;
    if redactor.is_in(body) {
        redactor.json(&mut json);
    }
    Ok(json)
}

/// Whether the service says that there is no body. A connection that just ends says
/// nothing.
fn is_really_empty(received: &Received) -> bool {
    matches!(received.status, 204 | 205 | 304)
        || received.header("content-length").is_some()
        || received.header("transfer-encoding").is_some()
}

/// What a broken connection means.
pub(crate) fn broken_trouble(broken: &Broken) -> Trouble {
    match broken {
        Broken::Unreached(why) | Broken::Connection(why) => Trouble::new(
            Kind::Unavailable,
            format!("the connection failed: {why}"),
            Again::Soon,
        ),
        Broken::Untrusted(why) => Trouble::new(Kind::Unavailable, why.clone(), Again::No),
        Broken::Timeout => Trouble::new(Kind::Unavailable, "no whole answer in time", Again::Soon),
        Broken::Cut(why) => Trouble::new(
            Kind::Answer,
            format!("the answer is cut or malformed: {why}"),
            Again::Soon,
        ),
        Broken::TooLong => Trouble::new(Kind::Answer, "the answer is too long", Again::No),
        Broken::Unsendable(why) => {
            Trouble::new(Kind::Refused, format!("cannot be sent: {why}"), Again::No)
        }
    }
}

/// What an answer says about the quota, its reset by our clock.
pub(crate) fn quota(received: &Received, headers: &QuotaHeaders, now: Timestamp) -> Quota {
    let number = |name: Option<&str>| {
        let value = received.header(name?)?.split([',', ';']).next()?;
        value.trim().parse::<f64>().ok().filter(|it| *it >= 0.0)
    };
    let reset = headers.reset.and_then(|name| received.header(name));
    let theirs = received.header("date").and_then(http_date).unwrap_or(now);
    Quota {
        limit: number(headers.limit).map(|it| it as u64),
        left: number(headers.left).map(|it| it as u64),
        reset: reset.and_then(|value| reset_at(value.trim(), theirs, now)),
    }
}

/// Seconds since 1970, seconds from now, or an instant; by the clock of the service.
fn reset_at(value: &str, theirs: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let at = match value.parse::<f64>() {
        Ok(seconds) if (0.0..RELATIVE).contains(&seconds) => {
            return Some(later(now, Duration::try_from_secs_f64(seconds).ok()?));
        }
        Ok(seconds) if seconds >= RELATIVE => {
            let time = Duration::try_from_secs_f64(seconds).ok()?;
            later(Timestamp::UNIX_EPOCH, time)
        }
        _ => value.parse().ok().or_else(|| http_date(value))?,
    };
    let apart = between(now, theirs).max(between(theirs, now));
    if apart <= SAME {
        return Some(at);
    }
    Some(later(now, between(theirs, at)))
}
