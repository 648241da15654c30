//! Files of a folder that are DICOM and add nothing to a scan.

use super::error::{OpenError, Result};
use crate::count::counted;

/// What was left out of a folder, and why.
///
/// Folders hold directory files, reports and dose maps beside the images; and one file that is cut
/// short or of another kind does not keep the others from being read. Whoever opens them is told.
#[derive(Debug, Default)]
pub(super) struct LeftOut {
    without_image: usize,
    unread: usize,
    first_unread: Option<OpenError>,
}

impl LeftOut {
    /// Leaves out a file that could not be read.
    pub(super) fn add(&mut self, name: &str, error: OpenError) {
        if matches!(error, OpenError::NoPixels | OpenError::NotScan { .. }) {
            self.without_image += 1;
        } else {
            self.unread += 1;
            self.first_unread.get_or_insert(error.in_file(name));
        }
    }

    /// Says it in `notes`; an error if nothing else `is_there`.
    pub(super) fn tell(self, is_there: bool, notes: &mut Vec<String>) -> Result<()> {
        if self.without_image > 0 {
            notes.push(format!(
                "Left out: {} without an image.",
                counted(self.without_image, "DICOM file")
            ));
        }
        match self.first_unread {
            Some(error) if is_there => {
                notes.push(format!(
                    "Left out: {} that cannot be read: {error}",
                    counted(self.unread, "DICOM file")
                ));
                Ok(())
            }
            Some(error) => Err(error),
            None if is_there => Ok(()),
            None => Err(OpenError::NoPixels),
        }
    }
}
