use super::*;

const REACH: f64 = 3.0;

fn drawn(from: (f64, f64), to: (f64, f64)) -> Calliper {
    Calliper {
        slice: 4,
        from,
        to,
        enclosed: None,
    }
}

#[test]
fn a_length_counts_rows_and_columns_by_their_own_spacing() {
    let line = drawn((10.0, 10.0), (13.0, 14.0));
    let spacing = PixelSpacing {
        row_mm: 2.0,
        col_mm: 2.0,
    };
    assert_eq!(line.length(Some(spacing)), "10.0\u{a0}mm");
    let tall = PixelSpacing {
        row_mm: 4.0,
        col_mm: 1.25,
    };
    assert_eq!(line.length(Some(tall)), "13.0\u{a0}mm", "12 down, 5 across");
    assert_eq!(line.length(None), "5.0\u{a0}px");
}

#[test]
fn a_line_is_dragged_in_one_go() {
    let mut lines = Vec::new();
    press(&mut lines, 4, (10.0, 10.0), REACH, false);
    drag(&mut lines, (20.0, 10.0), Held::End);
    drag(&mut lines, (40.0, 10.0), Held::End);
    assert_eq!(lines, [drawn((10.0, 10.0), (40.0, 10.0))]);
}

#[test]
fn two_clicks_do_the_same_without_dragging() {
    let mut lines = Vec::new();
    press(&mut lines, 4, (10.0, 10.0), REACH, false);
    press(&mut lines, 4, (40.0, 10.0), REACH, false);
    assert_eq!(lines, [drawn((10.0, 10.0), (40.0, 10.0))]);
    press(&mut lines, 4, (60.0, 60.0), REACH, false);
    assert_eq!(lines.len(), 2, "the first is done");
}

#[test]
fn a_click_waits_for_its_other_end_and_a_double_click_leaves_nothing() {
    let mut lines = Vec::new();
    press(&mut lines, 4, (10.0, 10.0), REACH, false);
    release(&mut lines, true);
    assert_eq!(lines.len(), 1);
    press(&mut lines, 4, (10.0, 10.0), REACH, false);
    release(&mut lines, false);
    assert_eq!(lines, []);
}

#[test]
fn a_drag_that_ends_where_it_started_leaves_nothing_and_any_other_its_line() {
    let kept = drawn((80.0, 80.0), (90.0, 80.0));
    let mut lines = vec![kept];
    for (end, left) in [((10.0, 10.9), 1), ((10.0, 12.0), 2)] {
        press(&mut lines, 4, (10.0, 10.0), REACH, false);
        drag(&mut lines, (40.0, 10.0), Held::End);
        drag(&mut lines, end, Held::End);
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
    press(&mut lines, 4, (11.0, 11.0), REACH, false);
    drag(&mut lines, (12.0, 8.0), Held::End);
    assert_eq!(lines[1], drawn((40.0, 10.0), (12.0, 8.0)));
    assert_eq!(lines[0], drawn((80.0, 80.0), (90.0, 80.0)));
}

#[test]
fn lines_of_other_slices_are_left_alone() {
    let mut lines = vec![Calliper {
        slice: 5,
        ..drawn((10.0, 10.0), (10.0, 10.0))
    }];
    press(&mut lines, 4, (10.0, 10.0), REACH, false);
    drag(&mut lines, (30.0, 10.0), Held::End);
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
    press(lines, 4, from, REACH, true);
    drag(lines, to, Held::End);
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
    assert_eq!(press(&mut lines, 4, (6.5, 8.5), REACH, true), Held::Whole);
    drag(&mut lines, (9.0, 12.0), Held::Whole);
    enclose(&mut lines, &places(), 30);
    assert_eq!((lines[0].from, lines[0].to), ((5.0, 6.0), (13.0, 18.0)));
    let after = lines[0].enclosed.unwrap();
    assert_eq!(after.area_px, before.area_px);
    assert!((after.mean_value - before.mean_value - 304.0).abs() < 1e-3);

    assert_eq!(press(&mut lines, 4, (5.0, 6.0), REACH, true), Held::End);
    drag(&mut lines, (1.0, 1.0), Held::End);
    assert_eq!((lines[0].from, lines[0].to), ((13.0, 18.0), (1.0, 1.0)));
}

#[test]
fn lines_and_ellipses_are_not_taken_for_each_other() {
    let mut lines = vec![drawn((10.0, 10.0), (16.0, 16.0))];
    ellipse(&mut lines, (10.0, 10.0), (18.0, 18.0));
    assert_eq!(lines.len(), 2);
    press(&mut lines, 4, (10.0, 10.0), REACH, false);
    assert!(!lines[1].is_ellipse(), "the line's end is held");
    // Nor does a line end an ellipse that was only begun.
    let mut begun = Vec::new();
    press(&mut begun, 4, (1.0, 1.0), REACH, true);
    press(&mut begun, 4, (15.0, 1.0), REACH, false);
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
