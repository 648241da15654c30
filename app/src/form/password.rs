//! The rules for a password (OWASP ASVS 5.0, V6.2): long rather than complicated.

use crate::api::ApiError;

/// Fewest characters.
pub const MIN_CHARS: usize = 12;

/// Most characters.
pub const MAX_CHARS: usize = 128;

/// # Errors
/// It is too short or too long. That it is not a common one is checked on the server.
pub fn check_password(password: &str) -> Result<(), ApiError> {
    let chars = password.chars().count();
    if chars < MIN_CHARS {
        let message =
            format!("Use at least {MIN_CHARS} characters; a few words are easy to remember.");
        return Err(ApiError::invalid("password", message));
    }
    if chars > MAX_CHARS {
        let message = format!("Use at most {MAX_CHARS} characters.");
        return Err(ApiError::invalid("password", message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asvs_6_2_1_and_6_2_9_length_is_counted_in_characters() {
        assert!(check_password(&"é".repeat(11)).is_err());
        assert!(check_password(&"é".repeat(12)).is_ok());
        assert!(check_password(&"é".repeat(128)).is_ok());
        assert!(check_password(&"é".repeat(129)).is_err());
    }

    #[test]
    fn asvs_6_2_5_there_are_no_rules_of_composition() {
        assert!(check_password("            ").is_ok());
        assert!(check_password("onlylowercase").is_ok());
    }
}
