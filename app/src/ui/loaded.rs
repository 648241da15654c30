//! Something that is asked from the server.

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::*;

use crate::api::ApiError;
use crate::session::Session;
use crate::ui::piece::IntoPiece as _;

type Request<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>>>>;

/// What has come of asking.
#[derive(Debug)]
pub enum Answer<T> {
    /// The answer is on its way.
    Waiting,
    /// There is none.
    Failed(ApiError),
    /// The answer.
    There(T),
}

impl<T> Answer<T> {
    /// Whether the answer has come.
    pub fn is_there(&self) -> bool {
        matches!(self, Self::There(_))
    }
}

/// An answer of the server as a signal.
#[derive(Debug)]
pub struct Loaded<T: 'static> {
    /// What has come of it so far.
    pub state: RwSignal<Answer<T>>,
    /// Counts how often the reader had it asked again.
    pub again: RwSignal<u32>,
    questions: StoredValue<u32>,
}

impl<T> Clone for Loaded<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Loaded<T> {}

impl<T: Send + Sync + 'static> Loaded<T> {
    /// Not asked for yet.
    pub fn new() -> Self {
        Self {
            state: RwSignal::new(Answer::Waiting),
            again: RwSignal::new(0),
            questions: StoredValue::new(0),
        }
    }

    /// Asks; an earlier answer stays until the new one is there. In an effect, which runs anew when
    /// the reader wants it asked again.
    pub fn ask(
        self,
        session: Session,
        request: impl Future<Output = Result<T, ApiError>> + 'static,
    ) {
        self.ask_for(session, Box::pin(request));
    }

    /// The same for all requests of one answer: what comes after them is not compiled anew for
    /// each.
    fn ask_for(self, session: Session, request: Request<T>) {
        self.again.track();
        self.state.maybe_update(|state| {
            let has_failed = matches!(state, Answer::Failed(_));
            if has_failed {
                *state = Answer::Waiting;
            }
            has_failed
        });
        let number = self.questions.get_value().wrapping_add(1);
        self.questions.set_value(number);
        leptos::task::spawn_local(async move {
            let answer = match request.await {
                Ok(answer) => Answer::There(answer),
                Err(error) => {
                    session.heard(&error);
                    Answer::Failed(error)
                }
            };
            // The page may be gone by now, or have asked for something else.
            if self.questions.try_get_value() == Some(number) {
                self.state.try_set(answer);
            }
        });
    }

    /// The answer, if it is there.
    pub fn with<R>(self, read: impl FnOnce(&T) -> R) -> Option<R> {
        self.state.with(|state| match state {
            Answer::There(answer) => Some(read(answer)),
            _ => None,
        })
    }

    /// Whether it is still awaited, and the error that came instead.
    pub fn outlook(self) -> (bool, Option<Fault>) {
        self.state.with(|state| match state {
            Answer::Waiting => (true, None),
            Answer::Failed(error) => (false, Some(Fault::of(error))),
            Answer::There(_) => (false, None),
        })
    }
}

impl<T: Send + Sync + 'static> Default for Loaded<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// Why there is nothing to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// In words.
    pub words: String,
    /// It stays so, however often it is asked.
    pub is_final: bool,
}

impl Fault {
    fn of(error: &ApiError) -> Self {
        Self {
            words: error.to_string(),
            is_final: matches!(error, ApiError::NotFound),
        }
    }
}

/// "One moment", or why there is nothing to show.
#[component]
pub fn Outlook(
    /// Whether the answer is awaited, and the error that came instead.
    #[prop(into)]
    of: Signal<(bool, Option<Fault>)>,
    /// Counts how often it was asked again.
    again: RwSignal<u32>,
) -> impl IntoView {
    view! {
        <div aria-live="polite">
            {move || match of.get() {
                (true, _) => view! { <p class="muted">"One moment…"</p> }.into_late_piece(),
                (false, Some(fault)) => view! {
                    <p class="error-text">{fault.words}</p>
                    {(!fault.is_final).then(|| view! {
                        <button type="button" class="button" on:click=move |_| again.update(|n| *n += 1)>"Try again"</button>
                    })}
                }
                .into_late_piece(),
                (false, None) => ().into_late_piece(),
            }}
        </div>
    }
    .into_late_piece()
}
