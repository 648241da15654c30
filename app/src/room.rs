//! The reading room's state as signals, and everything a control can do.
//!
//! One [`Room`] lives as long as the page, so a scan stays open while the user reads
//! another page and comes back. Without the `hydrate` feature (on the server) it only
//! holds first values.

#[cfg(any(feature = "hydrate", test))]
mod awake;
#[cfg(feature = "hydrate")]
mod browser;
pub mod calibrating;
pub mod cine;
mod correcting;
#[cfg(feature = "hydrate")]
pub mod files;
#[cfg(feature = "hydrate")]
mod folder;
mod judging;
#[cfg(feature = "hydrate")]
mod keep;
#[cfg(feature = "hydrate")]
mod leaving;
pub mod lesions;
pub mod limits;
pub mod measuring;
mod preparing;
pub mod returning;
#[cfg(feature = "hydrate")]
mod salvage;
#[cfg(feature = "hydrate")]
mod sample;
mod segmenting;
#[cfg(feature = "hydrate")]
mod series;
#[cfg(any(feature = "hydrate", test))]
mod title;
mod tool;
mod turning;
#[cfg(feature = "hydrate")]
mod worker;

use leptos::prelude::*;
use limits::Limits;
use model::calliper::{Calliper, Steps};
use model::network::Architecture;
use model::protocol::{BackendChoice, ExportKind, Request};
use model::settings::{Postprocess, Settings};
use model::volume::{Intensity, PixelSpacing};
use model::window::Window;
pub use tool::Tool;

use crate::api::history::Entry;
use crate::engine::state::{Desk, Notice};
use crate::saving::document::{Caption, drawn};
use crate::viewer::overlay::Overlay;
use crate::viewer::pixels::Pixels;
use crate::viewer::slab;
use crate::viewer::view::{Frame, View};
use crate::viewer::window::{LUNG, first_window};

/// The finding that is highlighted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Selected {
    /// Its slice.
    pub slice: usize,
    /// Its place in that slice's list.
    pub index: usize,
}

/// The value under the pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// Row of the pixel.
    pub row: usize,
    /// Column of the pixel.
    pub col: usize,
    /// HU or grey level.
    pub value: i16,
}

/// All signals of the reading room.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// What is known from the worker.
    pub desk: RwSignal<Desk>,
    /// Values and label maps by slice.
    pub pixels: StoredValue<Pixels>,
    /// Counts changes of `pixels`.
    pub pixels_changed: RwSignal<u32>,
    /// Told when only the progress on the desk has changed, of which the desk tells nobody.
    pub progress_changed: Trigger,
    /// The slice shown.
    pub slice: RwSignal<usize>,
    /// Whether slice after slice is shown by itself, …
    pub is_playing: RwSignal<bool>,
    /// … and for how many ms each.
    pub pace_ms: RwSignal<usize>,
    /// Its window.
    pub window: RwSignal<Window>,
    /// Zoom and pan.
    pub view: RwSignal<View>,
    /// The canvas as last drawn.
    pub frame: RwSignal<Option<Frame>>,
    /// Layers.
    pub overlay: RwSignal<Overlay>,
    /// Whether the brightest of some slices is shown in place of one.
    pub is_slab: RwSignal<bool>,
    /// Left-drag tool.
    pub tool: RwSignal<Tool>,
    /// Lines and ellipses measured by hand, the one drawn or moved last at the end.
    pub callipers: RwSignal<Vec<Calliper>>,
    /// What was measured with keys last, of which the viewer tells.
    pub by_keys: RwSignal<Option<Calliper>>,
    /// Saved analyses of the open scan, newest first, as far as the server says.
    pub earlier: RwSignal<Vec<Entry>>,
    /// What was done to them.
    pub measuring: RwSignal<Steps>,
    /// Corners of an area that were set with keys, of which the viewer tells while it is drawn.
    pub corners: RwSignal<usize>,
    /// The contour that is being drawn: points of the slice (row, col).
    pub freehand: RwSignal<Vec<(f64, f64)>>,
    /// Highlighted finding.
    pub selected: RwSignal<Option<Selected>>,
    /// Number of the lesion that was highlighted last, 0 before the first.
    pub visited: StoredValue<usize>,
    /// Slice, row and column that the reader points at.
    pub spot: RwSignal<Option<[usize; 3]>>,
    /// Under the pointer.
    pub probe: RwSignal<Option<Probe>>,
    /// Network, noise reduction, postprocessing.
    pub settings: RwSignal<Settings>,
    /// Postprocessing that suits the loaded network best, from validation data.
    pub standard_postprocess: RwSignal<Postprocess>,
    /// GPU or CPU.
    pub backend: RwSignal<BackendChoice>,
    /// Network requests the page had made when the scan was opened.
    pub requests_at_open: RwSignal<u32>,
    /// Slice whose values are on their way.
    pub show_in_flight: StoredValue<Option<usize>>,
    /// When a button that rejects was pressed last, in milliseconds since the page was loaded.
    pub rejected_ms: StoredValue<f64>,
    /// What is known of settings beside those that are chosen.
    pub limits: StoredValue<Limits>,
    /// Counts the scans that were chosen; of those that are still being read only the last is
    /// wanted.
    pub(crate) choices: StoredValue<u32>,
    /// Which of them was the sample last.
    pub(crate) sample: StoredValue<Option<u32>>,
    /// Files of the open scan and of those on their way to the worker.
    #[cfg(feature = "hydrate")]
    pub(crate) chosen: StoredValue<Vec<series::Chosen>, LocalStorage>,
    #[cfg(feature = "hydrate")]
    pub(crate) worker: StoredValue<Option<crate::engine::client::Client>, LocalStorage>,
    #[cfg(feature = "hydrate")]
    pub(crate) refine_timer: StoredValue<Option<gloo::timers::callback::Timeout>, LocalStorage>,
}

