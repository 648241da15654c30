//! Lines and ellipses as a reader draws and moves them.

use super::*;

const REACH: f64 = 3.0;

fn drawn(from: (f64, f64), to: (f64, f64)) -> Calliper {
    Calliper {
        slice: 4,
        from,
        to,
        enclosed: None,
        crossing: None,
    }
}

/// Pixels that are not square: 2 mm high and 1 mm wide.
const TALL: PixelSpacing = PixelSpacing {
    row_mm: 2.0,
    col_mm: 1.0,
};

#[test]
fn a_length_counts_rows_and_columns_by_their_own_spacing() {
    let line = drawn((10.0, 10.0), (13.0, 14.0));
    let spacing = PixelSpacing::square(2.0);
    assert_eq!(line.size(Some(spacing)), "10.0\u{a0}mm");
    let tall = PixelSpacing {
        row_mm: 4.0,
        col_mm: 1.25,
    };
    assert_eq!(line.size(Some(tall)), "13.0\u{a0}mm", "12 down, 5 across");
    assert_eq!(line.size(None), "5.0\u{a0}px");
}

#[test]
fn a_line_is_dragged_in_one_go() {
    let mut lines = Vec::new();
    press(&mut lines, 4, (10.0, 10.0), REACH, false, None);
    drag(&mut lines, (20.0, 10.0), Held::End, None);
    drag(&mut lines, (40.0, 10.0), Held::End, None);
    assert_eq!(lines, [drawn((10.0, 10.0), (40.0, 10.0))]);
}

#[test]
fn two_clicks_do_the_same_without_dragging() {
    let mut lines = Vec::new();
    press(&mut lines, 4, (10.0, 10.0), REACH, false, None);
    press(&mut lines, 4, (40.0, 10.0), REACH, false, None);
    assert_eq!(lines, [drawn((10.0, 10.0), (40.0, 10.0))]);
    press(&mut lines, 4, (60.0, 60.0), REACH, false, None);
    assert_eq!(lines.len(), 2, "the first is done");
}

#[test]
fn a_click_waits_for_its_other_end_and_a_double_click_leaves_nothing() {
    let mut lines = Vec::new();
    press(&mut lines, 4, (10.0, 10.0), REACH, false, None);
    release(&mut lines, true);
    assert_eq!(lines.len(), 1);
    press(&mut lines, 4, (10.0, 10.0), REACH, false, None);
    release(&mut lines, false);
    assert_eq!(lines, []);
}

#[test]
fn a_drag_that_ends_where_it_started_leaves_nothing_and_any_other_its_line() {
    let kept = drawn((80.0, 80.0), (90.0, 80.0));
    let mut lines = vec![kept];
    for (end, left) in [((10.0, 10.9), 1), ((10.0, 12.0), 2)] {
        press(&mut lines, 4, (10.0, 10.0), REACH, false, None);
        drag(&mut lines, (40.0, 10.0), Held::End, None);
        drag(&mut lines, end, Held::End, None);
        release(&mut lines, false);
        assert_eq!(lines.len(), left);
    }
    assert_eq!(lines[0], kept);
}

#[test]
fn either_end_can_be_moved_later() {
    let mut lines = vec![
        drawn((10.0, 10.0), (40.0, 10.0)),
        drawn((80.0, 80.0), (90.0, 80.0)),
    ];
    press(&mut lines, 4, (11.0, 11.0), REACH, false, None);
    drag(&mut lines, (12.0, 8.0), Held::End, None);
    assert_eq!(lines[1], drawn((40.0, 10.0), (12.0, 8.0)));
    assert_eq!(lines[0], drawn((80.0, 80.0), (90.0, 80.0)));
}

#[test]
fn lines_of_other_slices_are_left_alone() {
    let mut lines = vec![Calliper {
        slice: 5,
        ..drawn((10.0, 10.0), (10.0, 10.0))
    }];
    press(&mut lines, 4, (10.0, 10.0), REACH, false, None);
    drag(&mut lines, (30.0, 10.0), Held::End, None);
    assert_eq!(lines.len(), 2);
    remove_last(&mut lines, 5);
    assert_eq!(lines, [drawn((10.0, 10.0), (30.0, 10.0))]);
    remove_last(&mut lines, 5);
    assert_eq!(lines.len(), 1);
}

/// Values that say where they stand: 100 · row + column, 20 rows of 30 columns.
fn places() -> Vec<i16> {
    (0..20 * 30).map(|i| i / 30 * 100 + i % 30).collect()
}

