//! Finds muted tests in git repositories.
//!
//! Data flows one way: [`git`] gives branches, trees and blobs; a language
//! reads each distinct blob once ([`language`], [`python`]) and then resolves
//! what it read per commit; [`tickets`] and [`dates`] read what people wrote;
//! [`scan()`] puts it together as a [`RepositoryScan`]. Writes nothing but its
//! own mirrors of remote repositories, in the cache folder it is given.

mod dates;
mod error;
mod files;
mod git;
mod language;
mod marks;
mod progress;
mod python;
mod scan;
mod tickets;

pub use error::{Class, ScanError};
pub use files::{FileMutes, read_files};
pub use git::{Access, Credential, Repository, around, host_of, label_of, name_of, stop_fetching};
pub use marks::{MarkError, MarkRule};
pub use progress::{Progress, Silent, Stage};
pub use qaduct_records::scan::{BranchScan, Findings, Found, Known, RepositoryScan};
pub use scan::{Branches, Options, scan};
pub use tickets::TicketRules;
