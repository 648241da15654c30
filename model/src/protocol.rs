//! Messages between the page and the engine's worker.
//!
//! Kinds of messages are tagged from outside (`{"show": {"slice": 3}}`, `"cancel"`): reading them
//! takes far less code than a tag inside would. A message is one JSON text plus a list of binary
//! buffers that are *transferred*, not copied. The image itself goes from the user's disk to the
//! worker and comes back only to be drawn.

mod engine_info;
mod event;
mod judgement;
mod request;
mod result;
mod volume_info;

pub use engine_info::{BackendChoice, EngineInfo};
pub use event::{Event, Failure, Stage};
pub use judgement::Judgement;
pub use request::{ExportKind, Request};
pub(crate) use result::is_searched;
pub use result::{SliceResult, Summary};
pub use volume_info::{EXAMINED, VolumeInfo};

/// Bytes of all files that are opened at once.
pub const OPEN_BYTES: u64 = 1 << 30;
