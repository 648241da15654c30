//! Lesions over time: which of one examination is which of the next, and how it grew.

mod growth;
mod matching;

pub use growth::{Basis, Growth, growth};
pub use matching::{Sighting, Track, tracks};
