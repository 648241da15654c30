//! Letters of lesions that stay whatever the reader says of them: on prints and in letters to
//! others they name a lesion.

use std::collections::BTreeMap;

use model::follow_up::{Examination, Said, Sighting, Track, tracks};

/// What a lesion is called, and its place in the order of letters, which its colour goes by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) name: String,
    pub(super) place: usize,
}

/// Letters of `followed`, which are in the order in which they begin. They go by what place and
/// size alone come to, in the order of first appearance: examination, then lesion in it. What the
/// reader joins has the letter of its first lesion; what is parted is `A` and `A2`.
pub(super) fn letters(visits: &[Examination<'_>], followed: &[Track]) -> Vec<Letter> {
    let mut letter_of: BTreeMap<Sighting, usize> = BTreeMap::new();
    for (letter, track) in tracks(visits, &Said::default()).iter().enumerate() {
        letter_of.extend(track.sightings.iter().map(|it| (*it, letter)));
    }
    let mut parts: BTreeMap<usize, usize> = BTreeMap::new();
    let letters = followed.iter().map(|track| {
        let first = track.sightings.first();
        let letter = first.and_then(|it| letter_of.get(it)).copied().unwrap_or(0);
        let part = parts.entry(letter).or_insert(0);
        *part += 1;
        let name = name(letter);
        Letter {
            place: letter + *part - 1,
            name: match *part {
                1 => name,
                part => name + &part.to_string(),
            },
        }
    });
    letters.collect()
}

/// `A` to `Z`, then `AA`, `AB`, …
fn name(index: usize) -> String {
    let letter = char::from(b'A' + (index % 26) as u8);
    match index / 26 {
        0 => letter.to_string(),
        more => name(more - 1) + &letter.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{lesion, visit};
    use super::super::{Course, Paired, Visit};
    use super::*;
    use model::saved::SavedLesion;
    use uuid::Uuid;

    #[test]
    fn names_do_not_end() {
        let names = [0, 25, 26, 27, 51, 52, 701, 702].map(name);
        assert_eq!(names, ["A", "Z", "AA", "AB", "AZ", "BA", "ZZ", "AAA"]);
    }

    fn numbered(lesions: &[(f32, f32)]) -> Vec<SavedLesion> {
        let lesions = lesions.iter().zip(1..);
        let lesions = lesions.map(|(&(longest_mm, left), number)| SavedLesion {
            number,
            ..lesion(longest_mm, left)
        });
        lesions.collect()
    }

    /// Letter, and number in each examination.
    fn found(visits: &[Visit], said: &[([usize; 2], bool)]) -> Vec<(String, Vec<usize>)> {
        let said = said.iter().map(|&(lesions, is_one)| Paired {
            analyses: [visits[0].entry.id, visits[1].entry.id],
            lesions,
            is_one,
            is_carried: false,
        });
        let course = Course::of_images(visits, &said.collect::<Vec<_>>());
        let of = |it: &super::super::Followed| {
            let numbers = it.points.iter().map(|it| it.lesion.number);
            (it.name.clone(), numbers.collect())
        };
        let mut found: Vec<_> = course.lesions.iter().map(of).collect();
        found.sort();
        found
    }

    #[test]
    fn no_letter_is_anothers_after_something_was_said() {
        let mut visits = [
            visit("2026-01-31", numbered(&[(9.0, 0.1), (8.0, 0.5)])),
            visit(
                "2026-07-30",
                numbered(&[(30.0, 0.9), (9.0, 0.1), (8.0, 0.5), (7.0, 0.7)]),
            ),
        ];
        for (id, visit) in (1..).zip(&mut visits) {
            visit.entry.id = Uuid::from_u128(id);
        }
        let expect = |said: &[_], letters: &[(&str, &[usize])]| {
            let letters = letters
                .iter()
                .map(|(name, it)| ((*name).to_owned(), it.to_vec()));
            assert_eq!(found(&visits, said), letters.collect::<Vec<_>>());
        };
        expect(
            &[],
            &[("A", &[1, 2]), ("B", &[2, 3]), ("C", &[1]), ("D", &[4])],
        );
        expect(
            &[([1, 1], true)],
            &[("A", &[1, 1]), ("A2", &[2]), ("B", &[2, 3]), ("D", &[4])],
        );
        expect(
            &[([1, 2], false)],
            &[
                ("A", &[1]),
                ("A2", &[2]),
                ("B", &[2, 3]),
                ("C", &[1]),
                ("D", &[4]),
            ],
        );
    }
}
