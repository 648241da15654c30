//! Measuring a network on this machine: the same code behind the `bench` program and the
//! browser, so that their figures can be compared.

use super::cpu::Cpu;
#[cfg(feature = "gpu")]
use super::gpu::Gpu;
use super::plan::Step;
use super::{Engine, EngineError};
use crate::bench::{Case, Figures, StepFigures, median, share_of_roof};

/// Most time that warm runs take together, unless they are fewer than [`FEWEST_RUNS`]: an emulated
/// GPU would take minutes.
const MOST_MS: f64 = 8_000.0;
const FEWEST_RUNS: usize = 3;

/// Runs `engine`, made for `case` in `prepare_ms`, once cold and up to `runs` times warm.
///
/// # Errors
/// The engine's own.
pub async fn measure(
    engine: &mut Engine,
    case: Case,
    prepare_ms: f64,
    runs: usize,
    now_ms: impl Fn() -> f64,
) -> Result<Figures, EngineError> {
    let edge = case.edge;
    let input = image(edge);
    let first_ms = timed(engine, &input, edge, &now_ms).await?.0;
    let mut times = Vec::with_capacity(runs);
    let mut fastest = (f64::INFINITY, Vec::new());
    while times.len() < runs.max(1) {
        let (total, marks) = timed(engine, &input, edge, &now_ms).await?;
        times.push(total);
        if total < fastest.0 {
            fastest = (total, marks);
        }
        if times.len() >= FEWEST_RUNS && times.iter().sum::<f64>() > MOST_MS {
            break;
        }
    }
    let runs = times.len();
    let warm_ms = median(times).unwrap_or(first_ms);
    // Measuring steps leaves other buffers than what is measured has.
    let memory_bytes = engine.memory_bytes();
    let planned_bytes = engine.planned_bytes(edge, edge)?;
    let weights_bytes = engine.weights_bytes();
    let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    let machine = match engine {
        Engine::Cpu(cpu) => on_processor(cpu, edge, &fastest.1, &now_ms),
        #[cfg(feature = "gpu")]
        Engine::Gpu(gpu) => on_gpu(gpu, edge, &now_ms).await?,
    };
    let gmac = engine.plan().macs(edge, edge) as f64 / 1e9;
    let peaks = machine.peaks();
    Ok(Figures {
        case,
        adapter: engine.adapter().name.clone(),
        prepare_ms,
        first_ms,
        warm_ms,
        best_ms: fastest.0,
        runs,
        gmac,
        gmac_per_s: gmac / warm_ms * 1e3,
        peak_gmac_per_s: peaks.0,
        copy_gb_per_s: peaks.1,
        memory_mib: mib(memory_bytes),
        planned_mib: mib(planned_bytes),
        weights_mib: mib(weights_bytes),
        steps: steps(engine, &machine),
    })
}

/// The figures of each step of the plan.
fn steps(engine: &Engine, machine: &Machine) -> Vec<StepFigures> {
    let (image_bytes, weight_bytes) = engine.number_bytes();
    let (rows, cols) = machine.step_size;
    let timed = engine.plan().steps().iter().zip(&machine.step_ms);
    let figures = timed.map(|(step, &ms)| {
        let gmac = step.macs(rows, cols) as f64 / 1e9;
        let images = step.image_values(rows, cols) * image_bytes;
        let mb = (images + step.weights() * weight_bytes) as f64 / 1e6;
        StepFigures {
            name: name(step),
            ms,
            gmac,
            mb,
            roof: share_of_roof((gmac, mb), machine.peaks(), ms),
        }
    });
    figures.collect()
}

/// What bare arithmetic and copying reach a second, and the time of each step on an image of a
/// size.
struct Machine {
    macs_per_s: f64,
    bytes_per_s: f64,
    step_ms: Vec<f64>,
    /// Rows and columns of that image.
    step_size: (usize, usize),
}

impl Machine {
    /// Billions of multiply-adds, and GB copied, a second.
    fn peaks(&self) -> (f64, f64) {
        (self.macs_per_s / 1e9, self.bytes_per_s / 1e9)
    }
}

fn on_processor(cpu: &Cpu, edge: usize, marks: &[f64], now_ms: &impl Fn() -> f64) -> Machine {
    let (macs_per_s, bytes_per_s) = cpu.roofline(now_ms);
    let times = marks.windows(2).map(|pair| match pair {
        [before, after] => after - before,
        _ => 0.0,
    });
    Machine {
        macs_per_s,
        bytes_per_s,
        step_ms: times.collect(),
        step_size: (edge, edge),
    }
}

/// Work is handed to a GPU in one piece: only its own clock knows about steps.
#[cfg(feature = "gpu")]
async fn on_gpu(
    gpu: &mut Gpu,
    edge: usize,
    now_ms: &impl Fn() -> f64,
) -> Result<Machine, EngineError> {
    let (macs_per_s, bytes_per_s) = gpu.roofline(now_ms).await?;
    let (step_ms, step_size) = gpu.step_times(edge, edge).await?.unwrap_or_default();
    Ok(Machine {
        macs_per_s,
        bytes_per_s,
        step_ms,
        step_size,
    })
}

/// Any temperature takes as long.
const TEMPERATURE: f32 = 1.0;

/// An image without meaning, `edge × edge` values of −1…1.
pub fn image(edge: usize) -> Vec<f32> {
    (0..edge * edge).map(|i| (i as f32 * 0.37).sin()).collect()
}

/// Time of one run to the probabilities that the product takes, and the clock before each step
/// and after the last.
pub(super) async fn timed(
    engine: &mut Engine,
    input: &[f32],
    edge: usize,
    now_ms: &impl Fn() -> f64,
) -> Result<(f64, Vec<f64>), EngineError> {
    let mut marks = Vec::new();
    let start = now_ms();
    let mut mark = async |_, _| {
        marks.push(now_ms());
        true
    };
    engine
        .probabilities(input, (edge, edge), TEMPERATURE, &mut mark)
        .await?;
    Ok((now_ms() - start, marks))
}

fn name(step: &Step) -> String {
    match step {
        Step::Conv {
            node: (i, j),
            conv,
            skip,
            coarse,
            target,
            ..
        } => {
            let inputs = skip.channels + coarse.map_or(0, |view| view.channels);
            let conv = *conv as usize + 1;
            format!("x{i}{j} conv{conv} {inputs}→{}", target.channels)
        }
        Step::Pool { target, .. } => format!("pool to level {}", target.buffer.level()),
        Step::Gate {
            node: (i, j), mid, ..
        } => format!("x{i}{j} gate {mid}"),
        Step::Head { column, .. } => format!("head {column}"),
    }
}
