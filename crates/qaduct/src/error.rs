//! What ends a command early, and the exit status that it becomes.
//!
//! Libraries have their own error types; here they turn into reports and a
//! [`Kind`], which `ui` prints once and `run` returns.

use std::error::Error;
use std::fmt;
use std::io;
use std::process::ExitCode;

use qaduct_http::error::Kind as HttpKind;
use qaduct_publish::PublishError;
use qaduct_pump::PumpError;
use qaduct_records::StoreError;
use qaduct_records::source::{Failure, SourceError};
use qaduct_scan::{Class, ScanError};

use crate::report::{Code, Report};
use crate::scanning::ScanningError;

/// Exit statuses: documented, and as stable as a function's signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The command did its work and found what it was asked to look for.
    Findings,
    /// Usage, configuration or internal error; nothing was written.
    Usage,
    /// Some of it failed, the rest was stored.
    Partial,
    /// Credentials are missing or were refused.
    Access,
    /// A remote did not answer, also after retries.
    Unavailable,
    /// The database cannot be used.
    Database,
    /// Ended by SIGINT.
    Interrupted,
    /// Ended by SIGTERM.
    Terminated,
}

impl Kind {
    /// All of them, by status.
    pub const ALL: &'static [Self] = &[
        Self::Findings,
        Self::Usage,
        Self::Partial,
        Self::Access,
        Self::Unavailable,
        Self::Database,
        Self::Interrupted,
        Self::Terminated,
    ];

    /// The exit status.
    #[must_use]
    pub fn status(self) -> u8 {
        match self {
            Self::Findings => 1,
            Self::Usage => 2,
            Self::Partial => 3,
            Self::Access => 4,
            Self::Unavailable => 5,
            Self::Database => 6,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }

    /// What it means, and what a schedule should make of it.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::Findings => "The command did its work and found what it was asked to look for.",
            Self::Usage => "Usage, configuration or internal error; nothing was written.",
            Self::Partial => {
                "Some sources or branches failed, or git could not give some files; the rest \
                 was stored, and the last lines on standard error say which. A file that is there \
                 and cannot be parsed in full is counted and named in a warning, no failure."
            }
            Self::Access => "Credentials are missing or were refused. Trying again does not help.",
            Self::Unavailable => {
                "A remote did not answer, or not in time, also after retries; or another process \
                 reads or scans the same at the same time. Try again later."
            }
            Self::Database => {
                "The database cannot be used: missing, unreachable, locked, full, \
                 or written by a newer version."
            }
            Self::Interrupted => {
                "Stopped by SIGINT (Ctrl-C): an open transaction was rolled back or committed."
            }
            Self::Terminated => "Stopped by SIGTERM, in the same way.",
        }
    }
}

impl From<Kind> for ExitCode {
    fn from(kind: Kind) -> Self {
        kind.status().into()
    }
}

/// What ends a command.
#[derive(Debug)]
pub struct CommandError {
    kind: Kind,
    reports: Vec<Report>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl CommandError {
    /// An error of a library: its message, its causes a line each, what helps.
    pub fn new(
        code: Code,
        error: impl Error + Send + Sync + 'static,
        hint: Option<String>,
    ) -> Self {
        let mut report = Report::new(code, error.to_string());
        let mut said = report.message.clone();
        let mut cause = error.source();
        while let Some(error) = cause {
            // Many libraries repeat their cause in their own message.
            let text = error.to_string();
            if !said.contains(&text) {
                report = report.note(format!("because: {text}"));
                said = text;
            }
            cause = error.source();
        }
        report.help.extend(hint);
        Self {
            kind: code.kind(),
            reports: vec![report],
            source: Some(Box::new(error)),
        }
    }

    /// Several problems at once; there is at least one.
    #[must_use]
    pub fn all(reports: Vec<Report>) -> Self {
        let kind = reports
            .first()
            .map_or(Kind::Usage, |first| first.code.kind());
        Self {
            kind,
            reports,
            source: None,
        }
    }

    /// Ends with a status; all there is to say was said.
    #[must_use]
    pub fn silent(kind: Kind) -> Self {
        Self {
            kind,
            reports: Vec::new(),
            source: None,
        }
    }

    /// Arguments that make no sense.
    pub fn usage(message: impl Into<String>) -> Self {
        Report::new(Code::Usage, message).into()
    }

    /// Something that cannot be written: standard output, or a file.
    #[must_use]
    pub fn output(place: &str, error: &io::Error) -> Self {
        Report::new(Code::Output, format!("cannot write {place}: {error}"))
            .help("see that it can be written, or write to another place")
            .into()
    }

    /// What it becomes for whoever started the program.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What there is to say.
    #[must_use]
    pub fn reports(&self) -> &[Report] {
        &self.reports
    }

    /// The same with one more thing to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        if let Some(report) = self.reports.last_mut() {
            report.help.push(help.into());
        }
        self
    }
}

impl CommandError {
    /// The first problem alone.
    #[must_use]
    pub fn into_report(mut self) -> Report {
        self.reports.swap_remove(0)
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reports.first() {
            Some(report) => out.write_str(&report.message),
            None => out.write_str(self.kind.about()),
        }
    }
}

impl Error for CommandError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|error| error as _)
    }
}

impl From<Report> for CommandError {
    fn from(report: Report) -> Self {
        Self::all(vec![report])
    }
}

