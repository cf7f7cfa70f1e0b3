//! Sessions: a form with a secret is sent once for a token, which then goes with each request.
//!
//! Owns the token and when it has to be renewed; all threads that share a client share it.
//! Whoever needs one first logs in, and the others wait for that. A token that the service
//! refuses is given up, however long it should have lasted.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use qaduct_records::Secret;
use serde_json::Value as Json;
use url::Url;

use crate::error::Kind;
use crate::instant::later;
use crate::retry::{Again, Trouble};
use crate::{Auth, Body, Call, transport};

/// A token is renewed so long before it ends, or a tenth of its time where that is less.
const BEFORE_END: Duration = Duration::from_secs(60);

/// Nothing of such an answer is shown: it may hold half a token.
const NOT_WHOLE: &str = "brought no token that is whole";

/// How to log in: a form for which the service answers `{"access_token": …, "expires_in": …}`.
#[derive(Debug, Clone)]
pub struct Login {
    /// Where the form goes; on another host than that of the calls, it does not count against
    /// their limit.
    pub url: Url,
    /// What the form says beside the secret.
    pub form: Vec<(&'static str, String)>,
    /// The secret and the field that it stands in.
    pub secret: (&'static str, Secret),
    /// The word before the token in `Authorization`: `Bearer`, `token`.
    pub word: &'static str,
}

/// A way to log in, and the session that is open.
pub(crate) struct Session {
    login: Login,
    call: Call,
    open: Mutex<Option<Open>>,
}

struct Open {
    /// The value of `Authorization`.
    header: String,
    /// When it is renewed; `None`: when it is refused.
    until: Option<Timestamp>,
}

impl Session {
    /// Where that is the credential.
    pub(crate) fn of(auth: &Auth) -> Option<Self> {
        let Auth::Session(login) = auth else {
            return None;
        };
        let form = login.form.iter();
        let mut fields: Vec<_> = form.map(|(it, text)| (*it, Secret::new(text))).collect();
        fields.push(login.secret.clone());
        Some(Self {
            login: login.clone(),
            // Read as it is: what it holds may be starred elsewhere already.
            call: Call::post(login.url.as_str(), Body::Form(fields)).raw(),
            open: Mutex::new(None),
        })
    }

    /// The call that logs in.
    pub(crate) const fn call(&self) -> &Call {
        &self.call
    }

    /// Where that goes.
    pub(crate) const fn url(&self) -> &Url {
        &self.login.url
    }

    /// The value of `Authorization`: that of the open session, or of a new one, for whose
    /// document the caller asks.
    pub(crate) fn header(
        &self,
        now: Timestamp,
        log_in: impl FnOnce() -> Result<(Vec<u8>, Timestamp), Trouble>,
        learn: impl FnOnce(&str),
    ) -> Result<String, Trouble> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(it) = &*open
            && it.until.is_none_or(|until| now < until)
        {
            return Ok(it.header.clone());
        }
        *open = None;
        let (answer, at) = log_in().map_err(|it| self.refused(it))?;
        let Ok(answer) = serde_json::from_slice::<Json>(&answer) else {
            return Err(self.trouble(Kind::Answer, NOT_WHOLE, Again::Soon));
        };
        let token = answer["access_token"].as_str().unwrap_or_default();
        learn(token);
        let header = format!("{} {token}", self.login.word);
        if token.is_empty() || !transport::can_be_sent(&header) {
            return Err(self.trouble(Kind::Answer, "brought no token", Again::No));
        }
        let lasts = answer["expires_in"].as_f64();
        let lasts = lasts.and_then(|it| Duration::try_from_secs_f64(it).ok());
        *open = Some(Open {
            header: header.clone(),
            until: lasts.map(|it| later(at, it - BEFORE_END.min(it / 10))),
        });
        Ok(header)
    }

    /// Gives up a session that is refused, unless there is a newer one.
    pub(crate) fn end(&self, header: &str) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.as_ref().is_some_and(|it| it.header == header) {
            *open = None;
        }
    }

    /// Why nobody is logged in. Services refuse a wrong secret with one status or another.
    fn refused(&self, trouble: Trouble) -> Trouble {
        let (kind, what) = match trouble.kind {
            Kind::Credential | Kind::Forbidden | Kind::Missing | Kind::Removed | Kind::Refused => {
                (Kind::Credential, format!("is refused: {}", trouble.what))
            }
            Kind::Answer => (Kind::Answer, NOT_WHOLE.to_owned()),
            other => (other, format!("failed: {}", trouble.what)),
        };
        let message = trouble.message.filter(|_| kind != Kind::Answer);
        Trouble {
            message,
            ..self.trouble(kind, &what, trouble.again)
        }
    }

    fn trouble(&self, kind: Kind, what: &str, again: Again) -> Trouble {
        Trouble::new(
            kind,
            format!("the login at {} {what}", self.login.url),
            again,
        )
    }
}
