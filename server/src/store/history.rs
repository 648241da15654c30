//! Finding saved analyses again.

use uuid::Uuid;

use super::account::AccountId;
use super::{Store, StoreError};
use crate::clock::Moment;

/// Before every day and after every day, as text.
const ALL_DAYS: (&str, &str) = ("0000-00-00", "9999-99-99");

/// Labels listed at most.
const MOST_LABELS: i64 = 200;

/// Analyses of one image listed at most.
const MOST_OF_IMAGE: i64 = 20;

/// Examinations of a course at most.
const MOST_VISITS: i64 = app::api::history::MOST_VISITS as i64;

/// What the history shows of an analysis.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// Its number.
    pub id: Uuid,
    /// Patient label.
    pub label: String,
    /// `YYYY-MM-DD`.
    pub examined_on: String,
    /// Saved at.
    pub(crate) saved_at: Moment,
    /// Network.
    pub network: String,
    /// Version of the weights.
    pub weights_version: String,
    /// Slices segmented.
    pub slices: i32,
    /// Lesions found.
    pub lesions: i32,
    /// Longest diameter of any lesion on any slice, mm.
    pub longest_mm: Option<f64>,
    /// Volume, mL.
    pub volume_ml: Option<f64>,
    /// The least that it can be, mL, where it is not known of all lesions.
    pub least_volume_ml: Option<f64>,
    /// Highest confidence.
    pub confidence: Option<f64>,
    /// Digest of the image.
    pub digest: Vec<u8>,
    /// [`model::follow_up::Conditions`] as JSON; none where a release before stored it.
    pub conditions: Option<Vec<u8>>,
}

from_row!(Facts {
    id: Uuid,
    label: String,
    examined_on: String,
    saved_at: Moment,
    network: String,
    weights_version: String,
    slices: i32,
    lesions: i32,
    longest_mm: Option<f64>,
    volume_ml: Option<f64>,
    least_volume_ml: Option<f64>,
    confidence: Option<f64>,
    digest: Vec<u8>,
    conditions: Option<Vec<u8>>
});

/// An examination with the lesions that are followed.
#[derive(Debug, Clone, PartialEq)]
pub struct Examination {
    /// What the history shows.
    pub facts: Facts,
    /// Lesions as JSON.
    pub followed: Vec<u8>,
}

from_row!(Examination { followed: Vec<u8>; facts: ..Facts });

/// A place in the list: the entry that came last.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Its day.
    pub examined_on: String,
    /// Its number.
    pub id: Uuid,
}

/// What to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only labels in which this stands, in upper or lower case.
    pub label: Option<String>,
    /// Not before this day.
    pub from: Option<String>,
    /// Not after this day.
    pub to: Option<String>,
    /// What follows this place.
    pub after: Option<Place>,
}

/// The part of the list that a filter leaves, whatever the labels are.
#[derive(Debug, Clone, Copy)]
struct Range<'a> {
    from: &'a str,
    to: &'a str,
    /// Day and number of the place that it follows.
    day: &'a str,
    id: Uuid,
}

impl Filter {
    fn range(&self) -> Range<'_> {
        let (day, id) = match &self.after {
            Some(place) => (place.examined_on.as_str(), place.id),
            None => (ALL_DAYS.1, Uuid::max()),
        };
        Range {
            from: self.from.as_deref().unwrap_or(ALL_DAYS.0),
            // The day of the place bounds the index; the rest of the condition only its first day.
            to: self.to.as_deref().unwrap_or(ALL_DAYS.1).min(day),
            day,
            id,
        }
    }
}

/// Columns of [`Facts`], in a statement that ends with `$rest`.
macro_rules! select_facts {
    ($more:literal, $rest:literal) => {
        concat!(
            "SELECT id, label, examined_on, saved_at, network, weights_version, slices, lesions, \
             longest_mm, volume_ml, least_volume_ml, confidence, digest, conditions",
            $more,
            " FROM analyses WHERE account_id = ? ",
            $rest
        )
    };
}

