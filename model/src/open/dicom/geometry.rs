//! Where a frame lies in the patient (PS3.3 C.7.6.2, C.7.6.16.2 for multi-frame).

use dicom_dictionary_std::tags;

use super::super::error::Result;
use super::element::malformed;
use super::field::Fields;
use super::wanted::FUNCTIONAL_GROUPS;
use crate::vector::{cross, dot, unit};

/// What the rescaled values are said to be (Rescale Type, PS3.3 C.11.1.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Unit {
    Hounsfield,
    /// Nothing, or "unspecified", which some writers put wherever nothing is said.
    #[default]
    Unsaid,
    Other,
}

impl Unit {
    /// The standard's words; some writers spell them out. Of `HU_MOD`, a CT computed without one
    /// substance, air and tissue are where they were.
    fn of(text: &str) -> Self {
        let begins = |word: &str| {
            let first = text.get(..word.len());
            first.is_some_and(|it| it.eq_ignore_ascii_case(word))
        };
        let is = |word: &str| text.eq_ignore_ascii_case(word);
        if is("US") || begins("unspecified") {
            Self::Unsaid
        } else if is("HU") || is("HU_MOD") || begins("Hounsfield") {
            Self::Hounsfield
        } else {
            Self::Other
        }
    }
}

/// Geometry and rescale of one frame.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct FrameInfo {
    /// Centre of the first pixel, LPS, mm.
    pub(super) position: Option<[f64; 3]>,
    /// Direction of the rows (along columns), then of the columns; unit vectors.
    pub(super) direction: Option<[[f64; 3]; 2]>,
    /// Between rows, between columns, mm.
    pub(super) spacing_mm: Option<[f64; 2]>,
    /// Whether the spacing is that of the detector, not of the patient.
    pub(super) spacing_is_imager: bool,
    pub(super) thickness_mm: Option<f64>,
    pub(super) slice_spacing_mm: Option<f64>,
    pub(super) location_mm: Option<f64>,
    /// Which phase, or which of the scanner's passes over the patient, it is of: a series may have
    /// several.
    pub(super) pass: Option<i32>,
    pub(super) slope: Option<f64>,
    pub(super) intercept: Option<f64>,
    pub(super) unit: Unit,
}

impl FrameInfo {
    /// One a frame: own functional groups before shared ones before the file's fields.
    pub(super) fn read_all(fields: Fields<'_>, count: usize) -> Result<Vec<Self>> {
        let mut common = Self::default();
        common.read_plain(fields)?;
        if let Some(shared) = fields.items(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE).next() {
            common.read_groups(shared)?;
        }
        let mut frames = Vec::with_capacity(count);
        for own in fields
            .items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE)
            .take(count)
        {
            let mut frame = common;
            frame.read_groups(own)?;
            frames.push(frame);
        }
        frames.resize(count, common);
        Ok(frames)
    }

    fn read_groups(&mut self, group: Fields<'_>) -> Result<()> {
        for item in FUNCTIONAL_GROUPS.iter().flat_map(|tag| group.items(*tag)) {
            self.read_plain(item)?;
        }
        Ok(())
    }

    /// Takes over what `fields` say; what they do not say stays.
    fn read_plain(&mut self, fields: Fields<'_>) -> Result<()> {
        let length = |tag| fields.decimal(tag).map(f64::abs).filter(|&mm| mm > 0.0);
        let pair = |tag| {
            fields
                .numbers::<2>(tag)
                .filter(|mm| mm.iter().all(|&mm| mm > 0.0))
        };
        if let Some(position) = fields.numbers(tags::IMAGE_POSITION_PATIENT) {
            self.position = Some(position);
        }
        if let Some([ax, ay, az, bx, by, bz]) = fields.numbers::<6>(tags::IMAGE_ORIENTATION_PATIENT)
        {
            self.direction = perpendicular([ax, ay, az], [bx, by, bz]);
        }
        if let Some(spacing) = pair(tags::PIXEL_SPACING) {
            self.spacing_mm = Some(spacing);
            self.spacing_is_imager = false;
        } else if self.spacing_mm.is_none() {
            self.spacing_mm = pair(tags::IMAGER_PIXEL_SPACING);
            self.spacing_is_imager = self.spacing_mm.is_some();
        }
        self.thickness_mm = length(tags::SLICE_THICKNESS).or(self.thickness_mm);
        self.slice_spacing_mm = length(tags::SPACING_BETWEEN_SLICES).or(self.slice_spacing_mm);
        self.location_mm = fields.decimal(tags::SLICE_LOCATION).or(self.location_mm);
        self.pass = pass(fields).or(self.pass);
        self.slope = fields
            .number(tags::RESCALE_SLOPE, "rescale slope")?
            .or(self.slope);
        self.intercept = fields
            .number(tags::RESCALE_INTERCEPT, "rescale intercept")?
            .or(self.intercept);
        self.unit = fields.text(tags::RESCALE_TYPE).map_or(self.unit, Unit::of);
        if self.slope == Some(0.0) {
            return Err(malformed("its rescale slope is zero"));
        }
        Ok(())
    }

    /// Direction of ascending slices: perpendicular to rows and columns.
    pub(super) fn normal(&self) -> Option<[f64; 3]> {
        let [row, col] = self.direction?;
        unit(cross(row, col))
    }
}

/// In a file of many frames they are binary numbers, else text.
fn pass(fields: Fields<'_>) -> Option<i32> {
    let words = [
        tags::TEMPORAL_POSITION_INDEX,
        tags::FRAME_ACQUISITION_NUMBER,
    ];
    let texts = [tags::TEMPORAL_POSITION_IDENTIFIER, tags::ACQUISITION_NUMBER];
    let word = words.into_iter().find_map(|tag| fields.word(tag));
    let text = || texts.into_iter().find_map(|tag| fields.decimal(tag));
    word.map(i32::from).or_else(|| Some(text()? as i32))
}

/// The two directions as unit vectors if they are roughly at right angles.
fn perpendicular(row: [f64; 3], col: [f64; 3]) -> Option<[[f64; 3]; 2]> {
    let (row, col) = (unit(row)?, unit(col)?);
    (dot(row, col).abs() < 0.01).then_some([row, col])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hounsfield_units_are_known_by_every_name_that_writers_give_them() {
        for text in ["HU", "hu", "Hounsfield", "HOUNSFIELD UNITS", "HU_MOD"] {
            assert_eq!(Unit::of(text), Unit::Hounsfield, "{text}");
        }
        for text in ["US", "us", "Unspecified", "UNSPECIFIED"] {
            assert_eq!(Unit::of(text), Unit::Unsaid, "{text}");
        }
        for text in ["", "OD", "HUE", "Houns"] {
            assert_eq!(Unit::of(text), Unit::Other, "{text}");
        }
    }
}
