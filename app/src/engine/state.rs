//! What the reading room knows, and how each message from the worker changes it.
//!
//! Pure: no worker, no page. [`Desk::apply`] says what is to be done next and
//! [`crate::room`] does it.

mod calibrating;
mod ending;
mod journal;
mod judged;
mod kept;
mod loss;
mod open_scan;
mod opening;
mod origin;
mod owner;
mod part;
mod record;
mod rest;
mod salvage;
mod segmented;
mod stopping;
mod third;
mod unsaved;

use std::collections::VecDeque;

use journal::Journal;
pub use journal::{Drawn, Mark, Step};
pub use open_scan::OpenScan;
pub use opening::GivenUp;
use opening::Incoming;
pub use origin::MadeWith;
use origin::Origins;
use owner::Account;
pub use part::{Digest, EngineState, Next, Notice, Run, Scope, Source, Task, WorkerState};
use salvage::Berth;
pub use stopping::{Stopping, Wait};

use model::bench::Speeds;
use model::network::Architecture;
use model::protocol::{EngineInfo, Event, Request, Stage};

use super::progress::Progress;
use crate::clock::now_ms;
use crate::saving::document::Caption;

/// Everything the reading room knows except pixels.
#[derive(Debug, Clone, Default)]
pub struct Desk {
    /// The worker.
    pub worker: WorkerState,
    /// The network.
    pub engine: EngineState,
    /// How fast GPU and processor are here, if the choice between them was free.
    pub speeds: Option<Speeds>,
    /// The page reads files, from the disk or the server, for the worker.
    pub is_reading: bool,
    /// The open scan.
    pub open: OpenScan,
    /// The running job.
    pub run: Option<Run>,
    /// What the progress bar shows.
    pub progress: Option<Progress>,
    /// The network's layers on the current slice, beside the bar of slices.
    pub slice_progress: Option<Progress>,
    /// A reference mask is being read.
    pub is_reading_reference: bool,
    /// The message on top.
    pub notice: Option<Notice>,
    /// Who is signed in.
    account: Account,
    /// Networks that were asked for and are neither ready nor refused.
    preparations: u32,
    /// Scans that the worker opens, in the order of asking.
    incoming: VecDeque<Incoming>,
    last_run: u32,
    restarts: u32,
    starts: u32,
    /// Counts the worker's messages.
    heard: u32,
}

impl Desk {
    /// A request goes to the worker.
    pub fn sent(&mut self, request: &Request) {
        let engine = match &self.engine {
            EngineState::Ready(info) => Some(info),
            _ => None,
        };
        self.open.origins.sent(request, engine, &self.open.results);
        let asked = self.asked(request);
        self.open.journal.sent(asked);
        self.preparations += u32::from(matches!(request, Request::Prepare { .. }));
    }

    /// A new worker is being started; whatever the old one alone knew is gone.
    pub fn worker_starting(&mut self) {
        *self = Self {
            worker: WorkerState::Starting,
            is_reading: self.is_reading,
            open: self.salvaged(),
            notice: self.notice.take(),
            account: std::mem::take(&mut self.account),
            last_run: self.last_run,
            restarts: self.restarts,
            starts: self.starts.wrapping_add(1),
            ..Self::default()
        };
    }

    /// The network is being loaded.
    pub fn preparing(&mut self, architecture: Architecture) {
        self.engine = EngineState::Preparing(architecture);
        self.speeds = None;
    }

    /// A run over `slices` slices starts; its number.
    pub fn start_run(&mut self, slices: usize, task: Task) -> u32 {
        let has_bar = task == Task::Segment;
        // What is said of a scan on which nothing is found makes it nobody's.
        if slices > 0 {
            self.claim();
        }
        self.last_run = self.last_run.wrapping_add(1);
        self.open.is_stopped = false;
        self.run = Some(Run {
            id: self.last_run,
            wanted: slices,
            done: 0,
            task,
            is_cancelling: false,
            started_ms: now_ms() as u64,
        });
        // All else takes an instant: a bar would only flicker.
        self.progress = has_bar.then(|| Progress::new(Stage::Segmenting, 0, slices as u64));
        self.slice_progress = None;
        // What the page does by itself, also after a failure, leaves that to be read.
        let is_asked_for = !matches!(task, Task::Refine | Task::Compare | Task::Restore);
        self.notice
            .take_if(|notice| is_asked_for || !notice.is_error);
        self.last_run
    }

