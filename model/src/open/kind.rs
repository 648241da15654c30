//! Formats by their first bytes; names are not trusted.

use super::dicom;

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
