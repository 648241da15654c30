//! Signing in.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::api::account::Deletion;
use crate::service::Service;
use crate::session::Session;
use crate::ui::SignInForm;
use crate::ui::piece::IntoPiece as _;
use crate::ui::private::{following, leading_to};

/// E-mail and password; leads on to the page that asked for it.
#[component]
pub fn SignInPage() -> impl IntoView {
    let session = expect_context::<Session>();
    let next = following();
    // Where the deletion of an account ends, which no link can pretend.
    let deletion = session.deletion.get_value().map(|deletion| match deletion {
        Deletion::Done => "Your account and all its analyses are deleted.",
        Deletion::UnderWay => {
            "Your account and all its analyses are being deleted. An e-mail tells you when it is done. If none comes within an \
             hour, sign in and delete it again."
        }
    });
    on_cleanup(move || session.deletion.set_value(None));
    let to_register = move || next.with(|next| leading_to("/register", next.as_deref()));
    let navigate = use_navigate();
    let go_on = move |()| {
        let options = NavigateOptions {
            replace: true,
            ..NavigateOptions::default()
        };
        next.with_untracked(|next| navigate(page_of_ours(next.as_deref()), options));
    };
    view! {
        <Title text="Sign in · NeuroCare AI" />
        <section class="sheet">
            <h1>"Sign in"</h1>
            {deletion.map(|words| view! { <p class="notice" role="status">{words}</p> })}
            <SignInForm then=go_on />
            <p class="small"><a href="/reset">"Password forgotten?"</a></p>
            {(!Service::of_page().is_closed).then(|| view! {
                <p class="small">"No account yet? "<a href=to_register>"Register"</a>"."</p>
            })}
        </section>
    }
    .into_piece()
}

/// The page to go to: one of this site, whatever the address said.
fn page_of_ours(next: Option<&str>) -> &str {
    match next {
        Some(path)
            if path.starts_with('/')
                && !path.starts_with("//")
                && !path.contains(['\\', '\t', '\r', '\n']) =>
        {
            path
        }
        _ => "/history",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_never_leads_to_another_site() {
        assert_eq!(page_of_ours(Some("/compare?a=1&b=2")), "/compare?a=1&b=2");
        for bad in [
            "https://example.org",
            "//example.org",
            "/\\example.org",
            "/\t/example.org",
            "javascript:alert(1)",
            "",
        ] {
            assert_eq!(page_of_ours(Some(bad)), "/history", "{bad}");
        }
        assert_eq!(page_of_ours(None), "/history");
    }
}
