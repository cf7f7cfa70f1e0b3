//! Mutes in every language, and access to repositories: on this machine, over HTTP and
//! over ssh.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod cases;
mod csharp;
mod deep;
mod handed;
mod http;
mod javascript;
mod jvm;
mod local;
mod origin;
mod partial;
mod php;
mod private;
mod python;
mod remote;
mod ruby;
mod ssh;
mod states;
mod systems;

use qaduct_scan::{Branches, Options, Repository, RepositoryScan, ScanError, Silent, scan};

/// Scans these branches of a repository.
fn scan_of(repository: &Repository, branches: Branches) -> Result<RepositoryScan, ScanError> {
    scan(
        repository,
        &Options {
            branches,
            ..Options::default()
        },
        &Silent,
    )
}

/// The branches of a scan, and the commits at which they stand.
fn branches(scan: &RepositoryScan) -> Vec<(&str, &str)> {
    scan.branches
        .iter()
        .map(|it| (it.branch.as_str(), it.commit_id.as_str()))
        .collect()
}

/// An error as people see it: its message, its hint, its class.
fn shown(error: &ScanError) -> String {
    format!(
        "{error}\nhint: {}\n{:?}",
        error.hint().unwrap_or_default(),
        error.class()
    )
}
