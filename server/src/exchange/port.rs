//! The exchange under the names that the pages use.
//!
//! A trait is implemented in one block, and what this one promises is written in ten files: hence
//! every function is named here once more. A trait for each of them would be longer.

use app::api::ApiError;
use app::api::account::{Deletion, Enrolment, Me, Profile, Registered, SecondFactor, SignIn};
use app::api::history::{Entry, Label, Page, Query};
use app::course::{Course, Statement};
use app::form::{Credentials, NewPassword, PasswordChange, PersonForm, SecondProof};
use app::port::Port;
use app::saving::document::Caption;
use async_trait::async_trait;
use axum::http::StatusCode;
use uuid::Uuid;

use super::Exchange;

#[async_trait]
impl Port for Exchange {
    fn set_status(&self, status: u16) {
        self.answer().status = StatusCode::from_u16(status).ok();
    }

    async fn register(&self, form: PersonForm) -> Result<Registered, ApiError> {
        Box::pin(self.register(form)).await
    }

    async fn sign_in(&self, form: Credentials) -> Result<Me, ApiError> {
        Box::pin(self.sign_in(form)).await
    }

    async fn sign_in_code(&self, code: String) -> Result<Me, ApiError> {
        Box::pin(self.sign_in_code(&code)).await
    }

    async fn sign_out(&self, everywhere: bool) -> Result<(), ApiError> {
        self.sign_out(everywhere).await
    }

    async fn me(&self) -> Result<Option<Me>, ApiError> {
        self.me().await
    }

    async fn profile(&self) -> Result<Profile, ApiError> {
        self.profile().await
    }

    async fn change_profile(&self, form: PersonForm) -> Result<Profile, ApiError> {
        // It holds more than one statement: too much for the stack of whoever calls it.
        Box::pin(self.change_profile(form)).await
    }

    async fn withdraw_address(&self) -> Result<(), ApiError> {
        self.withdraw_address().await
    }

    async fn change_password(&self, form: PasswordChange) -> Result<(), ApiError> {
        Box::pin(self.change_password(form)).await
    }

    async fn sign_ins(&self) -> Result<Vec<SignIn>, ApiError> {
        self.sign_ins().await
    }

    async fn end_sign_in(&self, id: Uuid) -> Result<(), ApiError> {
        self.end_sign_in(id).await
    }

    async fn second_factor(&self) -> Result<SecondFactor, ApiError> {
        self.second_factor().await
    }

    async fn enrol_second_factor(&self, password: String) -> Result<Enrolment, ApiError> {
        Box::pin(self.enrol_second_factor(password)).await
    }

    async fn confirm_second_factor(&self, code: String) -> Result<Vec<String>, ApiError> {
        Box::pin(self.confirm_second_factor(&code)).await
    }

    async fn end_second_factor(&self, form: SecondProof) -> Result<(), ApiError> {
        Box::pin(self.end_second_factor(form)).await
    }

    async fn renew_recovery_codes(&self, form: SecondProof) -> Result<Vec<String>, ApiError> {
        Box::pin(self.renew_recovery_codes(form)).await
    }

    async fn delete_account(&self, password: String) -> Result<Deletion, ApiError> {
        Box::pin(self.delete_account(password)).await
    }

    async fn request_reset(&self, email: String) -> Result<(), ApiError> {
        self.request_reset(&email).await
    }

    async fn apply_address(&self, token: String) -> Result<(), ApiError> {
        Box::pin(self.apply_address(&token)).await
    }

    async fn apply_reset(&self, form: NewPassword) -> Result<(), ApiError> {
        Box::pin(self.apply_reset(form)).await
    }

    async fn list(&self, query: Query) -> Result<Page, ApiError> {
        self.list(query).await
    }

    async fn labels(&self) -> Result<Vec<Label>, ApiError> {
        self.labels().await
    }

    async fn entry(&self, id: Uuid) -> Result<Entry, ApiError> {
        self.entry(id).await
    }

    async fn of_image(&self, digest: String) -> Result<Vec<Entry>, ApiError> {
        self.of_image(&digest).await
    }

    async fn newest(&self, label: String) -> Result<Uuid, ApiError> {
        self.newest(&label).await
    }

    async fn course(&self, label: String) -> Result<Course, ApiError> {
        self.course(&label).await
    }

    async fn pair(&self, ids: [Uuid; 2]) -> Result<Course, ApiError> {
        self.pair(ids).await
    }

    async fn say(
        &self,
        analyses: [Uuid; 2],
        lesions: [usize; 2],
        statement: Statement,
    ) -> Result<Course, ApiError> {
        // As above.
        Box::pin(self.say(analyses, lesions, statement)).await
    }

    async fn change(
        &self,
        id: Uuid,
        label: String,
        examined_on: String,
        before: Option<Caption>,
    ) -> Result<Entry, ApiError> {
        self.change(id, &label, &examined_on, before).await
    }

    async fn delete(&self, id: Uuid) -> Result<(), ApiError> {
        self.delete(id).await
    }
}
