//! What letters say.

use super::Letter;

/// Subject and text of a letter from the service at `url`.
pub(super) fn words(letter: &Letter, url: &str) -> (&'static str, String) {
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
                "Your account waits for you. Choose its password within 24 hours at\n\n    \
                 {url}/reset#{token}\n\n\
                 The password is asked for again because only you can read this letter.\n\
                 If you did not register, there is nothing to do: the account will be deleted.\n"
            ),
        ),
        Letter::Invited { token } => (
            "Your account at NeuroCare AI",
            format!(
                "An account was made for you. Choose its password within 24 hours at\n\n    \
                 {url}/reset#{token}\n\n\
                 After that, ask for another link within a week at\n\n    {url}/reset\n\n\
                 If you want no account, there is nothing to do: it will be deleted.\n"
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
                "Somebody asked for a new password for your account. Choose one within 30 minutes at\n\n    \
                 {url}/reset#{token}\n\n\
                 If it was not you, there is nothing to do: your password still holds.\n"
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
                "Your account is to have this e-mail address. Say yes to that within 24 hours at\n\n    \
                 {url}/address#{token}\n\n\
                 If you have no account here, there is nothing to do.\n"
            ),
        ),
        Letter::AddressTaken => (
            "You have an account already",
            format!(
                "The owner of another account gave your e-mail address as theirs. Nothing was changed: it \
                 belongs to your account.\n\n\
                 If it was you, sign in at\n\n    {url}/sign-in\n\n\
                 and delete the account that you do not need. If not, there is nothing to do.\n"
            ),
        ),
        Letter::EmailChanged => (
            "Your e-mail address was changed",
            format!(
                "Your account at {url} has another e-mail address now. This is the last letter to this one.\n\n\
                 If it was not you, somebody else knows your password. Tell whoever runs the service at once: they \
                 can disable the account.\n"
            ),
        ),
        Letter::Deleted => (
            "Your account was deleted",
            "Your account has been deleted, with its details and all its analyses. What happened to it \
             (sign-ins and the like, with the network of the address) stays for a year, without your name.\n"
                .to_owned(),
        ),
    }
}
