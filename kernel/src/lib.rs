//! The engine's steps on the processor: nearly all of its time is spent here.
//!
//! A crate of its own so that it can be compiled for speed, and all the rest that the
//! browser downloads for size (`[profile.wasm-engine]` in the workspace's `Cargo.toml`).
//! It knows planes of floats and plain weights, nothing of networks or plans.
//!
//! Planes are stored row after row, channel after channel. See [`conv`] for how the 3×3
//! convolutions are cut to fit registers and caches.
#![expect(
    clippy::inline_always,
    reason = "the kernels are compiled once for each instruction set, which only works if all of \
              their parts end up in the function that is marked for it"
)]

#[cfg(target_arch = "x86_64")]
mod avx2;
pub mod conv;
pub mod gate;
mod lanes;
pub mod pack;
pub mod plain;
pub mod roofline;
pub mod weights;
mod winograd;
