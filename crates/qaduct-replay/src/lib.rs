//! Stands in for the services: serves a [`World`] of records behind the paging, limits,
//! credentials and quirks of each API, with [faults](Fault) on demand.
//!
//! ```no_run
//! use qaduct_replay::{Options, Server, World};
//!
//! let options = Options { faults: vec!["429+1@3".parse()?], ..Options::default() };
//! let server = Server::start(World::generated(1, 5_000), options)?;
//! println!("{}", server.url("testrail"));
//! let served = server.world().ids("testrail.cases");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! One server has all services, each under its own path:
//!
//! | Path | Service |
//! |---|---|
//! | `/testrail` | TestRail; `/testrail-old` answers with bare lists, as servers before 6.7 |
//! | `/bmo` | bugzilla.mozilla.org: the key comes in a header |
//! | `/bugzilla` | a stock Bugzilla 5: the key comes as a parameter, the header is ignored |
//! | `/jira` | Jira Cloud, version 3; `/jira-dc` is Jira Data Center, version 2, with the same issues |
//! | `/github` | GitHub |
//! | `/sentry` | Sentry, the organisation `mozilla` |
//! | `/bitrise` | Bitrise |
//! | `/taskcluster` | Taskcluster; what is signed is checked, what is not is anonymous |
//! | `/confluence` | Confluence Cloud, version 2, and to attach files version 1; it can be written to |
//! | `/confluence-dc` | Confluence Data Center 8 and 9, with the same pages; it can be written to |
//! | `/looker` | Looker: a form with a credential is answered with a token |
//! | `/slack` | Slack: `/slack/services/…` is a webhook, `/slack/api` the Web API; channels are `C0DASHBOARD`, `C0WITHOUT` (without the bot) and `C0ARCHIVED` |
//! | `/s3` | S3 by paths: objects are put and asked for whole; signatures are checked |
//! | `/replay` | what was asked and is served, for those who measure a client |
//!
//! Written from the documentation and the specifications of the services, and from nothing
//! of qaduct itself: what reads a service and what stands in for it must not share a mistake.
//! Reads and writes sockets of the loopback, and the folder of [`World::recorded`].

#![recursion_limit = "512"] // records of fifty fields

mod answer;
mod bitrise;
mod bugzilla;
mod confluence;
mod control;
mod fault;
mod github;
mod inject;
mod jira;
mod limits;
mod log;
mod looker;
mod options;
mod request;
mod s3;
mod sentry;
mod server;
mod service;
mod slack;
mod taskcluster;
mod testrail;
mod wiki;
mod world;

pub use fault::{Fault, FaultError, Kind, When};
pub use log::{Counters, Seen};
pub use options::Options;
pub use server::{ReplayError, Server};
pub use world::{Collection, World, WorldError};
