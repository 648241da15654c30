//! Work that takes a while, on threads of their own.

use tokio::task::{JoinError, spawn_blocking};

/// Does work on a thread of its own. What is `held` for it, as its turn is, is free when the work
/// ends, and not when whoever waits for it goes away: a client that hangs up ends no work.
pub(crate) async fn work_holding<T: Send + 'static>(
    held: impl Send + 'static,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, JoinError> {
    let done = spawn_blocking(move || {
        let done = work();
        drop(held);
        done
    });
    done.await
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, mpsc};
    use std::time::Duration;

    use tokio::sync::Semaphore;
    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn a_turn_ends_with_the_work_and_not_with_who_waits_for_it() {
        let turns = Arc::new(Semaphore::new(1));
        let turn = Arc::clone(&turns).acquire_owned().await.unwrap();
        let (end, ended) = mpsc::channel::<()>();
        let mut answer = Box::pin(work_holding(turn, move || ended.recv()));
        let early = timeout(Duration::from_millis(50), answer.as_mut()).await;
        assert!(early.is_err());
        drop(answer);
        assert_eq!(turns.available_permits(), 0);
        end.send(()).unwrap();
        assert!(turns.acquire().await.is_ok());
    }

    #[tokio::test]
    async fn a_turn_ends_where_work_panics() {
        let turns = Arc::new(Semaphore::new(1));
        let turn = Arc::clone(&turns).acquire_owned().await.unwrap();
        let done = work_holding(turn, || panic!("as work that is faulty does")).await;
        assert!(done.is_err_and(|error: JoinError| error.is_panic()));
        assert_eq!(turns.available_permits(), 1);
    }
}
