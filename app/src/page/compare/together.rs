//! Both sides of a comparison at one scale, and at one height while the reader turns the slices.

use leptos::prelude::*;
use uuid::Uuid;

use crate::course::{Course, Followed};
use crate::room::Room;
use crate::viewer::view::Frame;

/// A lesion on each side, where it was found: its number, and the slice of its diameters.
type Sides = [Option<(usize, usize)>; 2];

/// The two viewers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Together {
    pub(super) rooms: [Room; 2],
    /// Whether turning one turns the other.
    pub(super) is_linked: RwSignal<bool>,
    /// A slice of each at one height, as a lesion of both tells it.
    level: StoredValue<Option<[usize; 2]>>,
}

impl Together {
    pub(super) fn new() -> Self {
        Self {
            rooms: [Room::new(), Room::new()],
            is_linked: RwSignal::new(true),
            level: StoredValue::new(None),
        }
    }

    /// Keeps them together from now on.
    pub(super) fn run(self) {
        for is_second in [false, true] {
            Effect::new(move |_| {
                self.follow(is_second);
                self.scale(is_second);
            });
            Effect::new(move |_| self.play_alone(is_second));
        }
    }

    /// Begins at the first lesion that is in both.
    pub(super) fn begin(self, course: &Course, ids: [Uuid; 2]) {
        let mut lesions = course.lesions.iter();
        let Some([a, b]) = lesions.find_map(|it| level(sides(it, course, ids))) else {
            return;
        };
        self.level.set_value(Some([a, b]));
        self.rooms[0].show(a);
        self.rooms[1].show(b);
    }

    /// Goes to a lesion on both sides.
    pub(super) fn go_to(self, lesion: &Followed, course: &Course, ids: [Uuid; 2]) {
        let sides = sides(lesion, course, ids);
        if let Some(level) = level(sides) {
            self.level.set_value(Some(level));
        }
        for (room, side) in self.rooms.iter().zip(sides) {
            if let Some((number, slice)) = side {
                room.visit_on(slice, number);
            }
        }
    }

    /// The side that was changed and the other one.
    fn in_order<T>(is_second: bool, [a, b]: [T; 2]) -> [T; 2] {
        if is_second { [b, a] } else { [a, b] }
    }

    /// Turns the other side with the first or the second one.
    fn follow(self, is_second: bool) {
        let [here, there] = Self::in_order(is_second, self.rooms);
        let slice = here.slice.get();
        let is_linked = self.is_linked.get();
        let Some(level) = self.level.get_value().filter(|_| is_linked) else {
            return;
        };
        let [own, other] = Self::in_order(is_second, level);
        let (Some(own), Some(other)) = (Stack::of(here, own), Stack::of(there, other)) else {
            return;
        };
        // Where this is what the other one has come to, nothing goes back and forth.
        if other.beside(there.slice.get_untracked(), own) != slice {
            there.show(own.beside(slice, other));
        }
    }

    /// Stops the other side when this one begins to play: together they would turn each other's
    /// slices, and nothing but a second button would stop the second film.
    fn play_alone(self, is_second: bool) {
        let [here, there] = Self::in_order(is_second, self.rooms);
        if here.is_playing.get() {
            there.is_playing.maybe_update(std::mem::take);
        }
    }

    /// Gives the other side the scale of this one; where neither was zoomed, the finer one that of
    /// the coarser.
    fn scale(self, is_second: bool) {
        let [here, there] = Self::in_order(is_second, self.rooms);
        let Some((frame, mm)) = scale_of(here) else {
            return;
        };
        let Some((other_frame, other_mm)) = untrack(|| scale_of(there)) else {
            return;
        };
        // After a change of the page's size, one of them has another one first.
        let is_resized = (frame.width - other_frame.width).abs() > 0.5;
        if is_resized || is_near(mm, other_mm) {
            return;
        }
        let is_whole = |room: Room| is_near(room.view.get_untracked().zoom, 1.0);
        if is_whole(here) && is_whole(there) && mm < other_mm {
            here.zoom(mm / other_mm);
        } else {
            there.zoom(other_mm / mm);
        }
    }
}

fn is_near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-3 * a.max(b)
}

