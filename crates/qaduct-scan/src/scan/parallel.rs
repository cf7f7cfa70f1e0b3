//! Work on all cores.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};
use std::thread;

/// Parsers recurse into what people nest; the pages are only used when touched.
const STACK: usize = 64 << 20;

/// How many threads are worth it for so many steps.
pub(super) fn threads(steps: usize) -> usize {
    // To ask costs reading files.
    static CORES: OnceLock<usize> = OnceLock::new();
    let cores = *CORES.get_or_init(|| thread::available_parallelism().map_or(1, usize::from));
    steps.clamp(1, cores.min(16))
}

/// Does the same for each item, and gives the results in the order of the items.
pub(super) fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(items.iter().map(|_| None).collect::<Vec<Option<R>>>());
    let mut workers: Vec<()> = vec![(); threads(items.len())];
    with_each(&mut workers, |()| {
        while let at = next.fetch_add(1, Ordering::Relaxed)
            && let Some(item) = items.get(at)
        {
            let result = work(item);
            results.lock().unwrap_or_else(|it| it.into_inner())[at] = Some(result);
        }
    });
    let results = results.into_inner().unwrap_or_else(|it| it.into_inner());
    results
        .into_iter()
        .map(|it| it.expect("every item was worked on"))
        .collect()
}

/// One thread for each of these, until all are done. A panic in one of them
/// goes on in the caller.
pub(super) fn with_each<T: Send>(workers: &mut [T], work: impl Fn(&mut T) + Sync) {
    thread::scope(|scope| {
        for worker in workers {
            let work = &work;
            let thread = thread::Builder::new().stack_size(STACK);
            thread
                .spawn_scoped(scope, move || work(worker))
                .expect("the system has threads left");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let items: Vec<usize> = (0..1000).collect();
        assert_eq!(
            each(&items, |it| it * 2),
            items.iter().map(|it| it * 2).collect::<Vec<_>>()
        );
        assert!(each(&[] as &[u8], |_| 0).is_empty());
    }
}
