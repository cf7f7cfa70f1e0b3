//! What a command is handed: screen, environment, folder, clock, and on
//! request the configuration, secrets and the wish to stop.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use qaduct_records::{Clock, Secret};

use crate::cli::{self, Globals};
use crate::clock::SystemClock;
use crate::config::{self, Effective, Environment, Flag, SecretRef};
use crate::error::CommandError;
use crate::report::{Code, Report};
use crate::stop::Stop;
use crate::ui::Ui;

/// The variable that holds the clock still, for tests and examples.
const CLOCK: &str = "QADUCT_CLOCK";

/// What a command is handed.
#[derive(Debug)]
pub struct Context {
    /// The screen.
    pub ui: Ui,
    /// The flags that every command takes.
    pub globals: Globals,
    environment: Environment,
}

impl Context {
    /// Reads nothing yet: neither files nor the clock.
    #[must_use]
    pub fn new(ui: Ui, globals: Globals, environment: Environment) -> Self {
        Self {
            ui,
            globals,
            environment,
        }
    }

    /// The configuration: flags over variables over files over defaults.
    /// `flags` are those of the command that stand for a key.
    ///
    /// # Errors
    /// With every problem that was found.
    pub fn config(&self, flags: &[Flag<'_>]) -> Result<Effective, CommandError> {
        let place = config::Place {
            folder: self.folder()?,
            file: self.globals.config.clone(),
            no_files: self.globals.no_config,
        };
        self.warn_of_unknown_variables();
        config::load(&place, &self.environment, flags, self.ui.redactor())
    }

    /// The secret that a reference of the configuration points to; `key` is
    /// where the reference stands, for messages.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn secret(
        &self,
        key: &str,
        reference: Option<&SecretRef>,
    ) -> Result<Option<Secret>, CommandError> {
        let Some(reference) = reference else {
            return Ok(None);
        };
        let secret = reference.resolve(key, &self.environment)?;
        self.ui.redactor().learn(secret.expose());
        Ok(Some(secret))
    }

    /// The folder that the program was started in.
    ///
    /// # Errors
    /// When it is gone.
    pub fn folder(&self) -> Result<PathBuf, CommandError> {
        std::env::current_dir().map_err(|error| {
            let message = format!("the current folder cannot be read: {error}");
            Report::new(Code::Unreadable, message)
                .help("change to another folder")
                .into()
        })
    }

    /// Tells the time.
    ///
    /// # Errors
    /// When the variable that holds it still is no instant.
    pub fn clock(&self) -> Result<Arc<dyn Clock>, CommandError> {
        let fixed = match self.environment.get(CLOCK) {
            None => None,
            Some(text) => Some(text.parse::<Timestamp>().map_err(|error| {
                Report::new(Code::WrongValue, format!("`{text}` is no instant: {error}"))
                    .note(format!("environment variable {CLOCK}"))
                    .help(format!(
                        "unset {CLOCK}, or write it as 2026-11-21T07:00:00Z"
                    ))
            })?),
        };
        Ok(Arc::new(SystemClock::new(fixed)))
    }

    /// From now on SIGINT and SIGTERM ask instead of ending the process.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn stop(&self) -> Result<Stop, CommandError> {
        Stop::listen()
    }

    fn warn_of_unknown_variables(&self) {
        let mut known = cli::variables();
        known.push(CLOCK.to_owned());
        for name in self.environment.flags() {
            if known.iter().any(|it| it == name) {
                continue;
            }
            let report = Report::new(Code::Variable, format!("unknown variable `{name}`"));
            self.ui.warn(
                &match config::nearest(name, known.iter().map(String::as_str)) {
                    Some(near) => report.help(format!("did you mean `{near}`?")),
                    None => report.help("`qaduct --help` lists the variables that stand for flags"),
                },
            );
        }
    }
}
