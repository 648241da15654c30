//! What the page knows of an open scan; the values stay in the worker.

use serde::{Deserialize, Serialize};

use crate::volume::even::{are_even, steps_mm};
use crate::volume::{Intensity, PixelSpacing};

/// Begins the line of [`VolumeInfo::identity`] with the day of the examination.
pub const EXAMINED: &str = "Examined: ";

/// What was opened.
#[expect(
    clippy::struct_excessive_bools,
    reason = "four facts of a file, of which none says anything of another"
)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VolumeInfo {
    /// Height in pixels.
    pub rows: usize,
    /// Width in pixels.
    pub cols: usize,
    /// Number of slices.
    pub slices: usize,
    /// Meaning of values.
    pub intensity: Intensity,
    /// The grey levels that it is shown with at first, darkest and brightest, where it has more
    /// than a screen.
    #[serde(default)]
    pub first_levels: Option<(i16, i16)>,
    /// Pixel spacing.
    pub spacing: Option<PixelSpacing>,
    /// Whether that is the reader's calibration.
    #[serde(default)]
    pub is_calibrated: bool,
    /// Slice spacing in mm.
    pub slice_spacing_mm: Option<f32>,
    /// Whether planes across the slices show what is there as it is, see
    /// [`Volume::is_stack`](crate::volume::Volume::is_stack).
    pub is_stack: bool,
    /// Where each slice lies from feet to head, mm; empty if the file does not say so.
    pub slice_positions_mm: Vec<f32>,
    /// Number of each slice's image in its series, see
    /// [`Volume::instance_numbers`](crate::volume::Volume::instance_numbers).
    pub instance_numbers: Vec<usize>,
    /// Whether it is known which side is the patient's left and which end the head's, see
    /// [`Volume::is_oriented`](crate::volume::Volume::is_oriented).
    pub is_oriented: bool,
    /// Slices after which something is not shown, see
    /// [`Volume::gaps`](crate::volume::Volume::gaps).
    pub gaps: Vec<usize>,
    /// Whether it is a DICOM series that a DICOM file about the result can refer to.
    pub has_series: bool,
    /// Whose it is, as the file says, in lines; empty where it says nothing. Only of such a series.
    pub identity: String,
    /// Place of its patient among those of all files, where these are of several.
    #[serde(default)]
    pub patient: Option<usize>,
    /// The series that the files hold, in words to choose one by; they go nowhere but on the
    /// screen. Empty where files hold none.
    pub series: Vec<String>,
    /// Place of the open one among them.
    pub chosen_series: usize,
    /// Number of the open one in its study, as the file says.
    pub series_number: Option<i32>,
    /// Format in words.
    pub format: String,
    /// What the user should know.
    pub notes: Vec<String>,
}

impl VolumeInfo {
    /// The day of the examination as the file says it, `YYYY-MM-DD`.
    pub fn examined_on(&self) -> Option<&str> {
        let mut lines = self.identity.lines();
        lines.find_map(|line| line.strip_prefix(EXAMINED))
    }

    /// Whether the reader may say how large pixels are: the file does not.
    pub fn can_be_calibrated(&self) -> bool {
        self.spacing.is_none() || self.is_calibrated
    }

    /// As [`Volume::calibrate`](crate::volume::Volume::calibrate).
    pub fn calibrate(&mut self, pixel_mm: Option<f32>) {
        if self.can_be_calibrated() {
            self.spacing = pixel_mm.map(PixelSpacing::square);
            self.is_calibrated = pixel_mm.is_some();
        }
    }

    /// What every other viewer calls the image of a slice, `Im 114`, if the file says it.
    pub fn image_words(&self, slice: usize) -> Option<String> {
        let number = self.instance_numbers.get(slice)?;
        Some(format!("Im\u{a0}{number}"))
    }

    /// Which of several series it is, for its title: `series 3 (2 of 5)` by number, which those of
    /// two studies may have in common, and place; `series 2 of 5` where the file gives no number.
    /// `None` without others.
    pub fn series_words(&self) -> Option<String> {
        let count = self.series.len();
        (count > 1).then(|| match self.series_number {
            Some(number) => format!("series {number} ({} of {count})", self.chosen_series + 1),
            None => format!("series {} of {count}", self.chosen_series + 1),
        })
    }

    /// Distances from each slice to the next, in mm. Empty if the usual one is not known.
    pub fn steps_mm(&self) -> Vec<f32> {
        self.slice_spacing_mm.map_or_else(Vec::new, |usual_mm| {
            steps_mm(&self.slice_positions_mm, usual_mm, self.slices)
        })
    }

    /// Whether slices are as even as needs no note; also where their places are not known.
    pub fn is_even(&self) -> bool {
        let Some(usual_mm) = self.slice_spacing_mm else {
            return self.slice_positions_mm.len() < 2;
        };
        let steps = self.steps_mm();
        are_even(steps.into_iter().map(f64::from), usual_mm.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nothing() -> VolumeInfo {
        VolumeInfo {
            rows: 1,
            cols: 1,
            slices: 1,
            intensity: Intensity::Hounsfield,
            first_levels: None,
            spacing: None,
            is_calibrated: false,
            slice_spacing_mm: None,
            is_stack: false,
            slice_positions_mm: Vec::new(),
            instance_numbers: Vec::new(),
            is_oriented: false,
            gaps: Vec::new(),
            has_series: true,
            identity: String::new(),
            patient: None,
            series: Vec::new(),
            chosen_series: 0,
            series_number: None,
            format: String::new(),
            notes: Vec::new(),
        }
    }

    #[test]
    fn a_gap_makes_a_series_uneven() {
        let at = |positions: &[f32]| VolumeInfo {
            slice_spacing_mm: Some(1.25),
            slice_positions_mm: positions.to_vec(),
            ..nothing()
        };
        assert!(at(&[]).is_even() && at(&[-3.0]).is_even());
        assert!(at(&[0.0, 1.25, 2.51, 3.75]).is_even());
        assert!(!at(&[0.0, 1.25, 3.75, 5.0]).is_even());
    }

    #[test]
    fn a_tilted_gantry_leaves_a_series_even() {
        // Slices 2.5 mm apart along the patient and 30° out of plumb.
        let tilted = |positions: &[f32]| VolumeInfo {
            slice_spacing_mm: Some(2.165),
            slice_positions_mm: positions.to_vec(),
            ..nothing()
        };
        assert!(tilted(&[0.0, 2.5, 5.0, 7.5]).is_even());
        assert!(!tilted(&[0.0, 2.5, 5.0, 10.0]).is_even());
    }

    #[test]
    fn one_of_several_series_is_called_by_its_number_or_its_place() {
        let words = |count, series_number| {
            let info = VolumeInfo {
                series: vec!["9 slices".to_owned(); count],
                chosen_series: 1,
                series_number,
                ..nothing()
            };
            info.series_words()
        };
        assert_eq!(words(3, Some(12)).as_deref(), Some("series 12 (2 of 3)"));
        assert_eq!(words(3, None).as_deref(), Some("series 2 of 3"));
        assert_eq!(words(1, Some(12)), None);
    }

    #[test]
    fn the_day_is_that_of_its_own_line() {
        let named = |identity: &str| VolumeInfo {
            identity: identity.to_owned(),
            ..nothing()
        };
        let day = |identity: &str| named(identity).examined_on().map(str::to_owned);
        let said = day("Patient: Doe, John\nExamined: 2026-01-02\nStudy: Thorax\n");
        assert_eq!(said.as_deref(), Some("2026-01-02"));
        assert_eq!(day("Patient: Examined: x\n"), None);
    }
}
