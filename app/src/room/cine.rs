//! Playing through the slices like a film. It never starts by itself, and stops at any other use of
//! the page (WCAG 2.2, 2.2.2): a slice that is looked at must not go on by itself.

use leptos::prelude::*;

use super::Room;

/// How long a slice may be shown, in ms, and in words.
pub const PACES: [(usize, &str); 3] = [(200, "5 / s"), (100, "10 / s"), (50, "20 / s")];

impl Room {
    /// Plays from the shown slice towards the head, or stops.
    pub fn switch_cine(&self) {
        let plays = !self.is_playing.get_untracked()
            && untrack(|| self.slices()) > 1
            && self.may_turn_to(usize::MAX);
        self.is_playing.set(plays);
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use gloo::events::EventListener;
    use gloo::timers::callback::Interval;
    use leptos::prelude::*;
    use wasm_bindgen::JsCast;
    use web_sys::{Element, Event};

    use super::Room;

    /// What else a reader does; assistive technology clicks without a pointer.
    const USES: [&str; 4] = ["pointerdown", "click", "wheel", "keydown"];

    /// Turns while the room plays, as long as the component that asks for it is on the page.
    pub fn attend(room: Room) {
        let film = StoredValue::new_local(None);
        Effect::new(move |_| {
            let pace_ms = room.pace_ms.get();
            let play = || {
                let turning = Interval::new(pace_ms as u32, move || turn(room));
                (turning, listen(room))
            };
            film.set_value(room.is_playing.get().then(play));
        });
        on_cleanup(move || {
            room.is_playing.try_set(false);
        });
    }

    /// To the next slice, from the last one to the first. A slice whose values are not here yet is
    /// waited for: none is left out.
    fn turn(room: Room) {
        let (slice, slices) = (room.slice.get_untracked(), untrack(|| room.slices()));
        let is_awaited = |slice| {
            room.pixels
                .with_value(|p| p.has_image() && p.values(slice).is_none())
        };
        if !is_awaited(slice) {
            room.show(if slice + 1 < slices { slice + 1 } else { 0 });
        }
    }

    /// Stops at whatever is used but what it is played with.
    fn listen(room: Room) -> Option<[EventListener; 4]> {
        let page = web_sys::window()?.document()?;
        let stop = |name| {
            EventListener::new(&page, name, move |event| {
                // A key that the image takes is none of the button's, whatever has the keyboard.
                if event.default_prevented() || !is_own(event) {
                    room.is_playing.set(false);
                }
            })
        };
        Some(USES.map(stop))
    }

    fn is_own(event: &Event) -> bool {
        let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
        target.is_some_and(|it| it.closest(".cine").ok().flatten().is_some())
    }
}

#[cfg(feature = "hydrate")]
pub use browser::attend;
