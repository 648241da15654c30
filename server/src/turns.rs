//! Turns by account: of one account, only so much is done at once, so that nobody who asks for much
//! takes what others need.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use app::api::ApiError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::store::account::AccountId;

/// How long a turn is waited for that slow lines may hold for minutes: while the database is away,
/// too, an answer comes soon.
const SOON: Duration = Duration::from_secs(2);

/// The turns of every account, on this server.
#[derive(Debug, Clone)]
pub struct Turns {
    /// How many an account has.
    at_once: usize,
    /// Those of each account that has, or waits for, one.
    own: Arc<Mutex<HashMap<AccountId, Weak<Semaphore>>>>,
}

impl Turns {
    /// So many of each account at once.
    pub fn new(at_once: usize) -> Self {
        Self {
            at_once,
            own: Arc::default(),
        }
    }

    /// Waits for a turn of the account.
    pub(crate) async fn turn(&self, account: AccountId) -> Result<OwnedSemaphorePermit, ApiError> {
        let turn = self.own(account).acquire_owned().await;
        turn.map_err(|_| ApiError::Server)
    }

    /// The same, for what pages try again by themselves: [`ApiError::Unavailable`] if the account has
    /// no turn soon.
    pub(crate) async fn soon(&self, account: AccountId) -> Result<OwnedSemaphorePermit, ApiError> {
        let turn = timeout(SOON, self.turn(account)).await;
        turn.map_err(|_| ApiError::Unavailable)?
    }

    fn own(&self, account: AccountId) -> Arc<Semaphore> {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = own.get(&account).and_then(Weak::upgrade) {
            return known;
        }
        // Of accounts that ask no more, nothing stays.
        own.retain(|_, turns| turns.strong_count() > 0);
        let turns = Arc::new(Semaphore::new(self.at_once));
        own.insert(account, Arc::downgrade(&turns));
        turns
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[tokio::test]
    async fn an_account_waits_for_its_own_turns_and_not_for_those_of_others() {
        let turns = Turns::new(2);
        let [ada, bob] = [1, 2].map(|n| AccountId(Uuid::from_u128(n)));
        let first = turns.turn(ada).await.unwrap();
        let _second = turns.turn(ada).await.unwrap();
        let mut third = Box::pin(turns.turn(ada));
        let early = timeout(Duration::from_millis(50), third.as_mut()).await;
        assert!(early.is_err());
        assert!(turns.turn(bob).await.is_ok());
        drop(first);
        assert!(third.await.is_ok());
    }

    #[tokio::test]
    async fn whoever_is_to_have_a_turn_soon_is_told_if_there_is_none() {
        let turns = Turns::new(1);
        let ada = AccountId(Uuid::nil());
        let first = turns.soon(ada).await.unwrap();
        let second = turns.soon(ada).await;
        assert_eq!(second.err(), Some(ApiError::Unavailable));
        drop(first);
        assert!(turns.soon(ada).await.is_ok());
    }

    #[tokio::test]
    async fn nothing_stays_of_accounts_that_have_no_turn() {
        let turns = Turns::new(1);
        for n in 0..10 {
            assert!(turns.turn(AccountId(Uuid::from_u128(n))).await.is_ok());
        }
        assert_eq!(turns.own.lock().unwrap().len(), 1);
    }
}
