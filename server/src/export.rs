//! `GET /api/account/export`: what is stored about an account, as one JSON file. Left out are the
//! hashes of the password, of recovery codes and of the tokens of sign-ins and links, the secret of
//! the second factor, a new address that still waits for its link, letters on their way, and events
//! beyond the newest 1,000.
//!
//! It is written while it is sent, an analysis at a time: an account may hold more than the
//! server's memory. So are the numbers of what was deleted, a page at a time.

use std::sync::Arc;

use app::api::ApiError;
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::stream::{Stream, try_unfold};
use model::hex::hex;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::clock;
use crate::exchange::{Exchange, Refusal, entry};
use crate::origin::is_from_elsewhere;
use crate::store::account::AccountId;
use crate::store::attempt::EXPORT;
use crate::store::event::Event;
use crate::store::history::{Facts, Place};
use crate::store::{Store, StoreError};

/// Analyses looked up at once; their documents are fetched one by one.
const AT_ONCE: usize = 100;

/// Numbers of deleted analyses looked up at once.
const DELETED_AT_ONCE: u32 = 1000;

/// Answers with the file.
pub(crate) async fn export(
    Extension(exchange): Extension<Arc<Exchange>>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    if is_from_elsewhere(&headers) {
        return Ok(StatusCode::FORBIDDEN.into_response());
    }
    let account = exchange.account_id().await?;
    exchange.turn(&EXPORT, &account.0.to_string()).await?;
    let store = exchange.state().store.clone();
    let head = head(&store, account).await?;
    exchange.record(Some(account), Event::Exported).await?;
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (
            CONTENT_DISPOSITION,
            "attachment; filename=\"neurocare-account.json\"",
        ),
    ];
    Ok((headers, Body::from_stream(parts(store, account, head))).into_response())
}

/// All of it but what may be long, as the beginning of the file.
async fn head(store: &Store, id: AccountId) -> Result<String, ApiError> {
    let account = store.account(id).await?.ok_or(ApiError::SignedOut)?;
    let sign_ins: Vec<Value> = store
        .sessions(id)
        .await?
        .into_iter()
        .map(|session| {
            json!({
                "browser": session.browser,
                "since": clock::minute(session.created_at),
                "seen": clock::minute(session.seen_at),
            })
        })
        .collect();
    let events: Vec<Value> = store
        .events(id)
        .await?
        .into_iter()
        .map(|event| json!({ "event": event.event, "network": event.network, "at": clock::minute(event.at) }))
        .collect();
    let factor = store.second_factor(id).await?;
    let recovery_codes = store.recovery_codes(id).await?;
    let profile = json!({
        "email": account.email,
        "name": account.name,
        "birth_year": account.birth_year,
        "gender": account.gender,
        "mobile": account.mobile,
        "since": clock::minute(account.created_at),
        "image_key": account.image_key.as_deref().map(hex),
        "second_factor": factor.is_some_and(|factor| factor.is_on()),
        "recovery_codes": recovery_codes,
    });
    let pairings = json!(store.pairings(id).await?);
    Ok(format!(
        "{{\"account\":{profile},\n\"sign_ins\":{},\n\"events\":{},\n\"pairings\":{pairings},\n\"deleted\":[",
        Value::from(sign_ins),
        Value::from(events)
    ))
}

/// Where writing has come to.
struct Writing {
    store: Store,
    account: AccountId,
    section: Section,
    listed: std::vec::IntoIter<Facts>,
    after: Option<Place>,
    is_first: bool,
}

enum Section {
    Head(String),
    /// What follows this number.
    Deleted(Uuid),
    Analyses,
    End,
}

fn parts(
    store: Store,
    account: AccountId,
    head: String,
) -> impl Stream<Item = Result<Bytes, StoreError>> {
    let writing = Writing {
        store,
        account,
        section: Section::Head(head),
        listed: Vec::new().into_iter(),
        after: None,
        is_first: true,
    };
    try_unfold(writing, async |mut writing| {
        let part = writing.next().await?;
        Ok(part.map(|bytes| (bytes, writing)))
    })
}

impl Writing {
    async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        match std::mem::replace(&mut self.section, Section::End) {
            Section::Head(head) => {
                self.section = Section::Deleted(Uuid::nil());
                Ok(Some(head.into()))
            }
            Section::Deleted(after) => self.deleted(after).await.map(Some),
            Section::Analyses => {
                let Some(text) = self.analysis().await? else {
                    return Ok(Some(Bytes::from_static(b"]}\n")));
                };
                self.section = Section::Analyses;
                Ok(Some(text.into()))
            }
            Section::End => Ok(None),
        }
    }

    /// The next numbers of deleted analyses, or the end of their list.
    async fn deleted(&mut self, after: Uuid) -> Result<Bytes, StoreError> {
        let page = self
            .store
            .deleted(self.account, after, DELETED_AT_ONCE)
            .await?;
        let Some((last, _)) = page.last() else {
            self.section = Section::Analyses;
            self.is_first = true;
            return Ok(Bytes::from_static(b"],\n\"analyses\":["));
        };
        self.section = Section::Deleted(*last);
        let mut text = String::new();
        for (id, at) in page {
            text += self.comma();
            text += &json!({ "id": id, "at": clock::minute(at) }).to_string();
        }
        Ok(text.into())
    }

    /// What stands before the next element of a list.
    fn comma(&mut self) -> &'static str {
        if std::mem::take(&mut self.is_first) {
            "\n"
        } else {
            ",\n"
        }
    }

    /// The next analysis that still has its document.
    async fn analysis(&mut self) -> Result<Option<String>, StoreError> {
        loop {
            let Some(facts) = self.facts().await? else {
                return Ok(None);
            };
            let id: Uuid = facts.id;
            if let Some(document) = self.store.document(self.account, id).await? {
                let comma = self.comma();
                let analysis =
                    json!({ "entry": entry(facts), "document": STANDARD.encode(document) });
                return Ok(Some(format!("{comma}{analysis}")));
            }
        }
    }

    async fn facts(&mut self) -> Result<Option<Facts>, StoreError> {
        if self.listed.len() == 0 {
            let after = self.after.clone();
            let found = self.store.following(self.account, after, AT_ONCE).await?;
            self.listed = found.into_iter();
        }
        let next = self.listed.next();
        if let Some(facts) = &next {
            self.after = Some(Place {
                examined_on: facts.examined_on.clone(),
                id: facts.id,
            });
        }
        Ok(next)
    }
}
