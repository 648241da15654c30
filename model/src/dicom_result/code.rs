//! Coded words: SNOMED CT, LOINC, UCUM and DICOM's own (PS3.16).

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

/// CID 7021, Measurement Report Document Title.
pub(super) const MEASUREMENT_REPORT: Code = dcm("126000", "Imaging Measurement Report");
/// What stands in one (PS3.16 TID 1500, 1411, 1204, 1002).
pub(super) const IMAGING_MEASUREMENTS: Code = dcm("126010", "Imaging Measurements");
pub(super) const MEASUREMENT_GROUP: Code = dcm("125007", "Measurement Group");
pub(super) const LANGUAGE: Code = dcm("121049", "Language of Content Item and Descendants");
pub(super) const ENGLISH: Code = code("en", "RFC5646", "English");
pub(super) const OBSERVER_TYPE: Code = dcm("121005", "Observer Type");
pub(super) const DEVICE: Code = dcm("121007", "Device");
pub(super) const OBSERVER_UID: Code = dcm("121012", "Device Observer UID");
pub(super) const OBSERVER_NAME: Code = dcm("121013", "Device Observer Name");
pub(super) const PROCEDURE_REPORTED: Code = dcm("121058", "Procedure reported");
/// CID 100, Quantitative Diagnostic Imaging Procedure.
pub(super) const CT: Code = code("25045-6", "LN", "CT unspecified body region");
pub(super) const TRACKING_NAME: Code = dcm("112039", "Tracking Identifier");
pub(super) const TRACKING_UID: Code = dcm("112040", "Tracking Unique Identifier");
pub(super) const FINDING: Code = dcm("121071", "Finding");
pub(super) const FINDING_SITE: Code = sct("363698007", "Finding Site");
/// CID 244, Laterality.
pub(super) const LATERALITY: Code = sct("272741003", "Laterality");
pub(super) const RIGHT: Code = sct("24028007", "Right");
pub(super) const LEFT: Code = sct("7771000", "Left");
pub(super) const ALGORITHM_NAME: Code = dcm("111001", "Algorithm Name");
pub(super) const ALGORITHM_VERSION: Code = dcm("111003", "Algorithm Version");
pub(super) const REFERENCED_SEGMENT: Code = dcm("121191", "Referenced Segment");
pub(super) const SEGMENTED: Code = dcm("121233", "Source image for segmentation");
/// CID 7470, Linear Measurement.
pub(super) const LONG_AXIS: Code = sct("103339001", "Long Axis");
pub(super) const SHORT_AXIS: Code = sct("103340004", "Short Axis");
pub(super) const DIAMETER: Code = sct("81827009", "Diameter");
/// CID 7469, Generic Intensity and Size Measurement.
pub(super) const VOLUME: Code = sct("118565006", "Volume");
pub(super) const ATTENUATION: Code = dcm("112031", "Attenuation Coefficient");
/// CID 7464, General Region of Interest Measurement Modifier.
pub(super) const DERIVATION: Code = dcm("121401", "Derivation");
pub(super) const MEAN: Code = sct("373098007", "Mean");
pub(super) const DEVIATION: Code = sct("386136009", "Standard Deviation");
/// CID 7181, units.
pub(super) const MILLIMETRE: Code = code("mm", "UCUM", "millimeter");
pub(super) const CUBIC_CENTIMETRE: Code = code("cm3", "UCUM", "cubic centimeter");
pub(super) const HOUNSFIELD: Code = code("[hnsf'U]", "UCUM", "Hounsfield unit");

const fn sct(value: &'static str, meaning: &'static str) -> Code {
    code(value, "SCT", meaning)
}

const fn dcm(value: &'static str, meaning: &'static str) -> Code {
    code(value, "DCM", meaning)
}

const fn code(value: &'static str, scheme: &'static str, meaning: &'static str) -> Code {
    Code {
        value,
        scheme,
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
