//! All series of a folder, of which each is opened by itself.

use super::dicom::Found;
use super::error::{OpenError, Result};

/// DICOM files whose headers were read, one by one, so that no more than one is in memory.
#[derive(Debug, Default)]
pub struct Catalogue {
    found: Found,
    without_image: usize,
    unread: usize,
    first_unread: Option<OpenError>,
}

impl Catalogue {
    /// Reads the header of the next file. One that cannot be read is left out.
    pub fn add(&mut self, name: &str, bytes: Vec<u8>) {
        match self.found.add(bytes) {
            Ok(()) => {}
            Err(OpenError::NoPixels) => self.without_image += 1,
            Err(error) => {
                self.unread += 1;
                self.first_unread.get_or_insert(error.in_file(name));
            }
        }
    }

    /// The files of each series, counted from 0 in the order in which they were added: of the axial CT series, where
    /// there are any. `notes` says what was left out. An error if nothing is there.
    pub fn series(self, notes: &mut Vec<String>) -> Result<Vec<Vec<usize>>, OpenError> {
        if self.without_image > 0 {
            notes.push(format!(
                "{} DICOM file(s) without an image left out.",
                self.without_image
            ));
        }
        let series = self.found.series(notes);
        match self.first_unread {
            Some(error) if series.is_empty() => Err(error),
            None if series.is_empty() => Err(OpenError::NoPixels),
            Some(error) => {
                notes.push(format!("{} DICOM file(s) left out: {error}", self.unread));
                Ok(series)
            }
            None => Ok(series),
        }
    }
}
