//! What usually follows from a finding's size, as assistance to the person who decides.
//!
//! Size classes and intervals are those of the Fleischner Society for incidental solid
//! nodules in adults of 35 years and more (H. `MacMahon` et al., Radiology 2017,
//! doi:10.1148/radiol.2017161659), beside the categories of Lung-RADS v2022 for baseline
//! screening (American College of Radiology, November 2022). Both measure the mean of long
//! and short axis, rounded to whole millimetres (Lung-RADS: to a tenth). Neither covers
//! patients with known cancer or weakened immunity. Of several nodules the most suspicious one
//! guides management, which need not be the largest (Fleischner); more than half of the networks'
//! marks were no nodules in their test (`model/MODEL_CARD.md`, "What to expect").
//!
//! All this is of nodules that were seen whole. Where slices were not searched, or a nodule reaches
//! the end of what the scan shows, its size is the least that it can have, and no risk is named.

mod actions;
mod seen;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{ERROR_MM, Finding, MASS_MM, is_mass};
pub use seen::Searched;
use seen::Seen;

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

/// Recommendations for one analysis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// How soon.
    pub urgency: Urgency,
    /// Size class of the largest nodule; `None` without a finding.
    pub size: Option<SizeClass>,
    /// Whether the scan was searched to its end, and shows all of what was found.
    pub is_complete: bool,
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

/// The same in pixels.
pub fn mean_diameter_px(finding: &Finding) -> f32 {
    f32::midpoint(finding.longest_px, finding.perpendicular_px)
}

/// What findings of one scan, and the lesions that they are of, are compared by wherever one is
/// said to be larger than another: the mean diameter that the advice goes by, in pixels where
/// nobody knows how large these are.
pub fn size(finding: &Finding) -> f32 {
    mean_diameter_mm(finding).unwrap_or_else(|| mean_diameter_px(finding))
}

/// The largest of those of a lesion's findings, which it is classed by.
pub fn largest_mean_mm<'a>(findings: impl Iterator<Item = &'a Finding>) -> Option<f32> {
    findings.filter_map(mean_diameter_mm).max_by(f32::total_cmp)
}

