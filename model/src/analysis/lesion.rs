//! Joining regions of neighbouring slices to lesions (3-D connectivity).

use super::group::Groups;
use super::region::regions;
use crate::finding::{Finding, Lesion, Verdict};
use crate::mask::Mask;
use crate::order;
use crate::volume::{PixelSpacing, Volume};

/// One analysed slice: its final mask and the findings measured on that very mask.
#[derive(Debug)]
pub struct AnalysedSlice<'a> {
    /// Index of the slice in the volume.
    pub slice: usize,
    /// Final mask.
    pub mask: &'a Mask,
    /// Its findings; `lesion` is filled in. Where it has a number already, the lesion keeps it if
    /// it can.
    pub findings: &'a mut Vec<Finding>,
}

/// What measuring a volume takes.
#[derive(Debug, Clone, PartialEq)]
pub struct VolumeGeometry {
    /// Pixel spacing, if known.
    pub spacing: Option<PixelSpacing>,
    /// How far along the stack each slice stands for ([`Volume::slabs_mm`]).
    pub slabs_mm: Vec<f32>,
    /// Whether each slice is followed by one that belongs to it ([`Volume::goes_on`]).
    pub goes_on: Vec<bool>,
}

impl VolumeGeometry {
    /// Whether two slices follow each other without a gap.
    fn adjoin(&self, slice: usize, next: usize) -> bool {
        slice + 1 == next && self.goes_on.get(slice) == Some(&true)
    }
}

impl From<&Volume> for VolumeGeometry {
    fn from(volume: &Volume) -> Self {
        Self {
            spacing: volume.spacing,
            slabs_mm: volume.slabs_mm(),
            goes_on: volume.goes_on(),
        }
    }
}

