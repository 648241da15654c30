//! Coded words: SNOMED CT and DICOM's own (PS3.16).

use dicom_dictionary_std::tags;

use super::data_set::DataSet;

/// A code with the words that stand for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Code {
    value: &'static str,
    scheme: &'static str,
    meaning: &'static str,
}

/// CID 7150, Segmentation Property Category.
pub(super) const ALTERED_STRUCTURE: Code = sct("49755003", "Morphologically Altered Structure");
/// CID 7159, Lesion Segmentation Type.
pub(super) const NODULE: Code = sct("27925004", "Nodule");
/// CID 7159 too, see [`is_mass`](crate::finding::is_mass).
pub(super) const MASS: Code = sct("4147007", "Mass");
/// CID 4031, Common Anatomic Region.
pub(super) const LUNG: Code = sct("39607008", "Lung");
/// CID 7203, Image Derivation.
pub(super) const SEGMENTATION: Code = dcm("113076", "Segmentation");
/// CID 7202, Source Image Purpose of Reference.
pub(super) const SOURCE: Code = dcm("121322", "Source image for image processing operation");

const fn sct(value: &'static str, meaning: &'static str) -> Code {
    Code {
        value,
        scheme: "SCT",
        meaning,
    }
}

const fn dcm(value: &'static str, meaning: &'static str) -> Code {
    Code {
        value,
        scheme: "DCM",
        meaning,
    }
}

impl Code {
    /// The item of a code sequence (PS3.3 table 8.8-1).
    pub(super) fn item(self) -> DataSet {
        let mut item = DataSet::default();
        item.text(tags::CODE_VALUE, *b"SH", self.value);
        item.text(tags::CODING_SCHEME_DESIGNATOR, *b"SH", self.scheme);
        item.text(tags::CODE_MEANING, *b"LO", self.meaning);
        item
    }
}
