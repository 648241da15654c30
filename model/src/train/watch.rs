//! Who follows a run: plain lines on standard error, so that one in the background can be
//! followed too, or burn-train's terminal display (feature `train-tui`) where there is a
//! terminal. The log beside the checkpoints is written either way.

use std::io::Write as _;

#[cfg(feature = "train-tui")]
mod metric;
#[cfg(feature = "train-tui")]
mod terminal;

/// What is known after some steps.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Steps {
    /// Steps done, and those at the end.
    pub(crate) done: usize,
    pub(crate) end: usize,
    /// Mean loss since the last time.
    pub(crate) loss: f64,
    pub(crate) learning_rate: f64,
    pub(crate) seconds_per_step: f64,
    /// Of which windows were waited for, since the last time.
    pub(crate) seconds_waited: f64,
}

/// What is known after a validation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Validation {
    pub(crate) step: usize,
    pub(crate) dice: f64,
    pub(crate) threshold: f32,
    pub(crate) best_dice: f64,
    pub(crate) best_step: usize,
}

/// Somebody who is told how a run goes.
pub(crate) trait Watcher {
    /// The loss of the last steps.
    fn steps(&mut self, steps: Steps);
    /// The score of the averaged weights.
    fn validation(&mut self, validation: Validation);
    /// Anything else.
    fn note(&mut self, text: &str);
    /// Whether the run is asked to save and stop.
    fn wants_to_stop(&self) -> bool;
}

/// The display where standard output is a terminal and it is built in; else lines.
///
/// # Arguments
/// `first`, `end`: steps that the run begins after and ends with.
pub(crate) fn watcher(first: usize, end: usize) -> Box<dyn Watcher> {
    #[cfg(feature = "train-tui")]
    if std::io::IsTerminal::is_terminal(&std::io::stdout()) {
        return Box::new(terminal::Terminal::new(first, end));
    }
    let mut lines = Lines;
    if first > 0 {
        lines.note(&format!("going on after step {first} of {end}"));
    }
    Box::new(lines)
}

/// Plain lines.
struct Lines;

impl Watcher for Lines {
    fn steps(&mut self, steps: Steps) {
        let left = steps.seconds_per_step * (steps.end - steps.done) as f64 / 60.0;
        self.note(&format!(
            "step {}/{} loss {:.4} rate {:.2e} {:.0} ms/step, waited {:.1} ms for windows, {left:.1} min left",
            steps.done,
            steps.end,
            steps.loss,
            steps.learning_rate,
            steps.seconds_per_step * 1e3,
            steps.seconds_waited * 1e3,
        ));
    }

    fn validation(&mut self, v: Validation) {
        self.note(&format!(
            "validation after {}: Dice {:.4} at {:.2}, best {:.4} after {}",
            v.step, v.dice, v.threshold, v.best_dice, v.best_step
        ));
    }

    fn note(&mut self, text: &str) {
        // A closed terminal must not end the run.
        writeln!(std::io::stderr(), "{text}").ok();
    }

    fn wants_to_stop(&self) -> bool {
        false
    }
}
