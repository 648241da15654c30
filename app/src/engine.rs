//! The page's side of the analysis engine: what is known ([`state`]), what a progress
//! bar shows ([`progress`]) and, in the browser, the worker itself (`client`).

#[cfg(feature = "hydrate")]
pub mod client;
pub mod progress;
pub mod state;
