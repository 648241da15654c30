//! The engine against an independent NumPy implementation of the networks
//! (`tests/fixtures/engine/make.py`), and its behaviour on damaged weight files.
#![cfg(feature = "engine")]
#![expect(
    clippy::unwrap_used,
    reason = "a fixture that cannot be read fails the test"
)]

#[path = "engine/cpu.rs"]
mod cpu;
#[path = "engine/fixture.rs"]
mod fixture;
#[cfg(feature = "gpu")]
#[path = "engine/gpu.rs"]
mod gpu;
#[path = "engine/onnx.rs"]
mod onnx;
#[cfg(feature = "gpu")]
#[path = "engine/race.rs"]
mod race;
#[cfg(all(feature = "analysis", any(feature = "net", feature = "gpu")))]
#[path = "engine/reference.rs"]
mod reference;
#[path = "engine/weights.rs"]
mod weights;
