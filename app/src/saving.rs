//! Saving an analysis, and getting it back.
//!
//! | module | what |
//! |---|---|
//! | [`document`] | what is saved, from what the room knows |
//! | [`delivery`] | what an answer of the server means for what waits to be sent |
//! | [`outbox`] | what waits to be sent, as signals |
//! | [`record`] | a saved analysis to look at |
//! | `store` | the browser's own database, in which it waits |
//! | `exchange` | sending and fetching documents |
//! | `sealed` | it can be read there only while its account is signed in |
//! | `turn` | one window sends at a time |
//! | `deflate` | the browser's own compression |

#[cfg(feature = "hydrate")]
mod deflate;
pub mod delivery;
pub mod document;
#[cfg(feature = "hydrate")]
pub mod exchange;
pub mod outbox;
pub mod record;
#[cfg(any(feature = "hydrate", test))]
mod sealed;
#[cfg(feature = "hydrate")]
mod store;
#[cfg(feature = "hydrate")]
mod turn;

pub use outbox::Outbox;
