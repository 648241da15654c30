//! Letters to the owners of accounts: to a mail server, or to files in the data folder.
//!
//! They are sent beside the request, so that no answer takes longer because a letter was due. A
//! letter that a mail server does not take now is sent again a few times. Until it is sent or given
//! up, the database knows of it ([`crate::store::letter`]), and another server takes it over if
//! this one is gone.
//!
//! | module | what |
//! |---|---|
//! | `wording` | what letters say |
//! | `delivery` | trying, waiting, trying again; taking over what another server left |
//! | `way` | how a letter leaves: to a mail server, or to a file |

mod delivery;
mod way;
mod wording;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use lettre::Message;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::Config;
use crate::store::Store;
use way::Way;

/// Longest conversation with the mail server. Some let strangers wait for half a minute.
const LIMIT: Duration = Duration::from_mins(1);

/// How long letters under way may take once the server has been told to stop.
const FAREWELL: Duration = Duration::from_secs(20);

/// Letters under way at once; further ones wait.
const AT_ONCE: usize = 4;

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
    /// The account is to have another address; this goes to the present one.
    AddressAsked,
    /// The account has another e-mail address now; this goes to the former one.
    EmailChanged,
    /// Something has happened to the second factor.
    SecondFactor(FactorNews),
    /// The account was deleted.
    Deleted,
}

/// What has happened to the second factor of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactorNews {
    /// Signing in asks for it from now on.
    On,
    /// It does not any more.
    Off,
    /// Other recovery codes were made.
    CodesMade,
    /// Somebody signed in with a recovery code.
    CodeUsed,
}

impl Letter {
    /// Its name in the database.
    fn kind(&self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::Confirm { .. } => "confirm",
            Self::Invited { .. } => "invited",
            Self::RegisteredAgain => "registered_again",
            Self::Reset { .. } => "reset",
            Self::PasswordChanged => "password_changed",
            Self::NewAddress { .. } => "new_address",
            Self::AddressTaken => "address_taken",
            Self::AddressAsked => "address_asked",
            Self::EmailChanged => "email_changed",
            Self::SecondFactor(FactorNews::On) => "second_factor_on",
            Self::SecondFactor(FactorNews::Off) => "second_factor_off",
            Self::SecondFactor(FactorNews::CodesMade) => "recovery_codes_made",
            Self::SecondFactor(FactorNews::CodeUsed) => "recovery_code_used",
            Self::Deleted => "deleted",
        }
    }

    /// All that this release knows, with the secret of their links.
    fn every(token: &str) -> [Self; 15] {
        let token = || token.to_owned();
        [
            Self::Welcome,
            Self::Confirm { token: token() },
            Self::Invited { token: token() },
            Self::RegisteredAgain,
            Self::Reset { token: token() },
            Self::PasswordChanged,
            Self::NewAddress { token: token() },
            Self::AddressTaken,
            Self::AddressAsked,
            Self::EmailChanged,
            Self::SecondFactor(FactorNews::On),
            Self::SecondFactor(FactorNews::Off),
            Self::SecondFactor(FactorNews::CodesMade),
            Self::SecondFactor(FactorNews::CodeUsed),
            Self::Deleted,
        ]
    }

    /// The letter of that name.
    fn of_kind(kind: &str, token: &str) -> Option<Self> {
        Self::every(token)
            .into_iter()
            .find(|letter| letter.kind() == kind)
    }

    /// The secret of its link.
    fn token(&self) -> Option<&str> {
        match self {
            Self::Confirm { token }
            | Self::Invited { token }
            | Self::Reset { token }
            | Self::NewAddress { token } => Some(token),
            _ => None,
        }
    }
}

/// Sends letters. Clones share the way.
#[derive(Clone)]
pub struct Post {
    store: Store,
    from: Mailbox,
    public_url: Arc<str>,
    operator: Arc<str>,
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
    pub fn open(config: &Config, store: Store) -> anyhow::Result<Self> {
        Ok(Self {
            store,
            from: config
                .letters_from
                .parse()
                .context("NEUROCARE_LETTERS_FROM is not a sender")?,
            public_url: config.public_url().into(),
            operator: wording::operator(config.contact()).into(),
            way: Way::open(config)?,
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            pauses: &delivery::PAUSES,
            waiting: Arc::new(Semaphore::new(delivery::WAITING)),
            stopping: CancellationToken::new(),
            under_way: TaskTracker::new(),
        })
    }

    /// Sends a letter beside the request.
    pub fn send_later(&self, to: &str, letter: Letter) {
        let (post, to) = (self.clone(), to.to_owned());
        self.beside(async move {
            let hold = post.note(&to, &letter).await;
            post.deliver(&to, &letter, hold).await;
        });
    }

    /// Sends a letter, or says why it could not be sent; it is tried once.
    ///
    /// # Errors
    /// The mail server does not take it, or it cannot be written.
    pub async fn send_now(&self, to: &str, letter: Letter) -> anyhow::Result<()> {
        let message = self.compose(to, &letter)?;
        // It is never closed.
        let turn = self.turns.acquire().await;
        let outcome = self.way.take(message).await;
        drop(turn);
        Ok(outcome?)
    }

    /// Does what ends in a letter beside the request; [`finish`](Self::finish) waits for it, too.
    pub(crate) fn beside(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.under_way.spawn(work);
    }

    /// Waits for the letters under way; those that are in a pause are tried once more, at once.
    /// What is not taken even then is left to the next server.
    pub async fn finish(&self) {
        self.stopping.cancel();
        self.under_way.close();
        if tokio::time::timeout(FAREWELL, self.under_way.wait())
            .await
            .is_err()
        {
            tracing::warn!("some letters were not sent in time: the next server takes them over");
        }
    }

    fn compose(&self, to: &str, letter: &Letter) -> anyhow::Result<Message> {
        let (subject, body) = wording::words(letter, &self.public_url, &self.operator);
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
