//! Following the link in the letter to a new e-mail address.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use crate::api::ApiError;
use crate::api::account::{self, Profile};
use crate::session::Session;
use crate::ui::loaded::Loaded;
use crate::ui::piece::IntoPiece as _;
use crate::ui::{Form, Private, Sending, Typed};

/// Whoever reads the letter may be a stranger, if the address was mistyped: it takes the session of
/// the account, too. The address is used when the button is pressed, not when the page is opened:
/// mail programs open links by themselves. The secret stands behind the address's `#` and goes to
/// no log.
#[component]
pub fn AddressPage() -> impl IntoView {
    let hash = use_location().hash;
    let is_done = RwSignal::new(false);
    let sending = Sending::new("address");
    let submit = move |_: Typed| {
        let token = hash.with_untracked(|hash| hash.trim_start_matches('#').to_owned());
        let request = async move {
            account::apply_address(token).await.map_err(in_words)?;
            is_done.try_set(true);
            Ok(())
        };
        sending.send(Ok(()), Box::pin(request));
    };
    view! {
        <Title text="New e-mail address · NeuroCare AI" />
        <section class="sheet">
            <h1>"New e-mail address"</h1>
            <Private in_place="Sign in to the account that is to have this address, with the address that it has until now.">
                <Show
                    when=move || is_done.get()
                    fallback=move || view! {
                        <p class="muted">"This account gets the address that the e-mail came to. From then on you sign in with it."</p>
                        <Present />
                        <Form sending button="Use this address" on_submit=submit>""</Form>
                    }
                >
                    <div role="status">
                        <p><strong>"This is your address now. "</strong>"The former one got a last e-mail about it."</p>
                        <p class="actions"><a class="button primary" href="/account">"Account"</a></p>
                    </div>
                </Show>
            </Private>
        </section>
    }
    .into_piece()
}

/// Which account that is, by the address that it has until now: a reader may have several.
#[component]
fn Present() -> impl IntoView {
    let session = expect_context::<Session>();
    let profile = Loaded::<Profile>::new();
    Effect::new(move |_| profile.ask(session, account::profile()));
    move || {
        let email = profile.with(|it| it.email.clone())?;
        Some(view! { <p>"Until now it has the address "<strong>{email}</strong>"."</p> })
    }
}

/// The server does not say whose a link is.
fn in_words(error: ApiError) -> ApiError {
    match error {
        ApiError::LinkExpired => ApiError::invalid(
            "",
            "This link is no longer valid, or belongs to another account than the one that is signed in here.",
        ),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_is_refused_may_be_that_of_another_account() {
        let words = in_words(ApiError::LinkExpired).to_string();
        assert!(words.contains("another account"), "{words}");
        assert_eq!(in_words(ApiError::Offline), ApiError::Offline);
    }
}
