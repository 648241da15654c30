//! The reading room in the browser: starts the worker, takes in its messages.

use gloo::timers::callback::Timeout;
use js_sys::ArrayBuffer;
use leptos::prelude::*;
use model::protocol::{Event, Request, SliceResult};
use model::settings::Postprocess;

use super::keep::keep_program;
use super::{Room, Selected};
use crate::engine::client::{Client, bytes_from_buffer};
use crate::engine::memory;
use crate::engine::state::{Desk, Next, Source, Task, WorkerState};
use crate::export::{name, save};
use crate::ui::focus;
use crate::viewer::measure::follow;
use crate::viewer::overlay::labels_from_planes;
use crate::viewer::pixels::Pixels;
use crate::viewer::view::View;
use crate::viewer::window::first_window;

/// A worker that has not loaded by then is given up.
const START_LIMIT_MS: u32 = 90_000;

/// Pause after the last change of the postprocessing before it is applied.
const REFINE_PAUSE_MS: u32 = 180;

impl Room {
    /// Starts the worker if it is not running.
    pub fn open_engine(self) {
        if self.desk.with_untracked(|d| d.worker == WorkerState::Off) {
            self.start_worker();
        }
    }

    fn start_worker(self) {
        self.desk.update(Desk::worker_starting);
        self.pixels.set_value(Pixels::default());
        self.show_in_flight.set_value(None);
        let started = Client::start(
            move |event, buffers| self.take_in(event, &buffers),
            move |detail| self.worker_lost(&detail),
        );
        match started {
            Ok(client) => {
                self.worker.set_value(Some(client));
                let limit = Timeout::new(START_LIMIT_MS, move || {
                    self.worker_lost("it did not load in time");
                });
                self.start_timer.set_value(Some(limit));
            }
            Err(detail) => self.desk.update(|d| d.give_up(&detail)),
        }
    }

    fn worker_lost(self, detail: &str) {
        if let Some(next) = self.desk.try_update(|d| d.lost(detail)) {
            self.end_worker_soon(next == Next::Restart);
        }
    }

    /// Ends the worker, and starts another if it is to be tried `again`. In a task of its own: the
    /// worker must not be dropped inside its own callback.
    fn end_worker_soon(self, again: bool) {
        Timeout::new(0, move || {
            self.worker.set_value(None);
            self.start_timer.set_value(None);
            if again {
                self.start_worker();
            }
        })
        .forget();
    }

    /// Sends a request with buffers; without a worker it starts one and says so.
    pub fn send_with(self, request: &Request, buffers: &[ArrayBuffer]) {
        self.desk.update(|d| d.sent(request));
        let sent = self
            .worker
            .with_value(|w| w.as_ref().map(|client| client.send(request, buffers)));
        match sent {
            Some(Ok(())) => {}
            Some(Err(detail)) => self.worker_lost(&detail),
            None => self.worker_lost("it is not running"),
        }
    }

    /// Hands files to the worker; `segment` starts the analysis as soon as they are open.
    pub fn open_files(
        self,
        source: Source,
        names: Vec<String>,
        files: &[ArrayBuffer],
        segment: bool,
    ) {
        if self.desk.with_untracked(|d| d.run.is_some()) {
            self.send(&Request::Cancel);
        }
        if self.desk.try_update(|d| d.opening(source, segment)) == Some(true) {
            self.send_with(&Request::Open { names }, files);
        }
    }

    /// Hands a reference mask to the worker.
    pub fn open_reference(self, names: Vec<String>, files: &[ArrayBuffer]) {
        self.desk.update(|d| {
            d.reading_reference = true;
            d.notice = None;
        });
        self.send_with(&Request::OpenReference { names }, files);
    }

    fn take_in(self, event: Event, buffers: &[ArrayBuffer]) {
        if self.desk.with_untracked(|d| d.expects(&event)) {
            self.take_in_buffers(&event, buffers);
        }
        if let Event::EngineReady(info) = &event {
            self.take_standard(Postprocess::advised(info.threshold, info.least_peak));
            keep_program();
        }
        if let Event::Speeds(speeds) = &event {
            memory::keep(speeds);
        }
        let refined_reference = matches!(event, Event::ReferenceOpened { .. });
        let failed = matches!(event, Event::Failed(_));
        let ended = matches!(event, Event::Finished { .. } | Event::Cancelled { .. });
        if failed {
            self.show_in_flight.set_value(None);
        }
        // Nothing but the bars shows how far a job is: a picture drawn anew for each step would take the job's time.
        let is_progress = matches!(event, Event::Progress { .. });
        let apply = |d: &mut Desk| (!is_progress, d.apply(event));
        let Some(next) = self.desk.try_maybe_update(apply) else {
            return;
        };
        if is_progress {
            self.progress_changed.notify();
        }
        match next {
            Next::Nothing => {}
            Next::Prepare => {
                self.start_timer.set_value(None);
                self.prepare();
            }
            Next::Show { slice, segment } => self.scan_opened(slice, segment),
            Next::Segment(slices) => self.start_segmenting(slices),
            Next::Restart => self.end_worker_soon(true),
            Next::GiveUp => self.end_worker_soon(false),
        }
        if refined_reference {
            self.refine();
        }
        if ended {
            self.fetch_values();
        }
        if ended || failed {
            self.catch_up();
        }
    }

