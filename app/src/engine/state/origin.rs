//! What each result was made with, so that nothing is ever saved under settings that are
//! not its own.

use std::collections::{BTreeMap, BTreeSet};

use model::protocol::{EngineInfo, Request, SliceResult};
use model::settings::Settings;

/// Engine and settings behind results.
#[derive(Debug, Clone, PartialEq)]
pub struct MadeWith {
    /// The network and where it ran.
    pub engine: EngineInfo,
    /// What the user chose.
    pub settings: Settings,
}

/// Origins by run.
#[derive(Debug, Clone, Default)]
pub(super) struct Origins {
    runs: BTreeMap<u32, MadeWith>,
    restored: BTreeSet<u32>,
    /// Those of before the reader said how large pixels are, or said something else.
    resized: BTreeSet<u32>,
}

impl Origins {
    /// A request goes to the worker: its run is made with what is chosen now.
    pub(super) fn sent(
        &mut self,
        request: &Request,
        engine: Option<&EngineInfo>,
        results: &BTreeMap<usize, SliceResult>,
    ) {
        match request {
            Request::Segment { run, settings, .. } => {
                if let Some(engine) = engine {
                    let made_with = MadeWith {
                        engine: engine.clone(),
                        settings: *settings,
                    };
                    self.runs.insert(*run, made_with);
                }
            }
            Request::Refine { run, postprocess } => {
                self.take_over(*run, results.values());
                // Of results that are not alike, the refined ones are not either.
                if let Some(mut made_with) = self.of(results.values()).cloned() {
                    made_with.settings.postprocess = *postprocess;
                    self.runs.insert(*run, made_with);
                }
            }
            Request::Calibrate { run, .. } | Request::Compare { run } => {
                self.judged(*run, &results.values().collect::<Vec<_>>());
            }
            Request::Judge { run, findings, .. } => {
                let changed = findings.iter().filter_map(|(slice, _)| results.get(slice));
                self.judged(*run, &changed.collect::<Vec<_>>());
            }
            Request::Correct { run, slice, .. } | Request::Undo { run, slice } => {
                self.judged(*run, &results.get(slice).into_iter().collect::<Vec<_>>());
            }
            _ => {}
        }
    }

    /// Pixels have had another size since the network saw the results of these runs.
    pub(super) fn resized(&mut self, runs: impl Iterator<Item = u32>) {
        self.resized.extend(runs);
    }

    /// Whether they have since it saw this one.
    pub(super) fn is_resized(&self, result: &SliceResult) -> bool {
        self.resized.contains(&result.run)
    }

    /// What any of these results was before they came of this run, they are.
    fn take_over<'a>(&mut self, run: u32, changed: impl Iterator<Item = &'a SliceResult>) {
        for result in changed {
            for before in [&mut self.restored, &mut self.resized] {
                if before.contains(&result.run) {
                    before.insert(run);
                }
            }
        }
    }

    /// The reader's decisions change a result, not what it was made with.
    fn judged(&mut self, run: u32, changed: &[&SliceResult]) {
        self.take_over(run, changed.iter().copied());
        if let Some(made_with) = self.of(changed.iter().copied()).cloned() {
            self.runs.insert(run, made_with);
        }
    }

    /// Another engine goes on with the run. Its slices are the same network's, so those that are
    /// there already count as this one's, too.
    pub(super) fn engine_replaced(&mut self, run: u32, engine: &EngineInfo) {
        if let Some(made_with) = self.runs.get_mut(&run) {
            made_with.engine = engine.clone();
        }
    }

    /// The run brings back saved results.
    pub(super) fn restored(&mut self, run: u32, made_with: MadeWith) {
        self.runs.insert(run, made_with);
        self.restored.insert(run);
    }

    /// What all these results were made with; `None` if there are none, or not all are alike.
    pub(super) fn of<'a>(
        &self,
        results: impl Iterator<Item = &'a SliceResult>,
    ) -> Option<&MadeWith> {
        let mut origins = results.map(|result| self.runs.get(&result.run));
        let first = origins.next()??;
        origins
            .all(|other| other.is_some_and(|m| is_alike(first, &m.engine, &m.settings)))
            .then_some(first)
    }

    /// What these results were made with, as far as it is known: once of all that are alike.
    pub(super) fn kinds(&self, results: &BTreeMap<usize, SliceResult>) -> Vec<MadeWith> {
        let mut kinds: Vec<MadeWith> = Vec::new();
        for made in results.values().filter_map(|it| self.runs.get(&it.run)) {
            let is_known = |it: &MadeWith| is_alike(it, &made.engine, &made.settings);
            if !kinds.iter().any(is_known) {
                kinds.push(made.clone());
            }
        }
        kinds
    }

    /// Whether this result is of such an engine under such settings.
    pub(super) fn is_of(&self, result: &SliceResult, made: &MadeWith) -> bool {
        let own = self.runs.get(&result.run);
        own.is_some_and(|own| is_alike(made, &own.engine, &own.settings))
    }

    /// Whether the network need not run again on this result to have it of this engine and these
    /// settings: the postprocessing follows the settings by itself, unless the result was restored.
    /// What it saw before pixels had their size, it sees otherwise now.
    pub(super) fn holds(
        &self,
        result: &SliceResult,
        engine: &EngineInfo,
        settings: &Settings,
    ) -> bool {
        let is_wanted = |made: &MadeWith| {
            let wanted = Settings {
                postprocess: made.settings.postprocess,
                ..*settings
            };
            is_alike(made, engine, &wanted)
        };
        let made = self.runs.get(&result.run);
        !self.restored.contains(&result.run)
            && !self.is_resized(result)
            && made.is_some_and(is_wanted)
    }

    /// Whether this result was restored, and such an engine would compute the same under these
    /// settings: not where pixels have had another size since.
    pub(super) fn is_restored_of(
        &self,
        result: &SliceResult,
        engine: &EngineInfo,
        settings: &Settings,
    ) -> bool {
        let made = self.runs.get(&result.run);
        self.restored.contains(&result.run)
            && !self.is_resized(result)
            && made.is_some_and(|made| is_alike(made, engine, settings))
    }

    /// Whether any of these results was restored.
    pub(super) fn has_restored<'a>(
        &self,
        mut results: impl Iterator<Item = &'a SliceResult>,
    ) -> bool {
        results.any(|r| self.restored.contains(&r.run))
    }
}

fn is_alike(made: &MadeWith, engine: &EngineInfo, settings: &Settings) -> bool {
    made.settings == *settings && made.engine.computes_like(engine)
}
