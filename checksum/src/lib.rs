//! CRC-32 of PNG, gzip and zip (ISO 3309, reflected polynomial `EDB8 8320`), in the place of the
//! crate of the same name: that one is sent with 16 KB of tables, which no compression shrinks and
//! which would be a twentieth of the engine's download. Here they are computed when first needed.
//!
//! Eight bytes a step by as many tables (Kounavis and Berry 2008, "slicing by 8").

use std::sync::OnceLock;

/// The polynomial, lowest power in the highest bit.
const POLYNOMIAL: u32 = 0xEDB8_8320;

/// Bytes a step.
const SLICES: usize = 8;

/// `tables[k][b]`: what byte `b` does to the checksum `k` bytes later.
type Tables = [[u32; 256]; SLICES];

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| {
        let mut tables = [[0; 256]; SLICES];
        let mut earlier = std::array::from_fn(|byte| (0..8).fold(byte as u32, |x, _| times_x(x)));
        let first = earlier;
        for table in &mut tables {
            *table = earlier;
            earlier = earlier.map(|x| after_zero(&first, x));
        }
        tables
    })
}

/// `value · x` modulo the polynomial.
fn times_x(value: u32) -> u32 {
    (value >> 1) ^ (POLYNOMIAL & (value & 1).wrapping_neg())
}

/// The register `value` after a byte of zeros.
fn after_zero(first: &[u32; 256], value: u32) -> u32 {
    (value >> 8) ^ entry(first, value)
}

/// What the lowest byte of `value` stands for.
fn entry(table: &[u32; 256], value: u32) -> u32 {
    table[usize::from(value as u8)]
}

/// The checksum of `bytes`.
pub fn hash(bytes: &[u8]) -> u32 {
    let mut hasher = Hasher::new();
    hasher.update(bytes);
    hasher.finalize()
}

/// A checksum in the making.
#[derive(Debug, Clone, Default)]
pub struct Hasher {
    checksum: u32,
    length: u64,
}

impl Hasher {
    /// Of nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Goes on from the checksum of bytes seen before.
    pub fn new_with_initial(checksum: u32) -> Self {
        Self::new_with_initial_len(checksum, 0)
    }

    /// The same, where it is known how many they were.
    pub fn new_with_initial_len(checksum: u32, length: u64) -> Self {
        Self { checksum, length }
    }

    /// Takes in more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        let tables = tables();
        let mut register = !self.checksum;
        let mut steps = bytes.chunks_exact(SLICES);
        for step in &mut steps {
            let mut next = 0;
            for (place, (&byte, table)) in step.iter().zip(tables.iter().rev()).enumerate() {
                // The register meets the first four bytes.
                let met = register.checked_shr(8 * place as u32).unwrap_or(0);
                next ^= entry(table, u32::from(byte) ^ met);
            }
            register = next;
        }
        for &byte in steps.remainder() {
            register = (register >> 8) ^ entry(&tables[0], register ^ u32::from(byte));
        }
        self.checksum = !register;
        self.length += bytes.len() as u64;
    }

    /// How many bytes there were.
    pub fn total_len(&self) -> u64 {
        self.length
    }

    /// The checksum.
    pub fn finalize(self) -> u32 {
        self.checksum
    }

    /// Starts anew.
    pub fn reset(&mut self) {
        *self = Self::new();
    }

    /// Appends the bytes that `other` has seen.
    pub fn combine(&mut self, other: &Self) {
        // Checksums are linear: shift this one by the other's bits, then add.
        let mut square = 1 << 23; // x⁸
        let mut left = other.length;
        while left > 0 {
            if left & 1 == 1 {
                self.checksum = product(self.checksum, square);
            }
            square = product(square, square);
            left >>= 1;
        }
        self.checksum ^= other.checksum;
        self.length += other.length;
    }
}

impl std::hash::Hasher for Hasher {
    fn write(&mut self, bytes: &[u8]) {
        self.update(bytes);
    }

    fn finish(&self) -> u64 {
        u64::from(self.checksum)
    }
}

/// `a · b` modulo the polynomial.
fn product(a: u32, mut b: u32) -> u32 {
    let mut sum = 0;
    for power in (0..32).rev() {
        if a >> power & 1 == 1 {
            sum ^= b;
        }
        b = times_x(b);
    }
    sum
}
