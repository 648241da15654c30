//! What letters say.

use super::{FactorNews, Letter};
use crate::store::address_change::LIFE as ADDRESS_LIFE;
use crate::store::reset::{CONFIRM_LIFE, LIFE as RESET_LIFE};
use crate::store::sweep::{EVENTS_KEPT, UNCONFIRMED_KEPT};

/// Whoever runs the service, in a sentence; `contact` is empty if they do not say how to reach
/// them.
pub(super) fn operator(contact: &str) -> String {
    if contact.is_empty() {
        "whoever runs the service".to_owned()
    } else {
        format!("whoever runs the service ({contact})")
    }
}

/// Subject and text of a letter from the service at `url`, which this [`operator`] runs.
pub(super) fn words(letter: &Letter, url: &str, operator: &str) -> (&'static str, String) {
    match letter {
        Letter::Welcome => (
            "Welcome to NeuroCare AI",
            format!(
                "Your account has been made. Sign in at\n\n    {url}/sign-in\n\n\
                 If you did not register, somebody used your address: ask for a new password there, \
                 sign in and delete the account.\n"
            ),
        ),
        Letter::Confirm { token } => (
            "Finish your registration",
            format!(
                "Your account waits for you. Choose its password within {} hours at\n\n    \
                 {url}/reset#{token}\n\n\
                 The password is asked for again because only you can read this letter.\n\
                 If you did not register, there is nothing to do: the account will be deleted.\n",
                CONFIRM_LIFE.whole_hours()
            ),
        ),
        Letter::Invited { token } => (
            "Your account at NeuroCare AI",
            format!(
                "An account was made for you. Choose its password within {} hours at\n\n    \
                 {url}/reset#{token}\n\n\
                 After that, ask for another link within {} days at\n\n    {url}/reset\n\n\
                 If you want no account, there is nothing to do: it will be deleted.\n",
                CONFIRM_LIFE.whole_hours(),
                UNCONFIRMED_KEPT.whole_days()
            ),
        ),
        Letter::RegisteredAgain => (
            "You have an account already",
            format!(
                "Somebody registered with your e-mail address, which has an account. Nothing was changed.\n\n\
                 If it was you, sign in at\n\n    {url}/sign-in\n\n\
                 or ask for a new password there. If not, there is nothing to do.\n"
            ),
        ),
        Letter::Reset { token } => (
            "A new password",
            format!(
                "Somebody asked for a new password for your account. Choose one within {} minutes at\n\n    \
                 {url}/reset#{token}\n\n\
                 If it was not you, there is nothing to do: your password still holds.\n",
                RESET_LIFE.whole_minutes()
            ),
        ),
        Letter::PasswordChanged => (
            "Your password was changed",
            format!(
                "The password of your account was changed, and other browsers were signed out.\n\n\
                 If it was not you, ask for a new password at once at\n\n    {url}/reset\n"
            ),
        ),
        Letter::NewAddress { token } => (
            "Your new e-mail address",
            format!(
                "Your account is to have this e-mail address. Say yes to that within {} hours, signed in with your \
                 present one, at\n\n    {url}/address#{token}\n\n\
                 If you have no account here, there is nothing to do.\n",
                ADDRESS_LIFE.whole_hours()
            ),
        ),
        Letter::AddressTaken => (
            "You have an account already",
            format!(
                "The owner of another account gave your e-mail address as theirs. Nothing was changed: it \
                 belongs to your account.\n\nIf it was you, sign in at\n\n    {url}/sign-in\n\n\
                 and delete the account that you do not need. If not, there is nothing to do.\n"
            ),
        ),
        Letter::AddressAsked => (
            "Another e-mail address for your account",
            format!(
                "Somebody who knows your password gave another e-mail address for your account. It becomes yours \
                 when the link in the letter to it is followed, signed in to the account, within {} hours.\n\n\
                 If it was you, there is nothing more to do here. If the address is mistyped, withdraw it and type it \
                 again at\n\n    {url}/account\n\n\
                 If it was not you, ask for a new password instead, which withdraws it, too, at\n\n    {url}/reset\n",
                ADDRESS_LIFE.whole_hours()
            ),
        ),
        Letter::EmailChanged => (
            "Your e-mail address was changed",
            format!(
                "Your account at {url} has another e-mail address now. This is the last letter to this one.\n\n\
                 If it was not you, somebody else knows your password. Tell {operator} at once: they can disable the \
                 account.\n"
            ),
        ),
        Letter::SecondFactor(news) => about_second_factor(*news, url, operator),
        Letter::Deleted => (
            "Your account was deleted",
            format!(
                "Your account has been deleted, with its details and all its analyses. What happened to it \
                 (sign-ins and the like, with the network of the address) stays for {} days, without your name.\n",
                EVENTS_KEPT.whole_days()
            ),
        ),
    }
}

/// The same of letters about the second factor.
fn about_second_factor(news: FactorNews, url: &str, operator: &str) -> (&'static str, String) {
    let (subject, what) = match news {
        FactorNews::On => (
            "Signing in asks for a code now",
            "Signing in to your account asks for a code of your authenticator app from now on, after the password. \
             Keep the recovery codes where you find them without your phone.",
        ),
        FactorNews::Off => (
            "Signing in asks for no code any more",
            "Signing in to your account asks for the password alone from now on. The recovery codes are worth \
             nothing any more.",
        ),
        FactorNews::CodesMade => (
            "Your new recovery codes",
            "New recovery codes were made for your account. Those that you had are worth nothing any more.",
        ),
        FactorNews::CodeUsed => (
            "A recovery code was used",
            "Somebody signed in to your account with a recovery code, which is used up. If your phone is lost, switch \
             the code off with another one, and on again with your next phone.",
        ),
    };
    let text = format!(
        "{what}\n\nYour account is at\n\n    {url}/account\n\n\
         If it was not you, somebody else knows your password. Set a new one at once, which signs everybody out, at\n\n    \
         {url}/reset\n\nand tell {operator}.\n"
    );
    (subject, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_about_a_changed_address_says_how_to_reach_the_operator_if_they_do() {
        let letter = Letter::EmailChanged;
        let text = |contact| words(&letter, "https://lung.example.org", &operator(contact)).1;
        assert!(
            text("ada@example.org").contains("runs the service (ada@example.org) at once: they")
        );
        assert!(text("").contains("runs the service at once: they"));
    }
}
