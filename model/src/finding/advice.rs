//! What usually follows from a finding's size, as assistance to the person who decides.
//!
//! Size classes and intervals are those of the Fleischner Society for incidental solid
//! nodules in adults of 35 years and more (H. `MacMahon` et al., Radiology 2017,
//! doi:10.1148/radiol.2017161659), beside the categories of Lung-RADS v2022 for baseline
//! screening (American College of Radiology, November 2022). Both measure the mean of long
//! and short axis, rounded to whole millimetres (Lung-RADS: to a tenth). Neither covers
//! patients with known cancer or weakened immunity.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Finding, is_mass};

/// Stands beside every result.
pub const DISCLAIMER: &str = "Preliminary screening, not a diagnosis. Not a medical device. Every result must \
    be confirmed by a radiologist or another qualified physician.";

/// The sources of the advice, to be shown with it.
pub const SOURCES: [&str; 2] = [
    "Fleischner Society 2017, solid incidental nodules, adults of 35 years and more \
     (MacMahon et al., Radiology 284:228-243)",
    "Lung-RADS v2022, baseline screening (American College of Radiology)",
];

/// How soon someone should look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Nothing was marked.
    Nothing,
    /// Follow-up is usually not needed, or optional.
    Optional,
    /// Follow-up by CT within months.
    FollowUp,
    /// Work-up within weeks.
    Soon,
    /// Referral now.
    Prompt,
}

/// Size class of the largest nodule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SizeClass {
    /// The image does not tell millimetres.
    Unknown,
    /// Below 6 mm.
    Below6,
    /// 6 to 8 mm.
    From6To8,
    /// Above 8 mm, below 15 mm.
    Above8,
    /// 15 mm and more.
    From15,
    /// A mass, by its longest diameter: see [`is_mass`].
    Mass,
}

/// How much of a scan the findings are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// All slices of a series, and none of the findings reaches its ends.
    Whole,
    /// All slices, but what reaches the first or the last of them goes on outside the scan.
    CutOff,
    /// All slices, but what is beside a gap between them goes on there, and may be one with what is
    /// beyond it.
    Gap,
    /// Some slices: what was found may be larger on others, and what lies on slices that are no
    /// neighbours may be one nodule.
    Part,
}

impl Seen {
    /// Of `findings` on `segmented` of a scan's `slices`, after some of which there are `gaps`
    /// ([`Volume::gaps`](crate::volume::Volume::gaps)).
    pub fn of(findings: &[Finding], segmented: usize, slices: usize, gaps: &[usize]) -> Self {
        let is_beside_gap = |finding: &Finding| {
            let slice = finding.slice;
            gaps.iter().any(|&gap| gap == slice || gap + 1 == slice)
        };
        let is_end = |finding: &Finding| finding.slice == 0 || finding.slice + 1 >= slices;
        if segmented < slices {
            Self::Part
        } else if findings.iter().any(is_beside_gap) {
            Self::Gap
        } else if findings.iter().any(is_end) {
            Self::CutOff
        } else {
            Self::Whole
        }
    }
}

/// Recommendations for one analysis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// How soon.
    pub urgency: Urgency,
    /// Size class of the largest nodule; `None` without a finding.
    pub size: Option<SizeClass>,
    /// One line.
    pub headline: String,
    /// What it means, one or two sentences.
    pub text: String,
    /// Recommended actions, most important first.
    pub actions: Vec<&'static str>,
    /// Whom to consult.
    pub consultations: Vec<&'static str>,
}

impl SizeClass {
    /// The class of a mean diameter in mm, of what is no mass.
    pub fn of(mean_diameter_mm: f32) -> Self {
        // Fleischner rounds to whole millimetres before comparing, Lung-RADS, whose limit 15 mm is,
        // to tenths.
        let tenths = (mean_diameter_mm * 10.0).round();
        match mean_diameter_mm.round() {
            mm if mm < 6.0 => Self::Below6,
            mm if mm <= 8.0 => Self::From6To8,
            _ if tenths < 150.0 => Self::Above8,
            _ => Self::From15,
        }
    }

    /// How soon someone should look.
    pub fn urgency(self) -> Urgency {
        match self {
            Self::Below6 => Urgency::Optional,
            Self::Unknown | Self::From6To8 => Urgency::FollowUp,
            Self::Above8 => Urgency::Soon,
            Self::From15 | Self::Mass => Urgency::Prompt,
        }
    }
}

/// The category that a solid nodule of this mean diameter has at baseline screening (Lung-RADS
/// v2022).
pub fn lung_rads(mean_diameter_mm: f32) -> &'static str {
    // Lung-RADS rounds to a tenth.
    match (mean_diameter_mm * 10.0).round() {
        tenths if tenths < 60.0 => "2",
        tenths if tenths < 80.0 => "3",
        tenths if tenths < 150.0 => "4A",
        _ => "4B",
    }
}