impl Room {
    /// Nothing open, nothing started.
    pub fn new() -> Self {
        Self {
            desk: RwSignal::new(Desk::default()),
            pixels: StoredValue::new(Pixels::default()),
            pixels_changed: RwSignal::new(0),
            progress_changed: Trigger::new(),
            slice: RwSignal::new(0),
            is_playing: RwSignal::new(false),
            pace_ms: RwSignal::new(100),
            window: RwSignal::new(LUNG),
            view: RwSignal::new(View::default()),
            frame: RwSignal::new(None),
            overlay: RwSignal::new(Overlay::default()),
            is_slab: RwSignal::new(false),
            tool: RwSignal::new(Tool::default()),
            callipers: RwSignal::default(),
            by_keys: RwSignal::new(None),
            earlier: RwSignal::default(),
            measuring: RwSignal::default(),
            corners: RwSignal::new(0),
            freehand: RwSignal::default(),
            selected: RwSignal::new(None),
            visited: StoredValue::new(0),
            spot: RwSignal::new(None),
            probe: RwSignal::new(None),
            settings: RwSignal::new(Settings {
                architecture: Architecture::Unet,
                denoise: model::settings::Denoise::None,
                postprocess: Postprocess::default(),
            }),
            standard_postprocess: RwSignal::new(Postprocess::default()),
            backend: RwSignal::new(BackendChoice::Auto),
            requests_at_open: RwSignal::new(0),
            show_in_flight: StoredValue::new(None),
            rejected_ms: StoredValue::new(f64::NEG_INFINITY),
            limits: StoredValue::new(Limits::default()),
            choices: StoredValue::new(0),
            sample: StoredValue::new(None),
            #[cfg(feature = "hydrate")]
            chosen: StoredValue::new_local(Vec::new()),
            #[cfg(feature = "hydrate")]
            worker: StoredValue::new_local(None),
            #[cfg(feature = "hydrate")]
            refine_timer: StoredValue::new_local(None),
        }
    }

    /// Number of slices of the open scan, 0 without one.
    pub fn slices(&self) -> usize {
        self.desk
            .with(|d| d.open.scan.as_ref().map_or(0, |scan| scan.slices))
    }

    /// Whether the open scan's values are Hounsfield units (tracks the desk).
    pub fn is_ct(&self) -> bool {
        self.desk.with(|d| {
            d.open.scan.as_ref().map(|scan| scan.intensity) == Some(Intensity::Hounsfield)
        })
    }

    /// Distance between the open scan's pixels, if it is known (tracks the desk).
    pub fn spacing(&self) -> Option<PixelSpacing> {
        self.desk
            .with(|d| d.open.scan.as_ref().and_then(|scan| scan.spacing))
    }

    /// Goes to a slice (kept within the scan) and fetches its values.
    pub fn show(&self, slice: usize) {
        let Some(last) = self
            .desk
            .with_untracked(|d| d.open.scan.as_ref()?.slices.checked_sub(1))
        else {
            return;
        };
        let slice = slice.min(last);
        if slice != self.slice.get_untracked() {
            self.slice.set(slice);
            self.probe.set(None);
            // What is drawn on one slice is not of another.
            self.freehand
                .maybe_update(|line| !std::mem::take(line).is_empty());
        }
        if self
            .selected
            .get_untracked()
            .is_some_and(|s| s.slice != slice)
        {
            self.selected.set(None);
        }
        self.fetch_values();
    }

