//! Which request a message of the worker answers.

use std::collections::VecDeque;

use model::protocol::{Event, Request};

/// What a request that waits for its answer was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Prepare,
    Open,
    Reference,
    Show,
    Run,
    Export,
    Digest,
}

/// Requests without an answer. The worker answers in the order of asking, which is how
/// a failure is known to belong to the oldest; networks are got ready beside all else, in an order of
/// their own.
#[derive(Debug, Clone, Default)]
pub(super) struct Requests(VecDeque<Asked>);

impl Requests {
    /// A request goes to the worker.
    pub(super) fn sent(&mut self, request: &Request) {
        self.0.extend(match request {
            Request::Prepare { .. } => Some(Asked::Prepare),
            Request::Open { .. } => Some(Asked::Open),
            Request::OpenReference { .. } => Some(Asked::Reference),
            Request::Show { .. } => Some(Asked::Show),
            Request::Segment { .. }
            | Request::Refine { .. }
            | Request::Compare { .. }
            | Request::Reject { .. }
            | Request::TakeBack { .. }
            | Request::Correct { .. }
            | Request::Undo { .. }
            | Request::Restore { .. } => Some(Asked::Run),
            Request::Digest { .. } => Some(Asked::Digest),
            Request::Export { .. } => Some(Asked::Export),
            Request::Cancel | Request::Around { .. } | Request::Bench { .. } => None,
        });
    }

    /// Takes the request that `event` answers off the list.
    pub(super) fn answered(&mut self, event: &Event) -> Option<Asked> {
        let asked = match event {
            Event::EngineReady(_) | Event::NotReady(_) => Asked::Prepare,
            Event::Opened(_) => Asked::Open,
            Event::ReferenceOpened { .. } => Asked::Reference,
            Event::Slice { .. } => Asked::Show,
            Event::Finished { .. } | Event::Cancelled { .. } => Asked::Run,
            Event::Exported { .. } => Asked::Export,
            Event::Digest { .. } => Asked::Digest,
            Event::Failed(_) => {
                let place = self.0.iter().position(|&a| a != Asked::Prepare)?;
                return self.0.remove(place);
            }
            _ => return None,
        };
        let place = self.0.iter().position(|&a| a == asked)?;
        if matches!(asked, Asked::Show | Asked::Prepare) {
            // Answered whatever else is going on.
            self.0.remove(place);
        } else {
            let mut places = 0..;
            self.0
                .retain(|&a| places.next() > Some(place) || a == Asked::Prepare);
        }
        Some(asked)
    }

    /// Whether such a request waits.
    pub(super) fn contains(&self, asked: Asked) -> bool {
        self.0.contains(&asked)
    }
}
