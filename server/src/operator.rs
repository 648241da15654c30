//! What the operator does to accounts, from the command line.

use anyhow::{Context as _, bail};
use app::form::check_email;

use crate::config::Config;
use crate::exchange::email_key;
use crate::letter::{FactorNews, Letter, Post};
use crate::password::Hasher;
use crate::store::account::{Details, NewAccount};
use crate::store::event::{Event, Note};
use crate::store::{Store, StoreError, schema};
use crate::token::PlainToken;

/// Where events of this kind come from, in the place of a network.
const OPERATOR: &str = "operator";

/// Makes an account for an address, and sends the letter with the link behind which its owner
/// chooses a password. It is named by what stands before the `@` until its owner says more.
///
/// # Errors
/// It cannot be an address, or has an account; or the letter could not be sent: the account is
/// there then, and the error says how its owner gets another letter.
pub async fn add_account(config: &Config, email: &str) -> anyhow::Result<()> {
    let email = check_email(email)?;
    let store = open(config).await?;
    let post = Post::open(config, store.clone())?;
    let token = PlainToken::generate().context("the system has no randomness")?;
    // Nobody knows the password that it has until then.
    let unknown = PlainToken::generate().context("the system has no randomness")?;
    let mut image_key = [0; 32];
    getrandom::fill(&mut image_key).context("the system has no randomness")?;
    let name = email.split('@').next().unwrap_or_default().to_owned();
    let new = NewAccount {
        details: Details {
            email_key: email_key(&email),
            name,
            email: email.clone(),
            birth_year: None,
            gender: None,
            mobile: None,
        },
        password_hash: Hasher::new()
            .context("passwords cannot be hashed")?
            .hash(unknown.to_text())
            .await?,
        image_key,
        confirmed_by: Some(token.hash()),
    };
    let note = note(Event::Registered);
    match store.add_account(&new, &note).await {
        Err(StoreError::Taken) => bail!("this address has an account already"),
        outcome => outcome?,
    };
    note.tell();
    let letter = Letter::Invited {
        token: token.to_text(),
    };
    post.send_now(&email, letter).await.with_context(|| {
        format!(
            "the account was made, but the letter to its owner was not sent: they get one at {}/reset",
            config.public_url()
        )
    })
}

/// Keeps an account from being used, from this moment on; nothing of it is deleted.
///
/// # Errors
/// No account has the address, or the database does not answer.
pub async fn disable_account(config: &Config, email: &str) -> anyhow::Result<()> {
    let note = note(Event::Disabled);
    let store = open(config).await?;
    told(
        store.disable_account(&email_key(email), &note).await?,
        &note,
    )
}

/// Lets an account be used again.
///
/// # Errors
/// No account has the address, or the database does not answer.
pub async fn enable_account(config: &Config, email: &str) -> anyhow::Result<()> {
    let note = note(Event::Enabled);
    let store = open(config).await?;
    told(store.enable_account(&email_key(email), &note).await?, &note)
}

/// Switches the second factor of an account off: its owner has lost the app and the recovery codes.
/// That it is the owner who asks must be made sure of before.
///
/// # Errors
/// No account has the address, or it has no second factor; or the letter to the owner could not be
/// sent: the second factor is off then.
pub async fn reset_second_factor(config: &Config, email: &str) -> anyhow::Result<()> {
    let store = open(config).await?;
    let post = Post::open(config, store.clone())?;
    let account = store.account_by_email(&email_key(email)).await?;
    let account = account.context("no account has this address")?;
    let note = note(Event::SecondFactorOff);
    if !store.reset_second_factor(account.id(), &note).await? {
        bail!("this account has no second factor");
    }
    note.tell();
    post.send_now(&account.email, Letter::SecondFactor(FactorNews::Off))
        .await
        .context("the second factor is off, but the letter to its owner was not sent")
}

fn told(is_there: bool, note: &Note) -> anyhow::Result<()> {
    if !is_there {
        bail!("no account has this address");
    }
    note.tell();
    Ok(())
}

/// The database, if it has the schema that this release needs.
async fn open(config: &Config) -> anyhow::Result<Store> {
    let store = Store::open(config).await?;
    if schema::version(&store).await? < schema::newest() {
        bail!(
            "the database is empty or older than this release: do NEUROCARE_DATA and DATABASE_URL name the right \
             one? Then run `server migrate` first"
        );
    }
    Ok(store)
}

fn note(event: Event) -> Note {
    Note {
        event,
        network: OPERATOR.to_owned(),
    }
}
