//! Lesions over time: which of one examination is which of the next, how it grew, and why it is missing.

mod absence;
mod conditions;
mod growth;
mod matching;

pub use absence::{Absence, Examination, absences};
pub use conditions::{Conditions, Extent, Spot};
pub use growth::{Basis, Growth, growth};
pub use matching::{Sighting, Track, tracks};
