//! Whose course is computed when: few at once, and of one account one after another, so that nobody
//! who asks for many keeps others from theirs. They have turns of their own, apart from those of
//! documents that are saved: saving waits for no course. Files of figures and corrections of
//! labels, which read a whole document each, take turns with them.

use std::sync::Arc;

use app::api::ApiError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::store::account::AccountId;
use crate::turns::Turns;
use crate::work::work_holding;

/// Courses computed at once.
const AT_ONCE: usize = 2;

/// The turns of courses, on this server.
#[derive(Debug, Clone)]
pub struct Courses {
    /// Courses that may be computed at once.
    pub all: Arc<Semaphore>,
    /// One of each account.
    own: Turns,
}

impl Default for Courses {
    fn default() -> Self {
        Self {
            all: Arc::new(Semaphore::new(AT_ONCE)),
            own: Turns::new(1),
        }
    }
}

impl Courses {
    /// Waits until no other course of the account is computed.
    pub(crate) async fn turn(&self, account: AccountId) -> Result<Turn, ApiError> {
        Ok(Turn {
            own: Arc::new(self.own.turn(account).await?),
            all: Arc::clone(&self.all),
        })
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
    use uuid::Uuid;

    use super::*;

    #[tokio::test]
    async fn work_that_has_ended_holds_no_turn() {
        let courses = Courses::default();
        let ada = AccountId(Uuid::nil());
        for n in 0..10 {
            let turn = courses.turn(ada).await.unwrap();
            assert_eq!(turn.work(move || Ok(n)).await, Ok(n));
        }
        assert_eq!(courses.all.available_permits(), AT_ONCE);
    }
}
