//! How a command learns that it should stop: SIGINT or SIGTERM.
//!
//! Blocking code asks [`Stop::check`] between its steps, or runs what cannot be
//! asked under [`Stop::race`]; async code awaits [`Stop::wait`]. The first
//! signal asks, a second one of either kind ends the process at once.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::{oneshot, watch};

use crate::error::{CommandError, Kind};
use crate::report::{Code, Report};

/// How long a process that is left alone has to end.
const ALONE: Duration = Duration::from_secs(10);

/// Tells whether the process was asked to stop. Copies tell the same.
#[derive(Debug, Clone)]
pub struct Stop {
    asked: watch::Receiver<Option<Kind>>,
}

impl Stop {
    /// Begins to listen: from now on signals no longer end the process by themselves.
    ///
    /// # Errors
    /// When the system refuses a thread or a signal handler.
    pub fn listen() -> Result<Self, CommandError> {
        Self::listening(false)
    }

    /// The same for a process that somebody attends to: it is asked to stop, as by SIGTERM,
    /// when its standard input ends, and that is when whoever began it is gone.
    ///
    /// # Errors
    /// As [`Self::listen`].
    pub fn listen_attended() -> Result<Self, CommandError> {
        Self::listening(true)
    }

    fn listening(attended: bool) -> Result<Self, CommandError> {
        let failed = |error| {
            CommandError::from(Report::new(
                Code::Internal,
                format!("cannot listen for signals: {error}"),
            ))
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build()
            .map_err(failed)?;
        let (tell, asked) = watch::channel(None);
        // Handlers are in place when this returns, not some time later.
        let mut signals = runtime.block_on(async { Signals::new() }).map_err(failed)?;
        let (ended, left) = oneshot::channel();
        if attended {
            let reader = move || {
                // Nothing that could be read means anything.
                std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink()).ok();
                ended.send(()).ok();
            };
            let input = thread::Builder::new().name("input".to_owned());
            input.spawn(reader).map_err(failed)?;
        }
        thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    let mut alone = false;
                    let first = tokio::select! {
                        kind = signals.next() => kind,
                        // Where nobody attends, nobody can leave.
                        Ok(()) = left => {
                            alone = true;
                            Kind::Terminated
                        }
                    };
                    // Nobody may be listening any more; then nobody minds.
                    tell.send_replace(Some(first));
                    // Whatever waits for a remote has nothing more to wait for.
                    qaduct_scan::stop_fetching();
                    if alone {
                        // Nobody is there to end it if it does not.
                        thread::sleep(ALONE);
                        end_at_once(first);
                    }
                    end_at_once(signals.next().await);
                });
            })
            .map_err(failed)?;
        Ok(Self { asked })
    }

    /// Which status to end with, when the process was asked to stop.
    #[must_use]
    pub fn requested(&self) -> Option<Kind> {
        *self.asked.borrow()
    }

    /// Fails when the process was asked to stop: for use between two steps.
    ///
    /// # Errors
    /// When it was.
    pub fn check(&self) -> Result<(), CommandError> {
        self.requested()
            .map_or(Ok(()), |kind| Err(CommandError::silent(kind)))
    }

    /// Is ready when the process was asked to stop.
    pub async fn wait(mut self) -> Kind {
        if let Ok(asked) = self.asked.wait_for(Option::is_some).await
            && let Some(kind) = *asked
        {
            return kind;
        }
        // The sender lives as long as the process.
        std::future::pending().await
    }

    /// Does work that cannot be interrupted, and gives up waiting for it when
    /// the process is asked to stop. The work goes on until the process ends,
    /// which the caller is about to do: only for work that may be cut off
    /// anywhere, such as one inside a transaction.
    ///
    /// # Errors
    /// When the process was asked to stop first.
    pub fn race<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, CommandError> {
        let (done, result) = mpsc::sync_channel(1);
        let worker = thread::spawn(move || {
            // Fails when nobody waits any more.
            done.send(work()).ok();
        });
        loop {
            self.check()?;
            match result.recv_timeout(Duration::from_millis(50)) {
                Ok(value) => {
                    // The stop may be why it has ended.
                    self.check()?;
                    return Ok(value);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => match worker.join() {
                    Err(defect) => std::panic::resume_unwind(defect),
                    Ok(()) => unreachable!("the worker sends before it ends"),
                },
            }
        }
    }
}

impl qaduct_http::Sleep for Stop {
    fn sleep(&self, time: Duration) -> bool {
        let until = Instant::now() + time;
        loop {
            if self.requested().is_some() {
                return false;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            thread::sleep(left.min(Duration::from_millis(50)));
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    clippy::exit,
    reason = "the second signal asks for it"
)]
fn end_at_once(kind: Kind) -> ! {
    std::process::exit(kind.status().into())
}

/// The two signals.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) -> Kind {
        tokio::select! {
            _ = self.interrupt.recv() => Kind::Interrupted,
            _ = self.terminate.recv() => Kind::Terminated,
        }
    }
}

/// Elsewhere there is only Ctrl-C.
#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> Kind {
        match tokio::signal::ctrl_c().await {
            Ok(()) => Kind::Interrupted,
            Err(_) => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stop() -> (watch::Sender<Option<Kind>>, Stop) {
        let (tell, asked) = watch::channel(None);
        (tell, Stop { asked })
    }

    #[test]
    fn work_that_ends_gives_its_value() {
        let (_tell, stop) = stop();
        assert_eq!(stop.race(|| 7).unwrap(), 7);
    }

    #[test]
    fn work_that_never_ends_is_left_behind_when_asked_to_stop() {
        let (tell, stop) = stop();
        tell.send_replace(Some(Kind::Terminated));
        let error = stop
            .race(|| {
                loop {
                    thread::park()
                }
            })
            .unwrap_err();
        assert_eq!(error.kind(), Kind::Terminated);
    }

    #[test]
    #[should_panic(expected = "a defect")]
    fn a_defect_in_the_work_is_not_swallowed() {
        let (_tell, stop) = stop();
        stop.race(|| panic!("a defect")).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_signal_asks_and_does_not_end_the_process() {
        let stop = Stop::listen().unwrap();
        stop.check().unwrap();
        let own = std::process::id().to_string();
        std::process::Command::new("kill")
            .args(["-TERM", &own])
            .status()
            .unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        assert_eq!(runtime.block_on(stop.clone().wait()), Kind::Terminated);
        assert_eq!(stop.check().unwrap_err().kind().status(), 143);
    }

    #[test]
    fn async_code_can_wait_for_it() {
        let (tell, stop) = stop();
        tell.send_replace(Some(Kind::Interrupted));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        assert_eq!(runtime.block_on(stop.wait()), Kind::Interrupted);
    }
}
