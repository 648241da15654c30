//! Letters to the owners of accounts: to a mail server, or to files in the data folder.
//!
//! They are sent beside the request, so that no answer takes longer because a letter was due. A letter that a
//! mail server does not take now is sent again a few times. What waits is in memory only: the database
//! holds no secret of a link, and whoever misses a letter can ask for another.

mod way;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use lettre::Message;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use tokio::sync::Semaphore;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::Config;
use way::{Fault, Way};

/// Longest conversation with the mail server.
const LIMIT: Duration = Duration::from_secs(20);

/// How long letters under way may take once the server has been told to stop.
const FAREWELL: Duration = Duration::from_secs(20);

/// Letters under way at once; further ones wait.
const AT_ONCE: usize = 4;

/// Pauses before a letter is sent again, by when it is of use: a link for a new password is good for half an hour.
const PAUSES: [Duration; 5] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_mins(2),
    Duration::from_mins(6),
    Duration::from_mins(12),
];

/// Letters that may wait in such a pause; further ones are given up.
const WAITING: usize = 1000;

/// What a letter says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Letter {
    /// An account was made.
    Welcome,
    /// An account was made that waits for this link.
    Confirm {
        /// The link's secret.
        token: String,
    },
    /// The operator made an account that waits for this link.
    Invited {
        /// The link's secret.
        token: String,
    },
    /// Somebody registered with the address of an account.
    RegisteredAgain,
    /// The link for a new password.
    Reset {
        /// The link's secret.
        token: String,
    },
    /// The password was changed.
    PasswordChanged,
    /// The account is to have this address once its link is followed.
    NewAddress {
        /// The link's secret.
        token: String,
    },
    /// The owner of another account gave this address as theirs.
    AddressTaken,
    /// The account has another e-mail address now; this goes to the former one.
    EmailChanged,
    /// The account was deleted.
    Deleted,
}

/// Sends letters. Clones share the way.
#[derive(Clone)]
pub struct Post {
    from: Mailbox,
    public_url: Arc<str>,
    way: Way,
    turns: Arc<Semaphore>,
    pauses: &'static [Duration],
    waiting: Arc<Semaphore>,
    stopping: CancellationToken,
    under_way: TaskTracker,
}

impl std::fmt::Debug for Post {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Post").finish_non_exhaustive()
    }
}

impl Post {
    /// The way that the settings name.
    ///
    /// # Errors
    /// The mail server's URL or the sender cannot be read, or the folder cannot be made.
    pub fn open(config: &Config) -> anyhow::Result<Self> {
        Ok(Self {
            from: config
                .letters_from
                .parse()
                .context("NEUROCARE_LETTERS_FROM is not a sender")?,
            public_url: config.public_url().into(),
            way: Way::open(config)?,
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            pauses: &PAUSES,
            waiting: Arc::new(Semaphore::new(WAITING)),
            stopping: CancellationToken::new(),
            under_way: TaskTracker::new(),
        })
    }

    /// Sends a letter beside the request.
    pub fn send_later(&self, to: &str, letter: Letter) {
        let (post, to) = (self.clone(), to.to_owned());
        self.beside(async move {
            let sent = post.send(&to, letter).await;
            let outcome = if sent.is_ok() { "sent" } else { "failed" };
            metrics::counter!("neurocare_letters_total", "outcome" => outcome).increment(1);
            if let Err(error) = sent {
                tracing::error!(%error, "a letter was not sent");
            }
        });
    }

    /// Sends a letter, or says why it could not be sent; it is tried once.
    ///
    /// # Errors
    /// The mail server does not take it, or it cannot be written.
    pub async fn send_now(&self, to: &str, letter: Letter) -> anyhow::Result<()> {
        let message = self.compose(to, &letter)?;
        Ok(self.attempt(message).await?)
    }

    /// Does what ends in a letter beside the request; [`finish`](Self::finish) waits for it, too.
    pub(crate) fn beside(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.under_way.spawn(work);
    }

    /// Waits for the letters under way; those that are in a pause are tried once more, at once.
    pub async fn finish(&self) {
        self.stopping.cancel();
        self.under_way.close();
        if tokio::time::timeout(FAREWELL, self.under_way.wait())
            .await
            .is_err()
        {
            tracing::warn!("some letters were not sent in time");
        }
    }

