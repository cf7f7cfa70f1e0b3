//! Jobs written down for another scheduler: one file, or a few, for each job.
//!
//! A platform is a file in `exporting/` and an entry of [`PLATFORMS`]. The other scheduler
//! says when; what is done stays in the settings, and that a job never runs twice at a time in
//! the database: what it starts is `qaduct run --once JOB`.

mod cron;
mod github;
mod kubernetes;
mod systemd;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use qaduct_publish::bucket::Address;

use crate::config::bucket::Bucket;
use crate::config::shape::Shape;
use crate::config::tree::{Node, Origin, Value, path};
use crate::config::{Config, Effective};
use crate::jobs::Job;

/// A file for another scheduler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path, in the folder that was asked for.
    pub path: String,
    /// What stands in it.
    pub text: String,
}

/// What all files need to know.
#[derive(Debug)]
pub struct Surroundings {
    /// Variables that hold secrets.
    pub secrets: BTreeSet<String>,
    /// Variables of this environment that no settings name, and the keys that they stand for:
    /// nobody has said that they belong to the jobs.
    pub unnamed: BTreeMap<String, String>,
    /// Other variables that the settings name.
    pub variables: BTreeSet<String>,
    /// The database, where it is a file of this machine.
    pub file: Option<String>,
    /// The folder of the settings.
    pub folder: Option<PathBuf>,
    /// The settings file, where it is none that is found by itself.
    pub settings: Option<PathBuf>,
    /// This program, where it will run.
    pub program: String,
    /// The container image that has it.
    pub image: String,
}

/// Another scheduler.
#[derive(Debug)]
pub struct Platform {
    /// Its word.
    pub word: &'static str,
    /// The files of a job.
    pub files: fn(&Job, &Surroundings) -> Vec<File>,
    /// With what a file of this machine is gone before the next start, if it is.
    pub forgets_with: Option<&'static str>,
    /// What of a job this scheduler does not do, and what to do then.
    pub lacks: fn(&Job) -> Option<(String, &'static str)>,
}

/// All of them.
pub static PLATFORMS: &[Platform] = &[github::GITHUB, systemd::SYSTEMD, kubernetes::KUBERNETES];

impl Surroundings {
    /// What the settings say of themselves.
    #[must_use]
    pub fn of(settings: &Effective, given: Option<&Path>, program: String, image: String) -> Self {
        let (mut secrets, mut unnamed) = (BTreeSet::new(), BTreeMap::new());
        let mut found = |key: &[&str], variable: &str, origin: &Origin| match origin {
            Origin::Variable(_) => {
                unnamed.insert(variable.to_owned(), path(key));
            }
            _ => {
                secrets.insert(variable.to_owned());
            }
        };
        let shape = Shape::of_config();
        references(&settings.tree, &shape, &mut Vec::new(), &mut found);
        let mut variables = BTreeSet::new();
        for file in &settings.files {
            // What stands behind `#` is not read.
            let lines = file
                .text
                .lines()
                .filter(|it| !it.trim_start().starts_with('#'));
            for part in lines.flat_map(|line| line.split("${").skip(1)) {
                let name: String = part
                    .chars()
                    .take_while(|it| it.is_ascii_alphanumeric() || *it == '_')
                    .collect();
                variables.insert(name);
            }
        }
        for export in settings.config.export.values() {
            if let Some(Ok(address)) = Address::parse(&export.to.to_string_lossy()) {
                implied(&address, &settings.config, &mut secrets, &mut variables);
            }
        }
        unnamed.retain(|it, _| !secrets.contains(it));
        variables.retain(|it| !it.is_empty() && !secrets.contains(it));
        let url = &settings.config.store.url;
        Self {
            secrets,
            unnamed,
            variables,
            file: (!url.contains("://")).then(|| url.clone()),
            folder: settings.files.last().map(|it| {
                let folder = &it.folder;
                folder.canonicalize().unwrap_or_else(|_| folder.clone())
            }),
            settings: given.map(Path::to_owned),
            program,
            image,
        }
    }
}

/// The variables that open a bucket where `[bucket.NAME]` does not say what does.
fn implied(
    address: &Address,
    settings: &Config,
    secrets: &mut BTreeSet<String>,
    variables: &mut BTreeSet<String>,
) {
    let none = Bucket::default();
    let bucket = settings.bucket.get(&address.bucket).unwrap_or(&none);
    let has_secret = bucket.secret.is_some();
    for (is_given, name) in [
        (bucket.key_id.is_some(), "AWS_ACCESS_KEY_ID"),
        (has_secret, "AWS_SECRET_ACCESS_KEY"),
        (has_secret || bucket.session.is_some(), "AWS_SESSION_TOKEN"),
    ] {
        if !is_given {
            secrets.insert(name.to_owned());
        }
    }
    if bucket.region.is_none() && !address.google {
        variables.insert("AWS_REGION".to_owned());
    }
}

/// The variables that references to secrets name: the key, the variable, and who says so.
fn references<'t>(
    node: &'t Node,
    shape: &Shape,
    key: &mut Vec<&'t str>,
    found: &mut impl FnMut(&[&str], &str, &Origin),
) {
    match (&node.value, shape) {
        (Value::Table(entries), Shape::Secret) => {
            if let Some(Value::Text(name)) = entries.get("env").map(|it| &it.node.value) {
                found(key, name, &node.origin);
            }
        }
        (Value::Table(entries), _) => {
            for (name, entry) in entries {
                if let Some(inside) = shape.key(name) {
                    key.push(name);
                    references(&entry.node, inside, key, found);
                    key.pop();
                }
            }
        }
        (Value::List(nodes), Shape::List(inside)) => {
            for it in nodes {
                references(it, inside, key, found);
            }
        }
        _ => {}
    }
}

/// The arguments of what the other scheduler starts with this settings file, and what is said
/// about them where that scheduler comes more often than the job is due.
fn command(
    job: &Job,
    is_exact: bool,
    settings: Option<&Path>,
) -> (Vec<String>, Option<&'static str>) {
    let notice = "This scheduler cannot say these times and comes more often; the command does \
                  nothing where the job is not due. Its first start only notes the job.";
    let (words, notice) = match is_exact {
        true => (["run", "--once", job.name()], None),
        false => (["run", job.name(), "--once"], Some(notice)),
    };
    let mut words: Vec<String> = words.map(str::to_owned).into();
    words.extend(settings.map(|it| format!("--config={}", it.display())));
    (words, notice)
}

/// Text as a comment, in lines.
fn comment(text: &str) -> String {
    let mut lines = vec![String::from("#")];
    for word in text.split_whitespace() {
        let line = lines.last_mut().filter(|it| it.len() + word.len() < 90);
        match line {
            Some(line) => line.extend([" ", word]),
            None => lines.push(format!("# {word}")),
        }
    }
    lines.join("\n") + "\n"
}

/// Text in quotes, for YAML: what JSON says is YAML.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
