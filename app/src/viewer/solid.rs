//! Lung and lesions of a series in three dimensions, to be turned: where in the chest something
//! lies.

mod body;
mod picture;

pub use body::{Body, Grid};
use leptos::html::Canvas;
use leptos::prelude::*;
pub use picture::{Sight, picture};

use crate::room::Room;
use crate::ui::piece::IntoPiece as _;

/// Fewer slices are no body.
const LEAST_SLICES: usize = 3;
/// Where the viewer stands, each a quarter further, with what is on the left and on the right
/// there.
const VIEWS: [(&str, [&str; 2]); 4] = [
    ("the front", ["R", "L"]),
    ("the patient’s left", ["A", "P"]),
    ("behind", ["L", "R"]),
    ("the patient’s right", ["P", "A"]),
];

/// What is said where nobody knows how the patient lies.
const UNKNOWN: &str = "Which side is the patient’s right, and which end the head’s, is not known";

/// The nearest of the four in words, and what is on the left and on the right there.
fn view_from(degrees: u32, is_oriented: bool) -> (String, [&'static str; 2]) {
    let (place, sides) = VIEWS[((degrees + 45) / 90 % 4) as usize];
    if is_oriented {
        (["Seen from ", place].concat(), sides)
    } else {
        (UNKNOWN.to_owned(), ["sides, head unknown", ""])
    }
}

/// Whether it is known how the patient lies (tracks the desk).
fn is_oriented(room: Room) -> bool {
    room.desk
        .with(|d| d.open.scan.as_ref().is_some_and(|it| it.is_oriented))
}

/// The size of slices, and that of voxels in mm towards left, back and head (tracks the desk);
/// `None` where too little is segmented, or sizes are not known.
fn voxels(room: Room) -> Option<(usize, usize, [f32; 3])> {
    room.desk.with(|d| {
        let scan = d.open.scan.as_ref()?;
        let (spacing, slice_mm) = (scan.spacing?, scan.slice_spacing_mm?);
        let voxel_mm = [spacing.col_mm, spacing.row_mm, slice_mm];
        (d.open.results.len() >= LEAST_SLICES).then_some((scan.rows, scan.cols, voxel_mm))
    })
}

/// The body, once enough slices are segmented.
#[component]
pub fn SolidPanel() -> impl IntoView {
    let room = expect_context::<Room>();
    let node = NodeRef::<Canvas>::new();
    let degrees = RwSignal::new(0_u32);
    #[cfg(feature = "hydrate")]
    browser::run(node, degrees, room);
    let turn = move |event| {
        if let Ok(chosen) = event_target_value(&event).parse() {
            degrees.set(chosen);
        }
    };
    let drag = move |event: leptos::ev::PointerEvent| {
        if event.buttons() & 1 == 1 {
            let by = event.movement_x();
            degrees.update(|it| *it = (*it as i32 - by).rem_euclid(360) as u32);
        }
    };
    let words = move || view_from(degrees.get(), is_oriented(room)).0;
    view! {
        <section class="card" aria-labelledby="solid-title" hidden=move || voxels(room).is_none()>
            <h2 id="solid-title">"3D view"</h2>
            <canvas class="solid" node_ref=node role="img" aria-label="Segmented lung, and the lesions in it" on:pointermove=drag></canvas>
            <input type="range" min="0" max="359" aria-label="Turn" aria-valuetext=words prop:value=move || degrees.get() on:input=turn />
            <p class="small muted">{words}". Drag to turn. The marks at the edges show the slice in view."</p>
        </section>
    }
    .into_late_piece()
}

#[cfg(test)]
mod tests;

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::html::Canvas;
    use leptos::prelude::*;

    use super::{Body, Sight, is_oriented, picture, view_from, voxels};
    use crate::clock::now_ms;
    use crate::room::Room;
    use crate::room::lesions::largest_first;
    use crate::viewer::paint::{self, Marks};

    /// Edge of the picture in pixels.
    const EDGE: u32 = 480;
    /// Most lesions that have their number in it.
    const NUMBERED: usize = 9;
    /// While slices of a series come one after the other, it is made anew no more often: it is made
    /// of all of them.
    const PAUSE_MS: f64 = 1000.0;

    /// Keeps it drawn.
    pub(super) fn run(node: NodeRef<Canvas>, degrees: RwSignal<u32>, room: Room) {
        let made_ms = StoredValue::new(f64::NEG_INFINITY);
        Effect::new(move |_| {
            room.pixels_changed.track();
            let degrees = degrees.get();
            let (Some((rows, cols, voxel_mm)), Some(canvas)) = (voxels(room), node.get()) else {
                return;
            };
            let is_running = room.desk.with(|d| d.run.is_some());
            let may_wait = is_running && now_ms() - made_ms.get_value() < PAUSE_MS;
            let body = room
                .pixels
                .try_update_value(|p| p.body(rows, cols, voxel_mm, may_wait));
            if !may_wait {
                made_ms.set_value(now_ms());
            }
            let Some(body) = body.flatten() else {
                return paint::clear(&canvas);
            };
            let sight = Sight::of(&body, degrees, EDGE as usize);
            let marks = Marks {
                slice: f64::from(sight.see(body.place_mm(room.slice.get(), (0.0, 0.0))).1),
                lesions: numbers(room, &body, &sight),
                sides: view_from(degrees, is_oriented(room)).1,
            };
            paint::solid(&canvas, &picture(&body, &sight), EDGE, &marks);
        });
    }

    /// The largest lesions, each where the largest part of it on its key slice is.
    fn numbers(room: Room, body: &Body, sight: &Sight) -> Vec<(String, (f64, f64))> {
        room.desk.with(|d| {
            let mut numbers = Vec::new();
            for lesion in largest_first(d).into_iter().take(NUMBERED) {
                let slice = d.open.results.get(&lesion.key_slice);
                let mut findings = slice.iter().flat_map(|it| &it.findings);
                if let Some(finding) = findings.find(|it| it.lesion == lesion.number) {
                    let (x, y, _) = sight.see(body.place_mm(lesion.key_slice, finding.centre));
                    numbers.push((lesion.number.to_string(), (f64::from(x), f64::from(y))));
                }
            }
            numbers
        })
    }
}