/// Draws an ellipse from corner to corner.
fn ellipse(lines: &mut Vec<Calliper>, from: (f64, f64), to: (f64, f64)) {
    press(lines, 4, from, REACH, true, None);
    drag(lines, to, Held::End, None);
    enclose(lines, &places(), 30);
    release(lines, false);
}

#[test]
fn an_ellipse_tells_the_values_of_the_pixels_whose_centres_it_encloses() {
    let mut lines = Vec::new();
    // Around the centre of pixel (5, 8): its four neighbours lie inside, those at its corners not.
    ellipse(&mut lines, (4.2, 7.2), (6.8, 9.8));
    let cross = [408.0, 507.0, 508.0, 509.0, 608.0_f64];
    let squares: f64 = cross.iter().map(|value| (value - 508.0).powi(2)).sum();
    let expected = Enclosed {
        area_px: 5,
        mean_value: 508.0,
        sd_value: Some((squares / 4.0).sqrt() as f32),
        min_value: 408,
        max_value: 608,
    };
    assert_eq!(lines[0].enclosed, Some(expected));
    let spacing = PixelSpacing {
        row_mm: 0.5,
        col_mm: 2.0,
    };
    assert!((expected.area_mm2(spacing) - 5.0).abs() < 1e-6);
}

#[test]
fn a_single_pixel_has_no_standard_deviation() {
    let mut lines = Vec::new();
    ellipse(&mut lines, (5.1, 8.1), (5.9, 8.9));
    let enclosed = lines[0].enclosed.unwrap();
    assert_eq!((enclosed.area_px, enclosed.mean_value), (1, 508.0));
    assert_eq!(enclosed.sd_value, None);
}

#[test]
fn an_ellipse_past_the_edge_counts_what_is_on_the_slice() {
    let mut lines = Vec::new();
    ellipse(&mut lines, (-10.0, -10.0), (3.0, 3.0));
    let enclosed = lines[0].enclosed.unwrap();
    assert_eq!((enclosed.area_px, enclosed.min_value), (3, 0));
    assert_eq!(enclosed.max_value, 100);
}

#[test]
fn an_ellipse_without_a_pixel_was_a_slip_of_the_hand() {
    let mut lines = Vec::new();
    for to in [(4.0, 20.0), (4.0, 4.0), (4.4, 4.4)] {
        ellipse(&mut lines, (4.0, 4.0), to);
        assert_eq!(lines, []);
    }
}

#[test]
fn an_ellipse_is_moved_by_its_middle_and_shaped_by_its_corners() {
    let mut lines = Vec::new();
    ellipse(&mut lines, (2.0, 2.0), (10.0, 14.0));
    let before = lines[0].enclosed.unwrap();
    assert_eq!(
        press(&mut lines, 4, (6.5, 8.5), REACH, true, None),
        Held::Whole
    );
    drag(&mut lines, (9.0, 12.0), Held::Whole, None);
    enclose(&mut lines, &places(), 30);
    assert_eq!((lines[0].from, lines[0].to), ((5.0, 6.0), (13.0, 18.0)));
    let after = lines[0].enclosed.unwrap();
    assert_eq!(after.area_px, before.area_px);
    assert!((after.mean_value - before.mean_value - 304.0).abs() < 1e-3);

    assert_eq!(
        press(&mut lines, 4, (5.0, 6.0), REACH, true, None),
        Held::End
    );
    drag(&mut lines, (1.0, 1.0), Held::End, None);
    assert_eq!((lines[0].from, lines[0].to), ((13.0, 18.0), (1.0, 1.0)));
}

#[test]
fn lines_and_ellipses_are_not_taken_for_each_other() {
    let mut lines = vec![drawn((10.0, 10.0), (16.0, 16.0))];
    ellipse(&mut lines, (10.0, 10.0), (18.0, 18.0));
    assert_eq!(lines.len(), 2);
    press(&mut lines, 4, (10.0, 10.0), REACH, false, None);
    assert!(!lines[1].is_ellipse(), "the line's end is held");
    // Nor does a line end an ellipse that was only begun.
    let mut begun = Vec::new();
    press(&mut begun, 4, (1.0, 1.0), REACH, true, None);
    press(&mut begun, 4, (15.0, 1.0), REACH, false, None);
    assert_eq!(begun.len(), 2);
    assert!(begun[0].is_ellipse() && begun[0].is_begun_only());
}

