//! What the worker remembers: the open scan, its reference, the results, the network.

mod correcting;
mod judging;
mod shown;

use std::collections::BTreeSet;
use std::rc::Rc;

use js_sys::Array;

use super::backend::{Ready, Start};
use super::fetched::Fetch;
use super::{bench, channel, export, failure, lent, result, text};
use crate::bench::Speeds;
use crate::digest::digest;
use crate::engine::Weights;
use crate::identity;
use crate::map::Map;
use crate::mask::Mask;
use crate::open::{self, NamedFile, Opened};
use crate::pipeline::{self, Series, SliceAnalysis};
use crate::protocol::{
    BackendChoice, EngineInfo, Event, Failure, Request, Stage, Summary, VolumeInfo,
};
use crate::saved::content;
use crate::settings::{Postprocess, Settings};
use crate::volume::Volume;
use shown::{SHOWN, show};
pub(super) use shown::{show_around, show_now};

#[derive(Default)]
pub(super) struct Workspace {
    pub(super) volume: Option<Rc<Volume>>,
    reference: Option<Vec<Mask>>,
    pub(super) analyses: Map<usize, SliceAnalysis>,
    /// With what each slice was analysed.
    pub(super) made_with: Map<usize, (EngineInfo, Settings)>,
    pub(super) ready: Option<(BackendChoice, Ready)>,
    pub(super) fetch: Fetch,
    /// Kept so that a network whose GPU was lost can be built again.
    pub(super) weights: Option<(BackendChoice, Weights)>,
    /// The same as a file, for other workers.
    pub(super) weights_file: Vec<u8>,
    /// How fast the back ends are, as the page or this worker has measured it.
    pub(super) speeds: Option<Speeds>,
    pub(super) run: u32,
}

impl Workspace {
    /// Work off one request; events go to the page on the way.
    pub(super) async fn answer(
        &mut self,
        request: Request,
        buffers: Vec<Vec<u8>>,
    ) -> Result<(), Failure> {
        match request {
            Request::Prepare {
                architecture,
                backend,
                weights_url,
                speeds,
            } => {
                self.fetch(architecture, backend, weights_url, speeds);
                Ok(())
            }
            Request::Open { names, series } => {
                let files = received(names, buffers).await;
                self.open(files, series)
            }
            Request::OpenReference { names } => {
                let files = received(names, buffers).await;
                self.open_reference(files)
            }
            Request::Show { slice } => show(self.scan()?, slice),
            Request::Segment {
                run,
                slices,
                settings,
            } => self.segment(run, slices, settings).await,
            Request::Refine { run, postprocess } => self.refine(run, postprocess),
            Request::Compare { run } => {
                self.run = run;
                self.send_all()
            }
            Request::Reject { run, findings } => self.judge(run, findings, SliceAnalysis::reject),
            Request::TakeBack { run, findings } => {
                self.judge(run, findings, SliceAnalysis::take_back)
            }
            Request::Correct {
                run,
                slice,
                outline,
                is_tumour,
            } => self.correct(run, slice, Some((&outline, is_tumour))),
            Request::Undo { run, slice } => self.correct(run, slice, None),
            Request::Digest { key } => {
                let digest = digest(&key, self.scan()?);
                channel::send(&Event::Digest { key, digest });
                Ok(())
            }
            Request::Restore { run } => {
                self.restore(run, buffers.first().map_or(&[], Vec::as_slice))
            }
            Request::Bench { case, runs } => {
                let (figures, logits) = bench::run(case, runs).await?;
                let logits = bytemuck::cast_slice(&logits);
                channel::send_with(&Event::Benched { figures }, &[logits]);
                Ok(())
            }
            Request::Export {
                kind,
                lines,
                examined_on,
            } => export::export(self, kind, &lines, &examined_on),
            // Answered before they come here.
            Request::Cancel | Request::Around { .. } => Ok(()),
        }
    }

    /// Tells the page what computes.
    pub(super) fn announce(&self) {
        if let Some(info) = self.engine_info() {
            channel::send(&Event::EngineReady(info.clone()));
        }
    }

    pub(super) fn engine_info(&self) -> Option<&EngineInfo> {
        self.ready.as_ref().map(|(_, ready)| &ready.info)
    }

    pub(super) fn scan(&self) -> Result<&Volume, Failure> {
        self.volume
            .as_deref()
            .ok_or_else(|| failure("No scan is open.", "Open a CT slice or series first."))
    }

    /// Builds the network of the loaded weights, as it was wished for or, `against_gpu` with a reason, on the
    /// processor.
    pub(super) async fn build(&mut self, against_gpu: Option<String>) -> Result<(), Failure> {
        self.ready = None;
        if let Some((wish, weights)) = &self.weights {
            let (wish, architecture) = (*wish, weights.config().architecture);
            let start = match against_gpu {
                Some(reason) => Start::without_gpu(wish, reason),
                None => Start::new(architecture, wish, self.speeds.as_ref()).await,
            };
            let ready = start.prepare(weights, self.speeds.take()).await?;
            self.take(wish, ready);
        }
        Ok(())
    }

    pub(super) fn take(&mut self, wish: BackendChoice, ready: Ready) {
        self.speeds.clone_from(&ready.speeds);
        self.ready = Some((wish, ready));
    }

