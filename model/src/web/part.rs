//! Parts of the worker's module that are fetched by themselves. The build takes them out, each with
//! all that nothing else uses (`xtask/src/wasm/parts.rs`); what is left is what computes masks.
//!
//! | part | what | fetched |
//! |---|---|---|
//! | `opening` | scans and marks of readers, out of files; the digest of a scan | before the first network |
//! | `results` | what is done with masks: correcting, restoring, exporting | after that network |
//! | `bench` | measuring this browser | when it is measured |

// `wasm_split` writes the calls between the modules, which are of one compilation and share their
// memory, and demands the error that only fetching can have.
#![allow(unsafe_code, clippy::unnecessary_wraps)]

use std::pin::Pin;

use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::wanted::Wanted;
use super::workspace::Workspace;
use super::{bench, failure};
use crate::bench::Case;
use crate::open::NamedFile;
use crate::protocol::{Failure, Request};

/// What [`bench::run`] will give.
pub(super) type Measured = Pin<Box<dyn Future<Output = Result<(String, Vec<f32>), Failure>>>>;

/// [`Workspace::open`].
#[wasm_split(opening, preload(fetch_opening), fallible)]
pub(super) fn open(
    workspace: &mut Workspace,
    files: Vec<NamedFile>,
    series: Option<usize>,
) -> Result<(), Failure> {
    workspace.open(files, series)
}

/// [`Workspace::open_reference`].
#[wasm_split(opening, fallible)]
pub(super) fn open_reference(
    workspace: &mut Workspace,
    files: Vec<NamedFile>,
) -> Result<(), Failure> {
    workspace.open_reference(files)
}

/// [`Workspace::digest`].
#[wasm_split(opening, fallible)]
pub(super) fn digest(workspace: &Workspace, key: String) -> Result<(), Failure> {
    workspace.digest(key)
}

/// [`Workspace::answer_about_results`].
#[wasm_split(results, preload(fetch_results), fallible)]
pub(super) fn answer(
    workspace: &mut Workspace,
    request: Request,
    buffers: &[Vec<u8>],
) -> Result<(), Failure> {
    workspace.answer_about_results(request, buffers)
}

/// [`bench::run`].
#[wasm_split(bench, preload(fetch_bench), fallible)]
pub(super) fn measure(case: Case, runs: usize) -> Result<Measured, Failure> {
    Ok(Box::pin(bench::run(case, runs)))
}

/// A part, by name.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    /// What [`open`], [`open_reference`] and [`digest`] need.
    Opening,
    /// What [`answer`] needs.
    Results,
    /// What [`measure`] needs.
    Bench,
}

/// What waits until a part is there.
pub(super) type Arrival = Pin<Box<dyn Future<Output = Result<(), SplitLoaderError>>>>;

/// Waits until a part is there, if it is `wanted` so long. The script gives a fetch up in the end
/// (`xtask/src/wasm/parts.rs`).
pub(super) async fn wait_for(part: Part, wanted: Wanted) -> Result<(), Failure> {
    let fetch: Arrival = match part {
        Part::Opening => Box::pin(fetch_opening()),
        Part::Results => Box::pin(fetch_results()),
        Part::Bench => Box::pin(fetch_bench()),
    };
    wanted.wait(fetch).await
}

/// Fetches what [`answer`] needs before it is asked. If that fails, it is tried again then.
pub(super) fn begin_results() {
    wasm_bindgen_futures::spawn_local(async {
        fetch_results().await.ok();
    });
}

impl From<SplitLoaderError> for Failure {
    fn from(_: SplitLoaderError) -> Self {
        failure(
            "A part of the program could not be fetched.",
            "Check the connection and try again. If the site has a new release, reload the page.",
        )
    }
}
