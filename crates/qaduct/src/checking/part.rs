//! The part of a repository that was named: all of it, or what lies at or below some paths.
//! Looks where the paths are; reads no file.

use std::path::{Path, PathBuf};

use crate::error::CommandError;

/// The part of a repository that was named.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Files and folders, from the root of the repository; all of it where there are none.
    below: Vec<String>,
}

impl Part {
    /// What these paths mean in the work tree around the first of them; a repository without
    /// work tree has no parts.
    ///
    /// # Errors
    /// When one of them is not there, or lies in another repository.
    pub fn of(paths: &[String]) -> Result<Self, CommandError> {
        let root = |it: &String| qaduct_scan::work_tree(Path::new(it));
        let Some(folder) = paths.first().and_then(root) else {
            return Ok(Self::default());
        };
        let mut below = Vec::new();
        for path in paths {
            let place = Path::new(path).canonicalize().map_err(|_| {
                CommandError::usage(format!("there is no file or folder `{path}`"))
                    .help("name one that is in the work tree")
            })?;
            if root(path).as_ref() != Some(&folder) {
                let message = format!("`{path}` is not in {}", folder.display());
                return Err(CommandError::usage(message).help("one repository is judged at a time"));
            }
            let names = place.strip_prefix(&folder).map(Path::components);
            let names = names.into_iter().flatten();
            let names = names.map(|it| it.as_os_str().to_string_lossy());
            below.push(names.collect::<Vec<_>>().join("/"));
        }
        // The root holds all others.
        if below.iter().any(String::is_empty) {
            below.clear();
        }
        Ok(Self { below })
    }

    /// Whether a path belongs to it.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        let within = |it: &String| match path.strip_prefix(it.as_str()) {
            Some(rest) => rest.is_empty() || rest.starts_with('/'),
            None => false,
        };
        self.below.is_empty() || self.below.iter().any(within)
    }

    /// What it is called; `None` for all.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        match self.below.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            [one, two] => Some(format!("{one} and {two}")),
            [one, more @ ..] => Some(format!("{one} and {} paths more", more.len())),
        }
    }

    /// The paths, from the root; none for all.
    #[must_use]
    pub fn paths(&self) -> &[String] {
        &self.below
    }

    /// Refuses a part where only all makes sense.
    ///
    /// # Errors
    /// With the folder to name instead.
    pub fn is_all(&self, path: &str, why: &str) -> Result<(), CommandError> {
        if self.below.is_empty() {
            return Ok(());
        }
        let folder = qaduct_scan::work_tree(Path::new(path)).unwrap_or_else(|| PathBuf::from("."));
        let message = format!("`{path}` is a part of a repository, and {why}");
        Err(CommandError::usage(message).help(format!("name its root: `{}`", folder.display())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_belongs_to_the_folder_above_it_and_not_to_one_that_begins_alike() {
        let part = Part {
            below: vec!["tests/a".to_owned(), "b.py".to_owned()],
        };
        for (path, is_within) in [
            ("tests/a", true),
            ("tests/a/test_x.py", true),
            ("tests/ab.py", false),
            ("b.py", true),
            ("c.py", false),
        ] {
            assert_eq!(part.has(path), is_within, "{path}");
        }
        assert!(Part::default().has("anything"));
        assert_eq!(part.name().unwrap(), "tests/a and b.py");
    }
}
