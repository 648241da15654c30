//! A place on the two planes that cross the slices: the highlighted finding's, or where the reader
//! points.

use leptos::html::Canvas;
use leptos::prelude::*;
use model::protocol::VolumeInfo;
use model::volume::around::Around;

use crate::room::Room;
use crate::ui::piece::IntoPiece as _;

/// Half an edge of what is shown, in mm: a nodule, and the vessels that it may be part of.
const REACH_MM: f32 = 25.0;
/// How much of the chest slices must cover for these planes to show anything, in mm.
const LEAST_MM: f32 = 15.0;

/// What is to be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Aim {
    /// Which voxels.
    pub around: Around,
    /// How far they reach from there, in mm.
    pub reach_mm: f32,
    /// Distance of slices, rows and columns in mm.
    spacing_mm: [f32; 3],
    /// Slice, row and column in the middle of the picture.
    middle: [f32; 3],
    /// Half an edge of the picture, in mm.
    half_mm: f32,
    /// Whether it is the whole scan.
    is_whole: bool,
    /// Columns of a slice.
    cols: usize,
}

/// Distance of slices, rows and columns in mm; `None` where planes across the slices would show
/// nothing.
fn spacing_mm(scan: &VolumeInfo) -> Option<[f32; 3]> {
    let (spacing, slice_mm) = (scan.spacing?, scan.slice_spacing_mm?);
    let is_thick = scan.slices.saturating_sub(1) as f32 * slice_mm >= LEAST_MM;
    let spacing_mm = [slice_mm, spacing.row_mm, spacing.col_mm];
    (scan.is_stack && is_thick).then_some(spacing_mm)
}

/// Whether the open scan has such planes (tracks the desk).
pub fn is_possible(room: Room) -> bool {
    room.desk
        .with(|d| d.open.scan.as_ref().and_then(spacing_mm).is_some())
}

#[cfg_attr(
    not(any(test, feature = "hydrate")),
    expect(dead_code, reason = "for the browser")
)]
impl Aim {
    /// The highlighted finding, else where the reader points (tracks both and the desk); the whole
    /// of the scan if it `is_whole`. `None` without a place, or in a scan without planes across its
    /// slices.
    fn of(room: Room, is_whole: bool) -> Option<Self> {
        let (selected, spot) = (room.selected.get(), room.spot.get());
        room.desk.with(|d| {
            // In no worker there is nothing behind the masks.
            let scan = d.open.scan.as_ref().filter(|_| !d.is_adrift())?;
            let spacing_mm = spacing_mm(scan)?;
            let finding =
                selected.and_then(|it| d.open.results.get(&it.slice)?.findings.get(it.index));
            let (at, longest_mm) = match finding {
                Some(finding) => {
                    let (row, col) = finding.centre;
                    let at = [finding.slice, row.round() as usize, col.round() as usize];
                    (at, finding.longest_mm?)
                }
                None => (spot?, 0.0),
            };
            let size = [scan.slices, scan.rows, scan.cols];
            let length_mm = |axis: usize| size[axis] as f32 * spacing_mm[axis];
            let near_mm = REACH_MM.max(longest_mm * 0.75);
            let (middle, reach_mm, half_mm) = if is_whole {
                let all_mm = length_mm(0).max(length_mm(1)).max(length_mm(2));
                (size.map(|n| (n as f32 - 1.0) / 2.0), all_mm, all_mm / 2.0)
            } else {
                (at.map(|it| it as f32), near_mm, near_mm)
            };
            Some(Self {
                around: Around::new(size, spacing_mm, at, reach_mm),
                reach_mm,
                spacing_mm,
                middle,
                half_mm,
                is_whole,
                cols: scan.cols,
            })
        })
    }

    /// How far from the first edge of the picture a voxel's middle lies, in edges.
    fn share(&self, axis: usize, place: f32) -> f64 {
        let mm = (place - self.middle[axis]) * self.spacing_mm[axis];
        0.5 + f64::from(mm / (2.0 * self.half_mm))
    }

    /// The slice so many edges from the top.
    fn slice_at(&self, share: f64) -> usize {
        let mm = (0.5 - share) as f32 * 2.0 * self.half_mm;
        (self.middle[0] + mm / self.spacing_mm[0]).round().max(0.0) as usize
    }
}

