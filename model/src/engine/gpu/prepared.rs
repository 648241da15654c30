//! Buffers and bindings of a plan for one size of input, made once and reused.

use std::ops::Range;

use super::answer::Answer;
use super::call::{Call, Piece, Plane};
use super::choice::Precision;
use super::device::Device;
use super::kernels::{Convolution, Kernels};
use super::pack::{GROUP, UNIFORM_ALIGNMENT};
use super::run::Wanted;
use super::upload::{StepWeights, WeightKey};
use crate::engine::EngineError;
use crate::engine::plan::{Buffer, Plan};
use crate::map::Map;

/// Vectors that an invocation may read past the last pixel of a row.
const SLACK: usize = 8;

/// One kernel call.
#[derive(Debug)]
pub(super) struct Dispatch {
    /// Which step of the plan it belongs to.
    pub(super) step: usize,
    pub(super) pipeline: wgpu::ComputePipeline,
    pub(super) bindings: wgpu::BindGroup,
    /// Workgroups over pixels and over channels.
    pub(super) workgroups: (u32, u32),
    pub(super) macs: u64,
}

impl Dispatch {
    /// Puts the call into a pass.
    pub(super) fn encode(&self, pass: &mut wgpu::ComputePass<'_>) {
        let (pixels, channels) = self.workgroups;
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.bindings, &[]);
        pass.dispatch_workgroups(pixels, channels, 1);
    }
}

/// Everything on the GPU that depends on the size of the input.
#[derive(Debug)]
pub(super) struct PreparedPlan {
    pub(super) rows: usize,
    pub(super) cols: usize,
    pub(super) input: wgpu::Buffer,
    logits: wgpu::Buffer,
    /// The logits as probabilities.
    pub(super) answer: Answer,
    /// Copy of one of the two that the processor can read.
    pub(super) read_back: wgpu::Buffer,
    pub(super) dispatches: Vec<Dispatch>,
    /// All buffers.
    owned: Vec<wgpu::Buffer>,
    /// For looking at what lies between the steps.
    #[cfg(any(test, feature = "truth-web"))]
    pub(super) buffers: Map<Buffer, wgpu::Buffer>,
}

/// Bytes of a buffer with borders and room to read past its end.
fn size_bytes(
    (buffer, channels): (Buffer, usize),
    (rows, cols): (usize, usize),
    precision: Precision,
) -> u64 {
    let plane = Plane::of(buffer, rows, cols);
    // In a browser, sizes of what lies in memory have 32 bits: those of large images are found to
    // be too much, not wrapped.
    let [rows, cols, length, channels] =
        [plane.rows, plane.cols, plane.length, channels].map(|count| count as u64);
    let [group, slack] = [GROUP, SLACK].map(|count| count as u64);
    let value = match buffer {
        Buffer::Logits | Buffer::Input => size_of::<f32>(),
        _ => precision.bytes(),
    };
    let values = match buffer {
        Buffer::Logits => rows * cols,
        Buffer::Input | Buffer::Gate(_) => length + slack,
        _ => (channels.div_ceil(group) * length + slack) * group,
    };
    // Copies are of whole words.
    (values * value as u64).next_multiple_of(4)
}

/// Bytes of each of the plan's buffers for an image of `size` (rows, columns).
pub(super) fn sizes_bytes(
    plan: &Plan,
    size: (usize, usize),
    precision: Precision,
) -> impl Iterator<Item = u64> + '_ {
    let buffers = plan.buffers().iter();
    buffers.map(move |&it| size_bytes(it, size, precision))
}

/// Bytes of the largest of them.
pub(super) fn largest_bytes(plan: &Plan, size: (usize, usize), precision: Precision) -> u64 {
    sizes_bytes(plan, size, precision).max().unwrap_or(0)
}

/// Workgroups over pixels of the plan's largest call for an image of `size` (rows, columns). The
/// answer's, which comes after the plan, are fewer than the head's.
pub(super) fn most_workgroups(
    plan: &Plan,
    size: (usize, usize),
    convolution: Convolution,
) -> usize {
    let steps = plan.steps().iter();
    let across = steps.map(|step| Call::workgroups_across(step, size, convolution));
    across.max().unwrap_or(0)
}

