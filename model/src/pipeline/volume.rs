//! A whole scan at once, natively: threads share the slices, each with a network of its own.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::{Network, PipelineError, Segmenter, Series, SliceAnalysis, segment_slice};
use crate::engine::pool::{self, Memory};
use crate::map::Map;
use crate::protocol::BackendChoice;
use crate::settings::Settings;
use crate::volume::Volume;

/// How many threads pay on this machine, where networks compute on `backend`.
pub fn threads(backend: BackendChoice) -> usize {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    pool::workers(usize::MAX, cores, Memory::Ample, backend).max(1)
}

/// Segments every slice of a volume, which then have a say in each other. `on_slice` is called
/// after each.
///
/// # Arguments
/// * `networks`: the same network as many times as threads are to compute.
///
/// # Errors
/// That of the first thread that failed; the others end with the slice that they are at.
pub fn segment_volume<S: Segmenter + Send>(
    volume: &Volume,
    networks: &mut [Network<S>],
    settings: &Settings,
    now_ms: fn() -> f64,
    on_slice: impl Fn() + Sync,
) -> Result<Map<usize, SliceAnalysis>, PipelineError> {
    let count = volume.slices();
    let next = AtomicUsize::new(0);
    let work = |network: &mut Network<S>| {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= count {
                return Ok(done);
            }
            let mut go_on = async |_, _| true;
            let job = segment_slice(volume, index, network, settings, now_ms, &mut go_on);
            match pollster::block_on(job) {
                Ok(analysis) => done.push((index, analysis)),
                Err(error) => {
                    next.store(count, Ordering::Relaxed);
                    return Err(error);
                }
            }
            on_slice();
        }
    };
    let parts: Vec<Result<Vec<_>, PipelineError>> = thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = networks
            .iter_mut()
            .map(|network| scope.spawn(move || work(network)))
            .collect();
        let join = |thread: thread::ScopedJoinHandle<'_, _>| {
            thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        threads.into_iter().map(join).collect()
    });
    let mut analyses = Map::new();
    for part in parts {
        for (slice, analysis) in part? {
            analyses.insert(slice, analysis);
        }
    }
    let alike: BTreeSet<usize> = analyses.keys().copied().collect();
    let series = Series::new(volume, &alike, &settings.postprocess);
    series.refine(&mut analyses);
    Ok(analyses)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::EngineError;
    use crate::network::Architecture;
    use crate::settings::{Denoise, Postprocess};
    use crate::volume::Intensity;

    const EDGE: usize = 32;
    const SLICES: usize = 7;

    /// Takes what is bright for a tumour, and fails at what is brightest.
    struct Bright;

    impl Segmenter for Bright {
        async fn probabilities(
            &mut self,
            input: &[f32],
            _size: (usize, usize),
            _temperature: f32,
            _step: &mut impl AsyncFnMut(usize, usize) -> bool,
        ) -> Result<Vec<f32>, EngineError> {
            if input.iter().any(|&value| value >= 1.0) {
                return Err(EngineError::ResultNotFinite);
            }
            Ok(input.iter().map(|&v| f32::midpoint(v, 1.0)).collect())
        }
    }

    fn network() -> Network<Bright> {
        Network {
            engine: Bright,
            stride: 16,
            temperature: 1.0,
            threshold: 0.5,
        }
    }

    /// A square on each slice, one pixel further down than on the one before.
    fn volume(level: i16) -> Volume {
        let is_square = |at: usize| {
            let (slice, row, col) = (at / (EDGE * EDGE), at / EDGE % EDGE, at % EDGE);
            (slice + 4..slice + 12).contains(&row) && (8..16).contains(&col)
        };
        let voxels = (0..SLICES * EDGE * EDGE).map(|at| if is_square(at) { level } else { 0 });
        let intensity = Intensity::Grey { max: 1000 };
        Volume::without_place((EDGE, EDGE), voxels.collect(), intensity)
    }

    fn segmented(
        volume: &Volume,
        threads: usize,
    ) -> (Result<Map<usize, SliceAnalysis>, PipelineError>, usize) {
        let settings = Settings {
            architecture: Architecture::Unet,
            denoise: Denoise::None,
            postprocess: Postprocess::default(),
        };
        let told = AtomicUsize::new(0);
        let mut networks: Vec<_> = (0..threads).map(|_| network()).collect();
        let tell = || {
            told.fetch_add(1, Ordering::Relaxed);
        };
        let found = segment_volume(volume, &mut networks, &settings, || 0.0, tell);
        (found, told.into_inner())
    }

    #[test]
    fn several_threads_find_what_one_does() {
        let volume = volume(900);
        let (one, three) = (segmented(&volume, 1), segmented(&volume, 3));
        assert_eq!((one.1, three.1), (SLICES, SLICES));
        let (Ok(one), Ok(three)) = (one.0, three.0) else {
            panic!("both must be segmented");
        };
        assert_eq!(one.len(), SLICES);
        for (one, three) in one.values().zip(three.values()) {
            assert_eq!(one.findings, three.findings);
            assert_eq!(one.findings.len(), 1);
        }
        let rows: Vec<f32> = three.values().map(|it| it.findings[0].centre.0).collect();
        assert!(rows.is_sorted() && rows[0] < rows[SLICES - 1]);
    }

    #[test]
    fn a_failure_is_told_whichever_thread_meets_it() {
        for threads in [1, 3] {
            let (found, _) = segmented(&volume(1000), threads);
            assert!(matches!(found, Err(PipelineError::Engine(_))), "{threads}");
        }
    }
}