    fn open(&mut self, files: Vec<NamedFile>, series: Option<usize>) -> Result<(), Failure> {
        let Opened {
            volume,
            stated,
            series,
            chosen,
        } = open::open_series(files, series, &mut |done, total| {
            channel::send(&Event::Progress {
                stage: Stage::Reading,
                done: done as u64,
                total: total as u64,
            });
        })?;
        channel::send(&Event::Opened(VolumeInfo {
            rows: volume.rows,
            cols: volume.cols,
            slices: volume.slices(),
            intensity: volume.intensity,
            spacing: volume.spacing,
            slice_spacing_mm: volume.slice_spacing_mm,
            is_stack: volume.is_stack(),
            slice_positions_mm: volume.slice_positions_mm.clone(),
            is_head_known: volume.is_head_known(),
            gaps: volume.gaps(),
            has_series: volume.dicom.is_some(),
            identity: identity::read(&stated, &text::decode).lines(),
            series: series
                .iter()
                .map(|it| identity::words_of_series(it, &text::decode))
                .collect(),
            chosen_series: chosen,
            series_number: series.get(chosen).and_then(|it| it.number),
            format: volume.format.clone(),
            notes: volume.notes.clone(),
        }));
        let volume = Rc::new(volume);
        SHOWN.set(Some(Rc::clone(&volume)));
        self.volume = Some(volume);
        self.reference = None;
        self.analyses.clear();
        self.made_with.clear();
        Ok(())
    }

    /// Put a saved analysis in the place of whatever was segmented.
    fn restore(&mut self, run: u32, bytes: &[u8]) -> Result<(), Failure> {
        let unreadable = |error: &dyn std::fmt::Display| {
            failure(
                format!("The saved analysis cannot be put on this scan ({error})."),
                "Segment the scan again.",
            )
        };
        // The page has let its results go, whatever comes of this.
        self.analyses.clear();
        self.made_with.clear();
        let content = content::parse(bytes).map_err(|error| unreadable(&error))?;
        self.analyses =
            pipeline::restore(self.scan()?, &content).map_err(|error| unreadable(&error))?;
        let (engine, settings) = (content.saved.engine, content.saved.settings);
        for slice in self.analyses.keys() {
            self.made_with.insert(*slice, (engine.clone(), settings));
        }
        self.run = run;
        for saved in &content.saved.slices {
            self.send_slice(saved.slice, saved.total_ms, None);
        }
        self.finish()
    }

    fn open_reference(&mut self, files: Vec<NamedFile>) -> Result<(), Failure> {
        let open::Reference { masks, apart_mm } = open::open_reference(files, self.scan()?)?;
        channel::send(&Event::ReferenceOpened {
            pixels: masks.iter().map(Mask::area_px).sum(),
            apart_mm,
        });
        self.reference = Some(masks);
        Ok(())
    }

    fn refine(&mut self, run: u32, postprocess: Postprocess) -> Result<(), Failure> {
        let Some(volume) = &self.volume else {
            return Ok(());
        };
        if self.analyses.values().any(SliceAnalysis::is_restored) {
            return Err(failure(
                "A restored analysis has no probabilities, so its settings cannot be changed.",
                "Segment the scan again.",
            ));
        }
        for (_, settings) in self.made_with.values_mut() {
            settings.postprocess = postprocess;
        }
        // Those that are alike by themselves: others have no say in them.
        let mut refined = Map::new();
        while let Some(&slice) = self.analyses.first_key() {
            let alike = self.alike(slice);
            let mut group = Map::new();
            for slice in alike.iter().chain([&slice]) {
                if let Some(analysis) = self.analyses.remove(slice) {
                    group.insert(*slice, analysis);
                }
            }
            Series::new(volume, &alike, &postprocess).refine(&mut group);
            for (slice, analysis) in group {
                refined.insert(slice, analysis);
            }
        }
        self.analyses = refined;
        self.run = run;
        self.send_all()
    }

    /// Slices that were analysed as this one was, so that they have a say in each other.
    pub(super) fn alike(&self, slice: usize) -> BTreeSet<usize> {
        let mut alike = BTreeSet::new();
        if let Some((engine, settings)) = self.made_with.get(&slice) {
            for (slice, (other, own)) in &self.made_with {
                if own == settings && other.computes_like(engine) {
                    alike.insert(*slice);
                }
            }
        }
        alike
    }

    /// Send every slice again, after the postprocessing or the reference changed.
    fn send_all(&mut self) -> Result<(), Failure> {
        for &slice in self.analyses.keys() {
            self.send_slice(slice, 0.0, None);
        }
        self.finish()
    }

    /// Everything measured so far.
    pub(super) fn summary(&mut self) -> Result<Summary, Failure> {
        let volume = self
            .volume
            .as_ref()
            .ok_or_else(|| failure("No scan is open.", "Open a CT slice first."))?;
        Ok(pipeline::summarise(
            volume,
            &mut self.analyses,
            self.reference.as_deref(),
        ))
    }

    pub(super) fn finish(&mut self) -> Result<(), Failure> {
        let summary = self.summary()?;
        channel::send(&Event::Finished {
            run: self.run,
            summary,
        });
        Ok(())
    }

    pub(super) fn send_slice(&self, slice: usize, total_ms: f64, planes: Option<Array>) {
        let Some(analysis) = self.analyses.get(&slice) else {
            return;
        };
        let reference = self.reference.as_ref().and_then(|masks| masks.get(slice));
        result::send(self.run, slice, analysis, reference, total_ms, planes);
    }
}

/// The files that came with a message, once what may be needed to read them is loaded.
async fn received(names: Vec<String>, buffers: Vec<Vec<u8>>) -> Vec<NamedFile> {
    let files: Vec<NamedFile> = names
        .into_iter()
        .zip(buffers)
        .map(|(name, bytes)| NamedFile { name, bytes })
        .collect();
    if files.iter().any(open::may_need_decoder) {
        lent::load_decoder().await;
    }
    files
}
