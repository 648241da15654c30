//! The reading room in the browser: what it asks of the worker, and takes in of its messages.

use gloo::timers::callback::Timeout;
use js_sys::ArrayBuffer;
use leptos::prelude::*;
use model::calliper::Steps;
use model::protocol::{Event, Request, SliceResult};
use model::settings::Postprocess;

use super::keep::keep_program;
use super::limits::Limits;
use super::{Room, Selected};
use crate::engine::client::bytes_from_buffer;
use crate::engine::machine::has_little_memory;
use crate::engine::memory;
use crate::engine::state::{Desk, Next, Source, Task};
use crate::export::{name, save};
use crate::ui::focus;
use crate::viewer::measure::follow;
use crate::viewer::overlay::labels_from_planes;
use crate::viewer::pixels::Pixels;
use crate::viewer::view::View;
use crate::viewer::window::first_window;

/// Pause after the last change of the postprocessing before it is applied.
const REFINE_PAUSE_MS: u32 = 180;

impl Room {
    /// Hands files to the worker, to open this one of the `series` in them, or the longest;
    /// `segment` starts the analysis as soon as they are open.
    pub fn open_files(
        self,
        source: Source,
        names: Vec<String>,
        series: Option<usize>,
        files: &[ArrayBuffer],
        segment: bool,
    ) {
        self.stop_run();
        if self.desk.try_update(|d| d.opening(source, segment)) == Some(true) {
            self.send_with(&Request::Open { names, series }, files);
        }
    }

    /// Hands a reference mask to the worker.
    pub fn open_reference(self, names: Vec<String>, files: &[ArrayBuffer]) {
        if let Some(obstacle) = self.desk.with_untracked(Desk::why_adrift) {
            return self.notify(false, obstacle);
        }
        self.desk.update(|d| {
            d.is_reading_reference = true;
            d.notice = None;
        });
        self.send_with(&Request::OpenReference { names }, files);
    }

    pub(super) fn take_in(self, event: Event, buffers: &[ArrayBuffer]) {
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
        let has_reference = matches!(event, Event::ReferenceOpened { .. });
        let failed = matches!(
            event,
            Event::Failed(_) | Event::NotOpened(_) | Event::RunFailed { .. }
        );
        let ended = matches!(event, Event::Finished { .. } | Event::Cancelled { .. });
        // What was open before is shown again, or has time to be.
        let is_free = ended || matches!(event, Event::NotOpened(_) | Event::RunFailed { .. });
        if failed {
            self.show_in_flight.set_value(None);
        }
        let is_refused = self.desk.with_untracked(|d| d.refuses_refinement(&event));
        // Nothing but the bars shows how far a job is: a picture drawn anew for each step would
        // take the job's time.
        let is_progress = matches!(event, Event::Progress { .. });
        let is_seen = !is_progress && !matches!(event, Event::Slice { .. } | Event::Around { .. });
        let pixel_mm = self.desk.with_untracked(Desk::calibrated_mm);
        let apply = |d: &mut Desk| (is_seen, d.apply(event));
        let Some(next) = self.desk.try_maybe_update(apply) else {
            return;
        };
        if is_progress {
            self.progress_changed.notify();
        }
        if ended {
            self.keep_axes(pixel_mm);
        }
        self.go_on(next);
        if has_reference {
            self.compare();
        }
        if is_refused {
            self.take_limits_back();
        }
        if is_free {
            self.fetch_values();
        }
        if ended || failed {
            self.catch_up();
        }
    }

