//! Accounts: register, sign in, profile, passwords, sign-ins.

#![expect(
    missing_docs,
    reason = "`#[server]` makes structs of arguments, which can't be documented one by one"
)]

use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{answered, port};
use crate::form::{Credentials, NewPassword, PasswordChange, ProfileForm, Registration};

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// Name to greet with.
    pub name: String,
    /// Key of the digests by which images are recognised, 32 bytes as hex. It is made for
    /// the account, so that equal images of two accounts have different digests.
    pub image_key: String,
}

/// Everything the account says about its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// E-mail address as typed.
    pub email: String,
    /// Name.
    pub name: String,
    /// Age in years, from the year of birth.
    pub age: u16,
    /// One of [`crate::form::GENDERS`].
    pub gender: String,
    /// Mobile number, E.164.
    pub mobile: String,
    /// Day of registration, `YYYY-MM-DD`, UTC.
    pub since: String,
    /// Analyses saved.
    pub analyses: u32,
}

/// A browser that is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// To end it by; not the secret.
    pub id: Uuid,
    /// The browser in words, from its user agent.
    pub browser: String,
    /// Signed in at, `YYYY-MM-DD HH:MM` UTC.
    pub since: String,
    /// Last seen at, the same.
    pub seen: String,
    /// The one that asks.
    pub is_current: bool,
}

/// Makes an account. The answer is the same whether the address was free or not; an owner
/// of a taken address gets a letter.
#[server(endpoint = "account/register", prefix = "/api", input = Json)]
pub async fn register(form: Registration) -> Result<(), ApiError> {
    let port = port()?;
    answered(&port, port.register(form).await)
}

/// Signs in; sets the session cookie.
#[server(name = PostSignIn, endpoint = "account/sign_in", prefix = "/api", input = Json)]
pub async fn sign_in(form: Credentials) -> Result<Me, ApiError> {
    let port = port()?;
    answered(&port, port.sign_in(form).await)
}

/// Signs out here, or everywhere.
#[server(endpoint = "account/sign_out", prefix = "/api", input = Json)]
pub async fn sign_out(everywhere: bool) -> Result<(), ApiError> {
    let port = port()?;
    answered(&port, port.sign_out(everywhere).await)
}

/// Who is signed in; `None` without a session.
#[server(name = GetMe, endpoint = "account/me", prefix = "/api", input = Json)]
pub async fn me() -> Result<Option<Me>, ApiError> {
    let port = port()?;
    answered(&port, port.me().await)
}

/// The profile.
#[server(name = GetProfile, endpoint = "account/profile", prefix = "/api", input = Json)]
pub async fn profile() -> Result<Profile, ApiError> {
    let port = port()?;
    answered(&port, port.profile().await)
}

/// Changes the profile.
#[server(endpoint = "account/change_profile", prefix = "/api", input = Json)]
pub async fn change_profile(form: ProfileForm) -> Result<Profile, ApiError> {
    let port = port()?;
    answered(&port, port.change_profile(form).await)
}

/// Changes the password; every other sign-in ends.
#[server(endpoint = "account/change_password", prefix = "/api", input = Json)]
pub async fn change_password(form: PasswordChange) -> Result<(), ApiError> {
    let port = port()?;
    answered(&port, port.change_password(form).await)
}

/// All sign-ins, newest first.
#[server(endpoint = "account/sign_ins", prefix = "/api", input = Json)]
pub async fn sign_ins() -> Result<Vec<SignIn>, ApiError> {
    let port = port()?;
    answered(&port, port.sign_ins().await)
}

/// Ends one of them.
#[server(endpoint = "account/end_sign_in", prefix = "/api", input = Json)]
pub async fn end_sign_in(id: Uuid) -> Result<(), ApiError> {
    let port = port()?;
    answered(&port, port.end_sign_in(id).await)
}

/// Deletes the account with everything in it; the password is asked for once more.
#[server(endpoint = "account/delete", prefix = "/api", input = Json)]
pub async fn delete_account(password: String) -> Result<(), ApiError> {
    let port = port()?;
    answered(&port, port.delete_account(password).await)
}

/// Sends a letter with a link for a new password, if there is such an account; the answer
/// is the same if there is none.
#[server(endpoint = "account/request_reset", prefix = "/api", input = Json)]
pub async fn request_reset(email: String) -> Result<(), ApiError> {
    let port = port()?;
    answered(&port, port.request_reset(email).await)
}

/// Sets a new password with the token of such a letter; every sign-in ends.
#[server(endpoint = "account/apply_reset", prefix = "/api", input = Json)]
pub async fn apply_reset(form: NewPassword) -> Result<(), ApiError> {
    let port = port()?;
    answered(&port, port.apply_reset(form).await)
}
