//! Which answer to "who is signed in?" still counts.

/// Questions to the server, numbered: what is heard meanwhile is newer than their answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Questions {
    number: u32,
    is_open: bool,
}

impl Questions {
    /// Number of the question to ask; `None` while one is on its way.
    pub(super) fn ask(&mut self) -> Option<u32> {
        if self.is_open {
            return None;
        }
        self.is_open = true;
        Some(self.number)
    }

    /// Whether a question is on its way.
    pub(super) fn is_open(self) -> bool {
        self.is_open
    }

    /// Somebody has signed in or out: what was asked before is out of date.
    pub(super) fn outdate(&mut self) {
        self.number = self.number.wrapping_add(1);
        self.is_open = false;
    }

    /// Whether the answer to this question counts.
    pub(super) fn answered(&mut self, number: u32) -> bool {
        let counts = self.is_open && number == self.number;
        if counts {
            self.outdate();
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_from_before_somebody_signed_in_does_not_count() {
        let mut questions = Questions::default();
        let before = questions.ask().unwrap();
        questions.outdate();
        let now = questions.ask().unwrap();
        assert!(!questions.answered(before));
        assert!(questions.is_open(), "the newer one is still on its way");
        assert!(questions.answered(now));
    }

    #[test]
    fn one_question_is_asked_at_a_time() {
        let mut questions = Questions::default();
        let number = questions.ask().unwrap();
        assert_eq!(questions.ask(), None);
        assert!(questions.answered(number));
        assert!(!questions.answered(number));
        assert!(questions.ask().is_some());
    }
}
