//! Workers that compute slices for this one: starting them, giving out work, taking in answers.
//!
//! Nothing waits long for them to start: their script comes over the line, which may hang by then.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

use super::channel;
use super::subworker::{Answer, Job, Order};
use crate::clock;
use crate::json;
use crate::pipeline::Left;
use crate::protocol::{BackendChoice, SliceResult};

/// The worker's script; by this name it serves [`Order`]s.
const SCRIPT: &str = "/engine-worker.js";
const NAME: &str = "subworker";

/// A subworker has one slice in work and one waiting, so that it never idles.
const QUEUE: usize = 2;

/// What has come in, and from which subworker.
type Inbox = Rc<RefCell<VecDeque<(usize, Message)>>>;

/// Several subworkers. Dropping them ends their work at once.
#[derive(Default)]
pub(super) struct Subworkers {
    /// `None` is lost, or did not start.
    all: Vec<Option<Subworker>>,
    inbox: Inbox,
}

struct Subworker {
    worker: Worker,
    is_ready: Rc<Cell<bool>>,
    /// Slices given and not answered, in order.
    slices: VecDeque<usize>,
    /// When it answered last, or was given something to do with nothing in hand.
    heard_ms: Rc<Cell<f64>>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(JsValue)>,
}

/// What a subworker has sent about its slices.
enum Message {
    Done(SliceResult, Array),
    Lost,
}

/// What has become of slices.
pub(super) enum News {
    /// A slice is done.
    Done(SliceResult, Array),
    /// A subworker has failed and is gone; its slices have to be done by others.
    Lost(VecDeque<usize>),
}

impl Subworkers {
    /// Starts `count` subworkers with the network in `weights`, a file.
    pub(super) fn start(count: usize, backend: BackendChoice, weights: &[u8]) -> Self {
        let inbox = Inbox::default();
        let all = (0..count)
            .map(|index| Subworker::start(index, &inbox, backend, weights).ok())
            .collect();
        Self { all, inbox }
    }

    /// Whether anything is left to wait for.
    pub(super) fn are_at_work(&self) -> bool {
        let mut subworkers = self.all.iter().flatten();
        subworkers.any(|subworker| !subworker.slices.is_empty())
    }

    /// Whether every one of them has its network: with the worker that started them they would be
    /// one too many.
    pub(super) fn are_complete(&self) -> bool {
        let is_ready = |it: &Option<Subworker>| it.as_ref().is_some_and(|it| it.is_ready.get());
        self.all.iter().all(is_ready)
    }

    /// Whether any of them has not its network yet, and is not lost.
    pub(super) fn are_starting(&self) -> bool {
        self.all.iter().flatten().any(|it| !it.is_ready.get())
    }

    /// Hands out as many slices as the subworkers that are ready take; `job` looks a slice up, and
    /// one that it does not find ends the handing out.
    pub(super) fn give(&mut self, left: &mut Left, job: impl Fn(usize) -> Option<(Job, Vec<u8>)>) {
        for round in 1..=QUEUE {
            for (index, place) in self.all.iter_mut().enumerate() {
                let Some(subworker) = place else {
                    continue;
                };
                if !subworker.is_ready.get() || subworker.slices.len() >= round {
                    continue;
                }
                let Some(slice) = left.hand_out() else {
                    return;
                };
                let Some((job, values)) = job(slice) else {
                    return left.put_back([slice]);
                };
                if subworker.slices.is_empty() {
                    subworker.heard_ms.set(clock::now_ms());
                }
                subworker.slices.push_back(slice);
                if !subworker.order(&Order::Segment(job), &values) {
                    let mut inbox = self.inbox.borrow_mut();
                    inbox.push_back((index, Message::Lost));
                }
            }
        }
    }

    /// The next outcome, if one has come.
    pub(super) fn news(&mut self) -> Option<News> {
        loop {
            let (index, message) = self.inbox.borrow_mut().pop_front()?;
            // What one says that is gone is done by others.
            let Some(place) = self.all.get_mut(index).filter(|it| it.is_some()) else {
                continue;
            };
            match message {
                Message::Done(result, planes) => {
                    if let Some(subworker) = place {
                        subworker.forget(result.slice);
                    }
                    return Some(News::Done(result, planes));
                }
                Message::Lost => {
                    let mut subworker = place.take()?;
                    return Some(News::Lost(std::mem::take(&mut subworker.slices)));
                }
            }
        }
    }

