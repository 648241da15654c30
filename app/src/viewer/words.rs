//! What stands in the corners of the image, on the page and on a picture that leaves it.

use leptos::prelude::*;
use model::calliper::Calliper;

use super::slab;
use super::window::preset_name;
use crate::room::Room;
use crate::ui::number::{whole, with_sign};

/// The slice that is shown, and where it lies; `None` where none is open.
pub fn position(room: Room) -> Option<String> {
    let (slices, slice) = (room.slices(), room.slice.get());
    let z = room
        .desk
        .with(|d| d.open.scan.as_ref()?.slice_positions_mm.get(slice).copied());
    let z = z.map_or_else(String::new, |mm| {
        format!(" · z {}\u{a0}mm", with_sign(mm.into(), 1))
    });
    (slices > 0).then(|| format!("Slice {} / {slices}{z}", slice + 1))
}

/// Its window, and the slab if it is one.
pub fn window(room: Room) -> String {
    let w = room.window.get();
    let name = preset_name(w)
        .map(|n| format!("{n} · "))
        .unwrap_or_default();
    let slab = slab::words(room);
    format!("{name}C {} W {:.0}{slab}", whole(w.centre), w.width)
}

/// The lines measured by hand on the slice that is shown, and their lengths: none of one that was only begun.
pub fn callipers(room: Room) -> Vec<(Calliper, Option<String>)> {
    let slice = room.slice.get();
    let spacing = room
        .desk
        .with(|d| d.open.scan.as_ref().and_then(|s| s.spacing));
    room.callipers.with(|lines| {
        lines
            .iter()
            .filter(|line| line.slice == slice)
            .map(|line| {
                let is_drawn = !line.is_begun_only();
                (*line, is_drawn.then(|| line.words(spacing)))
            })
            .collect()
    })
}
