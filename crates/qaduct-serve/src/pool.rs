//! A few readers of the store, lent to one request at a time.
//!
//! Readers block, so they run on blocking threads. One that fails is dropped
//! together with its idle neighbours, which most likely share its fate; the
//! next request opens a new one. A reader ends apart from the async runtime.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use qaduct_records::{Reader, StoreError};
use tokio::sync::Semaphore;

use crate::Readers;
use crate::apart::Apart;
use crate::error::Failure;

/// Readers at work at the same time; further requests wait.
const READERS: usize = 4;
/// How long a request waits for its turn and its answer.
const PATIENCE: Duration = Duration::from_secs(30);

type Idle = Mutex<Vec<Apart<Box<dyn Reader>>>>;

pub(crate) struct Pool {
    /// It may hold a connection as well.
    open: Arc<Apart<Readers>>,
    idle: Arc<Idle>,
    turns: Arc<Semaphore>,
}

impl Pool {
    pub(crate) fn new(open: Readers) -> Self {
        Self {
            open: Arc::new(Apart::new(open)),
            idle: Arc::default(),
            turns: Arc::new(Semaphore::new(READERS)),
        }
    }

    /// Lends a reader to `job`.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut dyn Reader) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let in_time = tokio::time::timeout(PATIENCE, async {
            let turn = Arc::clone(&self.turns).acquire_owned().await;
            let (open, idle) = (Arc::clone(&self.open), Arc::clone(&self.idle));
            tokio::task::spawn_blocking(move || {
                // The turn ends with the work, also when the caller has gone.
                let _turn = turn;
                let kept = locked(&idle).pop();
                let mut reader = match kept {
                    Some(reader) => reader,
                    None => Apart::new(open()?),
                };
                let outcome = job(reader.as_mut());
                if outcome.as_ref().is_err_and(is_broken) {
                    // They end when nobody waits for the list.
                    let neighbours = std::mem::take(&mut *locked(&idle));
                    drop(neighbours);
                } else {
                    locked(&idle).push(reader);
                }
                outcome
            })
            .await
        });
        match in_time.await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_panicked)) => Err(Failure::Internal),
            Err(_elapsed) => Err(Failure::TimedOut {
                seconds: PATIENCE.as_secs(),
            }),
        }
    }

    /// The version of the data. This is the first question of every request,
    /// so it is where a connection that died while idle is noticed and replaced.
    pub(crate) async fn version(&self) -> Result<String, Failure> {
        let had_idle = !locked(&self.idle).is_empty();
        let ask = || self.run(|reader| Ok(reader.version()?));
        match ask().await {
            Err(failure) if had_idle && is_broken(&failure) => ask().await,
            outcome => outcome,
        }
    }
}

/// Whether the reader is to blame rather than the question.
fn is_broken(failure: &Failure) -> bool {
    matches!(failure, Failure::Store(error)
        if !matches!(error, StoreError::Query(_) | StoreError::Fit { .. }))
}

/// The readers, also after a panic elsewhere: the list itself is always whole.
fn locked(idle: &Idle) -> MutexGuard<'_, Vec<Apart<Box<dyn Reader>>>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}
