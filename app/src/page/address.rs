//! Following the link in the letter to a new e-mail address.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use crate::api::account;
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
            account::apply_address(token).await?;
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
