//! What the worker remembers: the open scan, its reference, the results, the network.

mod calibrating;
mod correcting;
mod judging;
mod opening;
mod restoring;
mod results;
mod shown;

use std::collections::BTreeSet;
use std::rc::Rc;

use js_sys::Array;

use super::backend::{Ready, Start};
use super::download::WeightFile;
use super::fetched::Fetch;
use super::part::Part;
use super::wanted::Wanted;
use super::{channel, failure, lent, machine, part, result};
use crate::bench::Speeds;
use crate::engine::Weights;
use crate::map::Map;
use crate::mask::Mask;
use crate::open::{self, NamedFile};
use crate::pipeline::{self, SliceAnalysis};
use crate::protocol::{BackendChoice, EngineInfo, Event, Failure, Request, Summary};
use crate::settings::Settings;
use crate::volume::Volume;
use shown::show;
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
        wanted: Wanted,
    ) -> Result<(), Failure> {
        match request {
            Request::Prepare {
                architecture,
                backend,
                weights_url,
                weights_sha256,
                speeds,
                after_scan,
                little_memory,
            } => {
                machine::has_little_memory(little_memory);
                let file = WeightFile {
                    url: weights_url,
                    sha256: weights_sha256,
                };
                self.fetch(architecture, backend, file, speeds, after_scan);
                Ok(())
            }
            Request::Open { names, series } => {
                let files = received(names, buffers, wanted).await?;
                part::wait_for(Part::Opening, wanted).await?;
                part::open(self, files, series).await
            }
            Request::OpenReference { names } => {
                let files = received(names, buffers, wanted).await?;
                part::wait_for(Part::Opening, wanted).await?;
                part::open_reference(self, files).await
            }
            Request::Show { slice } => show(self.scan()?, slice),
            Request::Segment {
                run,
                slices,
                settings,
            } => self.segment(run, slices, settings).await,
            Request::Compare { run } => {
                self.run = run;
                self.send_all()
            }
            Request::Bench { case, runs } => {
                part::wait_for(Part::Bench, wanted).await?;
                let (figures, logits) = part::measure(case, runs).await?.await?;
                let logits = bytemuck::cast_slice(&logits);
                channel::send_with(&Event::Benched { figures }, &[logits]);
                Ok(())
            }
            Request::Digest { key } => {
                part::wait_for(Part::Opening, wanted).await?;
                part::digest(self, key).await
            }
            // Answered before they come here.
            Request::Cancel | Request::Around { .. } => Ok(()),
            about_results => {
                if let Request::Restore { pixel_mm, .. } = about_results {
                    // The page has let its results go and has this size, whatever comes of this.
                    self.analyses.clear();
                    self.made_with.clear();
                    self.size_pixels(pixel_mm);
                }
                part::wait_for(Part::Results, wanted).await?;
                part::answer(self, about_results, &buffers).await
            }
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
        self.volume.as_deref().ok_or_else(no_scan)
    }

    /// Builds the network of the loaded weights, as it was wished for or, `against_gpu` with a
    /// reason, on the processor.
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
            self.send_slice(slice, None, None);
        }
        self.finish()
    }

    /// Everything measured so far.
    pub(super) fn summary(&mut self) -> Result<Summary, Failure> {
        let volume = self.volume.as_deref().ok_or_else(no_scan)?;
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

    pub(super) fn send_slice(&self, slice: usize, total_ms: Option<f64>, planes: Option<Array>) {
        let Some(analysis) = self.analyses.get(&slice) else {
            return;
        };
        let reference = self.reference.as_ref().and_then(|masks| masks.get(slice));
        result::send(self.run, slice, analysis, reference, total_ms, planes);
    }
}

fn no_scan() -> Failure {
    failure("No scan is open.", "Open a CT slice or series first.")
}

/// The files that came with a message, once what may be needed to read them is loaded.
async fn received(
    names: Vec<String>,
    buffers: Vec<Vec<u8>>,
    wanted: Wanted,
) -> Result<Vec<NamedFile>, Failure> {
    let files: Vec<NamedFile> = names
        .into_iter()
        .zip(buffers)
        .map(|(name, bytes)| NamedFile { name, bytes })
        .collect();
    if files.iter().any(open::may_need_decoder) {
        let loaded = async {
            lent::load_decoder().await;
            Ok(())
        };
        wanted.wait(Box::pin(loaded)).await?;
    }
    Ok(files)
}
