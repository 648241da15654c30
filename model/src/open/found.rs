//! What a reader has to choose from.

use crate::volume::{CopiedElement, Volume};

/// A scan that was opened, and what else was found in the files.
#[derive(Debug)]
pub struct Opened {
    /// The scan.
    pub volume: Volume,
    /// What its files state of patient, study and series, as far as none of them says otherwise;
    /// empty where files do not.
    pub stated: Vec<CopiedElement>,
    /// The series that can be opened in its place, and its own; empty where files have none.
    pub series: Vec<FoundSeries>,
    /// Place of its own among them.
    pub chosen: usize,
}

/// A series of DICOM files.
#[derive(Debug, Clone)]
pub struct FoundSeries {
    /// Its number in the study, as the file says.
    pub number: Option<i32>,
    /// Place of its patient among those of all files, where these are of several and all of its
    /// own of one: nothing else tells apart what is called the same.
    pub patient: Option<usize>,
    /// What its first file says of it, and how the text is encoded; nothing that names the patient.
    pub described: Vec<CopiedElement>,
    /// Number of its slices.
    pub slices: usize,
    /// Thickness of a slice in mm, as the file says.
    pub thickness_mm: Option<f64>,
    /// Whether its slices show the brightest, or the darkest, of several (MIP): nothing in them is
    /// of its true size.
    pub is_projection: bool,
}
