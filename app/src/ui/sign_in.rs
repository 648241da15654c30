//! The form to sign in with.

use leptos::prelude::*;

use super::piece::IntoPiece as _;
use super::{Field, Form, Sending, Typed};
use crate::api::account;
use crate::form::{Credentials, check_email};
use crate::session::Session;

/// E-mail and password.
#[component]
pub fn SignInForm(
    /// What follows once somebody is signed in.
    #[prop(optional, into)]
    then: Option<Callback<()>>,
) -> impl IntoView {
    let session = expect_context::<Session>();
    let sending = Sending::new("sign-in");
    let submit = move |typed: Typed| {
        let form = Credentials {
            email: typed.text("email"),
            password: typed.text("password"),
        };
        let checked = check_email(&form.email).map(|_| ());
        let request = async move {
            session.signed_in(account::sign_in(form).await?);
            if let Some(then) = then {
                // Not on a page that was left meanwhile.
                then.try_run(());
            }
            Ok(())
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
