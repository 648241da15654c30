//! `compare`: the engine and burn on the same graphics card, by turns, with the same networks
//! and the same image. burn without fusion and autotuning, as a browser would have it.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use burn::module::Module as _;
use burn::tensor::{Device, DeviceKind, Tensor, TensorData};
use clap::Parser;
use model::clock::now_ms;
use model::engine::{ConvKernel, Engine, GpuOptions, Precision, Weights, bench};
use model::net::{Network, load_folded};

/// Time the engine against burn.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Weight files.
    #[arg(default_values = ["public/weights/unet.safetensors", "public/weights/unetpp.safetensors"])]
    weights: Vec<PathBuf>,
    /// Edge of the square image in pixels.
    #[arg(long, default_value_t = 256)]
    edge: usize,
    /// Runs of each, after one that does not count.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// The engine's convolution: direct or tiled; by default what suits the adapter.
    #[arg(long)]
    kernel: Option<ConvKernel>,
    /// In what the engine computes: single, stored (f16 in memory, f32 in sums) or half; default:
    /// what suits the adapter.
    #[arg(long)]
    precision: Option<Precision>,
}

/// What came out for one network.
struct Outcome {
    adapter: String,
    engine_ms: Vec<f64>,
    burn_ms: Vec<f64>,
    largest_difference: f32,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    print("network            engine ms    burn ms  engine / burn  logits differ by")?;
    for file in &arguments.weights {
        let outcome = pollster::block_on(compare(file, &arguments))?;
        let (engine, burn) = (median(outcome.engine_ms), median(outcome.burn_ms));
        print(&format!(
            "{:16} {engine:11.1} {burn:10.1} {:14.3} {:17.1e}   on {}",
            file.file_stem().unwrap_or_default().to_string_lossy(),
            engine / burn,
            outcome.largest_difference,
            outcome.adapter,
        ))?;
    }
    Ok(())
}

async fn compare(file: &Path, arguments: &Arguments) -> anyhow::Result<Outcome> {
    let edge = arguments.edge;
    let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let options = GpuOptions {
        kernel: arguments.kernel,
        precision: arguments.precision,
        ..GpuOptions::default()
    };
    let mut engine = Engine::gpu_with(&Weights::from_bytes(&bytes)?, options).await?;
    let device = Device::wgpu(DeviceKind::DefaultDevice);
    let network = load_folded(&bytes)?.to_device(&device);
    let input = bench::image(edge);
    let mut outcome = Outcome {
        adapter: engine.adapter().name.clone(),
        engine_ms: Vec::new(),
        burn_ms: Vec::new(),
        largest_difference: 0.0,
    };
    for round in 0..=arguments.rounds {
        let start = now_ms();
        let mut silent = async |_: usize, _: usize| true;
        let ours = engine.run(&input, edge, edge, &mut silent).await?;
        let between = now_ms();
        let theirs = burn_logits(&network, &input, edge, &device)?;
        let (engine_ms, burn_ms) = (between - start, now_ms() - between);
        if round > 0 {
            outcome.engine_ms.push(engine_ms);
            outcome.burn_ms.push(burn_ms);
        }
        let differences = ours.iter().zip(&theirs).map(|(a, b)| (a - b).abs());
        outcome.largest_difference = differences.fold(outcome.largest_difference, f32::max);
    }
    Ok(outcome)
}

fn burn_logits(
    network: &Network,
    input: &[f32],
    edge: usize,
    device: &Device,
) -> anyhow::Result<Vec<f32>> {
    let data = TensorData::new(input.to_vec(), [1, 1, edge, edge]);
    let logits = network.infer(Tensor::<4>::from_data(data, device));
    let values = logits.into_data().try_into_vec();
    values.map_err(|error| anyhow::anyhow!("burn's result cannot be read: {error:?}"))
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

fn print(line: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}