/// Mean of long and short axis in mm, where spacing is known.
pub fn mean_diameter_mm(finding: &Finding) -> Option<f32> {
    Some(f32::midpoint(
        finding.longest_mm?,
        finding.perpendicular_mm?,
    ))
}

/// The largest of those of a lesion's findings, which it is classed by.
pub fn largest_mean_mm<'a>(findings: impl Iterator<Item = &'a Finding>) -> Option<f32> {
    findings.filter_map(mean_diameter_mm).max_by(f32::total_cmp)
}

/// Recommendations for all findings of an analysis, over all slices.
///
/// Findings of the same lesion count once, with their largest size. Where slices between were not
/// segmented, only lesions that lie on one slice are known to be several.
pub fn advise(findings: &[Finding], seen: Seen) -> Advice {
    let mut sizes: BTreeMap<usize, Option<f32>> = BTreeMap::new();
    let mut beside: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    let mut of_network = BTreeSet::new();
    for finding in findings {
        let size = sizes.entry(finding.lesion).or_default();
        *size = match (*size, mean_diameter_mm(finding)) {
            (Some(a), Some(b)) => Some(a.max(b)),
            (a, b) => a.or(b),
        };
        let on_slice = beside.entry(finding.slice).or_default();
        on_slice.insert(finding.lesion);
        if !finding.is_drawn() {
            of_network.insert(finding.lesion);
        }
    }
    let count = Count {
        marked: sizes.len(),
        separate: match seen {
            Seen::Whole | Seen::CutOff => sizes.len(),
            Seen::Gap | Seen::Part => beside.values().map(BTreeSet::len).max().unwrap_or(0),
        },
        drawn: sizes.len() - of_network.len(),
    };
    if count.marked == 0 {
        return nothing_found();
    }
    let largest = sizes.into_values().flatten().max_by(f32::total_cmp);
    let lengths = findings.iter().filter_map(|it| it.longest_mm);
    let mass = lengths.max_by(f32::total_cmp).filter(|&mm| is_mass(mm));
    let size = match (mass, largest) {
        (Some(_), _) => SizeClass::Mass,
        (None, Some(mm)) => SizeClass::of(mm),
        (None, None) => SizeClass::Unknown,
    };
    Advice {
        urgency: size.urgency(),
        size: Some(size),
        headline: headline(size),
        text: text(size, count, largest, seen) + &length(mass),
        actions: actions(size, count.separate > 1, seen),
        consultations: consultations(size),
    }
}

/// How many lesions there are.
#[derive(Debug, Clone, Copy)]
struct Count {
    /// Those that are not known to be connected.
    marked: usize,
    /// Of which so many surely are not.
    separate: usize,
    /// Of which so many the reader has drawn, where the network marked nothing.
    drawn: usize,
}

fn nothing_found() -> Advice {
    Advice {
        urgency: Urgency::Nothing,
        size: None,
        headline: "No finding above the threshold".to_owned(),
        text: "Nothing was marked on the slices analysed. That does not rule out a tumour: small, \
               faint or unusual ones can be missed, and slices that were not analysed can hold one."
            .to_owned(),
        actions: vec![
            "Have the whole scan read by a radiologist.",
            "With symptoms (cough, blood in sputum, weight loss) or a high risk, see a physician \
             regardless of this result.",
            "Decide nothing by this result alone: when to look again follows from the radiologist’s \
             reading.",
        ],
        consultations: vec!["Radiologist, for the regular reading of the scan"],
    }
}

fn headline(size: SizeClass) -> String {
    match size {
        SizeClass::Unknown => "Finding of unknown size",
        SizeClass::Below6 => "Small nodule, below 6 mm",
        SizeClass::From6To8 => "Nodule of 6 to 8 mm",
        SizeClass::Above8 => "Nodule above 8 mm",
        SizeClass::From15 => "Large nodule, 15 to 30 mm",
        SizeClass::Mass => "Mass above 30 mm",
    }
    .to_owned()
}

