//! The worker's module, put together: the entry points of `model` (`model/src/web.rs`), which
//! wasm-bindgen exports.
//!
//! It is a crate of its own for one reason. The last crate's level of optimisation is that of the
//! linking, which does most of the inlining: were `model`, compiled for size, the last one,
//! the kernels would take a third longer, though they are compiled for it.

#[cfg(target_arch = "wasm32")]
pub use model::web;
