//! Filling the database: accounts with sessions and many analyses.

use server::store::Store;
use server::store::account::{Details, NewAccount};
use server::store::analysis::NewAnalysis;
use server::store::event::{Event, Note};
use server::store::session::NewSession;
use server::token::PlainToken;
use sqlx::Connection as _;
use uuid::Uuid;

/// Analyses of one account.
const EACH: u32 = 5000;

/// Analyses stored in one transaction.
const BATCH: u32 = 1000;

/// Bytes of a document: a slice typically has this many.
const DOCUMENT_BYTES: usize = 4096;

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) cookie: String,
}

/// One analysis, without the care that a save takes.
macro_rules! insert {
    ($transaction:ident, $account:ident, $new:ident) => {
        sqlx::query(
            "INSERT INTO analyses (id, account_id, label, examined_on, digest, network, weights_version, slices, \
             lesions, longest_mm, volume_ml, confidence, followed, conditions, saved_at) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '2026-11-24 12:00:00.000000')",
        )
        .bind($new.id)
        .bind($account.0)
        .bind(&$new.label)
        .bind(&$new.examined_on)
        .bind($new.digest.as_slice())
        .bind($new.network)
        .bind(&$new.weights_version)
        .bind($new.slices)
        .bind($new.lesions)
        .bind($new.longest_mm)
        .bind($new.volume_ml)
        .bind($new.confidence)
        .bind($new.followed.as_slice())
        .bind($new.conditions.as_slice())
        .execute(&mut *$transaction)
        .await?;
        sqlx::query("INSERT INTO documents (analysis_id, digest, size, content) VALUES (?, ?, 4096, ?)")
            .bind($new.id)
            .bind($new.document_digest.as_slice())
            .bind($new.document.as_slice())
            .execute(&mut *$transaction)
            .await?;
    };
}
/// Accounts with `analyses` analyses altogether.
pub(crate) async fn people(store: &Store, analyses: u32) -> anyhow::Result<Vec<Person>> {
    let mut people = Vec::new();
    let mut left = analyses;
    while left > 0 {
        let count = left.min(EACH);
        people.push(Box::pin(person(store, people.len(), count)).await?);
        left -= count;
    }
    Ok(people)
}

async fn person(store: &Store, number: usize, analyses: u32) -> anyhow::Result<Person> {
    let email = format!("person{number}@example.org");
    let new = NewAccount {
        confirmed_by: None,
        details: Details {
            email: email.clone(),
            email_key: email,
            name: format!("Person {number}"),
            birth_year: Some(1980),
            gender: Some("other".to_owned()),
            mobile: Some("+442079460018".to_owned()),
        },
        password_hash: "none: nobody signs in with it".to_owned(),
        image_key: [7; 32],
    };
    let note = Note {
        event: Event::Registered,
        network: "127.0.0.0/24".to_owned(),
    };
    let account = store.add_account(&new, &note).await?;
    let token = PlainToken::generate().ok_or_else(|| anyhow::anyhow!("no randomness"))?;
    store
        .add_session(&NewSession {
            account,
            proved: &new.password_hash,
            second: None,
            token: &token.hash(),
            browser: "A load test",
            before: None,
            note: &note,
        })
        .await?;
    for first in (0..analyses).step_by(BATCH as usize) {
        let batch: Vec<NewAnalysis> = (first..analyses.min(first + BATCH)).map(analysis).collect();
        match store {
            Store::Sqlite(pool, _) => {
                let mut connection = pool.acquire().await?;
                let mut transaction = connection.begin().await?;
                for new in &batch {
                    insert!(transaction, account, new);
                }
                transaction.commit().await?;
            }
            Store::MySql(pool) => {
                let mut connection = pool.acquire().await?;
                let mut transaction = connection.begin().await?;
                for new in &batch {
                    insert!(transaction, account, new);
                }
                transaction.commit().await?;
            }
        }
    }
    Ok(Person {
        cookie: format!("__Host-session={}", token.to_text()),
    })
}

/// Fifty labels, days over five years.
fn analysis(number: u32) -> NewAnalysis {
    let (year, month, day) = (2022 + number % 5, 1 + number / 5 % 12, 1 + number / 60 % 28);
    NewAnalysis {
        id: Uuid::now_v7(),
        label: format!("Patient {}", number % 50),
        examined_on: format!("{year:04}-{month:02}-{day:02}"),
        digest: vec![u8::try_from(number % 251).unwrap_or(0); 32],
        network: "unet",
        weights_version: "2026-11-20".to_owned(),
        slices: 1,
        lesions: 1,
        longest_mm: Some(12.5),
        volume_ml: None,
        least_volume_ml: None,
        confidence: Some(0.9),
        followed: vec![b' '; 250],
        conditions: vec![b' '; 300],
        document_digest: [1; 32],
        document: vec![b'x'; DOCUMENT_BYTES],
    }
}
