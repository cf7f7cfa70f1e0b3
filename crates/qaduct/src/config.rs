//! Settings: what `qaduct.toml` and the environment say, as typed structs.
//!
//! The only place that reads configuration files and environment variables.
//! Layers, each over the one before: defaults, the user's file, the project's
//! file, known variables of other programs ([`alias`]), `QADUCT_*`
//! ([`variables`]), flags. A layer is a [`tree`] whose values know where they
//! come from; [`shape`] is what may stand in it, derived from the structs;
//! [`check`] compares the two and reports every problem; what is left is merged
//! and read into [`Config`].

pub mod alias;
mod check;
pub mod environment;
mod file;
mod format;
pub mod git;
mod interpolate;
pub mod mark;
mod period;
pub mod scan;
pub mod secret;
pub mod serve;
pub mod shape;
pub mod show;
pub mod store;
pub mod tickets;
pub mod tree;
pub mod variables;
pub mod xfailflake;

use std::path::PathBuf;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::CommandError;
use crate::report::{Code, Report};
use crate::ui::Redactor;

pub use environment::Environment;
pub use period::Period;
pub use secret::SecretRef;
pub use shape::{nearest, schema};
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
    /// How repositories are reached.
    pub git: git::Git,
    /// What `qaduct serve` listens on.
    pub serve: serve::Serve,
    /// The commands of the predecessor.
    pub xfailflake: xfailflake::Xfailflake,
    /// Your own marks, beside those that ship; the same name replaces.
    pub mark: Vec<mark::Mark>,
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
        let (node, troubles) = tree::parse(&file, environment);
        let broken = !troubles.is_empty();
        problems.extend(troubles);
        problems.extend(check::check(&node, &shape, redactor));
        if !broken {
            layers.push(format::anchored(node, &shape, &file.folder, &place.folder));
        }
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
    if !problems.is_empty() {
        return Err(CommandError::all(problems));
    }

    let mut tree = defaults()?;
    for layer in layers {
        tree.merge(layer, &shape);
    }
    let config = tree
        .to_toml()
        .try_into()
        .map_err(|error: toml::de::Error| {
            // `check` has looked at everything; this is a gap in it.
            Report::new(
                Code::Internal,
                format!("the settings do not fit together: {error}"),
            )
            .help("please report this with your `qaduct.toml`")
        })?;
    Ok(Effective {
        config,
        tree,
        files,
    })
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
