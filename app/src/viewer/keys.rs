//! What the keys on the canvas do.

use leptos::prelude::*;
use model::calliper;
use model::window::PRESETS;

use super::window::dragged;
use super::{full_screen, input, spot};
use crate::room::{Room, Tool};

/// The middle of the picture, which is moved under it by other keys.
fn middle(room: Room) -> Option<(f64, f64)> {
    let frame = room.frame.get_untracked()?;
    Some((frame.width / 2.0, frame.height / 2.0))
}

/// A press with the calliper there.
fn press_at_middle(room: Room) {
    let before = room.callipers.get_untracked();
    let held = middle(room).and_then(|middle| input::press(middle, room));
    if held.is_none() {
        return;
    }
    // Keys press and let go at once.
    let slip = room.callipers.try_update(|lines| {
        let has_begun = calliper::has_begun(&before, lines);
        calliper::release(lines, has_begun)
    });
    room.has_measured(&before);
    let slip = slip.flatten();
    if let Some(slip) = slip {
        let words = if slip.is_ellipse() {
            "No pixel lies inside: the ellipse is dropped. Begin it again."
        } else if slip.is_half_crossed() {
            "Its ends must lie on both sides of the line: the short axis is dropped. Begin it again."
        } else {
            "Both ends are in one place: the line is dropped. Begin it again."
        };
        room.notify(false, words);
    }
    let pressed = room.callipers.with_untracked(|lines| lines.last().copied());
    room.by_keys.set(pressed.filter(|_| slip.is_none()));
}

/// A corner of an area there, or its end.
fn corner_at_middle(is_tumour: bool, room: Room) {
    let slice = room.slice.get_untracked();
    // Many presses later is late to hear it.
    if !room.has_corners() && !room.can_correct(slice) {
        return;
    }
    let is_end = middle(room).is_some_and(|middle| input::press_corner(middle, room));
    let corners = room.freehand.with_untracked(Vec::len);
    room.by_keys.set(None);
    room.corners.set(corners);
    match (is_end, corners) {
        (true, 0..3) => {
            let words = "An area has three corners or more: move the picture, then press Enter.";
            room.notify(false, words);
        }
        (true, _) => room.correct(slice, is_tumour),
        (false, _) => {}
    }
}

/// To a tool, or from it to moving the image.
fn switch(to: Tool, room: Room) {
    room.tool
        .update(|tool| *tool = if *tool == to { Tool::Pan } else { to });
}

fn take_corner_back(room: Room) {
    room.freehand.update(|line| {
        line.pop();
        room.corners.set(line.len());
    });
}

/// The keys, as listed under the viewer.
pub(super) fn act(key: &str, shift: bool, room: Room) -> bool {
    let pan = |dx: f64, dy: f64| {
        if let Some(frame) = room.frame.get_untracked() {
            room.view.update(|v| *v = v.panned(frame, dx, dy));
        }
    };
    let window = |dx: f64, dy: f64| room.window.update(|w| *w = dragged(*w, dx, dy));
    let tool = room.tool.get_untracked();
    let is_measuring = tool.measures();
    let is_drawing = matches!(tool, Tool::Add | Tool::Cut);
    match (key, shift) {
        // A saved analysis stays as it was saved.
        (
            "p" | "P" | "i" | "I" | "m" | "M" | "e" | "E" | "x" | "X" | "f" | "F" | "u" | "U" | "c"
            | "C",
            _,
        ) if !room.has_image() => return false,
        ("ArrowUp", true) => pan(0.0, 40.0),
        ("ArrowDown", true) => pan(0.0, -40.0),
        ("ArrowLeft", true) => pan(40.0, 0.0),
        ("ArrowRight", true) => pan(-40.0, 0.0),
        ("ArrowUp" | "ArrowRight", false) => room.step(1),
        ("ArrowDown" | "ArrowLeft", false) => room.step(-1),
        ("PageUp", _) => room.step(10),
        ("PageDown", _) => room.step(-10),
        ("Home", _) => room.turn_to(0),
        ("End", _) => room.turn_to(usize::MAX),
        ("+" | "=", _) => room.zoom(1.25),
        ("-", _) => room.zoom(0.8),
        ("0", _) => room.reset_view(),
        ("1" | "2" | "3" | "4", _) if untrack(|| room.is_ct()) => {
            let preset = key.parse::<usize>().ok().and_then(|n| PRESETS.get(n - 1));
            if let Some(preset) = preset {
                room.window.set(preset.window);
            }
        }
        ("[", _) => window(0.0, -20.0),
        ("]", _) => window(0.0, 20.0),
        ("{", _) => window(-25.0, 0.0),
        ("}", _) => window(25.0, 0.0),
        ("i" | "I", _) => room.overlay.update(|o| o.is_inverted = !o.is_inverted),
        ("l" | "L", _) => room.overlay.update(|o| o.lung = !o.lung),
        ("t" | "T", _) => room.overlay.update(|o| o.tumour = !o.tumour),
        ("r" | "R", _) => room.overlay.update(|o| o.reference = !o.reference),
        ("n" | "N", _) => room.turn_to_lesion(!shift),
        ("g" | "G", _) => room.switch_cine(),
        ("p" | "P", _) => room.switch_slab(),
        ("m" | "M", _) => switch(Tool::Measure, room),
        ("e" | "E", _) => switch(Tool::Ellipse, room),
        ("x" | "X", _) => room.switch_short_axis(),
        ("Enter", _) if is_measuring => press_at_middle(room),
        ("Enter", _) if is_drawing => corner_at_middle(tool == Tool::Add, room),
        ("u" | "U", false) => room.undo(),
        ("u" | "U", true) => room.redo(),
        // Else it is a finding that is meant, or nothing.
        ("Delete" | "Backspace", _) if is_measuring => room.remove_calliper(),
        ("Delete" | "Backspace", _) if room.has_corners() => take_corner_back(room),
        ("f" | "F", _) => return full_screen::switch().is_some(),
        ("c" | "C", _) => spot::point_at_middle(room),
        ("Escape", _) => {
            room.give_up_measuring();
            room.freehand.update(Vec::clear);
            room.selected.set(None);
            room.spot.set(None);
        }
        _ => return false,
    }
    true
}
