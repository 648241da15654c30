//! Saved analyses: coding of masks, documents, their limits, and that old ones stay readable.

mod content;
mod example;
mod golden;
mod lesion;
mod mutation;
mod runs;
mod size;
