//! Unpacking PNG, JPEG, JPEG-LS and JPEG 2000 by the crate `decoder`, in the browser a module that
//! is loaded when a scan needs it.

use super::error::OpenError;
#[cfg(target_arch = "wasm32")]
pub(super) use crate::web::lent::{jpeg, jpeg2000, png};

/// Why there are no samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The module has not been loaded.
    #[cfg_attr(
        not(target_arch = "wasm32"),
        expect(dead_code, reason = "natively it is linked")
    )]
    NotLoaded,
    /// The picture ends too early.
    Truncated,
    /// There is not enough memory for it.
    OutOfMemory,
    /// Anything else.
    Damaged,
}

impl Fault {
    /// The error that the user reads, of a picture in the format `name`; `damaged` words that it
    /// is.
    pub(super) fn in_words(
        self,
        name: &'static str,
        damaged: fn(&'static str) -> OpenError,
    ) -> OpenError {
        match self {
            Self::NotLoaded => OpenError::NotLoaded { what: name },
            Self::Truncated => OpenError::Truncated,
            Self::OutOfMemory => OpenError::OutOfMemory,
            Self::Damaged => damaged(name),
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod linked {
    use super::Fault;

    impl From<decoder::Fault> for Fault {
        fn from(fault: decoder::Fault) -> Self {
            match fault {
                decoder::Fault::Truncated => Self::Truncated,
                decoder::Fault::OutOfMemory => Self::OutOfMemory,
                decoder::Fault::Damaged => Self::Damaged,
            }
        }
    }

    /// [`decoder::decode_png`].
    pub(in crate::open) fn png(packed: &[u8], most_bytes: usize) -> Result<Vec<u16>, Fault> {
        Ok(decoder::decode_png(packed, most_bytes)?)
    }

    /// [`decoder::decode_jpeg`].
    pub(in crate::open) fn jpeg(packed: &[u8], most_bytes: usize) -> Result<Vec<u16>, Fault> {
        Ok(decoder::decode_jpeg(packed, most_bytes)?)
    }

    /// [`decoder::decode_jpeg2000`].
    pub(in crate::open) fn jpeg2000(packed: &[u8]) -> Result<Vec<u16>, Fault> {
        Ok(decoder::decode_jpeg2000(packed)?)
    }
}
#[cfg(not(target_arch = "wasm32"))]
pub(super) use linked::{jpeg, jpeg2000, png};
