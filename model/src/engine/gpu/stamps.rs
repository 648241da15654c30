//! How long each step takes on the GPU, by its own clock.

use super::device::Device;
use super::prepared::PreparedPlan;
use crate::bench::median;
use crate::engine::EngineError;

/// Timestamps before and after each step, for adapters that have them.
#[derive(Debug)]
pub(super) struct Stamps {
    queries: wgpu::QuerySet,
    resolved: wgpu::Buffer,
    read_back: wgpu::Buffer,
    steps: usize,
}

/// Bytes of a timestamp.
const STAMP_BYTES: u64 = 8;

impl Stamps {
    /// `None` if the device has no timestamps.
    pub(super) fn new(device: &Device, steps: usize) -> Option<Self> {
        if !device
            .handle
            .features()
            .contains(wgpu::Features::TIMESTAMP_QUERY)
        {
            return None;
        }
        let count = 2 * steps as u32;
        let make = |usage| {
            device.handle.create_buffer(&wgpu::BufferDescriptor {
                label: Some("timestamps"),
                size: u64::from(count) * STAMP_BYTES,
                usage,
                mapped_at_creation: false,
            })
        };
        Some(Self {
            queries: device.handle.create_query_set(&wgpu::QuerySetDescriptor {
                label: Some("timestamps"),
                ty: wgpu::QueryType::Timestamp,
                count,
            }),
            resolved: make(wgpu::BufferUsages::QUERY_RESOLVE | wgpu::BufferUsages::COPY_SRC),
            read_back: make(wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ),
            steps,
        })
    }

    /// Runs all of a prepared plan's work, each step in a pass of its own, on whatever the buffers
    /// hold.
    pub(super) fn run(&self, device: &Device, prepared: &PreparedPlan) {
        let mut encoder = device
            .handle
            .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        for dispatches in prepared.dispatches.chunk_by(|a, b| a.step == b.step) {
            let step = dispatches.first().map_or(0, |dispatch| dispatch.step) as u32;
            let writes = wgpu::ComputePassTimestampWrites {
                query_set: &self.queries,
                beginning_of_pass_write_index: Some(2 * step),
                end_of_pass_write_index: Some(2 * step + 1),
            };
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
                label: None,
                timestamp_writes: Some(writes),
            });
            for dispatch in dispatches {
                dispatch.encode(&mut pass);
            }
        }
        encoder.resolve_query_set(&self.queries, 0..2 * self.steps as u32, &self.resolved, 0);
        let size = self.resolved.size();
        encoder.copy_buffer_to_buffer(&self.resolved, 0, &self.read_back, 0, size);
        device.queue.submit([encoder.finish()]);
    }

    /// Milliseconds of each step of the last run.
    pub(super) async fn read(&self, device: &Device) -> Result<Vec<f64>, EngineError> {
        let bytes = device
            .read_bytes(&self.read_back, self.read_back.size())
            .await?;
        let ms = f64::from(device.queue.get_timestamp_period()) / 1e6;
        let (stamps, _) = bytes.as_chunks::<{ STAMP_BYTES as usize }>();
        let stamps: Vec<u64> = stamps.iter().map(|&b| u64::from_le_bytes(b)).collect();
        let (pairs, _) = stamps.as_chunks::<2>();
        Ok(pairs
            .iter()
            .map(|[before, after]| after.saturating_sub(*before) as f64 * ms)
            .collect())
    }
}

/// Each step's median over `runs`, which all have the same steps: a step of a fraction of a
/// millisecond differs much from run to run.
pub(super) fn medians(runs: &[Vec<f64>]) -> Vec<f64> {
    let steps = runs.first().map_or(0, Vec::len);
    (0..steps)
        .map(|step| {
            let times = runs.iter().filter_map(|run| run.get(step).copied());
            median(times.collect()).unwrap_or_default()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_each_step_the_middle_run_counts_whichever_that_is() {
        let runs = [
            vec![1.0, 9.0, 5.0],
            vec![3.0, 2.0, 5.0],
            vec![70.0, 4.0, 5.0],
        ];
        assert_eq!(medians(&runs), [3.0, 4.0, 5.0]);
        assert_eq!(medians(&[]), [0.0; 0]);
    }
}
