//! Files made for the user: downloads in the browser (`save`, `picture`), paper (`report`) and the
//! diagnostics text.

pub mod diagnostics;
pub mod name;
#[cfg(feature = "hydrate")]
pub mod picture;
#[cfg(feature = "hydrate")]
pub mod report;
#[cfg(feature = "hydrate")]
pub mod save;
