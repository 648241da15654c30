//! Brotli siblings. The best level takes seconds a file, so results are kept by content.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use brotli::enc::BrotliEncoderParams;
use sha2::{Digest as _, Sha256};

/// Formats that are compressed already.
const COMPRESSED: [&str; 9] = [
    "br", "gif", "gz", "jpeg", "jpg", "png", "webp", "woff2", "zip",
];

/// The best of the encoder's levels.
const QUALITY: i32 = 11;

/// The largest window that browsers take, as a power of two (RFC 7932).
const WINDOW: i32 = 24;

/// What is tried: size of blocks as a power of two, of which 0 is the encoder's own choice, and
/// number of distances that have a code of their own.
const TRIES: [(i32, u32); 5] = [(0, 0), (20, 0), (0, 15), (17, 15), (19, 15)];

/// Results between builds.
#[derive(Debug)]
pub(crate) struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// A cache in `folder`.
    pub(crate) fn new(folder: PathBuf) -> anyhow::Result<Self> {
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(Self { folder })
    }

    /// The brotli form of a file's bytes, if it saves at least a tenth.
    pub(crate) fn compress(&self, name: &Path, bytes: &[u8]) -> anyhow::Result<Option<Vec<u8>>> {
        if is_compressed(name) {
            return Ok(None);
        }
        let how = format!("{QUALITY} {WINDOW} {TRIES:?} ");
        let kept = self.folder.join(key(&how, bytes));
        let small = if let Ok(small) = fs::read(&kept) {
            small
        } else {
            let small = brotli(bytes)?;
            // Written whole or not at all: an interrupted build leaves no half of a file.
            let part = kept.with_extension("part");
            fs::write(&part, &small)?;
            fs::rename(&part, &kept)?;
            small
        };
        Ok((small.len() * 10 <= bytes.len() * 9).then_some(small))
    }
}

fn is_compressed(name: &Path) -> bool {
    let ending = name.extension().unwrap_or_default().to_string_lossy();
    COMPRESSED.contains(&ending.to_lowercase().as_str())
}

/// The smallest of several tries: with blocks of another size a module of the same length takes up
/// to 0.7 % less or more, and which is better changes with every build.
fn brotli(bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut smallest: Option<Vec<u8>> = None;
    for (lgblock, direct) in TRIES {
        let mut parameters = BrotliEncoderParams {
            quality: QUALITY,
            lgwin: WINDOW,
            lgblock,
            size_hint: bytes.len(),
            ..Default::default()
        };
        parameters.dist.num_direct_distance_codes = direct;
        let mut small = Vec::new();
        brotli::BrotliCompress(&mut &*bytes, &mut small, &parameters)?;
        if smallest.as_ref().is_none_or(|it| small.len() < it.len()) {
            smallest = Some(small);
        }
    }
    smallest.context("nothing was tried")
}

/// What a result is kept under: what was compressed, and how.
fn key(how: &str, bytes: &[u8]) -> String {
    let mut hash = Sha256::new_with_prefix(how);
    hash.update(bytes);
    hash.finalize()
        .iter()
        .fold(String::new(), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_compressed_comes_back() {
        let text = "the lung, the whole lung and nothing but the lung\n".repeat(50);
        let small = brotli(text.as_bytes()).unwrap();
        assert!(small.len() < text.len() / 10);
        let mut back = Vec::new();
        brotli::BrotliDecompress(&mut small.as_slice(), &mut back).unwrap();
        assert_eq!(back, text.as_bytes());
    }

    #[test]
    fn what_cannot_shrink_gets_no_sibling() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().join("brotli")).unwrap();
        assert!(
            cache
                .compress(Path::new("a.PNG"), b"aaaaaaaaaaaaaaaaaaaaaaaa")
                .unwrap()
                .is_none()
        );
        assert!(cache.compress(Path::new("a.bin"), b"x").unwrap().is_none());
        assert!(
            cache
                .compress(Path::new("a.js"), &[b'a'; 1000])
                .unwrap()
                .is_some()
        );
    }

    #[test]
    fn the_name_of_a_result_is_the_sha_256_of_its_content_and_how_it_was_compressed() {
        // FIPS 180-2, appendix B.1.
        assert_eq!(
            key("", b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(key("a", b"bc"), key("", b"abc"));
        assert_ne!(key("11", b"abc"), key("9", b"abc"));
    }
}
