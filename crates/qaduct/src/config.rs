//! Settings: what `qaduct.toml` and the environment say, as typed structs.
//!
//! The only place that reads configuration files and environment variables.
//! Layers, each over the one before: defaults, the user's file, the project's
//! file, known variables of other programs ([`alias`]), `QADUCT_*`
//! ([`variables`]), flags. A layer is a [`tree`] whose values know where they
//! come from; [`shape`] is what may stand in it, derived from the structs;
//! `check` compares the two and reports every problem; what is left is merged,
//! `names` looks for what it names, and it is read into [`Config`].

pub mod alias;
pub mod bucket;
pub mod calendar;
mod check;
pub mod environment;
mod file;
mod format;
pub mod freshness;
pub mod git;
mod interpolate;
pub mod job;
mod jobs;
mod moment;
mod names;
mod period;
pub mod policy;
pub mod project;
pub mod pull;
pub mod reports;
pub mod rules;
pub mod run;
pub mod scan;
pub mod secret;
pub mod serve;
pub mod shape;
mod share;
pub mod show;
pub mod slack;
pub mod source;
pub mod store;
pub mod tickets;
pub mod tree;
pub mod variables;
pub mod xfailflake;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use qaduct_models::Panel;
use qaduct_publish::confluence::Page;
use qaduct_publish::file::Export;
use qaduct_publish::slack::alert::Alert;
use qaduct_publish::slack::message::Message;
use qaduct_scan::{ManifestRule, MarkRule, OwnerRule};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::CommandError;
use crate::report::{Code, Report};
use crate::ui::Redactor;

pub use environment::Environment;
pub use moment::Moment;
pub use period::Period;
pub use secret::SecretRef;
pub use shape::schema;
pub use share::Share;
pub use variables::Flag;

use shape::Shape;
use tree::{Node, Origin, SourceFile};

/// The defaults as a commented file: its own reference.
pub const DEFAULT_TOML: &str = include_str!("default.toml");

/// Settings of qaduct.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(title = "qaduct.toml")]
pub struct Config {
    /// The database.
    pub store: store::Store,
    /// What `qaduct scan` reads.
    pub scan: scan::Scan,
    /// How tickets are recognised.
    pub tickets: tickets::Tickets,
    /// What `qaduct check` asks of mutes.
    pub check: policy::Check,
    /// How repositories are reached.
    pub git: git::Git,
    /// What `qaduct serve` listens on.
    pub serve: serve::Serve,
    /// How patient `qaduct pull` is.
    pub pull: pull::Pull,
    /// Services that `qaduct pull` reads, each under a name of yours.
    pub source: BTreeMap<String, source::Source>,
    /// Products, and what they are called in each source.
    pub project: BTreeMap<String, project::Project>,
    /// Rules that read pulled rows.
    pub extract: Vec<rules::Extract>,
    /// When releases came out, and will.
    pub release_calendar: BTreeMap<String, calendar::Calendar>,
    /// What the views over pulled rows need to know.
    pub reports: reports::Reports,
    /// Pictures of views, under names of yours; the same name as a built-in replaces it.
    pub panel: BTreeMap<String, Panel>,
    /// Files that `qaduct publish` writes.
    pub export: BTreeMap<String, Export>,
    /// Pages that `qaduct publish` writes.
    pub page: BTreeMap<String, Page>,
    /// What is done when, by `qaduct run`.
    pub job: BTreeMap<String, job::Job>,
    /// How patient `qaduct run` is.
    pub run: run::Run,
    /// What opens the buckets that exports go to, by their names.
    pub bucket: BTreeMap<String, bucket::Bucket>,
    /// Places in Slack where messages go.
    pub slack: BTreeMap<String, slack::Slack>,
    /// Messages that `qaduct publish` sends to Slack.
    pub message: BTreeMap<String, Message>,
    /// What `qaduct publish` tells in Slack when it turns bad, and when it is well again.
    pub alert: BTreeMap<String, Alert>,
    /// How old data may be.
    pub freshness: freshness::Freshness,
    /// The commands of the predecessor.
    pub xfailflake: xfailflake::Xfailflake,
    /// Who answers for files, before what `CODEOWNERS` says; the last one that matches counts.
    pub owner: Vec<OwnerRule>,
    /// Your own marks, beside those that ship; the same name replaces.
    pub mark: Vec<MarkRule>,
    /// Your own lists of muted tests, beside those that ship; the first that matches a file counts.
    pub manifest: Vec<ManifestRule>,
}

/// Where files are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The folder from which to walk up.
    pub folder: PathBuf,
    /// A file to read instead of the one found by walking up.
    pub file: Option<PathBuf>,
    /// Read no files.
    pub no_files: bool,
}

