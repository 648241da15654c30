//! The brightest of a slab of slices (maximum intensity projection, MIP): vessels become lines in it, and
//! nodules stay dots. Readers find more nodules on slabs of 8 to 10 mm than on single slices (Gruden et
//! al., AJR 2002; Kawel et al., AJR 2009).

use std::borrow::Cow;

use leptos::prelude::*;

use super::pixels::Pixels;
use crate::room::Room;

/// Half of a slab, in mm; slices that lie farther apart have none.
const HALF_MM: f32 = 5.0;

/// How many slices before and after one belong to its slab, and the distance of slices in mm; `None` where the
/// open scan has no slabs.
fn slab(room: Room) -> Option<(usize, f32)> {
    let is_ct = room.is_ct();
    room.desk.with(|d| {
        let scan = d.open.scan.as_ref()?;
        let mm = scan.slice_spacing_mm?;
        let reach = (HALF_MM / mm) as usize;
        (is_ct && scan.slices > 1 && reach > 0).then_some((reach, mm))
    })
}

/// Whether the open scan has slabs.
pub fn is_possible(room: Room) -> bool {
    slab(room).is_some()
}

/// That of the slab which is shown; `None` unless the reader wants one.
fn shown(room: Room) -> Option<(usize, f32)> {
    slab(room).filter(|_| room.is_slab.get())
}

/// Slices before and after the one in view that are shown with it.
pub fn reach(room: Room) -> usize {
    shown(room).map_or(0, |(reach, _)| reach)
}

/// What is said of it beside the window: as thick as the slices that are here, which are fewer at the ends of the scan and
/// while some are on their way.
pub fn words(room: Room) -> String {
    shown(room).map_or_else(String::new, |(reach, mm)| {
        room.pixels_changed.track();
        let slice = room.slice.get();
        let slices = room.pixels.with_value(|pixels| {
            within_reach(slice, reach)
                .filter(|it| pixels.values(*it).is_some())
                .count()
        });
        format!(" · MIP {:.1}\u{a0}mm", slices as f32 * mm)
    })
}

/// A slice and those within `reach` of it, whether there are such or not.
fn within_reach(slice: usize, reach: usize) -> std::ops::RangeInclusive<usize> {
    slice.saturating_sub(reach)..=slice + reach
}

/// The brightest values of a slice and those within `reach` of it, as far as they are here.
pub fn brightest(pixels: &Pixels, slice: usize, reach: usize) -> Option<Cow<'_, [i16]>> {
    let mut brightest = Cow::Borrowed(pixels.values(slice)?);
    for values in within_reach(slice, reach)
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
pub fn brightest_at(pixels: &Pixels, slice: usize, reach: usize, pixel: usize) -> Option<i16> {
    within_reach(slice, reach)
        .filter_map(|slice| pixels.values(slice)?.get(pixel).copied())
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let brightest = |slice, reach| Some(brightest(&pixels, slice, reach)?.into_owned());
        assert_eq!(brightest(5, 0), Some(vec![-850, -1000]));
        assert_eq!(brightest(5, 1), Some(vec![-850, 40]));
        assert_eq!(
            brightest(5, 2),
            Some(vec![9, 40]),
            "of 3 and 7; 6 is not here"
        );
        assert_eq!(brightest(6, 1), None);
        assert_eq!(brightest_at(&pixels, 5, 0, 1), Some(-1000));
        assert_eq!(brightest_at(&pixels, 5, 1, 1), Some(40));
    }
}
