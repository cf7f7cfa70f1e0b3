//! Data flows one way: this is the list of who may import whom.

use std::collections::BTreeMap;
use std::process::Command;

const LAYERS: &[(&str, &[&str])] = &[
    (
        "qaduct",
        &[
            "qaduct-check",
            "qaduct-formats",
            "qaduct-http",
            "qaduct-models",
            "qaduct-publish",
            "qaduct-pump",
            "qaduct-records",
            "qaduct-replay",
            "qaduct-scan",
            "qaduct-serve",
            "qaduct-sources",
            "qaduct-stores",
        ],
    ),
    ("qaduct-check", &["qaduct-records"]),
    ("qaduct-formats", &["qaduct-records"]),
    ("qaduct-http", &["qaduct-records"]),
    ("qaduct-models", &["qaduct-records"]),
    (
        "qaduct-publish",
        &[
            "qaduct-formats",
            "qaduct-http",
            "qaduct-models",
            "qaduct-records",
        ],
    ),
    ("qaduct-pump", &["qaduct-records"]),
    ("qaduct-records", &[]),
    ("qaduct-replay", &[]),
    ("qaduct-scan", &["qaduct-records"]),
    (
        "qaduct-serve",
        &["qaduct-formats", "qaduct-models", "qaduct-records"],
    ),
    ("qaduct-sources", &["qaduct-http", "qaduct-records"]),
    ("qaduct-stores", &["qaduct-records"]),
    (
        "xtask",
        &[
            "qaduct",
            "qaduct-check",
            "qaduct-models",
            "qaduct-publish",
            "qaduct-records",
            "qaduct-scan",
            "qaduct-sources",
        ],
    ),
];

/// What a room may never need, whatever it imports of ours.
const NEVER: &[(&str, &[&str])] = &[
    (
        "qaduct-check",
        &["tokio", "rusqlite", "postgres", "axum", "clap"],
    ),
    (
        "qaduct-records",
        &["tokio", "rusqlite", "postgres", "axum", "clap"],
    ),
    (
        "qaduct-scan",
        &["tokio", "rusqlite", "postgres", "axum", "clap"],
    ),
    (
        "qaduct-pump",
        &["tokio", "rusqlite", "postgres", "axum", "clap"],
    ),
    (
        "qaduct-http",
        &["tokio", "rusqlite", "postgres", "axum", "clap"],
    ),
    (
        "qaduct-sources",
        &["tokio", "rusqlite", "postgres", "axum", "clap", "ureq"],
    ),
    (
        "qaduct-formats",
        &["tokio", "rusqlite", "postgres", "axum", "clap"],
    ),
    (
        "qaduct-publish",
        &["tokio", "rusqlite", "postgres", "axum", "clap", "ureq"],
    ),
    ("qaduct-models", &["rusqlite", "postgres", "axum", "clap"]),
    ("qaduct-stores", &["axum", "clap", "ruff_python_parser"]),
    (
        "qaduct-serve",
        &["rusqlite", "postgres", "clap", "ruff_python_parser"],
    ),
];

fn dependencies() -> BTreeMap<String, Vec<(String, bool)>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version=1"])
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    packages
        .iter()
        .map(|package| {
            let of_package = package["dependencies"].as_array().unwrap();
            let normal = of_package.iter().filter(|it| it["kind"].is_null());
            let named = normal
                .map(|it| {
                    (
                        it["name"].as_str().unwrap().to_owned(),
                        !it["path"].is_null(),
                    )
                })
                .collect();
            (package["name"].as_str().unwrap().to_owned(), named)
        })
        .collect()
}

#[test]
fn imports_follow_the_flow_of_data() {
    let found: BTreeMap<String, Vec<String>> = dependencies()
        .into_iter()
        .map(|(name, all)| {
            let mut ours: Vec<_> = all
                .into_iter()
                .filter(|(_, ours)| *ours)
                .map(|(name, _)| name)
                .collect();
            ours.sort_unstable();
            (name, ours)
        })
        .collect();
    let allowed: BTreeMap<String, Vec<String>> = LAYERS
        .iter()
        .map(|(name, may)| {
            (
                (*name).to_owned(),
                may.iter().map(|&it| it.to_owned()).collect(),
            )
        })
        .collect();
    assert_eq!(
        found, allowed,
        "change ARCHITECTURE.md and this list together"
    );
}

#[test]
fn heavy_dependencies_stay_where_they_are_used() {
    let found = dependencies();
    for (room, never) in NEVER {
        for (name, _) in &found[*room] {
            assert!(
                !never.contains(&name.as_str()),
                "{room} must not depend on {name}"
            );
        }
    }
}
