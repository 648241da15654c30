//! JPEG-LS (ITU-T T.87 | ISO/IEC 14495-1), lossless and near-lossless, of one component with
//! 2…16 bits. Paragraphs are those of T.87.
//!
//! Written by hand because no crate for it was found that is kept up, is Rust alone and does not
//! bring more than the rest of this module weighs.

mod bits;
mod coding;
mod context;
mod golomb;
mod header;
mod run;
mod scan;
mod sizes;

use crate::{Fault, Result};
pub(crate) use header::Header;

impl Header<'_> {
    /// The samples, row-major.
    ///
    /// # Arguments
    /// `most_bytes`: limit of the memory that is taken for them.
    ///
    /// # Errors
    /// It ends too early, is too large for the memory, or is not the standard's.
    pub(crate) fn decode(&self, most_bytes: usize) -> Result<Vec<u16>> {
        let length = usize::from(self.rows) * usize::from(self.cols);
        if length > most_bytes / size_of::<u16>() {
            return Err(Fault::OutOfMemory);
        }
        let mut samples = zeros(length)?;
        scan::decode(self, &mut samples)?;
        Ok(samples)
    }
}

fn zeros(length: usize) -> Result<Vec<u16>> {
    let mut zeros = Vec::new();
    zeros
        .try_reserve_exact(length)
        .map_err(|_| Fault::OutOfMemory)?;
    zeros.resize(length, 0);
    Ok(zeros)
}