    /// A saved analysis is to take the place of all results; the number of its run.
    pub fn start_restoring(&mut self, made_with: MadeWith, caption: Caption, slices: usize) -> u32 {
        self.open.results.clear();
        // They would take the place of what comes back.
        self.open.waiting = None;
        self.open.owner = None;
        self.open.summary = None;
        self.open.journal = Journal::default();
        self.notice = None;
        let run = self.start_run(slices, Task::Restore);
        self.saved(run, caption);
        self.open.origins.restored(run, made_with);
        run
    }

    /// What all results were made with; `None` if there are none, or not all are alike.
    pub fn made_with(&self) -> Option<&MadeWith> {
        self.open.origins.of(self.open.results.values())
    }

    /// What other viewers call the image of a slice, see `VolumeInfo::image_words`.
    pub fn image_words(&self, slice: usize) -> Option<String> {
        self.open.scan.as_ref()?.image_words(slice)
    }

    /// What a picture of this slice says of the marks on it: whose they are, or why there are none.
    pub fn words_of(&self, slice: usize) -> String {
        let Some(result) = self.open.results.get(&slice) else {
            return "not segmented".to_owned();
        };
        if !result.is_searched() {
            return "without a lung, not searched".to_owned();
        }
        let made = self.open.origins.of(std::iter::once(result));
        let network = made.map_or_else(
            || "segmented".to_owned(),
            |made| {
                [
                    made.engine.architecture.title(),
                    " ",
                    &made.engine.weights_version,
                ]
                .concat()
            },
        );
        let corrected = if result.is_corrected {
            ", corrected"
        } else {
            ""
        };
        network + corrected
    }

    /// Whether a result was saved and came back: it has no probabilities, so its
    /// postprocessing cannot be repeated.
    pub fn has_restored(&self) -> bool {
        self.open.origins.has_restored(self.open.results.values())
    }

    /// The findings that make up a lesion: slice, and place in that slice's list.
    pub fn findings_of(&self, lesion: usize) -> Vec<(usize, usize)> {
        self.open
            .results
            .values()
            .flat_map(|r| r.findings.iter().enumerate())
            .filter(|(_, finding)| finding.lesion == lesion)
            .map(|(index, finding)| (finding.slice, index))
            .collect()
    }

    /// Whether any slice is segmented.
    pub fn has_result(&self) -> bool {
        !self.open.results.is_empty()
    }

    /// Whether slices can be asked for now.
    pub fn can_segment(&self) -> bool {
        self.is_open()
            && self.run.is_none()
            && self.open.waiting.is_none()
            && !matches!(self.engine, EngineState::Failed(_) | EngineState::Off)
    }

    /// Number of slices on which nothing was searched, because they show no lung.
    pub fn without_lung(&self) -> usize {
        let results = self.open.results.values();
        results.filter(|it| !it.is_searched()).count()
    }

    /// Whether anything was searched on any slice.
    pub fn has_searched(&self) -> bool {
        self.without_lung() < self.open.results.len()
    }

    /// Whether slices are segmented, and on none of them a lung was recognised, searched or not.
    pub fn has_no_lung(&self) -> bool {
        self.has_result() && self.open.results.values().all(|it| it.lung_px == 0)
    }

    /// Whether the network runs.
    pub fn is_segmenting(&self) -> bool {
        self.run
            .as_ref()
            .is_some_and(|run| run.task == Task::Segment)
    }

    /// Whether anything is going on that the user waits for.
    pub fn is_busy(&self) -> bool {
        self.is_opening()
            || self.is_reading_reference
            || self.run.is_some()
            || self.worker == WorkerState::Starting
            || matches!(self.engine, EngineState::Preparing(_))
    }

    /// Whether the figures of a message belong to the job that runs.
    pub fn expects(&self, event: &Event) -> bool {
        match event {
            Event::Segmented(result) => self.run.as_ref().is_some_and(|r| r.id == result.run),
            Event::Finished { run, .. } | Event::Cancelled { run, .. } => {
                self.run.as_ref().is_some_and(|r| r.id == *run)
            }
            // A scan that was opened meanwhile has another digest.
            Event::Digest { .. } => self.incoming.is_empty(),
            Event::Slice { slice } => self.open.scan.as_ref().is_some_and(|s| *slice < s.slices),
            _ => true,
        }
    }

