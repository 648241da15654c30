//! Choosing where a network runs: a real GPU that is faster, else the CPU, and why.

use super::gpu::{Gpu, IN_SINGLE, silent, unfit};
use super::{channel, failure, machine, pause};
use crate::bench::Speeds;
use crate::clock;
use crate::engine::race::{cpu_ms, gpu_ms};
use crate::engine::{Engine, GpuStart, Precision, Weights};
use crate::network::Architecture;
use crate::pipeline::{self, Network};
use crate::protocol::{BackendChoice, EngineInfo, Event, Failure, Stage};

/// How long a GPU may take to get the weights and for its self-test, and again to be compared with
/// the processor, whatever that takes itself. Emulated ones take a second, and as long as to start
/// if they have to start again with f32.
const TRIAL_MS: i32 = 60_000;

/// A network ready to run and what the page may say about it.
pub(super) struct Ready {
    pub(super) network: Network,
    pub(super) info: EngineInfo,
    /// What the choice was made by, if it was measured.
    pub(super) speeds: Option<Speeds>,
}

/// What is done while the weights are on their way.
pub(super) struct Start {
    /// How long it took.
    taken_ms: f64,
    wish: BackendChoice,
    /// The GPU as the browser names it.
    name: Option<String>,
    gpu: Gpu,
}

/// An engine that has passed its self-test, and by how much its logits were off.
type Tested = (Engine, f32);

/// Why the GPU is not used, and the engine on the processor if there is one already.
#[derive(Default)]
struct Refused {
    /// None is needed where the user wishes for the processor.
    reason: Option<String>,
    processor: Option<Tested>,
}

impl From<String> for Refused {
    fn from(reason: String) -> Self {
        Self {
            reason: Some(reason),
            processor: None,
        }
    }
}

impl Start {
    /// Looks for a GPU and compiles the kernels of the published networks, unless `known` speeds
    /// say that it would be in vain.
    pub(super) async fn new(
        architecture: Architecture,
        wish: BackendChoice,
        known: Option<&Speeds>,
    ) -> Self {
        let started_ms = clock::now_ms();
        let (name, gpu) = Gpu::find(architecture, wish, known).await;
        Self {
            taken_ms: clock::now_ms() - started_ms,
            wish,
            name,
            gpu,
        }
    }

    /// For the processor, whatever was wished for, because of `reason`.
    pub(super) fn without_gpu(wish: BackendChoice, reason: String) -> Self {
        Self {
            taken_ms: 0.0,
            wish,
            name: None,
            gpu: Gpu::Refused(reason),
        }
    }

    /// Builds the network of `weights` on the wished back end, tests it against the stored
    /// logits and falls back to the CPU when that fails or, if the choice is free, when that is
    /// faster.
    ///
    /// # Arguments
    /// * `known`: what was measured before.
    pub(super) async fn prepare(
        self,
        weights: &Weights,
        known: Option<Speeds>,
    ) -> Result<Ready, Failure> {
        let started_ms = clock::now_ms();
        channel::send(&Event::Progress {
            stage: Stage::StartUp,
            done: 0,
            total: 1,
        });
        let Self {
            taken_ms,
            wish,
            name,
            gpu,
        } = self;
        let mut speeds = known.filter(|known| {
            known.architecture == weights.config().architecture
                && known.weights_version == weights.version()
                // Where no GPU is to compute, they are only kept.
                && (matches!(gpu, Gpu::NotWanted | Gpu::Refused(_))
                    || known.adapter == name.as_deref().unwrap_or_default())
        });
        let chosen = match gpu {
            Gpu::NotWanted => Err(Refused::default()),
            Gpu::Refused(reason) => Err(reason.into()),
            Gpu::WillLose => on_gpu(None, weights, wish, name.clone(), &mut speeds).await,
            Gpu::Started(start) => {
                on_gpu(Some(start), weights, wish, name.clone(), &mut speeds).await
            }
        };
        let (backend, (engine, self_test_error), reason) = match chosen {
            Ok(tested) => (BackendChoice::Gpu, tested, None),
            Err(Refused { reason, processor }) => {
                let tested = match processor {
                    Some(tested) => tested,
                    None => on_processor(weights)
                        .await
                        .map_err(|detail| failed(&detail))?,
                };
                (BackendChoice::Cpu, tested, reason)
            }
        };
        if let Some(speeds) = &speeds {
            channel::send(&Event::Speeds(speeds.clone()));
        }
        let own = engine.adapter().name.clone();
        let info = EngineInfo {
            architecture: weights.config().architecture,
            backend,
            adapter: name
                .filter(|_| backend == BackendChoice::Gpu)
                .unwrap_or(own),
            reason,
            self_test_error,
            start_up_ms: taken_ms + clock::now_ms() - started_ms,
            weights_version: weights.version().to_owned(),
            threshold: weights.threshold(),
            least_peak: weights.least_peak(),
            pipeline_version: pipeline::VERSION,
        };
        Ok(Ready {
            network: Network::new(engine, weights),
            info,
            speeds,
        })
    }
}