    /// A subworker that has said nothing for so long, and the slice that it has in hand.
    pub(super) fn overdue(&self, patience_ms: f64) -> Option<(usize, usize)> {
        let since_ms = clock::now_ms() - patience_ms;
        let mut all = self.all.iter().enumerate();
        all.find_map(|(index, place)| {
            let silent = place.as_ref().filter(|it| it.heard_ms.get() < since_ms)?;
            Some((index, *silent.slices.front()?))
        })
    }

    /// Ends a subworker that has `slice` in hand, and returns what else it leaves undone; `None` if
    /// it has it no more.
    pub(super) fn dismiss(&mut self, index: usize, slice: usize) -> Option<VecDeque<usize>> {
        let place = self.all.get_mut(index)?;
        let has_it = |it: &mut Subworker| it.slices.front() == Some(&slice);
        let mut subworker = place.take_if(has_it)?;
        subworker.slices.pop_front();
        Some(std::mem::take(&mut subworker.slices))
    }

    /// Ends all of them; the slices that they leave undone.
    pub(super) fn end(self) -> impl Iterator<Item = usize> {
        let subworkers = self.all.into_iter().flatten();
        subworkers.flat_map(|mut it| std::mem::take(&mut it.slices))
    }
}

impl Subworker {
    fn start(
        index: usize,
        inbox: &Inbox,
        backend: BackendChoice,
        weights: &[u8],
    ) -> Result<Self, JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name(NAME);
        let worker = Worker::new_with_options(SCRIPT, &options)?;
        let is_ready = Rc::new(Cell::new(false));
        let ready = Rc::clone(&is_ready);
        let heard_ms = Rc::new(Cell::new(clock::now_ms()));
        let heard = Rc::clone(&heard_ms);
        let messages = Rc::clone(inbox);
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
            heard.set(clock::now_ms());
            let message = match parse(&message.data()) {
                Some((Answer::Segmented(result), planes)) => Message::Done(result, planes),
                Some((Answer::Ready, _)) => return ready.set(true),
                Some((Answer::Fatal { .. }, _)) => Message::Lost,
                None => return,
            };
            messages.borrow_mut().push_back((index, message));
        });
        let losses = Rc::clone(inbox);
        let on_error = Closure::<dyn FnMut(JsValue)>::new(move |_| {
            losses.borrow_mut().push_back((index, Message::Lost));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        // An answer that does not fit into memory any more would be waited for in vain.
        worker.set_onmessageerror(Some(on_error.as_ref().unchecked_ref()));
        // What is loaded and compiled already is not fetched again.
        let module = Object::new();
        Reflect::set(&module, &"module".into(), &wasm_bindgen::module())?;
        worker.post_message(&module)?;
        let subworker = Self {
            worker,
            is_ready,
            slices: VecDeque::new(),
            heard_ms,
            _on_message: on_message,
            _on_error: on_error,
        };
        if !subworker.order(&Order::Prepare { backend }, weights) {
            return Err(JsValue::UNDEFINED);
        }
        Ok(subworker)
    }

    /// A slice has come. Once: who asked for it twice gets it twice.
    fn forget(&mut self, slice: usize) {
        if let Some(at) = self.slices.iter().position(|given| *given == slice) {
            self.slices.remove(at);
        }
    }

    /// Whether the order is on its way.
    fn order(&self, order: &Order, bytes: &[u8]) -> bool {
        let Ok(json) = serde_json::to_string(order) else {
            return false;
        };
        let list = channel::copies(&[bytes]);
        let message = channel::pack(&json, &list);
        let sent = self.worker.post_message_with_transfer(&message, &list);
        sent.is_ok()
    }
}

impl Drop for Subworker {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

/// An answer with its buffers; `None` for what a worker says to a page.
fn parse(data: &JsValue) -> Option<(Answer, Array)> {
    let json = Reflect::get(data, &"json".into()).ok()?.as_string()?;
    let answer = json::read(&json).ok()?;
    let list = Reflect::get(data, &"buffers".into()).ok()?;
    Some((answer, list.dyn_into().ok()?))
}
