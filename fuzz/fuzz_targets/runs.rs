//! Masks: whatever decodes is coded the same way again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use model::saved::runs;

fuzz_target!(|input: (u16, &[u8])| {
    let (pixels, code) = input;
    if let Ok(map) = runs::decode(code, usize::from(pixels)) {
        assert_eq!(map.len(), usize::from(pixels));
        assert_eq!(runs::encode(&map), code);
    }
});
