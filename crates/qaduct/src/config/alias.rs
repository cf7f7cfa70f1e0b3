//! Variables of other programs that are understood as they are.

use std::collections::BTreeMap;

use super::Environment;
use super::shape::Shape;
use super::tree::{Node, Origin};
use super::variables;

/// Variable and the key that it stands for; of two for one key the first counts.
pub const ALIASES: &[(&str, &[&str])] = &[
    ("GH_TOKEN", &["git", "hosts", "github.com", "token"]),
    ("GITHUB_TOKEN", &["git", "hosts", "github.com", "token"]),
    ("PGPASSWORD", &["store", "password"]),
    ("POSTGRES_HOST", &["xfailflake", "redshift", "host"]),
    ("POSTGRES_PORT", &["xfailflake", "redshift", "port"]),
    ("POSTGRES_DB", &["xfailflake", "redshift", "database"]),
    ("POSTGRES_USER", &["xfailflake", "redshift", "user"]),
    ("POSTGRES_PASSWORD", &["xfailflake", "redshift", "password"]),
    ("POSTGRES_SSLMODE", &["xfailflake", "redshift", "sslmode"]),
    ("PGSSLMODE", &["xfailflake", "redshift", "sslmode"]),
    (
        "POSTGRES_SSLROOTCERT",
        &["xfailflake", "redshift", "sslrootcert"],
    ),
    ("PGSSLROOTCERT", &["xfailflake", "redshift", "sslrootcert"]),
];

/// The layer of those that are set. Values are checked like all others.
pub(crate) fn layer(environment: &Environment, shape: &Shape) -> Node {
    let mut layer = Node::table(BTreeMap::new(), Origin::Default);
    for (name, path) in ALIASES.iter().rev() {
        if let (Some(value), Some(leaf)) = (environment.get(name), shape.at(path)) {
            let origin = Origin::Variable((*name).to_owned());
            // What does not fit is kept as text, so that the check names it.
            layer.put(path, variables::read(value, leaf, &origin));
        }
    }
    layer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_alias_stands_for_a_key_that_exists() {
        let shape = Shape::of_config();
        for (name, path) in ALIASES {
            assert!(shape.at(path).is_some(), "{name}");
        }
    }
}
