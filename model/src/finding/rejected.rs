//! A finding that the reader has taken out of the result, kept so that it can be put back.

use serde::{Deserialize, Serialize};

use super::Finding;

/// A rejected finding and where its pixels are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rejected {
    /// As it was measured.
    pub finding: Finding,
    /// Its pixels as runs along the slice: first index (`row · cols + col`) and length, ascending.
    pub runs: Vec<(usize, usize)>,
    /// Whether the reader had confirmed it before; absent where not, and in documents of earlier
    /// releases.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub was_confirmed: bool,
}

impl Rejected {
    /// A finding whose pixels have these indices, ascending.
    pub fn new(finding: Finding, pixels: &[usize]) -> Self {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for &pixel in pixels {
            match runs.last_mut() {
                Some((first, length)) if *first + *length == pixel => *length += 1,
                _ => runs.push((pixel, 1)),
            }
        }
        Self {
            finding,
            runs,
            was_confirmed: false,
        }
    }

    /// The indices of its pixels, ascending.
    pub fn pixels(&self) -> impl Iterator<Item = usize> {
        self.runs
            .iter()
            .flat_map(|&(first, length)| first..first.saturating_add(length))
    }

    /// Whether the runs are ascending, apart, and inside a slice of `pixels` pixels.
    pub fn fits(&self, pixels: usize) -> bool {
        let mut free_from = 0;
        !self.runs.is_empty()
            && self.runs.iter().all(|&(first, length)| {
                let end = first.checked_add(length);
                let fits = length > 0 && first >= free_from && end.is_some_and(|e| e <= pixels);
                free_from = end.map_or(usize::MAX, |e| e.saturating_add(1));
                fits
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Segment;

    fn rejected(runs: &[(usize, usize)]) -> Rejected {
        let line = Segment {
            from: (0.0, 0.0),
            to: (0.0, 0.0),
        };
        let finding = Finding {
            slice: 0,
            lesion: 1,
            area_px: 1,
            area_mm2: None,
            longest: line,
            longest_mm: None,
            longest_px: 1.0,
            perpendicular: line,
            perpendicular_mm: None,
            perpendicular_px: 1.0,
            mean_value: 0.0,
            confidence: 0.5,
            centre: (0.0, 0.0),
        };
        Rejected {
            runs: runs.to_vec(),
            ..Rejected::new(finding, &[])
        }
    }

    #[test]
    fn pixels_come_back_out_of_their_runs() {
        let pixels = [3, 4, 5, 9, 12, 13];
        let rejected = Rejected::new(rejected(&[]).finding, &pixels);
        assert_eq!(rejected.runs, [(3, 3), (9, 1), (12, 2)]);
        assert!(rejected.pixels().eq(pixels));
        assert!(rejected.fits(14) && !rejected.fits(13));
    }

    #[test]
    fn runs_that_overlap_touch_or_leave_the_slice_do_not_fit() {
        for runs in [
            &[][..],
            &[(0, 0)],
            &[(5, 2), (1, 1)],
            &[(1, 2), (2, 1)],
            &[(1, 2), (3, 1)],
            &[(15, 2)],
            &[(usize::MAX, 2)],
            &[(2, usize::MAX)],
        ] {
            assert!(!rejected(runs).fits(16), "{runs:?}");
        }
        assert!(rejected(&[(1, 2), (4, 12)]).fits(16));
    }
}
