//! The surroundings of the highlighted finding on the two planes that cross the slices.

use leptos::html::Canvas;
use leptos::prelude::*;
use model::volume::around::Around;

use crate::room::Room;
use crate::ui::piece::IntoPiece as _;

/// Half an edge of what is shown, in mm: a nodule, and the vessels that it may be part of.
const REACH_MM: f32 = 25.0;
/// How much of the chest slices must cover for these planes to show anything, in mm.
const LEAST_MM: f32 = 15.0;

/// What is to be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Sight {
    /// Which voxels.
    pub around: Around,
    /// Distance of slices, rows and columns in mm.
    spacing_mm: [f32; 3],
    /// Half an edge, in mm.
    pub reach_mm: f32,
    /// Columns of a slice.
    cols: usize,
}

impl Sight {
    /// Around the highlighted finding (tracks it and the desk); `None` without one, or in a scan without planes
    /// across its slices.
    fn of(room: Room) -> Option<Self> {
        let selected = room.selected.get()?;
        room.desk.with(|d| {
            let scan = d.scan.as_ref()?;
            let finding = d
                .results
                .get(&selected.slice)?
                .findings
                .get(selected.index)?;
            let (spacing, slice_mm) = (scan.spacing?, scan.slice_spacing_mm?);
            let is_thick = scan.slices.saturating_sub(1) as f32 * slice_mm >= LEAST_MM;
            let longest_mm = finding.longest_mm.filter(|_| scan.is_stack && is_thick)?;
            let spacing_mm = [slice_mm, spacing.row_mm, spacing.col_mm];
            let (row, col) = finding.centre;
            let at = [finding.slice, row.round() as usize, col.round() as usize];
            let reach_mm = REACH_MM.max(longest_mm * 0.75);
            let size = [scan.slices, scan.rows, scan.cols];
            Some(Self {
                around: Around::new(size, spacing_mm, at, reach_mm),
                spacing_mm,
                reach_mm,
                cols: scan.cols,
            })
        })
    }
}

/// Both planes, while a finding is highlighted.
#[component]
pub fn AcrossPanel() -> impl IntoView {
    let room = expect_context::<Room>();
    let nodes = [NodeRef::<Canvas>::new(), NodeRef::new()];
    #[cfg(feature = "hydrate")]
    browser::run(nodes, room);
    view! {
        <section class="card" aria-labelledby="across-title" hidden=move || Sight::of(room).is_none()>
            <h2 id="across-title">"Coronal and sagittal"</h2>
            <div class="planes">
                <canvas node_ref=nodes[0] role="img"
                    aria-label="Coronal plane through the finding, patient’s right on the left, head above"></canvas>
                <canvas node_ref=nodes[1] role="img"
                    aria-label="Sagittal plane through the finding, front on the left, head above"></canvas>
            </div>
            <p class="small muted">
                "The marks at the edges show the slice in view. A vessel goes on where a nodule ends."
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

    use super::Sight;
    use crate::room::Room;
    use crate::viewer::overlay::{Overlay, Style, compose};
    use crate::viewer::paint;

    /// Asks the worker for what another finding has around it, and keeps both planes drawn.
    pub(super) fn run(nodes: [NodeRef<Canvas>; 2], room: Room) {
        Effect::new(move |_| {
            room.pixels_changed.track();
            let window = room.window.get();
            // Lung and reference would hide what is around, and lines need pixels to run along.
            let overlay = Overlay {
                lung: false,
                reference: false,
                style: Style::Fill,
                ..room.overlay.get()
            };
            let Some(sight) = Sight::of(room) else { return };
            let id = room.pixels.try_update_value(|p| p.ask_across(&sight));
            if let Some(id) = id.flatten() {
                untrack(|| ask(room, id, &sight));
            }
            for (node, plane) in nodes.into_iter().zip([Plane::Coronal, Plane::Sagittal]) {
                let Some(canvas) = node.get() else { continue };
                let rgba = rgba(room, &sight, plane, window, overlay);
                let painted =
                    rgba.and_then(|it| paint::plane(&canvas, &it, &picture(&sight, plane)));
                if painted.is_none() {
                    paint::clear(&canvas);
                }
            }
        });
    }

    fn ask(room: Room, id: u32, sight: &Sight) {
        let [slice, row, col] = sight.around.at;
        room.send(&Request::Around {
            id,
            slice,
            row,
            col,
            reach_mm: sight.reach_mm,
        });
    }

    /// Pixels of a plane from its values and label map, once the values have come.
    fn rgba(
        room: Room,
        sight: &Sight,
        plane: Plane,
        window: Window,
        overlay: Overlay,
    ) -> Option<Vec<u8>> {
        room.pixels.with_value(|pixels| {
            let label = |[slice, row, col]: [usize; 3]| {
                let label = pixels.labels(slice).get(row * sight.cols + col);
                label.copied().unwrap_or(0)
            };
            let values = pixels.across(sight, plane as usize)?;
            let labels: Vec<u8> = sight.around.voxels(plane).map(label).collect();
            Some(compose(values, &labels, window, overlay))
        })
    }

    /// Where pixels of a plane lie in a square with the finding in its middle.
    fn picture(sight: &Sight, plane: Plane) -> paint::Picture {
        let around = &sight.around;
        let along = around.along(plane);
        let (axis, sides) = match plane {
            Plane::Coronal => (2, ["R", "L"]),
            Plane::Sagittal => (1, ["A", "P"]),
        };
        // In edges of the square.
        let part = |pixels: f64, axis: usize| {
            pixels * f64::from(sight.spacing_mm[axis]) / f64::from(2.0 * sight.reach_mm)
        };
        let above = around.slices.end - 1 - around.at[0];
        let before = around.at[axis] - along.start;
        let (width, height) = (along.len(), around.slices.len());
        paint::Picture {
            size: (width, height),
            from: (
                0.5 - part(before as f64 + 0.5, axis),
                0.5 - part(above as f64 + 0.5, 0),
            ),
            extent: (part(width as f64, axis), part(height as f64, 0)),
            sides,
        }
    }
}
