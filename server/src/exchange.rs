//! One request and its answer, as accounts see them: whose session it has, from where it came, what
//! to set on the answer. It is the server's side of the pages' [`Port`](app::port::Port).
//!
//! | module | what |
//! |---|---|
//! | [`cookie`] | the cookies of a session, and of a sign-in that waits for the second factor |
//! | `account` | registering, and signing in with the password |
//! | `second_step` | signing in with the second factor |
//! | `session` | beginning, listing and ending sessions |
//! | `second_factor` | switching it on and off |
//! | `profile` | what an account says of its owner |
//! | `new_address` | another e-mail address, by a letter to it |
//! | `password` | changing a password, with the old one or with a letter |
//! | `deletion` | deleting an account, to its end |
//! | `guess` | how often a password may be guessed |
//! | `marker` | whose an analysis is, as the page says |
//! | `history` | listing and changing saved analyses |
//! | `port` | all of it under the names that the pages use |
//! | `refusal` | faults of the store and of hashing, as the client is told |

mod account;
pub mod cookie;
mod deletion;
mod guess;
mod history;
mod marker;
mod new_address;
mod password;
mod port;
mod profile;
mod refusal;
mod second_factor;
mod second_step;
mod session;

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use app::api::ApiError;
use app::port::PortHandle;
use app::service::Service;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{ACCEPT, RETRY_AFTER, USER_AGENT};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use leptos::prelude::{provide_context, use_context};
use tokio::sync::{OnceCell, oneshot};

use crate::config::Registration;
use crate::header::RELEASE;
use crate::router::AppState;
use crate::store::StoreError;
use crate::store::account::{Account, AccountId};
use crate::store::attempt::{Policy, Turn};
use crate::store::event::{Event, Note};
use crate::store::session::Session;
use crate::token::HashedToken;
use crate::{browser, client};

pub(crate) use account::email_key;
pub(crate) use history::entry;
pub(crate) use refusal::Refusal;

/// One request and its answer.
#[derive(Debug)]
pub struct Exchange {
    state: AppState,
    token: Option<HashedToken>,
    pending: Option<HashedToken>,
    client: IpAddr,
    browser: String,
    session: OnceCell<Option<Session>>,
    answer: Mutex<Answer>,
}

/// What to set on the answer.
#[derive(Debug, Default)]
struct Answer {
    status: Option<StatusCode>,
    headers: HeaderMap,
}

/// Gives every request its exchange, and the answer what the exchange set.
pub(crate) async fn attend(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let exchange = Arc::new(Exchange::new(state, &request));
    request.extensions_mut().insert(Arc::clone(&exchange));
    // Server functions are all asked by POST; what else is under `/api/` is not, and has its own
    // status.
    let is_function = request.method() == Method::POST && request.uri().path().starts_with("/api/");
    if is_function {
        // Whoever asks for a page would be sent to the Referer, whatever stands there, with the
        // error in its address.
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(ACCEPT, json);
    }
    let mut response = next.run(request).await;
    if let Some(release) = &exchange.state.release {
        response.headers_mut().insert(RELEASE, release.clone());
    }
    exchange.finish(&mut response, is_function);
    response
}

/// Lets server functions of this request find the port, and pages what the server says of itself.
pub(crate) fn provide_port() {
    let exchange = use_context::<axum::http::request::Parts>()
        .and_then(|parts| parts.extensions.get::<Arc<Exchange>>().cloned());
    if let Some(exchange) = exchange {
        let state = &exchange.state;
        let release = state.release.as_ref().and_then(|it| it.to_str().ok());
        provide_context(Service {
            release: release.unwrap_or_default().to_owned(),
            is_closed: state.registration == Registration::Closed,
            operator: state.operator.as_ref().to_owned(),
            contact: state.contact.as_ref().to_owned(),
        });
        provide_context::<PortHandle>(exchange);
    }
}

