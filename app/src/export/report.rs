//! The report on paper: its pictures are drawn when it is asked for, because those of slices that
//! are not at hand have to be waited for, which a browser that already prints does not do.

use gloo::events::EventListener;
use js_sys::Promise;
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::protocol::{Request, Summary};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlCanvasElement};

use super::save;
use crate::page::read::key_images::{KeyImage, MOST, key_images};
use crate::room::Room;
use crate::ui::focus;
use crate::viewer::measure::screen_centre;
use crate::viewer::paint::{self, Inscription, Scene};
use crate::viewer::view::{Frame, View};
use crate::viewer::words;

/// Where the pictures go.
const PLACE: &str = ".key-images";
/// Edge of a picture in CSS pixels.
const EDGE: f64 = 240.0;
/// Width of the slice in view, likewise.
const WHOLE: f64 = 360.0;
/// Pixels of a picture per CSS pixel.
const DENSITY: f64 = 2.0;
/// What a picture shows at least, in mm, so that it is seen where the lesion lies.
const LEAST_MM: f32 = 60.0;
/// The same in pixels of unknown size.
const LEAST_PX: f32 = 90.0;
/// So often is looked whether the values of a slice have come, in ms, …
const LOOK_MS: i32 = 50;
/// … and so many times in all: then the report does without the pictures that are missing.
const LOOKS: usize = 200;

/// Takes the pictures away once they are printed: what is on the screen may change after that.
pub fn clear_when_printed() {
    let Some(window) = web_sys::window() else {
        return;
    };
    let listener = EventListener::new(&window, "afterprint", |_| {
        if let Some(place) = focus::first(PLACE) {
            place.set_text_content(None);
        }
    });
    // Until the page is left.
    StoredValue::new_local(listener);
}

/// Draws the pictures and prints. `is_waiting` is true until they are drawn.
pub fn print(room: Room, is_waiting: RwSignal<bool>) {
    if is_waiting.get_untracked() {
        return;
    }
    is_waiting.set(true);
    spawn_local(async move {
        let is_whole = match focus::first(PLACE) {
            Some(place) => draw_all(room, &place).await,
            None => true,
        };
        // Whether they were drawn or given up; the page may be gone by now, and its room with it.
        room.pixels.try_update_value(|p| p.hold(Vec::new()));
        is_waiting.try_set(false);
        if is_whole {
            save::print();
        }
    });
}

/// What the pictures are of; none once the page is left.
fn shown_now(room: Room) -> Option<(u32, Option<Summary>)> {
    let choices = room.choices.try_get_value()?;
    let summary = room.desk.try_with_untracked(|d| d.open.summary.clone())?;
    Some((choices, summary))
}

/// Whether all is drawn; not so where another scan was chosen meanwhile, the marks have changed, or
/// the page is left: nobody asked for a report of that.
async fn draw_all(room: Room, place: &Element) -> bool {
    place.set_text_content(None);
    let before = shown_now(room);
    let (images, is_open) = room
        .desk
        .with_untracked(|d| (key_images(d), d.is_open() && !d.is_adrift()));
    let shown = images.get(..MOST).unwrap_or(&images);
    let slices: Vec<usize> = shown.iter().map(|it| it.finding.slice).collect();
    if is_open {
        room.pixels.update_value(|p| p.hold(slices.clone()));
        for &slice in &slices {
            if !is_here(room, slice) {
                room.send(&Request::Show { slice });
            }
        }
    }
    if let Some(canvas) = untrack(|| draw_whole(room)) {
        // A line on the picture would be longer than that is wide.
        figure(place, &canvas, &untrack(|| words::picture(room)));
    }
    let (mut drawn, mut looks) = (0, 0);
    for image in shown {
        let slice = image.finding.slice;
        while is_open && looks < LOOKS && !is_here(room, slice) {
            wait().await;
            looks += 1;
            if !place.is_connected() || shown_now(room) != before {
                place.set_text_content(None);
                return false;
            }
        }
        if let Some(canvas) = draw(room, image) {
            figure(place, &canvas, &image.words);
            drawn += 1;
        }
    }
    if drawn < images.len() {
        let largest = if drawn == MOST { ", the largest" } else { "" };
        let all = images.len();
        let words = format!("{drawn} of {all} lesions are shown{largest}.");
        append(place, "p", &words);
    }
    true
}

fn is_here(room: Room, slice: usize) -> bool {
    room.pixels.with_value(|p| p.values(slice).is_some())
}

/// The whole slice in view, with what stands on it.
fn draw_whole(room: Room) -> Option<HtmlCanvasElement> {
    let mut scene = Scene::of(room)?;
    let Frame {
        rows,
        cols,
        pixel_aspect,
        ..
    } = scene.frame;
    let height = (WHOLE * rows as f64 * pixel_aspect / cols as f64).round();
    scene.frame.width = WHOLE;
    scene.frame.height = height;
    scene.view = View::default();
    scene.inscription = Some(Inscription {
        above: String::new(),
        below: "",
        sides: words::sides(room),
    });
    let canvas = paint::new_canvas((WHOLE * DENSITY) as u32, (height * DENSITY) as u32)?;
    paint::paint(&canvas, &scene, DENSITY)?;
    Some(canvas)
}

/// What lies around an outline.
fn draw(room: Room, image: &KeyImage) -> Option<HtmlCanvasElement> {
    let finding = &image.finding;
    let mut scene = Scene::around(room, finding.slice, EDGE)?;
    let col_mm = scene.spacing.map(|it| it.col_mm);
    let least_px = col_mm.map_or(LEAST_PX, |mm| LEAST_MM / mm);
    let wide_px = least_px.max(finding.longest_px * 1.5);
    let whole = View::default().screen_from_image(scene.frame).scale.0;
    let zoom = EDGE / f64::from(wide_px) / whole;
    scene.view = scene
        .view
        .centred_on(scene.frame, screen_centre(finding.centre), zoom);
    let edge = (EDGE * DENSITY) as u32;
    let canvas = paint::new_canvas(edge, edge)?;
    paint::paint(&canvas, &scene, DENSITY)?;
    Some(canvas)
}

fn figure(place: &Element, canvas: &HtmlCanvasElement, words: &str) -> Option<()> {
    let figure = append(place, "figure", "")?;
    figure.append_child(canvas).ok()?;
    append(&figure, "figcaption", words)?;
    Some(())
}

fn append(parent: &Element, kind: &str, words: &str) -> Option<Element> {
    let element = parent.owner_document()?.create_element(kind).ok()?;
    element.set_text_content(Some(words));
    parent.append_child(&element).ok()?;
    Some(element)
}

async fn wait() {
    let promise = Promise::new(&mut |done, _| {
        if let Some(window) = web_sys::window() {
            window
                .set_timeout_with_callback_and_timeout_and_arguments_0(&done, LOOK_MS)
                .ok();
        }
    });
    JsFuture::from(promise).await.ok();
}
