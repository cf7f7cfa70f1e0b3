//! What is said about a problem: one form for errors and warnings.
//!
//! A report has a code, what happened, where, and what to do next. The codes
//! are documented and stay what they are; the words may change.

use std::fmt;

use crate::error::Kind;

/// A problem, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its code.
    pub code: Code,
    /// What happened: lower case, no full stop.
    pub message: String,
    /// The place in a file.
    pub snippet: Option<Box<Snippet>>,
    /// Further facts, a line each: where, and why.
    pub notes: Vec<String>,
    /// What to do next: a command or a line to paste.
    pub help: Vec<String>,
}

/// A line of a file with the part in question underlined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// The file, as the reader knows it.
    pub path: String,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// The line.
    pub text: String,
    /// How many characters are underlined; at least one.
    pub width: usize,
    /// What is said beside the underline; may be empty.
    pub label: String,
}

impl Report {
    /// A report with nothing but a code and a message.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            snippet: None,
            notes: Vec::new(),
            help: Vec::new(),
        }
    }

    /// Reports for programs.
    pub(crate) fn json(reports: &[Self]) -> Vec<serde_json::Value> {
        let json = |it: &Self| serde_json::json!({ "code": it.code.as_str(), "message": it.message, "help": it.help });
        reports.iter().map(json).collect()
    }

    /// Line and column, where it has them.
    #[must_use]
    pub fn place(&self) -> Option<(usize, usize)> {
        self.snippet
            .as_ref()
            .map(|snippet| (snippet.line, snippet.column))
    }

    /// The same with a place in a file.
    #[must_use]
    pub fn at(mut self, snippet: Snippet) -> Self {
        self.snippet = Some(Box::new(snippet));
        self
    }

    /// The same with one more fact.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// The same with one more thing to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}

impl Snippet {
    /// Stars in place of what is underlined.
    pub(crate) fn conceal(&mut self) {
        let before: String = self.text.chars().take(self.column - 1).collect();
        let after: String = self
            .text
            .chars()
            .skip(self.column - 1 + self.width)
            .collect();
        self.text = format!("{before}***{after}");
        self.width = 3;
    }

    /// Stars in place of what stands behind the underline.
    pub(crate) fn conceal_rest(&mut self) {
        let until: String = self
            .text
            .chars()
            .take(self.column - 1 + self.width)
            .collect();
        self.text = format!("{until} = ***");
    }
}

/// Declares the codes: name, code, what a command ends with that ends with it
/// (nothing does with a warning), meaning.
macro_rules! codes {
    (@kind Warning) => { None };
    (@kind $kind:ident) => { Some(Kind::$kind) };
    ($($variant:ident $name:literal $kind:ident $about:literal;)*) => {
        /// The code of a problem. Codes are never given a second meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code {
            $(#[doc = $about] $variant,)*
        }

        impl Code {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// As it is printed: `QC004`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// What it means, in one sentence.
            #[must_use]
            pub fn about(self) -> &'static str {
                match self { $(Self::$variant => $about),* }
            }

            /// What a command ends with that ends with it; `None` for a
            /// warning, after which it goes on.
            #[must_use]
            pub fn ends_with(self) -> Option<Kind> {
                match self { $(Self::$variant => codes!(@kind $kind)),* }
            }

            /// The exit status of a command that ends with it.
            #[must_use]
            pub fn kind(self) -> Kind {
                self.ends_with().unwrap_or(Kind::Usage)
            }
        }
    };
}

