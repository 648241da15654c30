//! What a DICOM file says of patient, examination and series, for the eyes of whoever has opened
//! it.
//!
//! It is shown beside the scan, so that nobody reads the wrong one; nothing is saved or sent of it
//! but the day and the number of the series, with an analysis.

mod charset;
mod read;

use std::fmt;

use crate::protocol::EXAMINED;

pub use read::{read, words_of_series};

/// In words for a reader; empty where the file says nothing.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// Name of the patient: family name first; in another script, too, if the file has it.
    pub name: String,
    /// Number of the patient.
    pub number: String,
    /// Day of birth, `YYYY-MM-DD`.
    pub born_on: String,
    /// Sex.
    pub sex: String,
    /// Day of the examination, `YYYY-MM-DD`.
    pub examined_on: String,
    /// What was examined.
    pub study: String,
    /// Which series of that: number, description, convolution kernel.
    pub series: String,
}

impl Identity {
    /// A line for each thing that the file says.
    pub fn lines(self) -> String {
        let mut lines = String::new();
        for (name, words) in [
            ("Patient: ", self.name),
            ("Patient ID: ", self.number),
            ("Born: ", self.born_on),
            ("Sex: ", self.sex),
            (EXAMINED, self.examined_on),
            ("Study: ", self.study),
            ("Series: ", self.series),
        ] {
            if !words.is_empty() {
                lines += &[name, &words, "\n"].concat();
            }
        }
        lines
    }
}

/// Without anything that names the patient: what is printed may be kept.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}
