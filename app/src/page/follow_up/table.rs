//! The figures of every lesion in every examination, and its growth.

use std::sync::Arc;

use leptos::prelude::*;
use model::finding::is_drawn;
use model::follow_up::{Basis, Growth};

use crate::course::{Course, Followed, Point};
use crate::ui::number::{measure, size, volume, with_sign};
use crate::ui::piece::{IntoPiece as _, Piece};

/// Goes to a lesion of the course, by its place there.
pub type GoTo = Arc<dyn Fn(usize) + Send + Sync>;

/// The table.
#[component]
pub fn Table(
    /// What to show.
    course: StoredValue<Course>,
    /// What goes to a lesion in the images above.
    #[prop(optional)]
    go_to: Option<GoTo>,
) -> impl IntoView {
    let (rows, remarks, has_growth) = course.with_value(move |course| {
        let lesions = course.lesions.iter();
        let mut points = lesions.clone().flat_map(|it| &it.points);
        let has_growth = points.any(|it| it.growth.is_some());
        let rows = lesions
            .enumerate()
            .map(|(index, lesion)| rows_of(index, lesion, course, go_to.as_ref()))
            .collect_view();
        (rows, course.remarks.join(" "), has_growth)
    });
    view! {
        <div class="scroll-x" role="region" aria-label="Lesions over time" tabindex="0">
            <table class="table growth-table">
                <thead>
                    <tr>
                        <th scope="col">"Lesion"</th>
                        <th scope="col">"Examined on"</th>
                        <th scope="col">"Slice"</th>
                        <th scope="col">"Diameters"</th>
                        <th scope="col">"Area"</th>
                        <th scope="col">"Volume"</th>
                        <th scope="col">"Diameter change"</th>
                        <th scope="col">"Volume change"</th>
                        <th scope="col">"Doubling time"</th>
                    </tr>
                </thead>
                {rows}
            </table>
        </div>
        {has_growth.then(|| view! {
            <p class="small muted">
                "Within error: two measurements of an unchanged lesion may differ by as much. A change of volume below 25\u{a0}%, or, \
                 from diameter, of the longest diameter by 1.5\u{a0}mm or less, is usually not called growth, and no doubling time is given."
            </p>
        })}
        {(!remarks.is_empty()).then(|| view! { <p class="notice">{remarks}</p> })}
    }
    .into_late_piece()
}

fn rows_of(index: usize, lesion: &Followed, course: &Course, go_to: Option<&GoTo>) -> Piece {
    let absent = (!lesion.absent.is_empty()).then(|| {
        view! { <tr><td class="text remark" colspan="8">{lesion.absent.clone()}</td></tr> }
    });
    let count = lesion.points.len() + usize::from(absent.is_some());
    let rows = lesion.points.iter().enumerate().map(|(i, point)| {
        let name = (i == 0).then(|| {
            let name = lesion.name.clone();
            let name = match go_to.cloned() {
                Some(go_to) => view! {
                    <button type="button" class="link" title="Show it in both images" on:click=move |_| go_to(index)>{name}</button>
                }
                .into_late_piece(),
                None => name.into_late_piece(),
            };
            view! { <th scope="rowgroup" rowspan=count>{name}</th> }
        });
        row(name, point, course)
    });
    view! { <tbody>{rows.collect_view()}{absent}</tbody> }.into_late_piece()
}