/// Numbers the lesions: regions of neighbouring slices belong together where they overlap in at
/// least one pixel. The slices may come in any order and with gaps, which nothing reaches across.
///
/// A lesion keeps the number that any of its findings had, so that what is said of it stays true
/// while the reader rejects and draws others: the lowest where several have grown together, and the
/// largest part where one fell apart. The others are numbered after `last`, the highest number in
/// use, largest first. Lesions are returned in the order of their numbers.
///
/// A lesion has a volume only if spacings are known, and the slices before its first and after its
/// last were analysed too: one that reaches the end of the scan, or a gap in it, may go on there.
pub fn link(slices: &mut [AnalysedSlice<'_>], volume: &VolumeGeometry, last: usize) -> Vec<Lesion> {
    order::sort_by_key(slices, |analysed| analysed.slice);
    let mut groups = grouped(slices, volume);
    let area = |members: &Vec<Member>| -> usize {
        members
            .iter()
            .filter_map(|member| member.finding(slices))
            .map(|f| f.area_px)
            .sum()
    };
    order::sort_by_key(&mut groups, |members| std::cmp::Reverse(area(members)));
    let numbers = numbers(&groups, slices, last);
    let analysed: Vec<usize> = slices.iter().map(|s| s.slice).collect();
    let mut lesions: Vec<Lesion> = groups
        .iter()
        .zip(numbers)
        .map(|(members, number)| {
            let own = members.iter().filter_map(|member| member.finding(slices));
            let lesion = summary(number, &own.collect::<Vec<_>>(), &analysed, volume);
            for member in members {
                if let Some(found) = member.finding_mut(slices) {
                    found.lesion = lesion.number;
                }
            }
            lesion
        })
        .collect();
    order::sort_by_key(&mut lesions, |lesion| lesion.number);
    lesions
}

/// A finding by its place: that of its slice among those analysed, and its own among the slice's.
#[derive(Debug, Clone, Copy)]
struct Member {
    slice: usize,
    finding: usize,
}

impl Member {
    fn finding<'a>(self, slices: &'a [AnalysedSlice<'_>]) -> Option<&'a Finding> {
        slices.get(self.slice)?.findings.get(self.finding)
    }

    fn finding_mut<'a>(self, slices: &'a mut [AnalysedSlice<'_>]) -> Option<&'a mut Finding> {
        slices.get_mut(self.slice)?.findings.get_mut(self.finding)
    }
}

/// The findings of each lesion; `slices` are in order.
fn grouped(slices: &[AnalysedSlice<'_>], volume: &VolumeGeometry) -> Vec<Vec<Member>> {
    let mut groups = Groups::default();
    // Number of the region, from 1, at every pixel of the slice before.
    let mut before: Option<(usize, Vec<usize>)> = None;
    let mut members: Vec<Member> = Vec::new();
    for (slice, analysed) in slices.iter().enumerate() {
        let mut labels = vec![0; analysed.mask.pixels.len()];
        let below = before
            .take()
            .filter(|(slice, _)| volume.adjoin(*slice, analysed.slice));
        let regions = regions(analysed.mask);
        for (finding, region) in regions.iter().enumerate().take(analysed.findings.len()) {
            let node = groups.add();
            members.push(Member { slice, finding });
            for &pixel in &region.pixels {
                if let Some(label) = labels.get_mut(pixel) {
                    *label = node + 1;
                }
                let touched = below.as_ref().and_then(|(_, labels)| labels.get(pixel));
                if let Some(other) = touched.and_then(|label| label.checked_sub(1)) {
                    groups.join(node, other);
                }
            }
        }
        before = Some((analysed.slice, labels));
    }
    let mut grouped: Vec<Vec<Member>> = vec![Vec::new(); members.len()];
    for (member, group) in members.into_iter().zip(groups.number()) {
        if let Some(group) = grouped.get_mut(group) {
            group.push(member);
        }
    }
    grouped.retain(|members| !members.is_empty());
    grouped
}

/// The number of each lesion, see [`link`].
fn numbers(groups: &[Vec<Member>], slices: &[AnalysedSlice<'_>], mut last: usize) -> Vec<usize> {
    let mut numbers: Vec<usize> = Vec::new();
    for members in groups {
        let had = members.iter().filter_map(|member| member.finding(slices));
        let had = had.map(|it| it.lesion);
        let kept = had.filter(|it| *it > 0 && !numbers.contains(it)).min();
        last = last.saturating_add(usize::from(kept.is_none()));
        numbers.push(kept.unwrap_or(last));
    }
    numbers
}

/// Figures of one lesion from its findings.
fn summary(
    number: usize,
    findings: &[&Finding],
    analysed: &[usize],
    volume: &VolumeGeometry,
) -> Lesion {
    let first = findings.iter().map(|f| f.slice).min().unwrap_or(0);
    let last = findings.iter().map(|f| f.slice).max().unwrap_or(0);
    let area_on = |slice: usize| -> usize {
        findings
            .iter()
            .filter(|f| f.slice == slice)
            .map(|f| f.area_px)
            .sum()
    };
    // The earliest of equally large slices, so that the answer does not depend on order.
    let key_slice = (first..=last)
        .rev()
        .max_by_key(|&slice| area_on(slice))
        .unwrap_or(first);
    let is_known = |slice: usize| analysed.contains(&slice);
    let before = first.checked_sub(1);
    let ends_before = before.is_some_and(|it| volume.adjoin(it, first) && is_known(it));
    // The thickness of a slice says little of what lies in it alone.
    let is_whole =
        last > first && ends_before && volume.adjoin(last, last + 1) && is_known(last + 1);
    let slab = |f: &&Finding| Some(f.area_px as f32 * volume.slabs_mm.get(f.slice)?);
    let pixels_mm: Option<f32> = findings.iter().map(slab).sum();
    let ml = |spacing: PixelSpacing, pixels_mm: f32| spacing.area_mm2() * pixels_mm / 1000.0;
    let of_network = findings.iter().filter(|f| !f.is_drawn());
    let (weighted, network_px) = of_network.fold((0.0, 0), |(sum, pixels), f| {
        let weighted = f64::from(f.confidence) * f.area_px as f64;
        (sum + weighted, pixels + f.area_px)
    });
    Lesion {
        number,
        slices: (first, last),
        key_slice,
        volume_ml: volume
            .spacing
            .zip(pixels_mm)
            .filter(|_| is_whole)
            .map(|(spacing, pixels_mm)| ml(spacing, pixels_mm)),
        longest_mm: findings
            .iter()
            .filter_map(|f| f.longest_mm)
            .max_by(f32::total_cmp),
        confidence: (weighted / network_px.max(1) as f64) as f32,
        side: None,
        judgement: Verdict::default(),
    }
}
