//! What people type, and the rules for it: checked in the browser as a courtesy, on the
//! server as law. Hand-written because a validation library would weigh more in the page
//! than these few rules.

pub mod day;
pub mod password;
pub mod person;

use serde::{Deserialize, Serialize};

pub use day::Day;
pub use password::check_password;
pub use person::{GENDERS, Person, check_email, check_label, genders};

use crate::api::ApiError;

/// The form of the registration page, and of the profile.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PersonForm {
    /// Name.
    pub name: String,
    /// E-mail address, also to sign in with.
    pub email: String,
    /// Age in years.
    pub age: u16,
    /// One of [`GENDERS`], or empty.
    pub gender: String,
    /// Mobile number, international, as typed; may be empty.
    pub mobile: String,
    /// The password, exactly as typed: of a new account the one that it shall have, of a changed
    /// profile the present one, which only another address or number needs.
    pub password: String,
}

/// The form of the sign-in page.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Credentials {
    /// E-mail address.
    pub email: String,
    /// Password.
    pub password: String,
}

/// Another password.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PasswordChange {
    /// The present one.
    pub current: String,
    /// The new one.
    pub new: String,
}

/// What a change of the second factor asks for.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SecondProof {
    /// The present password.
    pub password: String,
    /// A code of the app, or a recovery code.
    pub code: String,
}

/// A new password by letter.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NewPassword {
    /// From the letter's link.
    pub token: String,
    /// The new password.
    pub password: String,
}

impl PersonForm {
    /// What it says about somebody.
    ///
    /// # Errors
    /// The first field but the password that cannot be taken.
    pub fn person(&self) -> Result<Person, ApiError> {
        Person::parse(
            &self.name,
            &self.email,
            self.age,
            &self.gender,
            &self.mobile,
        )
    }

    /// All fields but the password that cannot be taken.
    pub fn faults(&self) -> Vec<ApiError> {
        let faults = person::faults(
            &self.name,
            &self.email,
            self.age,
            &self.gender,
            &self.mobile,
        );
        faults.into_iter().flatten().collect()
    }

    /// The same of somebody who registers, with the password.
    pub fn faults_of_new(&self) -> Vec<ApiError> {
        let mut faults = self.faults();
        faults.extend(check_password(&self.password).err());
        faults
    }
}

/// Forms hold passwords and personal data: none of their fields is ever printed.
macro_rules! print_name_only {
    ($($form:ident),*) => {$(
        impl std::fmt::Debug for $form {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($form)).finish_non_exhaustive()
            }
        }
    )*};
}
print_name_only!(
    Person,
    PersonForm,
    Credentials,
    PasswordChange,
    SecondProof,
    NewPassword
);

#[cfg(test)]
mod tests {
    use super::*;

    fn registration() -> PersonForm {
        PersonForm {
            name: "Ada Lovelace".to_owned(),
            email: "ada@example.org".to_owned(),
            password: "correct horse battery".to_owned(),
            age: 36,
            gender: "female".to_owned(),
            mobile: "+44 20 7946 0018".to_owned(),
        }
    }

    #[test]
    fn a_complete_form_is_taken_and_a_fault_names_its_field() {
        assert_eq!(registration().faults_of_new(), []);
        let fields = |form: &PersonForm| {
            let field = |fault| match fault {
                ApiError::Invalid { field, .. } => field,
                other => panic!("{other:?}"),
            };
            let faults = form.faults_of_new().into_iter().map(field);
            faults.collect::<Vec<_>>().join(" ")
        };
        let field = |change: fn(&mut PersonForm)| {
            let mut form = registration();
            change(&mut form);
            assert_eq!(form.person().is_err(), !form.faults().is_empty());
            fields(&form)
        };
        assert_eq!(field(|f| f.name.clear()), "name");
        assert_eq!(field(|f| f.email = "ada".to_owned()), "email");
        assert_eq!(field(|f| f.password = "short".to_owned()), "password");
        assert_eq!(field(|f| f.age = 5), "age");
        assert_eq!(field(|f| f.gender = "?".to_owned()), "gender");
        assert_eq!(field(|f| f.mobile = "12".to_owned()), "mobile");
        assert_eq!(field(|f| f.gender.clear()), "");
        assert_eq!(field(|f| f.mobile.clear()), "");
        let all = "name email age password";
        assert_eq!(fields(&PersonForm::default()), all);
    }

    #[test]
    fn asvs_16_2_5_a_form_never_prints_what_was_typed() {
        let text = format!("{:?}", registration());
        assert!(!text.contains("horse") && !text.contains("ada"));
    }
}
