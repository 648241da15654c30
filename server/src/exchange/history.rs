//! Listing and changing saved analyses; [`course`] follows their lesions.

mod course;

use app::api::ApiError;
use app::api::history::{Entry, Label, PAGE_SIZE, Page, Query};
use app::form::{Day, check_label};
use app::saving::document::Caption;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::follow_up::Conditions;
use model::hex::{hex, unhex};
use uuid::Uuid;

use super::Exchange;
use crate::store::account::AccountId;
use crate::store::attempt::SAVE;
use crate::store::caption::CaptionOutcome;
use crate::store::history::{Facts, Filter, Place};
use crate::{clock, document};

impl Exchange {
    pub(super) async fn list(&self, query: Query) -> Result<Page, ApiError> {
        let account = self.account_id().await?;
        let filter = filter(&query)?;
        let (found, more) = self
            .state
            .store
            .list(account, &filter, PAGE_SIZE as usize)
            .await?;
        let next = found.last().filter(|_| more > 0).map(cursor);
        let entries = found.into_iter().map(entry).collect();
        Ok(Page {
            entries,
            next,
            more: u32::try_from(more).unwrap_or(u32::MAX),
        })
    }

    pub(super) async fn labels(&self) -> Result<Vec<Label>, ApiError> {
        let account = self.account_id().await?;
        let labels = self.state.store.labels(account).await?;
        let shown = labels.into_iter().map(|(label, analyses, analysis)| Label {
            label,
            analyses: u32::try_from(analyses).unwrap_or(u32::MAX),
            analysis: Some(analysis),
        });
        Ok(shown.collect())
    }

    pub(super) async fn entry(&self, id: Uuid) -> Result<Entry, ApiError> {
        let account = self.account_id().await?;
        self.entry_of(account, id).await
    }

    async fn entry_of(&self, account: AccountId, id: Uuid) -> Result<Entry, ApiError> {
        let facts = self.state.store.facts(account, id).await?;
        facts.map(entry).ok_or(ApiError::NotFound)
    }

    pub(super) async fn newest(&self, label: &str) -> Result<Uuid, ApiError> {
        let label = check_label(label)?;
        let account = self.account_id().await?;
        let newest = self.state.store.newest_of_label(account, &label).await?;
        newest.ok_or_else(|| ApiError::invalid("label", "Nothing is saved under this label."))
    }

    pub(super) async fn of_image(&self, digest: &str) -> Result<Vec<Entry>, ApiError> {
        let account = self.account_id().await?;
        let digest = unhex(digest)
            .filter(|bytes| bytes.len() == 32)
            .ok_or_else(|| ApiError::invalid("digest", "This is not the digest of an image."))?;
        let found = self.state.store.of_image(account, &digest).await?;
        Ok(found.into_iter().map(entry).collect())
    }

    pub(super) async fn change(
        &self,
        id: Uuid,
        label: &str,
        examined_on: &str,
        before: Option<Caption>,
    ) -> Result<Entry, ApiError> {
        let account = self.account_id().await?;
        let day = examined_on.parse::<Day>()?.until(clock::today())?;
        let wanted = Caption {
            label: check_label(label)?,
            day: day.to_string(),
        };
        // A document is written anew, as at a save, but waits for none that is still on its way.
        self.turn(&SAVE, &account.0.to_string()).await?;
        let state = &self.state;
        let turn = state.courses.turn(account).await?;
        let document = state.store.document(account, id).await?;
        let document = document.ok_or(ApiError::NotFound)?;
        let document = document::under(&turn, document, wanted.clone()).await?;
        if document.is_none() {
            tracing::warn!("a document keeps its label: it cannot be read, or would be too large");
        }
        let (before, document) = (before.as_ref(), document.as_deref());
        let (store, total) = (&state.store, state.storage_total_bytes);
        let outcome = store.change_caption(account, id, before, &wanted, document, total);
        match Box::pin(outcome).await? {
            CaptionOutcome::Changed => self.entry_of(account, id).await,
            CaptionOutcome::Missing => Err(ApiError::NotFound),
            CaptionOutcome::Other => Err(ApiError::Conflict),
        }
    }

    pub(super) async fn delete(&self, id: Uuid) -> Result<(), ApiError> {
        let account = self.account_id().await?;
        if self.state.store.delete_analysis(account, id).await? {
            Ok(())
        } else {
            Err(ApiError::NotFound)
        }
    }
}

fn filter(query: &Query) -> Result<Filter, ApiError> {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let day = |text: &str| -> Result<Option<String>, ApiError> {
        given(text)
            .map(|text| Ok(text.parse::<Day>()?.to_string()))
            .transpose()
    };
    Ok(Filter {
        label: given(&query.label)
            .map(|label| check_label(&label))
            .transpose()?,
        from: day(&query.from)?,
        to: day(&query.to)?,
        after: given(&query.after).map(|text| place(&text)).transpose()?,
    })
}

/// The place after an entry, as the page carries it: opaque, so that it may change.
fn cursor(facts: &Facts) -> String {
    let mut bytes = facts.id.as_bytes().to_vec();
    bytes.extend_from_slice(facts.examined_on.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn place(cursor: &str) -> Result<Place, ApiError> {
    let read = || {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (id, day) = bytes.split_first_chunk::<16>()?;
        let day: Day = std::str::from_utf8(day).ok()?.parse().ok()?;
        Some(Place {
            examined_on: day.to_string(),
            id: Uuid::from_bytes(*id),
        })
    };
    read().ok_or_else(|| ApiError::invalid("after", "The list has no such place. Start again."))
}

pub(crate) fn entry(facts: Facts) -> Entry {
    let conditions = facts.conditions.as_deref().unwrap_or_default();
    let count = |number: i32| u32::try_from(number).unwrap_or(0);
    Entry {
        id: facts.id,
        label: facts.label,
        examined_on: facts.examined_on,
        saved_at: clock::minute(facts.saved_at),
        network: facts.network,
        weights_version: facts.weights_version,
        slices: count(facts.slices),
        lesions: count(facts.lesions),
        longest_mm: facts.longest_mm.map(|value| value as f32),
        volume_ml: facts.volume_ml.map(|value| value as f32),
        least_volume_ml: facts.least_volume_ml.map(|value| value as f32),
        confidence: facts.confidence.map(|value| value as f32),
        digest: hex(&facts.digest),
        // What cannot be read is told where lesions are followed; without it they are listed, too.
        is_calibrated: serde_json::from_slice(conditions)
            .is_ok_and(|it: Conditions| it.is_calibrated),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forged_places_are_refused() {
        let real = URL_SAFE_NO_PAD.encode([&[7; 16], "2026-11-24".as_bytes()].concat());
        assert_eq!(place(&real).unwrap().examined_on, "2026-11-24");
        for forged in [
            "x",
            "AAAA",
            "' OR 1=1 --",
            &real[..real.len() - 2],
            &"A".repeat(60_000),
        ] {
            assert!(place(forged).is_err(), "{forged}");
        }
    }
}
