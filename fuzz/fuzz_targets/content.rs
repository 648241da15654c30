//! Header and masks without the compression, which hides most inputs from a fuzzer.
#![no_main]

use libfuzzer_sys::fuzz_target;
use model::saved::content;

fuzz_target!(|bytes: &[u8]| {
    content::parse(bytes).ok();
});
