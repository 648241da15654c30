//! What is said of a segment: one for each lesion (PS3.3 C.8.20.4).

use dicom_dictionary_std::tags;

use super::code;
use super::data_set::DataSet;
use super::text::line;
use crate::finding::{Lesion, is_mass};
use crate::protocol::EngineInfo;

/// The page's colour of tumours, sRGB (255, 112, 51), as `CIELab` under D65 in 16 bits each: as
/// highdicom 0.28 writes it and dcmqi 1.5 reads it back, so that viewers show the same colour.
const COLOUR: [u16; 3] = [42_094, 46_087, 47_848];

/// How the segments came about.
#[derive(Debug, Clone)]
pub(super) struct Algorithm {
    /// `AUTOMATIC`, or `SEMIAUTOMATIC` where a person had a hand in it.
    kind: &'static str,
    name: String,
}

impl Algorithm {
    /// `engine` is `None` where slices were computed by different ones. Rejecting findings and
    /// correcting outlines decides what is part of a lesion and what is none, which is "user
    /// assistance" in the words of the standard.
    pub(super) fn new(engine: Option<&EngineInfo>, is_judged: bool) -> Self {
        let network = engine.map_or_else(
            || "several networks".to_owned(),
            |it| format!("{} {}", it.architecture.title(), it.weights_version),
        );
        Self {
            kind: if is_judged {
                "SEMIAUTOMATIC"
            } else {
                "AUTOMATIC"
            },
            name: line(&format!("NeuroCare AI, {network}")),
        }
    }

    /// The segment of a lesion, named as on the page, whose numbers may have gaps (`number` counts
    /// from 1 without any). One that is drawn owes nothing to a network.
    pub(super) fn segment(&self, number: u16, lesion: &Lesion) -> DataSet {
        let is_mass = lesion.longest_mm.is_some_and(is_mass);
        let kind = if is_mass { code::MASS } else { code::NODULE };
        let mut segment = DataSet::default();
        segment.item(tags::ANATOMIC_REGION_SEQUENCE, code::LUNG.item());
        segment.item(
            tags::SEGMENTED_PROPERTY_CATEGORY_CODE_SEQUENCE,
            code::ALTERED_STRUCTURE.item(),
        );
        segment.words(tags::SEGMENT_NUMBER, &[number]);
        let label = format!("Lesion {}", lesion.number);
        segment.text(tags::SEGMENT_LABEL, *b"LO", &label);
        if lesion.is_drawn() {
            segment.text(tags::SEGMENT_ALGORITHM_TYPE, *b"CS", "MANUAL");
        } else {
            segment.text(tags::SEGMENT_ALGORITHM_TYPE, *b"CS", self.kind);
            segment.text(tags::SEGMENT_ALGORITHM_NAME, *b"LO", &self.name);
        }
        segment.words(tags::RECOMMENDED_DISPLAY_CIE_LAB_VALUE, &COLOUR);
        segment.item(tags::SEGMENTED_PROPERTY_TYPE_CODE_SEQUENCE, kind.item());
        segment
    }
}