fn text(size: SizeClass, count: Count, largest_mm: Option<f32>, seen: Seen) -> String {
    let number = match count.marked {
        1 => "One lesion was marked".to_owned(),
        marked if marked == count.separate => format!("{marked} lesions were marked"),
        marked => format!(
            "{marked} lesions were marked, some of which may be the same nodule on other slices"
        ),
    };
    let drawn = match count.drawn {
        0 => String::new(),
        _ if count.marked == 1 => " by the reader, not by the network".to_owned(),
        drawn => format!(", {drawn} of them by the reader only"),
    };
    let measured = match (largest_mm, count.marked) {
        (None, _) => {
            ". The image does not say how large a pixel is, so no size class applies".to_owned()
        }
        (Some(mm), 1) => format!(", {mm:.1} mm in mean diameter"),
        (Some(mm), _) => format!("; the largest is {mm:.1} mm in mean diameter"),
    };
    let meaning = match size {
        SizeClass::Unknown => "Open the original DICOM series to have it measured.",
        SizeClass::Below6 => "Nodules of this size are malignant in fewer than 1 of 100 patients.",
        SizeClass::From6To8 => "Most nodules of this size are benign; growth over time decides.",
        SizeClass::Above8 => "The risk of malignancy calls for a work-up.",
        SizeClass::From15 => "Malignancy is likely enough that a work-up should not wait.",
        SizeClass::Mass => "Masses of this size are malignant until proven otherwise.",
    };
    let end = match (seen, largest_mm.map(lung_rads)) {
        (Seen::Whole, Some(category)) => {
            format!(" Lung-RADS category if solid, at baseline: {category}.")
        }
        (Seen::CutOff, Some(_)) => " Beyond the slices of this scan it may be larger.".to_owned(),
        (Seen::Gap, Some(_)) => " Where this scan has no slices it may be larger.".to_owned(),
        (Seen::Part, Some(_)) => " On slices that were not segmented it may be larger.".to_owned(),
        (_, None) => String::new(),
    };
    format!("{number}{drawn}{measured}. {meaning}{end}")
}

/// A mass is told by its length, which the text else says nothing of.
fn length(mass_mm: Option<f32>) -> String {
    mass_mm.map_or_else(String::new, |mm| {
        format!(" The longest diameter is {mm:.1} mm.")
    })
}

fn actions(size: SizeClass, is_multiple: bool, seen: Seen) -> Vec<&'static str> {
    let mut actions = match (size, is_multiple) {
        (SizeClass::Unknown, _) => {
            vec!["Measure the finding on the original scan before planning any follow-up."]
        }
        (SizeClass::Below6, _) => vec![
            match seen {
                Seen::Whole => "Low risk: no routine follow-up.",
                Seen::CutOff | Seen::Gap | Seen::Part => {
                    "Have all of it measured, on every slice: only a nodule below 6 mm throughout \
                     needs no routine follow-up at low risk."
                }
            },
            "High risk (smoking, family history, upper lobe, spiculation): optional CT at 12 months.",
        ],
        (SizeClass::From6To8, false) => vec![
            "CT at 6 to 12 months.",
            "Then CT at 18 to 24 months: to be considered at low risk, recommended at high risk.",
        ],
        (SizeClass::From6To8, true) => vec![
            "CT at 3 to 6 months, guided by the most suspicious nodule.",
            "Then CT at 18 to 24 months: to be considered at low risk, recommended at high risk.",
        ],
        (SizeClass::Above8, false) => {
            vec!["Consider CT at 3 months, PET/CT or tissue sampling."]
        }
        (SizeClass::Above8, true) => vec![
            "CT at 3 to 6 months, guided by the most suspicious nodule.",
            "Then CT at 18 to 24 months: to be considered at low risk, recommended at high risk.",
            "Consider PET/CT or tissue sampling of the most suspicious nodule.",
        ],
        (SizeClass::From15, _) => vec![
            "Refer for further clinical evaluation now.",
            "Diagnostic chest CT with or without contrast, PET/CT, tissue sampling, as the \
             clinical evaluation indicates.",
        ],
        (SizeClass::Mass, _) => vec![
            "Refer urgently to a lung cancer team.",
            "Diagnostic CT of chest and upper abdomen, PET/CT and tissue sampling, as the \
             clinical evaluation indicates.",
        ],
    };
    actions.push("Compare with earlier scans: a nodule unchanged for two years is likely benign.");
    actions.push(match size {
        SizeClass::Below6 | SizeClass::From6To8 | SizeClass::Above8 => {
            "Confirm on thin slices (1.5 mm or less): the intervals above hold for solid nodules; \
             part-solid and ground-glass ones follow others."
        }
        _ => "Confirm on thin slices (1.5 mm or less).",
    });
    actions
}

fn consultations(size: SizeClass) -> Vec<&'static str> {
    let radiologist = "Radiologist, to confirm and measure the finding";
    match size {
        SizeClass::Below6 => vec![radiologist, "General practitioner, to weigh risk factors"],
        SizeClass::Unknown | SizeClass::From6To8 => {
            vec![radiologist, "Pulmonologist, to plan the follow-up"]
        }
        SizeClass::Above8 => vec![
            radiologist,
            "Pulmonologist, within weeks",
            "Lung nodule board, on PET/CT or biopsy",
        ],
        SizeClass::From15 | SizeClass::Mass => vec![
            radiologist,
            "Pulmonologist, within days",
            "Thoracic surgeon and oncologist, in a tumour board",
        ],
    }
}

#[cfg(test)]
mod tests;
