//! Lesions over time as lines. The table beside it has the same figures.

use std::collections::BTreeMap;

use leptos::prelude::*;

use crate::ui::piece::{IntoPiece as _, Piece};
use model::saved::SavedLesion;

use super::axes::{Axes, BOTTOM, LEFT, WIDTH};
use super::names;
use crate::course::{Course, Followed, Point};
use crate::ui::number::{measure, size};

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// Longest diameter, mm.
    Diameter,
    /// Area on the key slice, mm².
    Area,
    /// Volume, mm³.
    Volume,
}

impl Quantity {
    fn of(self, lesion: &SavedLesion) -> Option<f64> {
        match self {
            Self::Diameter => lesion.longest_mm,
            Self::Area => lesion.area_mm2,
            Self::Volume => lesion.volume_ml.map(|ml| ml * 1000.0),
        }
        .map(f64::from)
        .filter(|value| value.is_finite())
    }

    fn unit(self) -> &'static str {
        match self {
            Self::Diameter => "mm",
            Self::Area => "mm²",
            Self::Volume => "mm³",
        }
    }
}

/// Lines drawn; more could not be told apart.
const LINES: usize = 6;

/// Lesions without a line that are named below the chart.
const MOST_NAMED: usize = 20;

/// The chart of one quantity.
#[component]
pub fn Chart(
    /// What to draw.
    course: StoredValue<Course>,
    /// Which figure of it.
    quantity: Quantity,
) -> impl IntoView {
    course.with_value(|course| drawing(course, quantity))
}

fn drawing(course: &Course, quantity: Quantity) -> Piece {
    let known = |lesion: &&Followed| {
        let mut points = lesion.points.iter();
        points.any(|point| quantity.of(&point.lesion).is_some())
    };
    let drawn: Vec<&Followed> = course.lesions.iter().filter(known).take(LINES).collect();
    let left_out = left_out(course, &drawn);
    if drawn.is_empty() {
        return view! { <p class="small muted">"This figure is not known for any of the lesions."</p> }
            .into_late_piece();
    }
    let largest = drawn
        .iter()
        .flat_map(|lesion| &lesion.points)
        .filter_map(|point| quantity.of(&point.lesion))
        .fold(0.0, f64::max);
    let axes = Axes::of(course, largest);
    let grid = axes.lines().map(|(value, words)| {
        let y = axes.y(value);
        view! {
            <line class="grid" x1=LEFT x2=LEFT + WIDTH y1=y y2=y />
            <text x=LEFT - 6.0 y=y + 4.0 text-anchor="end">{words}</text>
        }
    });
    let colours = colours(&drawn);
    let lines: Vec<Line> = drawn
        .into_iter()
        .map(|lesion| Line::of(lesion, course, quantity, axes))
        .collect();
    let heights = name_heights(&lines);
    let lines = lines.into_iter().zip(heights).zip(colours);
    let label = format!("Lesions over time, {}", quantity.unit());
    view! {
        // Around it: in a drawing the attribute means nothing.
        <div translate="no">
            <svg class="chart lines" viewBox="0 0 600 240" role="img" aria-label=label>
                {grid.collect_view()}
                <text class="title" x=LEFT + 4.0 y="14">{quantity.unit()}</text>
                {days(course, axes)}
                {lines.map(|((line, name_y), colour)| line.view(colour, name_y)).collect_view()}
            </svg>
        </div>
        {left_out.map(|words| view! { <p class="small muted">{words}</p> })}
    }
    .into_late_piece()
}

/// Which lesions are in the table only, with their sizes, so that nobody takes the chart for all.
fn left_out(course: &Course, drawn: &[&Followed]) -> Option<String> {
    let is_drawn = |it: &Followed| drawn.iter().any(|drawn| drawn.name == it.name);
    let mut words = String::new();
    let mut more = 0;
    for lesion in course.lesions.iter().filter(|it| !is_drawn(it)) {
        if more == MOST_NAMED {
            words.push_str(", …");
            break;
        }
        more += 1;
        words.push_str(if words.is_empty() {
            "In the table only: "
        } else {
            ", "
        });
        let size = lesion.points.last().and_then(|it| it.lesion.longest_mm);
        words.push_str(&[&lesion.name, " ", &measure(size, 1, "mm")].concat());
    }
    (more > 0).then_some(words)
}

/// A colour for each of the lesions, by its letter, so that it keeps it whatever else is drawn; the
/// next one where another of them has it.
fn colours(drawn: &[&Followed]) -> Vec<usize> {
    let mut colours: Vec<usize> = Vec::new();
    for lesion in drawn {
        let mut colour = lesion.letter % LINES;
        while colours.contains(&colour) {
            colour = (colour + 1) % LINES;
        }
        colours.push(colour);
    }
    colours
}

/// Width of a day in words, also where the drawing is shrunk and its letters are not.
const DAY_WIDTH: f64 = 116.0;

/// First and last day under the axis, and those between them that have room.
fn days(course: &Course, axes: Axes) -> impl IntoView + use<> {
    let mut free_from = f64::NEG_INFINITY;
    let end = axes.x((axes.first_day + axes.days) as i32);
    let mut ticks = Vec::new();
    for visit in &course.visits {
        let x = axes.x(visit.number);
        let is_last = (x - end).abs() < 0.5;
        if x < free_from || (!is_last && x > end - DAY_WIDTH * 1.3) {
            continue;
        }
        free_from = x + DAY_WIDTH;
        let day = visit.day.clone();
        // The last one ends with the drawing instead of going over its edge.
        let (x, anchor) = if is_last {
            (x + 40.0, "end")
        } else {
            (x, "middle")
        };
        ticks.push(view! { <text x=x y=BOTTOM + 22.0 text-anchor=anchor>{day}</text> });
    }
    ticks.collect_view()
}

