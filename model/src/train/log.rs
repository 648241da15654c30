//! `log.csv` of a run: step, name, value, and for training losses the mean time that a step waited
//! for its windows.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result};

use super::whole;

/// The headings; runs begun by earlier versions have no waits and go on without them.
const HEADINGS: &str = "step,name,value,waited_seconds";

/// How many false alarms were found after a step.
pub(super) const FALSE_ALARMS: &str = "false_alarms";

/// An open log.
#[derive(Debug)]
pub(super) struct Log {
    file: File,
    has_waits: bool,
}

impl Log {
    /// Goes on after `step` with the log of a run's folder, or begins one. What a run that broke
    /// off had logged beyond the checkpoint goes: these steps come again.
    pub(super) fn open(folder: &Path, step: usize) -> Result<Self> {
        let path = folder.join("log.csv");
        let wrong = || format!("reading {}", path.display());
        let before = match std::fs::read_to_string(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            before => before.with_context(wrong)?,
        };
        // A line without an end was being written.
        let before = before.rsplit_once('\n').map_or("", |(lines, _)| lines);
        let mut lines = before.lines();
        let headings = lines.next().unwrap_or(HEADINGS);
        let kept: Vec<&str> = std::iter::once(headings)
            .chain(lines.filter(|line| stays(line, step)))
            .collect();
        whole::write(folder, |part| {
            std::fs::write(part.join("log.csv"), kept.join("\n") + "\n").context("writing the log")
        })?;
        let file = OpenOptions::new().append(true).open(&path);
        Ok(Self {
            file: file.with_context(wrong)?,
            has_waits: headings == HEADINGS,
        })
    }

    /// The mean loss of the last steps, and the mean of their waits.
    pub(super) fn steps(&mut self, step: usize, loss: f64, waited_seconds: f64) -> Result<()> {
        self.write(step, "train_loss", loss, &format!("{waited_seconds:.6}"))
    }

    /// Anything else that is known after a step.
    pub(super) fn line(&mut self, step: usize, name: &str, value: f64) -> Result<()> {
        self.write(step, name, value, "")
    }

    fn write(&mut self, step: usize, name: &str, value: f64, waited: &str) -> Result<()> {
        let end = if self.has_waits {
            format!(",{waited}")
        } else {
            String::new()
        };
        Ok(writeln!(self.file, "{step},{name},{value:.6}{end}")?)
    }
}

/// Whether a run that goes on after `step` will not write the line again. False alarms after a step
/// are looked for when the next one begins, later than the checkpoint of that step.
fn stays(line: &str, step: usize) -> bool {
    let mut cells = line.split(',');
    let logged = cells.next().and_then(|it| it.parse::<usize>().ok());
    let is_of_next = cells.next() == Some(FALSE_ALARMS);
    logged.is_some_and(|logged| logged < step || (logged == step && !is_of_next))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a folder's log is after two lines more.
    fn after(name: &str, before: Option<&str>) -> String {
        let folder = format!("neurocare-log-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("log.csv");
        if let Some(before) = before {
            std::fs::write(&path, before).unwrap();
        }
        let mut log = Log::open(&folder, 50).unwrap();
        log.steps(50, 0.75, 0.002).unwrap();
        log.line(50, "val_dice", 0.5).unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        std::fs::remove_dir_all(folder).unwrap();
        text
    }

    #[test]
    fn waits_are_the_last_column_of_the_losses() {
        let lines = "50,train_loss,0.750000,0.002000\n50,val_dice,0.500000,\n";
        let new = after("new", None);
        assert_eq!(new, format!("{HEADINGS}\n{lines}"));
        assert_eq!(after("again", Some(&new)), format!("{new}{lines}"));
    }

    #[test]
    fn steps_beyond_the_checkpoint_go_because_they_come_again() {
        let kept = format!("{HEADINGS}\n50,train_loss,0.900000,0.002000\n");
        let broken = format!("{kept}100,train_loss,0.800000,0.002000\n100,val_dice,0.400000,\n");
        let lines = "50,train_loss,0.750000,0.002000\n50,val_dice,0.500000,\n";
        assert_eq!(after("broken", Some(&broken)), format!("{kept}{lines}"));
    }

    #[test]
    fn false_alarms_of_the_next_step_and_half_a_line_go_too() {
        let kept = format!("{HEADINGS}\n40,false_alarms,7.000000,\n50,val_dice,0.400000,\n");
        let broken = format!("{kept}50,false_alarms,3.000000,\n5");
        let lines = "50,train_loss,0.750000,0.002000\n50,val_dice,0.500000,\n";
        assert_eq!(after("half", Some(&broken)), format!("{kept}{lines}"));
        let new = format!("{HEADINGS}\n{lines}");
        assert_eq!(after("heading", Some("step,na")), new);
    }

    #[test]
    fn an_older_log_goes_on_with_its_own_columns() {
        let old = "step,name,value\n50,train_loss,0.900000\n";
        let lines = "50,train_loss,0.750000\n50,val_dice,0.500000\n";
        assert_eq!(after("old", Some(old)), format!("{old}{lines}"));
    }
}
