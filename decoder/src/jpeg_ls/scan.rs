//! Rows of samples (A.2, A.8; restarts as in ITU-T T.81).

use super::bits::Bits;
use super::coding::Coding;
use super::context::{self, Context};
use super::header::Header;
use super::run::Runs;
use super::zeros;
use crate::{Fault, Result};

/// Fills the `samples` of a picture, row-major.
pub(super) fn decode(header: &Header<'_>, samples: &mut [u16]) -> Result<()> {
    let (rows, cols) = (usize::from(header.rows), usize::from(header.cols));
    let blank = zeros(cols)?;
    let mut bits = Bits::new(header.scan);
    let part_rows = match header.restart_rows {
        0 => rows,
        between => between.min(rows),
    };
    for (number, part) in samples.chunks_mut(part_rows * cols).enumerate() {
        if let Some(restart) = number.checked_sub(1) {
            bits.restart((restart % 8) as u8)?;
        }
        let mut scan = Scan::new(&mut bits, &header.coding);
        let (mut above, mut corner) = (blank.as_slice(), 0);
        for row in part.chunks_mut(cols) {
            scan.row(above, corner, row)?;
            corner = above.first().copied().unwrap_or_default();
            above = row;
        }
    }
    Ok(())
}

/// What is known between two restarts.
#[derive(Debug)]
struct Scan<'a, 'b> {
    bits: &'a mut Bits<'b>,
    coding: &'a Coding,
    contexts: [Context; context::COUNT],
    runs: Runs,
}

impl<'a, 'b> Scan<'a, 'b> {
    fn new(bits: &'a mut Bits<'b>, coding: &'a Coding) -> Self {
        Self {
            bits,
            coding,
            contexts: [Context::new(coding); context::COUNT],
            runs: Runs::new(coding),
        }
    }

    /// Reads a row below another one. `corner` is what lies to the left of that.
    fn row(&mut self, row_above: &[u16], corner: u16, row: &mut [u16]) -> Result<()> {
        let first = row_above.first().copied().unwrap_or_default().into();
        let (mut left, mut above, mut corner) = (first, first, i32::from(corner));
        let mut col = 0;
        while col < row.len() {
            // Beyond its end the row above goes on as it ends.
            let mut after = row_above.get(col + 1).map_or(above, |&it| it.into());
            let gradients = [after - above, above - corner, corner - left];
            let surroundings = context::surroundings(gradients, self.coding);
            let sample = if surroundings == 0 {
                let length = self.runs.length(self.bits, row.len() - col)?;
                let run = row.get_mut(col..col + length).unwrap_or_default();
                run.fill(left as u16);
                col += length;
                let Some(&end) = row_above.get(col) else {
                    return Ok(());
                };
                above = end.into();
                after = row_above.get(col + 1).map_or(above, |&it| it.into());
                self.runs.end(self.bits, self.coding, left, above)?
            } else {
                let place = surroundings.unsigned_abs() as usize;
                let context = self.contexts.get_mut(place).ok_or(Fault::Damaged)?;
                let prediction = context::prediction(left, above, corner);
                context.sample(self.bits, self.coding, prediction, surroundings.signum())?
            };
            if let Some(here) = row.get_mut(col) {
                *here = sample as u16;
            }
            (left, corner, above) = (sample, above, after);
            col += 1;
        }
        Ok(())
    }
}
