//! Mouse, touch and keyboard on the canvas.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use leptos::prelude::*;
use model::window::{PRESETS, Window};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlCanvasElement, KeyboardEvent, MouseEvent, PointerEvent, WheelEvent};

use super::calliper;
use super::measure::finding_at;
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
    wheel_px: f64,
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
        listen("pointercancel", |state, _, _, _| *state = State::default()),
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
            if room.tool.get_untracked() != Tool::Measure {
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
        _ => Drag::Pan,
    };
    state.drag = Some(drag);
    match (drag, state.pointers.len()) {
        (Drag::Measure, 1) => press(at, room),
        (Drag::Measure, _) => room.callipers.update(calliper::forget_begun),
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
    state.pointers.retain(|p| p.id != event.pointer_id());
    if let [left] = state.pointers.as_slice() {
        // One finger of a pinch stays: it must not jump the image.
        state.start = left.at;
        return;
    }
    let drag = state.drag.take();
    if !state.moved && event.button() == 0 {
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
fn press(at: (f64, f64), room: Room) {
    let Some(frame) = room.frame.get_untracked() else {
        return;
    };
    let (point, scale) = image_point(frame, at, room);
    let slice = room.slice.get_untracked();
    room.callipers
        .update(|lines| calliper::press(lines, slice, point, GRIP_PX / scale));
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
            &d.results.get(&slice)?.findings,
            map.invert(at),
            map.scale.0,
        )
    });
    room.selected
        .set(hit.map(|index| Selected { slice, index }));
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
        p.values(room.slice.get_untracked())?
            .get(row * frame.cols + col)
            .copied()
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

fn key(_: &mut State, event: &Event, _: &HtmlCanvasElement, room: Room) {
    let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
        return;
    };
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    if act_on_key(&event.key(), event.shift_key(), room) {
        event.prevent_default();
    }
}

/// The keys, as listed under the viewer.
fn act_on_key(key: &str, shift: bool, room: Room) -> bool {
    let pan = |dx: f64, dy: f64| {
        if let Some(frame) = room.frame.get_untracked() {
            room.view.update(|v| *v = v.panned(frame, dx, dy));
        }
    };
    let window = |dx: f64, dy: f64| room.window.update(|w| *w = dragged(*w, dx, dy));
    match (key, shift) {
        ("ArrowUp", true) => pan(0.0, 40.0),
        ("ArrowDown", true) => pan(0.0, -40.0),
        ("ArrowLeft", true) => pan(40.0, 0.0),
        ("ArrowRight", true) => pan(-40.0, 0.0),
        ("ArrowUp" | "ArrowRight", false) => room.step(1),
        ("ArrowDown" | "ArrowLeft", false) => room.step(-1),
        ("PageUp", _) => room.step(10),
        ("PageDown", _) => room.step(-10),
        ("Home", _) => room.show(0),
        ("End", _) => room.show(usize::MAX),
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
        ("l" | "L", _) => room.overlay.update(|o| o.lung = !o.lung),
        ("t" | "T", _) => room.overlay.update(|o| o.tumour = !o.tumour),
        ("r" | "R", _) => room.overlay.update(|o| o.reference = !o.reference),
        ("m" | "M", _) => room.tool.update(|tool| {
            *tool = match tool {
                Tool::Measure => Tool::Pan,
                _ => Tool::Measure,
            }
        }),
        ("Delete" | "Backspace", _) => room.remove_calliper(),
        ("Escape", _) => room.selected.set(None),
        _ => return false,
    }
    true
}
