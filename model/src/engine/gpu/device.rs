//! Finding a GPU, and turning everything that can go wrong with it into an [`EngineError`].

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use super::signal::{Signal, signal};
use crate::engine::{AdapterInfo, EngineError};

/// Parts of names of adapters that emulate a GPU on the processor.
const SOFTWARE: [&str; 4] = ["swiftshader", "llvmpipe", "lavapipe", "basic render"];

/// Looks for a GPU without loading anything onto it; `None` if there is none.
pub async fn probe_gpu() -> Option<AdapterInfo> {
    let adapter = request_adapter().await.ok()?;
    Some(describe(&adapter.get_info()))
}

async fn request_adapter() -> Result<wgpu::Adapter, EngineError> {
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
    let options = wgpu::RequestAdapterOptions {
        power_preference: wgpu::PowerPreference::HighPerformance,
        ..Default::default()
    };
    let adapter = instance.request_adapter(&options).await;
    adapter.map_err(|e| EngineError::NoGpu(e.to_string()))
}

/// Whether an adapter of this name emulates a GPU on the processor.
pub fn is_emulated(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    SOFTWARE.iter().any(|part| lower.contains(part))
}

fn describe(info: &wgpu::AdapterInfo) -> AdapterInfo {
    let name = info.name.trim();
    let is_emulated = is_emulated(&format!("{name} {}", info.driver));
    AdapterInfo {
        // Browsers may hide it.
        name: if name.is_empty() { "GPU" } else { name }.to_owned(),
        // Browsers report their fallback adapter as a processor.
        software: is_emulated || info.device_type == wgpu::DeviceType::Cpu,
        backend: info.backend.to_str().to_owned(),
    }
}

/// Work that was handed over.
pub(super) struct Submitted {
    index: wgpu::SubmissionIndex,
    done: Signal<()>,
}

/// What the GPU found wrong with some work, once it has looked at it.
pub(super) type Verdict = Pin<Box<dyn Future<Output = Result<(), EngineError>>>>;

/// A GPU that is ours to use.
#[derive(Debug)]
pub(super) struct Device {
    pub(super) info: AdapterInfo,
    pub(super) handle: wgpu::Device,
    pub(super) queue: wgpu::Queue,
    /// The first thing that went wrong outside an error scope.
    fault: Arc<Mutex<Option<String>>>,
}

