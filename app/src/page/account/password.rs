//! Another password.

use leptos::prelude::*;

use crate::api::{ApiError, account};
use crate::form::{PasswordChange, check_password};
use crate::session::Session;
use crate::ui::piece::IntoPiece as _;
use crate::ui::{Done, Field, Form, Sending, Typed};

/// The present and the new one.
#[component]
pub fn PasswordCard() -> impl IntoView {
    let session = expect_context::<Session>();
    let is_done = RwSignal::new(false);
    let sending = Sending::new("change");
    let submit = move |typed: Typed| {
        is_done.set(false);
        let form = PasswordChange {
            current: typed.text("current"),
            new: typed.text("new"),
        };
        let checked = check_password(&form.new).map_err(|error| match error {
            ApiError::Invalid { message, .. } => ApiError::invalid("new", message),
            other => other,
        });
        let request = async move {
            account::change_password(form).await?;
            // Another window may have met the token before, and signed this one out with it.
            session.ask_again();
            is_done.try_set(true);
            Ok(())
        };
        sending.send(checked, Box::pin(request));
    };
    view! {
        <div class="card">
            <h2>"Password"</h2>
            <Form sending button="Change the password" on_submit=submit>
                <Field sending name="current" label="Current password" kind="password" autocomplete="current-password" />
                <Field sending name="new" label="New password" kind="password" autocomplete="new-password"
                    hint="At least 12 characters. All other browsers are signed out." />
            </Form>
            <Done is_done words="The password is changed; all other browsers are signed out." />
        </div>
    }
    .into_late_piece()
}
