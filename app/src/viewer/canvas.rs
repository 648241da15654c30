//! The viewer as a component: the canvas and the text in its corners.

use leptos::html::Canvas;
use leptos::prelude::*;
use model::count::counted;

use super::pixels::Pixels;
use super::{slab, words};
use crate::engine::state::Desk;
use crate::room::{Room, Tool};
use crate::ui::number::whole;
use crate::ui::piece::IntoPiece as _;

/// The slice with its layers. Draws again whenever something it shows changes.
#[component]
pub fn Viewer() -> impl IntoView {
    let room = expect_context::<Room>();
    let node = NodeRef::<Canvas>::new();
    #[cfg(feature = "hydrate")]
    browser::run(node, room);

    let position = move || words::position(room);
    let window = move || {
        room.pixels_changed.track();
        let has_image = room.pixels.with_value(Pixels::has_image);
        has_image.then(|| words::window(room))
    };
    let is_ct = Memo::new(move |_| room.is_ct());
    let probe = move || {
        room.probe.get().map(|p| {
            let unit = if is_ct.get() { "\u{a0}HU" } else { "" };
            let of_slab = if slab::shown(room).count() > 1 {
                " · maximum of the slab"
            } else {
                ""
            };
            format!(
                "{}{unit} at row {}, column {}{of_slab}",
                whole(f32::from(p.value)),
                p.row + 1,
                p.col + 1
            )
        })
    };
    let sides = Memo::new(move |_| words::sides(room));
    let format = move || {
        room.desk
            .with(|d| d.open.scan.as_ref().map(|s| s.format.clone()))
    };
    let is_missing = Memo::new(move |_| {
        room.pixels_changed.track();
        let slice = room.slice.get();
        room.slices() > 0 && room.pixels.with_value(|p| p.values(slice).is_none())
    });
    let description = move || {
        let slices = room.slices();
        let slice = room.slice.get();
        let found = room
            .desk
            .with(|d| d.open.results.get(&slice).map(|r| r.findings.len()));
        let found = match found {
            None => "not segmented yet".to_owned(),
            Some(0) => "no finding".to_owned(),
            Some(n) => counted(n, "finding"),
        };
        let by_hand: String = words::callipers(room)
            .into_iter()
            .filter_map(|(it, words)| Some([", ", it.kind(), " of ", &words?].concat()))
            .collect();
        format!(
            "CT viewer, slice {} of {slices}, {found}{by_hand}",
            slice + 1
        )
    };
    // A description that changes is read to nobody who is on the canvas already.
    let told = move || words::told(room);
    // A whole slice has nowhere to be moved to, and a finger on it turns the page.
    let scrolls = move || room.tool.get() == Tool::Pan && room.view.get().zoom < 1.005;
    view! {
        <div class="viewer">
            <canvas
                node_ref=node
                class:scrolls=scrolls
                tabindex="0"
                role="application"
                aria-label=description
                aria-describedby="viewer-keys"
            ></canvas>
            <p class="visually-hidden" role="status">{told}</p>
            <Show when=move || is_missing.get()>
                <p class="missing">{move || {
                    let is_gone = room.desk.with(Desk::is_adrift);
                    let words = if is_gone { "The engine has lost the image of slice" } else { "Loading slice" };
                    format!("{words} {}", room.slice.get() + 1)
                }}</p>
            </Show>
            <span class="corner top-left">{position}</span>
            <span class="corner top-right">{format}</span>
            <span class="corner bottom-left">{window}</span>
            <span class="corner bottom-right">{probe}</span>
            <span class="side-letter right-of-patient" aria-hidden="true">{move || sides.get()[0]}</span>
            <span class="side-letter left-of-patient" aria-hidden="true">{move || sides.get()[1]}</span>
        </div>
    }
    .into_late_piece()
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::{Canvas, NodeRef, Room};
    use crate::viewer::input;
    use crate::viewer::paint::{self, Scene};
    use crate::viewer::view::Frame;
    use leptos::prelude::*;
    use wasm_bindgen::JsCast;
    use wasm_bindgen::prelude::Closure;
    use web_sys::{HtmlCanvasElement, ResizeObserver};

    /// Listens to the canvas's size and input, and keeps it drawn.
    pub(super) fn run(node: NodeRef<Canvas>, room: Room) {
        let held = StoredValue::new_local(None);
        Effect::new(move |_| {
            let Some(canvas) = node.get() else { return };
            let listeners = input::attach(&canvas, room);
            let on = canvas.clone();
            let resized = Closure::<dyn FnMut()>::new(move || measure(&on, room)).into_js_value();
            let observer = ResizeObserver::new(resized.unchecked_ref()).ok();
            if let Some(observer) = &observer {
                observer.observe(&canvas);
            }
            held.set_value(Some((listeners, observer)));
        });
        on_cleanup(move || {
            held.try_update_value(|held| {
                if let Some((_, Some(observer))) = held.take() {
                    ResizeObserver::disconnect(&observer);
                }
            });
        });
        // A scan of another shape needs another frame.
        let shape = Memo::new(move |_| {
            room.desk
                .with(|d| d.open.scan.as_ref().map(|s| (s.rows, s.cols, s.spacing)))
        });
        Effect::new(move |_| {
            shape.with(|_| ());
            if let Some(canvas) = node.get_untracked() {
                measure(&canvas, room);
            }
        });
        Effect::new(move |_| {
            let Some(canvas) = node.get() else { return };
            match Scene::of(room) {
                Some(scene) => {
                    paint::paint(&canvas, &scene, density(&canvas, &scene.frame));
                }
                // Better nothing than another slice's image.
                None => paint::clear(&canvas),
            }
        });
    }

    /// Takes over the canvas's size on the page and gives it one bitmap pixel a screen pixel.
    fn measure(canvas: &HtmlCanvasElement, room: Room) {
        let (width, height) = (
            f64::from(canvas.client_width()),
            f64::from(canvas.client_height()),
        );
        if width < 1.0 || height < 1.0 {
            return;
        }
        let dpr = web_sys::window().map_or(1.0, |w| w.device_pixel_ratio());
        canvas.set_width((width * dpr).round() as u32);
        canvas.set_height((height * dpr).round() as u32);
        let frame = room.desk.with_untracked(|d| {
            d.open.scan.as_ref().map(|scan| Frame {
                width,
                height,
                rows: scan.rows,
                cols: scan.cols,
                pixel_aspect: scan
                    .spacing
                    .map_or(1.0, |s| f64::from(s.row_mm) / f64::from(s.col_mm)),
            })
        });
        if let Some(frame) = frame {
            // That of another scan does no harm: nothing is panned then.
            let before = room.frame.get_untracked().unwrap_or(frame);
            room.view.update(|view| *view = view.resized(before, frame));
        }
        // Setting it draws again, also when only the bitmap was cleared by its new size.
        room.frame.set(frame);
    }

    fn density(canvas: &HtmlCanvasElement, frame: &Frame) -> f64 {
        f64::from(canvas.width()) / frame.width.max(1.0)
    }
}
