//! Formats of text: what more there is to say about a text than that it is one.

use std::path::{Path, PathBuf};

use qaduct_publish::bucket::Address;
use qaduct_publish::slack::condition::Condition;
use qaduct_publish::slack::format::Format as Written;
use qaduct_scan::{Branches, ManifestRule, MarkRule, OwnerRule, ScanError};
use url::Url;

use super::shape::Shape;
use super::tree::{Node, Value};
use super::{Moment, Period, Share};

/// What a text stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Nothing in particular.
    Any,
    /// A file or folder; relative to the file that names it.
    Path,
    /// A file likewise, or an object in a bucket.
    Target,
    /// A store: a path, or a URL without a password.
    Store,
    /// A repository: a path, or a URL without a password.
    Repository,
    /// The address of a service, without a password.
    Service,
    /// Host and port.
    Address,
    /// A length of time.
    Period,
    /// A day or an instant.
    Moment,
    /// A share of a whole.
    Share,
    /// A glob of branches.
    Glob,
    /// A pattern of files.
    Files,
    /// The name of a mark.
    Mark,
    /// An argument of a mark: its name or its position.
    Argument,
    /// A glob of files.
    Lists,
    /// A regular expression.
    Pattern,
    /// What is asked of a row.
    Condition,
    /// How a column is written.
    Written,
}

impl Format {
    /// The format of that name in the schema.
    pub(crate) fn named(name: Option<&str>) -> Self {
        match name {
            Some("path") => Self::Path,
            Some("target") => Self::Target,
            Some("store") => Self::Store,
            Some("repository") => Self::Repository,
            Some("service") => Self::Service,
            Some("address") => Self::Address,
            Some("period") => Self::Period,
            Some("moment") => Self::Moment,
            Some("share") => Self::Share,
            Some("glob") => Self::Glob,
            Some("files") => Self::Files,
            Some("mark") => Self::Mark,
            Some("argument") => Self::Argument,
            Some("lists") => Self::Lists,
            Some("pattern") => Self::Pattern,
            Some("condition") => Self::Condition,
            Some("format") => Self::Written,
            _ => Self::Any,
        }
    }

    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Any => "text",
            Self::Glob => "a pattern for branches, such as release-*",
            Self::Files => "a pattern of files as in .gitignore, such as /tests/shop/ or *.spec.ts",
            Self::Mark => "the name of a mark, such as xfailflake or mylib.skip_if_open",
            Self::Argument => "the name of an argument, a position from \"0\", or \"*\"",
            Self::Lists => "a pattern for files, such as ci/**/*.skip",
            Self::Pattern => "a regular expression, such as '^(?P<container>\\S+) (?P<test>.+)$'",
            Self::Condition => "a condition, such as \"events > 500 or users > 500\"",
            Self::Written => "how it is written, such as \"4 decimals\"",
            Self::Path => "a path",
            Self::Target => "a path, or an object such as s3://bucket/folder/rows.csv",
            Self::Store => "a path or the URL of a database",
            Self::Repository => "a path or the URL of a repository",
            Self::Service => "the URL of a service, such as https://example.testrail.io",
            Self::Address => "an address and a port, such as 127.0.0.1:7700",
            Self::Period => "a length of time, such as 1h",
            Self::Moment => "a day or an instant, such as 2026-01-31 or 2026-01-31T10:00:00Z",
            Self::Share => "a share in quotes, such as \"50%\"",
        }
    }

    /// What is wrong with a text of this format.
    pub(crate) fn check(self, text: &str) -> Result<(), String> {
        match self {
            Self::Any | Self::Store | Self::Repository => Ok(()),
            Self::Service if qaduct_sources::address(text).is_some() => Ok(()),
            Self::Service => Err("it is no address of a service".to_owned()),
            Self::Path | Self::Target if text.is_empty() => Err("the path is empty".to_owned()),
            Self::Path => Ok(()),
            Self::Target => Address::parse(text).map_or(Ok(()), |it| it.map(|_| ())),
            Self::Address => match text.rsplit_once(':') {
                Some((host, port)) if !host.is_empty() => port
                    .parse::<u16>()
                    .map(|_| ())
                    .map_err(|_| format!("`{port}` is no port")),
                _ => Err("the port is missing".to_owned()),
            },
            Self::Period => text.parse::<Period>().map(|_| ()),
            Self::Moment => text.parse::<Moment>().map(|_| ()),
            Self::Share => text.parse::<Share>().map(|_| ()),
            Self::Condition => text.parse::<Condition>().map(|_| ()),
            Self::Written => text.parse::<Written>().map(|_| ()),
            Self::Glob => match Branches::check_glob(text) {
                Err(ScanError::BadGlob { reason, .. }) => Err(reason),
                _ => Ok(()),
            },
            Self::Files => OwnerRule::check(text),
            Self::Lists => ManifestRule::check_glob(text),
            Self::Pattern => ManifestRule::check_pattern(text),
            Self::Mark if MarkRule::is_name(text) => Ok(()),
            Self::Mark => {
                Err("it holds more than letters, digits, `_`, `-`, `:` and dots".to_owned())
            }
            Self::Argument if MarkRule::is_argument(text) => Ok(()),
            Self::Argument => Err("it is neither a Python name nor a position".to_owned()),
        }
    }

    /// The secret that stands in a text of this format: a password in a URL, or
    /// a token in place of a user name.
    pub(crate) fn secret(self, text: &str) -> Option<String> {
        if !matches!(self, Self::Store | Self::Repository | Self::Service) {
            return None;
        }
        let url = Url::parse(text).ok()?;
        if let Some(password) = url.password() {
            return Some(password.to_owned());
        }
        if let Some((_, password)) = url.query_pairs().find(|(name, _)| name == "password") {
            return Some(password.into_owned());
        }
        // No person has a user name of this length; tokens have.
        let http = matches!(url.scheme(), "http" | "https");
        (http && url.username().len() >= 20).then(|| url.username().to_owned())
    }

    /// A relative path of a file, seen from the working folder.
    fn anchored(self, text: &str, folder: &Path) -> Option<String> {
        let join = |path: &str| -> Option<String> {
            let joined: PathBuf = folder.join(path);
            joined.into_os_string().into_string().ok()
        };
        match self {
            Self::Path => join(text),
            Self::Target if Address::parse(text).is_some() => None,
            Self::Target => join(text),
            Self::Store => match text.strip_prefix("sqlite:") {
                Some(path) if !path.starts_with([':', '/']) => {
                    Some(format!("sqlite:{}", join(path)?))
                }
                Some(_) => None,
                None if text.contains(':') => None,
                None => join(text),
            },
            // `host:path` is an address of ssh.
            Self::Repository if text.contains(':') => None,
            Self::Repository => join(text),
            _ => None,
        }
    }
}

