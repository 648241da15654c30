//! What follow-up must know of an examination besides its lesions: figures can be compared only
//! where they were made alike, and a lesion is missing only where it was looked for.

use serde::{Deserialize, Serialize};

use crate::order;
use crate::saved::lesion::{LungBox, slices_tell_heights};
use crate::saved::{Place, Saved, SavedLesion};
use crate::settings::Settings;

use super::height::Seen;

/// Rejected findings kept; readers reject a few.
const MOST_REJECTED: usize = 200;

/// A place with a size: what two sightings are compared by.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spot {
    /// Where in the lung.
    pub place: Place,
    /// Longest diameter, mm.
    pub longest_mm: Option<f32>,
}

impl Spot {
    /// Of a lesion; `None` where no lung was recognised.
    pub fn of(lesion: &SavedLesion) -> Option<Self> {
        Some(Self {
            place: lesion.place?,
            longest_mm: lesion.longest_mm,
        })
    }
}

/// How much of a patient an examination shows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Extent {
    /// Slices segmented.
    pub segmented: usize,
    /// Slices of the scan.
    pub slices: usize,
    /// Height of what was recognised as lung, mm; not known where slices are missing.
    pub lung_mm: Option<f32>,
}

/// The circumstances of one examination; empty for analyses of releases that did not keep them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Conditions {
    /// What it was segmented with.
    pub settings: Option<Settings>,
    /// Where the reader rejected findings, largest first.
    pub rejected: Vec<Spot>,
    /// How much it shows.
    pub extent: Option<Extent>,
    /// First and last slice of each run of segmented ones, in ascending order; empty in those of
    /// earlier releases, which kept their number only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub segmented_runs: Vec<(usize, usize)>,
    /// Whether the reader has changed an outline; absent where not, and in those of earlier
    /// releases.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_corrected: bool,
    /// Whether the size of its pixels is the reader's calibration; absent where not, and in those of
    /// earlier releases.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_calibrated: bool,
    /// Distance between slices, mm; not known of analyses of earlier releases.
    #[serde(default)]
    pub slice_spacing_mm: Option<f32>,
    /// Version of what was done before and after the network; 0 where a release before did not keep
    /// it.
    #[serde(default)]
    pub pipeline_version: u32,
}

impl Conditions {
    /// Of a saved analysis and the box around its lung.
    pub fn of(saved: &Saved, lung: Option<LungBox>) -> Self {
        let mut findings: Vec<_> = saved.rejected.iter().map(|r| &r.finding).collect();
        order::sort_by(&mut findings, |a, b| b.area_px.cmp(&a.area_px));
        let spots = findings.into_iter().filter_map(|finding| {
            let place = lung?.place(finding);
            // JSON has no other numbers.
            let is_sound = place.left.is_finite() && place.back.is_finite();
            is_sound.then_some(Spot {
                place,
                longest_mm: finding.longest_mm,
            })
        });
        let mut lung_slices = saved.slices.iter().filter(|s| s.lung_px > 0);
        let first = lung_slices.next();
        let last = lung_slices.next_back().or(first);
        let lung_slices = first.zip(last).map(|(a, b)| b.slice - a.slice + 1);
        // Beside a gap, they are farther apart.
        let lung_slices =
            lung_slices.filter(|_| slices_tell_heights(&saved.gaps, saved.scan_slices));
        Self {
            settings: Some(saved.settings),
            rejected: spots.take(MOST_REJECTED).collect(),
            extent: Some(Extent {
                segmented: saved.slices.len(),
                slices: saved.scan_slices,
                lung_mm: lung_slices
                    .zip(saved.slice_spacing_mm)
                    .map(|(slices, mm)| slices as f32 * mm),
            }),
            segmented_runs: runs(saved.slices.iter().map(|it| it.slice)),
            is_corrected: saved.slices.iter().any(|slice| slice.is_corrected),
            is_calibrated: saved.is_calibrated,
            slice_spacing_mm: saved.slice_spacing_mm,
            pipeline_version: saved.engine.pipeline_version,
        }
    }
}

/// Runs of slices in ascending order.
fn runs(slices: impl Iterator<Item = usize>) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for slice in slices {
        match runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(slice) => *last = slice,
            _ => runs.push((slice, slice)),
        }
    }
    runs
}

/// One examination, as far as follow-up must know it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Examination<'a> {
    /// Its lesions.
    pub lesions: &'a [SavedLesion],
    /// How it was made.
    pub conditions: &'a Conditions,
}

impl Examination<'_> {
    /// A lesion of it; `None` where no lung was recognised, or if there is none of this index.
    pub(super) fn seen(&self, lesion: usize) -> Option<Seen> {
        Spot::of(self.lesions.get(lesion)?).map(|spot| self.at(spot))
    }

    /// A place in it.
    pub(super) fn at(&self, spot: Spot) -> Seen {
        Seen {
            spot,
            extent: self.conditions.extent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_that_follow_each_other_are_one_run() {
        assert_eq!(runs([3, 4, 5, 8].into_iter()), [(3, 5), (8, 8)]);
        assert_eq!(runs([].into_iter()), []);
    }

    #[test]
    fn conditions_of_earlier_releases_are_read() {
        let json =
            r#"{"settings":null,"rejected":[],"extent":{"segmented":4,"slices":9,"lung_mm":null}}"#;
        let read: Conditions = serde_json::from_str(json).unwrap();
        assert!(read.segmented_runs.is_empty());
        let now = Conditions {
            segmented_runs: vec![(3, 5), (8, 8)],
            ..read
        };
        let json = serde_json::to_string(&now).unwrap();
        assert_eq!(serde_json::from_str::<Conditions>(&json).unwrap(), now);
    }
}
