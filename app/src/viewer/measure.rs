//! Finding a finding under the cursor, or again when its slice comes again with others, and the
//! words of its measurements.

use model::calliper::Enclosed;
use model::finding::Finding;
use model::volume::PixelSpacing;

use crate::ui::number::{grouped, size, whole, with_sign};

/// How far beside a small finding a click still counts, in screen pixels.
const REACH_PX: f64 = 12.0;

/// Index of the finding nearest to image point (row, col), if the point lies within the
/// circle around its longest diameter (plus a reach of 12 screen pixels, `scale` screen
/// pixels an image pixel).
pub fn finding_at(findings: &[Finding], point: (f64, f64), scale: f64) -> Option<usize> {
    let reach = REACH_PX / scale.max(1e-6);
    nearest(findings, point, |finding| {
        f64::from(finding.longest_px) / 2.0 + reach
    })
}

/// Index in `now` of the finding that was `before`: the one with the nearest centre, if that is
/// within half the longer of both longest diameters. Regions of a slice do not overlap, so one that
/// has grown or shrunk is nearer to itself than to others.
pub fn follow(before: &Finding, now: &[Finding]) -> Option<usize> {
    nearest(now, screen_centre(before.centre), |finding| {
        f64::from(finding.longest_px.max(before.longest_px)) / 2.0
    })
}

/// Index of the finding nearest to image point (row, col) of those whose centres lie within
/// `radius_px` of it.
fn nearest(
    findings: &[Finding],
    point: (f64, f64),
    radius_px: impl Fn(&Finding) -> f64,
) -> Option<usize> {
    findings
        .iter()
        .enumerate()
        .map(|(index, finding)| {
            let (row, col) = screen_centre(finding.centre);
            let distance = (point.0 - row).hypot(point.1 - col);
            (index, distance, radius_px(finding))
        })
        .filter(|(_, distance, radius)| distance <= radius)
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(index, ..)| index)
}

/// A pixel centre (row, col), counted in whole pixels, in the viewer's image space,
/// where pixel 0 covers 0…1.
pub fn screen_centre((row, col): (f32, f32)) -> (f64, f64) {
    (f64::from(row) + 0.5, f64::from(col) + 0.5)
}

/// `12.3 × 8.1 mm`, or in pixels where the spacing is unknown.
pub fn diameters(finding: &Finding) -> String {
    match (finding.longest_mm, finding.perpendicular_mm) {
        (Some(longest), Some(across)) => format!("{longest:.1} × {across:.1}\u{a0}mm"),
        _ => format!(
            "{:.1} × {:.1}\u{a0}px",
            finding.longest_px, finding.perpendicular_px
        ),
    }
}

/// `3 · 12.3 × 8.1 mm`: with the number of its lesion, if it is known yet.
pub fn named(finding: &Finding) -> String {
    match finding.lesion {
        0 => diameters(finding),
        n => [n.to_string(), diameters(finding)].join(" · "),
    }
}

/// `84 mm²`; one digit after the point of less than 10, which would be 0 of the smallest.
fn square_mm(area: f32) -> String {
    let digits = usize::from(area < 9.95);
    size(area.into(), digits) + "\u{a0}mm²"
}

/// `84 mm²`, or in pixels where the spacing is unknown.
pub fn area(finding: &Finding) -> String {
    match finding.area_mm2 {
        Some(mm2) => square_mm(mm2),
        None => grouped(finding.area_px as u64) + "\u{a0}px",
    }
}

