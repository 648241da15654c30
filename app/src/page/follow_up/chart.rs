//! Lesions over time as lines. The table beside it has the same figures.

use leptos::prelude::*;

use crate::ui::piece::{IntoPiece as _, Piece};
use model::saved::SavedLesion;

use super::course::{Course, Followed};

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

/// Size of the drawing area and its place in SVG units.
const WIDTH: f64 = 490.0;
const HEIGHT: f64 = 190.0;
const LEFT: f64 = 64.0;
const TOP: f64 = 20.0;

/// Where values lie in the drawing.
#[derive(Debug, Clone, Copy)]
struct Axes {
    first_day: f64,
    days: f64,
    top: f64,
}

impl Axes {
    fn of(course: &Course, largest: f64) -> Self {
        let numbers = || course.visits.iter().map(|v| f64::from(v.number));
        let first_day = numbers().fold(f64::INFINITY, f64::min);
        let last_day = numbers().fold(f64::NEG_INFINITY, f64::max);
        Self {
            first_day,
            days: (last_day - first_day).max(1.0),
            top: nice_above(largest),
        }
    }

    fn x(self, day: i32) -> f64 {
        LEFT + (f64::from(day) - self.first_day) / self.days * WIDTH
    }

    fn y(self, value: f64) -> f64 {
        TOP + HEIGHT - value / self.top * HEIGHT
    }
}

/// The smallest of 1, 2, 2.5 and 5 times a power of ten that is not below `value`.
fn nice_above(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(value.log10().floor());
    [1.0, 2.0, 2.5, 5.0]
        .into_iter()
        .map(|step| step * power)
        .find(|&nice| nice >= value * 0.999)
        .unwrap_or(10.0 * power)
}

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
    let grid = [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| {
        let value = share * axes.top;
        let y = axes.y(value);
        let digits = usize::from(axes.top < 20.0) + usize::from(axes.top < 2.0);
        view! {
            <line class="grid" x1=LEFT x2=LEFT + WIDTH y1=y y2=y />
            <text x=LEFT - 6.0 y=y + 4.0 text-anchor="end">{format!("{value:.digits$}")}</text>
        }
    });
    let drawn = lines
        .iter()
        .enumerate()
        .map(|(i, lesion)| line(i, lesion, course, quantity, axes))
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
        ticks.push(view! { <text x=x y=TOP + HEIGHT + 22.0 text-anchor=anchor>{day}</text> });
    }
    ticks.collect_view()
}

fn line(
    index: usize,
    lesion: &Followed,
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
    let end = places.last().map(|(x, y, _)| (*x, *y));
    let dots = places.into_iter().map(|(x, y, words)| {
        view! { <circle cx=x cy=y r="4"><title>{words}</title></circle> }
    });
    view! {
        <g class=format!("line line-{index}")>
            <polyline points=path.join(" ") />
            {dots.collect_view()}
            {end.map(|(x, y)| view! { <text class="name" x=x + 9.0 y=y + 4.0>{lesion.name.clone()}</text> })}
        </g>
    }
}

#[cfg(test)]
mod tests {
    use super::nice_above;

    #[test]
    fn axes_end_at_round_numbers() {
        for (value, nice) in [
            (0.0, 1.0),
            (0.7, 1.0),
            (1.0, 1.0),
            (1.1, 2.0),
            (23.0, 25.0),
            (26.0, 50.0),
            (510.0, 1000.0),
        ] {
            assert!((nice_above(value) - nice).abs() < 1e-9, "{value}");
        }
    }
}
