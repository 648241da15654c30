//! Whose course is computed when: few at once, and of one account one after another, so that nobody
//! who asks for many keeps others from theirs. They have turns of their own, apart from those of
//! documents that are saved: saving waits for no course. Files of figures, which read a whole
//! document each, take turns with them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use app::api::ApiError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::store::account::AccountId;
use crate::work::work_holding;

/// Courses computed at once.
const AT_ONCE: usize = 2;

/// The turns of courses, on this server.
#[derive(Debug, Clone)]
pub struct Courses {
    /// Courses that may be computed at once.
    pub all: Arc<Semaphore>,
    /// One for each account that has, or waits for, a course.
    own: Arc<Mutex<HashMap<AccountId, Weak<Semaphore>>>>,
}

impl Default for Courses {
    fn default() -> Self {
        Self {
            all: Arc::new(Semaphore::new(AT_ONCE)),
            own: Arc::default(),
        }
    }
}

impl Courses {
    /// Waits until no other course of the account is computed.
    pub(crate) async fn turn(&self, account: AccountId) -> Result<Turn, ApiError> {
        let own = self.own(account).acquire_owned().await;
        Ok(Turn {
            own: Arc::new(own.map_err(|_| ApiError::Server)?),
            all: Arc::clone(&self.all),
        })
    }

    fn own(&self, account: AccountId) -> Arc<Semaphore> {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = own.get(&account).and_then(Weak::upgrade) {
            return known;
        }
        // Of accounts that ask no more, nothing stays.
        own.retain(|_, turns| turns.strong_count() > 0);
        let turns = Arc::new(Semaphore::new(1));
        own.insert(account, Arc::downgrade(&turns));
        turns
    }
}

/// The turn of an account, until it is dropped and all work done in it has ended.
#[derive(Debug)]
pub(crate) struct Turn {
    own: Arc<OwnedSemaphorePermit>,
    all: Arc<Semaphore>,
}

impl Turn {
    /// Does work that takes a while, while little else of that kind is done.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let one = Arc::clone(&self.all).acquire_owned().await;
        let held = (one.map_err(|_| ApiError::Server)?, Arc::clone(&self.own));
        let done = work_holding(held, work).await;
        done.map_err(|_| ApiError::Server)?
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;
    use uuid::Uuid;

    use super::*;

    #[tokio::test]
    async fn an_account_waits_for_its_own_course_and_not_for_those_of_others() {
        let courses = Courses::default();
        let [ada, bob] = [1, 2].map(|n| AccountId(Uuid::from_u128(n)));
        let first = courses.turn(ada).await.unwrap();
        let mut second = Box::pin(courses.turn(ada));
        let early = timeout(Duration::from_millis(50), second.as_mut()).await;
        assert!(early.is_err());
        assert!(courses.turn(bob).await.is_ok());
        drop(first);
        assert!(second.await.is_ok());
    }

    #[tokio::test]
    async fn nothing_stays_of_accounts_that_have_no_course() {
        let courses = Courses::default();
        for n in 0..10 {
            let turn = courses.turn(AccountId(Uuid::from_u128(n))).await.unwrap();
            assert_eq!(turn.work(move || Ok(n)).await, Ok(n));
        }
        assert_eq!(courses.own.lock().unwrap().len(), 1);
        assert_eq!(courses.all.available_permits(), AT_ONCE);
    }
}
