//! The account in the header: a link to sign in, or what belongs to the account.

use leptos::prelude::*;

use crate::room::Room;
use crate::session::{Session, Who};
use crate::ui::piece::IntoPiece as _;
use crate::ui::private::{following, here, leading_to};

/// "Sign in", or a menu under the name.
#[component]
pub fn AccountMenu() -> impl IntoView {
    let session = expect_context::<Session>();
    let name = Memo::new(move |_| {
        session.who.with(|who| match who {
            Who::Somebody(me) => Some(me.name.clone()),
            _ => None,
        })
    });
    let is_unanswered = Memo::new(move |_| session.is_unanswered());
    let (here, next) = (here(), following());
    let sign_in = move || {
        let next = here.with(|here| what_follows(here, next.get()));
        leading_to("/sign-in", next.as_deref())
    };
    view! {
        <div class="account">
            {move || match name.get() {
                None if is_unanswered.get() => view! {
                    <button type="button" class="button quiet" title="The server does not answer. Ask it again who is signed in."
                        on:click=move |_| session.ask_again()>
                        "Offline"
                    </button>
                }.into_late_piece(),
                None => view! { <a class="button quiet" href=sign_in>"Sign in"</a> }.into_piece(),
                Some(name) => view! { <Menu name /> }.into_piece(),
            }}
        </div>
    }
    .into_piece()
}

/// The page that follows once whoever is on this one has signed in: this one, if it is that of a
/// scan or of text; after a form that leads to signing in, whatever is `next` there.
fn what_follows(page: &str, next: Option<String>) -> Option<String> {
    let (path, _) = page.split_once('?').unwrap_or((page, ""));
    match path {
        "/sign-in" | "/register" => next,
        "/" | "/reset" | "/address" => None,
        _ => Some(page.to_owned()),
    }
}

#[component]
fn Menu(name: String) -> impl IntoView {
    let session = expect_context::<Session>();
    let room = expect_context::<Room>();
    let is_open = RwSignal::new(false);
    let close = move |_| is_open.set(false);
    let fault = RwSignal::new(None::<String>);
    let sign_out = move |_| {
        fault.set(None);
        leptos::task::spawn_local(async move {
            match session.sign_out(false).await {
                Ok(()) => room.tell_it_stays(),
                Err(error) => {
                    fault.try_set(Some(format!("You are still signed in. {error}")));
                }
            }
        });
    };
    let words = format!("Account of {name}");
    view! {
        <details class="menu" prop:open=move || is_open.get()
            on:toggle=move |event| is_open.set(is_details_open(&event))>
            <summary class="button quiet" aria-label=words>{name}</summary>
            <div class="actions">
                <a class="button quiet" href="/account" on:click=close>"Account"</a>
                <button type="button" class="button quiet" on:click=sign_out>"Sign out"</button>
                <div role="alert">{move || fault.get().map(|words| view! { <p class="small error-text">{words}</p> })}</div>
            </div>
        </details>
    }
    .into_late_piece()
}

fn is_details_open(event: &leptos::ev::Event) -> bool {
    #[cfg(feature = "hydrate")]
    return event_target::<web_sys::HtmlDetailsElement>(event).open();
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = event;
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_back_to_the_open_scan_and_to_no_form() {
        for page in ["/read", "/compare?a=1&b=2"] {
            assert_eq!(what_follows(page, None).as_deref(), Some(page));
        }
        for page in [
            "/",
            "/sign-in",
            "/register",
            "/reset?token=1",
            "/sign-in?deleted",
        ] {
            assert_eq!(what_follows(page, None), None, "{page}");
        }
    }

    #[test]
    fn a_form_hands_on_what_was_to_follow_it() {
        let next = Some("/compare?a=1&b=2".to_owned());
        for form in ["/sign-in", "/register"] {
            assert_eq!(what_follows(form, next.clone()), next);
        }
        assert_eq!(what_follows("/reset", next), None);
    }
}