/// Recommendations for all findings of an analysis, over all slices.
///
/// Findings of the same lesion count once, and the largest of all is what this goes by. Where
/// slices between were not segmented, only lesions that lie on one slice are known to be several.
pub fn advise(findings: &[Finding], searched: &Searched<'_>) -> Advice {
    let seen = Seen::of(findings, searched);
    let mut beside: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    let (mut lesions, mut of_network) = (BTreeSet::new(), BTreeSet::new());
    for finding in findings {
        lesions.insert(finding.lesion);
        let on_slice = beside.entry(finding.slice).or_default();
        on_slice.insert(finding.lesion);
        if !finding.is_drawn() {
            of_network.insert(finding.lesion);
        }
    }
    let count = Count {
        marked: lesions.len(),
        separate: match seen {
            Seen::Whole | Seen::CutOff | Seen::Slice => lesions.len(),
            Seen::Gap | Seen::Part => beside.values().map(BTreeSet::len).max().unwrap_or(0),
        },
        drawn: lesions.len() - of_network.len(),
    };
    if count.marked == 0 {
        return nothing_found(seen, &searched.words());
    }
    let largest = largest_mean_mm(findings.iter());
    let lengths = findings.iter().filter_map(|it| it.longest_mm);
    let longest = lengths.max_by(f32::total_cmp);
    let mass = longest.filter(|&mm| is_mass(mm));
    let size = match (mass, largest) {
        (Some(_), _) => SizeClass::Mass,
        (None, Some(mm)) => SizeClass::of(mm),
        (None, None) => SizeClass::Unknown,
    };
    let mut text = searched.words() + &text(size, count, largest, seen) + &length(mass);
    // Else only the least size is known.
    if !matches!(seen, Seen::Part | Seen::Slice) {
        text += &borders(size, largest, longest);
    }
    Advice {
        urgency: size.urgency(),
        size: Some(size),
        is_complete: seen == Seen::Whole,
        headline: headline(size, seen),
        text,
        actions: actions::of(size, count, seen),
        consultations: actions::consultations(size),
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

fn nothing_found(seen: Seen, coverage: &str) -> Advice {
    let (headline, end) = match seen {
        Seen::Whole | Seen::CutOff => ("No finding above the threshold", ""),
        Seen::Gap => (
            "No finding above the threshold",
            " Where this scan has no slices, nothing is known.",
        ),
        Seen::Part | Seen::Slice => ("No finding as far as searched", ""),
    };
    Advice {
        urgency: Urgency::Nothing,
        size: None,
        is_complete: seen == Seen::Whole,
        headline: headline.to_owned(),
        text: format!(
            "{coverage}Nothing was marked where it was searched. That does not rule out a tumour \
             there: small, faint or unusual ones can be missed.{end}"
        ),
        actions: actions::of_nothing(seen),
        consultations: vec!["Radiologist, for the regular reading of the scan"],
    }
}

fn headline(size: SizeClass, seen: Seen) -> String {
    let size = match size {
        SizeClass::Unknown => "Finding of unknown size",
        SizeClass::Below6 if seen != Seen::Whole => "Nodule below 6\u{a0}mm",
        SizeClass::Below6 => "Small nodule, below 6\u{a0}mm",
        SizeClass::From6To8 => "Nodule of 6 to 8\u{a0}mm",
        SizeClass::Above8 => "Nodule above 8\u{a0}mm",
        SizeClass::From15 => "Large nodule, 15 to 30\u{a0}mm",
        SizeClass::Mass => return "Mass above 30\u{a0}mm".to_owned(),
    };
    let extent = match seen {
        Seen::Part | Seen::Slice => ", as far as searched",
        Seen::Whole | Seen::CutOff | Seen::Gap => "",
    };
    [size, extent].concat()
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
        (Some(mm), 1) => format!(", {mm:.1}\u{a0}mm in mean diameter"),
        (Some(mm), _) => format!("; the largest is {mm:.1}\u{a0}mm in mean diameter"),
    };
    let meaning = match size {
        // What is known to be so small at least is of no known risk.
        SizeClass::Below6 | SizeClass::From6To8 if seen != Seen::Whole => "",
        SizeClass::Unknown => " Open the original DICOM series to have it measured.",
        SizeClass::Below6 => " Nodules of this size are malignant in fewer than 1 of 100 patients.",
        SizeClass::From6To8 => " Most nodules of this size are benign; growth over time decides.",
        SizeClass::Above8 => " The risk of malignancy calls for a work-up.",
        SizeClass::From15 => " Malignancy is likely enough that a work-up should not wait.",
        SizeClass::Mass => " Masses of this size are malignant until proven otherwise.",
    };
    let end = match (seen, largest_mm.map(lung_rads)) {
        (Seen::Whole, Some(category)) => {
            format!(" Lung-RADS category if solid, at baseline: {category}.")
        }
        (Seen::CutOff, Some(_)) => " Beyond the slices of this scan it may be larger.".to_owned(),
        (Seen::Gap, Some(_)) => " Where this scan has no slices it may be larger.".to_owned(),
        (Seen::Part, Some(_)) => " On slices that were not segmented it may be larger.".to_owned(),
        (Seen::Slice, Some(_)) => " On other slices it may be larger.".to_owned(),
        (_, None) => String::new(),
    };
    format!("{number}{drawn}{measured}.{meaning}{end}")
}

/// A mass is told by its length, which the text else says nothing of.
fn length(mass_mm: Option<f32>) -> String {
    mass_mm.map_or_else(String::new, |mm| {
        format!(" The longest diameter is {mm:.1}\u{a0}mm.")
    })
}

/// On which other sides of borders between classes it may lie, for all that measuring tells.
fn borders(size: SizeClass, mean_mm: Option<f32>, longest_mm: Option<f32>) -> String {
    let mean_mm = mean_mm.filter(|_| size != SizeClass::Mass);
    let near = [
        (mean_mm, 6.0, "6"),
        (mean_mm, 8.0, "8"),
        (mean_mm, 15.0, "15"),
        (longest_mm, MASS_MM, "30"),
    ]
    .into_iter()
    .filter(|(mm, border, _)| mm.is_some_and(|mm| (mm - border).abs() <= ERROR_MM));
    let near: Vec<&str> = near.map(|(.., words)| words).collect();
    if near.is_empty() {
        return String::new();
    }
    format!(
        " Sizes are measured to within {ERROR_MM:.1}\u{a0}mm: it may be on the other side of \
         {}\u{a0}mm.",
        near.join(" or ")
    )
}

#[cfg(test)]
mod tests;
