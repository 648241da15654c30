//! Following lesions over saved analyses, and what readers say of them.
//!
//! All three questions take rows of many analyses and some time: each is counted ([`COURSE`]), and
//! waits for its turn ([`Courses`](crate::course::Courses)) before it asks the database for more
//! than who is there.

use app::api::ApiError;
use app::course::{Course, Paired, Statement, Visit, said_of};
use app::form::check_label;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::entry;
use crate::course::Turn;
use crate::exchange::Exchange;
use crate::store::account::AccountId;
use crate::store::attempt::COURSE;
use crate::store::history::Examination;
use crate::store::pairing::PairOutcome;

/// Two analyses, and all that are of their images.
struct Both {
    visits: [Visit; 2],
    same_images: Vec<Visit>,
}

impl Exchange {
    pub(in crate::exchange) async fn course(&self, label: &str) -> Result<Course, ApiError> {
        let label = check_label(label)?;
        let (account, turn) = self.course_turn().await?;
        let course = self.state.store.course(account, &label).await?;
        let paired = self.state.store.pairings_of_label(account, &label).await?;
        turn.work(move || {
            let visits: Vec<Visit> = course.into_iter().map(visit).collect::<Result<_, _>>()?;
            Ok(Course::of_images(&visits, &paired))
        })
        .await
    }

    pub(in crate::exchange) async fn pair(&self, ids: [Uuid; 2]) -> Result<Course, ApiError> {
        let (account, turn) = self.course_turn().await?;
        let both = self.both(account, &turn, ids).await?;
        self.compared(account, &turn, both).await
    }

    pub(in crate::exchange) async fn say(
        &self,
        analyses: [Uuid; 2],
        lesions: [usize; 2],
        statement: Statement,
    ) -> Result<Course, ApiError> {
        let (account, turn) = self.course_turn().await?;
        let mut both = self.both(account, &turn, analyses).await?;
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
        let outcome = if let Some(is_one) = Option::<bool>::from(statement) {
            store.say(account, analyses, numbers, is_one).await?
        } else {
            let paired = self.paired(account, &both).await?;
            let said;
            (both, said) = turn
                .work(move || {
                    let [a, b] = &both.visits;
                    let said = said_of(&paired, [a, b], &both.same_images, lesions);
                    Ok((both, said))
                })
                .await?;
            store.take_back(account, &said).await?;
            PairOutcome::Said
        };
        match outcome {
            PairOutcome::Said => self.compared(account, &turn, both).await,
            PairOutcome::Missing => Err(ApiError::NotFound),
            PairOutcome::Full => Err(ApiError::Full),
        }
    }

    /// Who asks, and the turn of their course.
    async fn course_turn(&self) -> Result<(AccountId, Turn), ApiError> {
        let account = self.account_id().await?;
        self.turn(&COURSE, &account.0.to_string()).await?;
        let turn = self.state.courses.turn(account).await?;
        Ok((account, turn))
    }

    async fn both(
        &self,
        account: AccountId,
        turn: &Turn,
        [a, b]: [Uuid; 2],
    ) -> Result<Both, ApiError> {
        let store = &self.state.store;
        let (a, b) = (
            store.examination(account, a).await?,
            store.examination(account, b).await?,
        );
        let (a, b) = a.zip(b).ok_or(ApiError::NotFound)?;
        let mut same_images = Vec::new();
        for Examination { facts, .. } in [&a, &b] {
            // Of another label, they are of no course with these.
            let found = store.examinations_of_image(account, &facts.digest, &facts.label);
            same_images.extend(found.await?);
        }
        turn.work(move || {
            Ok(Both {
                visits: [visit(a)?, visit(b)?],
                same_images: same_images
                    .into_iter()
                    .map(visit)
                    .collect::<Result<_, _>>()?,
            })
        })
        .await
    }

    async fn compared(
        &self,
        account: AccountId,
        turn: &Turn,
        both: Both,
    ) -> Result<Course, ApiError> {
        let paired = self.paired(account, &both).await?;
        turn.work(move || {
            let [a, b] = &both.visits;
            Ok(Course::of_pair(a, b, &both.same_images, &paired))
        })
        .await
    }

    /// What was said of two analyses and of all that are of their images.
    async fn paired(&self, account: AccountId, both: &Both) -> Result<Vec<Paired>, ApiError> {
        let all = both.visits.iter().chain(&both.same_images);
        let mut ids: Vec<Uuid> = all.map(|visit| visit.entry.id).collect();
        ids.sort_unstable();
        ids.dedup();
        Ok(self.state.store.pairings_among(account, &ids).await?)
    }
}

fn visit(examination: Examination) -> Result<Visit, ApiError> {
    let conditions = examination.facts.conditions.as_deref();
    let conditions = conditions.map(|json| stored("conditions", json));
    Ok(Visit {
        lesions: stored("lesions", &examination.followed)?,
        conditions: conditions.transpose()?.unwrap_or_default(),
        entry: entry(examination.facts),
    })
}

/// What was stored as JSON.
fn stored<T: DeserializeOwned>(what: &str, json: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(json).map_err(|error| {
        tracing::error!(%error, "stored {what} cannot be read");
        ApiError::Server
    })
}
