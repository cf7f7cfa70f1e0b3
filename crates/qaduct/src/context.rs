//! What a command is handed: screen, environment, folder, clock, and on
//! request the configuration, secrets and the wish to stop.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use qaduct_records::{Clock, Secret};

use crate::cli::{self, Globals};
use crate::clock::SystemClock;
use crate::config::{self, Config, Effective, Environment, Flag, SecretRef};
use crate::error::CommandError;
use crate::jobs;
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

    /// A variable of other programs that holds no secret.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<String> {
        let value = self.environment.get(name).map(str::to_owned);
        value.filter(|it| !it.is_empty())
    }

    /// What the names of variables of other programs have behind this beginning.
    pub fn variables(&self, beginning: &'static str) -> impl Iterator<Item = &str> {
        self.environment.beginning(beginning)
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

    /// The folder for mirrors of remote repositories.
    ///
    /// # Errors
    /// When neither the configuration nor the system names one.
    pub fn cache_dir(&self, config: &Config) -> Result<PathBuf, CommandError> {
        let folder = config
            .scan
            .cache_dir
            .clone()
            .or_else(|| self.environment.cache_dir());
        folder.ok_or_else(|| {
            Report::new(
                Code::MissingKey,
                "there is no folder for mirrors of repositories",
            )
            .help("set `scan.cache_dir`, or the variable HOME")
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
        match self.environment.get(jobs::ATTENDED) {
            Some(_) => Stop::listen_attended(),
            None => Stop::listen(),
        }
    }

    fn warn_of_unknown_variables(&self) {
        let mut known = cli::variables();
        known.extend([CLOCK, jobs::ATTENDED, jobs::LEASE, jobs::SLOT].map(str::to_owned));
        for name in self.environment.flags() {
            if known.iter().any(|it| it == name) {
                continue;
            }
            let report = Report::new(Code::Variable, format!("unknown variable `{name}`"));
            self.ui.warn(
                &match qaduct_records::nearest(name, known.iter().map(String::as_str)) {
                    Some(near) => report.help(format!("did you mean `{near}`?")),
                    None => report.help("`qaduct --help` lists the variables that stand for flags"),
                },
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context<const N: usize>(variables: [(&str, &str); N]) -> Context {
        let environment = Environment::of(variables);
        let globals = Globals::default();
        Context::new(Ui::new(&globals, &environment), globals, environment)
    }

    #[test]
    fn a_secret_that_was_read_is_not_printed_from_then_on() {
        let context = context([("TOKEN", "hunter2")]);
        assert_eq!(context.ui.clean("hunter2"), "hunter2");
        let reference = SecretRef::Env("TOKEN".to_owned());
        let secret = context
            .secret("serve.token", Some(&reference))
            .unwrap()
            .unwrap();
        assert_eq!(secret.expose(), "hunter2");
        assert_eq!(context.ui.clean("a hunter2 b"), "a *** b");
    }

    #[test]
    fn a_token_is_read_only_for_the_host_that_is_asked_for() {
        let toml = "[hosts.\"github.com\"]\ntoken = { env = \"TOKEN\" }\n\
                    [hosts.\"example.org\"]\ntoken = { env = \"NOT_SET\" }";
        let git: config::git::Git = toml::from_str(toml).unwrap();
        let context = context([("TOKEN", "hunter2")]);
        let credential = git.credential("github.com", &context).unwrap().unwrap();
        assert_eq!(
            (credential.user.as_str(), credential.origin.as_str()),
            ("x-access-token", "TOKEN")
        );
        assert!(git.credential("gitlab.com", &context).unwrap().is_none());
        let error = git.credential("example.org", &context).unwrap_err();
        assert_eq!(error.kind().status(), 4);
    }

    #[test]
    fn the_clock_can_be_held_still() {
        let clock = context([(CLOCK, "2026-11-21T07:00:00Z")]).clock().unwrap();
        assert_eq!(clock.now().to_string(), "2026-11-21T07:00:00Z");
        assert_eq!(
            context([(CLOCK, "noon")])
                .clock()
                .err()
                .unwrap()
                .kind()
                .status(),
            2
        );
    }
}
