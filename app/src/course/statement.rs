//! What a reader may say of two lesions.

use serde::{Deserialize, Serialize};

/// Whether two lesions are one; sent as `true`, `false` and `null`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Option<bool>", into = "Option<bool>")]
pub enum Statement {
    /// They are one.
    One,
    /// They are not.
    NotOne,
    /// What was said of them is taken back.
    TakenBack,
}

impl Statement {
    /// That they are one, or are not.
    pub fn of(is_one: bool) -> Self {
        if is_one { Self::One } else { Self::NotOne }
    }
}

impl From<Option<bool>> for Statement {
    fn from(is_one: Option<bool>) -> Self {
        is_one.map_or(Self::TakenBack, Self::of)
    }
}

impl From<Statement> for Option<bool> {
    fn from(statement: Statement) -> Self {
        match statement {
            Statement::One => Some(true),
            Statement::NotOne => Some(false),
            Statement::TakenBack => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Statement::{self, NotOne, One, TakenBack};

    #[test]
    fn statements_are_sent_as_pages_of_earlier_releases_send_them() {
        for (statement, sent) in [(One, "true"), (NotOne, "false"), (TakenBack, "null")] {
            assert_eq!(serde_json::to_string(&statement).unwrap(), sent);
            assert_eq!(serde_json::from_str::<Statement>(sent).unwrap(), statement);
        }
    }
}
