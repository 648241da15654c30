//! The nodules of a scan, each on its own: what it is called, how large it is, and how it is
//! marked.

use std::collections::BTreeMap;

use model::analysis::region::regions;
use model::mask::Mask;
use model::volume::Volume;

use crate::evaluate::scan::Scan;
use crate::evaluate::scored::Scored;
use crate::evaluate::targets::Nodule;

/// A nodule of a scan.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NamedNodule {
    /// The slice on which it begins, and its number among those that begin there: `12.1`.
    pub(crate) name: String,
    pub(crate) diameter_mm: Option<f32>,
    /// Its pixels by slice.
    slices: BTreeMap<usize, Vec<usize>>,
}

/// Names the nodules of a scan.
///
/// # Arguments
/// `first`: number of the scan's first slice.
pub(crate) fn named(nodules: &[Nodule], image: &Volume, first: usize) -> Vec<NamedNodule> {
    let mut begun: BTreeMap<usize, usize> = BTreeMap::new();
    let each = nodules.iter().map(|nodule| {
        let mut slices: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for &(slice, pixel) in nodule {
            slices.entry(slice).or_default().push(pixel);
        }
        let begin = slices.keys().next().copied().unwrap_or(0);
        let number = begun.entry(begin).or_default();
        *number += 1;
        NamedNodule {
            name: format!("{}.{number}", first + begin),
            diameter_mm: diameter_mm(&slices, image),
            slices,
        }
    });
    each.collect()
}

/// The nodule that is largest on a slice, whose size and name the slice goes by.
pub(crate) fn largest_on(nodules: &[NamedNodule], slice: usize) -> Option<&NamedNodule> {
    let area = |it: &&NamedNodule| it.slices.get(&slice).map_or(0, Vec::len);
    nodules
        .iter()
        .filter(|it| area(it) > 0)
        .max_by_key(|it| area(it))
}

/// Diameter of the ball as large as the nodule, in mm; of one on a single slice, or where nobody
/// knows what lies between slices, of the disc as large as its largest slice. `None` where pixels
/// are of unknown size.
fn diameter_mm(slices: &BTreeMap<usize, Vec<usize>>, image: &Volume) -> Option<f32> {
    let spacing = image.spacing?;
    let pixel_mm2 = f64::from(spacing.row_mm) * f64::from(spacing.col_mm);
    let slabs_mm = image.slabs_mm();
    let slab_mm3 = |(slice, pixels): (&usize, &Vec<usize>)| {
        let slab_mm = slabs_mm.get(*slice)?;
        Some(pixels.len() as f64 * pixel_mm2 * f64::from(*slab_mm))
    };
    let volume_mm3 = slices.iter().map(slab_mm3).sum::<Option<f64>>();
    let diameter = match volume_mm3 {
        Some(mm3) if slices.len() > 1 => (6.0 * mm3 / std::f64::consts::PI).cbrt(),
        _ => {
            let largest = slices.values().map(Vec::len).max()?;
            2.0 * (largest as f64 * pixel_mm2 / std::f64::consts::PI).sqrt()
        }
    };
    Some(diameter as f32)
}

/// Every nodule on every slice where it is. What lies on another nodule, and regions that touch
/// only others, count neither for nor against it.
///
/// # Arguments
/// `mask`: the final mask of a slice; `None` where there is none.
pub(crate) fn scored<'a>(
    scan: &Scan,
    nodules: &[NamedNodule],
    mask: impl Fn(usize) -> Option<&'a Mask>,
) -> Vec<Scored> {
    let mut scored = Vec::new();
    for nodule in nodules {
        for (&slice, pixels) in &nodule.slices {
            let Some(mask) = mask(slice) else { continue };
            let mut reference = vec![0; mask.pixels.len()];
            set(&mut reference, pixels, 1);
            let mut others = vec![0; mask.pixels.len()];
            let beside = nodules.iter().filter(|it| it.name != nodule.name);
            for other in beside.filter_map(|it| it.slices.get(&slice)) {
                set(&mut others, other, 1);
            }
            let no_dispute = vec![false; reference.len()];
            let own = without(mask, &reference, &others);
            scored.push(Scored {
                kind: "slice",
                patient: scan.patient.clone(),
                image: scan.name.clone(),
                nodule: Some(nodule.name.clone()),
                slice: scan.first + slice,
                diameter_mm: nodule.diameter_mm,
                ..Scored::new(&own, &reference, &no_dispute, scan.image.spacing)
            });
        }
    }
    scored
}