    /// Sends a letter, again after a pause for as long as what goes wrong may pass.
    async fn send(&self, to: &str, letter: Letter) -> Result<(), Fault> {
        let message = self.compose(to, &letter).map_err(Fault::Unwritten)?;
        let mut pauses = self.pauses.iter();
        let mut place = None;
        loop {
            let is_last = self.stopping.is_cancelled();
            let fault = match self.attempt(message.clone()).await {
                Err(fault @ Fault::Passing(_)) if !is_last => fault,
                outcome => return outcome,
            };
            let Some(pause) = pauses.next() else {
                return Err(fault);
            };
            if place.is_none() {
                place = self.waiting.try_acquire().ok();
            }
            if place.is_none() {
                return Err(fault);
            }
            metrics::counter!("neurocare_letters_total", "outcome" => "postponed").increment(1);
            tracing::warn!(error = %fault, pause_secs = pause.as_secs(), "a letter waits");
            tokio::select! {
                () = sleep(*pause) => (),
                () = self.stopping.cancelled() => (),
            }
        }
    }

    /// Tries once, when it is its turn.
    async fn attempt(&self, message: Message) -> Result<(), Fault> {
        // It is never closed.
        let turn = self.turns.acquire().await;
        let outcome = self.way.take(message).await;
        drop(turn);
        outcome
    }

    fn compose(&self, to: &str, letter: &Letter) -> anyhow::Result<Message> {
        let url = &self.public_url;
        let (subject, body) = match letter {
            Letter::Welcome => (
                "Welcome to NeuroCare AI",
                format!(
                    "Your account has been made. Sign in at\n\n    {url}/sign-in\n\n\
                     If you did not register, somebody used your address: ask for a new password there, \
                     sign in and delete the account.\n"
                ),
            ),
            Letter::Confirm { token } => (
                "Finish your registration",
                format!(
                    "Your account waits for you. Choose its password within 24 hours at\n\n    \
                     {url}/reset#{token}\n\n\
                     The password is asked for again because only you can read this letter.\n\
                     If you did not register, there is nothing to do: the account will be deleted.\n"
                ),
            ),
            Letter::Invited { token } => (
                "Your account at NeuroCare AI",
                format!(
                    "An account was made for you. Choose its password within 24 hours at\n\n    \
                     {url}/reset#{token}\n\n\
                     After that, ask for another link within a week at\n\n    {url}/reset\n\n\
                     If you want no account, there is nothing to do: it will be deleted.\n"
                ),
            ),
            Letter::RegisteredAgain => (
                "You have an account already",
                format!(
                    "Somebody registered with your e-mail address, which has an account. Nothing was changed.\n\n\
                     If it was you, sign in at\n\n    {url}/sign-in\n\n\
                     or ask for a new password there. If not, there is nothing to do.\n"
                ),
            ),
            Letter::Reset { token } => (
                "A new password",
                format!(
                    "Somebody asked for a new password for your account. Choose one within 30 minutes at\n\n    \
                     {url}/reset#{token}\n\n\
                     If it was not you, there is nothing to do: your password still holds.\n"
                ),
            ),
            Letter::PasswordChanged => (
                "Your password was changed",
                format!(
                    "The password of your account was changed, and other browsers were signed out.\n\n\
                     If it was not you, ask for a new password at once at\n\n    {url}/reset\n"
                ),
            ),
            Letter::NewAddress { token } => (
                "Your new e-mail address",
                format!(
                    "Your account is to have this e-mail address. Say yes to that within 24 hours at\n\n    \
                     {url}/address#{token}\n\n\
                     If you have no account here, there is nothing to do.\n"
                ),
            ),
            Letter::AddressTaken => (
                "You have an account already",
                format!(
                    "The owner of another account gave your e-mail address as theirs. Nothing was changed: it \
                     belongs to your account.\n\n\
                     If it was you, sign in at\n\n    {url}/sign-in\n\n\
                     and delete the account that you do not need. If not, there is nothing to do.\n"
                ),
            ),
            Letter::EmailChanged => (
                "Your e-mail address was changed",
                "Your account has another e-mail address now. This is the last letter to this one.\n\n\
                 If it was not you, please answer this letter at once.\n"
                    .to_owned(),
            ),
            Letter::Deleted => (
                "Your account was deleted",
                "Your account has been deleted, with its details and all its analyses. What happened to it \
                 (sign-ins and the like, with the network of the address) stays for a year, without your name.\n"
                    .to_owned(),
            ),
        };
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(
                None,
                to.parse().map_err(|_| anyhow::anyhow!("not an address"))?,
            ))
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(body)
            .context("the letter cannot be written")
    }
}

#[cfg(test)]
mod tests;
