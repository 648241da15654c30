//! Formats by their first bytes; names are not trusted.

use super::dicom::begins_like_dicom;
use super::error::OpenError;
use super::grid;

/// A format that can be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Dicom,
    /// NIfTI-1 or NIfTI-2, header and voxels in one or put together.
    Nifti,
    /// A gzipped one, or anything else.
    Gzip,
    Nrrd,
    MetaImage,
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
        } else if grid::is_nifti(bytes) {
            Some(Self::Nifti)
        } else if grid::is_nrrd(bytes) {
            Some(Self::Nrrd)
        } else if grid::is_meta_image(bytes) {
            Some(Self::MetaImage)
        } else if begins_like_dicom(bytes) {
            Some(Self::Dicom)
        } else {
            None
        }
    }
}

/// Why bytes that are of no [`Kind`] cannot be opened: by their name, where other programs can save
/// them anew.
pub(super) fn refusal(bytes: &[u8]) -> OpenError {
    if grid::is_nifti_header(bytes) {
        return OpenError::AsItIs {
            what: "The header of a NIfTI without its voxels",
            way_out: "Choose it together with the .img file of the same name.",
        };
    }
    // ANALYZE begins like NIfTI-1, with the length of its header, and has no magic.
    let begins_alike =
        [348_i32.to_le_bytes(), 348_i32.to_be_bytes()].map(|it| bytes.starts_with(&it));
    if begins_alike.contains(&true) && bytes.get(344..348) == Some(b"\0\0\0\0".as_slice()) {
        OpenError::AsItIs {
            what: "ANALYZE 7.5 (.hdr with .img), which does not say where left and right are,",
            way_out: "Export the scan as DICOM or NIfTI from the program that it came from.",
        }
    } else {
        OpenError::UnknownFormat
    }
}
