//! A scan in memory: one slice or a stack of them, in one fixed orientation.
//!
//! Whatever the file said, a [`Volume`] is stored the way a radiologist reads an
//! axial slice: columns run towards the patient's **left**, rows towards the
//! patient's **back**, slices towards the patient's **head** (DICOM's LPS axes with
//! ascending slice positions). Readers in [`crate::open`] flip what comes
//! differently, so no later step has to think about orientation.

pub mod around;
mod dicom_series;
pub(crate) mod even;
mod file_grid;
mod levels;

use serde::{Deserialize, Serialize};

pub use dicom_series::{CopiedElement, DicomSeries, DicomSlice, FilePlane};
use even::steps_mm;
pub use file_grid::{FileGrid, NiftiSpace};
pub use levels::usual_levels;

/// A step is a gap if it is so many times the usual one, and slices do not touch if it is so many
/// times their thickness.
const GAP: f32 = 1.5;
/// No step up to this is a gap, mm, …
const LEAST_GAP_MM: f32 = 5.0;
/// … and any above this is one: slices are up to 10 mm thick, and files round positions.
const MOST_GAP_MM: f32 = 10.1;

/// What a stored value means.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Intensity {
    /// Hounsfield units (−1000 air, 0 water).
    Hounsfield,
    /// Grey levels from 0 to `max` without physical meaning (PNG, JPEG).
    Grey {
        /// The brightest level the source can store (255 for 8-bit images).
        max: i16,
    },
}

/// Distance between pixel centres within a slice, in millimetres.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PixelSpacing {
    /// Between neighbouring rows (down the image).
    pub row_mm: f32,
    /// Between neighbouring columns (across the image).
    pub col_mm: f32,
}

/// Between pixels, mm. CT has 0.2 to 1, PET up to 6; files in metres, centimetres or micrometres
/// without a word of it are far outside.
const PIXEL_MM: std::ops::RangeInclusive<f32> = 0.1..=10.0;

/// Longest edge of a slice, mm: the largest fields of view have 820.
const FIELD_MM: f32 = 1200.0;

/// Whether pixels of a CT can be so large.
pub fn is_possible_mm(mm: f32) -> bool {
    PIXEL_MM.contains(&mm)
}

impl PixelSpacing {
    /// Of square pixels.
    pub const fn square(mm: f32) -> Self {
        Self {
            row_mm: mm,
            col_mm: mm,
        }
    }

    /// Whether it can be that of a CT with slices of so many `(rows, cols)`.
    pub fn is_possible(self, (rows, cols): (usize, usize)) -> bool {
        let is_field =
            |pixels: usize, mm: f32| is_possible_mm(mm) && pixels as f32 * mm <= FIELD_MM;
        is_field(rows, self.row_mm) && is_field(cols, self.col_mm)
    }

    /// Area of one pixel in mm².
    pub fn area_mm2(self) -> f32 {
        self.row_mm * self.col_mm
    }
}

/// A stack of equally sized axial slices.
#[derive(Debug, Clone, PartialEq)]
pub struct Volume {
    /// Height of a slice in pixels.
    pub rows: usize,
    /// Width of a slice in pixels.
    pub cols: usize,
    /// `slices × rows × cols` values, slice after slice, each row-major.
    pub voxels: Vec<i16>,
    /// What the values mean.
    pub intensity: Intensity,
    /// Pixel spacing, if the file says so, or the reader.
    pub spacing: Option<PixelSpacing>,
    /// Whether the pixel spacing is the reader's calibration.
    pub is_calibrated: bool,
    /// Distance between slice centres in mm, if known.
    pub slice_spacing_mm: Option<f32>,
    /// How much of the patient a slice shows along the stack, mm, if the file says so.
    pub slice_thickness_mm: Option<f32>,
    /// Patient coordinates (LPS, mm) of voxel (col, row, slice, 1): three rows of a
    /// 4×4 affine matrix, if the file says so.
    pub patient_from_voxel: Option<[[f64; 4]; 3]>,
    /// Whether the file says how the scan lies in the patient, which it may without saying how
    /// large its voxels are. If not, left may be right, and the slices are in the file's own order,
    /// where the last one may be that at the feet.
    pub is_oriented: bool,
    /// Where each slice lies from feet to head (z of its first pixel, LPS, mm), as viewers of DICOM
    /// show it; where only locations along the table are known, these, which may count from the
    /// head. Empty if the file does not say so.
    pub slice_positions_mm: Vec<f32>,
    /// Number of each slice's image in its DICOM series, by which every other viewer and the report
    /// call it; of a file of several frames, that of the frame. Empty where the file does not say
    /// it of all.
    pub instance_numbers: Vec<usize>,
    /// Where the voxels lie in the file, if that has a grid of its own.
    pub file_grid: Option<FileGrid>,
    /// The DICOM series it was read from, if that says all that a DICOM file about the result
    /// needs.
    pub dicom: Option<DicomSeries>,
    /// The format in words for the user, e.g. `DICOM, JPEG 2000 lossless`.
    pub format: String,
    /// Things the user should know about how the file was read.
    pub notes: Vec<String>,
}

