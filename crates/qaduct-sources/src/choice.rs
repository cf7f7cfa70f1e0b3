//! Settings that only one kind of service has: `options = { edition = "server" }`.

use qaduct_records::source::{Failure, SourceError};

use crate::rest::Kind;
use crate::setup::Setup;

/// A setting of a kind of service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// Its name.
    pub name: &'static str,
    /// The words for it; empty: any text.
    pub words: &'static [&'static str],
    /// What it is for, in a sentence.
    pub about: &'static str,
}

/// On or off; off where it is not set.
pub const SWITCH: &[&str] = &["false", "true"];

/// That the options of a source are those of its kind.
pub(crate) fn check(kind: &Kind, setup: &Setup) -> Result<(), SourceError> {
    let wrong = |trouble: String, hint: String| {
        let place = format!("[source.{}]", setup.name);
        Err(SourceError::new(Failure::Config, place, trouble).hint(hint))
    };
    for (name, word) in &setup.options {
        let Some(choice) = kind.options.iter().find(|it| it.name == name) else {
            let known: Vec<_> = kind.options.iter().map(|it| it.name).collect();
            let hint = match known.is_empty() {
                true => format!("{} has no options", kind.name),
                false => format!("options of {} are {}", kind.name, known.join(", ")),
            };
            return wrong(format!("there is no option `{name}`"), hint);
        };
        if !choice.words.is_empty() && !choice.words.contains(&word.as_str()) {
            let hint = format!("`{name}` is one of {}", choice.words.join(", "));
            return wrong(format!("option `{name}` is `{word}`"), hint);
        }
    }
    Ok(())
}

impl Setup {
    /// Whether an option is on.
    #[must_use]
    pub fn is_on(&self, option: &str) -> bool {
        self.options.get(option).is_some_and(|it| it == "true")
    }

    /// Whether an option is set to anything.
    #[must_use]
    pub fn says(&self, option: &str) -> bool {
        let text = self.options.get(option);
        text.is_some_and(|it| !it.trim().is_empty())
    }
}
