//! Another e-mail address: the account has it once the link in the letter to it was followed.

use app::api::ApiError;

use super::Exchange;
use crate::letter::Letter;
use crate::store::StoreError;
use crate::store::account::Account;
use crate::store::attempt::RESET;
use crate::store::event::Event;
use crate::token::PlainToken;

impl Exchange {
    /// Sends the letter to a new address, given as typed and as it is looked up, once the letter has
    /// been counted. If another account has it, that one's owner gets to know; whoever asked does
    /// not (6.3.8).
    pub(super) async fn send_to_new(
        &self,
        account: &Account,
        (email, key): (String, String),
    ) -> Result<(), ApiError> {
        let store = &self.state.store;
        let token = PlainToken::generate().ok_or(ApiError::Server)?;
        // Both ways do the same work.
        let owner = store.account_by_email(&key).await?;
        store
            .add_address_change(account.id(), &token.hash(), (&email, &key))
            .await?;
        let letter = match owner {
            Some(_) => Letter::AddressTaken,
            None => Letter::NewAddress {
                token: token.to_text(),
            },
        };
        self.state.post.send_later(&email, letter);
        Ok(())
    }

    pub(super) async fn apply_address(&self, token: &str) -> Result<(), ApiError> {
        self.turn(&RESET, &self.counted_address()).await?;
        let token = PlainToken::parse(token)
            .ok_or(ApiError::LinkExpired)?
            .hash();
        let note = self.note(Event::AddressChanged);
        let store = &self.state.store;
        let moved = match store.apply_address_change(&token, &note).await {
            // Somebody registered with it after the letter was sent.
            Err(StoreError::Taken) => None,
            outcome => outcome?,
        };
        let moved = moved.ok_or(ApiError::LinkExpired)?;
        note.tell();
        self.state
            .post
            .send_later(&moved.from, Letter::EmailChanged);
        Ok(())
    }
}
