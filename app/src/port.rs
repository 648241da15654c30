//! What the server does for the pages, as they see it. One value serves one request: it
//! knows the request's cookie and address and can set cookies on the answer.

use std::sync::Arc;

use async_trait::async_trait;
use uuid::Uuid;

use crate::api::ApiError;
use crate::api::account::{Deletion, Enrolment, Me, Profile, Registered, SecondFactor, SignIn};
use crate::api::history::{Entry, Label, Page, Query};
use crate::course::{Course, Statement};
use crate::form::{Credentials, NewPassword, PasswordChange, PersonForm, SecondProof};
use crate::saving::document::Caption;

/// The port of the running request, a context of every server function.
pub type PortHandle = Arc<dyn Port>;

/// Accounts and history behind one request. Every method but `register`, `sign_in`, `me`,
/// `sign_out`, `request_reset` and `apply_reset` answers [`ApiError::SignedOut`] without a session,
/// and `sign_in_code` without a sign-in that waits for it.
/// See the functions of [`crate::api`] for what each does.
#[async_trait]
#[expect(
    missing_docs,
    reason = "each is documented at its function in `crate::api`"
)]
pub trait Port: Send + Sync {
    /// Sets the status of the answer.
    fn set_status(&self, status: u16);

    async fn register(&self, form: PersonForm) -> Result<Registered, ApiError>;
    async fn sign_in(&self, form: Credentials) -> Result<Me, ApiError>;
    async fn sign_in_code(&self, code: String) -> Result<Me, ApiError>;
    async fn sign_out(&self, everywhere: bool) -> Result<(), ApiError>;
    async fn me(&self) -> Result<Option<Me>, ApiError>;
    async fn profile(&self) -> Result<Profile, ApiError>;
    async fn change_profile(&self, form: PersonForm) -> Result<Profile, ApiError>;
    async fn withdraw_address(&self) -> Result<(), ApiError>;
    async fn change_password(&self, form: PasswordChange) -> Result<(), ApiError>;
    async fn sign_ins(&self) -> Result<Vec<SignIn>, ApiError>;
    async fn end_sign_in(&self, id: Uuid) -> Result<(), ApiError>;
    async fn second_factor(&self) -> Result<SecondFactor, ApiError>;
    async fn enrol_second_factor(&self, password: String) -> Result<Enrolment, ApiError>;
    async fn confirm_second_factor(&self, code: String) -> Result<Vec<String>, ApiError>;
    async fn end_second_factor(&self, form: SecondProof) -> Result<(), ApiError>;
    async fn renew_recovery_codes(&self, form: SecondProof) -> Result<Vec<String>, ApiError>;
    async fn delete_account(&self, password: String) -> Result<Deletion, ApiError>;
    async fn request_reset(&self, email: String) -> Result<(), ApiError>;
    async fn apply_address(&self, token: String) -> Result<(), ApiError>;
    async fn apply_reset(&self, form: NewPassword) -> Result<(), ApiError>;

    async fn list(&self, query: Query) -> Result<Page, ApiError>;
    async fn labels(&self) -> Result<Vec<Label>, ApiError>;
    async fn entry(&self, id: Uuid) -> Result<Entry, ApiError>;
    async fn of_image(&self, digest: String) -> Result<Vec<Entry>, ApiError>;
    async fn newest(&self, label: String) -> Result<Uuid, ApiError>;
    async fn course(&self, label: String) -> Result<Course, ApiError>;
    async fn pair(&self, ids: [Uuid; 2]) -> Result<Course, ApiError>;
    async fn say(
        &self,
        analyses: [Uuid; 2],
        lesions: [usize; 2],
        statement: Statement,
    ) -> Result<Course, ApiError>;
    async fn change(
        &self,
        id: Uuid,
        label: String,
        examined_on: String,
        before: Option<Caption>,
    ) -> Result<Entry, ApiError>;
    async fn delete(&self, id: Uuid) -> Result<(), ApiError>;
}
