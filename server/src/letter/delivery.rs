//! Trying to send a letter until it is taken, and taking over what another server left.

use std::time::Duration;

use tokio::time::sleep;

use super::way::Fault;
use super::{Letter, Post};
use crate::store::StoreError;
use crate::store::letter::Hold;
use crate::token::PlainToken;

/// Pauses before a letter is sent again, by when it is of use: a link for a new password is good
/// for half an hour.
pub(super) const PAUSES: [Duration; 5] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_mins(2),
    Duration::from_mins(6),
    Duration::from_mins(12),
];

/// Letters that may wait in such a pause; further ones are given up.
pub(super) const WAITING: usize = 1000;

/// Lease on a letter: another server may take it over once this long, plus the current pause, has
/// passed without renewal. Longer than any conversation.
const TERM: Duration = Duration::from_mins(3);

/// Between two looks for what other servers left.
const LOOK_AFTER: Duration = Duration::from_mins(1);

/// What became of a letter, unless it was sent.
#[derive(Debug, thiserror::Error)]
pub(super) enum Undelivered {
    /// It never will be sent.
    #[error("a letter was not sent: {0}")]
    GivenUp(Fault),
    /// The server stops.
    #[error("a letter is left to the next server: {0}")]
    LeftBehind(Fault),
    /// This server was thought to be gone.
    #[error("another server sends a letter in the place of this one")]
    TakenOver,
}

impl Post {
    /// Notes a letter for the case that this server does not come to its end. Without the database
    /// it is sent all the same.
    pub(super) async fn note(&self, to: &str, letter: &Letter) -> Option<Hold> {
        let link = letter.token().and_then(PlainToken::parse);
        let link = link.map(|token| token.hash());
        let noted = self
            .store
            .add_letter(to, letter.kind(), link.as_ref(), term(Duration::ZERO))
            .await;
        if let Err(error) = &noted {
            tracing::warn!(%error, "a letter would be lost with this server");
        }
        noted.ok()
    }

    /// Sends a letter, and sees to it that nobody else does again.
    pub(super) async fn deliver(&self, to: &str, letter: &Letter, hold: Option<Hold>) {
        let sent = self.send(to, letter, hold.as_ref()).await;
        let outcome = match &sent {
            Ok(()) => "sent",
            Err(Undelivered::GivenUp(_)) => "failed",
            Err(Undelivered::LeftBehind(_)) => "left",
            Err(Undelivered::TakenOver) => "taken_over",
        };
        metrics::counter!("neurocare_letters_total", "outcome" => outcome).increment(1);
        match &sent {
            Ok(()) => (),
            Err(error @ Undelivered::GivenUp(_)) => tracing::error!("{error}"),
            Err(error) => tracing::warn!("{error}"),
        }
        let Some(hold) = hold else { return };
        let noted = match sent {
            Ok(()) | Err(Undelivered::GivenUp(_)) => self.store.remove_letter(&hold).await,
            Err(Undelivered::LeftBehind(_)) => self.store.leave_letter(&hold).await,
            Err(Undelivered::TakenOver) => Ok(()),
        };
        if let Err(error) = noted {
            tracing::warn!(%error, "it was not noted what became of a letter: it may be sent again");
        }
    }

    /// Sends a letter, again after a pause for as long as what goes wrong may pass.
    pub(super) async fn send(
        &self,
        to: &str,
        letter: &Letter,
        hold: Option<&Hold>,
    ) -> Result<(), Undelivered> {
        let message = self
            .compose(to, letter)
            .map_err(|error| Undelivered::GivenUp(Fault::Unwritten(error)))?;
        let tried = hold.map_or(0, |hold| hold.tries);
        let mut pauses = self.pauses.iter().skip(tried);
        let mut place = None;
        loop {
            let is_last = self.stopping.is_cancelled();
            let pause = pauses.next();
            // It is never closed.
            let turn = self.turns.acquire().await;
            self.claim(hold, pause.copied().unwrap_or_default()).await?;
            let outcome = self.way.take(message.clone()).await;
            drop(turn);
            let fault = match outcome {
                Ok(()) => return Ok(()),
                Err(fault @ (Fault::Passing(_) | Fault::SignIn(_))) => fault,
                Err(fault) => return Err(Undelivered::GivenUp(fault)),
            };
            if is_last {
                return Err(Undelivered::LeftBehind(fault));
            }
            let Some(pause) = pause else {
                return Err(Undelivered::GivenUp(fault));
            };
            if place.is_none() {
                place = self.waiting.try_acquire().ok();
            }
            if place.is_none() {
                return Err(Undelivered::GivenUp(fault));
            }
            metrics::counter!("neurocare_letters_total", "outcome" => "postponed").increment(1);
            if let Fault::SignIn(_) = fault {
                tracing::error!(error = %fault, "no letter leaves until the settings are mended");
            }
            tracing::warn!(error = %fault, pause_secs = pause.as_secs(), "a letter waits");
            tokio::select! {
                () = sleep(*pause) => (),
                () = self.stopping.cancelled() => (),
            }
        }
    }

    /// Makes sure that the letter is still this server's to send, until the pause after the try is
    /// over.
    async fn claim(&self, hold: Option<&Hold>, pause: Duration) -> Result<(), Undelivered> {
        let Some(hold) = hold else { return Ok(()) };
        match self.store.hold_letter(hold, term(pause)).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Undelivered::TakenOver),
            // Rather twice than never.
            Err(error) => {
                tracing::warn!(%error, "it was not noted that a letter is being sent");
                Ok(())
            }
        }
    }

    /// Looks for what other servers left, now and then, until the server stops.
    pub async fn look_after(&self) {
        while !self.stopping.is_cancelled() {
            if let Err(error) = self.take_over().await {
                tracing::warn!(%error, "letters that another server left were not looked for");
            }
            tokio::select! {
                () = sleep(LOOK_AFTER) => (),
                () = self.stopping.cancelled() => (),
            }
        }
    }

    /// Takes over the letters whose servers are gone; they are sent beside whatever else there is
    /// to do.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn take_over(&self) -> Result<(), StoreError> {
        // One of a newer release is that one's to send.
        let kinds = Letter::every("").map(|letter| letter.kind());
        for orphan in self.store.orphans(&kinds).await? {
            let Some(token) = PlainToken::generate() else {
                return Ok(());
            };
            let Some(letter) = Letter::of_kind(&orphan.kind, &token.to_text()) else {
                continue;
            };
            let term = term(Duration::ZERO);
            let Some(hold) = self.store.take_letter(&orphan, &token.hash(), term).await? else {
                continue;
            };
            tracing::info!(
                tries = hold.tries,
                "a letter that another server left is taken over"
            );
            let post = self.clone();
            self.beside(async move {
                post.deliver(&orphan.recipient, &letter, Some(hold)).await;
            });
        }
        Ok(())
    }
}

/// How long a letter is held from a try on, with the pause after it.
fn term(pause: Duration) -> time::Duration {
    time::Duration::try_from(TERM + pause).unwrap_or(time::Duration::MAX)
}
