//! Batches made ahead by threads, in the order of their steps, and how long was waited for them.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use super::sample::{Batch, Sampler};

/// Batches that a thread makes ahead.
const AHEAD: usize = 2;

/// As many threads as there are cores beside the one that the run itself needs; at least one.
pub fn usual_threads() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    cores.saturating_sub(1).max(1)
}

/// Batches in the order of their steps.
#[derive(Debug)]
pub struct Loader {
    lanes: Vec<Receiver<Batch>>,
    next: usize,
    waited: Duration,
}

impl Loader {
    /// Batches from `first` to before `end`, made ahead by `threads` threads.
    pub fn new(sampler: &Arc<Sampler>, first: usize, end: usize, threads: usize) -> Self {
        let threads = threads.max(1);
        let lanes = (0..threads)
            .map(|lane| {
                let (sender, receiver) = sync_channel(AHEAD);
                let sampler = Arc::clone(sampler);
                std::thread::spawn(move || {
                    for step in (first + lane..end).step_by(threads) {
                        // The receiver is gone when the run ends early.
                        if sender.send(sampler.batch(step)).is_err() {
                            break;
                        }
                    }
                });
                receiver
            })
            .collect();
        Self {
            lanes,
            next: 0,
            waited: Duration::ZERO,
        }
    }

    /// How long was waited for batches since this was last asked.
    pub fn take_waited(&mut self) -> Duration {
        std::mem::take(&mut self.waited)
    }
}

impl Iterator for Loader {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        let lane = self.lanes.get(self.next % self.lanes.len().max(1))?;
        self.next += 1;
        let begin = Instant::now();
        let batch = lane.recv().ok();
        self.waited += begin.elapsed();
        batch
    }
}

/// Windows a second that `threads` threads make, where nobody else is at work.
///
/// # Arguments
/// * `first`: the step that it begins with; late ones may have larger windows.
/// * `time`: how long it is measured, after every thread has made one batch.
pub fn windows_per_second(
    sampler: &Arc<Sampler>,
    first: usize,
    threads: usize,
    time: Duration,
) -> f64 {
    let mut loader = Loader::new(sampler, first, usize::MAX, threads);
    // What was made while the threads began is not counted.
    for _ in 0..threads * (AHEAD + 1) {
        loader.next();
    }
    let (begin, mut batches) = (Instant::now(), 0);
    while begin.elapsed() < time && loader.next().is_some() {
        batches += 1;
    }
    (batches * sampler.windows()) as f64 / begin.elapsed().as_secs_f64()
}
