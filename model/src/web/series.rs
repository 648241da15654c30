//! Segmenting slices: alone, or with other workers.

use js_sys::Array;

use super::subworker::Job;
use super::subworkers::{News, Subworkers};
use super::workspace::Workspace;
use super::{channel, failure, machine, pause, result};
use crate::clock;
use crate::engine::EngineError;
use crate::pipeline::{self, Left, PipelineError, Series, SliceAnalysis};
use crate::protocol::{BackendChoice, Event, Failure, SliceResult, Stage};
use crate::settings::Settings;

/// How often a worker that others work for looks at what they have sent; nothing beside a slice's
/// time.
const LOOK_MS: i32 = 8;

/// How long others may take to start before that worker computes, too: they usually need a fifth of
/// it, and while they do, it would only be in their way.
const GRACE_MS: f64 = 1_000.0;

impl Workspace {
    /// Segments `slices`, each sent as soon as it is done.
    pub(super) async fn segment(
        &mut self,
        run: u32,
        slices: Vec<usize>,
        settings: Settings,
    ) -> Result<(), Failure> {
        self.run = run;
        let outcome = self.work_off(slices, settings).await;
        if outcome.is_ok() && !pause::is_cancelled() {
            return self.finish();
        }
        // What is done by now is numbered and can be used.
        let summary = self.summary()?;
        channel::send(&Event::Cancelled { run, summary });
        if pause::is_cancelled() {
            // What fails while it is being stopped is nobody's concern.
            return Ok(());
        }
        outcome
    }

    /// Works off `slices`, with other workers where that pays: when these have their network, they
    /// do it all. If they are late, this one computes until then.
    async fn work_off(&mut self, slices: Vec<usize>, settings: Settings) -> Result<(), Failure> {
        if self.ready.is_none() {
            self.build(None).await?;
            self.announce();
        }
        self.scan()?;
        let jobs = self.jobs(settings);
        let mut left = Left::of(slices);
        let mut subworkers = self.subworkers(left.todo());
        let mut started_ms = clock::now_ms();
        let mut rebuilt = None;
        progress(&left);
        while !pause::is_cancelled() {
            self.take_in(&mut subworkers, &mut left, &settings);
            subworkers.give(&mut left, &jobs);
            let are_at_work = subworkers.are_at_work();
            let is_early = left.todo() > 0
                && subworkers.are_starting()
                && clock::now_ms() - started_ms < GRACE_MS;
            let suffice = is_early || are_at_work && subworkers.are_complete();
            let Some((slice, holder)) = next_slice(&mut left, &subworkers, suffice) else {
                if !are_at_work && !is_early {
                    break;
                }
                pause::sleep(LOOK_MS).await;
                continue;
            };
            let mut between_steps = async |done, total| {
                subworkers.give(&mut left, &jobs);
                pause::between_steps(done, total).await
            };
            let outcome = self
                .segment_alone(slice, &settings, &mut between_steps)
                .await;
            // However this one ended, what the others have done meanwhile is done.
            self.take_in(&mut subworkers, &mut left, &settings);
            match outcome {
                Ok((analysis, total_ms)) => {
                    if let Some(holder) = holder {
                        let Some(undone) = subworkers.dismiss(holder, slice) else {
                            continue;
                        };
                        left.put_back(undone);
                    }
                    self.keep(slice, analysis, &settings, total_ms, None);
                    left.finish(slice, total_ms);
                    progress(&left);
                }
                Err(PipelineError::Engine(EngineError::Cancelled)) => break,
                Err(PipelineError::Engine(error)) if self.can_go_on(&error) => {
                    let own = holder.is_none().then_some(slice);
                    left.put_back(own.into_iter().chain(subworkers.end()));
                    // A lost GPU cannot be used again, but the system may have another one ready.
                    let is_worth_another = matches!(error, EngineError::Gpu(_))
                        && rebuilt.replace(slice) != Some(slice);
                    self.rebuild(&error, slice, is_worth_another).await?;
                    self.take_over(left.done());
                    subworkers = self.subworkers(left.todo());
                    started_ms = clock::now_ms();
                }
                Err(error) => {
                    // The next run begins with a new engine.
                    self.ready = None;
                    return Err(failure(
                        format!("Slice {} could not be segmented ({error}).", slice + 1),
                        "Press Segment again, or choose the processor instead of the GPU.",
                    ));
                }
            }
        }
        Ok(())
    }

    /// Another engine, after the GPU has failed at a slice: on a GPU if that `is_worth_another`
    /// try, else on the processor.
    async fn rebuild(
        &mut self,
        error: &EngineError,
        slice: usize,
        is_worth_another: bool,
    ) -> Result<(), Failure> {
        let against_gpu = (!is_worth_another).then(|| {
            format!(
                "The GPU failed at slice {} ({}), so the processor went on.",
                slice + 1,
                fault(error)
            )
        });
        self.build(against_gpu).await?;
        self.announce();
        Ok(())
    }

    /// Whether a slice that failed so may yet be done by a new engine: the processor has none of
    /// the GPU's faults.
    fn can_go_on(&self, error: &EngineError) -> bool {
        let is_the_gpus = matches!(
            error,
            EngineError::Gpu(_)
                | EngineError::GpuMemory
                | EngineError::GpuLimit { .. }
                | EngineError::ResultNotFinite
        );
        is_the_gpus
            && self
                .engine_info()
                .is_some_and(|info| info.backend == BackendChoice::Gpu)
    }