/// The network on the GPU, or why not. Where the choice is free, the faster one is found out,
/// unless `speeds` says it already.
async fn on_gpu(
    start: Option<GpuStart>,
    weights: &Weights,
    wish: BackendChoice,
    name: Option<String>,
    speeds: &mut Option<Speeds>,
) -> Result<Tested, Refused> {
    let is_free = wish == BackendChoice::Auto;
    if let Some(known) = speeds
        && is_free
        && !known.gpu_wins(machine::side_by_side())
    {
        return Err(defeat(known).into());
    }
    let trial = pause::within(TRIAL_MS, tried(start, weights)).await;
    let (mut gpu, error) = trial.unwrap_or_else(|| Err(silent()))?;
    if !is_free || speeds.is_some() {
        return Ok((gpu, error));
    }
    let (mut cpu, cpu_error) = on_processor(weights).await?;
    let cpu_ms = cpu_ms(&mut cpu, clock::now_ms).await.map_err(unfit)?;
    let compared = pause::within(TRIAL_MS, gpu_ms(&mut gpu, cpu_ms, clock::now_ms)).await;
    let reason = match compared {
        Some(Ok(gpu_ms)) => {
            let measured = speeds.insert(Speeds {
                architecture: weights.config().architecture,
                weights_version: weights.version().to_owned(),
                adapter: name.unwrap_or_default(),
                gpu_ms,
                cpu_ms,
            });
            if measured.gpu_wins(machine::side_by_side()) {
                return Ok((gpu, error));
            }
            defeat(measured)
        }
        Some(Err(error)) => unfit(error),
        None => silent(),
    };
    Err(Refused {
        reason: Some(reason),
        processor: Some((cpu, cpu_error)),
    })
}

/// The network on the GPU, once more with f32 where it fails with f16; or why not.
async fn tried(start: Option<GpuStart>, weights: &Weights) -> Result<Tested, String> {
    let is_single = start
        .as_ref()
        .is_some_and(|start| start.precision() == Precision::Single);
    let built = match start {
        Some(start) => Engine::gpu_from(start, weights).await,
        None => Engine::gpu(weights).await,
    };
    let found = match tested(built, weights).await {
        Ok(found) => Ok(found),
        Err(first) if is_single => Err(first),
        Err(first) => {
            let again = Engine::gpu_with(weights, IN_SINGLE).await;
            tested(again, weights).await.map_err(|_| first)
        }
    };
    found.map_err(unfit)
}

fn defeat(speeds: &Speeds) -> String {
    // Browsers may hide its name.
    let name = match speeds.adapter.as_str() {
        "" => String::new(),
        name => format!(" ({name})"),
    };
    let processor = if speeds.gpu_wins(1) {
        "The cores of the processor together are"
    } else {
        "The processor is"
    };
    format!("{processor} faster here than the GPU{name}.")
}

async fn on_processor(weights: &Weights) -> Result<Tested, String> {
    tested(Engine::cpu(weights), weights).await
}

fn failed(detail: &str) -> Failure {
    failure(
        format!("The segmentation engine failed its self-test ({detail})."),
        "Reload the page; if it happens again, report it with the diagnostics text.",
    )
}

async fn tested<E: std::fmt::Display>(
    built: Result<Engine, E>,
    weights: &Weights,
) -> Result<Tested, String> {
    let mut engine = built.map_err(|error| error.to_string())?;
    let error = engine
        .self_test(weights)
        .await
        .map_err(|error| error.to_string())?;
    Ok((engine, error))
}
