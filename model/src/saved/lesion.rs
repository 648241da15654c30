//! A lesion as it is followed over time: its figures, and where in the lung it lies.

use serde::{Deserialize, Serialize};

pub use super::lung::{LungBox, slices_tell_heights};
use crate::finding::{Finding, Lesion};
use crate::protocol::Summary;

/// A place relative to the box around both lungs: 0…1 from the patient's right to left,
/// from front to back, from feet to head. It survives another field of view and, roughly, another
/// position on the table, which pixels do not.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// From the patient's right to left.
    pub left: f32,
    /// From front to back.
    pub back: f32,
    /// From feet to head, where every slice of a series was segmented, none is missing, and it is
    /// known which end is the head's. Earlier releases took the last slice for the one at the head
    /// wherever no file said so, and slices beside a gap for neighbours.
    pub up: Option<f32>,
}

/// One lesion of one analysis.
///
/// Its diameters are the largest in any slice, as RECIST 1.1 wants them and the reading page shows
/// them. Earlier releases kept those of the key slice, which may be shorter: what they have saved
/// stays as it is, so that a lesion may seem to have grown a little from such an analysis to one of
/// today.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedLesion {
    /// Its number in the analysis, from 1.
    pub number: usize,
    /// Slice with the largest area.
    pub key_slice: usize,
    /// Slice of the diameters, if it is not the key slice; absent in documents of earlier releases,
    /// which do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longest_slice: Option<usize>,
    /// Longest diameter of any of its regions on any slice, mm.
    pub longest_mm: Option<f32>,
    /// Perpendicular diameter of that region, mm.
    pub perpendicular_mm: Option<f32>,
    /// Area of all its regions on the key slice, mm².
    pub area_mm2: Option<f32>,
    /// Volume, mL, where a series shows it.
    pub volume_ml: Option<f32>,
    /// Mean value of the largest region on the key slice: HU for CT.
    pub mean_value: f32,
    /// Mean tumour probability, 0…1.
    pub confidence: f32,
    /// Where it lies; `None` if no lung was recognised.
    pub place: Option<Place>,
}

impl SavedLesion {
    /// The slice to look at for its diameters: the key slice where no other is known.
    pub fn slice(&self) -> usize {
        self.longest_slice.unwrap_or(self.key_slice)
    }
}

/// The lesions of an analysis, in the order of its summary.
pub fn saved_lesions(summary: &Summary, lung: Option<LungBox>) -> Vec<SavedLesion> {
    summary
        .lesions
        .iter()
        .filter_map(|lesion| {
            let on_key_slice = || regions(summary, lesion).filter(|f| f.slice == lesion.key_slice);
            let largest = on_key_slice().max_by_key(|f| f.area_px)?;
            let length = |f: &Finding| f.longest_mm.unwrap_or(0.0);
            // Of equal ones that on the key slice: it is looked at first.
            let is_key = |f: &Finding| f.slice == lesion.key_slice;
            let longest = regions(summary, lesion).max_by(|a, b| {
                let by_length = length(a).total_cmp(&length(b));
                by_length.then(is_key(a).cmp(&is_key(b)))
            })?;
            let is_elsewhere = longest.longest_mm.is_some() && !is_key(longest);
            Some(SavedLesion {
                number: lesion.number,
                key_slice: lesion.key_slice,
                longest_slice: is_elsewhere.then_some(longest.slice),
                longest_mm: longest.longest_mm,
                perpendicular_mm: longest.perpendicular_mm,
                area_mm2: on_key_slice().map(|f| f.area_mm2).sum(),
                volume_ml: lesion.volume_ml,
                mean_value: largest.mean_value,
                confidence: lesion.confidence,
                place: lung.map(|lung| lung.place(largest)),
            })
        })
        .collect()
}

/// The lesion's regions on all slices.
fn regions<'a>(summary: &'a Summary, lesion: &'a Lesion) -> impl Iterator<Item = &'a Finding> {
    let all = summary.findings.iter();
    all.filter(|f| f.lesion == lesion.number)
}
