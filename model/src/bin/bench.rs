//! `bench`: how fast the engine is on this machine, with the share of what the machine can do.
//! `--features cli` measures the processor, `--features cli,gpu` also the graphics card.

#[path = "bench/download.rs"]
mod download;
#[path = "bench/slice.rs"]
mod slice;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Parser;
use download::Download;
use model::bench::{Case, Figures};
use model::clock::now_ms;
use model::engine::bench::{image, measure};
#[cfg(feature = "gpu")]
use model::engine::{ConvKernel, GpuOptions, Precision};
use model::engine::{Engine, Weights, share_off};
use model::network::Architecture;
use model::protocol::BackendChoice;
use serde::Serialize;

/// Measure the inference engine.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Networks: unet, unetpp.
    #[arg(long, value_delimiter = ',', default_value = "unet,unetpp")]
    networks: Vec<Architecture>,
    /// Channels at full resolution.
    #[arg(long, value_delimiter = ',', default_value = "16")]
    widths: Vec<usize>,
    /// Edges of the square input in pixels.
    #[arg(long, value_delimiter = ',', default_value = "256,512")]
    edges: Vec<usize>,
    /// Outputs of the U-Net++, 1 to 4; default: the deepest, as in the product. The U-Net has one.
    #[arg(long, value_delimiter = ',')]
    levels: Vec<usize>,
    /// Warm runs of each.
    #[arg(long, default_value_t = 10)]
    runs: usize,
    /// Measure the graphics card instead of the processor.
    #[arg(long)]
    gpu: bool,
    /// The GPU's convolution: direct or tiled; by default what suits the adapter.
    #[cfg(feature = "gpu")]
    #[arg(long)]
    kernel: Option<ConvKernel>,
    /// In what the GPU computes: single, stored (f16 in memory, f32 in sums) or half; default: what
    /// suits the adapter.
    #[cfg(feature = "gpu")]
    #[arg(long)]
    precision: Option<Precision>,
    /// Largest buffer on the GPU in MiB; larger images are computed in windows.
    #[cfg(feature = "gpu")]
    #[arg(long)]
    buffer_mib: Option<u64>,
    /// Invocations of the largest workgroup on the GPU.
    #[cfg(feature = "gpu")]
    #[arg(long)]
    workgroup: Option<usize>,
    /// Print every step as well.
    #[arg(long)]
    steps: bool,
    /// Measure what the middle slice of this scan takes besides the network instead.
    #[arg(long, num_args = 1..)]
    slice: Vec<PathBuf>,
    /// The network that says what is found there.
    #[arg(long, default_value = "public/weights/unet.safetensors")]
    weights: PathBuf,
    /// The built site, whose sizes are printed as well.
    #[arg(long, default_value = "site")]
    site: PathBuf,
    /// Write all figures to this file.
    #[arg(long)]
    json: Option<PathBuf>,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if !arguments.slice.is_empty() {
        for (step, ms) in slice::measure(&arguments.slice, &arguments.weights, arguments.runs)? {
            print(&format!("{step:20} {ms:7.2} ms"))?;
        }
        return Ok(());
    }
    let backend = if arguments.gpu {
        BackendChoice::Gpu
    } else {
        BackendChoice::Cpu
    };
    let mut figures = Vec::new();
    print(
        "network  width  edge level prepare ms   first ms    warm ms    best ms   GMAC/s   of peak     MiB    plan weights   off by",
    )?;
    for &architecture in &arguments.networks {
        for &width in &arguments.widths {
            for &edge in &arguments.edges {
                let case = Case {
                    architecture,
                    width,
                    edge,
                    backend,
                };
                for level in levels(case, &arguments.levels) {
                    let measured = pollster::block_on(run(case, level, &arguments))?;
                    print_figures(&measured, arguments.steps)?;
                    figures.push(measured);
                }
            }
        }
    }
    if let Some(Measured { figures, .. }) = figures.first() {
        print(&format!("on {}", figures.adapter))?;
        let threads = if arguments.gpu { "" } else { " on one thread" };
        print(&format!(
            "peak: {:.1} GMAC/s{threads}, copying {:.1} GB/s",
            figures.peak_gmac_per_s, figures.copy_gb_per_s
        ))?;
    }
    let downloads = download::sizes(&arguments.site);
    print_downloads(&downloads, &arguments.site)?;
    if let Some(path) = &arguments.json {
        let text = serde_json::to_string_pretty(&Report { downloads, figures })?;
        std::fs::write(path, text).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(())
}

/// The JSON file.
#[derive(Debug, Serialize)]
struct Report {
    downloads: Vec<Download>,
    figures: Vec<Measured>,
}

/// One line of the table.
#[derive(Debug, Serialize)]
struct Measured {
    #[serde(flatten)]
    figures: Figures,
    /// The output that was asked for: what lies deeper was not computed.
    level: usize,
    /// How far the graphics card's logits are at most from the processor's, as a share of the
    /// largest: a fast answer that is wrong is worth nothing. Some of it is the rounding of
    /// arbitrary weights to f16, which published ones do not suffer.
    off_by: Option<f32>,
}

/// The outputs to measure: of a network that has one only, that one.
fn levels(case: Case, asked: &[usize]) -> Vec<usize> {
    let config = case.config();
    if asked.is_empty() || !config.deep_supervision {
        return vec![config.depth];
    }
    asked.to_vec()
}

