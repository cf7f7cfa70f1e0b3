//! The screen: the only place that prints.
//!
//! Data goes to standard output, everything else to standard error. A reader
//! that goes away early is not an error. Secrets that the process has read do
//! not get past [`redact`].

use std::borrow::Cow;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use indicatif::{MultiProgress, ProgressDrawTarget};

use crate::cli::{Color, Globals, ProgressMode};
use crate::config::Environment;
use crate::error::{CommandError, Kind};
use crate::report::{Report, Snippet};

pub mod progress;
pub mod redact;

pub use progress::Progress;
pub use redact::Redactor;

const ERROR: Style = AnsiColor::BrightRed.on_default().bold();
const WARNING: Style = AnsiColor::BrightYellow.on_default().bold();
const MARGIN: Style = AnsiColor::BrightBlue.on_default().bold();
const STRONG: Style = Style::new().bold();

/// The screen. Copies are the same screen.
#[derive(Debug, Clone)]
pub struct Ui {
    color: ColorChoice,
    progress: ProgressMode,
    verbosity: i16,
    redactor: Redactor,
    /// Bars and messages take turns through this; made when first needed.
    bars: Arc<OnceLock<MultiProgress>>,
}

impl Ui {
    /// The screen as the flags want it.
    #[must_use]
    pub fn new(globals: &Globals, environment: &Environment) -> Self {
        let dumb = environment.get("TERM") == Some("dumb");
        let terminal = io::stderr().is_terminal() && !dumb;
        let progress = match globals.progress {
            _ if globals.quiet > 0 => ProgressMode::None,
            ProgressMode::Auto | ProgressMode::Bar if terminal => ProgressMode::Bar,
            ProgressMode::Auto | ProgressMode::Bar => ProgressMode::Plain,
            chosen => chosen,
        };
        Self {
            color: globals.color.choice(),
            progress,
            verbosity: i16::from(globals.verbose) - i16::from(globals.quiet),
            redactor: Redactor::default(),
            bars: Arc::default(),
        }
    }

    /// Writes data to standard output, byte for byte.
    ///
    /// # Errors
    /// When it cannot be written. That nobody reads on is no error.
    pub fn data(
        &self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), CommandError> {
        let mut out = self.redactor.data(BufWriter::new(io::stdout().lock()));
        finish(write(&mut out).and_then(|()| out.finish()))
    }

    /// Writes text for people to standard output: styles are kept on a
    /// terminal that wants them, and removed elsewhere. What comes from
    /// outside must have gone through [`visible`].
    ///
    /// # Errors
    /// When it cannot be written. That nobody reads on is no error.
    pub fn text(&self, text: &str) -> Result<(), CommandError> {
        let out = BufWriter::new(AutoStream::new(io::stdout(), self.color).lock());
        let mut out = self.redactor.data(out);
        finish(out.write_all(text.as_bytes()).and_then(|()| out.finish()))
    }

    /// Columns of the terminal behind standard output; `None` where there is none.
    #[must_use]
    pub fn width(&self) -> Option<usize> {
        let (width, _) = terminal_size::terminal_size_of(io::stdout())?;
        Some(width.0.into())
    }

    /// How much is to be said: below 0 only what is wrong, above 0 more than usual.
    #[must_use]
    pub fn verbosity(&self) -> i16 {
        self.verbosity
    }

    /// Says what was done. Not with `-q`.
    pub fn say(&self, text: &str) {
        if self.verbosity >= 0 {
            self.message(&self.clean(text));
        }
    }

    /// Says something that only helps who looks closely: `level` is the number of `-v`.
    pub fn detail(&self, level: i16, text: &str) {
        if self.verbosity >= level {
            self.message(&self.clean(text));
        }
    }

    /// Warns. Also with `-q`, but not with `-qq`.
    pub fn warn(&self, report: &Report) {
        if self.verbosity >= -1 {
            self.message(&self.render("warning", WARNING, report));
        }
    }

    /// Says what ended the command: once, at its edge.
    pub fn error(&self, error: &CommandError) {
        if matches!(error.kind(), Kind::Interrupted | Kind::Terminated) {
            self.drop_bars();
        }
        match error.kind() {
            Kind::Interrupted => self.say("stopped by SIGINT"),
            Kind::Terminated => self.say("stopped by SIGTERM"),
            _ => {}
        }
        let reports = error
            .reports()
            .iter()
            .map(|report| self.render("error", ERROR, report));
        let text = reports.collect::<Vec<_>>().join("\n\n");
        if !text.is_empty() {
            self.message(&text);
        }
        if let Some(source) = std::error::Error::source(error) {
            for line in format!("{source:#?}").lines() {
                self.detail(2, line);
            }
        }
    }

    /// Shows that something takes time, until it is dropped. The subject is
    /// what is worked on: a repository.
    #[must_use]
    pub fn progress(&self, subject: &str) -> Progress {
        Progress::new(self, self.progress, subject)
    }

    /// What must not be printed. Whoever reads a secret teaches it.
    #[must_use]
    pub fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// What bars are drawn with.
    pub(crate) fn bars(&self) -> &MultiProgress {
        self.bars.get_or_init(MultiProgress::new)
    }

    /// Takes the bars away for good: what they are about may go on until the process ends, and
    /// would draw them again.
    fn drop_bars(&self) {
        if let Some(bars) = self.bars.get() {
            bars.clear().ok();
            bars.set_draw_target(ProgressDrawTarget::hidden());
        }
    }

    /// Text from anywhere on one line, fit for a terminal.
    pub(crate) fn clean(&self, text: &str) -> String {
        visible(&self.redactor.message(text)).into_owned()
    }