    fn take_in_buffers(self, event: &Event, buffers: &[ArrayBuffer]) {
        match event {
            Event::Slice { slice } => {
                self.show_in_flight.set_value(None);
                let shown = self.slice.get_untracked();
                if let Some(buffer) = buffers.first() {
                    let values = values_from_buffer(buffer);
                    self.pixels
                        .update_value(|p| p.put_values(*slice, values, shown));
                }
                // Others are only at hand for the next turn of the wheel.
                if *slice == shown || self.is_slab.get_untracked() {
                    self.pixels_changed.update(|n| *n = n.wrapping_add(1));
                }
                self.fetch_values();
            }
            Event::Around { id } => {
                let planes = buffers.iter().map(values_from_buffer).collect();
                self.pixels.update_value(|p| p.put_across(*id, planes));
                self.pixels_changed.update(|n| *n = n.wrapping_add(1));
            }
            Event::Segmented(result) => {
                self.keep_selected(result);
                let planes: Vec<Vec<u8>> = buffers.iter().map(bytes_from_buffer).collect();
                let plane = |i: usize| planes.get(i).map_or(&[][..], Vec::as_slice);
                let labels = labels_from_planes(
                    plane(0).len(),
                    plane(0),
                    plane(1),
                    plane(2),
                    planes.get(4).map(Vec::as_slice),
                );
                self.pixels
                    .update_value(|p| p.put_labels(result.slice, labels));
                self.pixels_changed.update(|n| *n = n.wrapping_add(1));
            }
            Event::Exported { name, mime } => {
                if let Some(buffer) = buffers.first() {
                    save::buffer(&name::now(self, name), mime, buffer);
                }
            }
            _ => {}
        }
    }

    /// A slice that comes again may have other findings in the places of those it had.
    fn keep_selected(self, result: &SliceResult) {
        let is_here = |s: &Selected| s.slice == result.slice;
        let Some(selected) = self.selected.get_untracked().filter(is_here) else {
            return;
        };
        let index = self.desk.with_untracked(|d| {
            let before = d.results.get(&result.slice)?.findings.get(selected.index)?;
            follow(before, &result.findings)
        });
        if index != Some(selected.index) {
            self.selected
                .set(index.map(|index| Selected { index, ..selected }));
        }
    }

    /// Each network has limits that suit it best; those that the user has set stay.
    fn take_standard(self, standard: Postprocess) {
        let before = self.standard_postprocess.get_untracked();
        let is_applied = self.refined_with.get_value().is_some() && !self.refine_wanted();
        self.standard_postprocess.set(standard);
        self.settings.update(|s| {
            let now = &mut s.postprocess;
            if now.threshold.to_bits() == before.threshold.to_bits() {
                now.threshold = standard.threshold;
            }
            if now.least_peak.to_bits() == before.least_peak.to_bits() {
                now.least_peak = standard.least_peak;
            }
        });
        if is_applied {
            // Results of the network before keep their limits until the user changes one.
            let now = self.settings.get_untracked().postprocess;
            self.refined_with.set_value(Some(now));
        }
    }

    fn scan_opened(self, slice: usize, segment: bool) {
        // Slices of the scan before, also those that came while this one was being read.
        self.pixels.set_value(Pixels::default());
        self.show_in_flight.set_value(None);
        self.refined_with.set_value(None);
        let intensity = self
            .desk
            .with_untracked(|d| d.scan.as_ref().map(|s| s.intensity));
        if let Some(intensity) = intensity {
            self.window.set(first_window(intensity));
        }
        self.view.set(View::default());
        self.selected.set(None);
        self.spot.set(None);
        self.callipers.set(Vec::new());
        self.drawn.set(Vec::new());
        self.requests_at_open.set(save::requests_so_far());
        self.slice.set(slice);
        self.show(slice);
        // Another patient's name is not to stand there at once.
        focus::fold(".whose");
        // The button that opened it is gone.
        focus::if_lost(".stage canvas");
        if segment {
            self.segment_shown();
        }
    }

    /// Applies the postprocessing shortly after its last change.
    pub(crate) fn refine_soon(self) {
        self.refine_timer
            .set_value(Some(Timeout::new(REFINE_PAUSE_MS, move || self.refine())));
    }

    /// Applies the postprocessing if it changed while the worker or the page was busy.
    pub(super) fn catch_up(self) {
        if self.refine_wanted() {
            self.refine_soon();
        }
    }

    fn refine(self) {
        let idle = self
            .desk
            .with_untracked(|d| d.is_open() && d.run.is_none() && !d.results.is_empty());
        if !idle {
            return;
        }
        let postprocess = self.settings.get_untracked().postprocess;
        self.refined_with.set_value(Some(postprocess));
        let is_fixed = self.desk.with_untracked(|d| {
            d.has_restored() && d.made_with().map(|m| m.settings.postprocess) != Some(postprocess)
        });
        if is_fixed {
            self.notify(false, "The restored masks stay as they are: their probabilities were not saved. Segment again to apply other settings.");
            return;
        }
        let slices = self.desk.with_untracked(|d| d.results.len());
        let Some(run) = self.desk.try_update(|d| d.start_run(slices, Task::Refine)) else {
            return;
        };
        self.send(&Request::Refine { run, postprocess });
    }

    /// Whether the postprocessing is another than the one last asked for.
    fn refine_wanted(self) -> bool {
        let now = self.settings.get_untracked().postprocess;
        self.refined_with
            .get_value()
            .is_some_and(|last| last != now)
    }
}

fn values_from_buffer(buffer: &ArrayBuffer) -> Vec<i16> {
    let bytes = bytes_from_buffer(buffer);
    let pairs = bytes.chunks_exact(2);
    pairs.map(|b| i16::from_le_bytes([b[0], b[1]])).collect()
}
