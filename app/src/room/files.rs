//! Gets files into the room: picked or dropped.

use gloo::events::{EventListener, EventListenerOptions};
use js_sys::Reflect;
use leptos::prelude::*;
use model::protocol::{OPEN_BYTES, Request};
use wasm_bindgen::JsCast;
use web_sys::{DataTransfer, DragEvent, Event, File, FileList, FileSystemEntry};

use super::Room;
use super::folder::{files_of, read_all};
use super::series::Chosen;
use super::title::{folder_of, title_of};
use crate::engine::state::{Desk, GivenUp, Source};

/// More than this is refused before it is read: the engine takes no more.
const LIMIT_MB: u32 = (OPEN_BYTES >> 20) as u32;

/// What the files are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A scan to analyse.
    Scan,
    /// A reference mask for the open scan.
    Reference,
}

impl Room {
    /// Reads files the user picked and hands them to the worker.
    pub fn take_list(self, list: &FileList, purpose: Purpose) {
        let files: Vec<File> = (0..list.length()).filter_map(|i| list.get(i)).collect();
        let Some(number) = self.choose(purpose) else {
            return;
        };
        let path = files.first().and_then(|file| {
            let path = Reflect::get(file, &"webkitRelativePath".into()).ok()?;
            path.as_string()
        });
        let chosen = Chosen {
            number,
            folder: path.and_then(|path| folder_of(&path)),
            files,
            series: None,
        };
        leptos::task::spawn_local(self.take_files(chosen, purpose));
    }

    /// Reads files and folders the user dropped.
    pub fn take_drop(self, data: &DataTransfer, purpose: Purpose) {
        let items = data.items();
        // The list is emptied when this event handler returns: entries are taken now.
        let entries: Vec<FileSystemEntry> = (0..items.length())
            .filter_map(|i| items.get(i)?.webkit_get_as_entry().ok().flatten())
            .collect();
        if entries.is_empty() {
            // What is dragged may be text, or a picture of the page.
            if let Some(list) = data.files().filter(|list| list.length() > 0) {
                self.take_list(&list, purpose);
            }
            return;
        }
        let Some(number) = self.choose(purpose) else {
            return;
        };
        let folder = match entries.as_slice() {
            [one] if one.is_directory() => Some(one.name()),
            _ => None,
        };
        leptos::task::spawn_local(async move {
            let chosen = Chosen {
                number,
                folder,
                files: files_of(entries).await,
                series: None,
            };
            self.take_files(chosen, purpose).await;
        });
    }

    /// The number of a choice; `None` if the user would rather keep what is there.
    fn choose(self, purpose: Purpose) -> Option<u32> {
        match purpose {
            Purpose::Scan => self.choose_scan(),
            // It is wanted as long as the scan that it is for.
            Purpose::Reference => Some(self.choices.get_value()),
        }
    }

    /// A scan was chosen: what was chosen before and is still being read must not take its place
    /// when it comes. `None` if the user would rather keep unsaved results, or nothing can be
    /// opened.
    pub(super) fn choose_scan(self) -> Option<u32> {
        if !self.may_discard() {
            return None;
        }
        let can_read = self.desk.try_update(Desk::begin_to_read)?;
        can_read.then(|| self.next_choice())
    }

    /// The scan that is being read or opened is not wanted any more.
    pub fn stop_opening(self) {
        self.next_choice();
        match self.desk.try_update(Desk::stop_opening) {
            Some(GivenUp::Replace) => return self.end_worker_soon(true),
            Some(GivenUp::Ask) => self.send(&Request::Cancel),
            Some(GivenUp::Already) | None => {}
        }
        self.bring_back();
        self.fetch_values();
        self.catch_up();
    }

    pub(super) fn next_choice(self) -> u32 {
        let choice = self.choices.get_value().wrapping_add(1);
        self.choices.set_value(choice);
        choice
    }

    /// Whether no scan was chosen since.
    pub(super) fn is_wanted(self, choice: u32) -> bool {
        self.choices.get_value() == choice
    }

    /// Nothing came of the choice; what is open stays.
    pub(super) fn not_read(self, text: impl Into<String>) {
        self.desk.update(|d| d.is_reading = false);
        self.notify(true, text);
        self.bring_back();
        self.fetch_values();
        self.catch_up();
    }

    pub(super) async fn take_files(self, chosen: Chosen, purpose: Purpose) {
        let read = match obstacle(&chosen.files) {
            Some(obstacle) => Err(obstacle),
            None => read_all(&chosen.files).await.map_err(|name| {
                format!("“{name}” could not be read from the disk. Check that it still exists and that you may open it.")
            }),
        };
        if !self.is_wanted(chosen.number) {
            return;
        }
        match (read, purpose) {
            (Ok((names, buffers)), Purpose::Scan) => {
                let source = Source {
                    title: title_of(chosen.folder.clone(), &names),
                    choice: chosen.number,
                    ..Source::default()
                };
                let series = chosen.series;
                self.keep_files(chosen);
                self.open_files(source, names, series, &buffers, false);
            }
            (Ok((names, buffers)), Purpose::Reference) => self.open_reference(names, &buffers),
            (Err(obstacle), _) => self.not_read(obstacle),
        }
    }
}

/// Why these files are not even read.
fn obstacle(files: &[File]) -> Option<String> {
    if files.is_empty() {
        return Some(
            "There is no file in it. Choose DICOM, NIfTI, NRRD, MetaImage, PNG or JPEG files, a folder or a zip."
                .to_owned(),
        );
    }
    let bytes: f64 = files.iter().map(|file| file.size()).sum();
    let mb = (bytes / f64::from(1 << 20)).ceil();
    (mb > f64::from(LIMIT_MB)).then(|| {
        format!(
            "These files have {mb:.0} MB; at most {LIMIT_MB} MB can be opened at once. Open the folder of one series \
             of the study."
        )
    })
}

/// Takes files that are dropped anywhere, as long as the program runs, once `enter` has led to the
/// reading room.
pub fn accept_drops(room: Room, enter: impl Fn() + 'static) {
    let Some(window) = web_sys::window() else {
        return;
    };
    let active = EventListenerOptions::enable_prevent_default();
    let over = EventListener::new_with_options(&window, "dragover", active, |event| {
        if files_in(event).is_some() {
            event.prevent_default();
        }
    });
    let drop = EventListener::new_with_options(&window, "drop", active, move |event| {
        if let Some(data) = files_in(event) {
            event.prevent_default();
            let purpose = purpose_at(event.target(), room);
            enter();
            room.open_engine();
            room.take_drop(&data, purpose);
        }
    });
    over.forget();
    drop.forget();
}

/// What is dragged, if it is files: of text, fields and the browser know what to do.
fn files_in(event: &Event) -> Option<DataTransfer> {
    let data = event.dyn_ref::<DragEvent>()?.data_transfer()?;
    data.types().includes(&"Files".into(), 0).then_some(data)
}

/// What is dropped on the card of the reference mask is one.
fn purpose_at(place: Option<web_sys::EventTarget>, room: Room) -> Purpose {
    let card = place
        .and_then(|place| place.dyn_into::<web_sys::Element>().ok())
        .and_then(|element| element.closest(".reference").ok().flatten());
    match card {
        Some(_) if room.desk.with_untracked(Desk::is_shown) => Purpose::Reference,
        _ => Purpose::Scan,
    }
}
