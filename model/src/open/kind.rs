//! Formats by their first bytes; names are not trusted.

use super::dicom;
use super::error::OpenError;

/// A format that can be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Dicom,
    Nifti,
    Gzip,
    Zip,
    Png,
    Jpeg,
}

impl Kind {
    /// The format of `bytes`; `None` if unknown.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
            Some(Self::Jpeg)
        } else if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
            Some(Self::Zip)
        } else if bytes.starts_with(&[0x1f, 0x8b]) {
            Some(Self::Gzip)
        } else if is_nifti(bytes) {
            Some(Self::Nifti)
        } else if dicom::is_dicom(bytes) {
            Some(Self::Dicom)
        } else {
            None
        }
    }
}

/// NIfTI-1 in one file: the length of its header in either byte order, and its magic.
pub(super) fn is_nifti(bytes: &[u8]) -> bool {
    bytes.get(344..348) == Some(b"n+1\0".as_slice())
}

/// Why bytes that are of no [`Kind`] cannot be opened: by their name, where other programs can save
/// them as NIfTI-1.
pub(super) fn refusal(bytes: &[u8]) -> OpenError {
    let is_nifti_2 = matches!(bytes.get(4..8), Some(b"n+2\0" | b"ni2\0"));
    // ANALYZE begins like NIfTI-1, with the length of its header, and has no magic.
    let begins_alike =
        [348_i32.to_le_bytes(), 348_i32.to_be_bytes()].map(|it| bytes.starts_with(&it));
    let is_pair =
        begins_alike.contains(&true) && matches!(bytes.get(344..348), Some(b"ni1\0" | b"\0\0\0\0"));
    let what = if is_nifti_2 {
        "NIfTI-2"
    } else if is_pair {
        "A pair of .hdr and .img"
    } else if bytes.starts_with(b"NRRD") {
        "NRRD"
    } else if bytes.starts_with(b"ObjectType") {
        "MetaImage (.mha, .mhd)"
    } else {
        return OpenError::UnknownFormat;
    };
    OpenError::AsItIs {
        what,
        way_out: "Save the scan as NIfTI-1 (.nii.gz).",
    }
}
