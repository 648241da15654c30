//! One line a step, with its time.

use std::time::{Duration, Instant};

/// Steps of a task, counted.
#[derive(Debug)]
pub(crate) struct Progress {
    done: usize,
    total: usize,
}

impl Progress {
    /// A task of `total` steps.
    pub(crate) fn new(total: usize) -> Self {
        Self { done: 0, total }
    }

    /// Runs one step between its two lines.
    pub(crate) fn step<T>(
        &mut self,
        name: &str,
        work: impl FnOnce() -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let place = self.next(name);
        say(&format!("{place} …"));
        let begin = Instant::now();
        let result = work();
        let outcome = if result.is_ok() { "done" } else { "failed" };
        say(&format!(
            "{place} … {outcome}, {}",
            seconds(begin.elapsed())
        ));
        result
    }

    /// Says why the next step is left out.
    pub(crate) fn leave_out(&mut self, name: &str, why: &str) {
        let place = self.next(name);
        say(&format!("{place}: not run, {why}"));
    }

    fn next(&mut self, name: &str) -> String {
        self.done += 1;
        format!("[{}/{}] {name}", self.done, self.total)
    }
}

/// A duration for people: `0.4 s`, `142 s`.
pub(crate) fn seconds(time: Duration) -> String {
    if time.as_secs() < 10 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} s", time.as_secs())
    }
}

/// Prints a line.
#[expect(
    clippy::print_stdout,
    reason = "a command-line tool talks on standard output"
)]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_times_keep_a_decimal() {
        assert_eq!(seconds(Duration::from_millis(440)), "0.4 s");
        assert_eq!(seconds(Duration::from_secs(142)), "142 s");
    }

    #[test]
    fn a_failed_step_hands_its_error_on() {
        let mut progress = Progress::new(1);
        let result: anyhow::Result<()> = progress.step("x", || anyhow::bail!("no"));
        assert_eq!(result.unwrap_err().to_string(), "no");
    }
}
