//! What the reader has done to the marks, in the order in which it was done, so that it can be
//! undone and done again.

use model::finding::Finding;
use model::order::sort_by_key;
use model::protocol::{Judgement, Request, SliceResult};

use super::Desk;

/// An area around which the reader has drawn a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// Corners of the line as (row, col).
    pub outline: Vec<(f32, f32)>,
    /// Whether it is tumour, or is none.
    pub is_tumour: bool,
}

/// A finding as it can be told from others wherever it stands: its slice, its pixels, and the bits
/// of its centre.
pub type Mark = (usize, usize, u32, u32);

/// One thing that was done.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// An area was drawn on a slice.
    Drawn(usize, Drawn),
    /// Something was said of findings, in the order of their marks.
    Judged(Judgement, Vec<Mark>),
}

/// All of them, the last one at the end.
#[derive(Debug, Clone, Default)]
pub(super) struct Journal {
    done: Vec<Step>,
    undone: Vec<Step>,
    /// What the worker was asked for.
    asked: Option<Asked>,
}

/// A run that does something, or undoes it.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    run: u32,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    /// Also what makes a judgement undone.
    Do(Step),
    /// The last area on a slice goes.
    Undraw(usize),
}

impl Journal {
    /// A request goes to the worker.
    pub(super) fn sent(&mut self, asked: Option<Asked>) {
        if asked.is_some() {
            self.asked = asked;
        }
    }

    /// A slice comes; only one that has changed does.
    pub(super) fn came(&mut self, result: &SliceResult) {
        let Some(asked) = self.asked.take_if(|asked| asked.run == result.run) else {
            return;
        };
        if let Some(place) = self.place_of_undone(&asked.what) {
            let undone = self.done.remove(place);
            self.undone.push(undone);
        } else if let What::Do(step) = asked.what {
            // Anything but what was undone last leaves no way back to that.
            if self.undone.pop().as_ref() != Some(&step) {
                self.undone.clear();
            }
            self.done.push(step);
        }
    }

    /// A run is over. What has changed nothing when it was done again, or undone, must not bar the
    /// way to what was undone, or done, before.
    pub(super) fn finished(&mut self, run: u32) {
        let asked = self.asked.take_if(|asked| asked.run == run);
        let Some(Asked { what, .. }) = asked else {
            return;
        };
        if let Some(place) = self.place_of_undone(&what) {
            self.done.remove(place);
        } else if let What::Do(step) = what {
            self.undone.pop_if(|last| *last == step);
        }
    }

    /// Which of the things done this is to undo.
    fn place_of_undone(&self, what: &What) -> Option<usize> {
        let is_undone = |done: &Step| match (what, done) {
            (What::Undraw(slice), Step::Drawn(on, _)) => on == slice,
            (What::Do(Step::Judged(judgement, marks)), Step::Judged(before, same)) => {
                *judgement == before.opposite() && marks == same
            }
            _ => false,
        };
        self.done.iter().rposition(is_undone)
    }

    /// The worker is lost that could undo what was done. What was undone before can be done again
    /// in the next.
    pub(super) fn worker_lost(&mut self, run: Option<u32>) {
        if let Some(run) = run {
            self.failed(run);
        }
        self.done.clear();
    }

    /// The slice on which a run is to draw an area.
    pub(super) fn slice_drawn_in(&self, run: u32) -> Option<usize> {
        let asked = self.asked.as_ref().filter(|asked| asked.run == run)?;
        match asked.what {
            What::Do(Step::Drawn(slice, _)) => Some(slice),
            _ => None,
        }
    }

    /// A run has failed: if it was to draw an area, on which slice. It can be drawn like one that
    /// was undone, so that the reader need not draw the line anew.
    pub(super) fn failed(&mut self, run: u32) -> Option<usize> {
        let slice = self.slice_drawn_in(run);
        let asked = self.asked.take_if(|asked| asked.run == run)?;
        if let (Some(_), What::Do(step)) = (slice, asked.what)
            && self.undone.last() != Some(&step)
        {
            // There is no way back any more to what was undone before it.
            self.undone = vec![step];
        }
        slice
    }
}

/// Says that a line is not lost that was drawn in vain.
pub(super) fn redo_draws(slice: usize) -> String {
    format!("On slice {}, “Redo” draws your line again.", slice + 1)
}

impl Desk {
    /// What a request does to the marks, if anything.
    pub(super) fn asked(&self, request: &Request) -> Option<Asked> {
        let (run, what) = match request {
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
                (run, What::Do(Step::Drawn(*slice, drawn)))
            }
            Request::Undo { run, slice } => (run, What::Undraw(*slice)),
            Request::Judge {
                run,
                judgement,
                findings,
            } => (run, self.said(*judgement, findings)),
            _ => return None,
        };
        Some(Asked { run: *run, what })
    }

    /// That something is said of the findings at these places.
    fn said(&self, judgement: Judgement, places: &[(usize, usize)]) -> What {
        let mut marks = Vec::new();
        for &(slice, place) in places {
            marks.extend(self.findings_for(judgement, slice).nth(place).map(mark));
        }
        sort_by_key(&mut marks, |mark| *mark);
        What::Do(Step::Judged(judgement, marks))
    }

    /// What was done last and can be undone; what came to be another under other settings, or of
    /// another network, cannot.
    pub fn to_undo(&self) -> Option<&Step> {
        let can = |step: &&Step| match step {
            Step::Drawn(slice, _) => {
                let result = self.open.results.get(slice);
                result.is_some_and(|it| it.can_undo)
            }
            Step::Judged(judgement, marks) => self.is_there(judgement.opposite(), marks),
        };
        self.open.journal.done.iter().rfind(can)
    }

    /// What was undone last, since anything was done, and can be done again.
    pub fn to_redo(&self) -> Option<&Step> {
        self.open.journal.undone.last().filter(|step| match step {
            Step::Drawn(..) => true,
            Step::Judged(judgement, marks) => self.is_there(*judgement, marks),
        })
    }

    fn is_there(&self, judgement: Judgement, marks: &[Mark]) -> bool {
        !self.places(judgement, marks).is_empty()
    }

    /// Where those marks stand of which that can be said: slice, and place in that slice's list.
    pub fn places(&self, judgement: Judgement, marks: &[Mark]) -> Vec<(usize, usize)> {
        let mut places = Vec::new();
        for found in marks {
            let mut list = self.findings_for(judgement, found.0);
            let place = list.position(|finding| mark(finding) == *found);
            places.extend(place.map(|place| (found.0, place)));
        }
        places
    }

    /// Those findings of a slice of which that can be said.
    fn findings_for(&self, judgement: Judgement, slice: usize) -> impl Iterator<Item = &Finding> {
        let is_of_rejected = judgement.is_of_rejected();
        let results = self.open.results.get(&slice).into_iter();
        results.flat_map(move |result| {
            let found = result.findings.iter().filter(move |_| !is_of_rejected);
            let rejected = result.rejected.iter().filter(move |_| is_of_rejected);
            found.chain(rejected.map(|it| &it.finding))
        })
    }
}

fn mark(finding: &Finding) -> Mark {
    let (row, col) = finding.centre;
    (finding.slice, finding.area_px, row.to_bits(), col.to_bits())
}
