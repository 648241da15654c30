//! Another e-mail address: the account has it once whoever is signed in to it has followed the link
//! in the letter to that address.

use app::api::ApiError;

use super::Exchange;
use crate::letter::Letter;
use crate::store::StoreError;
use crate::store::account::{AccountId, Details};
use crate::store::address_change::NextAddress;
use crate::store::attempt::{LETTER, RESET};
use crate::store::event::Event;
use crate::token::PlainToken;

impl Exchange {
    /// The address that is to be the next one, and the letter to it, which is counted here. If
    /// another account has it, that one's owner gets to know; whoever asked does not (6.3.8).
    pub(super) async fn next_address(
        &self,
        account: AccountId,
        details: &Details,
    ) -> Result<(NextAddress, Letter), ApiError> {
        self.turn(&LETTER, &details.email_key).await?;
        let token = PlainToken::generate().ok_or(ApiError::Server)?;
        // Both ways do the same work.
        let owner = self
            .state
            .store
            .account_by_email(&details.email_key)
            .await?;
        let next = NextAddress {
            email: details.email.clone(),
            email_key: details.email_key.clone(),
            token: token.hash(),
        };
        let letter = match owner {
            Some(owner) if owner.id() != account => Letter::AddressTaken,
            _ => Letter::NewAddress {
                token: token.to_text(),
            },
        };
        Ok((next, letter))
    }

    /// One that does not wait any more, or never did, is as good as withdrawn.
    pub(super) async fn withdraw_address(&self) -> Result<(), ApiError> {
        let account = self.account_id().await?;
        let note = self.note(Event::AddressWithdrawn);
        if self.state.store.withdraw_address(account, &note).await? {
            note.tell();
        }
        Ok(())
    }

    /// The link proves that letters arrive, and the session whose account it is: a mistyped address
    /// may be a stranger's, who would have the account with it.
    pub(super) async fn apply_address(&self, token: &str) -> Result<(), ApiError> {
        let account = self.account_id().await?;
        self.turn(&RESET, &self.counted_address()).await?;
        let Some(token) = PlainToken::parse(token) else {
            return Err(self.refused_link(Some(account)).await);
        };
        let token = token.hash();
        let note = self.note(Event::AddressChanged);
        let state = self.state.clone();
        let change = async move {
            let moved = state.store.apply_address_change(account, &token, &note);
            let moved = match moved.await {
                // Somebody registered with it after the letter was sent.
                Err(StoreError::Taken) => None,
                outcome => outcome?,
            };
            if let Some(moved) = &moved {
                note.tell();
                state.post.send_later(&moved.from, Letter::EmailChanged);
            }
            Ok(moved.map(|_| ()))
        };
        if self.to_its_end(change).await??.is_none() {
            return Err(self.refused_link(Some(account)).await);
        }
        Ok(())
    }
}
