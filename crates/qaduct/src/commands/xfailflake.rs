//! `qaduct xfailflake`: the commands of the xfailflake grabber, as they were.
//!
//! `dump` prints its JSON document, `serve` answers its Redash document on
//! `GET /`, `redshift` appends to its table. The first and the last scan and
//! keep nothing; `serve` answers from the store.

use std::time::Duration;

use clap::builder::NonEmptyStringValueParser;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use qaduct_records::{Row as _, Secret, scan::RepositoryScan, table};
use qaduct_scan::{Branches, Options, Repository};
use qaduct_serve::Legacy;
use qaduct_serve::documents::{GrabberRow, grabber, is_xfailflake};
use qaduct_stores::append::{Appended, PostgresTarget, Tls, TlsMode, append_once};

use crate::config::{Config, Flag, Period};
use crate::context::Context;
use crate::error::{CommandError, Kind};
use crate::format::listing::counted;
use crate::report::{Code, Report};
use crate::scanning::{Target, scan_into};
use crate::wire::{Job, StoreArgs};

/// How often `serve` scans again where nothing else is said.
const RESCAN: Duration = Duration::from_secs(3600);

/// The commands of the xfailflake grabber
#[derive(Debug, clap::Subcommand)]
#[command(before_long_help = "Examples:
  qaduct xfailflake dump https://github.com/dcos/dcos 1.12
  qaduct xfailflake serve https://github.com/dcos/dcos 1.12 8080
  POSTGRES_USER=qa POSTGRES_PASSWORD=... qaduct xfailflake redshift https://github.com/dcos/dcos 1.12")]
pub enum Command {
    /// Print the JSON document of the grabber
    Dump(Source),
    /// Answer the Redash document of the grabber on `GET /`
    Serve(Serve),
    /// Append to the table `dashboards.xfailflake_history_v1`
    #[command(before_long_help = "Examples:
  POSTGRES_USER=qa POSTGRES_PASSWORD=... qaduct xfailflake redshift https://github.com/dcos/dcos 1.12")]
    Redshift(Source),
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// When the repository cannot be scanned or the result not be delivered.
    pub fn run(self, context: &Context) -> Result<(), CommandError> {
        match self {
            Self::Dump(source) => source.dump(context),
            Self::Serve(serve) => serve.run(context),
            Self::Redshift(source) => source.redshift(context),
        }
    }
}

/// A repository and one of its branches
#[derive(Debug, Clone, clap::Args)]
#[command(before_long_help = "Examples:
  qaduct xfailflake dump https://github.com/dcos/dcos 1.12")]
pub struct Source {
    /// A URL or a folder
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    repository: String,
    /// The branch
    branch: String,
}

/// Answer the Redash document of the grabber
#[derive(Debug, clap::Args)]
#[command(before_long_help = "Examples:
  qaduct xfailflake serve https://github.com/dcos/dcos 1.12 8080")]
pub struct Serve {
    #[command(flatten)]
    source: Source,

    /// The port on 127.0.0.1; `--bind` for another address
    #[arg(default_value_t = 7700)]
    port: u16,

    /// Address and port; any but loopback needs `serve.token`
    #[arg(
        short,
        long,
        value_name = "ADDRESS",
        conflicts_with = "port",
        env = "QADUCT_BIND"
    )]
    bind: Option<String>,

    /// Scan again in the background, every so often
    #[arg(long, value_name = "PERIOD", default_value_t = Period(RESCAN), env = "QADUCT_RESCAN")]
    rescan: Period,

    #[command(flatten)]
    store: StoreArgs,
}

table! {
    /// A muted test as the grabber kept it.
    // Without a key, as there: tests of one name in one file are rows that do not differ.
    struct History in "dashboards.xfailflake_history_v1" key [] {
        /// Bare name of the test.
        pub test: String,
        /// The ticket.
        pub ticket: String,
        /// The file, with a slash in front.
        pub file: String,
        /// The repository as it was named on the command line.
        pub repo: String,
        /// The branch.
        pub branch: String,
        /// When it was pushed.
        pub timestamp: Timestamp,
        /// The declared day since when, at midnight.
        pub since: Option<Timestamp>,
    }
}

table! {
    /// A push: what keeps the same commit from being pushed twice.
    struct Push in "dashboards.xfailflake_pushes_v1" key ["repository", "branch", "commit_id"] {
        /// The repository by the one name that it has however it was typed.
        pub repository: String,
        /// The repository as it was named on the command line, as in the history.
        pub repo: String,
        /// The branch.
        pub branch: String,
        /// The commit.
        pub commit_id: String,
        /// When it was pushed.
        pub pushed_at: Timestamp,
        /// How many rows it gave; zero is a result too.
        pub mutes: i64,
    }
}