impl Exchange {
    fn new(state: AppState, request: &Request) -> Self {
        // Without a connection (a test), the request comes from this machine.
        let peer = request
            .extensions()
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0.ip());
        let headers = request.headers();
        let user_agent = headers
            .get(USER_AGENT)
            .and_then(|value| value.to_str().ok());
        Self {
            client: client::address(peer, headers, &state.trusted_proxies),
            token: cookie::SESSION.token(headers),
            pending: cookie::PENDING.token(headers),
            browser: browser::in_words(user_agent.unwrap_or_default()),
            session: OnceCell::new(),
            answer: Mutex::default(),
            state,
        }
    }

    /// What the exchange set goes on the answer. A server function that failed before it reached
    /// the port could not read its arguments: that is the client's fault, not the server's.
    fn finish(&self, response: &mut Response, is_function: bool) {
        let answer = std::mem::take(&mut *self.answer());
        if is_function {
            if let Some(status) = answer.status {
                *response.status_mut() = status;
            } else if response.status() == StatusCode::INTERNAL_SERVER_ERROR {
                *response.status_mut() = StatusCode::BAD_REQUEST;
            }
        }
        let headers = response.headers_mut();
        for (name, value) in &answer.headers {
            headers.append(name, value.clone());
        }
        if response.status() == StatusCode::SERVICE_UNAVAILABLE {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from_static("2"));
        }
    }

    fn answer(&self) -> std::sync::MutexGuard<'_, Answer> {
        self.answer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_header(&self, name: HeaderName, value: HeaderValue) {
        self.answer().headers.append(name, value);
    }

    /// The session, if there is a valid one; the database is asked once a request.
    async fn session(&self) -> Result<Option<&Session>, ApiError> {
        let Some(token) = &self.token else {
            return Ok(None);
        };
        let session = self
            .session
            .get_or_try_init(|| self.state.store.session(token))
            .await?;
        Ok(session.as_ref())
    }

    /// The session, or the refusal that belongs to there being none.
    async fn signed_in(&self) -> Result<&Session, ApiError> {
        self.session().await?.ok_or(ApiError::SignedOut)
    }

    /// Whose session it is.
    pub(crate) async fn account_id(&self) -> Result<AccountId, ApiError> {
        Ok(self.signed_in().await?.account())
    }

    /// The account of the session.
    async fn account(&self) -> Result<Account, ApiError> {
        let id = self.account_id().await?;
        self.state
            .store
            .account(id)
            .await?
            .ok_or(ApiError::SignedOut)
    }

    /// Begins a change, with what its owner must hear of it. Begun, both go on to their end, though
    /// the client may hang up and the answer be given up: nobody can change an account and keep the
    /// letter about it from being sent.
    fn to_its_end<T: Send + 'static, C>(
        &self,
        change: C,
    ) -> impl Future<Output = Result<Result<T, StoreError>, ApiError>> + use<T, C>
    where
        C: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        let (done, outcome) = oneshot::channel();
        self.state.post.beside(async move {
            if let Err(Err(error)) = done.send(change.await) {
                tracing::warn!(%error, "a change failed after its answer was given up");
            }
        });
        async { outcome.await.map_err(|_| ApiError::Server) }
    }

    /// The state that all exchanges share.
    pub(crate) fn state(&self) -> &AppState {
        &self.state
    }

    /// Counts an attempt, or refuses it because there were too many.
    pub(crate) async fn turn(&self, policy: &Policy, who: &str) -> Result<(), ApiError> {
        match self.state.store.attempt(policy, who).await? {
            Turn::Now => Ok(()),
            Turn::In(wait_secs) => {
                metrics::counter!("neurocare_attempts_refused_total", "policy" => policy.name)
                    .increment(1);
                tracing::info!(policy = policy.name, "too many attempts");
                Err(ApiError::TooManyAttempts { wait_secs })
            }
        }
    }

    /// By what attempts from this client are counted.
    fn counted_address(&self) -> String {
        client::counted(self.client)
    }

    /// An event of this request, for the audit.
    fn note(&self, event: Event) -> Note {
        Note {
            event,
            network: client::network(self.client),
        }
    }

    /// Records an event that changes nothing.
    pub(crate) async fn record(
        &self,
        account: Option<AccountId>,
        event: Event,
    ) -> Result<(), ApiError> {
        let note = self.note(event);
        self.state.store.record(account, &note).await?;
        note.tell();
        Ok(())
    }
}