/// The settings that are in effect.
#[derive(Debug)]
pub struct Effective {
    /// The settings.
    pub config: Config,
    /// The same as a tree that knows where each value comes from.
    pub tree: Node,
    /// The files that were read, the one that counts more last.
    pub files: Vec<Arc<SourceFile>>,
}

/// Reads all layers.
///
/// # Errors
/// With every problem of every layer.
pub fn load(
    place: &Place,
    environment: &Environment,
    flags: &[Flag<'_>],
    redactor: &Redactor,
) -> Result<Effective, CommandError> {
    let shape = Shape::of_config();
    let mut problems = Vec::new();
    let mut layers = Vec::new();
    let mut files = Vec::new();

    let found = file::find(place, environment).unwrap_or_else(|report| {
        problems.push(report);
        Vec::new()
    });
    for file in found {
        let (node, reports) = layer(&file, &shape, environment, redactor);
        problems.extend(reports);
        layers.extend(node.map(|it| format::anchored(it, &shape, &file.folder, &place.folder)));
        files.push(file);
    }

    for layer in [
        Ok(alias::layer(environment, &shape)),
        variables::layer(environment, &shape),
        variables::flags(flags, &shape),
    ] {
        match layer {
            Ok(node) => {
                problems.extend(check::check(&node, &shape, redactor));
                layers.push(node);
            }
            Err(reports) => problems.extend(reports),
        }
    }
    let unread = [Code::Syntax, Code::Unreadable];
    if problems.iter().any(|it| unread.contains(&it.code)) {
        // What names something would be told of what could not be read.
        return Err(CommandError::all(problems));
    }

    let mut tree = defaults()?;
    for layer in layers {
        tree.merge(layer, &shape);
    }
    source::implied(&mut tree, environment, &shape);
    problems.extend(source::check(&tree));
    problems.extend(slack::check(&tree));
    problems.extend(names::check(&tree));
    problems.extend(policy::check(&tree));
    problems.extend(jobs::check(&tree));
    problems.extend(run::check(&tree));
    if !problems.is_empty() {
        return Err(CommandError::all(problems));
    }
    let config = tree
        .to_toml()
        .try_into()
        .map_err(|error: toml::de::Error| {
            // `check` has looked at everything; this is a gap in it.
            Report::new(
                Code::Internal,
                format!("the settings do not fit together: {}", error.message()),
            )
            .help("please report this with your `qaduct.toml`")
        })?;
    Ok(Effective {
        config,
        tree,
        files,
    })
}

/// The layer of a file, unless it is not TOML, and its problems in the order of its lines.
fn layer(
    file: &Arc<SourceFile>,
    shape: &Shape,
    environment: &Environment,
    redactor: &Redactor,
) -> (Option<Node>, Vec<Report>) {
    let (node, troubles) = tree::parse(file, environment);
    if troubles.iter().any(|trouble| trouble.code == Code::Syntax) {
        // What is left of the file would be misunderstood.
        return (None, troubles);
    }
    let mut reports = check::check(&node, shape, redactor);
    // That a secret must not stand there at all says more than that a variable
    // in it is not set: one problem a place.
    let told: Vec<_> = reports.iter().map(Report::place).collect();
    reports.extend(
        troubles
            .into_iter()
            .filter(|trouble| !told.contains(&trouble.place())),
    );
    reports.sort_by_key(Report::place);
    (Some(node), reports)
}

/// The built-in defaults as the lowest layer.
///
/// # Errors
/// When the defaults cannot be written as TOML: a defect.
pub fn defaults() -> Result<Node, CommandError> {
    let value = toml::Value::try_from(Config::default()).map_err(|error| {
        Report::new(
            Code::Internal,
            format!("the defaults cannot be written: {error}"),
        )
    })?;
    Ok(Node::from_toml(value, &Origin::Default))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::tree::Value;
    use super::*;

    fn in_memory(text: &str) -> Arc<SourceFile> {
        let name = "default.toml".to_owned();
        Arc::new(SourceFile {
            name,
            folder: PathBuf::new(),
            text: text.to_owned(),
            found: false,
        })
    }

    /// The keys that hold something: tables of the shape are walked, values are not.
    fn keys(node: &Node, shape: &Shape, path: &str, found: &mut BTreeSet<String>) {
        if let (Value::List(nodes), Shape::List(inside)) = (&node.value, shape)
            && matches!(**inside, Shape::Table(_))
        {
            nodes.iter().for_each(|it| keys(it, inside, path, found));
            return;
        }
        match (&node.value, shape) {
            (Value::Table(entries), Shape::Table(_) | Shape::Map(_)) => {
                for (key, entry) in entries {
                    if let Some(inside) = shape.key(key) {
                        // Names of maps are anybody's.
                        let key = if matches!(shape, Shape::Map(_)) {
                            "*"
                        } else {
                            key
                        };
                        keys(&entry.node, inside, &format!("{path}.{key}"), found);
                    }
                }
            }
            _ => {
                found.insert(path.to_owned());
            }
        }
    }

    fn all_keys(shape: &Shape, path: &str, found: &mut BTreeSet<String>) {
        match shape {
            Shape::Table(inner) => inner.iter().for_each(|key| {
                all_keys(&key.shape, &format!("{path}.{}", key.name), found);
            }),
            Shape::Map(inside) => all_keys(inside, &format!("{path}.*"), found),
            Shape::List(inside) if matches!(**inside, Shape::Table(_)) => {
                all_keys(inside, path, found);
            }
            _ => {
                found.insert(path.to_owned());
            }
        }
    }

    fn read(text: &str) -> Node {
        let shape = Shape::of_config();
        let redactor = Redactor::default();
        let (node, reports) = layer(&in_memory(text), &shape, &Environment::default(), &redactor);
        assert_eq!(reports, []);
        node.unwrap()
    }

    #[test]
    fn the_default_file_holds_every_default_and_nothing_else() {
        assert_eq!(
            toml::from_str::<Config>(DEFAULT_TOML).unwrap(),
            Config::default()
        );

        let shape = Shape::of_config();
        let (mut expected, mut found) = (BTreeSet::new(), BTreeSet::new());
        keys(&defaults().unwrap(), &shape, "", &mut expected);
        keys(&read(DEFAULT_TOML), &shape, "", &mut found);
        // Lists of tables that are empty are not written, so that one can be added.
        for list in [".extract", ".manifest", ".mark", ".scan.repositories"] {
            expected.remove(list);
        }
        assert_eq!(found, expected);
    }

    #[test]
    fn the_default_file_explains_every_key_with_an_example_that_works() {
        let uncommented = DEFAULT_TOML
            .lines()
            .map(|line| match line.strip_prefix('#') {
                Some(example) if !example.starts_with([' ', '#']) => example,
                _ => line,
            });
        let text = uncommented.collect::<Vec<_>>().join("\n");

        let shape = Shape::of_config();
        let (mut expected, mut found) = (BTreeSet::new(), BTreeSet::new());
        all_keys(&shape, "", &mut expected);
        keys(&read(&text), &shape, "", &mut found);
        assert_eq!(found, expected);
    }

    fn load_with(flags: &[Flag<'_>]) -> Result<Effective, CommandError> {
        let place = Place {
            folder: "/".into(),
            file: None,
            no_files: true,
        };
        let environment = Environment::of([
            ("QADUCT_STORE__URL", "variable.db"),
            ("QADUCT_SCAN__BRANCHES", "main"),
        ]);
        load(&place, &environment, flags, &Redactor::default())
    }

    #[test]
    fn flags_are_over_variables() {
        let none = load_with(&[Flag::one("store.url", "--store", None::<&str>)]).unwrap();
        assert_eq!(none.config.store.url, "variable.db");
        assert_eq!(none.config.scan.branches, ["main"]);

        let given = load_with(&[
            Flag::one("store.url", "--store", Some("flag.db")),
            Flag::many(
                "scan.branches",
                "--branch",
                &["a,b".to_owned(), "c".to_owned()],
            ),
        ]);
        let given = given.unwrap();
        assert_eq!(given.config.store.url, "flag.db");
        assert_eq!(given.config.scan.branches, ["a,b", "c"]);
    }

    #[test]
    fn a_flag_that_makes_no_sense_is_named() {
        let error = load_with(&[Flag::one("serve.rescan", "--rescan", Some("soon"))]).unwrap_err();
        assert_eq!(error.reports()[0].notes, ["flag --rescan"]);
        assert_eq!(error.kind().status(), 2);
    }

    #[test]
    fn a_literal_secret_of_a_variable_becomes_a_reference() {
        let place = Place {
            folder: "/".into(),
            file: None,
            no_files: true,
        };
        let environment = Environment::of([("QADUCT_SERVE__TOKEN", "hunter2")]);
        let effective = load(&place, &environment, &[], &Redactor::default()).unwrap();
        assert_eq!(
            effective.config.serve.token,
            Some(SecretRef::Env("QADUCT_SERVE__TOKEN".to_owned()))
        );
        assert!(!format!("{effective:?}").contains("hunter2"));
    }
}
