//! Recognises the open scan by its digest and restores what was saved of it.

use leptos::prelude::*;

use super::Room;
use crate::api::history::{self, Entry};
use crate::engine::state::{Desk, Digest};
use crate::saving::Outbox;
#[cfg(feature = "hydrate")]
use crate::saving::document::Caption;
use crate::session::Session;

/// What is known about the open scan from earlier.
#[derive(Debug, Clone, Copy)]
pub struct Restoring {
    /// Saved analyses of it, newest first; empty once the reader has decided.
    pub known: RwSignal<Vec<Entry>>,
    /// One of them is on its way.
    pub is_busy: RwSignal<bool>,
    /// Why it could not be restored.
    pub fault: RwSignal<Option<String>>,
    room: Room,
    session: Session,
}

impl Restoring {
    /// Asks for the digest of every scan that is opened by whoever is signed in, and for what
    /// was saved under it.
    pub fn new(room: Room) -> Self {
        let session = expect_context::<Session>();
        let outbox = expect_context::<Outbox>();
        let restoring = Self {
            known: RwSignal::new(Vec::new()),
            is_busy: RwSignal::new(false),
            fault: RwSignal::new(None),
            room,
            session,
        };
        let key = Memo::new(move |_| session.me().map(|me| me.image_key));
        let is_open = Memo::new(move |_| room.desk.with(Desk::is_open));
        let digest = Memo::new(move |_| {
            room.desk
                .with(|d| d.open.digest.clone().filter(|_| d.is_open()))
        });
        Effect::new(move |_| {
            if session.is_known() {
                let key = key.get();
                room.desk.update(|d| d.signed_in(key));
            }
        });
        Effect::new(move |_| {
            let Some(key) = key.get().filter(|_| is_open.get()) else {
                return;
            };
            let is_known = digest.with_untracked(|d| d.as_ref().is_some_and(|d| d.key == key));
            if !is_known {
                room.send(&model::protocol::Request::Digest { key });
            }
        });
        Effect::new(move |last: Option<Option<Digest>>| {
            // Then there is one more.
            outbox.stored.track();
            let digest = digest.get().filter(|d| Some(&d.key) == key.get().as_ref());
            let is_other = last.as_ref() != Some(&digest);
            if is_other {
                restoring.close();
                room.earlier.set(Vec::new());
            }
            if let Some(digest) = digest.clone() {
                restoring.look_up(digest, is_other);
            }
            digest
        });
        restoring
    }

    /// Asks what is saved of this image; where it has just been opened, it is offered, too.
    fn look_up(self, digest: Digest, is_just_open: bool) {
        leptos::task::spawn_local(async move {
            // Without an answer the scan is treated as new: nothing depends on it.
            let Ok(entries) = history::of_image(digest.digest.clone()).await else {
                return;
            };
            // Meanwhile somebody else may have signed in, whom these labels do not concern.
            let me = self.session.me_untracked();
            let is_theirs = me.is_some_and(|me| me.image_key == digest.key);
            let is_open = |d: &Desk| d.has_digest(&digest.digest);
            if !is_theirs || !self.room.desk.with_untracked(is_open) {
                return;
            }
            self.room.earlier.set(entries.clone());
            // What lies on the scan now is newer than anything saved.
            let is_new = |d: &Desk| d.open.results.is_empty();
            if is_just_open && self.room.desk.with_untracked(is_new) {
                self.known.try_set(entries);
            }
        });
    }

    /// The reader has decided.
    pub fn close(self) {
        self.known.set(Vec::new());
        self.fault.set(None);
    }

