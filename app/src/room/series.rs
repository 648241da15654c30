//! Opens another series of the files that the open scan is of. They are kept as the browser's
//! handles of them, not as bytes, and are read again.

use leptos::prelude::*;
use web_sys::File;

use super::Room;
use super::files::Purpose;

/// Files that were chosen together.
#[derive(Debug, Clone)]
pub(crate) struct Chosen {
    /// Number of the choice.
    pub(super) number: u32,
    /// The folder that was chosen, if one was.
    pub(super) folder: Option<String>,
    pub(super) files: Vec<File>,
    /// Which of several series in them; the longest without it.
    pub(super) series: Option<usize>,
}

impl Room {
    /// Opens the series at this place among those in the files of the open scan.
    pub fn take_series(self, place: usize) {
        let came_by = self.desk.with_untracked(|d| d.open.source.choice);
        let Some(kept) = self.kept_files(came_by) else {
            self.notify(
                true,
                "These files are not at hand any more. Choose them again.",
            );
            return;
        };
        let Some(number) = self.choose_scan() else {
            return;
        };
        let chosen = Chosen {
            number,
            series: Some(place),
            ..kept
        };
        leptos::task::spawn_local(self.take_files(chosen, Purpose::Scan));
    }

    /// The files of a choice.
    pub(super) fn kept_files(self, choice: u32) -> Option<Chosen> {
        let is_its = |it: &&Chosen| it.number == choice;
        self.chosen
            .with_value(|all| all.iter().find(is_its).cloned())
    }

    /// Keeps files that go to the worker, until it is known which of them are open.
    pub(super) fn keep_files(self, chosen: Chosen) {
        self.chosen.update_value(|all| all.push(chosen));
    }

    /// Lets go of the files of scans before the open one.
    pub(super) fn forget_files(self) {
        let open = self.desk.with_untracked(|d| d.open.source.choice);
        self.chosen
            .update_value(|all| all.retain(|it| it.number >= open));
    }
}