/// What the one branch of a grabber's scan holds.
struct Grabbed {
    rows: Vec<GrabberRow>,
    /// The declared days of the rows, in their order.
    since: Vec<Option<Date>>,
    /// The repository's name in the database.
    repository: String,
    /// The branch's name there.
    branch: String,
    commit_id: String,
    /// Whether all of the branch could be read.
    complete: bool,
}

impl Source {
    fn target(&self) -> Target {
        Target {
            location: self.repository.clone(),
            name: None,
            branches: Branches::Named(self.branch.clone()),
        }
    }

    fn dump(&self, context: &Context) -> Result<(), CommandError> {
        let settings = context.config(&[])?.config;
        let grabbed = self.grab(context, &settings)?;
        let now = context.clock()?.now();
        context.ui.data(|out| grabber(out, &grabbed.rows, now))?;
        if grabbed.complete {
            return Ok(());
        }
        Err(CommandError::silent(Kind::Partial))
    }

    /// Scans without a store.
    fn grab(&self, context: &Context, settings: &Config) -> Result<Grabbed, CommandError> {
        let target = self.target();
        let job = Job::new(context, settings, std::slice::from_ref(&target))?;
        let ui = context.ui.clone();
        let scan = context.stop()?.race(move || {
            let progress = ui.progress(&target.label());
            let scanning = job.scanning(&progress);
            let repository = Repository::open(&target.location, scanning.access, &progress)?;
            let options = Options {
                branches: target.branches,
                known: std::collections::HashMap::default(),
                marks: scanning.marks.to_vec(),
                manifests: scanning.manifests.to_vec(),
                tickets: scanning.tickets.clone(),
                exclusion: scanning.exclusion.clone(),
                owners: scanning.owners.to_vec(),
            };
            qaduct_scan::scan(&repository, &options, &progress)
        })??;
        self.grabbed(context, scan)
    }

    fn grabbed(&self, context: &Context, scan: RepositoryScan) -> Result<Grabbed, CommandError> {
        for failure in &scan.failures {
            context
                .ui
                .warn(&Report::new(Code::ScanPartial, failure.clone()));
        }
        let branch = scan.branches.into_iter().next();
        let Some((branch, findings)) =
            branch.and_then(|mut it| it.findings.take().map(|findings| (it, findings)))
        else {
            return Err(CommandError::silent(Kind::Partial));
        };
        for problem in &findings.problems {
            context.ui.warn(&Report::new(
                Code::ScanPartial,
                format!(
                    "{}:{} not read in full: {}",
                    problem.path, problem.line, problem.message
                ),
            ));
        }
        let complete =
            scan.failures.is_empty() && findings.problems.iter().all(|problem| !problem.unread);
        let label = self.label();
        let (rows, since): (Vec<_>, Vec<_>) = findings
            .mutes
            .iter()
            .map(|it| &it.declaration)
            .filter(|it| is_xfailflake(&it.form, it.alias.as_deref()))
            .map(|it| {
                let row = GrabberRow {
                    file: format!("/{}", it.path),
                    test: it.test.clone(),
                    ticket: it.ticket.clone().unwrap_or_default(),
                    since: it.since_text.clone().unwrap_or_default(),
                    repo: label.clone(),
                    branch: self.branch.clone(),
                };
                (row, it.since_declared)
            })
            .unzip();
        context.ui.say(&format!(
            "{} among {} on {} at {:.9}; looked at {}, {} of them for tests",
            counted(rows.len() as u64, "xfailflake mark", "xfailflake marks"),
            counted(findings.mutes.len() as u64, "mute", "mutes"),
            branch.branch,
            branch.commit_id,
            counted(findings.files_seen, "file", "files"),
            findings.test_files
        ));
        Ok(Grabbed {
            rows,
            since,
            repository: scan.repository,
            branch: branch.branch,
            commit_id: branch.commit_id,
            complete,
        })
    }

    /// The repository as the user wrote it, without credentials.
    fn label(&self) -> String {
        self.target().label()
    }

