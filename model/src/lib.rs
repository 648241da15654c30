//! Everything about scans that is not a page: volumes, masks, networks, the
//! inference engine, measurements.
//!
//! The crate is one pure core with optional shells, chosen by feature:
//!
//! | feature | modules | who uses it |
//! |---|---|---|
//! | (none) | [`mod@bench`], [`calliper`], [`volume`], [`mask`], [`window`], [`network`], [`settings`], [`finding`], [`metric`], [`outline`], [`saved`], [`report`], [`follow_up`], [`protocol`], [`count`], [`order`], [`decimal`], [`mod@hex`], [`json`], [`map`] | page, server, everyone |
//! | `gpu`, or any but a browser | [`clock`]: how long something takes | worker, command line |
//! | `open` | [`open`]: bytes of a file to a [`volume::Volume`]; [`identity`]: whose it is; [`nifti_mask`]: its masks as a NIfTI file | worker, command line |
//! | `analysis` | [`analysis`]: preprocessing, lung field, postprocessing, measuring; [`digest`]: recognising an image | worker, command line |
//! | `engine`, `gpu` | [`engine`]: the networks as a plan of fused steps, on CPU and GPU | worker, command line |
//! | `net`, `train` | `net`, `train`: the networks in burn, their training and export | training, tests |
//! | `web` | `web`: the entry point of the Web Worker | browser |
//! | `cli` | the programs in `src/bin`, what they share in [`argument`], [`beside`] and [`results`] | command line |
//! | `analysis` with `engine` | [`pipeline`]: the whole job for a slice and for a scan, and [`report`] of an open one | worker, command line |
//! | `open` with `analysis` and `engine` | [`dicom_result`]: its lesions as DICOM objects | worker, command line |
//! | `train-tui`, `train-tch`, `train-cuda`, `train-wgpu`, `train-vulkan` | `train` with a display, with libtorch, and on graphics cards | training |
//! | `against-burn`, `against-burn-web` | `against_burn`: the engine beside burn, natively and in a browser | command line, `end2end/bench` |
//! | `truth-web` | `engine::truth`: every step beside burn's in a browser | `end2end/tests` |
//!
//! `ARCHITECTURE.md` at the repository's root shows how the parts meet.

#[cfg(feature = "cli")]
pub mod argument;
pub mod bench;
#[cfg(feature = "cli")]
pub mod beside;
pub mod calliper;
#[cfg(any(feature = "gpu", not(target_arch = "wasm32")))]
pub mod clock;
pub mod count;
pub mod decimal;
pub mod finding;
pub mod follow_up;
pub mod hex;
pub mod json;
pub mod map;
pub mod mask;
pub mod metric;
pub mod network;
pub mod order;
pub mod outline;
pub mod protocol;
pub mod report;
pub mod saved;
pub mod settings;
mod vector;
pub mod volume;
pub mod window;

#[cfg(any(feature = "against-burn", feature = "against-burn-web"))]
pub mod against_burn;
#[cfg(feature = "analysis")]
pub mod analysis;
#[cfg(feature = "open")]
mod dicom;
#[cfg(all(feature = "open", feature = "analysis", feature = "engine"))]
pub mod dicom_result;
#[cfg(feature = "analysis")]
pub mod digest;
#[cfg(feature = "engine")]
pub mod engine;
#[cfg(feature = "open")]
pub mod identity;
#[cfg(feature = "net")]
pub mod net;
#[cfg(feature = "open")]
pub mod nifti_mask;
#[cfg(feature = "open")]
pub mod open;
#[cfg(all(feature = "analysis", feature = "engine"))]
pub mod pipeline;
#[cfg(feature = "cli")]
pub mod results;
#[cfg(feature = "train")]
pub mod train;
#[cfg(all(feature = "web", target_arch = "wasm32"))]
pub mod web;
