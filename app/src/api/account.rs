//! Accounts: register, sign in, profile, passwords, sign-ins.

#![cfg_attr(
    not(feature = "hydrate"),
    expect(
        missing_docs,
        reason = "`#[server]` makes structs of arguments, which can't be documented one by one"
    )
)]

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{answered, port};
use crate::form::{Credentials, NewPassword, PasswordChange, PersonForm, SecondProof};

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// Name to greet with.
    pub name: String,
    /// Key of the digests by which images are recognised, 32 bytes as hex. It is made for
    /// the account, so that equal images of two accounts have different digests. Of it comes
    /// also the key of what waits in the browser to be sent.
    pub image_key: String,
}

/// Everything the account says about its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// E-mail address as typed.
    pub email: String,
    /// The address that it will be once the link in the letter to it is followed; empty if none.
    pub next_email: String,
    /// Name.
    pub name: String,
    /// Age in years, from the year of birth.
    pub age: u16,
    /// One of [`crate::form::GENDERS`]; empty if it is not said.
    pub gender: String,
    /// Mobile number, E.164, the same.
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

/// Whether signing in asks for a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactor {
    /// It does.
    pub is_on: bool,
    /// Recovery codes that are left.
    pub recovery_codes: u32,
}

/// What an authenticator app makes its codes from.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// To be typed: base 32, in groups of four.
    pub secret: String,
    /// The same as a QR code: the address of an image that holds it.
    pub image: String,
}

/// It is never printed.
impl std::fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Enrolment")
    }
}

/// What follows a registration; the same whether the address was free or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Registered {
    /// The account can be used.
    Ready,
    /// It can be used once the link in a letter has been followed.
    Unconfirmed,
}

/// How far the deletion of an account has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deletion {
    /// It is gone.
    Done,
    /// It has much in it, and is on its way.
    UnderWay,
}

question! {
    /// Makes an account. The answer is the same whether the address was free or not; an owner
    /// of a taken address gets a letter.
    "account/register" Register register(form: PersonForm) -> Registered
}

question! {
    /// Signs in; sets the session cookie. Where the account has a second factor, the answer is
    /// [`ApiError::CodeNeeded`], and [`sign_in_code`] follows within ten minutes.
    "account/sign_in" PostSignIn sign_in(form: Credentials) -> Me
}

question! {
    /// Signs in with the second factor, in the browser in which the password was given:
    /// [`ApiError::SignedOut`] if none was, or it must be given again.
    "account/sign_in_code" SignInCode sign_in_code(code: String) -> Me
}

question! {
    /// Signs out here, or everywhere.
    "account/sign_out" SignOut sign_out(everywhere: bool) -> ()
}

question! {
    /// Who is signed in; `None` without a session.
    "account/me" GetMe me() -> Option<Me>
}

question! {
    /// The profile.
    "account/profile" GetProfile profile() -> Profile
}

question! {
    /// Changes the profile. Another e-mail address may have to wait until the link in a letter to
    /// it is followed; the answer is then the same whether it was free or not. One that waited
    /// before is withdrawn then.
    "account/change_profile" ChangeProfile change_profile(form: PersonForm) -> Profile
}

question! {
    /// Withdraws the new e-mail address that waits for its link; the link is good no more.
    "account/withdraw_address" WithdrawAddress withdraw_address() -> ()
}

question! {
    /// Changes the password; every other sign-in ends.
    "account/change_password" ChangePassword change_password(form: PasswordChange) -> ()
}

question! {
    /// All sign-ins, newest first.
    "account/sign_ins" SignIns sign_ins() -> Vec<SignIn>
}

question! {
    /// Ends one of them.
    "account/end_sign_in" EndSignIn end_sign_in(id: Uuid) -> ()
}

question! {
    /// Whether signing in asks for a second factor.
    "account/second_factor" GetSecondFactor second_factor() -> SecondFactor
}

question! {
    /// Makes a secret for an authenticator app; nothing asks for its codes yet.
    "account/enrol_second_factor" EnrolSecondFactor enrol_second_factor(password: String) -> Enrolment
}

question! {
    /// Switches the second factor on with the first code of the app; answers with the recovery
    /// codes, which are never shown again.
    "account/confirm_second_factor" ConfirmSecondFactor confirm_second_factor(code: String) -> Vec<String>
}

question! {
    /// Switches the second factor off.
    "account/end_second_factor" EndSecondFactor end_second_factor(form: SecondProof) -> ()
}

question! {
    /// Makes other recovery codes in the place of those that are left.
    "account/renew_recovery_codes" RenewRecoveryCodes renew_recovery_codes(form: SecondProof) -> Vec<String>
}

question! {
    /// Deletes the account with everything in it; the password is asked for once more. Begun, it
    /// goes on to its end, and a letter says so.
    "account/delete" DeleteAccount delete_account(password: String) -> Deletion
}

question! {
    /// Sends a letter with a link for a new password, if there is such an account; the answer
    /// is the same if there is none.
    "account/request_reset" RequestReset request_reset(email: String) -> ()
}

question! {
    /// Gives an account the new e-mail address whose letter has this token.
    "account/apply_address" ApplyAddress apply_address(token: String) -> ()
}

question! {
    /// Sets a new password with the token of such a letter; every sign-in ends.
    "account/apply_reset" ApplyReset apply_reset(form: NewPassword) -> ()
}
