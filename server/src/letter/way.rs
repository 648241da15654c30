//! How a letter leaves: to a mail server, or to a file.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use lettre::transport::smtp::response::Code;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use tokio::time::timeout;
use uuid::Uuid;

use super::LIMIT;
use crate::config::Config;
use crate::folder;

/// Longest wait for each address of the mail server: one that is silent must leave time for the
/// next.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// What a mail server answers to whoever has not signed in as it wishes (RFC 4954, section 6).
const SIGN_IN: [u16; 4] = [530, 534, 535, 538];

#[derive(Clone)]
pub(super) enum Way {
    Folder(PathBuf),
    Smtp {
        transport: AsyncSmtpTransport<Tokio1Executor>,
        /// Longest conversation.
        limit: Duration,
    },
}

/// Why a letter did not leave. The words of a mail server may quote the address: only their number
/// is told.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// It may leave later.
    #[error("the mail server cannot be reached or does not take it now ({})", number(.0.as_ref()))]
    Passing(Option<Code>),
    /// So it may once the settings are mended: it says nothing of the letter.
    #[error("the mail server refuses the name or the password in NEUROCARE_SMTP_URL ({})", number(Some(.0)))]
    SignIn(Code),
    /// It never will.
    #[error("the mail server refuses it ({})", number(.0.as_ref()))]
    Lasting(Option<Code>),
    /// It could not be written.
    #[error("it cannot be written: {0}")]
    Unwritten(anyhow::Error),
}

fn number(code: Option<&Code>) -> String {
    code.map_or_else(|| "no answer".to_owned(), ToString::to_string)
}

impl From<lettre::transport::smtp::Error> for Fault {
    fn from(error: lettre::transport::smtp::Error) -> Self {
        if let Some(code) = error.status()
            && SIGN_IN.contains(&code.into())
        {
            return Self::SignIn(code);
        }
        // `is_client`: what this side will not say to the server, such as a password in the clear.
        if error.is_permanent() || error.is_client() {
            Self::Lasting(error.status())
        } else {
            Self::Passing(error.status())
        }
    }
}

impl Way {
    /// The way that the settings name.
    ///
    /// # Errors
    /// The mail server's URL cannot be read, or the folder cannot be made.
    pub(super) fn open(config: &Config) -> anyhow::Result<Self> {
        if let Some(url) = &config.smtp_url {
            let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
                .context("NEUROCARE_SMTP_URL cannot be read")?
                .timeout(Some(CONNECT_LIMIT))
                .build();
            return Ok(Self::Smtp {
                transport,
                limit: LIMIT,
            });
        }
        let folder = config.data.join("outbox");
        folder::make_private(&folder)?;
        Ok(Self::Folder(folder))
    }

    /// Tries once.
    pub(super) async fn take(&self, message: Message) -> Result<(), Fault> {
        match self {
            // lettre's own limit is one on connecting only.
            Self::Smtp { transport, limit } => match timeout(*limit, transport.send(message)).await
            {
                Ok(outcome) => Ok(outcome.map(drop)?),
                Err(_) => Err(Fault::Passing(None)),
            },
            Self::Folder(folder) => {
                let file = folder.join(format!("{}.eml", Uuid::now_v7()));
                let text = message.formatted();
                tokio::task::spawn_blocking(move || write_private(&file, &text))
                    .await
                    .map_err(|error| Fault::Unwritten(error.into()))?
                    .map_err(|error| Fault::Unwritten(error.into()))
            }
        }
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
