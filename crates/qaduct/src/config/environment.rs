//! The environment: variables and the user's folders, read once.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use etcetera::BaseStrategy;

/// What variables of ours begin with.
pub(crate) const PREFIX: &str = "QADUCT_";

/// Separates the parts of a key in the name of a variable.
pub(crate) const SEPARATOR: &str = "__";

/// The environment of the process, or one made for a test.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, OsString>,
    /// The user's folder for configuration.
    pub(crate) config_home: Option<PathBuf>,
    /// The user's folder for what can be made again.
    pub(crate) cache_home: Option<PathBuf>,
}

impl fmt::Debug for Environment {
    /// Names alone: values may be secrets.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_set().entries(self.variables.keys()).finish()
    }
}

impl Environment {
    /// The one that the process was started with.
    #[must_use]
    pub fn of_the_process() -> Self {
        // Names that are not text cannot be asked for either.
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
            .collect();
        let homes = etcetera::choose_base_strategy().ok();
        Self {
            variables,
            config_home: homes.as_ref().map(BaseStrategy::config_dir),
            cache_home: homes.as_ref().map(BaseStrategy::cache_dir),
        }
    }

    /// One with these variables and nothing else.
    #[cfg(test)]
    pub(crate) fn of<const N: usize>(variables: [(&str, &str); N]) -> Self {
        let variables = variables
            .map(|(name, value)| (name.to_owned(), OsString::from(value)))
            .into();
        Self {
            variables,
            ..Self::default()
        }
    }

    /// The value of a variable. One that is empty counts as not set, as
    /// build services set what they have no value for.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables
            .get(name)?
            .to_str()
            .filter(|value| !value.is_empty())
    }

    /// Variables that name a setting: `QADUCT_STORE__URL`. The value is `None`
    /// where it is not text.
    pub(crate) fn settings(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.ours()
            .filter(|(name, _)| name[PREFIX.len()..].contains(SEPARATOR))
            .map(|(name, value)| (name, value.to_str()))
    }

    /// Variables of ours that name no setting, so they should stand for a flag.
    pub(crate) fn flags(&self) -> impl Iterator<Item = &str> {
        self.ours()
            .filter(|(name, _)| !name[PREFIX.len()..].contains(SEPARATOR))
            .map(|(name, _)| name)
    }

    /// What the names of variables have behind this beginning.
    pub(crate) fn beginning(&self, with: &'static str) -> impl Iterator<Item = &str> {
        let names = self.variables.keys();
        names.filter_map(move |it| it.strip_prefix(with))
    }

    fn ours(&self) -> impl Iterator<Item = (&str, &OsString)> {
        self.variables
            .iter()
            .filter(|(name, value)| name.starts_with(PREFIX) && !value.is_empty())
            .map(|(name, value)| (name.as_str(), value))
    }

    /// Folder for mirrors, where the configuration names none.
    #[must_use]
    pub fn cache_dir(&self) -> Option<PathBuf> {
        Some(self.cache_home.as_ref()?.join("qaduct"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_names_and_no_values() {
        let environment = Environment::of([("TOKEN", "hunter2")]);
        assert_eq!(format!("{environment:?}"), r#"{"TOKEN"}"#);
    }
}
