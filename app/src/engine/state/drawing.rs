//! What the reader has drawn into the masks, so that what was taken back can be drawn again.

use std::collections::BTreeMap;

use model::protocol::{Request, SliceResult};

use super::Desk;

/// An area around which the reader has drawn a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// Corners of the line as (row, col).
    pub outline: Vec<(f32, f32)>,
    /// Whether it is tumour, or is none.
    pub is_tumour: bool,
}

/// Areas by slice, the last one at the end.
#[derive(Debug, Clone, Default)]
pub(super) struct Drawings {
    done: BTreeMap<usize, Vec<Drawn>>,
    undone: BTreeMap<usize, Vec<Drawn>>,
    /// What the worker was asked for.
    asked: Option<Asked>,
}

/// A run that changes one slice.
#[derive(Debug, Clone)]
struct Asked {
    run: u32,
    slice: usize,
    /// What is to be drawn; `None` if the last one is to be taken back.
    drawn: Option<Drawn>,
}

impl Drawings {
    /// A request goes to the worker.
    pub(super) fn sent(&mut self, request: &Request) {
        match request {
            Request::Correct {
                run,
                slice,
                outline,
                is_tumour,
            } => {
                let drawn = Drawn {
                    outline: outline.clone(),
                    is_tumour: *is_tumour,
                };
                self.asked = Some(Asked {
                    run: *run,
                    slice: *slice,
                    drawn: Some(drawn),
                });
            }
            Request::Undo { run, slice } => {
                self.asked = Some(Asked {
                    run: *run,
                    slice: *slice,
                    drawn: None,
                });
            }
            _ => {}
        }
    }

    /// A slice comes; only one that has changed does.
    pub(super) fn came(&mut self, result: &SliceResult) {
        let Some(asked) = self.asked.take_if(|asked| asked.run == result.run) else {
            return;
        };
        let done = self.done.entry(asked.slice).or_default();
        let undone = self.undone.entry(asked.slice).or_default();
        match asked.drawn {
            Some(drawn) => {
                // Anything but what was undone last leaves no way back to that.
                if undone.pop().as_ref() != Some(&drawn) {
                    undone.clear();
                }
                done.push(drawn);
            }
            None => undone.extend(done.pop()),
        }
    }

    /// A run is over. What has changed nothing when it was drawn again must not bar the way to what
    /// was undone before.
    pub(super) fn finished(&mut self, run: u32) {
        let asked = self.asked.take_if(|asked| asked.run == run);
        let Some(asked) = asked else { return };
        if let Some(undone) = self.undone.get_mut(&asked.slice) {
            undone.pop_if(|last| asked.drawn.as_ref() == Some(last));
        }
    }

    /// The worker is lost that could take back what is drawn. What was taken back before can be
    /// drawn again in the next.
    pub(super) fn worker_lost(&mut self, run: Option<u32>) {
        if let Some(run) = run {
            self.failed(run);
        }
        self.done.clear();
    }

    /// The slice on which a run is to draw an area.
    pub(super) fn slice_drawn_in(&self, run: u32) -> Option<usize> {
        let asked = self.asked.as_ref().filter(|asked| asked.run == run)?;
        asked.drawn.is_some().then_some(asked.slice)
    }

    /// A run has failed: if it was to draw an area, on which slice. It can be drawn like one that
    /// was taken back, so that the reader need not draw the line anew.
    pub(super) fn failed(&mut self, run: u32) -> Option<usize> {
        let asked = self.asked.take_if(|asked| asked.run == run)?;
        let (slice, drawn) = (asked.slice, asked.drawn?);
        let undone = self.undone.entry(slice).or_default();
        if undone.last() != Some(&drawn) {
            // There is no way back any more to what was undone before it.
            *undone = vec![drawn];
        }
        Some(slice)
    }
}

/// Says that a line is not lost that was drawn in vain.
pub(super) fn redo_draws(slice: usize) -> String {
    format!("On slice {}, “Redo” draws your line again.", slice + 1)
}

impl Desk {
    /// What was taken back last on a slice, since anything was drawn on it.
    pub fn undone(&self, slice: usize) -> Option<&Drawn> {
        self.open.drawings.undone.get(&slice)?.last()
    }
}
