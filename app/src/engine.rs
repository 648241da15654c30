//! The page's side of the analysis engine: what is known ([`state`]), what a progress
//! bar shows ([`progress`]) and, in the browser, the worker itself (`client`) and what
//! the browser remembers of its speed (`memory`).

#[cfg(feature = "hydrate")]
pub mod client;
#[cfg(feature = "hydrate")]
pub mod memory;
pub mod progress;
pub mod state;
