//! Segmenting slices: alone, or with other workers.

use std::collections::VecDeque;

use js_sys::Array;

use super::subworker::Job;
use super::subworkers::{News, Subworkers};
use super::workspace::Workspace;
use super::{channel, failure, pause, result};
use crate::clock;
use crate::engine::{EngineError, pool};
use crate::pipeline::{self, PipelineError, Series, SliceAnalysis};
use crate::protocol::{BackendChoice, Event, Failure, Stage};
use crate::settings::Settings;

impl Workspace {
    /// Segments `slices`, each sent as soon as it is done.
    pub(super) async fn segment(
        &mut self,
        run: u32,
        slices: Vec<usize>,
        settings: Settings,
    ) -> Result<(), Failure> {
        pause::begin();
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

    async fn work_off(&mut self, slices: Vec<usize>, settings: Settings) -> Result<(), Failure> {
        if self.ready.is_none() {
            self.build(None).await?;
            self.announce();
        }
        let asked = slices.clone();
        let mut todo = VecDeque::from(slices);
        let total = todo.len();
        let mut rebuilt = None;
        self.share(&mut todo, total, settings).await;
        while !pause::is_cancelled()
            && let Some(&slice) = todo.front()
        {
            progress(total - todo.len(), total);
            match self.segment_alone(slice, &settings).await {
                Ok(()) => {
                    todo.pop_front();
                }
                Err(PipelineError::Engine(EngineError::Cancelled)) => break,
                Err(PipelineError::Engine(error)) if self.can_go_on(&error) => {
                    // A lost GPU cannot be used again, but the system may have another one ready.
                    let is_worth_another = matches!(error, EngineError::Gpu(_))
                        && rebuilt.replace(slice) != Some(slice);
                    let against_gpu = (!is_worth_another).then(|| {
                        format!(
                            "The GPU failed at slice {} ({}), so the processor went on.",
                            slice + 1,
                            fault(&error)
                        )
                    });
                    self.build(against_gpu).await?;
                    self.announce();
                    self.take_over(asked.iter().filter(|it| !todo.contains(it)));
                    self.share(&mut todo, total, settings).await;
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

    /// Whether a slice that failed so may yet be done by a new engine: the processor has none of the
    /// GPU's faults.
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
    fn take_over<'a>(&mut self, done: impl Iterator<Item = &'a usize>) {
        let Some(info) = self.engine_info().cloned() else {
            return;
        };
        for slice in done {
            if let Some((engine, _)) = self.made_with.get_mut(slice) {
                engine.clone_from(&info);
            }
        }
    }

    /// Other workers, if they are worth it.
    fn subworkers(&self, slices: usize) -> Option<Subworkers> {
        let (_, ready) = self.ready.as_ref()?;
        let backend = ready.info.backend;
        let count = pool::workers(slices, pause::cores(), backend);
        (count > 0).then(|| Subworkers::start(count, backend, &self.weights_file))
    }

    /// Lets other workers do `todo`, if that is worth it; what they leave undone stays there.
    async fn share(&mut self, todo: &mut VecDeque<usize>, total: usize, settings: Settings) {
        let Some(mut subworkers) = self.subworkers(todo.len()) else {
            return;
        };
        let mut done = total - todo.len();
        // What came back damaged is not given out again.
        let mut damaged = VecDeque::new();
        progress(done, total);
        loop {
            subworkers.give(todo, |slice| self.job(slice, settings));
            if !subworkers.is_at_work() {
                break;
            }
            match subworkers.outcome().await {
                Some(News::Done(answer, planes)) => {
                    let (slice, total_ms) = (answer.slice, answer.total_ms);
                    let sides = self
                        .volume
                        .as_ref()
                        .map(|volume| (volume.rows, volume.cols));
                    match sides.and_then(|sides| result::receive(answer, &planes, sides)) {
                        Some(analysis) => {
                            self.keep(slice, analysis, &settings, total_ms, Some(planes));
                            done += 1;
                            progress(done, total);
                        }
                        None => damaged.push_back(slice),
                    }
                }
                Some(News::Lost(slices)) => {
                    for slice in slices.into_iter().rev() {
                        todo.push_front(slice);
                    }
                }
                None => break,
            }
        }
        todo.append(&mut damaged);
    }

    fn job(&self, slice: usize, settings: Settings) -> Option<(Job, Vec<u8>)> {
        let volume = self.volume.as_ref()?;
        let job = Job {
            run: self.run,
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

    async fn segment_alone(
        &mut self,
        slice: usize,
        settings: &Settings,
    ) -> Result<(), PipelineError> {
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
            &mut pause::between_steps,
        )
        .await?;
        let total_ms = clock::now_ms() - started_ms;
        self.keep(slice, analysis, settings, total_ms, None);
        Ok(())
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
        self.send_slice(slice, total_ms, planes);
        for other in changed {
            self.send_slice(other, 0.0, None);
        }
    }
}

/// What went wrong, without the advice that an error comes with.
fn fault(error: &EngineError) -> &str {
    match error {
        EngineError::Gpu(detail) => detail,
        EngineError::ResultNotFinite => "values that are not numbers",
        _ => "too little memory",
    }
}

fn progress(done: usize, total: usize) {
    channel::send(&Event::Progress {
        stage: Stage::Segmenting,
        done: done as u64,
        total: total as u64,
    });
}