async fn run(case: Case, level: usize, arguments: &Arguments) -> anyhow::Result<Measured> {
    let weights = Weights::arbitrary(case.config());
    let before = now_ms();
    let mut engine = match case.backend {
        #[cfg(feature = "gpu")]
        BackendChoice::Gpu => {
            let options = GpuOptions {
                kernel: arguments.kernel,
                precision: arguments.precision,
                buffer_bytes: arguments.buffer_mib.map(|mib| mib << 20),
                workgroup_invocations: arguments.workgroup,
                is_timed: true,
            };
            Engine::gpu_with(&weights, options).await?
        }
        #[cfg(not(feature = "gpu"))]
        BackendChoice::Gpu => anyhow::bail!("this program was built without --features gpu"),
        _ => Engine::cpu(&weights)?,
    };
    let prepare_ms = now_ms() - before;
    engine.set_level(level)?;
    let (edge, buffers) = (case.edge, engine.planned_bytes(case.edge, case.edge)?);
    let plan = engine
        .plan()
        .summary((edge, edge), buffers, engine.weights_bytes());
    writeln!(std::io::stderr(), "{plan}")?;
    let figures = measure(&mut engine, case, prepare_ms, arguments.runs, now_ms).await?;
    let off_by = match case.backend {
        BackendChoice::Gpu => {
            let mut expected = Engine::cpu(&weights)?;
            expected.set_level(level)?;
            Some(difference(&mut engine, &mut expected, case.edge).await?)
        }
        _ => None,
    };
    Ok(Measured {
        figures,
        level,
        off_by,
    })
}

/// The largest difference to another engine's logits of the same image, as a share of their
/// largest.
async fn difference(
    engine: &mut Engine,
    expected: &mut Engine,
    edge: usize,
) -> anyhow::Result<f32> {
    let input = image(edge);
    let own = engine.logits(&input, edge, edge).await?;
    let expected = expected.logits(&input, edge, edge).await?;
    Ok(share_off(&own, &expected))
}

fn print_figures(measured: &Measured, with_steps: bool) -> anyhow::Result<()> {
    let figures = &measured.figures;
    let case = figures.case;
    let off_by = measured.off_by.map(|it| format!("{it:8.1e}"));
    // Above 100 %: Winograd's convolution does with fewer multiplications.
    let share = format!(
        "{:.0} %",
        figures.gmac_per_s / figures.peak_gmac_per_s * 100.0
    );
    print(&format!(
        "{:8} {:5} {:5} {:5} {:10.1} {:10.1} {:10.1} {:10.1} {:8.1} {share:>9} {:7.0} {:7.0} {:7.0} {:>8}",
        case.architecture.title(),
        case.width,
        case.edge,
        measured.level,
        figures.prepare_ms,
        figures.first_ms,
        figures.warm_ms,
        figures.best_ms,
        figures.gmac_per_s,
        figures.memory_mib,
        figures.planned_mib,
        figures.weights_mib,
        off_by.unwrap_or_default(),
    ))?;
    if with_steps {
        for step in &figures.steps {
            print(&format!(
                "    {:24} {:8.2} ms {:8.1} GMAC/s {:8.2} MB {:5.0} % of roof",
                step.name,
                step.ms,
                step.gmac / step.ms.max(1e-6) * 1e3,
                step.mb,
                step.roof * 100.0
            ))?;
        }
    }
    Ok(())
}

fn print_downloads(downloads: &[Download], site: &Path) -> anyhow::Result<()> {
    if downloads.is_empty() {
        let site = site.display();
        print(&format!("no site in {site}: ./neurocare site builds it"))?;
    }
    for file in downloads {
        let (sent, unpacked) = (file.bytes as f64 / 1e3, file.unpacked as f64 / 1e3);
        print(&format!(
            "{:44} {sent:7.1} kB as sent, {unpacked:7.1} unpacked",
            file.path
        ))?;
    }
    Ok(())
}

fn print(line: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_of_one_output_is_measured_at_that_and_the_other_at_those_asked_for() {
        let of = |architecture, asked: &[usize]| {
            let case = Case {
                architecture,
                width: 4,
                edge: 32,
                backend: BackendChoice::Cpu,
            };
            levels(case, asked)
        };
        assert_eq!(of(Architecture::Unet, &[1, 2]), [4]);
        assert_eq!(of(Architecture::Unetpp, &[1, 3]), [1, 3]);
        assert_eq!(of(Architecture::Unetpp, &[]), [4]);
    }

    #[test]
    fn fewer_levels_are_less_work_and_one_that_is_not_there_is_refused() {
        let arguments = Arguments::parse_from(["bench", "--runs", "1"]);
        let case = Case {
            architecture: Architecture::Unetpp,
            width: 4,
            edge: 32,
            backend: BackendChoice::Cpu,
        };
        let of = |level| pollster::block_on(run(case, level, &arguments));
        let [first, whole] = [1, 4].map(|level| of(level).unwrap());
        assert_eq!([first.level, whole.level], [1, 4]);
        assert!(first.figures.gmac < whole.figures.gmac / 2.0);
        assert!(of(5).is_err());
    }
}