impl From<ScanError> for CommandError {
    fn from(error: ScanError) -> Self {
        let code = match error.class() {
            Class::Usage => Code::ScanUsage,
            Class::Partial => Code::ScanPartial,
            Class::Access => Code::ScanAccess,
            Class::Unavailable => Code::ScanUnavailable,
        };
        let hint = error.hint();
        Self::new(code, error, hint)
    }
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        let code = match error {
            StoreError::Url { .. } => Code::StoreAddress,
            StoreError::Open { .. } => Code::StoreOpen,
            StoreError::Absent { .. } | StoreError::Foreign { .. } => Code::StoreAbsent,
            StoreError::Newer { .. } => Code::StoreNewer,
            StoreError::Busy { .. } => Code::StoreBusy,
            _ => Code::StoreFailed,
        };
        let hint = error.hint();
        Self::new(code, error, hint)
    }
}

impl From<PumpError> for CommandError {
    fn from(error: PumpError) -> Self {
        match error {
            PumpError::Store(error) => error.into(),
            error @ PumpError::Overtaken { .. } => Self::new(
                Code::Overtaken,
                error,
                Some("run the command again".to_owned()),
            ),
            error @ PumpError::PulledElsewhere { .. } => Self::new(
                Code::PulledElsewhere,
                error,
                Some("run the command again when the other one has ended".to_owned()),
            ),
            error @ PumpError::RunsElsewhere { .. } => Self::new(
                Code::RunsElsewhere,
                error,
                Some("`qaduct status` tells when it has ended".to_owned()),
            ),
            error @ PumpError::LostRun { .. } => Self::new(Code::LostRun, error, None),
            error => Self::new(Code::StoreFailed, error, None),
        }
    }
}

impl From<PublishError> for CommandError {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::Store(error) => error.into(),
            PublishError::Picture(error) => error.into(),
            error @ (PublishError::Settings { .. }
            | PublishError::Panel { .. }
            | PublishError::Chart { .. }) => {
                let known = error.known();
                let hint = "`qaduct config check` tells whether the rest fits".to_owned();
                let mut made = Self::new(Code::PublishSettings, error, Some(hint));
                if let Some(report) = made.reports.last_mut() {
                    report.notes.extend(known);
                }
                made
            }
            error @ PublishError::File { .. } => Self::new(
                Code::Output,
                error,
                Some("see that it can be written, or set `to` to another place".to_owned()),
            ),
            PublishError::Page { place, source } => {
                let code = match source.kind() {
                    Some(HttpKind::Credential) => Code::PublishAccess,
                    Some(HttpKind::Forbidden) => Code::PublishForbidden,
                    Some(HttpKind::Refused) => Code::PublishRefused,
                    Some(_) => Code::PublishUnavailable,
                    None => Code::PublishLeft,
                };
                let hint = source.hint().map(str::to_owned);
                Self::new(code, PublishError::Page { place, source }, hint)
            }
            PublishError::Service { kind, ref hint, .. } => {
                let code = match kind {
                    HttpKind::Credential => Code::PublishAccess,
                    HttpKind::Forbidden => Code::PublishForbidden,
                    HttpKind::Refused | HttpKind::Missing | HttpKind::Removed => {
                        Code::PublishRefused
                    }
                    _ => Code::PublishUnavailable,
                };
                let hint = hint.clone();
                Self::new(code, error, hint)
            }
        }
    }
}

impl From<&SourceError> for Report {
    fn from(error: &SourceError) -> Self {
        let code = match error.kind {
            Failure::Config => Code::PullConfig,
            Failure::Credential => Code::PullAccess,
            Failure::Forbidden => Code::PullForbidden,
            Failure::Missing => Code::PullMissing,
            Failure::Unavailable => Code::PullUnavailable,
            Failure::Quota => Code::PullQuota,
            Failure::Answer | Failure::Position => Code::PullAnswer,
        };
        let mut report = Self::new(code, error.to_string());
        report.help.extend(error.hint.clone());
        report
    }
}

impl From<SourceError> for CommandError {
    fn from(error: SourceError) -> Self {
        Report::from(&error).into()
    }
}

impl From<ScanningError> for CommandError {
    fn from(error: ScanningError) -> Self {
        match error {
            ScanningError::Scan(error) => error.into(),
            ScanningError::Keep(error) => error.into(),
            both @ ScanningError::Both { .. } => Self::new(Code::StoreFailed, both, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_without_a_hint_and_one_with_a_hint_become_reports() {
        let busy = StoreError::Busy {
            location: "qaduct.db".into(),
            cause: "locked".into(),
        };
        let error = CommandError::from(busy);
        assert_eq!(error.kind().status(), 6);
        assert_eq!(error.reports()[0].code, Code::StoreBusy);
        assert_eq!(error.reports()[0].help.len(), 1);

        let address = StoreError::Url {
            url: "ftp://x".into(),
            why: "no store".into(),
        };
        assert_eq!(CommandError::from(address).kind().status(), 2);
    }

    #[test]
    fn a_missing_repository_is_a_usage_error() {
        let error = CommandError::from(ScanError::NoRepository {
            location: "nowhere".into(),
        });
        assert_eq!(error.kind(), Kind::Usage);
        assert_eq!(error.to_string(), "no git repository at `nowhere`");
    }

    #[test]
    fn causes_are_told_once() {
        #[derive(Debug, thiserror::Error)]
        #[error("cannot read the list: disk on fire")]
        struct Outer(#[source] io::Error);

        let error = CommandError::new(Code::Output, Outer(io::Error::other("disk on fire")), None);
        assert!(error.reports()[0].notes.is_empty());
    }
}
