//! The page's side of the analysis engine: what is known ([`state`]), what a progress
//! bar shows ([`progress`]) and, in the browser, the worker itself (`client`), what
//! the browser remembers of its speed (`memory`) and what it says of the machine (`machine`).

#[cfg(feature = "hydrate")]
pub mod client;
#[cfg(any(feature = "hydrate", test))]
pub mod machine;
#[cfg(feature = "hydrate")]
pub mod memory;
pub mod progress;
pub mod state;
pub mod weights;