    fn redshift(&self, context: &Context) -> Result<(), CommandError> {
        let settings = context.config(&[])?.config;
        let target = target(context, &settings)?;
        let grabbed = self.grab(context, &settings)?;
        if !grabbed.complete {
            // Half of a result would be there for ever: the next push of this commit writes nothing.
            let message = "nothing was pushed, because not all of the branch could be read";
            return Err(Report::new(Code::ScanPartial, message)
                .help("repair the repository, `git fsck` says what it lacks, and push again")
                .into());
        }
        let now = context.clock()?.now();
        let midnight = |day: Date| day.to_zoned(TimeZone::UTC).ok().map(|it| it.timestamp());
        let rows: Vec<_> = grabbed
            .rows
            .into_iter()
            .zip(grabbed.since)
            .map(|(it, since)| History {
                since: since.and_then(midnight),
                test: it.test,
                ticket: it.ticket,
                file: it.file,
                repo: it.repo,
                branch: it.branch,
                timestamp: now,
            })
            .collect();
        let push = Push {
            repository: grabbed.repository,
            repo: self.label(),
            branch: grabbed.branch,
            commit_id: grabbed.commit_id.clone(),
            pushed_at: now,
            mutes: i64::try_from(rows.len()).unwrap_or(i64::MAX),
        };
        let place = format!("{}:{}/{}", target.host, target.port, target.database);
        let appended = context.stop()?.race(move || {
            append_once(
                &target,
                History::TABLE,
                &History::batch(&rows),
                Push::TABLE,
                &Push::batch(std::slice::from_ref(&push)),
            )
        })??;
        context.ui.say(&match appended {
            Appended::Written { rows, cut: 0 } => {
                format!("appended {rows} rows to {} in {place}", History::TABLE.name)
            }
            Appended::Written { rows, cut } => format!(
                "appended {rows} rows to {} in {place}; cut {cut} texts to 65535 bytes",
                History::TABLE.name
            ),
            Appended::AlreadyThere => format!(
                "{} at {:.9} is in {place} already; nothing was written",
                self.branch, grabbed.commit_id
            ),
        });
        Ok(())
    }
}

impl Serve {
    fn run(self, context: &Context) -> Result<(), CommandError> {
        let bind = self
            .bind
            .clone()
            .unwrap_or_else(|| format!("127.0.0.1:{}", self.port));
        let mut flags = self.store.flags();
        flags.push(Flag::one("serve.bind", "--bind", Some(&bind)));
        let settings = context.config(&flags)?.config;
        let targets = [self.source.target()];
        let job = Job::new(context, &settings, &targets)?;
        let ui = context.ui.clone();
        let [target] = targets.clone();
        let stop = context.stop()?;
        let scan = move |job: &Job| -> Result<_, CommandError> {
            let progress = ui.progress(&target.label());
            let mut store = job.store()?;
            Ok(scan_into(
                store.as_mut(),
                &target,
                &job.scanning(&progress),
            )?)
        };
        let scanned = job.race(&stop, &context.ui, scan)??;
        let legacy = Legacy {
            repository: scanned.repository,
            label: self.source.label(),
            // `refs/heads/main` was found as `main`.
            branch: scanned
                .recorded
                .branches
                .first()
                .map_or_else(|| self.source.branch.clone(), |it| it.branch.clone()),
        };
        super::serve::serve(
            context,
            &settings,
            &targets,
            Some(self.rescan),
            Some(legacy),
        )
    }
}

/// Where `redshift` writes: the variables of the grabber, or the settings.
fn target(context: &Context, settings: &Config) -> Result<PostgresTarget, CommandError> {
    let redshift = &settings.xfailflake.redshift;
    let needed = |value: &Option<String>, variable: &str, key: &str| {
        value.clone().ok_or_else(|| {
            CommandError::from(
                Report::new(
                    Code::MissingKey,
                    format!("`xfailflake.redshift.{key}` is not set"),
                )
                .help(format!(
                    "set {variable}, or `{key}` under `[xfailflake.redshift]`"
                )),
            )
        })
    };
    let mode = match &redshift.sslmode {
        None => TlsMode::default(),
        Some(word) => word
            .parse()
            .map_err(|why: String| CommandError::from(Report::new(Code::WrongValue, why)))?,
    };
    Ok(PostgresTarget {
        host: needed(&redshift.host, "POSTGRES_HOST", "host")?,
        port: redshift.port,
        database: needed(&redshift.database, "POSTGRES_DB", "database")?,
        user: needed(&redshift.user, "POSTGRES_USER", "user")?,
        password: context
            .secret("xfailflake.redshift.password", redshift.password.as_ref())?
            .unwrap_or_else(|| Secret::new("")),
        connect_timeout: Duration::from_secs(15),
        tls: Tls {
            mode,
            roots: redshift.sslrootcert.clone(),
        },
    })
}
