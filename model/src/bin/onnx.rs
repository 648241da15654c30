//! `onnx`: writes a network as an ONNX file, from a weight file or, to compare speeds, with
//! weights that mean nothing.

use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use clap::Parser;
use model::bench::Case;
use model::engine::{Weights, onnx};
use model::network::Architecture;
use model::protocol::BackendChoice;

/// Write a network as ONNX.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// File to write.
    #[arg(long)]
    out: PathBuf,
    /// Weight file; without it `--network` and `--width` say what to make up.
    #[arg(long)]
    weights: Option<PathBuf>,
    /// Which network.
    #[arg(long, default_value = "unet")]
    network: Architecture,
    /// Channels at full resolution.
    #[arg(long, default_value_t = 16)]
    width: usize,
    /// Edge of the square image in pixels.
    #[arg(long, default_value_t = 256)]
    edge: usize,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let weights = match &arguments.weights {
        Some(file) => {
            let bytes =
                std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
            Weights::from_bytes(&bytes)?
        }
        None => Weights::arbitrary(
            Case {
                architecture: arguments.network,
                width: arguments.width,
                edge: arguments.edge,
                backend: BackendChoice::Cpu,
            }
            .config(),
        ),
    };
    let stride = weights.config().stride();
    ensure!(
        arguments.edge > 0 && arguments.edge.is_multiple_of(stride),
        "--edge must be a multiple of {stride}: the network halves the image so often"
    );
    std::fs::write(&arguments.out, onnx::to_onnx(&weights, arguments.edge))
        .with_context(|| format!("writing {}", arguments.out.display()))
}
