//! Work on many things at once. Its results are in the order of the things, whichever was ready first.

use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::cli::report::Failure;
use crate::diag::Diagnostics;

/// Does `work` for each on several threads; as many as there are processors when nothing is said.
///
/// # Errors
/// All that is wrong with any, in the order of the things.
pub(super) fn each<I: Sync, T: Send>(
    things: &[I],
    threads: Option<NonZeroUsize>,
    work: impl Fn(&I) -> Result<T, Failure> + Sync,
) -> Result<Vec<T>, Failure> {
    let mut diags = Diagnostics::new();
    let mut done = Vec::with_capacity(things.len());
    for result in results(things, threads, work) {
        match result {
            Ok(result) => done.push(result),
            Err(failure) => diags.extend(failure.diagnostics),
        }
    }
    if diags.is_empty() {
        Ok(done)
    } else {
        Err(diags.into())
    }
}

/// What `work` says of each.
pub(super) fn results<I: Sync, T: Send>(
    things: &[I],
    threads: Option<NonZeroUsize>,
    work: impl Fn(&I) -> T + Sync,
) -> Vec<T> {
    // To start a thread for one thing, and to ask how many there could be, takes as long as to plan a stack.
    if things.len() < 2 || threads == Some(NonZeroUsize::MIN) {
        return things.iter().map(work).collect();
    }
    let available = || thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let threads = threads.map_or_else(available, NonZeroUsize::get);
    let next = AtomicUsize::new(0);
    let in_turn = || {
        let mut done = Vec::new();
        while let index = next.fetch_add(1, Ordering::Relaxed)
            && let Some(thing) = things.get(index)
        {
            done.push((index, work(thing)));
        }
        done
    };
    let mut results = thread::scope(|scope| {
        let others: Vec<_> = (1..threads.min(things.len()))
            .map(|_| scope.spawn(in_turn))
            .collect();
        let mut results = in_turn();
        for thread in others {
            results.extend(thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        results
    });
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}
