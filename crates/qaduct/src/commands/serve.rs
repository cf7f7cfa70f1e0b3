//! `qaduct serve`: answers over HTTP from the store.

use std::net::{SocketAddr, ToSocketAddrs};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use qaduct_records::Outcome;
use qaduct_serve::{Legacy, Service};

use crate::config::{Config, Flag, Period};
use crate::context::Context;
use crate::error::CommandError;
use crate::report::{Code, Report};
use crate::scanning::{Target, scan_into};
use crate::stop::Stop;
use crate::wire::{self, Job, StoreArgs, StoreSettings};

/// Answer Redash, curl and Prometheus from the database
#[derive(Debug, clap::Args)]
#[command(before_long_help = "Examples:
  qaduct serve
  qaduct serve --rescan 1h
  QADUCT_SERVE__TOKEN=... qaduct serve --bind 0.0.0.0:7700")]
pub struct Args {
    /// Address and port; any but loopback needs `serve.token`
    #[arg(short, long, value_name = "ADDRESS", env = "QADUCT_BIND")]
    bind: Option<String>,

    /// Scan the repositories again in the background, every so often
    #[arg(long, value_name = "PERIOD", env = "QADUCT_RESCAN")]
    rescan: Option<Period>,

    #[command(flatten)]
    store: StoreArgs,
}

impl Args {
    /// Serves until it is asked to stop.
    ///
    /// # Errors
    /// When the address is taken or needs a token, or the store cannot be opened.
    pub fn run(self, context: &Context) -> Result<(), CommandError> {
        let mut flags = self.store.flags();
        flags.push(Flag::one("serve.bind", "--bind", self.bind.as_ref()));
        flags.push(Flag::one("serve.rescan", "--rescan", self.rescan));
        let settings = context.config(&flags)?.config;
        let targets = wire::targets(&settings);
        serve(context, &settings, &targets, settings.serve.rescan, None)
    }
}

/// Serves the store of the settings; scans `targets` again every `rescan`.
///
/// # Errors
/// See [`Args::run`].
pub(crate) fn serve(
    context: &Context,
    settings: &Config,
    targets: &[Target],
    rescan: Option<Period>,
    legacy: Option<Legacy>,
) -> Result<(), CommandError> {
    let token = context.secret("serve.token", settings.serve.token.as_ref())?;
    let address = address(&settings.serve.bind)?;
    if !address.ip().is_loopback() && token.is_none() {
        return Err(Report::new(
            Code::MissingKey,
            format!("{address} is not a loopback address and there is no token"),
        )
        .help("set `token = { env = \"QA_TOKEN\" }` under `[serve]`, or bind to 127.0.0.1")
        .into());
    }
    let stop = context.stop()?;
    let store = StoreSettings::new(context, settings)?;
    // Who scans fills the database that was created.
    let (store, views) = match rescan {
        Some(_) => store.with_views(store.open()?)?,
        None => store.with_views(store.open_existing()?)?,
    };
    let location = store.location();
    // Readers are opened from the same store whenever the server needs one more.
    let store = Arc::new(Mutex::new(store));
    let service = Service {
        readers: Arc::new(move || {
            store
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .reader()
        }),
        clock: context.clock()?,
        token,
        version: env!("CARGO_PKG_VERSION"),
        legacy,
    };
    let mut job = None;
    if let Some(Period(every)) = rescan {
        let rescans = job.insert(Job::new(context, settings, targets)?);
        rescan_in_the_background(
            context,
            rescans.clone(),
            targets.to_vec(),
            every,
            stop.clone(),
        );
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| CommandError::output("a thread of the server", &error))?;
    let failed = |error: std::io::Error| {
        CommandError::from(
            Report::new(
                Code::Address,
                format!("cannot listen on {address}: {error}"),
            )
            .help("choose another port with `--bind 127.0.0.1:PORT`"),
        )
    };
    let asked = stop.clone();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(address)
            .await
            .map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        context.ui.say(&format!(
            "serving {location} on http://{address} (Ctrl-C stops)"
        ));
        let until = async move {
            asked.wait().await;
        };
        qaduct_serve::serve(listener, service, views, until)
            .await
            .map_err(failed)
    })?;
    // A database that hangs must not keep the program from ending.
    runtime.shutdown_timeout(Duration::from_secs(1));
    if let Some(job) = job {
        job.record_interruption(&context.ui);
    }
    // Asked to stop is how a server ends: a success.
    context.ui.say("stopped");
    Ok(())
}

fn address(bind: &str) -> Result<SocketAddr, CommandError> {
    let wrong = |why: String| {
        CommandError::from(
            Report::new(
                Code::Address,
                format!("`{bind}` is no address to listen on: {why}"),
            )
            .help("write `--bind 127.0.0.1:7700`"),
        )
    };
    bind.to_socket_addrs()
        .map_err(|error| wrong(error.to_string()))?
        .next()
        .ok_or_else(|| wrong("it has no address".to_owned()))
}

/// Scans now and then, on a thread of its own: a request never waits for it.
fn rescan_in_the_background(
    context: &Context,
    job: Job,
    targets: Vec<Target>,
    every: Duration,
    stop: Stop,
) {
    let ui = context.ui.clone();
    std::thread::spawn(move || {
        loop {
            for target in &targets {
                let progress = qaduct_scan::Silent;
                let scan = AssertUnwindSafe(|| {
                    let mut store = job.store()?;
                    Ok(scan_into(store.as_mut(), target, &job.scanning(&progress))?)
                });
                // One repository that breaks the scanner must not end the rescans of all.
                let scanned = catch_unwind(scan).unwrap_or_else(|_| {
                    let message = format!("scanning {} broke off", target.label());
                    Err(Report::new(Code::Internal, message).into())
                });
                match scanned {
                    Ok(scanned) => {
                        let run = scanned.recorded.run;
                        if run.outcome != Outcome::Unchanged {
                            ui.say(&format!(
                                "scanned {}: {}; mutes: {}, {} more, {} gone",
                                scanned.repository,
                                run.outcome,
                                run.mutes_found,
                                run.mutes_opened,
                                run.mutes_closed
                            ));
                        }
                        for failure in scanned.failures {
                            ui.warn(&Report::new(Code::ScanPartial, failure));
                        }
                    }
                    // A stop ends a fetch that is under way.
                    Err(_) if stop.requested().is_some() => {}
                    Err(error) => ui.error(&error),
                }
                if stop.requested().is_some() {
                    return;
                }
            }
            let wake = std::time::Instant::now() + every;
            while std::time::Instant::now() < wake {
                if stop.requested().is_some() {
                    return;
                }
                std::thread::sleep(Duration::from_millis(200).min(every));
            }
        }
    });
}
