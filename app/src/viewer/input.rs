//! Mouse, touch and keyboard on the canvas.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use leptos::prelude::*;
use model::calliper::{self, Calliper};
use model::window::Window;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlCanvasElement, KeyboardEvent, MouseEvent, PointerEvent, WheelEvent};

use super::keys;
use super::measure::finding_at;
use super::slab;
use super::spot;
use super::view::{Frame, View};
use super::window::dragged;
use crate::room::{Probe, Room, Selected, Tool};

/// A pointer that moved less than this between press and release has clicked.
const CLICK_PX: f64 = 4.0;

/// Wheel travel that turns one slice, in CSS pixels (a notch is 100 in most browsers).
const WHEEL_STEP_PX: f64 = 50.0;

/// How far from the end of a line a press still takes hold of it, in CSS pixels.
const GRIP_PX: f64 = 10.0;

/// What a press began.
#[derive(Debug, Clone, Copy)]
enum Drag {
    Pan,
    Window(Window),
    Measure,
    /// Around an area that is tumour, or none.
    Around(bool),
}

#[derive(Debug)]
struct Pointer {
    id: i32,
    at: (f64, f64),
}

#[derive(Debug, Default)]
struct State {
    pointers: Vec<Pointer>,
    start: (f64, f64),
    moved: bool,
    drag: Option<Drag>,
    /// The slice that was pressed on.
    slice: usize,
    /// Lines as they were before the press.
    callipers: Vec<Calliper>,
    wheel_px: f64,
}

impl State {
    /// Whether something is being drawn: until it is done, the slice stays.
    fn is_drawing(&self) -> bool {
        matches!(self.drag, Some(Drag::Measure | Drag::Around(_)))
    }

    /// Forgets what is being drawn.
    fn give_up(&mut self, room: Room) {
        room.drawn.update(Vec::clear);
        if matches!(self.drag, Some(Drag::Measure)) {
            room.callipers.set(std::mem::take(&mut self.callipers));
        }
        self.drag = None;
    }
}

/// Listens until the returned listeners are dropped.
pub fn attach(canvas: &HtmlCanvasElement, room: Room) -> Vec<EventListener> {
    let state = Rc::new(RefCell::new(State::default()));
    let active = EventListenerOptions::enable_prevent_default();
    let listen = |name: &'static str, act: fn(&mut State, &Event, &HtmlCanvasElement, Room)| {
        let (state, on) = (Rc::clone(&state), canvas.clone());
        EventListener::new_with_options(canvas, name, active, move |event| {
            act(&mut state.borrow_mut(), event, &on, room);
        })
    };
    vec![
        listen("pointerdown", down),
        listen("pointermove", moved),
        listen("pointerup", up),
        listen("pointercancel", |state, _, _, room| {
            state.give_up(room);
            *state = State::default();
        }),
        listen("pointerleave", |_, event, _, room| {
            // A finger leaves with every tap, and its value stays.
            if !is_touch(event) {
                room.probe.set(None);
            }
        }),
        listen("wheel", wheel),
        listen("keydown", key),
        listen("contextmenu", |_, event, _, _| event.prevent_default()),
        listen("dblclick", |_, _, _, room| {
            if matches!(room.tool.get_untracked(), Tool::Pan | Tool::Window) {
                room.view.set(View::default());
            }
        }),
    ]
}

fn place(event: &MouseEvent) -> (f64, f64) {
    (f64::from(event.offset_x()), f64::from(event.offset_y()))
}

fn down(state: &mut State, event: &Event, canvas: &HtmlCanvasElement, room: Room) {
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
        (0, Tool::Measure) => Drag::Measure,
        (0, tool @ (Tool::Add | Tool::Cut)) => Drag::Around(tool == Tool::Add),
        _ => Drag::Pan,
    };
    if state.pointers.len() > 1 && matches!(drag, Drag::Measure | Drag::Around(_)) {
        // A second finger: it is a pinch.
        state.give_up(room);
        return;
    }
    state.drag = Some(drag);
    state.slice = room.slice.get_untracked();
    match drag {
        Drag::Measure => {
            state.callipers = room.callipers.get_untracked();
            press(at, room);
        }
        Drag::Around(_) => {
            // What is drawn is to be seen where it will be: in the final mask of this slice alone.
            room.is_slab.set(false);
            room.overlay.update(|it| {
                it.tumour = true;
                it.raw = false;
            });
            room.drawn.update(Vec::clear);
            around(at, room);
        }
        _ => {}
    }
}

