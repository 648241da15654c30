//! Getting a network ready: its weights are fetched beside whatever else the worker does.

use futures_util::future::join;

use super::backend::Start;
use super::download::download;
use super::workspace::Workspace;
use super::{Job, channel, failure, part, pause, take};
use crate::bench::Speeds;
use crate::engine::Weights;
use crate::network::Architecture;
use crate::protocol::{BackendChoice, Event, Failure};

/// How long a network waits for what opens scans.
const FIRST_MS: i32 = 5_000;

/// The file of weights, and what was done while it came.
pub(super) struct Fetched {
    /// Which of the worker's fetches it was.
    number: u32,
    wish: BackendChoice,
    start: Start,
    file: Result<Vec<u8>, Failure>,
}

/// The fetch that is awaited.
#[derive(Debug, Default)]
pub(super) struct Fetch {
    last: u32,
    is_awaited: bool,
}

impl Workspace {
    /// Begins to get a network ready. The one before is dropped: its GPU memory is released before
    /// the new one asks for its own.
    pub(super) fn fetch(
        &mut self,
        architecture: Architecture,
        wish: BackendChoice,
        url: String,
        speeds: Option<Speeds>,
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
            return self.announce();
        }
        self.speeds = speeds.or(self.speeds.take());
        self.ready = None;
        self.fetch.last = self.fetch.last.wrapping_add(1);
        self.fetch.is_awaited = true;
        let (number, speeds) = (self.fetch.last, self.speeds.clone());
        wasm_bindgen_futures::spawn_local(async move {
            let start = Start::new(architecture, wish, speeds.as_ref());
            let file = async {
                // On a slow line a scan is seen long before the network has come.
                pause::within(FIRST_MS, part::fetch_opening()).await;
                download(&url).await
            };
            let (file, start) = join(file, start).await;
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
        let file = fetched.file?;
        let weights = Weights::from_bytes(&file).map_err(|error| {
            failure(
                format!("The downloaded weights are damaged ({error})."),
                "Reload the page to download them again.",
            )
        })?;
        let ready = fetched.start.prepare(&weights, self.speeds.take()).await;
        self.weights = Some((fetched.wish, weights));
        self.weights_file = file;
        self.take(fetched.wish, ready?);
        self.announce();
        part::begin_results();
        Ok(())
    }
}
