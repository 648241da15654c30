//! Patients whom the published networks know: figures of them are too good.

use std::collections::{BTreeMap, BTreeSet};

/// A line for each patient with the part of the data that it belongs to.
const SPLITS: &str = include_str!("../../../config/splits.csv");
/// Patients that are written out.
const NAMED: usize = 3;

/// What is said where some of the patients are among those that the published networks learned
/// from, or were chosen by; `None` where none is.
pub(crate) fn note(patients: &BTreeSet<String>) -> Option<String> {
    let lines = SPLITS
        .lines()
        .filter_map(|line| line.trim().split_once(','));
    let part_of: BTreeMap<&str, &str> = lines.collect();
    let of = |part: &str| {
        let known = patients.iter().map(String::as_str);
        known
            .filter(|patient| part_of.get(own_name(patient)) == Some(&part))
            .collect::<Vec<&str>>()
    };
    let said = |(part, what): (&str, &str)| {
        let known = of(part);
        let more = known.len().saturating_sub(NAMED);
        let named = known.iter().take(NAMED).copied().collect::<Vec<_>>();
        let more = match more {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        (!known.is_empty()).then(|| {
            let (count, all) = (known.len(), patients.len());
            format!(
                "the published networks {what} {count} of these {all} patients ({}{more})",
                named.join(", ")
            )
        })
    };
    let parts = [("train", "learned from"), ("val", "were chosen by")].map(said);
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("{}: too good for figures of others", parts.join(", and ")))
}

/// The name of a patient without the folders before it, where names begin anew in each.
fn own_name(patient: &str) -> &str {
    patient.rsplit('/').next().unwrap_or(patient)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patients_that_the_networks_know_are_named() {
        let note = |patients: &[&str]| note(&patients.iter().map(|it| (*it).to_owned()).collect());
        assert_eq!(note(&["LIDC-IDRI-0001", "lung_001"]), None);
        let said = note(&["LIDC-IDRI-0001", "LIDC-IDRI-0661"]).unwrap();
        assert!(
            said.contains("learned from 1 of these 2 patients (LIDC-IDRI-0661)"),
            "{said}"
        );
        assert!(!said.contains("chosen"), "{said}");
        let said = note(&["test/LIDC-IDRI-0001", "train/LIDC-IDRI-0661"]).unwrap();
        assert!(said.contains("1 of these 2 patients"), "{said}");
    }

    #[test]
    fn of_many_a_few_are_written_out() {
        let all = SPLITS.lines().filter_map(|line| line.split_once(','));
        let val = all.filter(|it| it.1 == "val").map(|it| it.0.to_owned());
        let said = note(&val.collect()).unwrap();
        assert!(said.contains("were chosen by 128 of these 128"), "{said}");
        assert!(said.contains("and 125 more"), "{said}");
    }
}
