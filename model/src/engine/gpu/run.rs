//! Running the network: handing over the work, reading the result back.

use std::collections::VecDeque;

use super::answer::probabilities;
use super::device::{Submitted, Verdict};
use super::pace::{AHEAD, Pace};
use super::prepared::{PreparedPlan, largest_bytes};
use super::windows::Windows;
use super::{Gpu, pack};
use crate::clock::now_ms;
use crate::engine::between::Between;
use crate::engine::{EngineError, check_input};

/// What is read back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::engine) enum Wanted {
    /// The network's own output in f32.
    Logits,
    /// Sigmoid of the logits divided by this temperature, in steps of 1/254.
    Probabilities(f32),
}

impl Gpu {
    /// The output for an input of `rows × cols`, of the same shape.
    pub(in crate::engine) async fn run(
        &mut self,
        input: &[f32],
        (rows, cols): (usize, usize),
        wanted: Wanted,
        step: &mut dyn Between,
    ) -> Result<Vec<f32>, EngineError> {
        check_input(input, rows, cols, &self.config)?;
        self.device.sound()?;
        let (windows, prepared) = self.fitting(rows, cols).await?;
        let size = prepared.size();
        let output = if size == (rows, cols) {
            self.run_prepared(&prepared, input, wanted, step).await
        } else {
            self.run_windows(&prepared, input, cols, &windows, wanted, step)
                .await
        };
        self.prepared.push(prepared);
        output
    }

    /// The windows over an image and the buffers of one; smaller windows, from now on, if the GPU
    /// has no memory for those that its limits allow.
    async fn fitting(
        &mut self,
        rows: usize,
        cols: usize,
    ) -> Result<(Windows, PreparedPlan), EngineError> {
        loop {
            let windows = self.windows(rows, cols)?;
            let size = (windows.rows.length, windows.cols.length);
            match self.prepared(size).await {
                Err(EngineError::GpuMemory) => {
                    self.buffer_bytes = largest_bytes(&self.plan, size, self.precision()) / 2;
                }
                made => return Ok((windows, made?)),
            }
        }
    }

    /// The output for an image `cols` wide, window by window.
    async fn run_windows(
        &mut self,
        prepared: &PreparedPlan,
        input: &[f32],
        cols: usize,
        windows: &Windows,
        wanted: Wanted,
        step: &mut dyn Between,
    ) -> Result<Vec<f32>, EngineError> {
        let calls = prepared.dispatches.len();
        let total = calls * windows.count();
        let mut output = vec![0.0; input.len()];
        for (index, window) in windows.iter().enumerate() {
            let part = window.cut(input, cols);
            let mut within =
                async |done: usize, _: usize| step.go_on(index * calls + done, total).await;
            let found = self
                .run_prepared(prepared, &part, wanted, &mut within)
                .await?;
            window.paste(&found, &mut output, cols);
        }
        Ok(output)
    }

    async fn run_prepared(
        &mut self,
        prepared: &PreparedPlan,
        input: &[f32],
        wanted: Wanted,
        step: &mut dyn Between,
    ) -> Result<Vec<f32>, EngineError> {
        let image = pack::image(input, prepared.rows, prepared.cols);
        let write = || {
            let bytes = bytemuck::cast_slice(&image);
            self.device.queue.write_buffer(&prepared.input, 0, bytes);
            if let Wanted::Probabilities(temperature) = wanted {
                prepared.answer.set_temperature(&self.device, temperature);
            }
        };
        self.device.checked(write).await?;
        let started_ms = now_ms();
        let total = prepared.dispatches.len();
        let mut done = 0;
        let mut running = VecDeque::new();
        while done < total {
            let start = done;
            let left = prepared.dispatches.iter().skip(start);
            for _ in 0..self.pace.piece(left.map(|dispatch| dispatch.macs)) {
                if !step.go_on(done, total).await {
                    return Err(EngineError::Cancelled);
                }
                done += 1;
            }
            let submit = || self.submit(prepared, start, done, wanted);
            running.push_back(self.device.watched(submit));
            if running.len() > AHEAD
                && let Some((first, verdict)) = running.pop_front()
            {
                verdict.await?;
                if let Err(error) = self.device.finished(first).await {
                    return Err(cause(error, running).await);
                }
            }
        }
        let size = prepared.result(wanted).size();
        let bytes = match self.device.read_bytes(&prepared.read_back, size).await {
            Ok(bytes) => bytes,
            Err(error) => return Err(cause(error, running).await),
        };
        for (_, verdict) in running {
            verdict.await?;
        }
        let macs = prepared.dispatches.iter().map(|dispatch| dispatch.macs);
        self.pace = Pace::of(macs.sum(), now_ms() - started_ms);
        let _ = step.go_on(total, total).await;
        match wanted {
            Wanted::Logits => {
                let (values, _) = bytes.as_chunks::<4>();
                Ok(values.iter().map(|&b| f32::from_le_bytes(b)).collect())
            }
            Wanted::Probabilities(_) => probabilities(&bytes),
        }
    }

    /// Hands over the steps `start..end`, and the copy for the read-back after the last.
    fn submit(
        &self,
        prepared: &PreparedPlan,
        start: usize,
        end: usize,
        wanted: Wanted,
    ) -> Submitted {
        let is_last = end == prepared.dispatches.len();
        let mut encoder = self
            .device
            .handle
            .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            for dispatch in prepared.dispatches.iter().take(end).skip(start) {
                dispatch.encode(&mut pass);
            }
            if is_last && wanted != Wanted::Logits {
                self.kernels.quantiser.encode(&prepared.answer, &mut pass);
            }
        }
        if is_last {
            let result = prepared.result(wanted);
            encoder.copy_buffer_to_buffer(result, 0, &prepared.read_back, 0, result.size());
        }
        self.device.submit(encoder.finish())
    }
}

/// Why work failed: what the GPU found wrong with a part of it, which names the cause, else how the
/// failure was noticed.
async fn cause(
    noticed: EngineError,
    running: impl IntoIterator<Item = (Submitted, Verdict)>,
) -> EngineError {
    for (_, verdict) in running {
        if let Err(found) = verdict.await {
            return found;
        }
    }
    noticed
}
