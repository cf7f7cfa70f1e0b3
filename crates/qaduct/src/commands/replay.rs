//! `qaduct replay`: a server that stands in for the services, to try and to test against.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use qaduct_http::Sleep as _;
use qaduct_replay::{Fault, Options, ReplayError, Server, World, WorldError};
use qaduct_sources::KINDS;
use serde::Serialize;

use crate::context::Context;
use crate::error::CommandError;
use crate::report::{Code, Report};

/// Records that are made where nothing is said.
const SIZE: usize = 5_000;

/// Requests a minute where the limits of the services do not hold.
const UNLIMITED: u32 = 100_000;

/// Stand in for the services, on this machine: generated or recorded data
#[derive(Debug, clap::Args)]
#[command(before_long_help = "Examples:
  qaduct replay --port 7800 > qaduct.toml
  qaduct replay --service testrail --size 50000
  qaduct replay --data recorded --size 50000
  qaduct replay --fault 429+2@get_cases:3 --fault cut@/10")]
pub struct Args {
    /// Port on the loopback; 0 takes a free one
    #[arg(
        short,
        long,
        value_name = "PORT",
        default_value_t = 7800,
        env = "QADUCT_REPLAY_PORT"
    )]
    port: u16,

    /// Other data of the same shape
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1,
        env = "QADUCT_REPLAY_SEED"
    )]
    seed: u64,

    /// About so many made-up records of all services together: 5000, beside `--data` none
    #[arg(long, value_name = "N", env = "QADUCT_REPLAY_SIZE")]
    size: Option<usize>,

    /// Recorded data: files such as `github.issues.json`
    #[arg(long, value_name = "FOLDER", env = "QADUCT_REPLAY_DATA")]
    data: Option<PathBuf>,

    /// What goes wrong and when: `429@3`, `cut@get_cases:2`, `silent@5!`
    #[arg(long, value_name = "SPEC")]
    fault: Vec<Fault>,

    /// Let the limits of the services hold
    #[arg(long, env = "QADUCT_REPLAY_LIMITS")]
    limits: bool,

    /// Only these services; all where none is named
    #[arg(long, value_name = "NAME", env = "QADUCT_REPLAY_SERVICE")]
    service: Vec<String>,
}

/// A service of the server, as a source.
struct Stand {
    /// Its path, and the name of the source.
    name: &'static str,
    kind: &'static str,
    user: bool,
    options: &'static [(&'static str, &'static str)],
    queries: &'static [(&'static str, &'static str)],
}

impl Stand {
    const fn of(name: &'static str, kind: &'static str) -> Self {
        Self {
            name,
            kind,
            user: false,
            options: &[],
            queries: &[],
        }
    }

    const fn user(self) -> Self {
        Self { user: true, ..self }
    }

    const fn options(self, options: &'static [(&'static str, &'static str)]) -> Self {
        Self { options, ..self }
    }

    const fn queries(self, queries: &'static [(&'static str, &'static str)]) -> Self {
        Self { queries, ..self }
    }
}

const STANDS: &[Stand] = &[
    Stand::of("testrail", "testrail").user(),
    Stand::of("bmo", "bugzilla").options(&[("edition", "mozilla")]),
    Stand::of("bugzilla", "bugzilla")
        .user()
        .options(&[("edition", "stock")]),
    Stand::of("jira", "jira").user(),
    Stand::of("jira-dc", "jira").options(&[("edition", "datacenter")]),
    Stand::of("github", "github"),
    Stand::of("sentry", "sentry")
        .options(&[("organization", "mozilla")])
        .queries(&[
            (
                "fenix",
                "project=fenix&environment=release&package=org.mozilla.firefox&builds=odd",
            ),
            (
                "fenix-beta",
                "project=fenix-beta&environment=beta&package=org.mozilla.firefox_beta&builds=odd",
            ),
            (
                "firefox-ios",
                "project=firefox-ios&environment=Production&package=org.mozilla.ios.Firefox&builds=none",
            ),
        ]),
    Stand::of("bitrise", "bitrise"),
    Stand::of("confluence", "confluence").user(),
    Stand::of("confluence-dc", "confluence").options(&[("edition", "datacenter")]),
    Stand::of("taskcluster", "taskcluster").user(),
    Stand::of("looker", "looker").user(),
];

