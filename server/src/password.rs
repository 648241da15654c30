//! Hashing passwords, and judging new ones (OWASP ASVS 5.0, V6.2 and 11.4.2).

use std::sync::Arc;
use std::time::Duration;

use app::api::ApiError;
use app::form::check_password;
use argon2::password_hash::phc::{ParamsString, PasswordHash};
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use zxcvbn::Score;

use crate::work::work_holding;

/// Memory of one hash in KiB, passes and lanes: OWASP's smallest for argon2id.
const COST: (u32, u32, u32) = (19_456, 2, 1);

/// Longest wait for a turn; whoever would wait longer is told to come back.
const PATIENCE: Duration = Duration::from_secs(5);

/// Words that an attacker of this service tries first (6.1.2).
const OUR_WORDS: [&str; 5] = ["neurocare", "neuro", "radiology", "tumour", "tumor"];

/// Hashes passwords, as many at once as there are cores: a flood of sign-ins takes neither the
/// memory nor the threads that answer requests.
#[derive(Clone)]
pub struct Hasher {
    argon: Argon2<'static>,
    /// Passwords that may be hashed at once.
    pub turns: Arc<Semaphore>,
}

impl std::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hasher").finish_non_exhaustive()
    }
}

/// What comparing a password with a hash said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is the one.
    Right,
    /// It is the one, but its hash was made at another cost.
    RightButOld,
    /// It is not.
    Wrong,
}

/// Why a password was not hashed.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too many others wait.
    #[error("too many passwords are being hashed")]
    Busy,
    /// The library or a thread failed.
    #[error("hashing failed: {0}")]
    Failed(String),
}

impl Hasher {
    /// At the cost that is demanded today.
    ///
    /// # Errors
    /// The library does not take that cost.
    pub fn new() -> Result<Self, PasswordError> {
        let (memory, passes, lanes) = COST;
        let params = Params::new(memory, passes, lanes, None).map_err(failed)?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            argon: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            turns: Arc::new(Semaphore::new(cores)),
        })
    }

    /// The PHC string of a password.
    ///
    /// # Errors
    /// See [`PasswordError`].
    pub async fn hash(&self, password: String) -> Result<String, PasswordError> {
        let argon = self.argon.clone();
        self.in_turn(move || {
            argon
                .hash_password(password.as_bytes())
                .map(|hash| hash.to_string())
                .map_err(failed)
        })
        .await?
    }

    /// Compares a password with a PHC string. Without one, because there is no such account,
    /// it takes as long and is wrong (6.3.8).
    ///
    /// # Errors
    /// See [`PasswordError`].
    pub async fn verify(
        &self,
        password: String,
        hash: Option<String>,
    ) -> Result<Verdict, PasswordError> {
        let argon = self.argon.clone();
        self.in_turn(move || {
            let Some(hash) = hash else {
                argon.hash_password(password.as_bytes()).map_err(failed)?;
                return Ok(Verdict::Wrong);
            };
            let hash = PasswordHash::new(&hash).map_err(failed)?;
            match argon.verify_password(password.as_bytes(), &hash) {
                Ok(()) if is_current(&argon, &hash) => Ok(Verdict::Right),
                Ok(()) => Ok(Verdict::RightButOld),
                Err(argon2::password_hash::Error::PasswordInvalid) => Ok(Verdict::Wrong),
                Err(error) => Err(failed(error)),
            }
        })
        .await?
    }

    /// Whether a new password is long enough and not easily guessed by somebody who knows
    /// `words` about its owner (6.2.4, 6.2.11).
    ///
    /// # Errors
    /// The outer one as for [`Self::hash`]; the inner one is for the person.
    pub async fn judge(
        &self,
        password: &str,
        words: Vec<String>,
    ) -> Result<Result<(), ApiError>, PasswordError> {
        if let Err(refusal) = check_password(password) {
            return Ok(Err(refusal));
        }
        let password = password.to_owned();
        self.in_turn(move || {
            let parts = words
                .iter()
                .flat_map(|word| word.split(|c: char| !c.is_alphanumeric()));
            let words: Vec<&str> = words
                .iter()
                .map(String::as_str)
                .chain(parts)
                .chain(OUR_WORDS)
                .filter(|word| word.chars().count() > 2)
                .collect();
            // "Safely unguessable", for a service that throttles.
            if zxcvbn::zxcvbn(&password, &words).score() >= Score::Three {
                Ok(())
            } else {
                Err(ApiError::invalid(
                    "password",
                    "This password is easy to guess. Use a few words that do not belong together.",
                ))
            }
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let turn = timeout(PATIENCE, self.turns.clone().acquire_owned())
            .await
            .map_err(|_| PasswordError::Busy)?
            .map_err(failed)?;
        work_holding(turn, work).await.map_err(failed)
    }
}

fn is_current(argon: &Argon2<'_>, hash: &PasswordHash) -> bool {
    hash.algorithm == argon2::ARGON2ID_IDENT
        && hash.version == Some(Version::V0x13.into())
        && ParamsString::try_from(argon.params()).is_ok_and(|params| params == hash.params)
}

fn failed(error: impl std::fmt::Display) -> PasswordError {
    PasswordError::Failed(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn asvs_11_4_2_hashes_are_argon2id_at_the_demanded_cost_and_salted() {
        let hasher = Hasher::new().unwrap();
        let (one, other) = tokio::join!(hasher.hash("same".into()), hasher.hash("same".into()));
        let (one, other) = (one.unwrap(), other.unwrap());
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, other);
        assert_eq!(
            hasher.verify("same".into(), Some(one)).await.unwrap(),
            Verdict::Right
        );
    }

    #[tokio::test]
    async fn asvs_6_2_8_a_password_is_compared_exactly_as_typed() {
        let hasher = Hasher::new().unwrap();
        let hash = hasher.hash(" Ünïcode Pass ".into()).await.unwrap();
        for wrong in ["Ünïcode Pass", " ünïcode pass ", " Ünïcode Pass", ""] {
            let verdict = hasher
                .verify(wrong.into(), Some(hash.clone()))
                .await
                .unwrap();
            assert_eq!(verdict, Verdict::Wrong, "{wrong}");
        }
    }

    #[tokio::test]
    async fn a_hash_made_at_another_cost_is_noticed() {
        let cheap = Argon2::new(
            Algorithm::Argon2id,
            Version::V0x13,
            Params::new(8192, 1, 1, None).unwrap(),
        );
        let hash = cheap.hash_password(b"old").unwrap().to_string();
        let verdict = Hasher::new()
            .unwrap()
            .verify("old".into(), Some(hash))
            .await
            .unwrap();
        assert_eq!(verdict, Verdict::RightButOld);
    }

    #[tokio::test]
    async fn asvs_6_2_4_common_passwords_and_ones_own_words_are_refused() {
        let hasher = Hasher::new().unwrap();
        let words = || vec!["Ada Lovelace".to_owned(), "ada@example.org".to_owned()];
        for weak in [
            "password1234",
            "lovelace1234",
            "ada@example.org",
            "aaaaaaaaaaaaaa",
            "neurocare2026",
        ] {
            assert!(
                hasher.judge(weak, words()).await.unwrap().is_err(),
                "{weak}"
            );
        }
        for strong in ["correct horse battery", "grüne wolken fliegen tief"] {
            assert!(
                hasher.judge(strong, words()).await.unwrap().is_ok(),
                "{strong}"
            );
        }
    }
}