/// The mask without what lies on other nodules, or touches only these.
fn without(mask: &Mask, reference: &[u8], others: &[u8]) -> Mask {
    let mut own = mask.clone();
    if !others.contains(&1) {
        return own;
    }
    for region in regions(mask) {
        let is_on = |marks: &[u8]| region.pixels.iter().any(|&at| marks.get(at) == Some(&1));
        if is_on(others) && !is_on(reference) {
            set(&mut own.pixels, &region.pixels, 0);
        }
    }
    for (pixel, _) in own.pixels.iter_mut().zip(others).filter(|it| *it.1 != 0) {
        *pixel = 0;
    }
    own
}

fn set(mask: &mut [u8], pixels: &[usize], value: u8) {
    for &at in pixels {
        if let Some(pixel) = mask.get_mut(at) {
            *pixel = value;
        }
    }
}

#[cfg(test)]
mod tests {
    use model::volume::PixelSpacing;

    use super::*;
    use crate::evaluate::blank::blank;

    /// Two slices of 4 × 6 pixels of 1 × 2 mm, 3 mm apart.
    fn image(steps: Option<f32>) -> Volume {
        Volume {
            spacing: Some(PixelSpacing {
                row_mm: 1.0,
                col_mm: 2.0,
            }),
            slice_spacing_mm: steps,
            ..blank(2, 4, 6)
        }
    }

    #[test]
    fn a_nodule_is_as_large_as_the_ball_of_its_volume_or_the_disc_of_its_area() {
        let nodule = vec![(0, 0), (0, 1), (1, 0)];
        let [ball] = &named(std::slice::from_ref(&nodule), &image(Some(3.0)), 5)[..] else {
            unreachable!("one nodule");
        };
        // Three voxels of 6 mm³: 18 = π d³ / 6.
        assert!((ball.diameter_mm.unwrap() - 3.2515).abs() < 1e-3);
        assert_eq!(ball.name, "5.1");
        let alone = &named(&[vec![(1, 0), (1, 1)]], &image(Some(3.0)), 0)[0];
        assert!((alone.diameter_mm.unwrap() - 2.2568).abs() < 1e-3);
        let mut apart = image(Some(3.0));
        apart.slice_thickness_mm = Some(1.0);
        let apart = &named(std::slice::from_ref(&nodule), &apart, 0)[0];
        assert_eq!(apart.diameter_mm, alone.diameter_mm);
        let disc = &named(&[nodule], &image(None), 0)[0];
        // Two pixels of 2 mm²: 4 = π d² / 4.
        assert!((disc.diameter_mm.unwrap() - 2.2568).abs() < 1e-3);
    }

    #[test]
    fn a_nodule_is_scored_without_what_is_another_ones() {
        let nodules = named(
            &[vec![(0, 0), (0, 6), (1, 0)], vec![(0, 4)]],
            &image(Some(3.0)),
            0,
        );
        assert_eq!(largest_on(&nodules, 0).unwrap().name, "0.1");
        assert!(largest_on(&nodules, 2).is_none());
        let mut mask = Mask::empty(4, 6);
        // A pixel of the first, both of another region on the second, and one that is on nothing.
        set(&mut mask.pixels, &[0, 4, 5, 20], 1);
        let scan = Scan {
            name: "P".to_owned(),
            patient: "P".to_owned(),
            first: 0,
            image: image(Some(3.0)),
            readers: vec![0; 48],
            pixel_assumed: false,
            boxes_outside: None,
            unlisted: None,
        };
        let scored = scored(&scan, &nodules, |slice| (slice == 0).then_some(&mask));
        let figures: Vec<(u64, u64, u64)> = scored
            .iter()
            .map(|it| (it.target_px, it.predicted_px, it.true_positive_px))
            .collect();
        assert_eq!(figures, [(2, 2, 1), (1, 3, 1)]);
    }
}
