//! What a lesion is called in every report of it, so that a second one is known to tell of the same
//! lesion.
//!
//! Numbers would not do: under other settings, or when the scan is opened again, they may be those
//! of other lesions.

use sha2::{Digest as _, Sha256};

use crate::dicom_result::frame::Frame;
use crate::dicom_result::text::named_uid;
use crate::volume::DicomSeries;

/// A UID made of the lesion's pixels on its images: the same wherever these are the same. `cols` is
/// the width of the volume.
pub(super) fn tracking_uid(frames: &[&Frame], series: &DicomSeries, cols: usize) -> String {
    let mut digest = [0_u8; 32];
    for frame in frames {
        let Some(slice) = series.slices.get(frame.slice) else {
            continue;
        };
        let number = slice.frame.unwrap_or(0) as u32;
        let mut named = digest.to_vec();
        named.extend(number.to_le_bytes());
        named.extend(slice.instance_uid.bytes());
        named.extend(frame.bits(series, cols));
        digest = Sha256::digest(named.as_slice()).into();
    }
    named_uid(digest.first_chunk::<16>().copied().unwrap_or_default())
}