fn moved(state: &mut State, event: &Event, _: &HtmlCanvasElement, room: Room) {
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
        Some(Drag::Measure) if state.moved => {
            let (point, _) = image_point(frame, at, room);
            room.callipers.update(|lines| calliper::drag(lines, point));
        }
        Some(Drag::Around(_)) => around(at, room),
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

fn up(state: &mut State, event: &Event, _: &HtmlCanvasElement, room: Room) {
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
    if let Some(Drag::Around(is_tumour)) = drag
        && state.moved
    {
        room.correct(state.slice, is_tumour);
    }
    if matches!(drag, Some(Drag::Measure)) {
        let before = state.callipers.len();
        room.callipers.update(|lines| {
            let has_begun = !state.moved && lines.len() > before;
            calliper::release(lines, has_begun);
        });
    }
    if !state.moved && event.button() == 0 {
        room.drawn.update(Vec::clear);
        if !matches!(drag, Some(Drag::Measure)) {
            click(place(event), room);
        }
        if is_touch(event) {
            probe(place(event), room);
        }
    }
}

fn is_touch(event: &Event) -> bool {
    let pointer = event.dyn_ref::<PointerEvent>();
    pointer.is_some_and(|pointer| pointer.pointer_type() == "touch")
}

/// A press with the calliper.
pub(super) fn press(at: (f64, f64), room: Room) {
    let Some(frame) = room.frame.get_untracked() else {
        return;
    };
    let (point, scale) = image_point(frame, at, room);
    let slice = room.slice.get_untracked();
    room.callipers
        .update(|lines| calliper::press(lines, slice, point, GRIP_PX / scale));
}

/// The next point of a line around an area.
fn around(at: (f64, f64), room: Room) {
    if let Some(frame) = room.frame.get_untracked() {
        let (point, _) = image_point(frame, at, room);
        room.drawn.update(|line| line.push(point));
    }
}

/// The point of the slice under a place on the screen, the nearest one if there is none, and screen pixels an image pixel.
fn image_point(frame: Frame, at: (f64, f64), room: Room) -> ((f64, f64), f64) {
    let map = room.view.get_untracked().screen_from_image(frame);
    let (row, col) = map.invert(at);
    let inside = (
        row.clamp(0.0, frame.rows as f64),
        col.clamp(0.0, frame.cols as f64),
    );
    (inside, map.scale.0)
}

fn click(at: (f64, f64), room: Room) {
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

fn probe(at: (f64, f64), room: Room) {
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
        let (slice, reach) = untrack(|| (room.slice.get(), slab::reach(room)));
        slab::brightest_at(p, slice, reach, row * frame.cols + col)
    });
    room.probe.set(
        value
            .filter(|_| inside)
            .map(|value| Probe { row, col, value }),
    );
}

fn wheel(state: &mut State, event: &Event, _: &HtmlCanvasElement, room: Room) {
    let Some(event) = event.dyn_ref::<WheelEvent>() else {
        return;
    };
    event.prevent_default();
    if state.is_drawing() {
        return;
    }
    // Some browsers count lines (1) or pages (2) instead of pixels.
    let px = event.delta_y()
        * match event.delta_mode() {
            1 => 33.0,
            2 => 400.0,
            _ => 1.0,
        };
    if event.ctrl_key() || event.meta_key() {
        if let Some(frame) = room.frame.get_untracked() {
            let factor = (-px / 300.0).exp();
            room.view
                .update(|v| *v = v.zoomed_at(frame, place(event), factor));
        }
        return;
    }
    state.wheel_px += px;
    let steps = (state.wheel_px / WHEEL_STEP_PX).trunc();
    state.wheel_px -= steps * WHEEL_STEP_PX;
    if steps != 0.0 {
        room.step(-steps.clamp(-3.0, 3.0) as isize);
    }
}

fn key(state: &mut State, event: &Event, _: &HtmlCanvasElement, room: Room) {
    let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
        return;
    };
    if state.is_drawing() && event.key() == "Escape" {
        return state.give_up(room);
    }
    if event.ctrl_key() || event.meta_key() || event.alt_key() || state.is_drawing() {
        return;
    }
    if keys::act(&event.key(), event.shift_key(), room) {
        event.prevent_default();
    }
}
