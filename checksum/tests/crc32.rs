//! Against the check value of the catalogue of CRCs, zlib and the definition.

use crc32fast::{Hasher, hash};
use proptest::prelude::*;

/// The definition: one bit after another.
fn by_bits(bytes: &[u8]) -> u32 {
    let mut register = u32::MAX;
    for &byte in bytes {
        register ^= u32::from(byte);
        for _ in 0..8 {
            let carry = register & 1;
            register >>= 1;
            if carry == 1 {
                register ^= 0xEDB8_8320;
            }
        }
    }
    !register
}

#[test]
fn the_check_value_comes_out() {
    assert_eq!(hash(b"123456789"), 0xCBF4_3926);
}

/// `zlib.crc32` of Python on `bytes((i * 7 + 3) % 256 for i in range(1003))[from:to]`.
#[test]
fn zlib_agrees() {
    let bytes: Vec<u8> = (0..1003_u32).map(|i| ((i * 7 + 3) % 256) as u8).collect();
    for (from, to, expected) in [
        (0, 1, 0x4B0B_BE37),
        (0, 7, 0x5449_1CDB),
        (0, 8, 0xE2E3_5978),
        (0, 9, 0x3D35_1CFE),
        (3, 1003, 0xCF56_3A97),
    ] {
        assert_eq!(hash(&bytes[from..to]), expected, "{from}..{to}");
    }
}

proptest! {
    #[test]
    fn pieces_give_what_the_definition_gives(bytes: Vec<u8>, cut in 0.0..1.0) {
        let (head, tail) = bytes.split_at((bytes.len() as f64 * cut) as usize);
        let mut both = Hasher::new();
        both.update(head);
        let mut front = both.clone();
        both.update(tail);
        prop_assert_eq!(both.finalize(), by_bits(&bytes));

        let mut back = Hasher::new();
        back.update(tail);
        front.combine(&back);
        prop_assert_eq!(front.total_len(), bytes.len() as u64);
        prop_assert_eq!(front.finalize(), by_bits(&bytes));
    }
}
