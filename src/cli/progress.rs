//! How far a long run is: a bar on a terminal, and nothing anywhere else.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// So many stacks are built before anybody could wonder.
const LASTS: usize = 100;

/// A bar that goes when the run ends, however it ends.
pub(super) struct Progress(Option<ProgressBar>);

impl Progress {
    /// The progress of a run over `count` stacks. There is no bar for a few of them, nor where nobody looks.
    pub(super) fn over(count: usize, quiet: bool) -> Self {
        if quiet || count < LASTS || !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let bar =
            ProgressBar::with_draw_target(u64::try_from(count).ok(), ProgressDrawTarget::stderr());
        // INVARIANT: the text is the same in every run, and has the form that is asked for.
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos} of {len} stacks") {
            bar.set_style(style.progress_chars("=> "));
        }
        Self(Some(bar))
    }

    /// One more is done.
    pub(super) fn done(&self) {
        if let Some(bar) = &self.0 {
            bar.inc(1);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
