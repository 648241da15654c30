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
    /// What the worker was asked for in which run: to draw this, or to take the last one back.
    asked: Option<(u32, Option<Drawn>)>,
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
                // Drawn again, whatever comes of it; anything else leaves no way back to what was undone.
                let undone = self.undone.entry(*slice).or_default();
                if undone.pop().as_ref() != Some(&drawn) {
                    undone.clear();
                }
                self.asked = Some((*run, Some(drawn)));
            }
            Request::Undo { run, .. } => self.asked = Some((*run, None)),
            _ => {}
        }
    }

    /// A slice comes; only one that has changed does.
    pub(super) fn came(&mut self, result: &SliceResult) {
        let Some((_, drawn)) = self.asked.take_if(|(run, _)| *run == result.run) else {
            return;
        };
        let done = self.done.entry(result.slice).or_default();
        match drawn {
            Some(drawn) => done.push(drawn),
            None => self
                .undone
                .entry(result.slice)
                .or_default()
                .extend(done.pop()),
        }
    }
}

impl Desk {
    /// What was taken back last on a slice, since anything was drawn on it.
    pub fn undone(&self, slice: usize) -> Option<&Drawn> {
        self.open.drawings.undone.get(&slice)?.last()
    }
}
