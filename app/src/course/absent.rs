//! Why a lesion is missing, in words.

use model::follow_up::Absence;

use super::Examined;

/// In which of the examinations a lesion was not found, and why. Of some (`lacks_lesions`), smaller
/// lesions are left out.
pub(super) fn words(
    absences: &[(usize, Absence)],
    visits: &[Examined],
    lacks_lesions: impl Fn(usize) -> bool,
) -> String {
    let words = absences.iter().filter_map(|&(visit, absence)| {
        let why = match absence {
            Absence::NotFound | Absence::Uncovered if lacks_lesions(visit) => {
                "not found, and smaller lesions are left out"
            }
            Absence::Rejected => "rejected by the reader",
            Absence::Unsegmented => "not found, and not all slices were segmented",
            Absence::Unmatched => "not matched, one of the lesions there may be the same",
            Absence::Uncovered => "not found, and this part of the lung may not be shown",
            Absence::NotFound => "not found",
        };
        Some(format!("{}: {why}.", visits.get(visit)?.day))
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn each_examination_has_its_reason() {
        let visits = ["2026-01-31", "2026-07-30"].map(|day| Examined {
            id: Uuid::nil(),
            day: day.to_owned(),
            number: 0,
            made_with: String::new(),
        });
        assert_eq!(
            words(
                &[(0, Absence::Rejected), (1, Absence::NotFound)],
                &visits,
                |_| false
            ),
            "2026-01-31: rejected by the reader. 2026-07-30: not found."
        );
    }
}
