//! Finding analyses by a part of their label.
//!
//! Labels are compared here and not by the database: SQLite knows upper and lower case of ASCII
//! only, MySQL and MariaDB those of their collations. All labels of an account, at most 10,000,
//! come from one index, in some milliseconds; the analyses themselves are read only of one page.

use futures_util::TryStreamExt as _;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{Facts, Place, Range};
use crate::store::account::AccountId;
use crate::store::{Store, StoreError};

/// The unary `+` changes no value; it keeps SQLite off the list's index, which lacks the label.
pub(super) const PLACES: &str = "SELECT label, examined_on, id FROM analyses WHERE account_id = ? \
    AND +examined_on >= ? AND +examined_on <= ? AND (examined_on < ? OR (examined_on = ? AND id < ?))";

/// In lower case, where sigma is one letter at the end of a word, too.
fn folded(text: &str) -> String {
    text.to_lowercase().replace('ς', "σ")
}

impl Store {
    /// The places of the list at which `part` stands in the label.
    pub(super) async fn places(
        &self,
        account: AccountId,
        part: &str,
        range: &Range<'_>,
    ) -> Result<Vec<Place>, StoreError> {
        let part = folded(part);
        let fitting = async |(label, examined_on, id): (String, String, Uuid)| {
            let place = Place { examined_on, id };
            Ok(folded(&label).contains(&part).then_some(place))
        };
        let mut places: Vec<Place> = on_engine!(self, |pool| {
            in_range!(sqlx::query_as(PLACES), account, range)
                .fetch(pool)
                .try_filter_map(&fitting)
                .try_collect()
        })?;
        places.sort_unstable_by(|a, b| b.cmp(a));
        Ok(places)
    }

    /// The analyses at these places, in the order of the list.
    pub(super) async fn at(
        &self,
        account: AccountId,
        places: &[Place],
    ) -> Result<Vec<Facts>, StoreError> {
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let marks = vec!["?"; places.len()].join(", ");
        let statement = format!(
            select_facts!("", "AND id IN ({}) ORDER BY examined_on DESC, id DESC"),
            marks
        );
        on_engine!(self, |pool| {
            let query = sqlx::query_as(AssertSqlSafe(statement)).bind(account.0);
            let query = places
                .iter()
                .fold(query, |query, place| query.bind(place.id));
            query.fetch_all(pool)
        })
    }
}