    /// Prints a block on standard error. That it cannot be written is nothing
    /// that could be said anywhere.
    fn message(&self, text: &str) {
        let print = || {
            let mut out = AutoStream::new(io::stderr(), self.color).lock();
            writeln!(out, "{text}").ok();
        };
        match self.bars.get() {
            Some(bars) => bars.suspend(print),
            None => print(),
        }
    }

    fn render(&self, level: &str, style: Style, report: &Report) -> String {
        let mut lines = vec![format!(
            "{style}{level}[{}]{style:#}{STRONG}: {}{STRONG:#}",
            report.code,
            self.clean(&report.message)
        )];
        let sign = match &report.snippet {
            Some(snippet) => {
                lines.extend(self.quote(snippet));
                let indent = " ".repeat(snippet.line.to_string().len());
                format!("{indent} {MARGIN}={MARGIN:#} ")
            }
            None => "  ".to_owned(),
        };
        lines.extend(
            report
                .notes
                .iter()
                .map(|note| format!("{sign}{}", self.clean(note))),
        );
        let help = |help| format!("{sign}{STRONG}help{STRONG:#}: {}", self.clean(help));
        lines.extend(report.help.iter().map(|text| help(text)));
        lines.join("\n")
    }

    /// The place in a file.
    fn quote(&self, snippet: &Snippet) -> [String; 4] {
        let Snippet {
            path,
            line,
            column,
            text,
            width,
            label,
        } = snippet;
        let number = line.to_string();
        let indent = " ".repeat(number.len());
        // Each part on its own: stars take another width than what they replace,
        // and tabs take one column, as in the count of columns.
        let text = text.replace('\t', " ");
        let part = |from: usize, count: usize| {
            self.clean(&text.chars().skip(from).take(count).collect::<String>())
        };
        let (before, marked) = (part(0, column - 1), part(column - 1, *width));
        let after = part(column - 1 + width, usize::MAX);
        let gap = " ".repeat(before.chars().count());
        let caret = "^".repeat(marked.chars().count().max(1));
        let label = if label.is_empty() {
            String::new()
        } else {
            format!(" {}", self.clean(label))
        };
        [
            format!(
                "{indent}{MARGIN}-->{MARGIN:#} {}:{line}:{column}",
                self.clean(path)
            ),
            format!("{indent} {MARGIN}|{MARGIN:#}"),
            format!("{MARGIN}{number} |{MARGIN:#} {before}{marked}{after}"),
            format!("{indent} {MARGIN}|{MARGIN:#} {gap}{ERROR}{caret}{label}{ERROR:#}"),
        ]
    }
}

/// The same text with control characters made visible: text of a repository
/// must not move the cursor of whoever reads it, nor begin a line of its own.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(char::is_control) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for sign in text.chars() {
        if sign.is_control() {
            shown.extend(sign.escape_default());
        } else {
            shown.push(sign);
        }
    }
    Cow::Owned(shown)
}

/// Prints what clap has to say: help, the version, or what is wrong with the arguments.
#[must_use]
pub fn clap(answer: &clap::Error, color: Color) -> ExitCode {
    let text = answer.render().ansi().to_string();
    let printed = if answer.use_stderr() {
        AutoStream::new(io::stderr(), color.choice())
            .lock()
            .write_all(text.as_bytes())
    } else {
        AutoStream::new(io::stdout(), color.choice())
            .lock()
            .write_all(text.as_bytes())
    };
    // Nobody may be reading; the status is the same.
    printed.ok();
    u8::try_from(answer.exit_code())
        .unwrap_or(Kind::Usage.status())
        .into()
}

fn finish(result: io::Result<()>) -> Result<(), CommandError> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|error| CommandError::output("standard output", &error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Code;

    fn plain(report: &Report, secret: &str) -> String {
        let ui = Ui::new(&Globals::default(), &Environment::default());
        ui.redactor().learn(secret);
        let mut bytes = Vec::new();
        let text = ui.render("error", ERROR, report);
        AutoStream::never(&mut bytes)
            .write_all(text.as_bytes())
            .unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_report_underlines_the_place_and_says_what_to_do() {
        let report = Report::new(Code::UnknownKey, "unknown key `projct`")
            .at(Snippet {
                path: "qaduct.toml".into(),
                line: 12,
                column: 3,
                text: "\t projct = \"hunter2\"".into(),
                width: 6,
                label: "did you mean `project`?".into(),
            })
            .help("`qaduct config default` lists all keys");
        insta::assert_snapshot!(plain(&report, "hunter2"), @r#"
        error[QC004]: unknown key `projct`
          --> qaduct.toml:12:3
           |
        12 |   projct = "***"
           |   ^^^^^^ did you mean `project`?
           = help: `qaduct config default` lists all keys
        "#);
    }

    #[test]
    fn a_report_without_a_place_is_indented() {
        let report = Report::new(Code::ScanAccess, "`example.org` refused the token hunter2")
            .note("the token came from GITHUB_TOKEN")
            .help("make a new one");
        insta::assert_snapshot!(plain(&report, "hunter2"), @r"
        error[QS401]: `example.org` refused the token ***
          the token came from GITHUB_TOKEN
          help: make a new one
        ");
    }

    #[test]
    fn control_characters_are_shown_and_not_obeyed() {
        assert_eq!(visible("a\u{1b}[2Jb\tc\nd"), "a\\u{1b}[2Jb\\tc\\nd");
        assert_eq!(visible("größe 😀"), "größe 😀");
    }
}
