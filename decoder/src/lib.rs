//! Decoders of packed pictures: PNG, JPEG, JPEG-LS and JPEG 2000, from bytes to samples.
//!
//! A crate of its own because they are a quarter of all that opens and segments scans, and
//! few scans need them: the browser loads it when one does. Headers are read and checked by
//! who calls (`model/src/open`), before memory is spent.

mod jpeg;
mod jpeg2000;
mod jpeg_ls;
mod lossless;
mod png;
mod segment;

pub use jpeg::decode_jpeg;
pub use jpeg2000::decode_jpeg2000;
pub use png::decode_png;

/// Why there are no samples. In the browser it is thrown as its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The picture ends too early.
    Truncated = 1,
    /// There is not enough memory for it.
    OutOfMemory = 2,
    /// Anything else.
    Damaged = 3,
}

#[cfg(target_arch = "wasm32")]
impl From<Fault> for wasm_bindgen::JsValue {
    fn from(fault: Fault) -> Self {
        (fault as u8).into()
    }
}

type Result<T> = std::result::Result<T, Fault>;

/// Words of two bytes each, as some order of bytes has them.
fn words(bytes: &[u8], word: fn([u8; 2]) -> u16) -> Result<Vec<u16>> {
    let (pairs, _) = bytes.as_chunks::<2>();
    collected(pairs.len(), pairs.iter().map(|&pair| word(pair)))
}

/// Bytes as words.
fn widened(bytes: &[u8]) -> Result<Vec<u16>> {
    collected(bytes.len(), bytes.iter().map(|&byte| byte.into()))
}

fn collected(length: usize, samples: impl Iterator<Item = u16>) -> Result<Vec<u16>> {
    let mut all = Vec::new();
    all.try_reserve_exact(length)
        .map_err(|_| Fault::OutOfMemory)?;
    all.extend(samples);
    Ok(all)
}
