//! Lesions over time: which of one examination is which of the next, how it grew, and why it is
//! missing.

mod absence;
mod conditions;
mod counterpart;
mod covered;
mod group;
mod growth;
mod height;
mod matching;
mod pairing;

pub use absence::{Absence, absences};
pub use conditions::{Conditions, Examination, Extent, Spot};
pub use counterpart::counterparts;
pub use growth::{Basis, Growth, growth};
pub use matching::{Sighting, Track, tracks};
pub use pairing::{Pairing, Said, Word};