    /// Highlights a finding, goes to its slice and brings it to the middle.
    pub fn select(&self, selected: Selected) {
        if !self.may_turn_to(selected.slice) {
            return;
        }
        self.show(selected.slice);
        let centre = self.desk.with_untracked(|d| {
            let finding = d
                .open
                .results
                .get(&selected.slice)?
                .findings
                .get(selected.index)?;
            self.visited.set_value(finding.lesion);
            Some(crate::viewer::measure::screen_centre(finding.centre))
        });
        if let (Some(centre), Some(frame)) = (centre, self.frame.get_untracked()) {
            self.view.update(|v| *v = v.centred_on(frame, centre, 2.5));
        }
        self.selected.set(Some(selected));
        self.spot.set(None);
    }

    /// Zoom by a factor around the canvas's centre.
    pub fn zoom(&self, factor: f64) {
        if let Some(frame) = self.frame.get_untracked() {
            let centre = (frame.width / 2.0, frame.height / 2.0);
            self.view
                .update(|v| *v = v.zoomed_at(frame, centre, factor));
        }
    }

    /// Shows the brightest of some slices in place of one, or one again; or says why a scan has no
    /// slabs.
    pub fn switch_slab(&self) {
        if let Some(why) = untrack(|| slab::obstacle(*self)) {
            return self.notify(false, why);
        }
        self.is_slab.update(|it| *it = !*it);
        self.fetch_values();
    }

    /// Whole slice, first window, not inverted.
    pub fn reset_view(&self) {
        self.view.set(View::default());
        self.overlay.update(|it| it.is_inverted = false);
        let first = self
            .desk
            .with_untracked(|d| d.open.scan.as_ref().map(first_window));
        if let Some(window) = first {
            self.window.set(window);
        }
    }

    /// Other postprocessing: what is segmented already is refined with it shortly after
    /// the last change.
    pub fn change_postprocess(&self, change: impl FnOnce(&mut Postprocess)) {
        self.settings.update(|s| change(&mut s.postprocess));
        #[cfg(feature = "hydrate")]
        self.refine_soon();
    }

    /// Asks for a file of the results.
    pub fn export(&self, kind: ExportKind) {
        let lines = drawn(&self.callipers.get_untracked());
        // Plain structs of numbers always serialise.
        let lines = serde_json::to_string(&lines).unwrap_or_default();
        self.send(&Request::Export {
            kind,
            lines,
            examined_on: self.desk.with_untracked(Caption::of).day,
        });
    }

    /// Shows a message on top of the page.
    pub fn notify(&self, is_error: bool, text: impl Into<String>) {
        let text = text.into();
        self.desk
            .update(|d| d.notice = Some(Notice { is_error, text }));
    }

    /// Says that a scan stays on the screen when its reader signs out.
    pub fn tell_it_stays(&self) {
        if self.desk.with_untracked(Desk::is_shown) {
            let words = "You are signed out. The scan and its result stay open in this window until it is closed or reloaded.";
            self.notify(false, words);
        }
    }

    /// Asks for the values of the slice shown and of those in its slab, else of its neighbours
    /// before they are needed: the worker has little time while it segments. One request at a time:
    /// fast scrolling skips slices instead of queueing them.
    pub(crate) fn fetch_values(&self) {
        let shown = self.slice.get_untracked();
        let (slices, is_running) = self.desk.with_untracked(|d| {
            // What is asked for while another scan is on its way would be of that one.
            let scan = d.open.scan.as_ref().filter(|_| d.is_open());
            (scan.map_or(0, |s| s.slices), d.run.is_some())
        });
        let slab = untrack(|| slab::shown(*self));
        let missing = self.pixels.with_value(|p| p.nearest_missing(shown, slices));
        let ends = [slab.start(), slab.end()];
        // Beside a gap, what is nearest may be beyond it; the rest of the slab comes after that.
        let is_near = |slice: &usize| {
            ends.iter()
                .any(|end| slice.abs_diff(shown) <= end.abs_diff(shown))
        };
        let wanted = missing.filter(|slice| is_near(slice) || !is_running);
        if let (Some(slice), None) = (wanted, self.show_in_flight.get_value()) {
            self.show_in_flight.set_value(Some(slice));
            self.send(&Request::Show { slice });
        }
    }

    #[cfg(feature = "hydrate")]
    pub(crate) fn send(&self, request: &Request) {
        self.send_with(request, &[]);
    }

    /// The server has no worker: a room rendered there is never used.
    #[cfg(not(feature = "hydrate"))]
    #[expect(clippy::unused_self, reason = "the browser's form needs it")]
    pub(crate) fn send(&self, _request: &Request) {}
}

impl Default for Room {
    fn default() -> Self {
        Self::new()
    }
}
