//! Saved analyses: coding of masks, documents, their limits, and that old ones stay readable.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot make its example shall fail"
)]

mod content;
mod example;
mod golden;
mod lesion;
mod mutation;
mod runs;
mod size;
