//! References to secrets: where a secret is, never what it is.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use qaduct_records::Secret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Environment;
use crate::error::CommandError;
use crate::report::{Code, Report};

/// Where a secret is. It is read when it is needed, and not before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
#[schemars(extend("format" = "secret"))]
pub enum SecretRef {
    /// In an environment variable.
    Env(String),
    /// In a file; a line break at its end is no part of it.
    File(PathBuf),
    /// In what a program prints: the program and its arguments, without a shell.
    Command(Vec<String>),
}

impl SecretRef {
    /// The three forms, as they are written.
    pub(crate) const FORMS: &'static [&'static str] = &["env", "file", "command"];

    /// Reads the secret; `key` is where the reference stands.
    pub(crate) fn resolve(
        &self,
        key: &str,
        environment: &Environment,
    ) -> Result<Secret, CommandError> {
        let text = match self {
            Self::Env(name) => environment
                .get(name)
                .map(str::to_owned)
                .ok_or_else(|| (format!("variable {name} is not set"), format!("set {name}"))),
            Self::File(file) => read(file),
            Self::Command(words) => print(words),
        };
        let text = text.and_then(|text| {
            let text = text.strip_suffix('\n').unwrap_or(&text);
            let text = text.strip_suffix('\r').unwrap_or(text);
            if text.is_empty() {
                return Err((
                    format!("{self} is empty"),
                    format!("put the secret into {self}"),
                ));
            }
            Ok(Secret::new(text))
        });
        text.map_err(|(why, help)| {
            Report::new(
                Code::SecretUnavailable,
                format!("cannot read the secret `{key}`: {why}"),
            )
            .help(format!("{help}, or let `{key}` refer to another place"))
            .into()
        })
    }
}

impl fmt::Display for SecretRef {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => out.write_str(name),
            Self::File(file) => write!(out, "{}", file.display()),
            Self::Command(words) => write!(out, "`{}`", words.join(" ")),
        }
    }
}

/// What is wrong, and what to do.
type Trouble = (String, String);

fn read(file: &Path) -> Result<String, Trouble> {
    fs::read_to_string(file).map_err(|error| {
        (
            format!("{}: {error}", file.display()),
            format!("make {} readable", file.display()),
        )
    })
}

/// The program may ask its user on standard error and read from standard input.
fn print(words: &[String]) -> Result<String, Trouble> {
    let [program, arguments @ ..] = words else {
        return Err((
            "the command is empty".to_owned(),
            "name a program".to_owned(),
        ));
    };
    let help = format!("try `{}` by hand", words.join(" "));
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::inherit())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| (format!("`{program}`: {error}"), help.clone()))?;
    if !output.status.success() {
        return Err((format!("`{program}` ended with {}", output.status), help));
    }
    String::from_utf8(output.stdout).map_err(|_| {
        (
            format!("`{program}` printed something that is not text"),
            help,
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(reference: &SecretRef) -> Result<String, String> {
        let environment = Environment::of([("TOKEN", "hunter2"), ("EMPTY", "")]);
        reference
            .resolve("store.password", &environment)
            .map(|secret| secret.expose().to_owned())
            .map_err(|error| error.to_string())
    }

    fn command(words: &[&str]) -> SecretRef {
        SecretRef::Command(words.iter().map(|word| (*word).to_owned()).collect())
    }

    #[test]
    fn a_secret_comes_from_a_variable_a_file_or_a_program() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), "hunter2\n").unwrap();
        for reference in [
            SecretRef::Env("TOKEN".into()),
            SecretRef::File(file.path().into()),
            command(&["printf", "hunter2\\n"]),
        ] {
            assert_eq!(resolve(&reference).unwrap(), "hunter2");
        }
    }

    #[test]
    fn what_cannot_be_read_is_named_and_never_empty() {
        let why = |reference| resolve(&reference).unwrap_err();
        assert_eq!(
            why(SecretRef::Env("EMPTY".into())),
            "cannot read the secret `store.password`: variable EMPTY is not set"
        );
        assert!(why(SecretRef::File("/nowhere".into())).contains("/nowhere: No such file"));
        assert!(why(command(&["false"])).contains("`false` ended with exit status: 1"));
        assert!(why(command(&["true"])).contains("`true` is empty"));
        assert!(why(command(&[])).contains("the command is empty"));
    }
}
