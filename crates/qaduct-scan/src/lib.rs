//! Finds muted tests in git repositories.
//!
//! Data flows one way: [`git`] gives branches, trees and blobs; a language
//! reads each distinct blob once ([`language`], [`languages`], [`python`]) and then resolves
//! what it read per commit; [`tickets`], [`dates`], [`conditions`] and [`intent`]
//! read what people wrote;
//! [`scan()`] puts it together as a [`RepositoryScan`]. Writes nothing but its
//! own mirrors of remote repositories, in the cache folder it is given.

mod attributes;
mod conditions;
mod cpp;
mod dates;
mod dotnet;
mod error;
mod files;
pub mod frameworks;
#[cfg(fuzzing)]
pub mod fuzzing;
mod git;
mod go;
mod intent;
mod javascript;
mod jvm;
mod language;
mod languages;
mod lines;
mod manifests;
mod marks;
mod notes;
mod owners;
mod paths;
mod php;
mod progress;
mod python;
mod ruby;
mod rust;
mod scan;
mod shipped;
mod syntax;
mod tickets;
mod vendored;

pub use error::{Class, ScanError};
pub use files::{FileMutes, read_files};
pub use git::{
    Access, Credential, Repository, around, host_of, label_of, name_of, stop_fetching, work_tree,
};
pub use manifests::{List, ListForm, ManifestError, ManifestFormat, ManifestRule, lists};
pub use marks::{MarkError, MarkRule};
pub use owners::{Owned, OwnerRule, Owners, places as owner_files};
pub use progress::{Progress, Silent, Stage};
pub use qaduct_records::history::{Beginning, History, KnownHistory, Landing, Run as HistoryRun};
pub use qaduct_records::scan::{BranchScan, Findings, Found, Known, RepositoryScan};
pub use scan::history::{Past, history};
pub use scan::{Branches, Compared, Options, State, States, scan, scan_states};
pub use tickets::{TicketRules, doubtful_ticket};
pub use vendored::Exclusion;
