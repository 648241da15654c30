//! The box around both lungs, in which places are told.

use super::content::Content;
use super::label::{FINAL, LUNG};
use super::lesion::Place;
use super::runs::Runs;
use crate::finding::Finding;

/// The box around the lung fields of all segmented slices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LungBox {
    rows: (usize, usize),
    cols: (usize, usize),
    slices: (usize, usize),
    /// Whether every slice of the scan was segmented, since the upper and lower ends of others are
    /// not those of the lung, none is missing in between, since heights are told by the numbers of
    /// slices, and it is known which end is the head's.
    has_heights: bool,
}

/// Whether the numbers of a scan's slices tell heights: there are no gaps between them, or one
/// after each, as scans of few thin slices have them.
pub fn slices_tell_heights(gaps: &[usize], slices: usize) -> bool {
    gaps.is_empty() || gaps.len() + 1 >= slices
}

impl LungBox {
    /// Over label maps of `cols` columns, each with its slice's place, of a scan of `slices`;
    /// `None` if none has lung.
    pub fn around<'a>(
        maps: impl Iterator<Item = (usize, &'a [u8])>,
        cols: usize,
        slices: usize,
    ) -> Option<Self> {
        let mut found: Option<Self> = None;
        let mut segmented = 0;
        for (slice, labels) in maps {
            segmented += 1;
            for (row, line) in labels.chunks_exact(cols.max(1)).enumerate() {
                let (Some(first), Some(last)) = (
                    line.iter().position(|&label| is_lung(label)),
                    line.iter().rposition(|&label| is_lung(label)),
                ) else {
                    continue;
                };
                Self::widen(&mut found, (row, row), (first, last), slice);
            }
        }
        found.map(|lung| Self {
            has_heights: segmented >= slices,
            ..lung
        })
    }

    /// Over the masks of a document, which stay folded: the server takes no memory for them.
    pub fn of_content(content: &Content<'_>) -> Option<Self> {
        let Content { saved, masks } = content;
        let cols = saved.cols.max(1);
        let mut found = None;
        for (slice, mask) in saved.slices.iter().zip(masks) {
            let mut end = 0;
            for (value, length) in Runs(mask).map_while(Result::ok) {
                let (first, last) = (end, end + length - 1);
                end += length;
                if !is_lung(value) {
                    continue;
                }
                let rows = (first / cols, last / cols);
                let within = if rows.0 == rows.1 {
                    (first % cols, last % cols)
                } else {
                    (0, cols - 1)
                };
                Self::widen(&mut found, rows, within, slice.slice);
            }
        }
        found.map(|lung: Self| Self {
            has_heights: saved.slices.len() >= saved.scan_slices
                && slices_tell_heights(&saved.gaps, saved.scan_slices)
                && !saved.is_head_unknown,
            ..lung
        })
    }

    /// The same box, without heights in it unless they `are_known`: its slices tell them
    /// ([`slices_tell_heights`]), and it says which of its ends is the head's.
    #[must_use]
    pub fn with_heights(self, are_known: bool) -> Self {
        Self {
            has_heights: self.has_heights && are_known,
            ..self
        }
    }

    fn widen(found: &mut Option<Self>, rows: (usize, usize), cols: (usize, usize), slice: usize) {
        let both = |a: (usize, usize), b: (usize, usize)| (a.0.min(b.0), a.1.max(b.1));
        let slices = (slice, slice);
        let lung = found.get_or_insert(Self {
            rows,
            cols,
            slices,
            has_heights: false,
        });
        lung.rows = both(lung.rows, rows);
        lung.cols = both(lung.cols, cols);
        lung.slices = both(lung.slices, slices);
    }

    /// Where in the box a finding lies.
    pub(crate) fn place(&self, finding: &Finding) -> Place {
        let share = |at: f32, (first, last): (usize, usize)| {
            (at - first as f32) / (last - first).max(1) as f32
        };
        Place {
            left: share(finding.centre.1, self.cols),
            back: share(finding.centre.0, self.rows),
            up: (self.has_heights && self.slices.1 > self.slices.0)
                .then(|| share(finding.slice as f32, self.slices)),
        }
    }
}

/// Lung without tumour: the lung field takes in masses at the chest wall, and one that grows into
/// the wall must not shift the places of all others.
fn is_lung(label: u8) -> bool {
    label & (LUNG | FINAL) == LUNG
}