impl Device {
    /// Asks for the fastest GPU, with the largest buffers and workgroups it allows (of which no
    /// more than 128 invocations are used), with f16 if it has it and, if it `is_timed` and has
    /// them, timestamps.
    pub(super) async fn request(is_timed: bool) -> Result<Self, EngineError> {
        let adapter = request_adapter().await?;
        let offered = adapter.limits();
        let limits = wgpu::Limits {
            max_storage_buffer_binding_size: offered.max_storage_buffer_binding_size,
            max_buffer_size: offered.max_buffer_size,
            // Less than WebGPU promises is taken, too: workgroups are cut down to it.
            max_compute_invocations_per_workgroup: offered.max_compute_invocations_per_workgroup,
            max_compute_workgroup_size_x: offered.max_compute_workgroup_size_x,
            max_compute_workgroup_storage_size: offered.max_compute_workgroup_storage_size,
            ..wgpu::Limits::default()
        };
        let mut wanted = wgpu::Features::SHADER_F16;
        wanted.set(wgpu::Features::TIMESTAMP_QUERY, is_timed);
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("segmentation"),
            required_limits: limits,
            required_features: adapter.features() & wanted,
            ..Default::default()
        };
        let (device, queue) = adapter
            .request_device(&descriptor)
            .await
            .map_err(|e| EngineError::NoGpu(e.to_string()))?;
        let fault = Arc::new(Mutex::new(None));
        let uncaptured = Arc::clone(&fault);
        device.on_uncaptured_error(Arc::new(move |error| {
            note(&uncaptured, error.to_string());
        }));
        let lost = Arc::clone(&fault);
        device.set_device_lost_callback(move |_, message| {
            note(&lost, format!("the device was lost: {message}"));
        });
        Ok(Self {
            info: describe(&adapter.get_info()),
            handle: device,
            queue,
            fault,
        })
    }

    /// Whether shaders can store and read f16.
    pub(super) fn has_halves(&self) -> bool {
        let features = self.handle.features();
        features.contains(wgpu::Features::SHADER_F16)
    }

    /// Does `work` and reports what the GPU found wrong with it.
    pub(super) async fn checked<T>(&self, work: impl FnOnce() -> T) -> Result<T, EngineError> {
        let (result, verdict) = self.watched(work);
        verdict.await?;
        self.sound()?;
        Ok(result)
    }

    /// Does `work`; what the GPU found wrong with it comes later: in a browser, asking means
    /// waiting for another process.
    pub(super) fn watched<T>(&self, work: impl FnOnce() -> T) -> (T, Verdict) {
        let internal = self.handle.push_error_scope(wgpu::ErrorFilter::Internal);
        let memory = self.handle.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let validation = self.handle.push_error_scope(wgpu::ErrorFilter::Validation);
        let result = work();
        let (validation, memory, internal) = (validation.pop(), memory.pop(), internal.pop());
        let verdict = async {
            // What there is no memory for is invalid wherever it is used: the cause comes first.
            let found = [memory.await, validation.await, internal.await];
            match found.into_iter().flatten().next() {
                Some(wgpu::Error::OutOfMemory { .. }) => Err(EngineError::GpuMemory),
                Some(error) => Err(EngineError::Gpu(error.to_string())),
                None => Ok(()),
            }
        };
        (result, Box::pin(verdict))
    }

    /// An error if the device was lost or reported anything outside an error scope.
    pub(super) fn sound(&self) -> Result<(), EngineError> {
        let fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        match &*fault {
            Some(message) => Err(EngineError::Gpu(message.clone())),
            None => Ok(()),
        }
    }

    /// Hands over work.
    pub(super) fn submit(&self, commands: wgpu::CommandBuffer) -> Submitted {
        let index = self.queue.submit([commands]);
        // Asked for at once: later it would also wait for what is submitted in between.
        let (send, done) = signal();
        self.queue.on_submitted_work_done(move || send(()));
        Submitted { index, done }
    }

    /// Waits until the work is done.
    pub(super) async fn finished(&self, work: Submitted) -> Result<(), EngineError> {
        self.poll(Some(work.index))?;
        work.done.await;
        self.sound()
    }

    /// The first `size` bytes, a multiple of four, of a buffer that can be mapped.
    pub(super) async fn read_bytes(
        &self,
        buffer: &wgpu::Buffer,
        size: u64,
    ) -> Result<Vec<u8>, EngineError> {
        let fault = |e: &dyn std::fmt::Display| EngineError::Gpu(e.to_string());
        let (send, mapped) = signal();
        let slice = buffer.slice(..size);
        slice.map_async(wgpu::MapMode::Read, send);
        self.poll(None)?;
        let mapped = mapped.await;
        self.sound()?;
        mapped.map_err(|e| fault(&e))?;
        let bytes = slice.get_mapped_range().map_err(|e| fault(&e))?.to_vec();
        buffer.unmap();
        Ok(bytes)
    }

    /// Natively someone must wait for the GPU; a browser does it by itself.
    fn poll(&self, submission_index: Option<wgpu::SubmissionIndex>) -> Result<(), EngineError> {
        let wait = wgpu::PollType::Wait {
            submission_index,
            timeout: None,
        };
        let polled = self.handle.poll(wait);
        polled.map_err(|e| EngineError::Gpu(e.to_string()))?;
        Ok(())
    }
}

/// With it goes all that lies in its memory; a browser would keep that until it looks for what
/// nobody uses.
impl Drop for Device {
    fn drop(&mut self) {
        self.handle.destroy();
    }
}

fn note(fault: &Mutex<Option<String>>, message: String) {
    let mut fault = fault.lock().unwrap_or_else(PoisonError::into_inner);
    fault.get_or_insert(message);
}
