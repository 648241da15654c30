//! Switching the second factor on and off, and what proves it (OWASP ASVS 5.0, 6.5 and 6.6).

use app::api::ApiError;
use app::api::account::{Enrolment, SecondFactor};
use app::form::SecondProof;

use super::Exchange;
use crate::letter::{FactorNews, Letter};
use crate::second_factor::recovery::RecoveryCodes;
use crate::second_factor::totp::{SECRET_BYTES, step_now, step_of};
use crate::second_factor::{Typed, base32, grouped, qr};
use crate::store::StoreError;
use crate::store::account::AccountId;
use crate::store::attempt::CODE;
use crate::store::event::Event;
use crate::store::second_factor::{Proof, SecondFactor as Factor};

/// What was typed as the second factor.
pub(super) fn read(text: &str) -> Result<Typed, ApiError> {
    Typed::read(text).ok_or_else(|| {
        ApiError::invalid(
            "code",
            "Enter the six digits that your app shows, or a recovery code.",
        )
    })
}

impl Exchange {
    pub(super) async fn second_factor(&self) -> Result<SecondFactor, ApiError> {
        let id = self.account_id().await?;
        let store = &self.state.store;
        let factor = store.second_factor(id).await?;
        Ok(SecondFactor {
            is_on: factor.is_some_and(|factor| factor.is_on()),
            recovery_codes: u32::try_from(store.recovery_codes(id).await?).unwrap_or(0),
        })
    }

    /// Makes a secret, which is good for nothing until its first code was given.
    pub(super) async fn enrol_second_factor(
        &self,
        password: String,
    ) -> Result<Enrolment, ApiError> {
        let account = self.account().await?;
        self.prove(&account, "password", password).await?;
        let mut secret = [0; SECRET_BYTES];
        getrandom::fill(&mut secret).map_err(|_| ApiError::Server)?;
        let text = base32(&secret);
        let image = qr::image(&qr::address(&text, &account.email)).ok_or(ApiError::Server)?;
        let enrolled = self.state.store.enrol(&account, &secret).await;
        enrolled.map_err(|error| match error {
            StoreError::Taken => outdated(),
            other => other.into(),
        })?;
        Ok(Enrolment {
            secret: grouped(&text, ' '),
            image,
        })
    }

    /// Switches it on once the app has shown that it has the secret.
    pub(super) async fn confirm_second_factor(&self, code: &str) -> Result<Vec<String>, ApiError> {
        let account = self.account().await?;
        let id = account.id();
        let Ok(Typed::Code(typed)) = read(code) else {
            let words = "Enter the six digits that your app shows.";
            return Err(ApiError::invalid("code", words));
        };
        self.try_code(id).await?;
        let factor = self.state.store.second_factor(id).await?;
        let factor = factor.filter(|factor| !factor.is_on());
        let factor = factor.ok_or_else(outdated)?;
        let step = step_of(typed, &factor.secret, step_now(), factor.last_step);
        let step = step.ok_or_else(|| {
            ApiError::invalid(
                "code",
                "This is not the code of this secret. Enter the one that the app shows now; the phone’s clock must be right.",
            )
        })?;
        self.forget_codes(id).await?;
        let codes = RecoveryCodes::generate().ok_or(ApiError::Server)?;
        let note = self.note(Event::SecondFactorOn);
        let state = self.state.clone();
        let change = async move {
            let RecoveryCodes { shown, hashed } = codes;
            let is_on = state
                .store
                .switch_on(&account, &factor.secret, step, &hashed, &note)
                .await?;
            if is_on {
                note.tell();
                let letter = Letter::SecondFactor(FactorNews::On);
                state.post.send_later(&account.email, letter);
            }
            Ok(is_on.then_some(shown))
        };
        let shown = self.to_its_end(change).await??;
        shown.ok_or_else(outdated)
    }

    pub(super) async fn end_second_factor(&self, form: SecondProof) -> Result<(), ApiError> {
        let account = self.account().await?;
        self.prove(&account, "password", form.password).await?;
        let id = account.id();
        let proof = self.proof(id, read(&form.code)?).await?;
        let note = self.note(Event::SecondFactorOff);
        let state = self.state.clone();
        let change = async move {
            let proved = &account.password_hash;
            let is_off = state.store.switch_off(id, proved, &proof, &note).await?;
            if is_off {
                note.tell();
                let letter = Letter::SecondFactor(FactorNews::Off);
                state.post.send_later(&account.email, letter);
            }
            Ok(is_off)
        };
        if !self.to_its_end(change).await?? {
            return Err(self.wrong_code(id).await);
        }
        Ok(())
    }

    pub(super) async fn renew_recovery_codes(
        &self,
        form: SecondProof,
    ) -> Result<Vec<String>, ApiError> {
        let account = self.account().await?;
        self.prove(&account, "password", form.password).await?;
        let id = account.id();
        let proof = self.proof(id, read(&form.code)?).await?;
        let codes = RecoveryCodes::generate().ok_or(ApiError::Server)?;
        let note = self.note(Event::RecoveryCodesMade);
        let state = self.state.clone();
        let change = async move {
            let RecoveryCodes { shown, hashed } = codes;
            let proved = &account.password_hash;
            let are_made = state
                .store
                .renew_codes(id, proved, &proof, &hashed, &note)
                .await?;
            if are_made {
                note.tell();
                let letter = Letter::SecondFactor(FactorNews::CodesMade);
                state.post.send_later(&account.email, letter);
            }
            Ok(are_made.then_some(shown))
        };
        match self.to_its_end(change).await?? {
            Some(shown) => Ok(shown),
            None => Err(self.wrong_code(id).await),
        }
    }

    /// What proves the second factor, of what was typed. It is not used up yet: that is part of
    /// what it allows. Whether a recovery code is good is told then, too.
    pub(super) async fn proof(&self, id: AccountId, typed: Typed) -> Result<Proof, ApiError> {
        let code = match typed {
            Typed::Recovery(code) => return Ok(Proof::Recovery(code)),
            Typed::Code(code) => code,
        };
        self.try_code(id).await?;
        let factor = self.state.store.second_factor(id).await?;
        let proof = factor.filter(Factor::is_on).and_then(|factor| {
            let before = factor.last_step;
            let step = step_of(code, &factor.secret, step_now(), before)?;
            Some(Proof::Code { before, step })
        });
        match proof {
            Some(proof) => {
                self.forget_codes(id).await?;
                Ok(proof)
            }
            None => Err(self.wrong_code(id).await),
        }
    }

    /// Records a wrong code; the refusal that belongs to it.
    pub(super) async fn wrong_code(&self, id: AccountId) -> ApiError {
        match self.record(Some(id), Event::CodeFailed).await {
            Ok(()) => ApiError::invalid(
                "code",
                "This code is wrong, or was used before. Wait until the app shows another one.",
            ),
            Err(error) => error,
        }
    }

    async fn forget_codes(&self, id: AccountId) -> Result<(), ApiError> {
        let store = &self.state.store;
        Ok(store.forget_attempts(&CODE, &id.0.to_string()).await?)
    }
}

/// Another window was quicker, or the secret waited for too long.
fn outdated() -> ApiError {
    ApiError::invalid(
        "",
        "This was changed in another window, or took too long. Load this page again.",
    )
}
