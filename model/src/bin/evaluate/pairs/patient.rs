//! Whose a scan is, told from its name.

use std::collections::BTreeMap;

use super::Pair;

/// Folders that hold the cases of many patients.
const PARTS: [&str; 13] = [
    "train",
    "training",
    "val",
    "valid",
    "validation",
    "test",
    "testing",
    "data",
    "dataset",
    "cases",
    "patients",
    "scans",
    "volumes",
];
/// How patients of some collections are called: what their names begin with, and how many letters
/// and digits follow. What follows after that tells series apart.
const COLLECTIONS: [(&str, usize); 3] = [("LIDC-IDRI-", 4), ("LUNG1-", 3), ("Lung_Dx-", 5)];
/// Between a patient's name and the place of a slice that is a file of its own, a number.
const SLICE_PLACE: &str = "_z";

/// Whether names begin anew in each of such folders: a scan of one is called as one of another is.
pub(super) fn begin_anew(pairs: &[Pair]) -> bool {
    let mut part_of = BTreeMap::new();
    pairs.iter().any(|pair| {
        let (part, name) = part_and_name(&pair.name);
        *part_of.entry((name, pair.is_picture())).or_insert(part) != part
    })
}

/// Whose a scan of this name is: of a folder in a folder, whose the outer one is.
///
/// # Arguments
/// `begins_anew`: whether patients of two parts that have one name are two.
pub(super) fn patient_of(scan: &str, begins_anew: bool) -> String {
    let (_, within) = part_and_name(scan);
    let name = within.split('/').next().unwrap_or(within);
    let is_place = |(at, word): &(usize, &str)| {
        let rest = name.get(at + word.len()..).unwrap_or_default();
        let number = rest.strip_prefix(['-', '+']).unwrap_or(rest);
        number.starts_with(|it: char| it.is_ascii_digit())
    };
    let place = name.match_indices(SLICE_PLACE).find(is_place);
    let patient = place.and_then(|(at, _)| name.get(..at)).unwrap_or(name);
    let patient = in_collection(patient).unwrap_or(patient);
    // `sub-01_ses-02` is the second session of a subject (BIDS).
    let subject = patient.split_once("_ses-").map(|it| it.0);
    let patient = subject
        .filter(|it| it.starts_with("sub-"))
        .unwrap_or(patient);
    called(scan, patient, begins_anew)
}

/// The patient of a collection whose name a scan's begins with.
fn in_collection(name: &str) -> Option<&str> {
    COLLECTIONS.iter().find_map(|(begin, length)| {
        let end = begin.len() + length;
        let (id, after) = (name.strip_prefix(begin)?.get(..*length)?, name.get(end..)?);
        let is_id = id.chars().all(|it| it.is_ascii_alphanumeric());
        let ends = !after.starts_with(|it: char| it.is_ascii_alphanumeric());
        name.get(..end).filter(|_| is_id && ends)
    })
}

/// How a patient is called in figures, of whom a scan is, and who has a name in the folders of it.
pub(super) fn called(scan: &str, patient: &str, begins_anew: bool) -> String {
    let part = if begins_anew {
        part_and_name(scan).0
    } else {
        ""
    };
    format!("{part}{patient}")
}

/// The folders of many patients before a name, with their last `/`, and what the scan is called
/// there.
pub(super) fn part_and_name(name: &str) -> (&str, &str) {
    let mut within = name;
    while let Some((outer, inner)) = within.split_once('/')
        && PARTS.contains(&outer.to_lowercase().as_str())
    {
        within = inner;
    }
    name.split_at(name.len() - within.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_of_a_patient_are_of_one_patient() {
        let patient_of = |name| patient_of(name, false);
        assert_eq!(patient_of("LIDC-IDRI-0661_z-074.75"), "LIDC-IDRI-0661");
        for name in ["P_z12", "P_z+12.5", "P_z-0", "P_z7_z8"] {
            assert_eq!(patient_of(name), "P", "{name}");
        }
        assert_eq!(patient_of("P1/second"), "P1");
        for name in ["Train/P1_z-3", "train/P1/second", "data/train/P1"] {
            assert_eq!(patient_of(name), "P1", "{name}");
        }
        for name in ["sub-01_ses-02", "sub-01/ses-02/anat"] {
            assert_eq!(patient_of(name), "sub-01", "{name}");
        }
        for name in [
            "LIDC-IDRI-0132_2",
            "LIDC-IDRI-0132-b_z-7.5",
            "LIDC-IDRI-0132/1.3.6",
        ] {
            assert_eq!(patient_of(name), "LIDC-IDRI-0132", "{name}");
        }
        assert_eq!(patient_of("Lung_Dx-A0003_B70f"), "Lung_Dx-A0003");
        for name in ["LIDC-IDRI-01", "LIDC-IDRI-01322", "LUNG1-001"] {
            assert_eq!(patient_of(name), name);
        }
        for name in ["lung_001", "P_zone", "P_z", "P_z-a", "P_ses-1"] {
            assert_eq!(patient_of(name), name);
        }
    }

    #[test]
    fn where_names_begin_anew_a_patient_is_one_of_a_part() {
        let patient_of = |name| patient_of(name, true);
        assert_eq!(patient_of("train/001"), "train/001");
        assert_eq!(patient_of("data/Test/001_z-3"), "data/Test/001");
        assert_eq!(patient_of("train/P1/second"), "train/P1");
        assert_eq!(patient_of("P1/second"), "P1");
    }
}