fn row(name: Option<impl IntoView + 'static>, point: &Point, course: &Course) -> Piece {
    let Point {
        visit,
        lesion,
        growth,
        is_joined,
        is_parted,
        ..
    } = point;
    let visit = course.visits.get(*visit);
    let if_so = |is_it: bool, words: &'static str| if is_it { words } else { "" };
    let by_hand = if_so(is_drawn(lesion.confidence), ", drawn by hand");
    let joined = if_so(*is_joined, ", joined by the reader");
    let parted = if_so(*is_parted, ", parted by the reader");
    let day = visit.map(|v| {
        let number = lesion.number.to_string();
        let words = [
            "lesion ",
            &number,
            " · ",
            &v.made_with,
            by_hand,
            joined,
            parted,
        ]
        .concat();
        view! {
            <a translate="no" href=format!("/history/{}?lesion={}", v.id, lesion.number)>{v.day.clone()}</a>
            <div class="small muted">{words}</div>
        }
    });
    let diameters = match (lesion.longest_mm, lesion.perpendicular_mm) {
        (Some(longest), Some(across)) => format!("{longest:.1} × {across:.1}\u{a0}mm"),
        (longest, _) => measure(longest, 1, "mm"),
    };
    // Diameters and area may be of two slices: the longest is measured on any of them.
    let mut area = measure(lesion.area_mm2, 0, "mm²");
    if lesion.key_slice != lesion.slice() {
        area = format!("{area} (slice {})", lesion.key_slice + 1);
    }
    let diameter_change = growth
        .and_then(|g| g.diameter_percent)
        .map_or_else(|| "–".to_owned(), signed);
    view! {
        <tr>
            {name}
            <td class="text">{day}</td>
            <td>{lesion.slice() + 1}</td>
            <td>{diameters}</td>
            <td>{area}</td>
            <td>{volume(lesion.volume_ml)}</td>
            <td>{diameter_change}</td>
            <td>{growth.map_or_else(|| "–".to_owned(), volume_change)}</td>
            <td>{growth.map_or_else(|| "–".to_owned(), doubling)}</td>
        </tr>
    }
    .into_late_piece()
}

/// `+12 %`, `−8 %`.
fn signed(percent: f64) -> String {
    let number = with_sign(percent, 0);
    let plus = if number.starts_with('−') { "" } else { "+" };
    format!("{plus}{number}\u{a0}%")
}

fn volume_change(growth: Growth) -> String {
    let change = signed(growth.volume_percent);
    let remark = match (growth.basis, growth.is_within_error) {
        (Basis::Volume, false) => "",
        (Basis::Volume, true) => " (within error)",
        (Basis::Diameter, false) => " (from diameter)",
        (Basis::Diameter, true) => " (from diameter, within error)",
    };
    change + remark
}

/// A doubling time in days; shrinking lesions have none, nor those that may not have changed.
fn doubling(growth: Growth) -> String {
    match growth.doubling_days {
        Some(_) if growth.is_within_error => "no clear change".to_owned(),
        Some(days) if days > 0.0 && days < 10_000.0 => size(days, 0) + " days",
        Some(days) if days > 0.0 => "over 10\u{202f}000 days".to_owned(),
        Some(_) => "shrinking".to_owned(),
        None if growth.days == 0 => "same day".to_owned(),
        None if growth.is_of_part => "not given".to_owned(),
        None => "no change".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(basis: Basis, days: i32, percent: f64, doubling_days: Option<f64>) -> Growth {
        Growth {
            basis,
            days,
            volume_percent: percent,
            diameter_percent: None,
            doubling_days,
            is_within_error: false,
            is_of_part: false,
        }
    }

    #[test]
    fn what_may_be_an_error_of_measurement_is_said_to_be_one() {
        let doubtful = |basis, percent, doubling_days| Growth {
            is_within_error: true,
            ..found(basis, 90, percent, Some(doubling_days))
        };
        let grown = doubtful(Basis::Volume, 12.0, 550.4);
        assert_eq!(volume_change(grown), "+12\u{a0}% (within error)");
        assert_eq!(doubling(grown), "no clear change");
        let shrunk = doubtful(Basis::Diameter, -20.0, -279.0);
        assert_eq!(
            volume_change(shrunk),
            "−20\u{a0}% (from diameter, within error)"
        );
        assert_eq!(doubling(shrunk), "no clear change");
    }

    #[test]
    fn no_change_is_plus_nothing() {
        assert_eq!(
            [12.4, 0.0, -0.4, -0.6].map(signed),
            ["+12\u{a0}%", "+0\u{a0}%", "+0\u{a0}%", "−1\u{a0}%"]
        );
    }

    #[test]
    fn growth_says_what_it_is_from_and_which_way_it_goes() {
        let grown = found(Basis::Diameter, 180, 95.3, Some(186.4));
        assert_eq!(volume_change(grown), "+95\u{a0}% (from diameter)");
        assert_eq!(doubling(grown), "186 days");
        let shrunk = found(Basis::Volume, 30, -50.0, Some(-30.0));
        assert_eq!(volume_change(shrunk), "−50\u{a0}%");
        assert_eq!(doubling(shrunk), "shrinking");
        assert_eq!(doubling(found(Basis::Volume, 0, 9.0, None)), "same day");
        assert_eq!(doubling(found(Basis::Volume, 9, 0.0, None)), "no change");
        assert_eq!(doubling(grown.partly_segmented()), "not given");
    }
}
