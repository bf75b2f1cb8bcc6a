//! Work on many things at once. Its results are in the order of the things, whichever was ready first.

use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
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
    // Each result has its place from the start: lists that grow leave a lot of memory behind.
    let slots: Vec<_> = things.iter().map(|_| Mutex::new(None)).collect();
    let in_turn = || {
        while let index = next.fetch_add(1, Ordering::Relaxed)
            && let (Some(thing), Some(slot)) = (things.get(index), slots.get(index))
        {
            let result = work(thing);
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        }
    };
    thread::scope(|scope| {
        let others: Vec<_> = (1..threads.min(things.len()))
            .map(|_| scope.spawn(in_turn))
            .collect();
        in_turn();
        for thread in others {
            thread.join().unwrap_or_else(|panic| resume_unwind(panic));
        }
    });
    let results = slots.into_iter();
    let results = results.map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner));
    // INVARIANT: every slot is filled, because all threads came to the end of the things.
    results.flatten().collect()
}