/// The same layer with relative paths that start from the folder of its file
/// instead of the working folder.
pub(crate) fn anchored(mut node: Node, shape: &Shape, folder: &Path, working: &Path) -> Node {
    if folder != working {
        anchor(&mut node, shape, folder);
    }
    node
}

fn anchor(node: &mut Node, shape: &Shape, folder: &Path) {
    match (&mut node.value, shape) {
        (Value::Text(text), Shape::Text(format)) => {
            if let Some(path) = format.anchored(text, folder) {
                *text = path;
            }
        }
        (Value::List(nodes), Shape::List(inside)) => {
            nodes
                .iter_mut()
                .for_each(|node| anchor(node, inside, folder));
        }
        (Value::Table(entries), Shape::Secret) => {
            if let Some(file) = entries.get_mut("file") {
                anchor(&mut file.node, &Shape::Text(Format::Path), folder);
            }
        }
        (Value::Table(entries), shape) => {
            for (key, entry) in entries {
                if let Some(inside) = shape.key(key) {
                    anchor(&mut entry.node, inside, folder);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_in_a_url_is_found() {
        let secret = |text| Format::Repository.secret(text);
        assert_eq!(
            secret("https://u:hunter2@host/x").as_deref(),
            Some("hunter2")
        );
        assert!(secret("https://ghp_0123456789abcdef0123@github.com/x").is_some());
        assert_eq!(
            secret("postgresql://h/d?password=hunter2").as_deref(),
            Some("hunter2")
        );
        assert_eq!(secret("https://acme@dev.azure.com/acme/shop"), None);
        assert_eq!(secret("ssh://git@host/x"), None);
        assert_eq!(secret("git@host:x/y"), None);
        assert_eq!(Format::Any.secret("https://u:hunter2@host/x"), None);
    }

    #[test]
    fn relative_paths_start_from_the_file() {
        let store = |text| Format::Store.anchored(text, Path::new("/etc/qa"));
        assert_eq!(store("a.db").as_deref(), Some("/etc/qa/a.db"));
        assert_eq!(store("sqlite:a.db").as_deref(), Some("sqlite:/etc/qa/a.db"));
        assert_eq!(store("sqlite:/a.db"), None);
        assert_eq!(store("sqlite::memory:"), None);
        assert_eq!(store("postgresql://u@h/d"), None);
        let repository = |text| Format::Repository.anchored(text, Path::new("/etc/qa"));
        assert_eq!(repository("../shop").as_deref(), Some("/etc/qa/../shop"));
        assert_eq!(repository("git@github.com:acme/shop"), None);
    }

    #[test]
    fn addresses_and_periods_are_looked_at() {
        for good in ["127.0.0.1:7700", "[::1]:80", "localhost:0"] {
            Format::Address.check(good).unwrap();
        }
        for bad in ["127.0.0.1", ":80", "host:port", "host:70000", ""] {
            Format::Address.check(bad).unwrap_err();
        }
        Format::Period.check("1h 30min").unwrap();
        Format::Period.check("soon").unwrap_err();
    }
}
