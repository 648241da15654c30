//! What the server does with the body of a save.
#![no_main]

use std::io::Read as _;

use flate2::read::DeflateDecoder;
use libfuzzer_sys::fuzz_target;
use model::saved::{content, envelope};

fuzz_target!(|document: &[u8]| {
    let Ok((length, compressed)) = envelope::open(document) else {
        return;
    };
    let mut bytes = Vec::new();
    let read = DeflateDecoder::new(compressed)
        .take(length as u64 + 1)
        .read_to_end(&mut bytes);
    if read.is_ok() && bytes.len() == length {
        content::parse(&bytes).ok();
    }
});
