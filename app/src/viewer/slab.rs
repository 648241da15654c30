//! The brightest of a slab of slices (maximum intensity projection, MIP): vessels become lines in
//! it, and nodules stay dots. Readers find more nodules on slabs of 8 to 10 mm than on single
//! slices (Gruden et al., AJR 2002; Kawel et al., AJR 2009).

use std::borrow::Cow;
use std::ops::RangeInclusive;

use leptos::prelude::*;
use model::protocol::VolumeInfo;
use model::volume::Intensity;

use super::pixels::Pixels;
use crate::room::Room;

/// Half of a slab, in mm; slices that lie farther apart have none.
const HALF_MM: f32 = 5.0;

/// The slices of the slab around one, as far as nothing is missing between them; `None` where a
/// scan has no slabs.
fn around(scan: &VolumeInfo, slice: usize) -> Option<RangeInclusive<usize>> {
    let reach = (HALF_MM / scan.slice_spacing_mm?) as usize;
    let is_possible = scan.intensity == Intensity::Hounsfield
        && reach > 0
        // Nor where one is after each slice: they do not touch.
        && scan.gaps.len() + 1 < scan.slices;
    let before = scan.gaps.iter().rfind(|gap| **gap < slice);
    let after = scan.gaps.iter().find(|gap| **gap >= slice);
    let first = slice.saturating_sub(reach);
    let last = (slice + reach).min(scan.slices.saturating_sub(1));
    is_possible.then(|| {
        before.map_or(first, |gap| first.max(gap + 1))..=after.map_or(last, |&gap| last.min(gap))
    })
}

/// Whether the open scan has slabs.
pub fn is_possible(room: Room) -> bool {
    room.desk
        .with(|d| d.open.scan.as_ref().and_then(|it| around(it, 0)).is_some())
}

/// Why the open scan has none, though it is a CT of several slices.
pub fn obstacle(room: Room) -> Option<&'static str> {
    let is_series = room.is_ct() && room.slices() > 1;
    (is_series && !is_possible(room))
        .then_some("No MIP of this scan: it needs slices that touch, at most 5 mm apart.")
}

/// The slices that are shown as one with the one in view: that one alone unless the reader wants a
/// slab.
pub fn shown(room: Room) -> RangeInclusive<usize> {
    let slice = room.slice.get();
    let slab = room.desk.with(|d| around(d.open.scan.as_ref()?, slice));
    slab.filter(|_| room.is_slab.get()).unwrap_or(slice..=slice)
}

/// What is said of it beside the window: as thick as from the first to the last slice that is here,
/// which are fewer at the ends of the scan and while some are on their way.
pub fn words(room: Room) -> String {
    if !room.is_slab.get() || !is_possible(room) {
        return String::new();
    }
    room.pixels_changed.track();
    let slab = shown(room);
    let mm = room.pixels.with_value(|pixels| {
        let mut here = slab.filter(|it| pixels.values(*it).is_some());
        let first = here.next()?;
        let last = here.next_back().unwrap_or(first);
        room.desk
            .with(|d| thickness_mm(d.open.scan.as_ref()?, first, last))
    });
    format!(" · MIP {:.1}\u{a0}mm", mm.unwrap_or_default())
}

/// From the outer face of the `first` slice to that of the `last`, each of which is as thick as
/// slices usually are apart.
fn thickness_mm(scan: &VolumeInfo, first: usize, last: usize) -> Option<f32> {
    let steps = scan.steps_mm();
    Some(scan.slice_spacing_mm? + steps.get(first..last)?.iter().sum::<f32>())
}

/// The brightest values of a slab around a slice, as far as they are here.
pub fn brightest(
    pixels: &Pixels,
    slice: usize,
    slab: RangeInclusive<usize>,
) -> Option<Cow<'_, [i16]>> {
    let mut brightest = Cow::Borrowed(pixels.values(slice)?);
    for values in slab
        .filter(|beside| *beside != slice)
        .filter_map(|beside| pixels.values(beside))
    {
        for (most, &value) in brightest.to_mut().iter_mut().zip(values) {
            *most = value.max(*most);
        }
    }
    Some(brightest)
}

/// The brightest value of one pixel, likewise.
pub fn brightest_at(pixels: &Pixels, slab: RangeInclusive<usize>, pixel: usize) -> Option<i16> {
    slab.filter_map(|slice| pixels.values(slice)?.get(pixel).copied())
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::state::tests::fixture::scan;

    #[test]
    fn the_brightest_of_the_slices_that_are_here() {
        let mut pixels = Pixels::default();
        for (slice, values) in [
            (3, [9, 9]),
            (4, [-900, 40]),
            (5, [-850, -1000]),
            (7, [9, 9]),
        ] {
            pixels.put_values(slice, values.to_vec(), 5);
        }
        let brightest = |slice, slab| Some(brightest(&pixels, slice, slab)?.into_owned());
        assert_eq!(brightest(5, 5..=5), Some(vec![-850, -1000]));
        assert_eq!(brightest(5, 4..=6), Some(vec![-850, 40]));
        assert_eq!(
            brightest(5, 3..=7),
            Some(vec![9, 40]),
            "of 3 and 7; 6 is not here"
        );
        assert_eq!(brightest(6, 5..=7), None);
        assert_eq!(brightest_at(&pixels, 5..=5, 1), Some(-1000));
        assert_eq!(brightest_at(&pixels, 4..=6, 1), Some(40));
    }

    /// Twenty slices, of which some end at a gap.
    fn stack(mm: f32, gaps: &[usize]) -> VolumeInfo {
        VolumeInfo {
            slice_spacing_mm: Some(mm),
            gaps: gaps.to_vec(),
            ..scan(20)
        }
    }

    #[test]
    fn a_slab_ends_at_the_ends_of_the_scan_and_at_gaps() {
        let slab = |gaps: &[usize], slice| around(&stack(2.0, gaps), slice);
        assert_eq!(slab(&[], 10), Some(8..=12));
        assert_eq!(slab(&[], 1), Some(0..=3));
        assert_eq!(slab(&[], 19), Some(17..=19));
        assert_eq!(slab(&[10], 10), Some(8..=10));
        assert_eq!(slab(&[10], 11), Some(11..=13));
        assert_eq!(slab(&[8, 11, 15], 10), Some(9..=11));
    }

    #[test]
    fn there_are_no_slabs_of_slices_that_are_far_apart_or_do_not_touch() {
        let apart: Vec<usize> = (0..19).collect();
        assert_eq!(around(&stack(5.0, &apart), 10), None);
        assert_eq!(around(&stack(7.0, &[]), 10), None);
        let grey = VolumeInfo {
            intensity: Intensity::Grey { max: 255 },
            ..stack(2.0, &[])
        };
        assert_eq!(around(&grey, 10), None);
    }

    /// A step of up to 5 mm is no gap, also where slices are thinner.
    #[test]
    fn a_slab_is_as_thick_as_its_slices_lie_apart() {
        let even = stack(2.0, &[]);
        assert_eq!(thickness_mm(&even, 8, 12), Some(10.0));
        let uneven = VolumeInfo {
            slice_positions_mm: (0..20)
                .map(|slice| 2.0 * slice as f32 + if slice > 9 { 3.0 } else { 0.0 })
                .collect(),
            ..even
        };
        assert_eq!(thickness_mm(&uneven, 8, 12), Some(13.0));
        assert_eq!(thickness_mm(&uneven, 10, 14), Some(10.0));
    }
}
