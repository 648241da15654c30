//! How much of a scan the findings are of.

use super::Finding;

/// How far a scan was searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Searched<'a> {
    /// Slices of the scan.
    pub slices: usize,
    /// Of which so many are segmented.
    pub segmented: usize,
    /// Of which so many show no lung, so that nothing was searched on them.
    pub without_lung: usize,
    /// Slices after which something is not shown
    /// ([`Volume::gaps`](crate::volume::Volume::gaps)).
    pub gaps: &'a [usize],
}

/// What may be where nobody has looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// All slices of a series, and none of the findings reaches its ends.
    Whole,
    /// All slices, but what reaches the first or the last of them goes on outside the scan.
    CutOff,
    /// All slices, but what is beside a gap between them goes on there, and may be one with what is
    /// beyond it; or nothing is marked, and may be there.
    Gap,
    /// Some slices: what was found may be larger on others, and what lies on slices that are no
    /// neighbours may be one nodule.
    Part,
    /// The only slice that there is, which says nothing of the rest of a lung.
    Slice,
}

impl Seen {
    /// Of these findings on what was searched.
    pub(super) fn of(findings: &[Finding], searched: &Searched<'_>) -> Self {
        let Searched { slices, gaps, .. } = *searched;
        let is_beside_gap = |finding: &Finding| {
            let slice = finding.slice;
            gaps.iter().any(|&gap| gap == slice || gap + 1 == slice)
        };
        let is_end = |finding: &Finding| finding.slice == 0 || finding.slice + 1 >= slices;
        if searched.segmented < slices {
            Self::Part
        } else if slices == 1 {
            Self::Slice
        } else if findings.iter().any(is_beside_gap) || (findings.is_empty() && !gaps.is_empty()) {
            Self::Gap
        } else if findings.iter().any(is_end) {
            Self::CutOff
        } else {
            Self::Whole
        }
    }
}

impl Searched<'_> {
    /// What nothing is known of, as a sentence and a space; empty where the scan was searched to
    /// its end.
    pub(super) fn words(&self) -> String {
        let Self {
            slices,
            segmented,
            without_lung,
            ..
        } = *self;
        if slices == 1 {
            return "One slice was searched; nothing is known of the rest of the lung. ".to_owned();
        }
        if segmented >= slices {
            return String::new();
        }
        let searched = segmented.saturating_sub(without_lung);
        let aside = match without_lung {
            0 => String::new(),
            n => format!(", {n} without a lung"),
        };
        let left = match slices - segmented {
            1 => "one".to_owned(),
            left => left.to_string(),
        };
        format!(
            "{searched} of {slices} slices searched{aside}; nothing is known of the other {left}. "
        )
    }
}
