//! The plan's buffers in memory, kept from one run to the next.

use crate::engine::EngineError;
use crate::engine::plan::{Buffer, Plan, View};
use crate::map::Map;

/// Every buffer of a plan for one size of input.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    rows: usize,
    cols: usize,
    values: Map<Buffer, Vec<f32>>,
}

impl Buffers {
    /// Makes every buffer as large as an input of `rows × cols` needs it.
    pub(super) fn fit(&mut self, plan: &Plan, rows: usize, cols: usize) -> Result<(), EngineError> {
        (self.rows, self.cols) = (rows, cols);
        let lengths = plan.buffers().iter();
        let lengths: Vec<(Buffer, usize)> = lengths
            .map(|&(buffer, channels)| (buffer, channels * self.plane(buffer)))
            .collect();
        let room = |buffer| self.values.get(buffer).map_or(0, Vec::capacity);
        // A slice is looked at in two sizes: the smaller one lies where the larger one lay. Growing
        // would copy, and both may not fit.
        if lengths
            .iter()
            .any(|(buffer, length)| room(buffer) < *length)
        {
            self.values.clear();
        }
        for (buffer, length) in lengths {
            let values = self.values.or_default(buffer);
            let more = length.saturating_sub(values.len());
            if values.try_reserve_exact(more).is_err() {
                self.values.clear();
                return Err(EngineError::Memory {
                    rows,
                    cols,
                    needed_mib: plan.memory_bytes(rows, cols) >> 20,
                });
            }
            values.resize(length, 0.0);
        }
        Ok(())
    }

    /// Bytes that are held, for the largest input so far.
    pub(super) fn bytes(&self) -> u64 {
        let held = self.values.values().map(Vec::capacity).sum::<usize>();
        (held * size_of::<f32>()) as u64
    }

    /// Rows and columns of a buffer's planes.
    pub(super) fn sides(&self, buffer: Buffer) -> (usize, usize) {
        (self.rows >> buffer.level(), self.cols >> buffer.level())
    }

    /// All planes of a buffer.
    pub(super) fn all(&self, buffer: Buffer) -> Result<&[f32], EngineError> {
        self.values
            .get(&buffer)
            .map(Vec::as_slice)
            .ok_or_else(|| absent(buffer))
    }

    /// Some planes of a buffer.
    pub(super) fn view(&self, view: View) -> Result<&[f32], EngineError> {
        let plane = self.plane(view.buffer);
        self.all(view.buffer)?
            .get(view.first * plane..(view.first + view.channels) * plane)
            .ok_or_else(|| absent(view.buffer))
    }

    /// Lets `work` write all of `target` while it reads the other buffers.
    pub(super) fn write(
        &mut self,
        target: Buffer,
        work: impl FnOnce(&Self, &mut [f32]) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        // Taken out for the time being, so that reading it is an error.
        let mut values = self.values.remove(&target).ok_or_else(|| absent(target))?;
        let result = work(self, &mut values);
        self.values.insert(target, values);
        result
    }

    /// Lets `work` write some planes of a buffer while it reads the other buffers.
    pub(super) fn write_view(
        &mut self,
        target: View,
        work: impl FnOnce(&Self, &mut [f32]) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let plane = self.plane(target.buffer);
        let range = target.first * plane..(target.first + target.channels) * plane;
        self.write(target.buffer, |buffers, values| {
            let planes = values.get_mut(range).ok_or_else(|| absent(target.buffer))?;
            work(buffers, planes)
        })
    }

    fn plane(&self, buffer: Buffer) -> usize {
        let (rows, cols) = self.sides(buffer);
        rows * cols
    }
}

fn absent(buffer: Buffer) -> EngineError {
    EngineError::Plan(format!(
        "a buffer at level {} is absent or too small",
        buffer.level()
    ))
}
