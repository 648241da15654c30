//! Listing and changing saved analyses.

use app::api::ApiError;
use app::api::history::{Entry, Label, PAGE_SIZE, Page, Query};
use app::course::{Course, Paired, Visit, said_of};
use app::form::{Day, check_label};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use super::Exchange;
use crate::document::in_turn;
use crate::store::account::AccountId;
use crate::store::history::{Examination, Facts, Filter, Place};
use crate::store::pairing::PairOutcome;
use crate::{clock, hex};

/// Two analyses, and those of their images.
struct Both {
    visits: [Visit; 2],
    others: Vec<Visit>,
}

impl Exchange {
    pub(super) async fn list(&self, query: Query) -> Result<Page, ApiError> {
        let account = self.account_id().await?;
        let filter = filter(&query)?;
        let (found, has_more) = self
            .state
            .store
            .list(account, &filter, PAGE_SIZE as usize)
            .await?;
        let next = found.last().filter(|_| has_more).map(cursor);
        let entries = found.into_iter().map(entry).collect();
        Ok(Page { entries, next })
    }

    pub(super) async fn labels(&self) -> Result<Vec<Label>, ApiError> {
        let account = self.account_id().await?;
        let labels = self.state.store.labels(account).await?;
        let shown = labels.into_iter().map(|(label, analyses)| Label {
            label,
            analyses: u32::try_from(analyses).unwrap_or(u32::MAX),
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

    pub(super) async fn of_image(&self, digest: &str) -> Result<Vec<Entry>, ApiError> {
        let account = self.account_id().await?;
        let digest = hex::decode(digest)
            .filter(|bytes| bytes.len() == 32)
            .ok_or_else(|| ApiError::invalid("digest", "This is not the digest of an image."))?;
        let found = self.state.store.of_image(account, &digest).await?;
        Ok(found.into_iter().map(entry).collect())
    }

    pub(super) async fn course(&self, label: &str) -> Result<Course, ApiError> {
        let account = self.account_id().await?;
        let label = check_label(label)?;
        let course = self.state.store.course(account, &label).await?;
        let paired = self.state.store.pairings_of_label(account, &label).await?;
        in_turn(&self.state, move || {
            let visits: Vec<Visit> = course.into_iter().map(visit).collect::<Result<_, _>>()?;
            Ok(Course::of_images(&visits, &paired))
        })
        .await
    }

    pub(super) async fn pair(&self, ids: [Uuid; 2]) -> Result<Course, ApiError> {
        let account = self.account_id().await?;
        let both = self.both(account, ids).await?;
        self.compared(account, both).await
    }

    async fn compared(&self, account: AccountId, both: Both) -> Result<Course, ApiError> {
        let paired = self.paired(account, &both).await?;
        in_turn(&self.state, move || {
            let [a, b] = &both.visits;
            Ok(Course::of_pair(a, b, &both.others, &paired))
        })
        .await
    }

    /// What was said of two analyses and of others of their images.
    async fn paired(&self, account: AccountId, both: &Both) -> Result<Vec<Paired>, ApiError> {
        let all = both.visits.iter().chain(&both.others);
        let mut ids: Vec<Uuid> = all.map(|visit| visit.entry.id).collect();
        ids.sort_unstable();
        ids.dedup();
        Ok(self.state.store.pairings_among(account, &ids).await?)
    }

    async fn both(&self, account: AccountId, [a, b]: [Uuid; 2]) -> Result<Both, ApiError> {
        let store = &self.state.store;
        let (a, b) = (
            store.examination(account, a).await?,
            store.examination(account, b).await?,
        );
        let (a, b) = a.zip(b).ok_or(ApiError::NotFound)?;
        let mut others = Vec::new();
        for Examination { facts, .. } in [&a, &b] {
            // Of another label, they are of no course with these.
            let found = store.examinations_of_image(account, &facts.digest, &facts.label);
            others.extend(found.await?);
        }
        in_turn(&self.state, move || {
            Ok(Both {
                visits: [visit(a)?, visit(b)?],
                others: others.into_iter().map(visit).collect::<Result<_, _>>()?,
            })
        })
        .await
    }

    pub(super) async fn say(
        &self,
        analyses: [Uuid; 2],
        lesions: [usize; 2],
        is_one: Option<bool>,
    ) -> Result<Course, ApiError> {
        let account = self.account_id().await?;
        let both = self.both(account, analyses).await?;
        let [a, b] = &both.visits;
        let number = |visit: &Visit, number: usize| {
            let is_there = visit.lesions.iter().any(|it| it.number == number);
            let number = i32::try_from(number).ok().filter(|_| is_there);
            number.ok_or_else(|| ApiError::invalid("lesions", "There is no such lesion."))
        };
        let numbers = [number(a, lesions[0])?, number(b, lesions[1])?];
        if a.entry.id == b.entry.id {
            let words = "These are lesions of one analysis.";
            return Err(ApiError::invalid("analyses", words));
        }
        let store = &self.state.store;
        let outcome = if let Some(is_one) = is_one {
            store.say(account, analyses, numbers, is_one).await?
        } else {
            let paired = self.paired(account, &both).await?;
            let said = said_of(paired, [a, b], &both.others, lesions);
            store.take_back(account, &said).await?;
            PairOutcome::Said
        };
        match outcome {
            PairOutcome::Said => self.compared(account, both).await,
            PairOutcome::Missing => Err(ApiError::NotFound),
            PairOutcome::Full => Err(ApiError::Full),
        }
    }

    pub(super) async fn change(
        &self,
        id: Uuid,
        label: &str,
        examined_on: &str,
    ) -> Result<Entry, ApiError> {
        let account = self.account_id().await?;
        let label = check_label(label)?;
        let day = examined_on
            .parse::<Day>()?
            .until(clock::today())?
            .to_string();
        let store = &self.state.store;
        if !store.change_analysis(account, id, &label, &day).await? {
            return Err(ApiError::NotFound);
        }
        self.entry_of(account, id).await
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
        confidence: facts.confidence.map(|value| value as f32),
        digest: hex::encode(&facts.digest),
    }
}

fn visit(examination: Examination) -> Result<Visit, ApiError> {
    let lesions = serde_json::from_slice(&examination.followed).map_err(|error| {
        tracing::error!(%error, "stored lesions cannot be read");
        ApiError::Server
    })?;
    let conditions = examination.conditions.as_deref();
    let conditions = conditions.map(serde_json::from_slice).transpose();
    let conditions = conditions.map_err(|error| {
        tracing::error!(%error, "stored conditions cannot be read");
        ApiError::Server
    })?;
    Ok(Visit {
        entry: entry(examination.facts),
        lesions,
        conditions: conditions.unwrap_or_default(),
    })
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
