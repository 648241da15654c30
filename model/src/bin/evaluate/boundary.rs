//! Distances between the boundaries of two masks of a scan, in three dimensions.
//!
//! Definition of the Python package `medpy` (`medpy.metric.binary.hd95`) for a volume: a boundary
//! is the set voxels of which one of the six beside is not set, or outside of the scan.

use model::analysis::distance::squared_distance_mm2;
use model::analysis::surface::percentile;
use model::mask::Mask;
use model::volume::PixelSpacing;

/// 95th percentile of the distances in both directions, in mm; `None` where one mask is empty, or
/// slices lie at unknown distances.
///
/// # Arguments
/// * `masks`: both masks, slice by slice, all of one size.
/// * `steps_mm`: from each slice to the next.
pub(crate) fn hd95_mm(masks: [&[Mask]; 2], spacing: PixelSpacing, steps_mm: &[f32]) -> Option<f32> {
    let slices = masks[0].len();
    if slices > 1 && steps_mm.len() + 1 < slices {
        return None;
    }
    let mut place = 0.0;
    let steps = steps_mm.iter().map(|&step| {
        place += step;
        place
    });
    let places_mm: Vec<f32> = std::iter::once(0.0).chain(steps).take(slices).collect();
    let frame = Frame::around(masks.into_iter().flatten())?;
    let [one, other] = masks.map(|mask| boundary(mask, &frame));
    let mut all = distances(&one, &other, spacing, &places_mm);
    let back = distances(&other, &one, spacing, &places_mm);
    if all.is_empty() || back.is_empty() {
        return None;
    }
    all.extend(back);
    all.sort_by(f32::total_cmp);
    percentile(&all, 0.95)
}

/// The smallest rectangle around what is set on any slice: nothing outside of it has to be looked
/// at.
struct Frame {
    rows: std::ops::Range<usize>,
    cols: std::ops::Range<usize>,
}

impl Frame {
    fn around<'a>(masks: impl Iterator<Item = &'a Mask>) -> Option<Self> {
        let bounds = masks.filter_map(Mask::bounds);
        let all = bounds.reduce(|(rows, cols), (more_rows, more_cols)| {
            (
                rows.start.min(more_rows.start)..rows.end.max(more_rows.end),
                cols.start.min(more_cols.start)..cols.end.max(more_cols.end),
            )
        });
        all.map(|(rows, cols)| Self { rows, cols })
    }

    fn cut(&self, mask: &Mask) -> Mask {
        let lines = mask.pixels.chunks(mask.cols.max(1));
        let lines = lines.skip(self.rows.start).take(self.rows.len());
        let pixels = lines.flat_map(|line| line.get(self.cols.clone()).unwrap_or_default());
        Mask {
            rows: self.rows.len(),
            cols: self.cols.len(),
            pixels: pixels.copied().collect(),
        }
    }
}

/// The boundary on every slice within the frame; `None` where a slice has none.
fn boundary(mask: &[Mask], frame: &Frame) -> Vec<Option<Mask>> {
    let cut: Vec<Mask> = mask.iter().map(|it| frame.cut(it)).collect();
    let of_slice = |(slice, mask): (usize, &Mask)| {
        let beside = [slice.checked_sub(1), Some(slice + 1)];
        let beside = beside.map(|at| at.and_then(|at| cut.get(at)));
        let is_inner = |at: usize| {
            let is_set = |it: &Mask| it.pixels.get(at).is_some_and(|&pixel| pixel != 0);
            beside.iter().all(|it| it.is_some_and(is_set))
        };
        let mut rim = mask.rim();
        let set = mask.pixels.iter().enumerate().filter(|it| *it.1 != 0);
        for (at, _) in set.filter(|it| !is_inner(it.0)) {
            if let Some(pixel) = rim.pixels.get_mut(at) {
                *pixel = 1;
            }
        }
        (rim.area_px() > 0).then_some(rim)
    };
    cut.iter().enumerate().map(of_slice).collect()
}

/// From each voxel of one boundary to the nearest of the other, in mm; none where one is empty.
fn distances(
    from: &[Option<Mask>],
    to: &[Option<Mask>],
    spacing: PixelSpacing,
    places_mm: &[f32],
) -> Vec<f32> {
    let to = to.iter().zip(places_mm);
    let to: Vec<(f32, Vec<f32>)> = to
        .filter_map(|(mask, &at)| Some((at, squared_distance_mm2(mask.as_ref()?, spacing))))
        .collect();
    let mut distances = Vec::new();
    for (mask, &place) in from.iter().zip(places_mm) {
        let pixels = mask.iter().flat_map(|it| it.pixels.iter().enumerate());
        for (pixel, _) in pixels.filter(|it| *it.1 != 0) {
            let squared = to.iter().filter_map(|(at, squared)| {
                let within = squared.get(pixel)?;
                Some(within + (at - place) * (at - place))
            });
            distances.extend(squared.min_by(f32::total_cmp).map(f32::sqrt));
        }
    }
    distances
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPACING: PixelSpacing = PixelSpacing::square(1.0);

    fn slice(set: &[usize]) -> Mask {
        let mut mask = Mask::empty(3, 4);
        for &at in set {
            mask.pixels[at] = 1;
        }
        mask
    }

    #[test]
    fn a_mask_on_another_slice_is_as_far_as_the_slices_are_apart() {
        let (one, other) = ([slice(&[5]), slice(&[])], [slice(&[]), slice(&[6])]);
        let far = hd95_mm([&one, &other], SPACING, &[2.5]).unwrap();
        assert!((far - 2.5_f32.hypot(1.0)).abs() < 1e-5, "{far}");
        assert_eq!(hd95_mm([&one, &one], SPACING, &[2.5]), Some(0.0));
    }

    #[test]
    fn an_empty_mask_and_unknown_distances_of_slices_have_no_distance() {
        let (one, none) = ([slice(&[5]), slice(&[])], [slice(&[]), slice(&[])]);
        assert_eq!(hd95_mm([&one, &none], SPACING, &[2.5]), None);
        assert_eq!(hd95_mm([&none, &none], SPACING, &[2.5]), None);
        assert_eq!(hd95_mm([&one, &one], SPACING, &[]), None);
    }
}
