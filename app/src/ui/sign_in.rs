//! The form to sign in with.

use leptos::prelude::*;

use super::piece::IntoPiece as _;
use super::{Field, Form, Sending, Typed, focus};
use crate::api::ApiError;
use crate::api::account::{self, Me};
use crate::form::{Credentials, check_email};
use crate::session::Session;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// E-mail and password.
    Password,
    /// The code of whoever has a second factor.
    Code,
    /// E-mail and password once more: no code has come in time.
    Again,
}

/// E-mail and password, then the code where the account has a second factor.
#[component]
pub fn SignInForm(
    /// What follows once somebody is signed in.
    #[prop(optional, into)]
    then: Option<Callback<()>>,
) -> impl IntoView {
    let step = RwSignal::new(Step::Password);
    let form = move || match step.get() {
        Step::Code => view! { <Code step then /> }.into_late_piece(),
        Step::Password | Step::Again => view! { <Password step then /> }.into_piece(),
    };
    view! {
        <p class="small" role="status">{move || match step.get() {
            Step::Password => "",
            Step::Code => "The password is right. This account asks for a second step.",
            Step::Again => "That took too long, or too many codes were wrong: begin again.",
        }}</p>
        {form}
    }
    .into_piece()
}

#[component]
fn Password(step: RwSignal<Step>, then: Option<Callback<()>>) -> impl IntoView {
    let session = expect_context::<Session>();
    let sending = Sending::new("sign-in");
    let submit = move |typed: Typed| {
        let form = Credentials {
            email: typed.text("email"),
            password: typed.text("password"),
        };
        let checked = check_email(&form.email).map(|_| ());
        let request = async move {
            match account::sign_in(form).await {
                Err(ApiError::CodeNeeded) => {
                    step.try_set(Step::Code);
                    focus::soon("code-code".to_owned());
                    Ok(())
                }
                answer => answer.map(|me| go_on(session, me, then)),
            }
        };
        sending.send(checked, Box::pin(request));
    };
    view! {
        <Form sending button="Sign in" on_submit=submit>
            <Field sending name="email" label="E-mail" kind="email" autocomplete="email" value=session.newcomer.get_value() />
            <Field sending name="password" label="Password" kind="password" autocomplete="current-password" />
        </Form>
    }
    .into_piece()
}

#[component]
fn Code(step: RwSignal<Step>, then: Option<Callback<()>>) -> impl IntoView {
    let session = expect_context::<Session>();
    let sending = Sending::new("code");
    let submit = move |typed: Typed| {
        let code = typed.text("code");
        let request = async move {
            match account::sign_in_code(code).await {
                Err(ApiError::SignedOut) => {
                    step.try_set(Step::Again);
                    focus::soon("sign-in-email".to_owned());
                    Ok(())
                }
                answer => answer.map(|me| go_on(session, me, then)),
            }
        };
        sending.send(Ok(()), Box::pin(request));
    };
    view! {
        <Form sending button="Sign in" on_submit=submit>
            <Field sending name="code" label="Code" autocomplete="one-time-code"
                hint="Six digits of your authenticator app, or a recovery code." />
        </Form>
    }
    .into_late_piece()
}

fn go_on(session: Session, me: Me, then: Option<Callback<()>>) {
    session.signed_in(me);
    if let Some(then) = then {
        // Not on a page that was left meanwhile.
        then.try_run(());
    }
}
