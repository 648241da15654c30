//! Which lesions the advice goes by: those that the reader has confirmed, once there are any.

use model::count::counted;
use model::finding::Lesion;

use crate::ui::number::measure;

/// What the advice goes by.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Basis {
    /// Numbers of the lesions that are left out.
    pub(super) left_out: Vec<usize>,
    /// That, in words; none where nothing is marked.
    pub(super) words: Option<String>,
}

impl Basis {
    /// Of lesions with what was said of them. One that the reader has drawn counts as confirmed,
    /// but leaves none of the network's out: whoever adds what is missing has not read the rest.
    pub(super) fn of(lesions: &[Lesion]) -> Self {
        let confirmed = lesions.iter().filter(|it| it.is_confirmed());
        let is_read = confirmed.clone().any(|it| !it.is_drawn());
        let open = lesions.iter().filter(|it| !it.is_confirmed());
        let left_out = open.clone().filter(|_| is_read).map(|it| it.number);
        let left_out: Vec<usize> = left_out.collect();
        let by_confirmed = || {
            let confirmed = counted(confirmed.count(), "lesion");
            [
                "This goes by ",
                &confirmed,
                " that the reader has confirmed",
            ]
            .concat()
        };
        let words = if lesions.is_empty() {
            None
        } else if open.clone().next().is_none() {
            Some(by_confirmed() + ".")
        } else if is_read {
            let lengths = open.filter_map(|it| it.longest_mm);
            let longest = lengths.max_by(f32::total_cmp);
            let longest = longest.map_or_else(String::new, |mm| {
                [", the longest of ", &measure(Some(mm), 1, "mm")].concat()
            });
            let left = counted(left_out.len(), "open one");
            Some([&by_confirmed(), ", without ", &left, &longest, "."].concat())
        } else {
            let all = "This goes by all that is marked: a reader has confirmed none of it.";
            Some(all.to_owned())
        };
        Self { left_out, words }
    }
}

#[cfg(test)]
mod tests {
    use model::finding::Verdict;

    use super::*;
    use crate::engine::state::tests::fixture;

    fn lesion(number: usize, longest_mm: f32, confidence: f32, is_confirmed: bool) -> Lesion {
        Lesion {
            longest_mm: Some(longest_mm),
            confidence,
            judgement: if is_confirmed {
                Verdict::Confirmed
            } else {
                Verdict::Open
            },
            ..fixture::lesion(number)
        }
    }

    #[test]
    fn confirmed_lesions_leave_open_ones_out_and_the_longest_of_these_is_named() {
        let open = [lesion(2, 63.1, 0.9, false), lesion(3, 8.0, 0.7, false)];
        let all = Basis::of(&open);
        assert!(all.left_out.is_empty());
        assert!(all.words.unwrap().contains("all that is marked"));

        let [second, third] = open;
        let one = Basis::of(&[lesion(1, 9.0, 0.8, true), second, third]);
        assert_eq!(one.left_out, [2, 3]);
        let words = "This goes by 1 lesion that the reader has confirmed, without 2 open ones, \
                     the longest of 63.1\u{a0}mm.";
        assert_eq!(one.words.as_deref(), Some(words));
    }

    #[test]
    fn a_lesion_that_is_drawn_leaves_nothing_out() {
        let drawn = lesion(2, 5.0, 0.0, true);
        let with = Basis::of(&[lesion(1, 40.0, 0.9, false), drawn.clone()]);
        assert!(with.left_out.is_empty());
        let alone = Basis::of(&[drawn]);
        let words = "This goes by 1 lesion that the reader has confirmed.";
        assert_eq!(alone.words.as_deref(), Some(words));
        assert_eq!(Basis::of(&[]).words, None);
    }
}
