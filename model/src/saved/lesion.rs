//! A lesion as it is followed over time: its figures, and where in the lung it lies.

use serde::{Deserialize, Serialize};

pub use super::lung::LungBox;
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
    /// From feet to head, where every slice of a series was segmented.
    pub up: Option<f32>,
}

/// One lesion of one analysis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedLesion {
    /// Its number in the analysis, from 1.
    pub number: usize,
    /// Slice with the largest area.
    pub key_slice: usize,
    /// Longest diameter of its largest region on that slice, mm.
    pub longest_mm: Option<f32>,
    /// Perpendicular diameter of that region, mm.
    pub perpendicular_mm: Option<f32>,
    /// Area of all its regions on that slice, mm².
    pub area_mm2: Option<f32>,
    /// Volume, mL, where a series shows it.
    pub volume_ml: Option<f32>,
    /// Mean value of the largest region: HU for CT.
    pub mean_value: f32,
    /// Mean tumour probability, 0…1.
    pub confidence: f32,
    /// Where it lies; `None` if no lung was recognised.
    pub place: Option<Place>,
}

/// The lesions of an analysis, in the order of its summary.
pub fn saved_lesions(summary: &Summary, lung: Option<LungBox>) -> Vec<SavedLesion> {
    summary
        .lesions
        .iter()
        .filter_map(|lesion| {
            let largest = regions(summary, lesion).max_by_key(|f| f.area_px)?;
            let area_mm2 = regions(summary, lesion).map(|f| f.area_mm2).sum();
            Some(saved(lesion, largest, area_mm2, lung))
        })
        .collect()
}

/// The lesion's regions on its key slice.
fn regions<'a>(summary: &'a Summary, lesion: &'a Lesion) -> impl Iterator<Item = &'a Finding> {
    summary
        .findings
        .iter()
        .filter(|f| f.lesion == lesion.number && f.slice == lesion.key_slice)
}

fn saved(
    lesion: &Lesion,
    finding: &Finding,
    area_mm2: Option<f32>,
    lung: Option<LungBox>,
) -> SavedLesion {
    SavedLesion {
        number: lesion.number,
        key_slice: lesion.key_slice,
        longest_mm: finding.longest_mm,
        perpendicular_mm: finding.perpendicular_mm,
        area_mm2,
        volume_ml: lesion.volume_ml,
        mean_value: finding.mean_value,
        confidence: lesion.confidence,
        place: lung.map(|lung| lung.place(finding)),
    }
}