    /// Brings a saved analysis back on the open scan.
    #[cfg(feature = "hydrate")]
    pub fn restore(self, entry: &Entry) {
        if !self.room.may_discard_results() {
            return;
        }
        let id = entry.id;
        let caption = Caption::from(entry);
        let work = move || {
            let run = self.room.desk.with_untracked(Desk::last_run);
            (run, self.room.callipers.get_untracked())
        };
        let before = work();
        self.is_busy.set(true);
        self.fault.set(None);
        leptos::task::spawn_local(async move {
            let fetched = crate::saving::exchange::get(id).await;
            self.is_busy.try_set(false);
            // It was closed meanwhile, by the reader or because another scan was opened or somebody
            // else signed in; or the page is gone.
            let is_offered = |known: &Vec<Entry>| known.iter().any(|entry| entry.id == id);
            if self.known.try_with_untracked(is_offered) != Some(true) {
                return;
            }
            let restored = match fetched {
                // What the reader has done since was not there to be asked about.
                Ok(_) if work() != before && !self.room.may_discard_results() => return,
                Ok(content) => self
                    .room
                    .restore(&content, id.to_string(), caption)
                    .map_err(str::to_owned),
                Err(error) => {
                    self.session.heard(&error);
                    Err(error.to_string())
                }
            };
            match restored {
                Ok(()) => self.known.set(Vec::new()),
                Err(fault) => self.fault.set(Some(fault)),
            }
        });
    }

    /// Only a browser has a scan open.
    #[cfg(not(feature = "hydrate"))]
    pub fn restore(self, _entry: &Entry) {}
}

#[cfg(feature = "hydrate")]
impl Room {
    /// Sizes are by the calibration of a saved analysis, or by none, as its own are: that of its
    /// pixels, mm.
    fn take_calibration(self, saved: &model::saved::Saved) -> Option<f32> {
        let calibrated = saved.spacing.filter(|_| saved.is_calibrated);
        let pixel_mm = calibrated.map(|it| it.col_mm);
        let before = self.desk.with_untracked(Desk::calibrated_mm);
        self.desk.update(|d| {
            if let Some(scan) = &mut d.open.scan {
                scan.calibrate(pixel_mm);
            }
        });
        self.keep_axes(before);
        pixel_mm
    }

    /// Puts saved content on the open scan: masks and findings by the worker, settings here.
    fn restore(self, bytes: &[u8], id: String, caption: Caption) -> Result<(), &'static str> {
        use crate::engine::client::buffer_from_bytes;
        use crate::engine::state::MadeWith;
        use model::protocol::Request;

        let Ok(content) = model::saved::content::parse(bytes) else {
            return Err("The saved analysis cannot be read.");
        };
        let saved = content.saved;
        // Another one may have been opened while this was on its way.
        if !self.desk.with_untracked(|d| d.has_digest(&saved.digest)) {
            return Err("This analysis is of another image than the one that is open.");
        }
        if self.desk.with_untracked(|d| d.run.is_some()) {
            return Err("Wait until the running segmentation is done, then try again.");
        }
        let (settings, first) = (saved.settings, saved.first_shown());
        let pixel_mm = self.take_calibration(&saved);
        self.add_saved(&saved.lines);
        let made_with = MadeWith {
            engine: saved.engine,
            settings,
        };
        let slices = saved.slices.len();
        let Some(run) = self.desk.try_update(|d| {
            d.lines_saved(saved.lines);
            d.saved_under(id);
            d.start_restoring(made_with, caption, slices)
        }) else {
            return Ok(());
        };
        self.pixels
            .update_value(crate::viewer::pixels::Pixels::forget_labels);
        self.selected.set(None);
        let before = self.settings.get_untracked();
        let loaded = before.architecture;
        self.limits.update_value(|it| it.restored(before, settings));
        self.settings.set(settings);
        self.send_with(
            &Request::Restore { run, pixel_mm },
            &[buffer_from_bytes(bytes)],
        );
        // So that "segment again" gives what was saved.
        if loaded != settings.architecture {
            self.choose_engine(settings.architecture, self.backend.get_untracked());
        }
        if let Some(slice) = first {
            self.show(slice);
        }
        Ok(())
    }
}
