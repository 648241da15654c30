//! Workers that compute slices for this one: starting them, giving out work, taking in answers.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

use super::subworker::{Answer, Job, Order};
use super::{channel, pause};
use crate::json;
use crate::protocol::{BackendChoice, SliceResult};

/// The worker's script; by this name it serves [`Order`]s.
const SCRIPT: &str = "/engine-worker.js";
const NAME: &str = "subworker";

/// A subworker has one slice in work and one waiting, so that it never idles.
const QUEUE: usize = 2;

/// How often the answers are looked at; nothing beside a slice's time.
const LOOK_MS: i32 = 8;

/// An answer with its buffers.
type Message = (Answer, Array);

/// What has come in, and from which subworker. `None`: the subworker is lost.
type Inbox = Rc<RefCell<VecDeque<(usize, Option<Message>)>>>;

/// Several subworkers. Dropping them ends their work at once.
pub(super) struct Subworkers {
    all: Vec<Option<Subworker>>,
    inbox: Inbox,
}

struct Subworker {
    worker: Worker,
    /// Slices given and not answered, in order.
    slices: VecDeque<usize>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(JsValue)>,
}

/// What has become of slices.
pub(super) enum News {
    /// A slice is done.
    Done(SliceResult, Array),
    /// A subworker has failed and is gone; its slices have to be done by others.
    Lost(VecDeque<usize>),
}

impl Subworkers {
    /// Starts `count` subworkers with the network in `weights`, a file. None that do not start.
    pub(super) fn start(count: usize, backend: BackendChoice, weights: &[u8]) -> Self {
        let inbox = Inbox::default();
        let all = (0..count)
            .map(|index| Subworker::start(index, &inbox, backend, weights).ok())
            .collect();
        Self { all, inbox }
    }

    /// Whether anything is left to wait for.
    pub(super) fn is_at_work(&self) -> bool {
        let mut subworkers = self.all.iter().flatten();
        subworkers.any(|subworker| !subworker.slices.is_empty())
    }

    /// Gives out as many of `todo` as the subworkers take; `job` looks a slice up, and one that it
    /// does not find ends the giving out.
    pub(super) fn give(
        &mut self,
        todo: &mut VecDeque<usize>,
        job: impl Fn(usize) -> Option<(Job, Vec<u8>)>,
    ) {
        for round in 1..=QUEUE {
            for subworker in self.all.iter_mut().flatten() {
                if subworker.slices.len() < round
                    && let Some(slice) = todo.front().copied()
                    && let Some((job, values)) = job(slice)
                {
                    todo.pop_front();
                    subworker.order(&Order::Segment(job), &values);
                    subworker.slices.push_back(slice);
                }
            }
        }
    }

    /// The next outcome; `None` if the user has cancelled.
    pub(super) async fn outcome(&mut self) -> Option<News> {
        loop {
            if pause::is_cancelled() {
                return None;
            }
            let next = self.inbox.borrow_mut().pop_front();
            let Some((index, message)) = next else {
                pause::sleep(LOOK_MS).await;
                continue;
            };
            let Some(subworker) = self.all.get_mut(index) else {
                continue;
            };
            match message {
                Some((Answer::Segmented(result), planes)) => {
                    if let Some(subworker) = subworker {
                        subworker.forget(result.slice);
                    }
                    return Some(News::Done(result, planes));
                }
                None | Some((Answer::Fatal { .. }, _)) => {
                    if let Some(mut subworker) = subworker.take() {
                        return Some(News::Lost(std::mem::take(&mut subworker.slices)));
                    }
                }
            }
        }
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
        let messages = Rc::clone(inbox);
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
            if let Some(answer) = parse(&message.data()) {
                messages.borrow_mut().push_back((index, Some(answer)));
            }
        });
        let losses = Rc::clone(inbox);
        let on_error = Closure::<dyn FnMut(JsValue)>::new(move |_| {
            losses.borrow_mut().push_back((index, None));
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
            slices: VecDeque::new(),
            _on_message: on_message,
            _on_error: on_error,
        };
        subworker.order(&Order::Prepare { backend }, weights);
        Ok(subworker)
    }

    /// A slice has come. Once: who asked for it twice gets it twice.
    fn forget(&mut self, slice: usize) {
        if let Some(at) = self.slices.iter().position(|given| *given == slice) {
            self.slices.remove(at);
        }
    }

    fn order(&self, order: &Order, bytes: &[u8]) {
        let Ok(json) = serde_json::to_string(order) else {
            return;
        };
        let list = channel::copies(&[bytes]);
        let message = channel::pack(&json, &list);
        // Posting transferable buffers cannot fail.
        self.worker.post_message_with_transfer(&message, &list).ok();
    }
}

impl Drop for Subworker {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

fn parse(data: &JsValue) -> Option<Message> {
    let json = Reflect::get(data, &"json".into()).ok()?.as_string()?;
    let answer = json::read(&json).ok()?;
    let list = Reflect::get(data, &"buffers".into()).ok()?;
    Some((answer, list.dyn_into().ok()?))
}