    fn go_on(self, next: Next) {
        match next {
            Next::Nothing => {}
            Next::Prepare => {
                self.prepare();
                self.bring_back();
            }
            Next::BringBack => self.bring_back(),
            Next::PutBack => self.put_back(),
            Next::IsBack => self.forget_what_is_gone(),
            Next::Show { slice, segment } => self.scan_opened(slice, segment),
            Next::Segment(scope) => self.start_segmenting(scope),
            Next::Restart => self.end_worker_soon(true),
            Next::RestartOnCpu => self.start_again_on_cpu(),
            Next::GiveUp => self.end_worker_soon(false),
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
            let before = d
                .open
                .results
                .get(&result.slice)?
                .findings
                .get(selected.index)?;
            follow(before, &result.findings)
        });
        if index != Some(selected.index) {
            self.selected
                .set(index.map(|index| Selected { index, ..selected }));
        }
    }

    /// Each network has limits that suit it best; those that the user has set stay.
    fn take_standard(self, standard: Postprocess) {
        let (now, before) = (
            self.settings.get_untracked(),
            self.standard_postprocess.get_untracked(),
        );
        let loaded = |it: &mut Limits| it.network_loaded(now, before, standard);
        let then = self.limits.try_update_value(loaded);
        self.standard_postprocess.set(standard);
        self.settings.set(then.unwrap_or(now));
    }

    /// The settings for another scan, and their network.
    fn settings_for_scan(self) {
        let now = self.settings.get_untracked();
        let opened = |it: &mut Limits| it.scan_opened(now);
        let then = self.limits.try_update_value(opened).unwrap_or(now);
        if then != now {
            self.settings.set(then);
        }
        if then.architecture != now.architecture {
            self.choose_engine(then.architecture, self.backend.get_untracked());
        }
    }

    /// Lets go of what the room itself has of a scan: its slices, also those that came while
    /// another was being read, where the reader looks and what they have drawn.
    pub(super) fn forget_scan(self) {
        self.pixels.set_value(Pixels::of_scan(has_little_memory()));
        self.show_in_flight.set_value(None);
        self.view.set(View::default());
        self.selected.set(None);
        self.visited.set_value(0);
        self.spot.set(None);
        self.probe.set(None);
        self.callipers.set(Vec::new());
        self.measuring.set(Steps::default());
        self.freehand.set(Vec::new());
        self.is_playing.set(false);
    }

    fn scan_opened(self, slice: usize, segment: bool) {
        self.forget_scan();
        self.forget_files();
        self.settings_for_scan();
        let window = |d: &Desk| d.open.scan.as_ref().map(first_window);
        if let Some(window) = self.desk.with_untracked(window) {
            self.window.set(window);
        }
        self.requests_at_open.set(save::requests_so_far());
        self.slice.set(slice);
        self.show(slice);
        // Another patient's name is not to stand there at once, unless it is to be checked.
        let patient = |d: &Desk| d.open.scan.as_ref()?.patient;
        let is_one_of_several = self.desk.with_untracked(patient).is_some();
        focus::set_open(".whose", is_one_of_several);
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
        let now = self.settings.get_untracked().postprocess;
        if self.limits.with_value(|it| it.is_behind(now)) {
            self.refine_soon();
        }
    }

    /// The masks keep the postprocessing that they have, and so do the sliders.
    fn take_limits_back(self) {
        let now = self.settings.get_untracked().postprocess;
        let made_with = self.held();
        let refused = |it: &mut Limits| it.refused(now, made_with);
        if let Some(held) = self.limits.try_update_value(refused).flatten() {
            self.settings.update(|s| s.postprocess = held);
        }
    }

    /// The postprocessing of all results, if they are alike.
    fn held(self) -> Option<Postprocess> {
        let made_with = |d: &Desk| d.made_with().map(|it| it.settings.postprocess);
        self.desk.with_untracked(made_with)
    }

    /// Number of the segmented slices, if there are any and nothing is done with them.
    fn at_rest(self) -> Option<usize> {
        let is_at_rest = |d: &Desk| d.is_open() && d.run.is_none() && d.has_result();
        self.desk
            .with_untracked(|d| is_at_rest(d).then_some(d.open.results.len()))
    }

    /// Compares the segmented slices, as they are, with the reference mask.
    fn compare(self) {
        if let Some(slices) = self.at_rest()
            && let Some(run) = self.desk.try_update(|d| d.start_run(slices, Task::Compare))
        {
            self.send(&Request::Compare { run });
        }
    }

    fn refine(self) {
        let Some(slices) = self.at_rest() else {
            return;
        };
        let postprocess = self.settings.get_untracked().postprocess;
        self.limits.update_value(|it| it.asked_for(postprocess));
        if self.desk.with_untracked(Desk::has_restored) {
            // The worker would refuse, also to apply what they have.
            let has_news = |d: &Desk| d.notice.as_ref().is_some_and(|it| it.is_error);
            if self.held() != Some(postprocess) && !self.desk.with_untracked(has_news) {
                self.notify(false, "The restored masks stay as they are: their probabilities are not kept. Segment again to apply other settings.");
            }
            return;
        }
        let Some(run) = self.desk.try_update(|d| d.start_run(slices, Task::Refine)) else {
            return;
        };
        self.send(&Request::Refine { run, postprocess });
    }
}

fn values_from_buffer(buffer: &ArrayBuffer) -> Vec<i16> {
    let bytes = bytes_from_buffer(buffer);
    let pairs = bytes.chunks_exact(2);
    pairs.map(|b| i16::from_le_bytes([b[0], b[1]])).collect()
}
