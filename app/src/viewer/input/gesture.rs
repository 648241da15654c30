//! What pressing, moving and letting go of pointers do: one that drags, or two that pinch.

use leptos::prelude::*;
use model::calliper::{self, Held};
use model::window::Window;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlCanvasElement, PointerEvent};

use super::point::{add_to_freehand, begin_contour, click, drag, press, probe};
use super::{is_touch, place};
use crate::room::measuring::BeforePress;
use crate::room::{Room, Tool};
use crate::viewer::window::dragged;

/// A pointer that moved less than this between press and release has clicked.
const CLICK_PX: f64 = 4.0;

/// What a press began.
#[derive(Debug, Clone, Copy)]
enum Drag {
    Pan,
    Window(Window),
    /// A line or an ellipse by what is held of it.
    Measure(Held),
    /// A contour around an area that is tumour, or none.
    Freehand(bool),
}

#[derive(Debug)]
struct Pointer {
    id: i32,
    at: (f64, f64),
}

/// The pointers on the canvas, and what they have begun.
#[derive(Debug, Default)]
pub(super) struct State {
    pointers: Vec<Pointer>,
    start: (f64, f64),
    moved: bool,
    drag: Option<Drag>,
    /// The slice that was pressed on.
    slice: usize,
    /// Lines as they were before the press.
    before: BeforePress,
    /// Wheel travel that has not turned a slice yet.
    pub(super) wheel_px: f64,
}

impl State {
    /// Whether something is being drawn: until it is done, the slice stays.
    pub(super) fn is_drawing(&self) -> bool {
        matches!(self.drag, Some(Drag::Measure(_) | Drag::Freehand(_)))
    }

    /// Forgets what is being drawn.
    pub(super) fn give_up(&mut self, room: Room) {
        room.freehand.update(Vec::clear);
        if matches!(self.drag, Some(Drag::Measure(_))) {
            let before = std::mem::take(&mut self.before);
            room.callipers.set(before.lines(room));
        }
        self.drag = None;
    }
}

pub(super) fn down(state: &mut State, event: &Event, canvas: &HtmlCanvasElement, room: Room) {
    let Some(event) = event.dyn_ref::<PointerEvent>() else {
        return;
    };
    canvas.set_pointer_capture(event.pointer_id()).ok();
    canvas.focus().ok();
    let at = place(event);
    state.pointers.push(Pointer {
        id: event.pointer_id(),
        at,
    });
    state.start = at;
    state.moved = state.pointers.len() > 1;
    let drag = match (event.button(), room.tool.get_untracked()) {
        (2, _) | (0, Tool::Window) => Drag::Window(room.window.get_untracked()),
        (0, tool) if tool.measures() => Drag::Measure(Held::End),
        (0, tool @ (Tool::Add | Tool::Cut)) => Drag::Freehand(tool == Tool::Add),
        _ => Drag::Pan,
    };
    if state.pointers.len() > 1 && matches!(drag, Drag::Measure(_) | Drag::Freehand(_)) {
        // A second finger: it is a pinch.
        state.give_up(room);
        return;
    }
    if matches!(drag, Drag::Freehand(_)) && room.has_corners() {
        // An area that keys have begun is ended with keys.
        return;
    }
    state.drag = Some(drag);
    state.slice = room.slice.get_untracked();
    match drag {
        Drag::Measure(_) => {
            state.before = BeforePress::of(room);
            state.drag = press(at, room).map(Drag::Measure);
        }
        Drag::Freehand(_) => begin_contour(at, room),
        _ => {}
    }
}

pub(super) fn moved(state: &mut State, event: &Event, _: &HtmlCanvasElement, room: Room) {
    let Some(event) = event.dyn_ref::<PointerEvent>() else {
        return;
    };
    let at = place(event);
    let before = pinch(&state.pointers);
    let Some(pointer) = state
        .pointers
        .iter_mut()
        .find(|p| p.id == event.pointer_id())
    else {
        probe(at, room);
        return;
    };
    let last = std::mem::replace(&mut pointer.at, at);
    let Some(frame) = room.frame.get_untracked() else {
        return;
    };
    if let (Some(before), Some(after)) = (before, pinch(&state.pointers)) {
        let factor = after.1 / before.1.max(1.0);
        let (dx, dy) = (after.0.0 - before.0.0, after.0.1 - before.0.1);
        room.view
            .update(|v| *v = v.zoomed_at(frame, before.0, factor).panned(frame, dx, dy));
        return;
    }
    if state.is_drawing() && state.slice != room.slice.get_untracked() {
        state.give_up(room);
        return;
    }
    let total = (at.0 - state.start.0, at.1 - state.start.1);
    state.moved |= total.0.hypot(total.1) > CLICK_PX;
    match state.drag {
        Some(Drag::Window(start)) if state.moved => {
            room.window.set(dragged(start, total.0, total.1));
        }
        Some(Drag::Measure(held)) if state.moved => drag(frame, at, held, room),
        Some(Drag::Freehand(_)) => add_to_freehand(at, room),
        Some(Drag::Pan) if state.moved => room
            .view
            .update(|v| *v = v.panned(frame, at.0 - last.0, at.1 - last.1)),
        _ => {}
    }
}

/// Middle and distance of two fingers.
fn pinch(pointers: &[Pointer]) -> Option<((f64, f64), f64)> {
    let [a, b] = pointers else { return None };
    Some((
        (f64::midpoint(a.at.0, b.at.0), f64::midpoint(a.at.1, b.at.1)),
        (a.at.0 - b.at.0).hypot(a.at.1 - b.at.1),
    ))
}

pub(super) fn up(state: &mut State, event: &Event, _: &HtmlCanvasElement, room: Room) {
    let Some(event) = event.dyn_ref::<PointerEvent>() else {
        return;
    };
    let before = state.pointers.len();
    state.pointers.retain(|p| p.id != event.pointer_id());
    if state.pointers.len() == before {
        // It was pressed elsewhere, and moved here.
        return;
    }
    if let [left] = state.pointers.as_slice() {
        // One finger of a pinch stays: it must not jump the image.
        state.start = left.at;
        return;
    }
    let drag = state.drag.take();
    if let Some(Drag::Freehand(is_tumour)) = drag
        && state.moved
    {
        room.correct(state.slice, is_tumour);
        room.freehand
            .maybe_update(|line| !std::mem::take(line).is_empty());
    }
    if matches!(drag, Some(Drag::Measure(_))) {
        let before = std::mem::take(&mut state.before).lines(room);
        room.callipers.update(|lines| {
            let has_begun = !state.moved && calliper::has_begun(&before, lines);
            calliper::release(lines, has_begun);
        });
        room.has_measured(&before);
    }
    if !state.moved && event.button() == 0 {
        if !room.has_corners() {
            room.freehand.update(Vec::clear);
        }
        // Also where nothing was there to measure yet.
        if !room.tool.get_untracked().measures() {
            click(place(event), room);
        }
        if is_touch(event) {
            probe(place(event), room);
        }
    }
}
