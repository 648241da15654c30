//! A scan whose worker is lost is opened in the next one, and what the page has of its results is
//! put back on it.

use leptos::prelude::*;
use model::protocol::Request;

use super::Room;
use super::folder::read_all;
use super::sample::load;
use super::series::Chosen;
use crate::engine::client::buffer_from_bytes;
use crate::engine::state::Desk;
use crate::saving::document;
use crate::viewer::pixels::Pixels;

impl Room {
    /// What came from the worker before, or was on its way, is given up; what the page has of an
    /// open scan stays.
    pub(super) fn let_go_of_worker(self) {
        self.show_in_flight.set_value(None);
        if self.desk.with_untracked(|d| d.open.scan.is_none()) {
            self.forget_scan();
            self.chosen.set_value(Vec::new());
        }
    }

    /// Opens the scan in this worker that was open in the one before.
    pub(super) fn bring_back(self) {
        let Some(Some(source)) = self.desk.try_update(Desk::begin_to_bring_back) else {
            return;
        };
        let kept = self.kept_files(source.choice);
        let number = self.next_choice();
        leptos::task::spawn_local(async move {
            let read = match &kept {
                Some(kept) => read_all(&kept.files)
                    .await
                    .map_err(|name| format!("“{name}” could not be read from the disk once more.")),
                None if source.credit.is_some() => match load().await {
                    Some((_, names, buffers)) => Ok((names, buffers)),
                    None => Err("It could not be loaded from the server once more.".to_owned()),
                },
                None => Err("Its files are not at hand any more.".to_owned()),
            };
            if !self.is_wanted(number) {
                return;
            }
            match read {
                Ok((names, buffers)) => {
                    if self.desk.try_update(|d| d.bringing_back(number)) != Some(true) {
                        return;
                    }
                    let series = kept.as_ref().and_then(|it| it.series);
                    if let Some(kept) = kept {
                        self.keep_files(Chosen { number, ..kept });
                    }
                    self.send_with(&Request::Open { names, series }, &buffers);
                }
                Err(words) => self.desk.update(|d| d.read_in_vain(&words)),
            }
        });
    }

    /// It is open: its results follow, as if they had been saved.
    pub(super) fn put_back(self) {
        self.forget_files();
        self.pixels.update_value(Pixels::ask_again);
        self.put_results_back();
        self.fetch_values();
    }

    fn put_results_back(self) {
        let Some(kinds) = self.desk.try_update(Desk::begin_to_put_back) else {
            return;
        };
        let mut contents = Vec::new();
        for made_with in &kinds {
            let content = self.desk.with_untracked(|desk| {
                self.pixels
                    .with_value(|pixels| document::to_put_back(desk, pixels, made_with))
            });
            match content {
                Ok(content) => contents.push(buffer_from_bytes(&content)),
                Err(words) => return self.desk.update(|d| d.not_back(Some(&words))),
            }
        }
        // What the reader has said of the file is not in it.
        let pixel_mm = self.desk.with_untracked(Desk::calibrated_mm);
        let is_sized_only = pixel_mm.is_some() && !self.desk.with_untracked(Desk::has_result);
        if contents.is_empty() && !is_sized_only {
            return;
        }
        if let Some(run) = self.desk.try_update(|d| d.put_back(kinds)) {
            self.send_with(&Request::Restore { run, pixel_mm }, &contents);
        }
    }

    /// Its results are back, and those that are not are let go.
    pub(super) fn forget_what_is_gone(self) {
        let gone = self.desk.with_untracked(Desk::without_result);
        self.pixels.update_value(|it| {
            for slice in gone {
                it.forget_labels_of(slice);
            }
        });
        self.pixels_changed.update(|n| *n = n.wrapping_add(1));
    }
}
