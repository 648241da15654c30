//! All series of a folder, of which each is opened by itself.

use super::dicom::Found;
use super::error::{OpenError, Result};
use super::left_out::LeftOut;

/// DICOM files whose headers were read, one by one, so that no more than one is in memory.
#[derive(Debug, Default)]
pub struct Catalogue {
    found: Found,
    left_out: LeftOut,
}

impl Catalogue {
    /// Reads the header of the next file. One that cannot be read is left out.
    pub fn add(&mut self, name: &str, bytes: Vec<u8>) {
        if let Err(error) = self.found.add(bytes) {
            self.left_out.add(name, error);
        }
    }

    /// The files of each series, counted from 0 in the order in which they were added: of the axial
    /// CT series, where there are any. `notes` says what was left out.
    ///
    /// # Errors
    /// No file could be read: why the first one could not.
    pub fn series(self, notes: &mut Vec<String>) -> Result<Vec<Vec<usize>>, OpenError> {
        let series = self.found.series(notes);
        self.left_out.tell(!series.is_empty(), notes)?;
        Ok(series)
    }
}