impl Volume {
    /// Slices of which nothing else is known: neither how they lie in the patient nor how large
    /// their pixels are.
    pub fn without_place(
        (rows, cols): (usize, usize),
        voxels: Vec<i16>,
        intensity: Intensity,
    ) -> Self {
        Self {
            rows,
            cols,
            voxels,
            intensity,
            spacing: None,
            is_calibrated: false,
            slice_spacing_mm: None,
            slice_thickness_mm: None,
            patient_from_voxel: None,
            is_oriented: false,
            slice_positions_mm: Vec::new(),
            instance_numbers: Vec::new(),
            file_grid: None,
            dicom: None,
            format: String::new(),
            notes: Vec::new(),
        }
    }

    /// The reader says how large pixels are, which the file does not; `None` takes that back.
    pub fn calibrate(&mut self, pixel_mm: Option<f32>) {
        if self.spacing.is_none() || self.is_calibrated {
            self.spacing = pixel_mm.map(PixelSpacing::square);
            self.is_calibrated = pixel_mm.is_some();
        }
    }

    /// Number of slices.
    pub fn slices(&self) -> usize {
        let pixels = self.rows * self.cols;
        self.voxels.len().checked_div(pixels).unwrap_or(0)
    }

    /// Values of slice `index`, row-major; `None` past the end.
    pub fn slice(&self, index: usize) -> Option<&[i16]> {
        let pixels = self.rows * self.cols;
        let start = index.checked_mul(pixels)?;
        self.voxels.get(start..start.checked_add(pixels)?)
    }

    /// Distances from each slice to the next, in mm. Empty if the usual one is not known.
    pub fn steps_mm(&self) -> Vec<f32> {
        let Some(usual_mm) = self.slice_spacing_mm else {
            return Vec::new();
        };
        steps_mm(&self.slice_positions_mm, usual_mm, self.slices())
    }

    /// Whether slices touch, or nearly, as far as is known. Those of some examinations are thin and
    /// far apart (HRCT: 1 mm every 10 or 20 mm).
    pub fn slices_touch(&self) -> bool {
        let distances = self.slice_spacing_mm.zip(self.slice_thickness_mm);
        distances.is_none_or(|(step_mm, thickness_mm)| step_mm <= GAP * thickness_mm)
    }

    /// For each slice, whether the next one is close enough for a lesion to continue into it;
    /// `true` for the last. A slice or two of a thin series may be missing.
    pub fn goes_on(&self) -> Vec<bool> {
        let usual_mm = self.slice_spacing_mm.filter(|_| self.slices_touch());
        let most_mm = LEAST_GAP_MM.max(usual_mm.unwrap_or(0.0) * GAP);
        let most_mm = most_mm.min(MOST_GAP_MM);
        let steps = self.steps_mm().into_iter().map(|mm| mm <= most_mm);
        let after_the_last = std::iter::repeat(true);
        steps.chain(after_the_last).take(self.slices()).collect()
    }

    /// Slices after which something is not shown: the next one is too far, or they do not touch.
    pub fn gaps(&self) -> Vec<usize> {
        let touch = self.slices_touch();
        let all = self.goes_on().into_iter().enumerate();
        let gaps = all.filter(|(_, goes_on)| !touch || !goes_on);
        gaps.map(|(slice, _)| slice).collect()
    }

    /// How far along the stack each slice stands for, in mm: half the way to the slice before it
    /// and half the way to the one after, so that lesions over uneven or missing slices have the
    /// right volume. Empty if the distance between slices is not known, or if they do not touch:
    /// then nobody knows what lies between.
    pub fn slabs_mm(&self) -> Vec<f32> {
        let Some(usual_mm) = self.slice_spacing_mm.filter(|_| self.slices_touch()) else {
            return Vec::new();
        };
        let steps = self.steps_mm();
        let slab = |slice: usize| {
            let before = slice.checked_sub(1).and_then(|slice| steps.get(slice));
            let after = steps.get(slice);
            let (before, after) = (before.or(after)?, after.or(before)?);
            Some(f32::midpoint(*before, *after))
        };
        (0..self.slices())
            .map(|slice| slab(slice).unwrap_or(usual_mm))
            .collect()
    }
}
