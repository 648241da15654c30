//! How long one request may wait for the database in all. A statement has its own limit, but a
//! request makes several: a database that dies meanwhile would be waited for by each of them.

use std::cell::Cell;
use std::time::Duration;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;

/// Longest time that a request waits for the database, all its statements together: as long as a
/// transaction may take that others get in the way of, and something for what it reads before.
pub const REQUEST_BUDGET: Duration = Duration::from_secs(5);

tokio::task_local! {
    /// What the request has waited so far.
    static WAITED: Cell<Duration>;
}

/// Gives each request its budget.
pub async fn each_request(request: Request, next: Next) -> Response {
    WAITED
        .scope(Cell::new(Duration::ZERO), next.run(request))
        .await
}

/// What is left of the request's budget; all of it for work that belongs to no request.
pub(super) fn left() -> Duration {
    let waited = WAITED.try_with(Cell::get).unwrap_or_default();
    REQUEST_BUDGET.saturating_sub(waited)
}

/// Takes `time` off the request's budget.
pub(super) fn spend(time: Duration) {
    // Work of no request has no budget.
    WAITED
        .try_with(|waited| waited.set(waited.get().saturating_add(time)))
        .ok();
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::time::Instant;

    use super::*;
    use crate::store::StoreError;
    use crate::store::run::within;

    async fn hangs() -> Result<(), StoreError> {
        within(pending::<Result<(), StoreError>>()).await
    }

    #[tokio::test]
    async fn a_request_waits_for_no_more_than_is_left_to_it() {
        let waited = REQUEST_BUDGET.saturating_sub(Duration::from_millis(50));
        let begin = Instant::now();
        let outcomes = WAITED
            .scope(Cell::new(waited), async { [hangs().await, hangs().await] })
            .await;
        assert!(outcomes.iter().all(Result::is_err));
        assert!(begin.elapsed() < Duration::from_secs(1));
    }

    #[tokio::test]
    async fn quick_answers_leave_the_budget_nearly_whole() {
        let left = WAITED
            .scope(Cell::new(Duration::ZERO), async {
                for _ in 0..100 {
                    within(async { Ok::<_, StoreError>(()) })
                        .await
                        .unwrap_or(());
                }
                left()
            })
            .await;
        assert!(left > REQUEST_BUDGET / 2);
        assert!(left <= REQUEST_BUDGET);
    }

    #[tokio::test]
    async fn work_of_no_request_has_the_whole_budget_for_each_statement() {
        spend(REQUEST_BUDGET);
        assert_eq!(left(), REQUEST_BUDGET);
    }
}