/// `84 mm², −642.3 ± 31.2 HU, −710 to −530`: area, mean and standard deviation, least and greatest
/// value of the pixels that an ellipse encloses.
pub fn enclosed(it: &Enclosed, spacing: Option<PixelSpacing>, is_ct: bool) -> String {
    let area = match spacing {
        Some(mm) => square_mm(it.area_mm2(mm)),
        None => grouped(it.area_px as u64) + "\u{a0}px",
    };
    if it.area_px == 0 {
        return area;
    }
    let unit = if is_ct { "\u{a0}HU" } else { "" };
    let mean = with_sign(it.mean_value.into(), 1);
    let sd = it
        .sd_value
        .map_or_else(String::new, |sd| [" ± ", &with_sign(sd.into(), 1)].concat());
    let [min, max] = [it.min_value, it.max_value].map(|value| whole(value.into()));
    [&area, ", ", &mean, &sd, unit, ", ", &min, " to ", &max].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::finding::Segment;

    fn finding(row: f32, col: f32, longest_px: f32, mm: Option<f32>) -> Finding {
        let line = Segment {
            from: (row, col),
            to: (row, col),
        };
        Finding {
            slice: 0,
            lesion: 1,
            area_px: 120,
            area_mm2: mm.map(|mm| 120.0 * mm * mm),
            longest: line,
            longest_mm: mm.map(|mm| longest_px * mm),
            longest_px,
            perpendicular: line,
            perpendicular_mm: mm.map(|mm| 4.0 * mm),
            perpendicular_px: 4.0,
            mean_value: -20.0,
            confidence: 0.9,
            centre: (row, col),
        }
    }

    #[test]
    fn a_click_takes_the_nearest_finding_within_reach() {
        let two = [
            finding(10.0, 10.0, 8.0, None),
            finding(10.0, 40.0, 8.0, None),
        ];
        assert_eq!(finding_at(&two, (11.0, 12.0), 4.0), Some(0));
        assert_eq!(finding_at(&two, (10.5, 40.5), 4.0), Some(1));
        assert_eq!(finding_at(&two, (10.5, 25.0), 4.0), None);
    }

    #[test]
    fn reach_is_the_same_on_screen_at_any_zoom() {
        let one = [finding(0.0, 0.0, 2.0, None)];
        // 1 + 12/2 = 7 image pixels at scale 2; 1 + 12/12 = 2 at scale 12.
        assert_eq!(finding_at(&one, (0.5, 7.0), 2.0), Some(0));
        assert_eq!(finding_at(&one, (0.5, 7.0), 12.0), None);
    }

    #[test]
    fn a_finding_is_followed_to_another_place_in_the_list() {
        let before = finding(40.0, 50.0, 8.0, None);
        let now = [
            finding(100.0, 20.0, 30.0, None),
            finding(41.5, 50.5, 11.0, None),
        ];
        assert_eq!(follow(&before, &now), Some(1));
    }

    #[test]
    fn a_neighbour_does_not_take_the_place_of_one_that_is_gone() {
        let before = finding(40.0, 50.0, 8.0, None);
        let now = [finding(40.0, 62.0, 10.0, None)];
        assert_eq!(follow(&before, &now), None);
        assert_eq!(follow(&before, &[]), None);
    }

    #[test]
    fn of_two_pieces_the_nearer_one_is_kept() {
        let before = finding(40.0, 50.0, 20.0, None);
        let now = [
            finding(40.0, 58.0, 6.0, None),
            finding(40.0, 47.0, 9.0, None),
        ];
        assert_eq!(follow(&before, &now), Some(1));
    }

    #[test]
    fn an_ellipse_tells_area_mean_deviation_and_range() {
        let it = Enclosed {
            area_px: 120,
            mean_value: -642.34,
            sd_value: Some(31.16),
            min_value: -710,
            max_value: 53,
        };
        let spacing = PixelSpacing {
            row_mm: 0.5,
            col_mm: 0.7,
        };
        let words = "42\u{a0}mm², −642.3 ± 31.2\u{a0}HU, −710 to 53";
        assert_eq!(enclosed(&it, Some(spacing), true), words);
        let words = "120\u{a0}px, −642.3 ± 31.2, −710 to 53";
        assert_eq!(enclosed(&it, None, false), words);
        let single = Enclosed {
            area_px: 1,
            sd_value: None,
            ..it
        };
        let words = "1\u{a0}px, −642.3\u{a0}HU, −710 to 53";
        assert_eq!(enclosed(&single, None, true), words);
        assert_eq!(enclosed(&Enclosed::default(), None, true), "0\u{a0}px");
        let words = "0.3\u{a0}mm², −642.3\u{a0}HU, −710 to 53";
        assert_eq!(enclosed(&single, Some(spacing), true), words);
    }

    #[test]
    fn small_areas_have_a_digit_after_the_point() {
        let told = [0.35, 9.94, 9.96, 84.4, 1_499.2].map(square_mm);
        let words =
            ["0.3", "9.9", "10", "84", "1\u{202f}499"].map(|it| it.to_owned() + "\u{a0}mm²");
        assert_eq!(told, words);
    }

    #[test]
    fn sizes_are_in_millimetres_only_where_they_are_known() {
        let known = finding(0.0, 0.0, 10.0, Some(0.5));
        assert_eq!(diameters(&known), "5.0 × 2.0\u{a0}mm");
        assert_eq!(area(&known), "30\u{a0}mm²");
        let unknown = finding(0.0, 0.0, 10.0, None);
        assert_eq!(diameters(&unknown), "10.0 × 4.0\u{a0}px");
        assert_eq!(area(&unknown), "120\u{a0}px");
    }
}
