//! `against_burn`: the engine and burn on the same graphics card, by turns, with the same networks.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use burn::tensor::{Device, DeviceKind};
use clap::Parser;
use model::against_burn::by_turns;
use model::bench::median;
use model::engine::{ConvKernel, GpuOptions, Precision};

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

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let device = Device::wgpu(DeviceKind::DefaultDevice);
    print("network            engine ms    burn ms  engine / burn  logits differ by")?;
    for file in &arguments.weights {
        let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
        let options = GpuOptions {
            kernel: arguments.kernel,
            precision: arguments.precision,
            ..GpuOptions::default()
        };
        let (edge, rounds) = (arguments.edge, arguments.rounds);
        let compared = by_turns(&bytes, edge, rounds, options, &device);
        let (adapter, rounds) = pollster::block_on(compared)?;
        let engine = median(rounds.iter().map(|it| it.engine_ms).collect());
        let burn = median(rounds.iter().map(|it| it.burn_ms).collect());
        let (engine, burn) = (engine.unwrap_or(f64::NAN), burn.unwrap_or(f64::NAN));
        // `f32::max` would leave out what is no number.
        let differences = rounds.iter().map(|it| it.difference);
        let difference = differences.max_by(f32::total_cmp).unwrap_or(f32::NAN);
        print(&format!(
            "{:16} {engine:11.1} {burn:10.1} {:14.3} {difference:17.1e}   on {adapter}",
            file.file_stem().unwrap_or_default().to_string_lossy(),
            engine / burn,
        ))?;
    }
    Ok(())
}

fn print(line: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}