    /// Takes in one message. Answers to a job that was given up are dropped.
    pub fn apply(&mut self, event: Event) -> Next {
        self.heard = self.heard.wrapping_add(1);
        if !self.expects(&event) {
            return Next::Nothing;
        }
        match event {
            Event::Loaded => {
                self.worker = WorkerState::Up;
                return Next::Prepare;
            }
            Event::Progress { stage, done, total } => self.progressed(stage, done, total),
            Event::Speeds(speeds) => self.speeds = Some(speeds),
            Event::EngineReady(info) => return self.engine_ready(info),
            Event::Opened(scan) => return self.opened(scan),
            Event::ReferenceOpened { pixels, apart_mm } => self.reference_opened(pixels, apart_mm),
            Event::Segmented(result) => self.segmented(result),
            Event::Finished { run, summary } => {
                // Not when a network is ready: the next slice may be the end of this worker, too.
                if self.run.as_ref().is_some_and(|run| run.done > 0) {
                    self.has_worked();
                }
                self.open.journal.finished(run);
                let is_back = self.is_back();
                self.take_summary(summary);
                self.has_measured(run);
                self.end_run();
                if is_back {
                    return Next::IsBack;
                }
                return self.segment_waiting();
            }
            Event::Cancelled { summary, .. } => {
                // Of those that are only on their way into the worker it does not know all.
                if self.open.berth == Berth::Worker {
                    self.take_summary(summary);
                }
                self.stopped();
            }
            Event::RunFailed { run, failure } => {
                self.run_failed(run, &failure);
                return self.segment_waiting();
            }
            Event::NotOpened(failure) => return self.not_opened(&failure),
            Event::ReferenceNotOpened(failure) => self.reference_not_opened(&failure),
            Event::NotReady(failure) => self.not_ready(failure),
            Event::Failed(failure) => self.fail(failure.to_string()),
            Event::Fatal { detail } => return self.lost(&detail),
            Event::Digest { key, digest } => self.open.digest = Some(Digest { key, digest }),
            Event::Awaiting => self.awaiting(),
            Event::Slice { .. }
            | Event::Around { .. }
            | Event::Exported { .. }
            | Event::Benched { .. } => {}
        }
        Next::Nothing
    }

    fn fail(&mut self, text: String) {
        self.notice = Some(Notice {
            is_error: true,
            text,
        });
    }

    /// A network is ready or refused: whether none was asked for after it.
    fn is_last_preparation(&mut self) -> bool {
        self.preparations = self.preparations.saturating_sub(1);
        self.preparations == 0
    }

    fn engine_ready(&mut self, info: EngineInfo) -> Next {
        if !self.is_last_preparation() {
            return Next::Nothing;
        }
        // Other jobs wait until it is there, and do not use it.
        if let Some(run) = self.run.as_ref().filter(|run| run.task == Task::Segment) {
            // The GPU was lost in the middle of it.
            self.open.origins.engine_replaced(run.id, &info);
        }
        self.engine = EngineState::Ready(info);
        self.clear_bars_of_network();
        self.segment_waiting()
    }

    /// What waited for the network, once it is there and nothing else is under way.
    fn segment_waiting(&mut self) -> Next {
        let is_ready = matches!(self.engine, EngineState::Ready(_)) && self.run.is_none();
        let can_start = is_ready && self.open.scan.is_some();
        let scope = self.open.waiting.take_if(|_| can_start);
        scope.map_or(Next::Nothing, Next::Segment)
    }

    fn progressed(&mut self, stage: Stage, done: u64, total: u64) {
        let progress = Progress::new(stage, done, total);
        let progress = match self.engine {
            EngineState::Preparing(architecture) => progress.of_weights(architecture),
            _ => progress,
        };
        match stage {
            Stage::Layers => self.slice_progress = Some(progress),
            // Counted here from the finished slices, so that bar and list agree.
            // A run has no other stages: those are of a network that is on its way.
            Stage::Segmenting | Stage::Download | Stage::StartUp if self.run.is_some() => {}
            _ => self.progress = Some(progress),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