    /// The engine that goes on with a run counts as that of the slices that are done: they are the
    /// same network's, and the page takes them so, too.
    fn take_over(&mut self, done: &[usize]) {
        let Some(info) = self.engine_info().cloned() else {
            return;
        };
        for slice in done {
            if let Some((engine, _)) = self.made_with.get_mut(slice) {
                engine.clone_from(&info);
            }
        }
    }

    /// Other workers for so many slices; none where they are not worth it.
    fn subworkers(&self, slices: usize) -> Subworkers {
        let Some(backend) = self.engine_info().map(|info| info.backend) else {
            return Subworkers::default();
        };
        let count = machine::workers(slices, backend);
        Subworkers::start(count, backend, &self.weights_file)
    }

    /// What the subworkers have sent, or left undone.
    fn take_in(&mut self, subworkers: &mut Subworkers, left: &mut Left, settings: &Settings) {
        while let Some(news) = subworkers.news() {
            match news {
                News::Done(answer, planes) => self.take_answer(answer, planes, left, settings),
                News::Lost(slices) => left.put_back(slices),
            }
        }
    }

    fn take_answer(
        &mut self,
        answer: SliceResult,
        planes: Array,
        left: &mut Left,
        settings: &Settings,
    ) {
        let (slice, total_ms) = (answer.slice, answer.total_ms);
        let sides = self
            .volume
            .as_ref()
            .map(|volume| (volume.rows, volume.cols));
        match sides.and_then(|sides| result::receive(answer, &planes, sides)) {
            Some(analysis) => {
                self.keep(slice, analysis, settings, total_ms, Some(planes));
                left.finish(slice, total_ms);
                progress(left);
            }
            None => left.spoil(slice),
        }
    }

    /// Makes slices of the open scan into what other workers compute.
    fn jobs(&self, settings: Settings) -> impl Fn(usize) -> Option<(Job, Vec<u8>)> + use<> {
        let (run, volume) = (self.run, self.volume.clone());
        move |slice| {
            let volume = volume.as_deref()?;
            let job = Job {
                run,
                slice,
                rows: volume.rows,
                cols: volume.cols,
                intensity: volume.intensity,
                spacing: volume.spacing,
                settings,
            };
            let values = volume.slice(slice)?;
            Some((job, values.iter().flat_map(|v| v.to_le_bytes()).collect()))
        }
    }

    /// The slice's analysis by this worker, and how long it took in ms.
    async fn segment_alone(
        &mut self,
        slice: usize,
        settings: &Settings,
        between_steps: &mut impl AsyncFnMut(usize, usize) -> bool,
    ) -> Result<(SliceAnalysis, f64), PipelineError> {
        let started_ms = clock::now_ms();
        let (Some(volume), Some((_, ready))) = (&self.volume, &mut self.ready) else {
            return Err(PipelineError::NoSuchSlice(slice));
        };
        let analysis = pipeline::segment_slice(
            volume,
            slice,
            &mut ready.network,
            settings,
            clock::now_ms,
            between_steps,
        )
        .await?;
        Ok((analysis, clock::now_ms() - started_ms))
    }

    /// Takes a slice in and sends it, and those beside it that look different now.
    ///
    /// # Arguments
    /// * `planes`: the slice's own, if another worker has computed them.
    fn keep(
        &mut self,
        slice: usize,
        mut analysis: SliceAnalysis,
        settings: &Settings,
        total_ms: f64,
        planes: Option<Array>,
    ) {
        // What can be another below.
        let refined = planes.as_ref().map(|_| analysis.refined.clone());
        let field = analysis.field.clone();
        if let Some(before) = self.analyses.get(&slice) {
            analysis.keep_decisions(before);
        }
        self.analyses.insert(slice, analysis);
        if let Some(engine) = self.engine_info() {
            self.made_with.insert(slice, (engine.clone(), *settings));
        }
        let mut changed = Vec::new();
        if let Some(volume) = &self.volume {
            let alike = self.alike(slice);
            let series = Series::new(volume, &alike, &settings.postprocess);
            changed = series.settle(slice, &mut self.analyses);
        }
        let now = self.analyses.get(&slice);
        // With another lung field all planes but one are others.
        let planes = planes.filter(|_| now.is_some_and(|now| now.field == field));
        if let (Some(list), Some(now)) = (&planes, now)
            && refined.as_ref() != Some(&now.refined)
        {
            result::replace_refined(list, &now.refined);
        }
        self.send_slice(slice, Some(total_ms), planes);
        for other in changed {
            self.send_slice(other, None, None);
        }
    }
}

/// A slice for the worker that hands them out, and the silent subworker, if any, that may yet be
/// busy with it: whoever is first has done it.
fn next_slice(
    left: &mut Left,
    subworkers: &Subworkers,
    suffice: bool,
) -> Option<(usize, Option<usize>)> {
    if let Some(slice) = left.take_next(suffice) {
        return Some((slice, None));
    }
    let (holder, slice) = subworkers.overdue(left.patience_ms())?;
    Some((slice, Some(holder)))
}

/// What went wrong, without the advice that an error comes with.
fn fault(error: &EngineError) -> &str {
    match error {
        EngineError::Gpu(detail) => detail,
        EngineError::ResultNotFinite => "values that are not numbers",
        _ => "too little memory",
    }
}

fn progress(left: &Left) {
    channel::send(&Event::Progress {
        stage: Stage::Segmenting,
        done: left.done().len() as u64,
        total: left.total() as u64,
    });
}
