//! What is recommended, and whom to consult.

use super::{Count, Seen, SizeClass, Urgency};

/// Where nothing was found.
pub(super) fn of_nothing(seen: Seen) -> Vec<&'static str> {
    let mut actions: Vec<&'static str> = search_on(seen).into_iter().collect();
    actions.extend([
        "Have the whole scan read by a radiologist.",
        "With symptoms (cough, blood in sputum, weight loss) or a high risk, see a physician \
         regardless of this result.",
        "Decide nothing by this result alone: when to look again follows from the radiologist’s \
         reading.",
    ]);
    actions
}

/// After findings of this size class, most important first.
pub(super) fn of(size: SizeClass, count: Count, seen: Seen) -> Vec<&'static str> {
    let mut actions = match (size, count.separate > 1) {
        (SizeClass::Unknown, _) => {
            vec!["Measure the finding on the original scan before planning any follow-up."]
        }
        (SizeClass::Below6, _) => vec![
            match seen {
                Seen::Whole => "Low risk: no routine follow-up.",
                Seen::CutOff | Seen::Gap | Seen::Part | Seen::Slice => {
                    "Have all of it measured, on every slice: only a nodule below 6\u{a0}mm \
                     throughout needs no routine follow-up at low risk."
                }
            },
            "High risk (smoking, family history, upper lobe, spiculation): optional CT at 12 months.",
        ],
        (SizeClass::From6To8, false) => vec![
            "CT at 6 to 12 months.",
            "Then CT at 18 to 24 months: to be considered at low risk, recommended at high risk.",
        ],
        (SizeClass::From6To8, true) => vec![
            "CT at 3 to 6 months.",
            "Then CT at 18 to 24 months: to be considered at low risk, recommended at high risk.",
        ],
        (SizeClass::Above8, false) => {
            vec!["Consider CT at 3 months, PET/CT or tissue sampling."]
        }
        (SizeClass::Above8, true) => vec![
            "CT at 3 to 6 months.",
            "Then CT at 18 to 24 months: to be considered at low risk, recommended at high risk.",
            "Consider PET/CT or tissue sampling of the most suspicious nodule.",
        ],
        (SizeClass::From15, _) => vec![
            "Refer for further clinical evaluation now.",
            "Diagnostic chest CT with or without contrast, PET/CT, tissue sampling, as the \
             clinical evaluation indicates.",
        ],
        (SizeClass::Mass, _) => vec![
            "Refer urgently to a lung cancer team.",
            "Diagnostic CT of chest and upper abdomen, PET/CT and tissue sampling, as the \
             clinical evaluation indicates.",
        ],
    };
    if size.urgency() < Urgency::Prompt
        && let Some(first) = search_on(seen)
    {
        actions.insert(0, first);
    }
    if count.marked > 1 {
        actions.push(if count.drawn < count.marked {
            "Of several marks, some are likely false (in tests more than half were): reject those \
             first. The most suspicious nodule guides management; it need not be the largest."
        } else {
            "The most suspicious nodule guides management; it need not be the largest."
        });
    }
    actions.push(match size {
        SizeClass::From15 | SizeClass::Mass => {
            "Compare with earlier scans, if there are any; do not wait for them."
        }
        SizeClass::Unknown => "Compare with earlier scans, if there are any.",
        _ => "Compare with earlier scans: a solid nodule unchanged for two years is likely benign.",
    });
    actions.extend(match size {
        SizeClass::Below6 | SizeClass::From6To8 | SizeClass::Above8 => Some(
            "Confirm on thin slices (1.5\u{a0}mm or less): the intervals above hold for solid \
             nodules; part-solid and ground-glass ones follow others.",
        ),
        SizeClass::Unknown | SizeClass::From15 => {
            Some("Confirm on thin slices (1.5\u{a0}mm or less).")
        }
        SizeClass::Mass => None,
    });
    actions
}

/// Whom to consult.
pub(super) fn consultations(size: SizeClass) -> Vec<&'static str> {
    let radiologist = "Radiologist, to confirm and measure the finding";
    match size {
        SizeClass::Below6 => vec![radiologist, "General practitioner, to weigh risk factors"],
        SizeClass::Unknown | SizeClass::From6To8 => {
            vec![radiologist, "Pulmonologist, to plan the follow-up"]
        }
        SizeClass::Above8 => vec![
            radiologist,
            "Pulmonologist, within weeks",
            "Lung nodule board, on PET/CT or biopsy",
        ],
        SizeClass::From15 | SizeClass::Mass => vec![
            radiologist,
            "Pulmonologist, within days",
            "Thoracic surgeon and oncologist, in a tumour board",
        ],
    }
}

/// What comes first where slices were not searched.
fn search_on(seen: Seen) -> Option<&'static str> {
    match seen {
        Seen::Part => {
            Some("Segment the whole series first: other slices may show more, or larger.")
        }
        Seen::Slice => {
            Some("Open the whole series, if there is one: other slices may show more, or larger.")
        }
        Seen::Whole | Seen::CutOff | Seen::Gap => None,
    }
}
