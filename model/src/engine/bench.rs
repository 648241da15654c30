//! Measuring a network on this machine: the same code behind the `bench` program and the
//! browser, so that their figures can be compared.

use super::cpu::Cpu;
#[cfg(feature = "gpu")]
use super::gpu::Gpu;
use super::plan::Step;
use super::{Engine, EngineError, Plan};
use crate::bench::{Case, Figures, StepFigures};
use crate::order;

/// Most time that warm runs take together, unless they are fewer than [`FEWEST_RUNS`]: an emulated GPU
/// would take minutes.
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
    order::sort_by(&mut times, f64::total_cmp);
    let runs = times.len();
    let warm_ms = times.get(runs / 2).copied().unwrap_or(first_ms);
    // Measuring steps leaves other buffers than what is measured has.
    let memory_bytes = engine.memory_bytes();
    let planned_bytes = engine.planned_bytes(edge, edge)?;
    let weights_bytes = engine.weights_bytes();
    let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    let machine = match engine {
        Engine::Cpu(cpu) => on_processor(cpu, &fastest.1, &now_ms),
        #[cfg(feature = "gpu")]
        Engine::Gpu(gpu) => on_gpu(gpu, edge, &now_ms).await?,
    };
    let plan = engine.plan();
    let gmac = plan.macs(edge, edge) as f64 / 1e9;
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
        peak_gmac_per_s: machine.macs_per_s / 1e9,
        copy_gb_per_s: machine.bytes_per_s / 1e9,
        memory_mib: mib(memory_bytes),
        planned_mib: mib(planned_bytes),
        weights_mib: mib(weights_bytes),
        steps: steps(plan, edge, &machine.step_ms),
    })
}

/// What bare arithmetic and copying reach a second, and the time of each step.
struct Machine {
    macs_per_s: f64,
    bytes_per_s: f64,
    step_ms: Vec<f64>,
}

fn on_processor(cpu: &Cpu, marks: &[f64], now_ms: &impl Fn() -> f64) -> Machine {
    let (macs_per_s, bytes_per_s) = cpu.roofline(now_ms);
    let times = marks.windows(2).map(|pair| match pair {
        [before, after] => after - before,
        _ => 0.0,
    });
    Machine {
        macs_per_s,
        bytes_per_s,
        step_ms: times.collect(),
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
    Ok(Machine {
        macs_per_s,
        bytes_per_s,
        step_ms: gpu.step_times(edge, edge).await?.unwrap_or_default(),
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

fn steps(plan: &Plan, edge: usize, times: &[f64]) -> Vec<StepFigures> {
    plan.steps()
        .iter()
        .zip(times)
        .map(|(step, &ms)| StepFigures {
            name: name(step),
            ms,
            gmac_per_s: step.macs(edge, edge) as f64 / 1e6 / ms.max(1e-6),
        })
        .collect()
}

fn name(step: &Step) -> String {
    match step {
        Step::Conv {
            node: (i, j),
            half,
            skip,
            coarse,
            target,
            ..
        } => {
            let inputs = skip.channels + coarse.map_or(0, |view| view.channels);
            let half = *half as usize + 1;
            format!("x{i}{j} conv{half} {inputs}→{}", target.channels)
        }
        Step::Pool { target, .. } => format!("pool to level {}", target.buffer.level()),
        Step::Gate {
            node: (i, j), mid, ..
        } => format!("x{i}{j} gate {mid}"),
        Step::Head { column, .. } => format!("head {column}"),
    }
}
