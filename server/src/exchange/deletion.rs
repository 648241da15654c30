//! Deleting an account: to its end, once whoever asked cannot ask again.

use std::time::Duration;

use app::api::ApiError;
use app::api::account::Deletion;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::Exchange;
use crate::letter::Letter;
use crate::router::AppState;
use crate::store::StoreError;
use crate::store::account::Account;
use crate::store::event::{Event, Note};

/// Pauses before a deletion is tried again. What is in the way for longer than all of them needs
/// the operator.
const PAUSES: [Duration; 7] = [
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_mins(2),
    Duration::from_mins(6),
    Duration::from_mins(12),
    Duration::from_mins(40),
];

impl Exchange {
    /// A full account takes longer to delete than an answer may.
    pub(super) async fn delete_account(&self, password: String) -> Result<Deletion, ApiError> {
        let account = self.account().await?;
        self.prove(&account, "password", password).await?;
        let (id, state) = (account.id(), self.state.clone());
        let note = self.note(Event::Deleted);
        let unheard = CancellationToken::new();
        let answer = unheard.clone().drop_guard();
        let deletion = self.to_its_end(async move {
            persist(&state, &account, &note, &unheard).await?;
            note.tell();
            state.post.send_later(&account.email, Letter::Deleted);
            Ok(())
        });
        let deletion = timeout(self.state.deletion_wait, deletion).await;
        drop(answer);
        let deletion = if let Ok(deleted) = deletion {
            deleted??;
            Deletion::Done
        } else {
            let note = self.note(Event::SignedOut);
            if let Err(error) = self.state.store.end_sessions(id, &note).await {
                tracing::warn!(%error, "sessions go on until their account is deleted");
            }
            Deletion::UnderWay
        };
        self.forget_browser();
        Ok(deletion)
    }
}

/// Deletes an account. As long as somebody hears what is in the way for a while, trying again is
/// theirs; once the answer is `unheard`, it is tried again here, until the server stops.
async fn persist(
    state: &AppState,
    account: &Account,
    note: &Note,
    unheard: &CancellationToken,
) -> Result<(), StoreError> {
    let (id, proved) = (account.id(), &account.password_hash);
    for pause in PAUSES {
        match state.store.delete_account(id, proved, note).await {
            Err(error @ (StoreError::Contended(_) | StoreError::Unavailable(_))) => {
                if !unheard.is_cancelled() || state.stopping.is_cancelled() {
                    return Err(error);
                }
                tracing::info!(%error, "a deletion is tried again");
            }
            outcome => return outcome,
        }
        // Told to stop, it is tried once more at once.
        timeout(pause, state.stopping.cancelled()).await.ok();
    }
    state.store.delete_account(id, proved, note).await
}
