//! What precedes the coded samples (annex C).

use super::coding::{Coding, Preset};
use crate::segment::{INTERVAL, SCAN, segments};
use crate::{Fault, Result};

/// "Start of frame" of JPEG-LS.
const FRAME: u8 = 0xf7;
/// "JPEG-LS preset parameters".
const PRESET: u8 = 0xf8;

/// A picture whose samples are still coded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Header<'a> {
    /// At least 1.
    pub(super) rows: u16,
    /// At least 1.
    pub(super) cols: u16,
    pub(super) coding: Coding,
    /// Rows from one restart to the next; 0 where there is none.
    pub(super) restart_rows: usize,
    /// The scan, and what comes after it.
    pub(super) scan: &'a [u8],
}

impl<'a> Header<'a> {
    /// `None` of any other JPEG.
    ///
    /// # Errors
    /// It has colours, a palette or cut bits, or its numbers are not what the standard allows.
    pub(crate) fn read(packed: &'a [u8]) -> Result<Option<Self>> {
        let (mut frame, mut preset, mut restart_rows) = (None, Some(Preset::default()), 0);
        for (at, marker, segment) in segments(packed) {
            match (marker, segment) {
                (FRAME, &[bits, r1, r0, c1, c0, 1, _, _, _]) => {
                    let size = [[r1, r0], [c1, c0]].map(u16::from_be_bytes);
                    frame = Some((u32::from(bits), size));
                }
                (FRAME, _) => return Err(Fault::Damaged),
                (PRESET, [1, parameters @ ..]) => {
                    preset = Preset::read(parameters);
                }
                // Rows here, samples in other JPEGs.
                (INTERVAL, rows) if rows.len() <= 4 => {
                    let digits = rows.iter().map(|&byte| usize::from(byte));
                    restart_rows = digits.fold(0, |number, digit| number << 8 | digit);
                }
                (SCAN, &[1, _, palette, near, 0, cut]) => {
                    let Some((bits, [rows, cols])) = frame else {
                        return Ok(None);
                    };
                    let coding = preset
                        .and_then(|preset| Coding::new(bits, near.into(), preset))
                        .filter(|_| palette == 0 && cut == 0 && rows > 0 && cols > 0)
                        .ok_or(Fault::Damaged)?;
                    return Ok(Some(Self {
                        rows,
                        cols,
                        coding,
                        restart_rows,
                        scan: packed.get(at + segment.len()..).unwrap_or_default(),
                    }));
                }
                _ => {}
            }
        }
        match frame {
            Some(_) => Err(Fault::Damaged),
            None => Ok(None),
        }
    }
}
