//! The slice with its overlay as a PNG.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Blob, HtmlCanvasElement};

use super::{name, save};
use crate::room::Room;
use crate::viewer::paint::{self, Inscription, Scene};
use crate::viewer::view::{Frame, View};
use crate::viewer::words;

/// Screen pixels per image pixel in the picture.
const SCALE: f64 = 2.0;

/// Draws the whole slice as it is shown (window, layers, selected finding) and
/// downloads it.
pub fn download(room: Room) {
    let Some(scene) = Scene::of(room) else {
        room.notify(
            false,
            "This slice is still on its way. Try again in a moment.",
        );
        return;
    };
    let Some(canvas) = draw(room, scene) else {
        room.notify(true, "The picture could not be made in this browser.");
        return;
    };
    let slice = format!("slice-{}.png", room.slice.get_untracked() + 1);
    let name = name::now(room, &slice);
    let done = Closure::once_into_js(move |blob: Option<Blob>| match blob {
        Some(blob) => save::blob(&name, &blob),
        None => room.notify(true, "The picture could not be made in this browser."),
    });
    canvas.to_blob(done.unchecked_ref()).ok();
}

fn draw(room: Room, mut scene: Scene) -> Option<HtmlCanvasElement> {
    let aspect = scene.frame.pixel_aspect;
    let (width, height) = (
        scene.frame.cols as f64 * SCALE,
        (scene.frame.rows as f64 * SCALE * aspect).round(),
    );
    scene.frame = Frame {
        width,
        height,
        ..scene.frame
    };
    scene.view = View::default();
    scene.inscription = Some(Inscription {
        above: words::picture(room),
        below: "NeuroCare AI · preliminary screening, not a diagnosis",
        sides: words::sides(room),
    });
    let canvas = paint::new_canvas(width as u32, height as u32)?;
    paint::paint(&canvas, &scene, 1.0)?;
    Some(canvas)
}
