//! Where in the lung a lesion lies.

use model::saved::SavedLesion;
use model::saved::label::LUNG;
use model::saved::lesion::{LungBox, saved_lesions};

use crate::example::{finding, header, small};

#[test]
fn places_are_shares_of_the_box_around_the_lungs() {
    // Lung in rows 100…110 and columns 80…100 of slice 2, and a single pixel of slice 6.
    let map = |rows: std::ops::RangeInclusive<usize>, cols: std::ops::RangeInclusive<usize>| {
        let mut map = vec![0; 200 * 200];
        for row in rows {
            for col in cols.clone() {
                map[row * 200 + col] = LUNG;
            }
        }
        map
    };
    let maps = [(2, map(100..=110, 80..=100)), (6, map(105..=105, 90..=90))];
    let lung = LungBox::around(maps.iter().map(|(s, m)| (*s, m.as_slice())), 200, 2);
    let mut summary = header(200, 200, &[2, 6], 1).summary;
    summary.findings[0].centre = (105.0, 85.0);
    let place = saved_lesions(&summary, lung)[0].place.unwrap();
    assert_eq!((place.left, place.back, place.up), (0.25, 0.5, Some(0.0)));

    // Where slices are left out, nobody knows where the lung begins and ends.
    let part = LungBox::around(maps.iter().map(|(s, m)| (*s, m.as_slice())), 200, 7);
    let place = saved_lesions(&summary, part)[0].place.unwrap();
    assert_eq!((place.left, place.back, place.up), (0.25, 0.5, None));
}

#[test]
fn one_slice_has_no_height_and_no_lung_no_place() {
    let summary = header(4, 4, &[0], 1).summary;
    let map = [LUNG; 16];
    let lung = LungBox::around(std::iter::once((0, map.as_slice())), 4, 1);
    assert_eq!(saved_lesions(&summary, lung)[0].place.unwrap().up, None);
    assert_eq!(
        LungBox::around(std::iter::once((0, [0; 16].as_slice())), 4, 1),
        None
    );
    assert_eq!(saved_lesions(&summary, None)[0].place, None);
}

#[test]
fn figures_are_those_of_the_largest_region_on_the_key_slice() {
    let mut summary = header(4, 4, &[0], 1).summary;
    summary.findings.push(finding(0, 1, 900));
    let saved = saved_lesions(&summary, None);
    assert_eq!(saved.len(), 1);
    assert_eq!(saved[0].area_mm2, finding(0, 1, 900).area_mm2);
}

#[test]
fn the_volume_of_all_lesions_is_known_where_that_of_each_is() {
    let (mut saved, _) = small();
    let first = saved_lesions(&header(4, 4, &[0], 1).summary, None)[0].clone();
    let with = |volumes: &[Option<f32>]| -> Vec<SavedLesion> {
        let of = |&volume_ml: &Option<f32>| SavedLesion {
            volume_ml,
            ..first.clone()
        };
        volumes.iter().map(of).collect()
    };
    for (volumes, all) in [
        (vec![Some(0.5), Some(0.25)], Some(0.75)),
        (vec![Some(0.5), None], None),
        (vec![], None),
    ] {
        saved.lesions = with(&volumes);
        assert_eq!(saved.volume_ml(), all, "{volumes:?}");
    }
}
