//! Why a lesion is missing, in words.

use model::follow_up::{Absence, Track};

use super::Examined;

/// In which of the examinations a lesion that was `found` in others was not, and why. Of some
/// (`lacks_lesions`), lesions are left out.
pub(super) fn words(
    absences: &[(usize, Absence)],
    found: &Track,
    visits: &[Examined],
    lacks_lesions: impl Fn(usize) -> bool,
) -> String {
    let first = found.sightings.first().map(|it| it.visit);
    let words = absences.iter().filter_map(|&(visit, absence)| {
        let why = match absence {
            Absence::NotFound | Absence::Uncovered if lacks_lesions(visit) => {
                "not found, and not all lesions are followed"
            }
            Absence::Rejected => "rejected by the reader",
            Absence::Unsegmented => "not found, and not all slices were segmented",
            Absence::Unmatched => "not matched, one of the lesions there may be the same",
            Absence::Uncovered => "not found, and this part of the lung may not be shown",
            Absence::Parted => "you said that the lesion there is another one",
            Absence::NotFound if first == Some(visit + 1) => "not found: new since then",
            Absence::NotFound => "not found",
        };
        Some(format!("{}: {why}.", visits.get(visit)?.day))
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::follow_up::Sighting;
    use uuid::Uuid;

    fn of_three(absences: &[(usize, Absence)], first: usize) -> String {
        let visits = ["2026-01-31", "2026-07-30", "2027-01-31"].map(|day| Examined {
            id: Uuid::nil(),
            day: day.to_owned(),
            number: 0,
            made_with: String::new(),
        });
        let found = Track {
            sightings: vec![Sighting {
                visit: first,
                lesion: 0,
            }],
            lacks_height: false,
        };
        words(absences, &found, &visits, |_| false)
    }

    #[test]
    fn each_examination_has_its_reason() {
        assert_eq!(
            of_three(&[(0, Absence::Rejected), (2, Absence::NotFound)], 1),
            "2026-01-31: rejected by the reader. 2027-01-31: not found."
        );
    }

    #[test]
    fn what_was_not_there_before_it_was_first_found_is_new() {
        assert_eq!(
            of_three(&[(0, Absence::NotFound), (1, Absence::NotFound)], 2),
            "2026-01-31: not found. 2026-07-30: not found: new since then."
        );
    }
}
