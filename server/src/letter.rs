//! Letters to the owners of accounts: to a mail server, or to files in the data folder.
//!
//! They are sent beside the request, so that no answer takes longer because a letter was due.

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::config::Config;
use crate::folder;

/// Longest conversation with the mail server.
const LIMIT: Duration = Duration::from_secs(20);

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
    under_way: TaskTracker,
}

#[derive(Clone)]
enum Way {
    Folder(PathBuf),
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
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
        let way = if let Some(url) = &config.smtp_url {
            let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
                .context("NEUROCARE_SMTP_URL cannot be read")?
                .timeout(Some(LIMIT))
                .build();
            Way::Smtp(transport)
        } else {
            let folder = config.data.join("outbox");
            folder::make_private(&folder)?;
            Way::Folder(folder)
        };
        Ok(Self {
            from: config
                .letters_from
                .parse()
                .context("NEUROCARE_LETTERS_FROM is not a sender")?,
            public_url: config.public_url().into(),
            way,
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            under_way: TaskTracker::new(),
        })
    }

    /// Sends a letter beside the request.
    pub fn send_later(&self, to: &str, letter: Letter) {
        let (post, to) = (self.clone(), to.to_owned());
        self.beside(async move { post.send(&to, &letter).await });
    }

    /// Does what ends in a letter beside the request; [`finish`](Self::finish) waits for it, too.
    pub(crate) fn beside(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.under_way.spawn(work);
    }

    /// Waits for the letters under way.
    pub async fn finish(&self) {
        self.under_way.close();
        if tokio::time::timeout(FAREWELL, self.under_way.wait())
            .await
            .is_err()
        {
            tracing::warn!("some letters were not sent in time");
        }
    }

    /// Sends a letter. What goes wrong is logged, without the address.
    async fn send(&self, to: &str, letter: &Letter) {
        let Ok(_turn) = self.turns.acquire().await else {
            return;
        };
        let sent = match self.compose(to, letter) {
            Ok(message) => self.deliver(message).await,
            Err(error) => Err(error),
        };
        let outcome = if sent.is_ok() { "sent" } else { "failed" };
        metrics::counter!("neurocare_letters_total", "outcome" => outcome).increment(1);
        if let Err(error) = sent {
            tracing::error!(%error, "a letter was not sent");
        }
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

    async fn deliver(&self, message: Message) -> anyhow::Result<()> {
        match &self.way {
            Way::Smtp(transport) => {
                // Errors of the transport may quote the address: only their kind is told.
                transport.send(message).await.map_err(|error| {
                    anyhow::anyhow!(
                        "the mail server refused or failed (status {:?})",
                        error.status()
                    )
                })?;
            }
            Way::Folder(folder) => {
                let file = folder.join(format!("{}.eml", Uuid::now_v7()));
                let text = message.formatted();
                tokio::task::spawn_blocking(move || write_private(&file, &text)).await??;
            }
        }
        Ok(())
    }
}

/// Letters hold secrets: nobody else on the machine may read them.
fn write_private(file: &std::path::Path, text: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)?.write_all(text)
}
