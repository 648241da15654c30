//! Where the keyboard goes on when the row that it was at is judged and goes.

use gloo::timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, MouseEvent};

use crate::room::Room;
use crate::ui::focus::first;

/// But those that are folded away.
const BUTTONS: &str = "button.judge:not(details:not([open]) button)";

/// A list, and the place of a button in it.
type Place = (Element, u32);

/// Where the button is that was pressed last.
pub(super) type Pressed = StoredValue<Option<Place>, LocalStorage>;

/// Takes the keyboard to the next row once a judgement is carried out.
pub(super) fn follow(room: Room) -> Pressed {
    let pressed: Pressed = StoredValue::new_local(None);
    let is_running = Memo::new(move |_| room.desk.with(|d| d.run.is_some()));
    Effect::new(move |_| {
        if is_running.get() {
            return;
        }
        if let Some((list, place)) = pressed.try_update_value(Option::take).flatten() {
            // Not before the rows are drawn anew.
            Timeout::new(0, move || go_on(&list, place)).forget();
        }
    });
    pressed
}

/// Remembers a button that was pressed by the keyboard. Whoever points at rows must not
/// judge the next one with the space bar.
pub(super) fn remember(pressed: Pressed, event: &MouseEvent) {
    if event.detail() == 0 {
        pressed.set_value(place_of(event));
    }
}

fn place_of(event: &MouseEvent) -> Option<Place> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let button = target.closest(BUTTONS).ok()??;
    let list = button.closest("ol, ul, table").ok()??;
    let buttons = list.query_selector_all(BUTTONS).ok()?;
    let place =
        (0..buttons.length()).find(|&i| buttons.item(i).is_some_and(|other| other == *button))?;
    Some((list, place))
}

fn go_on(list: &Element, place: u32) {
    // If the list is empty, it is gone, and what was rejected can be taken back.
    let next = next_in(list, place)
        .filter(|next| next.is_connected())
        .or_else(|| first(".rejected button.judge"));
    if let Some(next) = next {
        next.focus().ok();
    }
}

/// The button at a place, or the last one.
fn next_in(list: &Element, place: u32) -> Option<HtmlElement> {
    let buttons = list.query_selector_all(BUTTONS).ok()?;
    let last = buttons.length().checked_sub(1)?;
    buttons.item(place.min(last))?.dyn_into().ok()
}