/// A query of the analyses of an account in a [`Range`], with its values.
macro_rules! in_range {
    ($query:expr, $account:expr, $range:expr) => {
        $query
            .bind($account.0)
            .bind($range.from)
            .bind($range.to)
            .bind($range.day)
            .bind($range.day)
            .bind($range.id)
    };
}

mod search;

/// Everything, from a place in the list on.
const LIST: &str = select_facts!(
    "",
    "AND examined_on >= ? AND examined_on <= ? AND (examined_on < ? OR (examined_on = ? AND id < ?)) \
     ORDER BY examined_on DESC, id DESC LIMIT ?"
);

/// How many these are.
const COUNT: &str = "SELECT COUNT(*) FROM analyses WHERE account_id = ? \
    AND examined_on >= ? AND examined_on <= ? AND (examined_on < ? OR (examined_on = ? AND id < ?))";

const LABELS: &str = "SELECT label, COUNT(*), MAX(id) FROM analyses WHERE account_id = ? \
    GROUP BY label ORDER BY MAX(saved_at) DESC LIMIT ?";

const OF_IMAGE: &str = select_facts!("", "AND digest = ? ORDER BY saved_at DESC, id DESC LIMIT ?");

const NEWEST: &str = "SELECT id FROM analyses WHERE account_id = ? AND label = ? \
    ORDER BY examined_on DESC, id DESC LIMIT 1";

const COURSE: &str = select_facts!(
    ", followed",
    "AND label = ? ORDER BY examined_on DESC, id DESC LIMIT ?"
);

const VISITS_OF_IMAGE: &str = select_facts!(
    ", followed",
    "AND digest = ? AND label = ? ORDER BY saved_at DESC, id DESC LIMIT ?"
);

impl Store {
    /// At most `most` analyses, newest examination first, and how many more there are.
    pub async fn list(
        &self,
        account: AccountId,
        filter: &Filter,
        most: usize,
    ) -> Result<(Vec<Facts>, usize), StoreError> {
        let range = filter.range();
        let Some(part) = &filter.label else {
            let mut found = self.first_of(account, &range, most + 1).await?;
            if found.len() <= most {
                return Ok((found, 0));
            }
            found.truncate(most);
            let count: i64 = on_engine!(self, |pool| {
                in_range!(sqlx::query_scalar(COUNT), account, range).fetch_one(pool)
            })?;
            // Some may be deleted before they are counted.
            let more = usize::try_from(count).unwrap_or(0).saturating_sub(most);
            return Ok((found, more.max(1)));
        };
        let mut places = self.places(account, part, &range).await?;
        // By the places: one of them may be deleted before it is read.
        let more = places.len().saturating_sub(most);
        places.truncate(most);
        Ok((self.at(account, &places).await?, more))
    }

    /// At most `most` of all analyses, in the order of the list, that follow this place of it.
    pub async fn following(
        &self,
        account: AccountId,
        after: Option<Place>,
        most: usize,
    ) -> Result<Vec<Facts>, StoreError> {
        let filter = Filter {
            after,
            ..Filter::default()
        };
        self.first_of(account, &filter.range(), most).await
    }

    async fn first_of(
        &self,
        account: AccountId,
        range: &Range<'_>,
        most: usize,
    ) -> Result<Vec<Facts>, StoreError> {
        on_engine!(self, |pool| {
            in_range!(sqlx::query_as(LIST), account, range)
                .bind(most as i64)
                .fetch_all(pool)
        })
    }

    /// Labels with how many analyses they have and one of these, the one saved last first; the
    /// first 200 of them.
    pub async fn labels(&self, account: AccountId) -> Result<Vec<(String, i64, Uuid)>, StoreError> {
        on_engine!(self, |pool| {
            sqlx::query_as(LABELS)
                .bind(account.0)
                .bind(MOST_LABELS)
                .fetch_all(pool)
        })
    }