codes! {
    Usage "QU001" Usage "The arguments make no sense together.";
    Output "QU002" Usage "A file or standard output cannot be written.";
    Variable "QU003" Warning "An environment variable begins with `QADUCT_` and means nothing.";
    Address "QU004" Usage "An address cannot be listened on.";
    Internal "QU999" Usage "A defect of qaduct.";

    Syntax "QC001" Usage "A configuration file is not TOML.";
    Unreadable "QC002" Usage "A configuration file cannot be read.";
    WrongType "QC003" Usage "A value has the wrong type.";
    UnknownKey "QC004" Usage "A key does not exist.";
    WrongValue "QC005" Usage "A value has the right type and makes no sense.";
    MissingKey "QC006" Usage "A key that has to be there is missing.";
    Unset "QC007" Usage "`${NAME}` names a variable that is not set.";
    Interpolation "QC008" Usage "`${` begins something that is none of the four forms.";
    SecretUnavailable "QC009" Access "A secret cannot be read from where its reference says.";
    LiteralSecret "QC010" Usage "A secret stands in a setting as plain text.";
    UnknownVariable "QC011" Usage "An environment variable names a setting that does not exist.";
    FoundCommand "QC012" Usage "A file that was found and not named refers to a secret by a command.";

    ScanUsage "QS400" Usage "What is to be scanned does not exist or makes no sense.";
    ScanAccess "QS401" Access "Credentials for a repository are missing or were refused.";
    ScanPartial "QS206" Partial "Some of it could not be scanned; the rest was stored.";
    NotRead "QS207" Warning "A file could not be read or parsed in full.";
    NoTests "QS208" Warning "No test file was recognised.";
    Shallow "QS209" Warning "The history ends where a shallow clone was cut off.";
    ScanUnavailable "QS503" Unavailable "A remote repository did not answer.";
    Overtaken "QS409" Unavailable "Another process scanned the same branch at the same time.";

    CheckPartial "QK206" Partial "A rule that was asked for by name could not be judged, or files could not be read.";
    CheckUnjudged "QK207" Warning "A rule could not be judged.";
    BaselineUnfit "QK400" Usage "A baseline cannot be read, or would grow.";
    NotExplained "QK404" Usage "Nothing of that name can be explained.";

    PullPartial "QP206" Partial "A stream could not be read in full; the rest was stored.";
    PullConfig "QP400" Usage "A source is asked for something that it does not have.";
    PullAccess "QP401" Access "The credential of a source is missing or was refused.";
    PullForbidden "QP403" Access "The credential may not read a part of a source.";
    PullMissing "QP404" Usage "A part of a source is not there.";
    PulledElsewhere "QP409" Unavailable "Another process pulls the same part of a stream.";
    PullQuota "QP429" Unavailable "The limit of a service is used up for longer than we wait.";
    PullAnswer "QP502" Unavailable "A service answered something that it does not promise.";
    Aging "QP207" Warning "A stream was last read whole longer ago than `warn_after`.";
    NotKept "QP208" Warning "Counts of a day were not kept: a stream that they need was not read whole on it.";
    Stale "QP410" Partial "A stream was last read whole longer ago than `error_after`, or never.";
    PullUnavailable "QP503" Unavailable "A service did not answer, also after retries.";

    PublishPartial "QO206" Partial "A publication was made without a part of it, and says so.";
    PublishSettings "QO400" Usage "A publication asks for something that does not exist.";
    PublishAccess "QO401" Access "The credential of a service that is written to is missing or was refused.";
    PublishForbidden "QO403" Access "The credential may not write there.";
    PublishLeft "QO409" Partial "What is there was left as it is: it cannot be told from what others wrote, is gone, or changes all the time.";
    PublishRefused "QO422" Usage "A service that is written to does not take what was to be published.";
    PublishUnavailable "QO503" Unavailable "A service that is written to did not do it.";

    JobFailed "QJ206" Partial "A run of a job failed, or was done in part, and is not tried again.";
    JobMissed "QJ207" Warning "A job was due while nobody ran jobs, or a run of it was not begun.";
    NotExported "QJ208" Warning "Another scheduler does not do all that a job says, or the file for it lacks what this environment has.";
    RunsElsewhere "QJ409" Unavailable "Another process is at the job.";
    LostRun "QJ410" Unavailable "Another process has taken over a run of a job.";
    Overdue "QJ411" Partial "A job was due and has not run.";

    StoreAddress "QD001" Usage "The address of the store is not one.";
    StoreOpen "QD002" Database "The database cannot be opened or reached.";
    StoreNewer "QD003" Database "A newer version of qaduct has written the database.";
    StoreBusy "QD004" Database "Another process holds the database for too long.";
    StoreFailed "QD005" Database "The database refused what was asked of it.";
    StoreAbsent "QD006" Database "There is no database where one is to be read.";
}

impl fmt::Display for Code {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_code_is_given_twice() {
        let names: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.len(), Code::ALL.len());
    }
}