/// Millimetres a pixel of the screen.
fn scale_of(room: Room) -> Option<(Frame, f64)> {
    let frame = room.frame.get()?;
    let spacing = room.desk.with(|d| d.open.scan.as_ref()?.spacing)?;
    let pixels = room.view.get().screen_from_image(frame).scale.0;
    Some((frame, f64::from(spacing.col_mm) / pixels))
}

/// Slices above each other.
#[derive(Debug, Clone, Copy)]
struct Stack {
    /// The slice that is at the height of that of the other one.
    level: usize,
    slices: usize,
    spacing_mm: f64,
}

impl Stack {
    fn of(room: Room, level: usize) -> Option<Self> {
        room.desk.with_untracked(|d| {
            let scan = d.open.scan.as_ref()?;
            Some(Self {
                level,
                slices: scan.slices,
                // Unknown distances count as alike.
                spacing_mm: scan.slice_spacing_mm.map_or(1.0, f64::from),
            })
        })
    }

    /// The slice of `other` that is nearest to the height of one of these.
    fn beside(self, slice: usize, other: Self) -> usize {
        let above_mm = (slice as f64 - self.level as f64) * self.spacing_mm;
        let place = other.level as f64 + above_mm / other.spacing_mm;
        // What is below the first one is the first one.
        (place.round() as usize).min(other.slices.saturating_sub(1))
    }
}

/// Where a lesion is on each side.
fn sides(lesion: &Followed, course: &Course, ids: [Uuid; 2]) -> Sides {
    ids.map(|id| {
        let is_here = |visit: usize| course.visits.get(visit).is_some_and(|it| it.id == id);
        let point = lesion.points.iter().find(|it| is_here(it.visit))?;
        Some((point.lesion.number, point.lesion.slice()))
    })
}

fn level([a, b]: Sides) -> Option<[usize; 2]> {
    Some([a?.1, b?.1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::tests::{lesion, visit};

    #[test]
    fn slices_at_one_height_are_beside_each_other_whatever_their_distance() {
        let (thin, thick) = (
            Stack {
                level: 40,
                slices: 100,
                spacing_mm: 1.25,
            },
            Stack {
                level: 6,
                slices: 12,
                spacing_mm: 5.0,
            },
        );
        for (slice, beside) in [(40, 6), (44, 7), (36, 5), (41, 6), (99, 11), (0, 0)] {
            assert_eq!(thin.beside(slice, thick), beside, "{slice}");
        }
        assert_eq!(
            [5, 6, 8].map(|slice| thick.beside(slice, thin)),
            [36, 40, 48]
        );
    }

    #[test]
    fn one_side_plays_at_a_time() {
        let owner = Owner::new();
        owner.set();
        let together = Together::new();
        let playing = || together.rooms.map(|it| it.is_playing.get_untracked());
        for (is_second, plays) in [(true, [false, true]), (false, [true, false])] {
            for room in together.rooms {
                room.is_playing.set(true);
            }
            together.play_alone(is_second);
            assert_eq!(playing(), plays);
        }
        // The one that stands still does not stop the other.
        together.play_alone(true);
        assert_eq!(playing(), [true, false]);
    }

    #[test]
    fn a_lesion_is_on_the_side_of_its_analysis_in_whatever_order_they_are_shown() {
        let (mut first, mut second) = (
            visit("2026-01-31", vec![lesion(9.0, 0.2)]),
            visit("2026-07-30", vec![lesion(10.0, 0.2), lesion(18.0, 0.8)]),
        );
        let ids = [1, 2].map(Uuid::from_u128);
        [first.entry.id, second.entry.id] = ids;
        second.lesions[0].number = 2;
        second.lesions[0].longest_slice = Some(7);
        let course = Course::of_pair(&first, &second, &[], &[]);
        let of = |name: &str, ids| {
            let lesion = course.lesions.iter().find(|it| it.name == name).unwrap();
            sides(lesion, &course, ids)
        };
        assert_eq!(of("1 → 2", ids), [Some((1, 0)), Some((2, 7))]);
        assert_eq!(level(of("1 → 2", ids)), Some([0, 7]));
        let [a, b] = ids;
        assert_eq!(of("– → 1", [b, a]), [Some((1, 0)), None]);
        assert_eq!(level(of("– → 1", ids)), None);
    }
}
