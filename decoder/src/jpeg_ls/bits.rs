//! Bits of coded samples (A.1, C.3).

use crate::{Fault, Result};

/// Reads bits, the most significant first. After a byte of ones the next one's first bit is
/// stuffed; where it is set instead, the two are a marker, and no bits.
#[derive(Debug)]
pub(super) struct Bits<'a> {
    rest: &'a [u8],
    /// Bits that were taken from the bytes, the next one the highest; 0 below.
    window: u64,
    /// How many.
    held: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            window: 0,
            held: 0,
        }
    }

    /// The next `count` bits, at most 32.
    pub(super) fn take(&mut self, count: u32) -> Result<u32> {
        if self.held < count {
            self.fill();
            if self.held < count {
                return Err(self.end());
            }
        }
        // In two steps, because none may be asked for.
        let taken = (self.window >> 1) >> (63 - count);
        self.window <<= count;
        self.held -= count;
        Ok(taken as u32)
    }

    /// How many zeros come before a one, which is taken, too. No code has as many as two windows.
    pub(super) fn zeros(&mut self) -> Result<u32> {
        let mut passed = 0;
        while passed <= u64::BITS {
            let zeros = self.window.leading_zeros();
            if zeros < self.held {
                self.window = self.window << zeros << 1;
                self.held -= zeros + 1;
                return Ok(passed + zeros);
            }
            passed += self.held;
            (self.window, self.held) = (0, 0);
            self.fill();
            if self.held == 0 {
                return Err(self.end());
            }
        }
        Err(Fault::Damaged)
    }

    /// Passes the restart marker of a number, 0…7, and the bits that fill up the byte before it.
    pub(super) fn restart(&mut self, number: u8) -> Result<()> {
        while let [0xff, 0xff, ..] = self.rest {
            self.rest = self.rest.get(1..).unwrap_or_default();
        }
        match *self.rest {
            [0xff, marker, ref rest @ ..] if marker == 0xd0 + number => {
                *self = Self::new(rest);
                Ok(())
            }
            _ => Err(self.end()),
        }
    }

    fn fill(&mut self) {
        loop {
            let (bits, count, rest) = match *self.rest {
                [0xff, next @ 0..=0x7f, ref rest @ ..] => (0xff << 7 | u64::from(next), 15, rest),
                [byte @ 0..=0xfe, ref rest @ ..] => (u64::from(byte), 8, rest),
                _ => return,
            };
            if self.held + count > u64::BITS {
                return;
            }
            self.held += count;
            self.window |= bits << (u64::BITS - self.held);
            self.rest = rest;
        }
    }

    /// Why there are no more bits.
    fn end(&self) -> Fault {
        if self.rest.len() < 2 {
            Fault::Truncated
        } else {
            Fault::Damaged
        }
    }
}