/// What can be bound, besides weights.
struct Bound<'a> {
    device: &'a Device,
    buffers: &'a Map<Buffer, wgpu::Buffer>,
    shapes: &'a wgpu::Buffer,
    nothing: &'a wgpu::Buffer,
}

impl Bound<'_> {
    fn get(&self, buffer: Option<Buffer>) -> Result<wgpu::BindingResource<'_>, EngineError> {
        let found = match buffer {
            Some(buffer) => self.buffers.get(&buffer).ok_or_else(no_buffer)?,
            None => self.nothing,
        };
        Ok(found.as_entire_binding())
    }

    /// The bindings of one call; its shape lies at `offset`.
    fn group(
        &self,
        layout: &wgpu::BindGroupLayout,
        call: &Call,
        piece: &Piece,
        weights: Option<&StepWeights>,
        offset: u64,
    ) -> Result<wgpu::BindGroup, EngineError> {
        let halves = weights
            .and_then(|w| w.halves.as_ref())
            .unwrap_or(self.nothing);
        let vectors = weights.map_or(self.nothing, |w| &w.vectors);
        let resources = [
            part(
                self.shapes,
                offset..offset + size_of_val(&piece.shape) as u64,
            ),
            self.get(call.near)?,
            self.get(call.far)?,
            self.get(call.gate)?,
            match &piece.weights {
                Some(range) => part(halves, range.clone()),
                None => halves.as_entire_binding(),
            },
            vectors.as_entire_binding(),
            self.get(Some(call.target))?,
        ];
        let entries: Vec<_> = (0..)
            .zip(resources)
            .map(|(binding, resource)| wgpu::BindGroupEntry { binding, resource })
            .collect();
        let descriptor = wgpu::BindGroupDescriptor {
            label: None,
            layout,
            entries: &entries,
        };
        Ok(self.device.handle.create_bind_group(&descriptor))
    }
}

fn no_buffer() -> EngineError {
    EngineError::Plan("no buffer".to_owned())
}

/// Some bytes of a buffer.
fn part(buffer: &wgpu::Buffer, range: Range<u64>) -> wgpu::BindingResource<'_> {
    wgpu::BindingResource::Buffer(wgpu::BufferBinding {
        buffer,
        offset: range.start,
        size: wgpu::BufferSize::new(range.end - range.start),
    })
}

impl PreparedPlan {
    /// Makes buffers and bindings; GPU errors go to the device's error scope.
    pub(super) fn new(
        device: &Device,
        kernels: &Kernels,
        weights: &Map<WeightKey, StepWeights>,
        plan: &Plan,
        rows: usize,
        cols: usize,
    ) -> Result<Self, EngineError> {
        use wgpu::BufferUsages as Usage;
        let make = |label: &str, size: u64, usage| {
            device.handle.create_buffer(&wgpu::BufferDescriptor {
                label: Some(label),
                size,
                usage,
                mapped_at_creation: false,
            })
        };
        let usage = Usage::STORAGE | Usage::COPY_DST | Usage::COPY_SRC;
        let mut buffers = Map::new();
        for &(buffer, channels) in plan.buffers() {
            let precision = kernels.convolution.precision;
            let size = size_bytes((buffer, channels), (rows, cols), precision);
            buffers.insert(buffer, make("image", size, usage));
        }
        let calls: Vec<(usize, Call)> = plan
            .steps()
            .iter()
            .map(|step| Call::of(step, rows, cols, kernels.convolution))
            .enumerate()
            .collect();
        let pieces: usize = calls.iter().map(|(_, call)| call.pieces.len()).sum();
        let shapes = make(
            "shapes",
            (pieces * UNIFORM_ALIGNMENT) as u64,
            Usage::UNIFORM | Usage::COPY_DST,
        );
        // Stands in for what a kernel does not read; as large as one element.
        let nothing = make("nothing", 64, Usage::STORAGE);
        let mut table = Vec::new();
        let mut dispatches = Vec::new();
        let bound = Bound {
            device,
            buffers: &buffers,
            shapes: &shapes,
            nothing: &nothing,
        };
        for (step, call) in calls {
            let own = match call.weights {
                Some(key) => Some(
                    weights
                        .get(&key)
                        .ok_or_else(|| EngineError::Plan("no weights".to_owned()))?,
                ),
                None => None,
            };
            let (pipeline, layout) = kernels
                .pipeline(call.kernel)
                .ok_or_else(|| EngineError::Plan("no kernel".to_owned()))?;
            let macs = plan.steps().get(step).map_or(0, |s| s.macs(rows, cols));
            for piece in &call.pieces {
                let offset = table.len() as u64;
                dispatches.push(Dispatch {
                    step,
                    pipeline: pipeline.clone(),
                    bindings: bound.group(layout, &call, piece, own, offset)?,
                    workgroups: piece.workgroups,
                    macs: (macs as f64 * piece.share) as u64,
                });
                table.extend(bytemuck::bytes_of(&piece.shape));
                table.resize(table.len().next_multiple_of(UNIFORM_ALIGNMENT), 0);
            }
        }
        device.queue.write_buffer(&shapes, 0, &table);
        #[cfg(any(test, feature = "truth-web"))]
        let all = buffers.clone();
        let take = |buffers: &mut Map<Buffer, wgpu::Buffer>, buffer: Buffer| {
            buffers.remove(&buffer).ok_or_else(no_buffer)
        };
        let mut owned: Vec<_> = buffers.values().cloned().collect();
        let logits = take(&mut buffers, Buffer::Logits)?;
        let answer = kernels.quantiser.bind(&device.handle, &logits);
        let usage = Usage::COPY_DST | Usage::MAP_READ;
        let read_back = make("read-back", logits.size(), usage);
        owned.extend([&shapes, &nothing, answer.bytes(), &read_back].map(Clone::clone));
        Ok(Self {
            rows,
            cols,
            owned,
            answer,
            input: take(&mut buffers, Buffer::Input)?,
            read_back,
            logits,
            dispatches,
            #[cfg(any(test, feature = "truth-web"))]
            buffers: all,
        })
    }
}