    /// Analyses of an image, saved last first.
    pub async fn of_image(
        &self,
        account: AccountId,
        digest: &[u8],
    ) -> Result<Vec<Facts>, StoreError> {
        on_engine!(self, |pool| {
            sqlx::query_as(OF_IMAGE)
                .bind(account.0)
                .bind(digest)
                .bind(MOST_OF_IMAGE)
                .fetch_all(pool)
        })
    }

    /// The newest examination of a label.
    pub async fn newest_of_label(
        &self,
        account: AccountId,
        label: &str,
    ) -> Result<Option<Uuid>, StoreError> {
        on_engine!(self, |pool| {
            sqlx::query_scalar(NEWEST)
                .bind(account.0)
                .bind(label)
                .fetch_optional(pool)
        })
    }

    /// The examinations of a label, oldest first; the newest ones if there are too many.
    pub async fn course(
        &self,
        account: AccountId,
        label: &str,
    ) -> Result<Vec<Examination>, StoreError> {
        let mut course: Vec<Examination> = on_engine!(self, |pool| {
            sqlx::query_as(COURSE)
                .bind(account.0)
                .bind(label)
                .bind(MOST_VISITS)
                .fetch_all(pool)
        })?;
        course.reverse();
        Ok(course)
    }

    /// The analyses of an image under a label as examinations, saved last first; no more than a
    /// course has.
    pub async fn examinations_of_image(
        &self,
        account: AccountId,
        digest: &[u8],
        label: &str,
    ) -> Result<Vec<Examination>, StoreError> {
        on_engine!(self, |pool| {
            sqlx::query_as(VISITS_OF_IMAGE)
                .bind(account.0)
                .bind(digest)
                .bind(label)
                .bind(MOST_VISITS)
                .fetch_all(pool)
        })
    }

    /// One analysis as an examination.
    pub async fn examination(
        &self,
        account: AccountId,
        id: Uuid,
    ) -> Result<Option<Examination>, StoreError> {
        on_engine!(self, |pool| {
            sqlx::query_as(select_facts!(", followed", "AND id = ?"))
                .bind(account.0)
                .bind(id)
                .fetch_optional(pool)
        })
    }

    /// What the history shows of one analysis.
    pub async fn facts(&self, account: AccountId, id: Uuid) -> Result<Option<Facts>, StoreError> {
        on_engine!(self, |pool| {
            sqlx::query_as(select_facts!("", "AND id = ?"))
                .bind(account.0)
                .bind(id)
                .fetch_optional(pool)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::store::schema;

    #[tokio::test]
    async fn every_question_has_its_index() {
        let config = Config::from_flags(["server", "--database-url", "sqlite::memory:"]).unwrap();
        let store = Store::open(&config).await.unwrap();
        schema::migrate(&store).await.unwrap();
        let Store::Sqlite(pool, _) = &store else {
            panic!("the embedded database");
        };
        for (statement, index) in [
            (
                LIST,
                "USING INDEX ix_analyses_listed (account_id=? AND examined_on>? AND examined_on<?)",
            ),
            (
                COUNT,
                "USING COVERING INDEX ix_analyses_listed (account_id=? AND examined_on>? AND examined_on<?)",
            ),
            (
                search::PLACES,
                "USING COVERING INDEX ix_analyses_label (account_id=?)",
            ),
            (
                LABELS,
                "USING COVERING INDEX ix_analyses_label (account_id=?)",
            ),
            (
                OF_IMAGE,
                "USING INDEX ix_analyses_digest (account_id=? AND digest=?)",
            ),
            (
                VISITS_OF_IMAGE,
                "USING INDEX ix_analyses_digest (account_id=? AND digest=?)",
            ),
            (
                NEWEST,
                "USING COVERING INDEX ix_analyses_label (account_id=? AND label=?)",
            ),
            (
                COURSE,
                "USING INDEX ix_analyses_label (account_id=? AND label=?)",
            ),
        ] {
            let explained = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
            let plan: Vec<(i64, i64, i64, String)> =
                sqlx::query_as(explained).fetch_all(pool).await.unwrap();
            assert!(plan[0].3.contains(index), "{statement}\n{plan:?}");
        }
    }
}