/// Both planes, while there is a place to show.
#[component]
pub fn AcrossPanel() -> impl IntoView {
    let room = expect_context::<Room>();
    let nodes = [NodeRef::<Canvas>::new(), NodeRef::new()];
    let is_whole = RwSignal::new(false);
    let aim = Memo::new(move |_| Aim::of(room, is_whole.get()));
    #[cfg(feature = "hydrate")]
    browser::run(nodes, room, aim);
    let go = move |event: leptos::ev::MouseEvent| {
        #[cfg(feature = "hydrate")]
        browser::go(room, aim, &event);
        #[cfg(not(feature = "hydrate"))]
        let _ = event;
    };
    view! {
        <section class="across" aria-labelledby="across-title" hidden=move || aim.with(Option::is_none)>
            <h2 id="across-title">"Coronal and sagittal"</h2>
            <div class="planes" class:wide=move || is_whole.get()>
                <canvas node_ref=nodes[0] role="img" on:click=go
                    aria-label="Coronal plane through the place, patient’s right on the left, head above"></canvas>
                <canvas node_ref=nodes[1] role="img" on:click=go
                    aria-label="Sagittal plane through the place, front on the left, head above"></canvas>
            </div>
            <button type="button" class="button" aria-pressed=move || is_whole.get().to_string()
                on:click=move |_| is_whole.update(|it| *it = !*it)>
                "Whole chest"
            </button>
            <p class="small muted">
                "The marks at the sides show the slice in view; a click goes to another. A vessel goes on where a nodule ends."
            </p>
        </section>
    }
    .into_late_piece()
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::html::Canvas;
    use leptos::prelude::*;
    use model::protocol::Request;
    use model::volume::around::Plane;
    use model::window::Window;
    use wasm_bindgen::JsCast;
    use web_sys::{Element, MouseEvent};

    use super::Aim;
    use crate::room::Room;
    use crate::viewer::overlay::{Overlay, Style, compose};
    use crate::viewer::paint;

    /// Edges of the planes on the page, in CSS pixels: beside each other, and below each other.
    const NEAR: f64 = 160.0;
    const WHOLE: f64 = 330.0;

    /// Asks the worker for what is around another place, and keeps both planes drawn.
    pub(super) fn run(nodes: [NodeRef<Canvas>; 2], room: Room, aim: Memo<Option<Aim>>) {
        Effect::new(move |_| {
            room.pixels_changed.track();
            let window = room.window.get();
            // Lung and reference would hide what is around, a strong tint what is inside, and lines
            // need pixels to run along.
            let chosen = room.overlay.get();
            let overlay = Overlay {
                lung: false,
                reference: false,
                style: Style::Fill,
                opacity: chosen.opacity * 0.5,
                ..chosen
            };
            let Some(aim) = aim.get() else { return };
            let slice = room.slice.get() as f32;
            let id = room.pixels.try_update_value(|p| p.ask_across(&aim));
            if let Some(id) = id.flatten() {
                untrack(|| ask(room, id, &aim));
            }
            for (node, plane) in nodes.into_iter().zip([Plane::Coronal, Plane::Sagittal]) {
                let Some(canvas) = node.get() else { continue };
                let rgba = rgba(room, &aim, plane, window, overlay);
                let painted =
                    rgba.and_then(|it| paint::plane(&canvas, &it, &picture(&aim, plane, slice)));
                if painted.is_none() {
                    paint::clear(&canvas);
                }
            }
        });
    }

    fn ask(room: Room, id: u32, aim: &Aim) {
        let [slice, row, col] = aim.around.at;
        room.send(&Request::Around {
            id,
            slice,
            row,
            col,
            reach_mm: aim.reach_mm,
        });
    }

    /// Pixels of a plane from its values and label map, once the values have come.
    fn rgba(
        room: Room,
        aim: &Aim,
        plane: Plane,
        window: Window,
        overlay: Overlay,
    ) -> Option<Vec<u8>> {
        room.pixels.with_value(|pixels| {
            let label = |[slice, row, col]: [usize; 3]| {
                let label = pixels.labels(slice).get(row * aim.cols + col);
                label.copied().unwrap_or(0)
            };
            let values = pixels.across(aim, plane as usize)?;
            let labels: Vec<u8> = aim.around.voxels(plane).map(label).collect();
            Some(compose(values, &labels, window, overlay))
        })
    }

    /// Goes to the slice that was clicked on.
    pub(super) fn go(room: Room, aim: Memo<Option<Aim>>, event: &MouseEvent) {
        let canvas = event.target().and_then(|it| it.dyn_into::<Element>().ok());
        if let (Some(canvas), Some(aim)) = (canvas, aim.get_untracked()) {
            let share = f64::from(event.offset_y()) / f64::from(canvas.client_height().max(1));
            let slice = aim.slice_at(share);
            if !room.may_turn_to(slice) {
                return;
            }
            // It would be deselected with its slice, and the planes be gone.
            room.selected.set(None);
            room.spot.set(Some(aim.around.at));
            room.show(slice);
        }
    }

    /// Where pixels of a plane lie in its square.
    fn picture(aim: &Aim, plane: Plane, slice: f32) -> paint::Picture {
        let around = &aim.around;
        let along = around.along(plane);
        let (axis, sides) = match plane {
            Plane::Coronal => (2, ["R", "L"]),
            Plane::Sagittal => (1, ["A", "P"]),
        };
        let top = around.slices.end as f32 - 0.5;
        let left = along.start as f32 - 0.5;
        let from = (aim.share(axis, left), 1.0 - aim.share(0, top));
        let right = aim.share(axis, left + along.len() as f32);
        let bottom = 1.0 - aim.share(0, around.slices.start as f32 - 0.5);
        paint::Picture {
            size: (along.len(), around.slices.len()),
            from,
            extent: (right - from.0, bottom - from.1),
            place: (
                aim.share(axis, around.at[axis] as f32),
                1.0 - aim.share(0, slice),
            ),
            sides,
            edge: if aim.is_whole { WHOLE } else { NEAR },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_click_goes_to_the_slice_whose_mark_stands_there() {
        let (size, spacing_mm, at) = ([40, 512, 512], [2.5, 0.7, 0.7], [10, 200, 300]);
        let aim = Aim {
            around: Around::new(size, spacing_mm, at, 500.0),
            reach_mm: 500.0,
            spacing_mm,
            middle: [19.5, 255.5, 255.5],
            half_mm: 180.0,
            is_whole: true,
            cols: 512,
        };
        for slice in [0, 10, 39] {
            let from_top = 1.0 - aim.share(0, slice as f32);
            assert_eq!(aim.slice_at(from_top), slice);
        }
        assert_eq!(aim.slice_at(1.0), 0, "below the feet of the scan");
        let left = aim.share(2, 255.5);
        assert!((left - 0.5).abs() < 1e-6);
    }
}