impl PreparedPlan {
    /// Rows and columns of the image.
    pub(super) fn size(&self) -> (usize, usize) {
        (self.rows, self.cols)
    }

    /// Bytes of all buffers.
    pub(super) fn bytes(&self) -> u64 {
        self.owned.iter().map(wgpu::Buffer::size).sum()
    }

    /// The buffer that holds what is wanted when all is done.
    pub(super) fn result(&self, wanted: Wanted) -> &wgpu::Buffer {
        match wanted {
            Wanted::Logits => &self.logits,
            Wanted::Probabilities(_) => self.answer.bytes(),
        }
    }
}

/// A browser knows nothing of memory that is let go of until it looks for what nobody uses, which
/// may be long after the next buffers are asked for.
impl Drop for PreparedPlan {
    fn drop(&mut self) {
        self.owned.iter().for_each(wgpu::Buffer::destroy);
    }
}

#[cfg(test)]
mod tests {
    use super::super::choice::{ConvKernel, WorkgroupLimits};
    use super::*;
    use crate::network::{Architecture, NetworkConfig};

    fn plan() -> Plan {
        let config = NetworkConfig::published(Architecture::Unetpp);
        Plan::new(&config, 4).unwrap()
    }

    #[test]
    fn an_image_of_2048_pixels_squared_is_one_workgroup_more_than_webgpu_promises() {
        for kernel in ConvKernel::ALL {
            let convolution = Convolution {
                kernel,
                limits: WorkgroupLimits {
                    invocations: 256,
                    memory_bytes: 16 << 10,
                },
                precision: Precision::Single,
            };
            let most = |edge| most_workgroups(&plan(), (edge, edge), convolution);
            assert_eq!(most(2048), 65_536);
            assert!(most(2032) <= 65_535);
        }
    }

    #[test]
    fn a_whole_slice_fits_the_smallest_gpu() {
        let plan = plan();
        // Five nodes of 16 channels at full resolution, with borders, in 4-byte floats.
        let expected = 5 * 16 * 514 * 514 * 4;
        let largest = largest_bytes(&plan, (512, 512), Precision::Single);
        assert!((expected..expected + 1024).contains(&largest), "{largest}");
        assert!(largest <= 128 << 20, "WebGPU's default limit of a binding");
        let halves = largest_bytes(&plan, (512, 512), Precision::Half);
        assert_eq!(2 * halves, largest);
    }
}