/// A lesion as it is drawn.
struct Line {
    name: String,
    /// Where the figure is known, oldest first.
    dots: Vec<Dot>,
}

struct Dot {
    /// Day of the examination as a number.
    day: i32,
    x: f64,
    y: f64,
    /// Whether a line leads to it: from figures that it can be compared with.
    is_joined: bool,
    words: String,
}

impl Line {
    fn of(lesion: &Followed, course: &Course, quantity: Quantity, axes: Axes) -> Self {
        // A point between, whose figure is not known, hides no change of network.
        let mut is_joined = true;
        let dot = |point: &Point| {
            is_joined &= point.is_comparable;
            let visit = course.visits.get(point.visit)?;
            let value = quantity.of(&point.lesion)?;
            Some(Dot {
                is_joined: std::mem::replace(&mut is_joined, true),
                day: visit.number,
                x: axes.x(visit.number),
                y: axes.y(value),
                words: format!(
                    "Lesion {}, {}: {}\u{a0}{}",
                    lesion.name,
                    visit.day,
                    size(value, 1),
                    quantity.unit()
                ),
            })
        };
        Self {
            name: lesion.name.clone(),
            dots: lesion.points.iter().filter_map(dot).collect(),
        }
    }

    fn view(self, colour: usize, name_y: f64) -> impl IntoView {
        let path: Vec<String> = self
            .dots
            .iter()
            .map(|dot| {
                let step = if dot.is_joined { 'L' } else { 'M' };
                format!("{step}{:.1} {:.1}", dot.x, dot.y)
            })
            .collect();
        let end = self.dots.last().map(|dot| dot.x);
        let dots = self.dots.into_iter().map(|Dot { x, y, words, .. }| {
            view! { <circle cx=x cy=y r="4"><title>{words}</title></circle> }
        });
        view! {
            <g class=format!("line line-{colour}")>
                <path d=path.concat() />
                {dots.collect_view()}
                {end.map(|x| view! { <text class="name" x=x + 9.0 y=name_y + 4.0>{self.name}</text> })}
            </g>
        }
    }
}

/// Where the name of each line stands: those that end on one day keep apart.
fn name_heights(lines: &[Line]) -> Vec<f64> {
    let mut ends: BTreeMap<i32, Vec<(usize, f64)>> = BTreeMap::new();
    for (index, line) in lines.iter().enumerate() {
        if let Some(end) = line.dots.last() {
            ends.entry(end.day).or_default().push((index, end.y));
        }
    }
    let mut heights = vec![0.0; lines.len()];
    for together in ends.values() {
        let wanted: Vec<f64> = together.iter().map(|&(_, y)| y).collect();
        for (&(index, _), y) in together.iter().zip(names::apart(&wanted)) {
            if let Some(height) = heights.get_mut(index) {
                *height = y;
            }
        }
    }
    heights
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::tests::{lesion, visit};

    #[test]
    fn no_line_leads_from_one_network_to_another() {
        let mut visits = ["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"]
            .map(|day| visit(day, vec![lesion(8.0, 0.2)]));
        for later in &mut visits[2..] {
            later.entry.network = "unetpp".to_owned();
        }
        let joined = |visits: &[_]| -> Vec<bool> {
            let course = Course::of_images(visits, &[]);
            let axes = Axes::of(&course, 10.0);
            let line = Line::of(&course.lesions[0], &course, Quantity::Diameter, axes);
            line.dots.iter().map(|dot| dot.is_joined).collect()
        };
        assert_eq!(joined(&visits), [false, true, false, true]);
        visits[2].lesions[0].longest_mm = None;
        assert_eq!(joined(&visits), [false, true, false]);
    }

    #[test]
    fn what_is_not_drawn_is_named_with_its_size() {
        let small = |i: usize| lesion(4.0 + i as f32, 0.1 * i as f32);
        let first: Vec<_> = (1..=7).map(small).collect();
        let mut second = first.clone();
        second.push(lesion(26.0, 0.95));
        let course = Course::of_images(
            &[visit("2026-01-01", first), visit("2026-07-01", second)],
            &[],
        );
        let drawn: Vec<&Followed> = course.lesions.iter().take(LINES).collect();
        assert_eq!(drawn[0].name, "H", "the new one is drawn");
        let words = left_out(&course, &drawn).unwrap();
        assert_eq!(words, "In the table only: B 6.0\u{a0}mm, A 5.0\u{a0}mm");
        assert_eq!(
            left_out(&course, &course.lesions.iter().collect::<Vec<_>>()),
            None
        );
    }

    #[test]
    fn a_lesion_keeps_its_colour_unless_another_one_has_it() {
        let course = Course::of_images(
            &[visit(
                "2026-01-01",
                vec![lesion(9.0, 0.1), lesion(8.0, 0.5)],
            )],
            &[],
        );
        let mut lesions = course.lesions;
        let of = |lesions: &[Followed]| colours(&lesions.iter().collect::<Vec<_>>());
        assert_eq!(of(&lesions), [0, 1]);
        lesions.swap(0, 1);
        assert_eq!(of(&lesions), [1, 0]);
        lesions[1].letter = LINES + 1;
        assert_eq!(of(&lesions), [1, 2]);
    }
}
