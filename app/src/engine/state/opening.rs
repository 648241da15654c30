//! Opening a scan. Whatever is open stays until the worker has opened another: a file that
//! cannot be read must not cost the results of the scan before.

use model::protocol::{Failure, VolumeInfo};

use super::salvage::Berth;
use super::{Desk, EngineState, Next, Notice, OpenScan, Scope, Source};

/// A scan on its way through the worker.
#[derive(Debug, Clone, Default)]
pub(super) struct Incoming {
    source: Source,
    /// Segment as soon as it is open.
    segment: bool,
    /// It is the scan on the desk, which a worker before had open.
    pub(super) is_back: bool,
    /// A segmentation was stopped for it, of the scan that stays if nothing comes of this one.
    pub(super) has_stopped_run: bool,
    /// What waited for the network until this scan was chosen.
    waiting: Option<Scope>,
    hold: Hold,
}

/// Whether a scan on its way can be given up in the worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Hold {
    /// The worker may be decoding, and hears nothing.
    #[default]
    Busy,
    /// It waits for a part of the program.
    Waits,
    /// The reader does not want the scan any more.
    GivenUp,
}

/// What has to be done so that a scan on its way does not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenUp {
    /// Nothing: the worker has no part in it yet, or does not listen any more.
    Already,
    /// The worker is asked.
    Ask,
    /// The worker is replaced: nothing else is lost with it.
    Replace,
}

impl Incoming {
    /// The scan on the desk once more.
    pub(super) fn back(source: Source) -> Self {
        Self {
            source,
            is_back: true,
            ..Self::default()
        }
    }
}

impl Desk {
    /// The page begins to read files; `false` if there is no worker for them.
    pub fn begin_to_read(&mut self) -> bool {
        self.notice = None;
        if self.open.berth == Berth::Read {
            self.open.berth = Berth::Adrift;
        }
        self.is_reading = !self.refuses();
        self.is_reading
    }

    /// Files are on their way to the worker; `false` if there is none.
    pub fn opening(&mut self, source: Source, segment: bool) -> bool {
        self.is_reading = false;
        self.notice = None;
        if self.refuses() {
            return false;
        }
        self.incoming.push_back(Incoming {
            source,
            segment,
            waiting: self.open.waiting.take(),
            ..Incoming::default()
        });
        if let Some(run) = &mut self.run {
            run.is_cancelling = true;
        }
        true
    }

    /// Whether another scan is on its way.
    pub fn is_opening(&self) -> bool {
        self.is_reading || !self.incoming.is_empty()
    }

    /// Whether nothing else is lost if what is on its way is given up. A scan that was open before
    /// is in the worker that opens the next one, which listens while it waits, and not while it
    /// decodes.
    pub fn can_stop_opening(&self) -> bool {
        let waits = |it: &Incoming| it.hold == Hold::Waits;
        let is_first = self.open.scan.is_none() && self.is_opening();
        self.is_reading || is_first || self.incoming.front().is_some_and(waits)
    }

    /// What is on its way is not wanted any more.
    pub fn stop_opening(&mut self) -> GivenUp {
        self.is_reading = false;
        if self.open.berth == Berth::Read {
            self.open.berth = Berth::GivenUp;
        }
        if self.open.berth == Berth::GivenUp && !self.is_opening() {
            self.add(self.what_is_left());
        }
        if !self.can_stop_opening() {
            return GivenUp::Already;
        }
        if self.open.scan.is_none() {
            return GivenUp::Replace;
        }
        for incoming in &mut self.incoming {
            incoming.hold = Hold::GivenUp;
        }
        GivenUp::Ask
    }

    /// The worker waits for a part of the program, mostly for what it is to do next.
    pub(super) fn awaiting(&mut self) {
        let is_busy = |it: &&mut Incoming| it.hold == Hold::Busy;
        if let Some(next) = self.incoming.front_mut().filter(is_busy) {
            next.hold = Hold::Waits;
        }
    }

