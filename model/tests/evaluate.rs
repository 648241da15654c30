//! The program that scores weights, run as its users run it, on real slices.
#![cfg(all(feature = "train", feature = "cli"))]
#![expect(
    clippy::unwrap_used,
    reason = "what cannot be read or started fails the test"
)]

#[path = "evaluate/crops.rs"]
mod crops;
#[path = "evaluate/elsewhere.rs"]
mod elsewhere;
#[path = "evaluate/numbers.rs"]
mod numbers;
#[path = "evaluate/program.rs"]
mod program;
#[path = "evaluate/refusal.rs"]
mod refusal;
#[path = "evaluate/slicer.rs"]
mod slicer;
#[path = "evaluate/slices.rs"]
mod slices;
#[path = "evaluate/volumes.rs"]
mod volumes;