#[test]
fn a_line_is_written_as_earlier_releases_wrote_it() {
    let line = drawn((1.5, 2.0), (3.0, 4.0));
    let text = r#"{"slice":4,"from":[1.5,2.0],"to":[3.0,4.0]}"#;
    assert_eq!(serde_json::to_string(&line).unwrap(), text);
    assert_eq!(crate::json::read::<Calliper>(text).unwrap(), line);
}

/// A line of 20 mm along row 10, with a second axis from 4 mm above it to 3 mm below.
fn crossed() -> Vec<Calliper> {
    let mut lines = vec![drawn((10.0, 10.0), (10.0, 30.0))];
    assert_eq!(
        cross(&mut lines, 4, (8.0, 24.0), Some(TALL)),
        Some(Held::Second)
    );
    drag(&mut lines, (11.5, 17.0), Held::Second, Some(TALL));
    assert_eq!(release(&mut lines, false), None);
    lines
}

/// Both ends, without what rounding leaves.
fn ends(axis: Axis) -> ((f64, f64), (f64, f64)) {
    let rounded = |it: f64| (it * 1e6).round() / 1e6;
    let place = |(row, col)| (rounded(row), rounded(col));
    (place(axis.from), place(axis.to))
}

#[test]
fn a_second_axis_crosses_at_a_right_angle_where_its_first_end_was_put() {
    let lines = crossed();
    let (long, short) = lines[0].axes(Some(TALL));
    assert_eq!(long, lines[0].axis());
    assert_eq!(ends(short.unwrap()), ((8.0, 24.0), (11.5, 24.0)));
    let words = "20.0 × 7.0\u{a0}mm, mean 13.5\u{a0}mm";
    assert_eq!(lines[0].size(Some(TALL)), words);
    assert_eq!((lines.len(), lines[0].kind()), (1, "axes"));
}

#[test]
fn the_right_angle_is_one_in_millimetres_however_a_line_runs() {
    let mut lines = vec![drawn((5.0, 10.0), (20.0, 20.0))];
    for (point, spacing) in [((14.0, 8.0), Some(TALL)), ((14.0, 8.0), None)] {
        cross(&mut lines, 4, point, spacing);
        drag(&mut lines, (10.0, 25.0), Held::Second, spacing);
        let second = lines[0].second_axis(spacing).unwrap();
        let (height, width) = spacing.map_or((1.0, 1.0), |_| (2.0, 1.0));
        let (down, right) = (second.to.0 - second.from.0, second.to.1 - second.from.1);
        let product = 15.0 * height * down * height + 10.0 * width * right * width;
        assert!(product.abs() < 1e-9, "{second:?}");
        assert_eq!(ends(second).0, (14.0, 8.0));
    }
}

#[test]
fn the_longer_of_both_is_the_long_axis_whichever_was_drawn_first() {
    let mut lines = vec![drawn((10.0, 10.0), (10.0, 20.0))];
    cross(&mut lines, 4, (0.0, 15.0), None);
    drag(&mut lines, (20.0, 15.0), Held::Second, None);
    let (long, short) = lines[0].axes(None);
    assert_eq!(ends(long), ((0.0, 15.0), (20.0, 15.0)));
    assert_eq!(short, Some(lines[0].axis()));
    let words = "20.0 × 10.0\u{a0}px, mean 15.0\u{a0}px";
    assert_eq!(lines[0].size(None), words);
}

#[test]
fn two_clicks_are_a_second_axis_even_where_every_end_is_within_reach() {
    let mut lines = vec![drawn((10.0, 10.0), (10.0, 13.0))];
    let before = lines.clone();
    cross(&mut lines, 4, (9.0, 11.0), None);
    assert!(has_begun(&before, &lines));
    assert_eq!(release(&mut lines, true), None);
    assert_eq!(lines[0].size(None), "3.0\u{a0}px", "one end is no axis");
    let before = lines.clone();
    let held = press(&mut lines, 4, (11.0, 11.0), REACH, false, None);
    assert!(!has_begun(&before, &lines));
    assert_eq!((held, release(&mut lines, false)), (Held::Second, None));
    let words = "3.0 × 2.0\u{a0}px, mean 2.5\u{a0}px";
    assert_eq!(lines[0].size(None), words);
}

