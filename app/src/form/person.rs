//! What people say about themselves, and the rules for it and for patient labels. Each returns
//! the value as it is stored.

use crate::api::ApiError;

/// Genders to choose from: stored value and words.
pub const GENDERS: [(&str, &str); 4] = [
    ("female", "Female"),
    ("male", "Male"),
    ("other", "Other"),
    ("undisclosed", "Prefer not to say"),
];

/// [`GENDERS`] as the options of a field.
pub fn genders() -> Vec<(String, String)> {
    let options = GENDERS.iter();
    options
        .map(|&(value, words)| (value.to_owned(), words.to_owned()))
        .collect()
}

/// Most characters of a name, and of a patient label.
pub const NAME_CHARS: usize = 80;

/// What somebody says about themselves, checked and as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Age in years.
    pub age: u16,
    /// One of [`GENDERS`], or empty.
    pub gender: String,
    /// Mobile number, E.164, or empty.
    pub mobile: String,
}

impl Person {
    /// From what was typed.
    ///
    /// # Errors
    /// The first field that cannot be taken.
    pub fn parse(
        name: &str,
        email: &str,
        age: u16,
        gender: &str,
        mobile: &str,
    ) -> Result<Self, ApiError> {
        let each = Each::of(name, email, age, gender, mobile);
        Ok(Self {
            name: each.name?,
            email: each.email?,
            age: each.age?,
            gender: each.gender?,
            mobile: each.mobile?,
        })
    }
}

/// What was typed, each field by itself: as it is stored, or what is wrong with it.
struct Each {
    name: Result<String, ApiError>,
    email: Result<String, ApiError>,
    age: Result<u16, ApiError>,
    gender: Result<String, ApiError>,
    mobile: Result<String, ApiError>,
}

impl Each {
    fn of(name: &str, email: &str, age: u16, gender: &str, mobile: &str) -> Self {
        Self {
            name: check_name(name),
            email: check_email(email),
            age: check_age(age),
            gender: check_gender(gender),
            mobile: check_mobile(mobile),
        }
    }
}

/// What is wrong with each of these, in this order.
pub(super) fn faults(
    name: &str,
    email: &str,
    age: u16,
    gender: &str,
    mobile: &str,
) -> [Option<ApiError>; 5] {
    let each = Each::of(name, email, age, gender, mobile);
    [
        each.name.err(),
        each.email.err(),
        each.age.err(),
        each.gender.err(),
        each.mobile.err(),
    ]
}

/// Trimmed, without control characters.
///
/// # Errors
/// It is empty or too long.
fn check_name(name: &str) -> Result<String, ApiError> {
    line("name", name, "Enter your name.")
}

/// A patient label: trimmed, without control characters.
///
/// # Errors
/// It is empty or too long.
pub fn check_label(label: &str) -> Result<String, ApiError> {
    line("label", label, "Enter a label, such as “Patient 12”.")
}

fn line(field: &str, text: &str, if_empty: &str) -> Result<String, ApiError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(ApiError::invalid(field, if_empty));
    }
    if text.chars().count() > NAME_CHARS {
        return Err(ApiError::invalid(
            field,
            format!("Use at most {NAME_CHARS} characters."),
        ));
    }
    if text.chars().any(char::is_control) {
        return Err(ApiError::invalid(
            field,
            "Use letters, digits and spaces in one line.",
        ));
    }
    Ok(text.to_owned())
}

/// Trimmed; the letter that is sent there is the real check, this one catches slips.
///
/// # Errors
/// It cannot be an e-mail address.
pub fn check_email(email: &str) -> Result<String, ApiError> {
    let email = email.trim();
    let fault = || {
        ApiError::invalid(
            "email",
            "Enter an e-mail address, such as name@example.org.",
        )
    };
    let (local, domain) = email.rsplit_once('@').ok_or_else(fault)?;
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>()[]\\,;:\"@".contains(c);
    let is_valid = email.len() <= 254
        && (1..=64).contains(&local.len())
        && local.chars().all(is_plain)
        && local.split('.').all(|part| !part.is_empty())
        && domain.contains('.')
        && domain
            .split('.')
            .all(|part| !part.is_empty() && !part.starts_with('-') && !part.ends_with('-'))
        && domain
            .chars()
            .all(|c| c.is_alphanumeric() || c == '.' || c == '-');
    is_valid.then(|| email.to_owned()).ok_or_else(fault)
}

/// # Errors
/// It is not the age of somebody who may have an account.
fn check_age(age: u16) -> Result<u16, ApiError> {
    if (16..=120).contains(&age) {
        Ok(age)
    } else {
        Err(ApiError::invalid(
            "age",
            "Enter your age in years, from 16 to 120.",
        ))
    }
}

/// # Errors
/// It is neither empty nor one of [`GENDERS`].
fn check_gender(gender: &str) -> Result<String, ApiError> {
    if gender.is_empty() || GENDERS.iter().any(|(value, _)| *value == gender) {
        Ok(gender.to_owned())
    } else {
        Err(ApiError::invalid("gender", "Choose one of the list."))
    }
}

/// As E.164: a plus and 7 to 15 digits; spaces, dots, hyphens and brackets are dropped. Nothing if
/// nothing was typed.
///
/// # Errors
/// It cannot be an international number.
fn check_mobile(mobile: &str) -> Result<String, ApiError> {
    let fault = || {
        ApiError::invalid(
            "mobile",
            "Enter the number with its country code, such as +44 20 7946 0018.",
        )
    };
    let compact: String = mobile
        .chars()
        .filter(|c| !" .-()/\u{a0}".contains(*c))
        .collect();
    if compact.is_empty() {
        return Ok(compact);
    }
    let digits = compact
        .strip_prefix('+')
        .or_else(|| compact.strip_prefix("00"))
        .ok_or_else(fault)?;
    let is_valid = (7..=15).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !digits.starts_with('0');
    if is_valid {
        Ok(format!("+{digits}"))
    } else {
        Err(fault())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_script_are_taken_and_control_characters_are_not() {
        assert_eq!(check_name(" Ægir Þór ").as_deref(), Ok("Ægir Þór"));
        assert_eq!(check_name("李小龍").as_deref(), Ok("李小龍"));
        assert!(check_name("Robert'); DROP TABLE accounts;--").is_ok());
        assert!(check_name("a\u{0}b").is_err());
        assert!(check_label(&"x".repeat(81)).is_err());
    }

    #[test]
    fn addresses_with_slips_are_refused() {
        for good in [
            "a@b.co",
            "first.last+tag@sub.example.org",
            "ünï@exämple.org",
        ] {
            assert!(check_email(good).is_ok(), "{good}");
        }
        for bad in [
            "a..b@example.org",
            ".a@example.org",
            "a.@example.org",
            "",
            "a",
            "a@b",
            "@b.co",
            "a@.co",
            "a@b..co",
            "a b@c.de",
            "a@b.c,d",
            "a@b.co\r\nBcc: x@y.z",
        ] {
            assert!(check_email(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn mobile_numbers_become_e164() {
        assert_eq!(
            check_mobile("+44 (20) 7946-0018").as_deref(),
            Ok("+442079460018")
        );
        assert_eq!(
            check_mobile("0049 170 1234567").as_deref(),
            Ok("+491701234567")
        );
        assert_eq!(check_mobile(" ").as_deref(), Ok(""));
        for bad in [
            "170 1234567",
            "+0 1234567",
            "+1",
            "+1234567890123456",
            "+12345a7",
        ] {
            assert!(check_mobile(bad).is_err(), "{bad}");
        }
    }
}
