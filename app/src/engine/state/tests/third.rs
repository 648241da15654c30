//! At what height of the lung a lesion lies.

use model::finding::Lesion;
use model::protocol::VolumeInfo;

use super::fixture::{lesion, result, scan};
use super::*;

/// A segmented series that shows lung on these of its slices.
fn desk(slices: usize, shows_lung: impl Fn(usize) -> bool) -> Desk {
    let mut desk = Desk::default();
    desk.open.scan = Some(VolumeInfo {
        slice_spacing_mm: Some(2.5),
        ..scan(slices)
    });
    for slice in 0..slices {
        let mut result = result(1, slice);
        result.lung_px = usize::from(shows_lung(slice));
        desk.open.results.insert(slice, result);
    }
    desk
}

/// Lung on slices 2 to 10 of 13.
fn whole() -> Desk {
    desk(13, |slice| (2..=10).contains(&slice))
}

fn third(desk: &Desk, key_slice: usize) -> Option<&'static str> {
    desk.third(&Lesion {
        key_slice,
        ..lesion(1)
    })
}

#[test]
fn a_lesion_lies_in_a_third_of_the_height_that_shows_lung() {
    let desk = whole();
    for (slices, expected) in [
        (2..=4, "lower third"),
        (5..=7, "middle third"),
        (8..=10, "upper third"),
    ] {
        for slice in slices {
            assert_eq!(third(&desk, slice), Some(expected), "{slice}");
        }
    }
    for outside in [0, 1, 11, 12] {
        assert_eq!(third(&desk, outside), None, "{outside}");
    }
}

#[test]
fn of_a_part_of_the_lung_nobody_knows_from_which_third_it_is() {
    assert_eq!(third(&desk(13, |slice| slice <= 10), 5), None, "cut below");
    assert_eq!(third(&desk(13, |slice| slice >= 2), 5), None, "cut above");
    assert_eq!(third(&desk(13, |_| false), 5), None, "no lung");
    let holed = desk(13, |slice| (2..=10).contains(&slice) && slice != 6);
    assert_eq!(third(&holed, 5), None, "or air elsewhere");
    let two = desk(13, |slice| (5..7).contains(&slice));
    assert_eq!(third(&two, 5), None, "fewer slices than thirds");
    let mut half = whole();
    half.open.results.remove(&12);
    assert_eq!(third(&half, 5), None, "not all segmented");
}

#[test]
fn uneven_slices_and_those_that_lie_nobody_knows_how_tell_no_height() {
    let with = |change: fn(&mut VolumeInfo)| {
        let mut desk = whole();
        desk.open.scan.iter_mut().for_each(change);
        third(&desk, 5)
    };
    assert_eq!(with(|_| {}), Some("middle third"));
    assert_eq!(with(|scan| scan.is_oriented = false), None);
    assert_eq!(with(|scan| scan.gaps = vec![3]), None, "some are missing");
    let thin_and_far_apart = |scan: &mut VolumeInfo| scan.gaps = (0..12).collect();
    assert_eq!(with(thin_and_far_apart), Some("middle third"));
    let uneven = |scan: &mut VolumeInfo| {
        scan.slice_positions_mm = (0..13_u8).map(|it| f32::from(it * it)).collect();
    };
    assert_eq!(with(uneven), None);
}
