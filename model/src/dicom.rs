//! What frames every DICOM file, read or written.

use dicom_core::Tag;

/// Bytes before [`MAGIC`] (PS3.10 7.1).
pub(crate) const PREAMBLE: usize = 128;

/// What says that a file is DICOM.
pub(crate) const MAGIC: &[u8] = b"DICM";

/// What an item of a sequence begins with (PS3.5 7.5).
pub(crate) const ITEM: Tag = Tag(0xfffe, 0xe000);
