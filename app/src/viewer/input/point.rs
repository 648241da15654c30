//! What lies under a place on the screen, and what is put there.

use leptos::prelude::*;
use model::calliper::{self, Calliper, Held};

use crate::room::{Probe, Room, Selected, Tool};
use crate::viewer::measure::finding_at;
use crate::viewer::view::Frame;
use crate::viewer::{slab, spot};

/// How far from the end of a line, say, a press still takes hold of it, in CSS pixels.
const GRIP_PX: f64 = 10.0;

/// A press with the calliper; what it has taken hold of. Of a slice whose values are not here yet
/// no ellipse can tell anything.
pub(in crate::viewer) fn press(at: (f64, f64), room: Room) -> Option<Held> {
    let frame = room.frame.get_untracked()?;
    let (point, scale) = image_point(frame, at, room);
    let slice = room.slice.get_untracked();
    let tool = room.tool.get_untracked();
    let is_ellipse = tool == Tool::Ellipse;
    let spacing = untrack(|| room.spacing());
    if is_ellipse {
        room.pixels.with_value(|p| p.values(slice).map(|_| ()))?;
        // Its values are those of one slice, which are to be seen.
        room.is_slab.set(false);
    }
    let begins_axis = tool == Tool::ShortAxis;
    if begins_axis {
        room.tool.set(Tool::Measure);
    }
    room.callipers.try_update(|lines| {
        let crossed = begins_axis.then(|| calliper::cross(lines, slice, point, spacing));
        let held = crossed.flatten().unwrap_or_else(|| {
            calliper::press(lines, slice, point, GRIP_PX / scale, is_ellipse, spacing)
        });
        enclose(lines, frame, room);
        held
    })
}

/// What is held follows the pointer.
pub(super) fn drag(frame: Frame, at: (f64, f64), held: Held, room: Room) {
    let (point, _) = image_point(frame, at, room);
    room.callipers.update(|lines| {
        calliper::drag(lines, point, held, untrack(|| room.spacing()));
        enclose(lines, frame, room);
    });
}

/// Looks at the pixels inside an ellipse that was drawn or moved.
fn enclose(lines: &mut [Calliper], frame: Frame, room: Room) {
    let slice = room.slice.get_untracked();
    room.pixels.with_value(|p| {
        if let Some(values) = p.values(slice) {
            calliper::enclose(lines, values, frame.cols);
        }
    });
}

/// The first point of a contour around an area.
pub(super) fn begin_contour(at: (f64, f64), room: Room) {
    // What is drawn is to be seen where it will be: in the final mask of this slice alone.
    room.is_slab.set(false);
    room.overlay.update(|it| {
        it.tumour = true;
        it.raw = false;
    });
    room.corners.set(0);
    room.freehand.update(Vec::clear);
    add_to_freehand(at, room);
}

/// A press of a key puts a corner of a contour there, or ends it on the first one: whether it does.
pub(in crate::viewer) fn press_corner(at: (f64, f64), room: Room) -> bool {
    let Some(frame) = room.frame.get_untracked() else {
        return false;
    };
    let ((row, col), scale) = image_point(frame, at, room);
    let first = room.freehand.with_untracked(|line| line.first().copied());
    let is_on_first = |first: (f64, f64)| (first.0 - row).hypot(first.1 - col) <= GRIP_PX / scale;
    match first.map(is_on_first) {
        None => begin_contour(at, room),
        Some(false) => add_to_freehand(at, room),
        Some(true) => return true,
    }
    false
}

/// The next point of a contour that is drawn freehand.
pub(super) fn add_to_freehand(at: (f64, f64), room: Room) {
    if let Some(frame) = room.frame.get_untracked() {
        let (point, _) = image_point(frame, at, room);
        room.freehand.update(|line| line.push(point));
    }
}

/// The point of the slice under a place on the screen, the nearest one if there is none, and screen
/// pixels an image pixel.
pub(super) fn image_point(frame: Frame, at: (f64, f64), room: Room) -> ((f64, f64), f64) {
    let map = room.view.get_untracked().screen_from_image(frame);
    let (row, col) = map.invert(at);
    let inside = (
        row.clamp(0.0, frame.rows as f64),
        col.clamp(0.0, frame.cols as f64),
    );
    (inside, map.scale.0)
}

/// A click selects the finding there, or points at the place.
pub(super) fn click(at: (f64, f64), room: Room) {
    let Some(frame) = room.frame.get_untracked() else {
        return;
    };
    let map = room.view.get_untracked().screen_from_image(frame);
    let slice = room.slice.get_untracked();
    let hit = room.desk.with_untracked(|d| {
        finding_at(
            &d.open.results.get(&slice)?.findings,
            map.invert(at),
            map.scale.0,
        )
    });
    room.selected
        .set(hit.map(|index| Selected { slice, index }));
    if hit.is_some() {
        room.spot.set(None);
    } else {
        spot::point(at, room);
    }
}

/// The value there is shown.
pub(super) fn probe(at: (f64, f64), room: Room) {
    let Some(frame) = room.frame.get_untracked() else {
        return;
    };
    let (row, col) = room
        .view
        .get_untracked()
        .screen_from_image(frame)
        .invert(at);
    let inside = row >= 0.0 && col >= 0.0 && row < frame.rows as f64 && col < frame.cols as f64;
    let (row, col) = (row as usize, col as usize);
    let value = room.pixels.with_value(|p| {
        if !p.has_image() {
            return None;
        }
        let slab = untrack(|| slab::shown(room));
        slab::brightest_at(p, slab, row * frame.cols + col)
    });
    room.probe.set(
        value
            .filter(|_| inside)
            .map(|value| Probe { row, col, value }),
    );
}
