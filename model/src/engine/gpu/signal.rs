//! A future for a callback: `wgpu` announces finished work by calling a function.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

/// What the callback has left, and who waits for it.
struct State<T> {
    value: Option<T>,
    waker: Option<Waker>,
}

/// Ready once the function that came with it was called.
pub(super) struct Signal<T>(Arc<Mutex<State<T>>>);

/// A future and the function that completes it.
pub(super) fn signal<T: Send + 'static>() -> (impl FnOnce(T) + Send + 'static, Signal<T>) {
    let state = Arc::new(Mutex::new(State {
        value: None,
        waker: None,
    }));
    let sender = Arc::clone(&state);
    let send = move |value| {
        // Nothing panics while the lock is held, so a poisoned one is as good as any.
        let mut state = sender.lock().unwrap_or_else(PoisonError::into_inner);
        state.value = Some(value);
        if let Some(waker) = state.waker.take() {
            waker.wake();
        }
    };
    (send, Signal(state))
}

impl<T> Future for Signal<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = state.value.take() {
            return Poll::Ready(value);
        }
        state.waker = Some(context.waker().clone());
        Poll::Pending
    }
}
