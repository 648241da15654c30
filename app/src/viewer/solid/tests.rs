//! What is seen of bodies whose shadows are known.

use std::collections::BTreeMap;

use super::{Body, Grid, Sight, picture, view_from};
use crate::viewer::overlay::label::{FINAL, LUNG};

const EDGE: usize = 400;
const ROWS: usize = 200;
const COLS: usize = 300;
const SLICES: usize = 60;
/// Towards left, back and head.
const VOXEL_MM: [f32; 3] = [0.8, 0.7, 2.5];

/// Label maps of what a function of left, back and head in mm says.
fn body(label: impl Fn([f32; 3]) -> u8) -> Body {
    let grid = Grid::of(ROWS, COLS);
    let slices: BTreeMap<_, _> = (0..SLICES)
        .map(|slice| {
            let labels: Vec<u8> = (0..ROWS * COLS)
                .map(|i| {
                    let voxel = [i % COLS, i / COLS, slice];
                    label(std::array::from_fn(|axis| {
                        voxel[axis] as f32 * VOXEL_MM[axis]
                    }))
                })
                .collect();
            (slice, grid.cells(&labels, COLS))
        })
        .collect();
    Body::of(&slices, grid, VOXEL_MM).unwrap()
}

fn is_within([a, b, c]: [f32; 3], [x, y, z]: [f32; 3], radius: f32) -> bool {
    (a - x).powi(2) + (b - y).powi(2) + (c - z).powi(2) < radius * radius
}

/// Pixels of tumour: how many, and their middle to the right and down.
fn tumour(rgba: &[u8]) -> (f32, f32, f32) {
    let (mut count, mut x, mut y) = (0.0, 0.0, 0.0);
    for (i, pixel) in rgba.chunks(4).enumerate() {
        // The lung is blue.
        if pixel[0] > pixel[2] {
            count += 1.0;
            x += (i % EDGE) as f32 + 0.5;
            y += (i / EDGE) as f32 + 0.5;
        }
    }
    (count, x / count, y / count)
}

/// A box of lung with a ball in it, towards left, front and head of its middle.
fn chest() -> Body {
    body(|[left, back, head]| {
        let is_lung = (20.0..220.0).contains(&left)
            && (20.0..120.0).contains(&back)
            && (10.0..140.0).contains(&head);
        let ball = if is_within([left, back, head], [180.0, 40.0, 110.0], 12.0) {
            FINAL
        } else {
            0
        };
        if is_lung { LUNG | ball } else { 0 }
    })
}

#[test]
fn a_ball_is_seen_where_it_lies_from_every_side() {
    let body = chest();
    // Left, back and head from the middle of the box: 60, −30, 35 mm.
    let scale = EDGE as f32 / (2.0 * body.reach_mm);
    for (degrees, right_mm) in [(0, 60.0), (90, -30.0), (180, -60.0), (270, 30.0)] {
        let sight = Sight::of(&body, degrees, EDGE);
        let (_, x, y) = tumour(&picture(&body, &sight));
        assert!(
            (x - 200.0 - right_mm * scale).abs() < 3.0 * scale,
            "{degrees}°: {x}"
        );
        assert!(
            (y - 200.0 + 35.0 * scale).abs() < 3.0 * scale,
            "{degrees}°: {y}"
        );
    }
}

#[test]
fn a_ball_is_round_however_it_is_turned() {
    let radius = 30.0;
    let body = body(|at| {
        if is_within(at, [120.0, 70.0, 75.0], radius) {
            FINAL
        } else {
            0
        }
    });
    for degrees in [0, 20, 45, 90, 133, 200] {
        let sight = Sight::of(&body, degrees, EDGE);
        let (pixels, ..) = tumour(&picture(&body, &sight));
        let scale = EDGE as f32 / (2.0 * body.reach_mm);
        let share = pixels / (std::f32::consts::PI * (radius * scale).powi(2));
        // Cells of 2.4 × 2.1 × 2.5 mm reach beyond its edge.
        assert!((1.0..1.15).contains(&share), "{degrees}°: {share}");
    }
}

#[test]
fn a_place_is_where_its_voxel_is_seen() {
    let body = chest();
    let sight = Sight::of(&body, 30, EDGE);
    let (_, x, y) = tumour(&picture(&body, &sight));
    let (row, col, slice) = (40.0 / VOXEL_MM[1], 180.0 / VOXEL_MM[0], 110.0 / VOXEL_MM[2]);
    let (seen_x, seen_y, _) = sight.see(body.place_mm(slice as usize, (row, col)));
    assert!(
        (x - seen_x).hypot(y - seen_y) < 4.0,
        "{x} {y} for {seen_x} {seen_y}"
    );
}

#[test]
fn the_smallest_tumour_is_kept_and_the_inside_is_not() {
    let grid = Grid::of(512, 512);
    let mut labels = vec![LUNG; 512 * 512];
    labels[512 * 101 + 203] = LUNG | FINAL;
    let cells = grid.cells(&labels, 512);
    let slices: BTreeMap<_, _> = (0..5).map(|slice| (slice, cells.clone())).collect();
    let body = Body::of(&slices, grid, [0.7, 0.7, 2.5]).unwrap();
    let tumour = body.facets.iter().filter(|facet| facet.is_tumour).count();
    assert_eq!(tumour, 5, "one cell a slice");
    // All of the first and the last slice, and the rims of three between.
    assert_eq!(
        body.facets.len() - tumour,
        2 * 128 * 128 + 3 * (4 * 128 - 4)
    );
}

#[test]
fn without_lung_and_tumour_there_is_no_body() {
    let slices = BTreeMap::from([(0, vec![0; 128 * 128])]);
    assert_eq!(Body::of(&slices, Grid::of(512, 512), [1.0; 3]), None);
}

#[test]
fn views_are_named_by_the_nearest_side() {
    let names = [0, 44, 46, 180, 300, 316, 359].map(|degrees| view_from(degrees, true).1);
    let [front, left, behind, right] = super::VIEWS.map(|view| view.1);
    assert_eq!(names, [front, front, left, behind, right, front, front]);
    assert_eq!(view_from(180, true).0, "Seen from behind");
}

#[test]
fn no_side_is_named_where_nobody_knows_how_the_patient_lies() {
    for degrees in [0, 90, 180, 270] {
        let (words, sides) = view_from(degrees, false);
        assert!(words.contains("not known"), "{words}");
        assert_eq!(sides, ["sides, head unknown", ""]);
    }
}
