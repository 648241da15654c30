//! A worker that computes slices for another one, which has the scan: its side.

use std::cell::RefCell;

use js_sys::Array;
use serde::{Deserialize, Serialize};

use super::backend::{Ready, Start};
use super::queue::Queue;
use super::{channel, failure, result, taken};
use crate::analysis::SliceView;
use crate::clock;
use crate::engine::Weights;
use crate::json;
use crate::pipeline;
use crate::protocol::{BackendChoice, Event, Failure, SliceResult};
use crate::settings::Settings;
use crate::volume::{Intensity, PixelSpacing};

/// What is asked of a subworker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Order {
    /// Make a network of the file in buffer 0.
    Prepare {
        /// Where it shall run.
        backend: BackendChoice,
    },
    /// Segment the slice in buffer 0.
    Segment(Job),
}

/// What a subworker answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Answer {
    /// Its network is ready.
    Ready,
    /// A slice; buffers as in [`Event::Segmented`], with a plane of masses, if there are any, where
    /// that has the reference.
    Segmented(SliceResult),
    /// It cannot go on.
    Fatal {
        /// Why, for the console.
        detail: String,
    },
}

/// A slice: buffer 0 holds its `rows × cols` values, little-endian i16.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Job {
    pub(super) run: u32,
    pub(super) slice: usize,
    pub(super) rows: usize,
    pub(super) cols: usize,
    pub(super) intensity: Intensity,
    pub(super) spacing: Option<PixelSpacing>,
    pub(super) settings: Settings,
}

thread_local! {
    static ORDERS: Queue<(Order, Vec<Vec<u8>>)> = const { Queue::new() };
    static READY: RefCell<Option<Ready>> = const { RefCell::new(None) };
}

/// Takes one message.
pub(super) fn serve(json: &str, list: &Array) {
    match json::read(json) {
        Ok(order) => {
            if ORDERS.with(|orders| orders.push((order, taken(list)))) {
                wasm_bindgen_futures::spawn_local(work());
            }
        }
        Err(error) => channel::send(&Event::Fatal {
            detail: error.to_string(),
        }),
    }
}

async fn work() {
    let mut ready = READY.take();
    while let Some((order, buffers)) = ORDERS.with(Queue::pop) {
        let bytes = buffers.first().map_or(&[] as &[u8], Vec::as_slice);
        if let Err(failure) = carry_out(order, bytes, &mut ready).await {
            let detail = failure.to_string();
            channel::send(&Event::Fatal { detail });
        }
    }
    READY.set(ready);
}

async fn carry_out(order: Order, bytes: &[u8], ready: &mut Option<Ready>) -> Result<(), Failure> {
    let refused = |error: &dyn std::fmt::Display| failure(error.to_string(), "Try again.");
    match order {
        Order::Prepare { backend } => {
            let weights = Weights::from_bytes(bytes).map_err(|error| refused(&error))?;
            let start = Start::new(weights.config().architecture, backend, None).await;
            let found = start.prepare(&weights, None).await?;
            if found.info.backend != backend {
                // A second processor's worker where a GPU was asked for would only be in the way.
                return Err(failure(found.info.reason.unwrap_or_default(), "Try again."));
            }
            *ready = Some(found);
            channel::pass_on(&Answer::Ready, &Array::new());
        }
        Order::Segment(job) => {
            let started_ms = clock::now_ms();
            let ready = ready
                .as_mut()
                .ok_or_else(|| failure("No network is ready.", "Try again."))?;
            let (pairs, _) = bytes.as_chunks::<2>();
            let values: Vec<i16> = pairs.iter().map(|pair| i16::from_le_bytes(*pair)).collect();
            if values.len() != job.rows * job.cols {
                return Err(failure("A slice has arrived in part.", "Try again."));
            }
            let view = SliceView {
                values: &values,
                rows: job.rows,
                cols: job.cols,
                intensity: job.intensity,
                spacing: job.spacing,
            };
            let analysis = pipeline::segment_view(
                &view,
                job.slice,
                &mut ready.network,
                &job.settings,
                clock::now_ms,
                // Nobody speaks to a subworker but with more slices; it is ended from outside.
                &mut async |_, _| true,
            )
            .await
            .map_err(|error| refused(&error))?;
            let total_ms = clock::now_ms() - started_ms;
            let planes = result::with_masses(&analysis);
            result::send(
                job.run,
                job.slice,
                &analysis,
                None,
                Some(total_ms),
                Some(planes),
            );
        }
    }
    Ok(())
}
