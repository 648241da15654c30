//! Mouse, touch and keyboard on the canvas.

mod gesture;
mod keyboard;
mod point;

use std::cell::RefCell;
use std::rc::Rc;

use gesture::{State, down, moved, up};
use gloo::events::{EventListener, EventListenerOptions};
use leptos::prelude::*;
pub(super) use point::{press, press_corner};
use wasm_bindgen::JsCast;
use web_sys::{
    Event, EventTarget, HtmlCanvasElement, KeyboardEvent, MouseEvent, PointerEvent, WheelEvent,
};

use super::stroke::Stroke;
use super::view::View;
use super::{keys, letters};
use crate::room::{Room, Tool};

/// Wheel travel that turns one slice, in CSS pixels (a notch is 100 in most browsers).
const WHEEL_STEP_PX: f64 = 50.0;

/// What an event does.
type Act = fn(&mut State, &Event, &HtmlCanvasElement, Room);

/// Listens until the returned listeners are dropped.
pub fn attach(canvas: &HtmlCanvasElement, room: Room) -> Vec<EventListener> {
    let state = Rc::new(RefCell::new(State::default()));
    let active = EventListenerOptions::enable_prevent_default();
    let listen_at = |target: &EventTarget, name: &'static str, act: Act| {
        let (state, on) = (Rc::clone(&state), canvas.clone());
        EventListener::new_with_options(target, name, active, move |event| {
            act(&mut state.borrow_mut(), event, &on, room);
        })
    };
    let listen = |name, act| listen_at(canvas, name, act);
    let page = canvas.owner_document();
    let on_page = |name, act| Some(listen_at(page.as_ref()?, name, act));
    let mut listeners = vec![
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
        listen("contextmenu", |_, event, _, _| event.prevent_default()),
        listen("dblclick", |_, _, _, room| {
            if matches!(room.tool.get_untracked(), Tool::Pan | Tool::Window) {
                room.view.set(View::default());
            }
        }),
    ];
    listeners.extend(on_page("keydown", key));
    listeners.extend(on_page("click", |_, event, canvas, _| {
        keyboard::take_back(event, canvas);
    }));
    listeners
}

/// Where an event happened on the canvas, CSS pixels.
fn place(event: &MouseEvent) -> (f64, f64) {
    (f64::from(event.offset_x()), f64::from(event.offset_y()))
}

fn is_touch(event: &Event) -> bool {
    let pointer = event.dyn_ref::<PointerEvent>();
    pointer.is_some_and(|pointer| pointer.pointer_type() == "touch")
}

fn wheel(state: &mut State, event: &Event, _: &HtmlCanvasElement, room: Room) {
    let Some(event) = event.dyn_ref::<WheelEvent>() else {
        return;
    };
    let is_zoom = event.ctrl_key() || event.meta_key();
    // There is nothing to turn to: it is the page that is scrolled.
    if !is_zoom && untrack(|| room.slices()) < 2 && !state.is_drawing() {
        return;
    }
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
    if is_zoom {
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

fn key(state: &mut State, event: &Event, canvas: &HtmlCanvasElement, room: Room) {
    let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
        return;
    };
    if !keyboard::is_meant(event, canvas) {
        return;
    }
    if state.is_drawing() && event.key() == "Escape" {
        return state.give_up(room);
    }
    if state.is_drawing() {
        return;
    }
    act(event, room);
}

fn act(event: &KeyboardEvent, room: Room) {
    let key = event.key();
    let stroke = Stroke {
        key: &key,
        has_shift: event.shift_key(),
        has_command: event.ctrl_key() || event.meta_key(),
        has_alt: event.alt_key(),
    };
    if stroke.is_typed() && !letters::are_on() {
        return;
    }
    if let Some((key, shift)) = stroke.meant()
        && keys::act(key, shift, room)
    {
        event.prevent_default();
    }
}
