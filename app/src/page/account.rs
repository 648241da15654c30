//! The account: profile, password, second factor, sign-ins, data, end.

pub mod data;
pub mod password;
pub mod profile;
pub mod second_factor;
pub mod sign_ins;

use leptos::prelude::*;
use leptos_meta::Title;

use crate::ui::Private;
use crate::ui::piece::IntoPiece as _;

/// The page.
#[component]
pub fn AccountPage() -> impl IntoView {
    view! {
        <Title text="Account · NeuroCare AI" />
        <section class="sheet wide">
            <h1>"Account"</h1>
            <Private>
                <profile::ProfileCard />
                <password::PasswordCard />
                <second_factor::SecondFactorCard />
                <sign_ins::SignInsCard />
                <data::DataCard />
            </Private>
        </section>
    }
    .into_piece()
}
