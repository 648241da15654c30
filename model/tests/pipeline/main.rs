//! From slices to findings, and what the reader makes of them.
#![cfg(all(feature = "analysis", feature = "engine"))]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot make its example shall fail"
)]

mod confirm;
mod correct;
mod looks;
mod masses;
mod number;
mod phantom;
mod reader;
mod reject;
mod restore;
mod series;