#[test]
fn an_axis_on_one_side_of_its_line_is_dropped_and_the_line_stays() {
    let line = drawn((10.0, 10.0), (10.0, 30.0));
    for point in [(8.0, 20.0), (2.0, 25.0), (10.0, 20.0)] {
        let mut lines = vec![line];
        cross(&mut lines, 4, (8.0, 20.0), None);
        release(&mut lines, true);
        press(&mut lines, 4, point, REACH, false, None);
        let dropped = release(&mut lines, false);
        assert!(dropped.is_some_and(|it| it.is_half_crossed()), "{point:?}");
        assert_eq!(lines, [line]);
    }
}

#[test]
fn ends_of_both_axes_are_moved_and_the_right_angle_stays() {
    let mut lines = crossed();
    let held = press(&mut lines, 4, (8.0, 24.0), 1.0, false, Some(TALL));
    assert_eq!(held, Held::First);
    drag(&mut lines, (7.0, 12.0), held, Some(TALL));
    let second = |lines: &[Calliper]| ends(lines[0].second_axis(Some(TALL)).unwrap());
    assert_eq!(second(&lines), ((7.0, 24.0), (11.5, 24.0)));
    // By its first end, which turns it round.
    let held = press(&mut lines, 4, (10.0, 10.0), 1.0, false, Some(TALL));
    assert_eq!(held, Held::End);
    assert_eq!(second(&lines), ((7.0, 24.0), (11.5, 24.0)));
    drag(&mut lines, (10.0, 26.0), held, Some(TALL));
    // Its middle is at 28 now, and the crossing was 4 mm from it: so it is at its end.
    assert_eq!(second(&lines), ((7.0, 30.0), (11.5, 30.0)));
    assert_eq!(lines.len(), 1);
}

#[test]
fn what_is_no_whole_line_of_the_slice_is_given_no_second_axis() {
    let other = Calliper {
        slice: 5,
        ..drawn((10.0, 10.0), (10.0, 30.0))
    };
    let mut lines = vec![other];
    ellipse(&mut lines, (2.0, 2.0), (10.0, 14.0));
    assert_eq!(to_cross(&lines, 4), None);
    assert_eq!(cross(&mut lines, 4, (8.0, 20.0), None), None);
    press(&mut lines, 4, (15.0, 15.0), 1.0, false, None);
    assert_eq!(to_cross(&lines, 4), None, "it has one end so far");
    assert_eq!(to_cross(&lines, 5), Some(0));
}

#[test]
fn a_second_axis_is_written_after_what_earlier_releases_know() {
    let line = crossed()[0];
    let text = r#"{"slice":4,"from":[10.0,10.0],"to":[10.0,30.0],"crossing":[4.0,4.0,-3.0]}"#;
    assert_eq!(serde_json::to_string(&line).unwrap(), text);
    assert_eq!(crate::json::read::<Calliper>(text).unwrap(), line);
}

#[test]
fn a_second_axis_stays_where_it_is_when_pixels_get_a_size() {
    let mut lines = vec![drawn((10.0, 10.0), (20.0, 30.0))];
    cross(&mut lines, 4, (8.0, 24.0), None);
    drag(&mut lines, (22.0, 14.0), Held::Second, None);
    let before = lines[0].second_axis(None).unwrap();
    lines[0].crossing = lines[0].crossing.map(|it| it.scaled(0.5));
    let half_mm = Some(PixelSpacing::square(0.5));
    let after = lines[0].second_axis(half_mm).unwrap();
    assert_eq!(ends(after), ends(before));
    assert!((after.length(half_mm) - before.length(None) / 2.0).abs() < 1e-9);
}

#[test]
fn what_was_only_begun_is_given_up_on_the_slice_that_is_shown() {
    let whole = drawn((10.0, 10.0), (40.0, 10.0));
    let begun = drawn((5.0, 5.0), (5.0, 5.0));
    let elsewhere = Calliper { slice: 5, ..begun };
    let half = Calliper {
        crossing: Some(Crossing {
            along: 0.0,
            first: 3.0,
            second: 3.0,
        }),
        ..whole
    };
    let ellipse = Calliper {
        enclosed: Some(Enclosed::default()),
        ..begun
    };
    let mut lines = vec![half, elsewhere, begun, ellipse];
    assert!(give_up(&mut lines, 4));
    assert_eq!(lines, [whole, elsewhere]);
    assert!(!give_up(&mut lines, 4), "nothing else is begun here");
    assert_eq!(lines, [whole, elsewhere]);
}
