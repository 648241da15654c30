//! Getting a network ready: its weights are fetched beside whatever else the worker does.

use futures_util::future::{OptionFuture, join};

use super::backend::Start;
use super::download::{Download, WeightFile};
use super::workspace::Workspace;
use super::{Job, channel, failure, first_scan, part, pause, take};
use crate::bench::Speeds;
use crate::engine::Weights;
use crate::network::Architecture;
use crate::protocol::{BackendChoice, Event, Failure};

/// How long a network waits for what opens scans.
const FIRST_MS: i32 = 5_000;

/// How long it waits for a scan that the page fetches meanwhile: the sample takes 5 s at 1 Mbit/s.
const SCAN_MS: i32 = 20_000;

/// The file of weights, and what was done while it came.
pub(super) struct Fetched {
    /// Which of the worker's fetches it was.
    number: u32,
    wish: BackendChoice,
    start: Start,
    /// `None`: that of the network before is of the same architecture.
    file: Option<Result<Vec<u8>, Failure>>,
}

/// The fetch that is awaited.
#[derive(Debug, Default)]
pub(super) struct Fetch {
    last: u32,
    is_awaited: bool,
    download: Option<Download>,
}

impl Workspace {
    /// Begins to get a network ready. The one before stays until then.
    pub(super) fn fetch(
        &mut self,
        architecture: Architecture,
        wish: BackendChoice,
        wanted: WeightFile,
        speeds: Option<Speeds>,
        after_scan: bool,
    ) {
        if std::mem::take(&mut self.fetch.is_awaited) {
            channel::send(&Event::NotReady(failure(
                "Another network was chosen before this one was ready.",
                "",
            )));
        }
        let known = self
            .ready
            .as_ref()
            .filter(|(before, ready)| *before == wish && ready.info.architecture == architecture);
        if known.is_some() {
            self.fetch.download = None;
            return self.announce();
        }
        self.speeds = speeds.or(self.speeds.take());
        let is_here = self
            .weights
            .as_ref()
            .is_some_and(|(_, weights)| weights.config().architecture == architecture);
        let is_over = |it: &mut Download| is_here || it.architecture != architecture;
        // The line is for the network that is wanted now.
        drop(self.fetch.download.take_if(is_over));
        if self.fetch.download.is_none() && !is_here {
            let time = async move {
                // On a slow line a scan is seen long before the network has come.
                pause::within(FIRST_MS, part::fetch_opening()).await;
                if after_scan {
                    pause::within(SCAN_MS, first_scan::came()).await;
                }
            };
            self.fetch.download = Some(Download::begin(architecture, wanted, time));
        }
        let file = self.fetch.download.as_ref().map(Download::file);
        self.fetch.last = self.fetch.last.wrapping_add(1);
        self.fetch.is_awaited = true;
        let (number, speeds) = (self.fetch.last, self.speeds.clone());
        wasm_bindgen_futures::spawn_local(async move {
            let start = Start::new(architecture, wish, speeds.as_ref());
            let (file, start) = join(OptionFuture::from(file), start).await;
            take(Job::Fetched(Fetched {
                number,
                wish,
                start,
                file,
            }));
        });
    }

    /// Builds the network of weights that have come, unless another was chosen since.
    pub(super) async fn prepare(&mut self, fetched: Fetched) -> Result<(), Failure> {
        if fetched.number != self.fetch.last || !std::mem::take(&mut self.fetch.is_awaited) {
            return Ok(());
        }
        self.fetch.download = None;
        let come = match fetched.file.map(|file| file.and_then(read)) {
            Some(Ok(come)) => Some(come),
            Some(Err(failure)) => return Err(self.with_the_one_before(failure)),
            None => None,
        };
        let kept = self.weights.as_ref().map(|(_, weights)| weights);
        let Some(weights) = come.as_ref().map(|(_, weights)| weights).or(kept) else {
            return Ok(());
        };
        // Its GPU memory is released before the new one asks for its own.
        self.ready = None;
        let ready = fetched.start.prepare(weights, self.speeds.take()).await?;
        if let Some((file, weights)) = come {
            self.weights = Some((fetched.wish, weights));
            self.weights_file = file;
        } else if let Some((wish, _)) = &mut self.weights {
            *wish = fetched.wish;
        }
        self.take(fetched.wish, ready);
        self.announce();
        part::begin_results();
        Ok(())
    }

    /// Says of a failure to get a network that the one before can be had again.
    fn with_the_one_before(&self, failure: Failure) -> Failure {
        let Some(before) = self.engine_info() else {
            return failure;
        };
        let way_out = [
            &failure.way_out,
            " ",
            before.architecture.title(),
            " is still ready: choose it to go on with it.",
        ];
        Failure {
            way_out: way_out.concat(),
            ..failure
        }
    }
}

/// The weights in a file.
fn read(file: Vec<u8>) -> Result<(Vec<u8>, Weights), Failure> {
    let weights = Weights::from_bytes(&file).map_err(|error| {
        failure(
            format!("The downloaded weights are damaged ({error})."),
            "Reload the page to download them again.",
        )
    })?;
    Ok((file, weights))
}