    /// Whether a scan is open to work with. While another is on its way it is not: what is
    /// asked of the worker now would be done on that one.
    pub fn is_open(&self) -> bool {
        self.is_shown() && self.open.berth == Berth::Worker
    }

    /// Whether there is a scan to look at and nothing that is to take its place.
    pub fn is_shown(&self) -> bool {
        self.open.scan.is_some() && !self.is_opening()
    }

    /// Whether the open scan has this digest.
    pub fn has_digest(&self, digest: &str) -> bool {
        self.is_open()
            && self
                .open
                .digest
                .as_ref()
                .is_some_and(|d| d.digest == digest)
    }

    pub(super) fn opened(&mut self, scan: VolumeInfo) -> Next {
        let Incoming {
            source,
            segment,
            is_back,
            ..
        } = self.incoming.pop_front().unwrap_or_default();
        if is_back {
            return self.returned(source, &scan);
        }
        let slice = scan.slices / 2;
        self.open = OpenScan {
            scan: Some(scan),
            source,
            ..OpenScan::default()
        };
        self.end_run();
        Next::Show { slice, segment }
    }

    /// A reference mask with so many set pixels is open, by its own word so far away from the scan.
    pub(super) fn reference_opened(&mut self, pixels: usize, apart_mm: Option<f32>) {
        self.is_reading_reference = false;
        self.open.reference_px = Some(pixels);
        self.clear_bars();
        self.notice = apart_mm.map(|mm| Notice {
            is_error: true,
            text: format!(
                "This mask says that it lies {mm:.0} mm away from the scan: check that it is of the same one."
            ),
        });
    }

    /// Nothing came of the files; whatever is open stays.
    pub(super) fn not_opened(&mut self, failure: &Failure) -> Next {
        let incoming = self.incoming.pop_front().unwrap_or_default();
        self.clear_bars();
        let is_given_up = incoming.hold == Hold::GivenUp;
        if incoming.is_back {
            let why = failure.to_string();
            self.not_back((!is_given_up).then_some(&why));
            return Next::Nothing;
        }
        // Whatever became of this one, another was chosen in its place.
        if !self.incoming.is_empty() {
            return self.wait_again(&incoming);
        }
        let mut words = vec![failure.to_string()];
        if self.open.scan.is_some() && self.open.berth == Berth::Worker {
            words.push("The scan before stays open.".to_owned());
            words.extend(self.how_to_go_on(incoming.has_stopped_run));
        }
        if !is_given_up || incoming.has_stopped_run {
            self.notice = Some(Notice {
                is_error: !is_given_up,
                text: words.join(" "),
            });
        }
        if self.is_to_come_back() {
            return Next::BringBack;
        }
        self.wait_again(&incoming)
    }

    /// After a segmentation was stopped for a scan that does not come.
    fn how_to_go_on(&self, has_stopped_run: bool) -> Option<String> {
        let scan = self.open.scan.as_ref().filter(|_| has_stopped_run)?;
        let words = match scan.slices {
            1 => "Its segmentation was stopped.",
            _ => "Its segmentation was stopped; “Whole series” goes on with the rest.",
        };
        Some(words.to_owned())
    }

    /// What waited for the network before this scan was chosen waits again, or begins.
    fn wait_again(&mut self, given_up: &Incoming) -> Next {
        if let Some(next) = self.incoming.front_mut() {
            next.waiting = given_up.waiting;
            next.has_stopped_run |= given_up.has_stopped_run;
            return Next::Nothing;
        }
        let is_refused = matches!(self.engine, EngineState::Failed(_) | EngineState::Off);
        self.open.waiting = given_up.waiting.filter(|_| !is_refused);
        self.segment_waiting()
    }

    /// They are no reference mask.
    pub(super) fn reference_not_opened(&mut self, failure: &Failure) {
        self.fail(failure.to_string());
        self.is_reading_reference = false;
        self.clear_bars();
    }
}