/// A source as it is written.
#[derive(Serialize)]
struct Written {
    kind: &'static str,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'static str>,
    token: BTreeMap<&'static str, &'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    projects: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requests_per_minute: Option<u32>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    options: BTreeMap<&'static str, &'static str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    queries: BTreeMap<&'static str, &'static str>,
}

impl Args {
    /// Serves until it is asked to stop.
    ///
    /// # Errors
    /// When the port is taken or the data cannot be read.
    pub fn run(self, context: &Context) -> Result<(), CommandError> {
        let stands = self.stands()?;
        let size = self
            .size
            .unwrap_or(if self.data.is_some() { 0 } else { SIZE });
        let mut world = match stands.as_slice() {
            _ if size == 0 => World::empty(),
            [one] => World::of(one.kind, self.seed, size),
            _ => World::generated(self.seed, size),
        };
        if let Some(folder) = &self.data {
            world.add_recorded(folder)?;
        }
        let clock = context.clock()?;
        let options = Options {
            port: self.port,
            faults: self.fault.clone(),
            limits: self.limits,
            clock: Some(Arc::new(move || clock.now())),
            ..Options::default()
        };
        let stop = context.stop()?;
        let server = Server::start(world, options)?;
        let text = toml(&server, &stands, self.limits)?;
        context.ui.data(|out| {
            out.write_all(text.as_bytes())?;
            out.flush()
        })?;
        context.ui.say(&format!(
            "serving {} records on http://{}; Ctrl-C ends it",
            server.world().size(),
            server.address()
        ));
        // Any length: asking to stop ends it.
        while stop.sleep(std::time::Duration::from_secs(3_600)) {}
        drop(server);
        Ok(())
    }

    fn stands(&self) -> Result<Vec<&'static Stand>, CommandError> {
        let known = STANDS
            .iter()
            .filter(|it| KINDS.iter().any(|kind| kind.name == it.kind));
        let known: Vec<&Stand> = known.collect();
        let names = || known.iter().map(|it| it.name);
        for name in &self.service {
            if !names().any(|it| it == name) {
                let error = CommandError::usage(format!("no service `{name}` is stood in for"));
                let names: Vec<_> = names().collect();
                return Err(error.help(format!("services are {}", names.join(", "))));
            }
        }
        let wanted = |it: &&Stand| {
            self.service.is_empty() || self.service.iter().any(|name| name == it.name)
        };
        Ok(known.into_iter().filter(wanted).collect())
    }
}

/// The sources, ready to be pasted.
fn toml(server: &Server, stands: &[&Stand], limits: bool) -> Result<String, CommandError> {
    let mut text = "# Any token is taken: export REPLAY_TOKEN=replay\n".to_owned();
    for stand in stands {
        let projects = match stand.kind {
            // Nobody reads all of it.
            "github" => {
                let world = server.world();
                let repositories = world.collection("github.repos").all();
                // Nor twice: those that were renamed lead to others.
                let there = repositories.filter(|it| it["_moved_to"].is_null());
                let names = there.filter_map(|it| it["full_name"].as_str());
                names.map(str::to_owned).collect()
            }
            "taskcluster" => vec!["gecko.v2.mozilla-central.nightly.*".to_owned()],
            _ => Vec::new(),
        };
        let written = Written {
            kind: stand.kind,
            url: server.url(stand.name),
            user: stand.user.then_some("qa@example.org"),
            token: [("env", "REPLAY_TOKEN")].into(),
            projects,
            // Who asks need not be slow where no limit holds. Bugzilla has none anyway.
            requests_per_minute: (!limits && stand.kind != "bugzilla").then_some(UNLIMITED),
            options: stand.options.iter().copied().collect(),
            queries: stand.queries.iter().copied().collect(),
        };
        let mut table = toml::Table::new();
        let mut tables = toml::Table::new();
        let written = toml::Value::try_from(&written)
            .map_err(|error| CommandError::new(Code::Internal, error, None))?;
        tables.insert(stand.name.to_owned(), written);
        table.insert("source".to_owned(), tables.into());
        text.push('\n');
        text.push_str(&table.to_string());
    }
    Ok(text)
}

impl From<ReplayError> for CommandError {
    fn from(error: ReplayError) -> Self {
        let help = "take another one with `--port`, or 0 for any".to_owned();
        Self::new(Code::Address, error, Some(help))
    }
}

impl From<WorldError> for CommandError {
    fn from(error: WorldError) -> Self {
        Report::new(Code::Usage, error.to_string())
            .help("name a folder with files such as `github.issues.json`")
            .into()
    }
}
