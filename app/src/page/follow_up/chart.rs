//! Lesions over time as lines. The table beside it has the same figures.

use leptos::prelude::*;

use crate::ui::piece::{IntoPiece as _, Piece};
use model::saved::SavedLesion;

use super::axes::{Axes, BOTTOM, LEFT, WIDTH};
use super::course::{Course, Followed, Point};
use super::names;

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// Longest diameter, mm.
    Diameter,
    /// Area on the key slice, mm².
    Area,
    /// Volume, mL.
    Volume,
}

impl Quantity {
    fn of(self, lesion: &SavedLesion) -> Option<f64> {
        match self {
            Self::Diameter => lesion.longest_mm,
            Self::Area => lesion.area_mm2,
            Self::Volume => lesion.volume_ml,
        }
        .map(f64::from)
        .filter(|value| value.is_finite())
    }

    fn unit(self) -> &'static str {
        match self {
            Self::Diameter => "mm",
            Self::Area => "mm²",
            Self::Volume => "mL",
        }
    }
}

/// Lines drawn; more could not be told apart.
const LINES: usize = 6;

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
    let lines: Vec<&Followed> = course
        .lesions
        .iter()
        .filter(|l| l.points.iter().any(|p| quantity.of(&p.lesion).is_some()))
        .take(LINES)
        .collect();
    if lines.is_empty() {
        return view! { <p class="small muted">"This figure is not known for any of the lesions."</p> }
            .into_late_piece();
    }
    let values = lines.iter().flat_map(|l| &l.points);
    let largest = values
        .filter_map(|p| quantity.of(&p.lesion))
        .fold(0.0, f64::max);
    let axes = Axes::of(course, largest);
    let grid = axes.lines().map(|(value, words)| {
        let y = axes.y(value);
        view! {
            <line class="grid" x1=LEFT x2=LEFT + WIDTH y1=y y2=y />
            <text x=LEFT - 6.0 y=y + 4.0 text-anchor="end">{words}</text>
        }
    });
    let drawn = lines
        .iter()
        .zip(name_heights(&lines, quantity, course, axes))
        .enumerate()
        .map(|(i, (lesion, y))| line(i, lesion, y, course, quantity, axes))
        .collect_view();
    let left_out = course.lesions.len() - lines.len();
    let label = format!("Lesions over time, {}", quantity.unit());
    view! {
        <svg class="chart lines" viewBox="0 0 600 240" role="img" aria-label=label>
            {grid.collect_view()}
            <text class="title" x=LEFT + 4.0 y="14">{quantity.unit()}</text>
            {days(course, axes)}
            {drawn}
        </svg>
        {(left_out > 0).then(|| view! {
            <p class="small muted">{format!("{left_out} more lesions are in the table only.")}</p>
        })}
    }
    .into_late_piece()
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

/// The last point of a lesion that has the figure.
fn last(lesion: &Followed, quantity: Quantity) -> Option<(&Point, f64)> {
    let mut points = lesion.points.iter().rev();
    points.find_map(|point| Some((point, quantity.of(&point.lesion)?)))
}

/// Where the name of each line stands.
fn name_heights(lines: &[&Followed], quantity: Quantity, course: &Course, axes: Axes) -> Vec<f64> {
    let ends: Vec<Option<(i32, f64)>> = lines
        .iter()
        .map(|lesion| {
            let (point, value) = last(lesion, quantity)?;
            Some((course.visits.get(point.visit)?.number, axes.y(value)))
        })
        .collect();
    let mut heights = vec![0.0; lines.len()];
    for day in ends.iter().flatten().map(|&(day, _)| day) {
        let on_day = |end: &Option<(i32, f64)>| end.filter(|&(other, _)| other == day);
        let wanted: Vec<f64> = ends.iter().filter_map(on_day).map(|(_, y)| y).collect();
        let places = heights.iter_mut().zip(&ends);
        let places = places.filter(|(_, end)| on_day(end).is_some());
        for ((height, _), y) in places.zip(names::apart(&wanted)) {
            *height = y;
        }
    }
    heights
}

fn line(
    index: usize,
    lesion: &Followed,
    name_y: f64,
    course: &Course,
    quantity: Quantity,
    axes: Axes,
) -> impl IntoView + use<> {
    let places: Vec<(f64, f64, String)> = lesion
        .points
        .iter()
        .filter_map(|point| {
            let visit = course.visits.get(point.visit)?;
            let value = quantity.of(&point.lesion)?;
            let words = format!(
                "Lesion {}, {}: {value:.2} {}",
                lesion.name,
                visit.day,
                quantity.unit()
            );
            Some((axes.x(visit.number), axes.y(value), words))
        })
        .collect();
    let path: Vec<String> = places
        .iter()
        .map(|(x, y, _)| format!("{x:.1},{y:.1}"))
        .collect();
    let end = places.last().map(|(x, ..)| *x);
    let dots = places.into_iter().map(|(x, y, words)| {
        view! { <circle cx=x cy=y r="4"><title>{words}</title></circle> }
    });
    view! {
        <g class=format!("line line-{index}")>
            <polyline points=path.join(" ") />
            {dots.collect_view()}
            {end.map(|x| view! { <text class="name" x=x + 9.0 y=name_y + 4.0>{lesion.name.clone()}</text> })}
        </g>
    }
}
