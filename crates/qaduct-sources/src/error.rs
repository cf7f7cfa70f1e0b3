//! What can go wrong, and where: source, stream, part, page.

use std::fmt;

use qaduct_http::HttpError;
use qaduct_http::error::Kind;
use qaduct_records::source::{Failure, SourceError};

/// Where something happens.
#[derive(Debug, Clone, Copy)]
pub struct Place<'p> {
    /// Name of the source.
    pub source: &'p str,
    /// Name of the stream; empty for the source itself.
    pub stream: &'p str,
    /// Name of the part; empty where there is one.
    pub part: &'p str,
    /// Number of the page.
    pub page: Option<u64>,
}

impl<'p> Place<'p> {
    /// The source itself.
    #[must_use]
    pub const fn source(source: &'p str) -> Self {
        Self {
            source,
            stream: "",
            part: "",
            page: None,
        }
    }

    /// A stream of a source.
    #[must_use]
    pub const fn stream(source: &'p str, stream: &'p str) -> Self {
        Self {
            stream,
            ..Self::source(source)
        }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.source)?;
        if !self.stream.is_empty() {
            write!(out, ".{}", self.stream)?;
        }
        if !self.part.is_empty() {
            write!(out, " ({})", self.part)?;
        }
        match self.page {
            Some(page) => write!(out, " page {page}"),
            None => Ok(()),
        }
    }
}

/// The configuration of a source is wrong.
#[must_use]
pub fn config(source: &str, trouble: impl Into<String>) -> SourceError {
    SourceError::new(Failure::Config, source, trouble).hint(format!(
        "`qaduct config show --origin` tells what is set, `qaduct sources discover {source}` what there is"
    ))
}

/// A stored position is none of ours.
#[must_use]
pub fn position(source: &str, stream: &str) -> SourceError {
    SourceError::new(
        Failure::Position,
        Place::stream(source, stream).to_string(),
        "the stored position is of another version",
    )
}

/// A page brought no answer. Where it is the first after a stored position, a refusal
/// means that the service does not know that position any more.
#[must_use]
pub fn of_page(place: &Place<'_>, error: HttpError, resumed: bool) -> SourceError {
    let refused = error.kind == Kind::Refused;
    let mut made = of_call(place, error);
    if refused && resumed {
        made.kind = Failure::Position;
    }
    made
}

/// A call brought no answer.
#[must_use]
pub fn of_call(place: &Place<'_>, error: HttpError) -> SourceError {
    let name = place.source;
    let (kind, hint) = match error.kind {
        Kind::Credential => (Failure::Credential, Some(credential(name))),
        Kind::Forbidden => (
            Failure::Forbidden,
            Some(format!(
                "give the user of [source.{name}] the right to read it, or leave it out of `projects` and `streams`"
            )),
        ),
        // No part that somebody has named: every server of the kind has it.
        Kind::Missing | Kind::Removed if place.part.is_empty() => (
            Failure::Missing,
            Some(format!(
                "check `url` of [source.{name}]; `qaduct config show --origin` tells where it is set"
            )),
        ),
        Kind::Missing | Kind::Removed => (
            Failure::Missing,
            Some(format!(
                "`qaduct sources discover {name}` lists what there is"
            )),
        ),
        Kind::Quota => (
            Failure::Quota,
            Some("run the command again later; it goes on where it stopped".to_owned()),
        ),
        Kind::Unavailable => (
            Failure::Unavailable,
            Some("run the command again; it goes on where it stopped".to_owned()),
        ),
        Kind::Stopped => (Failure::Unavailable, None),
        Kind::Refused | Kind::Answer => (Failure::Answer, None),
    };
    let trouble = match &error.message {
        Some(message) => format!("{}: {message}", error.trouble),
        None => error.trouble.clone(),
    };
    SourceError {
        kind,
        place: place.to_string(),
        trouble,
        hint,
        exchange: Some(error.exchange),
    }
}

fn credential(name: &str) -> String {
    format!(
        "`qaduct sources test {name}` tells who you are; `token` of [source.{name}] refers to the credential"
    )
}
