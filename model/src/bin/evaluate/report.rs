//! Means with 95 % intervals over patients, over everything and over groups.

use std::collections::BTreeMap;
use std::fmt;

use model::metric::{Agreement, Confusion};
use model::train::bootstrap::{Interval, interval};
use serde::Serialize;

use crate::evaluate::agreement as readers;
use crate::evaluate::figures::Figures;
use crate::evaluate::nodules::{ByNodule, OfNodule, by_nodule};
use crate::evaluate::patients::{ByPatient, by_patient, patients};
use crate::evaluate::scored::{Scored, is_rated_benign, is_rated_malignant};

/// Means over some images.
#[derive(Debug, Serialize)]
pub(crate) struct Summary {
    images: usize,
    /// Images without a predicted pixel have no precision and are left out of it.
    #[serde(flatten)]
    means: Figures<Interval>,
    /// Where pixels that exactly one reader marked do not count.
    dice_undisputed: Option<Interval>,
    iou_undisputed: Option<Interval>,
    precision_undisputed: Option<Interval>,
    /// Images where one mask is empty: not part of `hd95_mm`.
    hd95_undefined: usize,
    /// Share where at least one pixel of the target was found.
    found: Option<Interval>,
    /// Where at least two readers marked something.
    dice_with_readers: Option<Interval>,
    dice_between_readers: Option<Interval>,
}

/// All figures of a folder.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    images: usize,
    with_target: usize,
    /// Images with a target, each counting once.
    pub(crate) all: Summary,
    /// The same, each patient counting once.
    pub(crate) by_patient: ByPatient,
    /// By number of readers: the network with them, and they with each other.
    agreement: Vec<readers::Agreement>,
    /// And each nodule, all its slices together, once.
    by_nodule: Option<ByNodule>,
    /// What the diameters of nodules are.
    diameters: &'static str,
    /// By size, rating, number of readers, and whether HU are exact.
    groups: BTreeMap<&'static str, Summary>,
    /// All pixels of the images with a target together.
    pooled: Option<Agreement>,
    /// Share of the images without a target where nothing was predicted.
    empty_left_empty: Option<Interval>,
    /// Without the product's postprocessing, where the others are with it: of slices.
    dice_raw: Option<Interval>,
    /// With it, where the others are without: of crops.
    dice_postprocessed: Option<Interval>,
    /// What postprocessing changes.
    postprocessing: Option<Effect>,
    /// Regions that touch no mark, per slice.
    false_regions_per_slice: Option<Interval>,
}

const DIAMETERS_OF_CROPS: &str = "of nodules, as the index of the data says them";
const DIAMETERS_OF_SLICES: &str = "of the ball as large as all marked voxels of the nodule that hang together; of one on a \
     single slice, or on slices that do not touch, of the disc as large as its largest slice; a slice with \
     several nodules goes by the one that is largest there";

type Filter = (&'static str, fn(&Scored) -> bool);

const GROUPS: [Filter; 17] = [
    ("target < 20 px", |s| s.target_px < 20),
    ("target 20 to 99 px", |s| (20..100).contains(&s.target_px)),
    ("target >= 100 px", |s| s.target_px >= 100),
    ("nodule < 6 mm", |s| s.diameter_mm.is_some_and(|d| d < 6.0)),
    ("nodule 6 to 10 mm", |s| {
        s.diameter_mm.is_some_and(|d| (6.0..10.0).contains(&d))
    }),
    ("nodule 10 to 20 mm", |s| {
        s.diameter_mm.is_some_and(|d| (10.0..20.0).contains(&d))
    }),
    ("nodule >= 20 mm", |s| {
        s.diameter_mm.is_some_and(|d| d >= 20.0)
    }),
    ("malignancy <= 3", |s| {
        s.malignancy.is_some_and(is_rated_benign)
    }),
    ("malignancy > 3", |s| {
        s.malignancy.is_some_and(is_rated_malignant)
    }),
    ("exact HU", |s| s.hu_exact == Some(true)),
    ("estimated HU", |s| s.hu_exact == Some(false)),
    ("marked by 2 readers", |s| s.annotators == Some(2)),
    ("marked by 3 or 4 readers", |s| s.annotators > Some(2)),
    ("exact HU, marked by 2 readers", |s| {
        s.hu_exact == Some(true) && s.annotators == Some(2)
    }),
    ("estimated HU, marked by 2 readers", |s| {
        s.hu_exact == Some(false) && s.annotators == Some(2)
    }),
    ("exact HU, marked by 3 or 4 readers", |s| {
        s.hu_exact == Some(true) && s.annotators > Some(2)
    }),
    ("estimated HU, marked by 3 or 4 readers", |s| {
        s.hu_exact == Some(false) && s.annotators > Some(2)
    }),
];

/// Means of the same numbers do not differ by more.
const SAME: f64 = 1e-6;
const ONE_PATIENT: &str = " (one patient: no interval)";

/// The few figures that are looked at first.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} images, {} with a target",
            self.images, self.with_target
        )?;
        let (all, by_patient) = (&self.all.means, &self.by_patient.means);
        // Of masks that no single reader marked anything in, it is the Dice once more.
        let is_other = |it: &Interval| {
            all.dice
                .is_none_or(|dice| (it.mean - dice.mean).abs() > SAME)
        };
        let undisputed = self.all.dice_undisputed.filter(is_other);
        let figures = [
            ("Dice", all.dice),
            ("without postprocessing", self.dice_raw),
            ("with postprocessing", self.dice_postprocessed),
            ("without pixels of one reader", undisputed),
            ("precision", all.precision),
            ("recall", all.recall),
            ("touched", self.all.found),
            ("false regions", self.false_regions_per_slice),
            ("each patient once: Dice", by_patient.dice),
            ("IoU", by_patient.iou),
            ("precision", by_patient.precision),
            ("recall", by_patient.recall),
        ];
        let figures = figures.map(|(name, figure)| Some((name, figure?)));
        let limits = |it: Interval| it.low.zip(it.high);
        let known = || figures.iter().flatten();
        let is_one_patient = known().all(|it| limits(it.1).is_none());
        if is_one_patient && known().next().is_some() {
            f.write_str(ONE_PATIENT)?;
        }
        for &(name, figure) in known() {
            write!(f, ", {name} {:.3}", figure.mean)?;
            match limits(figure) {
                Some((low, high)) => write!(f, " ({low:.3}–{high:.3})")?,
                None if is_one_patient => {}
                None => f.write_str(ONE_PATIENT)?,
            }
        }
        Ok(())
    }
}

/// Sums up.
///
/// # Arguments
/// `nodules`: those of the images, each with all its slices.
pub(crate) fn report(scored: &[Scored], nodules: &[OfNodule]) -> Report {
    let targets: Vec<&Scored> = scored.iter().filter(|s| s.has_target()).collect();
    let groups = GROUPS.iter().filter_map(|(name, wanted)| {
        let group: Vec<&Scored> = targets.iter().copied().filter(|s| wanted(s)).collect();
        (!group.is_empty()).then(|| (*name, summary(&group)))
    });
    let read = |value: fn(&Scored) -> Option<f32>| over(targets.iter().copied(), value);
    Report {
        images: scored.len(),
        with_target: targets.len(),
        all: summary(&targets),
        by_patient: by_patient(&patients(&targets)),
        agreement: readers::agreement(&targets),
        by_nodule: by_nodule(nodules),
        diameters: match scored.first().map(|it| it.kind) {
            Some("slice") => DIAMETERS_OF_SLICES,
            _ => DIAMETERS_OF_CROPS,
        },
        groups: groups.collect(),
        pooled: (!targets.is_empty()).then(|| {
            let counts = targets.iter().map(|s| s.counts);
            counts
                .fold(Confusion::default(), Confusion::merged)
                .agreement()
        }),
        empty_left_empty: over(scored.iter().filter(|s| !s.has_target()), |s| {
            Some(f32::from(u8::from(s.predicted_px == 0)))
        }),
        dice_raw: read(|s| s.dice_raw),
        dice_postprocessed: read(|s| s.dice_postprocessed),
        postprocessing: effect(&targets),
        false_regions_per_slice: over(scored.iter(), |s| s.false_regions.map(|n| n as f32)),
    }
}

fn summary(scored: &[&Scored]) -> Summary {
    let mean = |value: fn(&Scored) -> Option<f32>| over(scored.iter().copied(), value);
    let each = scored.iter().map(|it| (it.patient.as_str(), it.figures()));
    Summary {
        images: scored.len(),
        means: Figures::means(&each.collect::<Vec<_>>()),
        dice_undisputed: mean(|s| Some(s.dice_undisputed)),
        iou_undisputed: mean(|s| Some(s.iou_undisputed)),
        precision_undisputed: mean(|s| s.precision_undisputed),
        hd95_undefined: scored.iter().filter(|s| s.hd95_mm.is_none()).count(),
        found: mean(|s| Some(f32::from(u8::from(s.true_positive_px > 0)))),
        dice_with_readers: mean(|s| s.dice_with_readers),
        dice_between_readers: mean(|s| s.dice_between_readers),
    }
}

fn over<'a>(
    scored: impl Iterator<Item = &'a Scored>,
    value: fn(&Scored) -> Option<f32>,
) -> Option<Interval> {
    interval(scored.filter_map(|s| Some((s.patient.as_str(), f64::from(value(s)?)))))
}

/// The same images with the product's postprocessing less without: over the images with a target.
#[derive(Debug, Serialize)]
pub(crate) struct Effect {
    pub(crate) dice: Option<Interval>,
    /// Of the images where something is predicted both ways.
    pub(crate) precision: Option<Interval>,
    pub(crate) recall: Option<Interval>,
}

/// `None` where only one way was looked at.
fn effect(targets: &[&Scored]) -> Option<Effect> {
    let difference = |value: fn(&Agreement) -> Option<f32>| {
        let pairs = targets.iter().filter_map(|s| {
            let (before, after) = s.before_and_after()?;
            let change = f64::from(value(&after)?) - f64::from(value(&before)?);
            Some((s.patient.as_str(), change))
        });
        interval(pairs)
    };
    let dice = difference(|it| Some(it.dice));
    dice.is_some().then(|| Effect {
        dice,
        precision: difference(|it| it.precision),
        recall: difference(|it| it.recall),
    })
}

/// The same images under two networks: the second less the first.
#[derive(Debug, Serialize)]
pub(crate) struct Paired {
    /// Over the images with a target.
    pub(crate) dice: Option<Interval>,
    iou: Option<Interval>,
    /// Of the images where both predict something.
    precision: Option<Interval>,
    recall: Option<Interval>,
    /// Of the images where both predict something: the less, the better.
    hd95_mm: Option<Interval>,
    /// Where pixels that exactly one reader marked do not count.
    dice_undisputed: Option<Interval>,
    /// Over all slices, of whole slices: the less, the better.
    false_regions_per_slice: Option<Interval>,
    /// Whether the 95 % interval of the Dice lies above zero, or below.
    second_is_better: bool,
    first_is_better: bool,
}

/// Pairs image with image, of those that both networks could score.
pub(crate) fn paired(first: &[Scored], second: &[Scored]) -> Paired {
    let place = |it: &Scored| (it.place, it.slice);
    let second: BTreeMap<(usize, usize), &Scored> =
        second.iter().map(|it| (place(it), it)).collect();
    let pairs = first.iter();
    let pairs: Vec<(&Scored, &Scored)> = pairs
        .filter_map(|a| Some((a, *second.get(&place(a))?)))
        .collect();
    let over = |wanted: fn(&Scored) -> bool, value: fn(&Scored) -> Option<f32>| {
        let differences = pairs
            .iter()
            .filter(|(a, _)| wanted(a))
            .filter_map(|(a, b)| {
                let difference = value(b)? - value(a)?;
                Some((a.patient.as_str(), f64::from(difference)))
            });
        interval(differences)
    };
    let of_targets = |value: fn(&Scored) -> Option<f32>| over(Scored::has_target, value);
    let dice = of_targets(|s| Some(s.dice));
    Paired {
        second_is_better: dice.and_then(|it| it.low).is_some_and(|low| low > 0.0),
        first_is_better: dice.and_then(|it| it.high).is_some_and(|high| high < 0.0),
        dice,
        iou: of_targets(|s| Some(s.iou)),
        precision: of_targets(|s| s.precision),
        recall: of_targets(|s| s.recall),
        hd95_mm: of_targets(|s| s.hd95_mm),
        dice_undisputed: of_targets(|s| Some(s.dice_undisputed)),
        false_regions_per_slice: over(|_| true, |s| s.false_regions.map(|n| n as f32)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Images of so many patients, each with this Dice.
    fn images(patients: usize, dice: f32) -> Vec<Scored> {
        let image = |patient: usize| Scored {
            kind: "slice",
            patient: patient.to_string(),
            place: patient,
            target_px: 9,
            dice,
            dice_undisputed: dice,
            ..Scored::default()
        };
        (0..patients).map(image).collect()
    }

    #[test]
    fn whichever_network_is_better_is_told() {
        let better = |first, second| {
            let pair = paired(&images(4, first), &images(4, second));
            [pair.first_is_better, pair.second_is_better]
        };
        assert_eq!(better(0.7, 0.8), [false, true]);
        assert_eq!(better(0.8, 0.7), [true, false]);
        assert_eq!(better(0.8, 0.8), [false, false]);
    }

    #[test]
    fn an_image_that_one_network_could_not_score_is_not_compared() {
        let (first, mut second) = (images(4, 0.5), images(4, 0.5));
        second[2].dice = 0.75;
        second.remove(1);
        let dice = paired(&first, &second).dice.unwrap();
        assert_eq!(dice.count, 3);
        assert!((dice.mean - 0.25 / 3.0).abs() < 1e-6, "{dice:?}");
    }

    #[test]
    fn false_regions_are_compared_on_slices_without_a_target_and_distances_where_both_have_one() {
        let (mut first, mut second) = (images(4, 0.5), images(4, 0.5));
        for (at, (one, other)) in first.iter_mut().zip(&mut second).enumerate() {
            (one.false_regions, other.false_regions) = (Some(3), Some(1));
            (one.hd95_mm, other.hd95_mm) = (Some(2.0), (at > 0).then_some(5.0));
            (one.precision, other.precision) = ((at > 1).then_some(0.5), Some(0.75));
        }
        first[3].target_px = 0;
        let found = paired(&first, &second);
        let of = |it: Option<Interval>| it.map(|it| (it.count, it.mean));
        assert_eq!(of(found.false_regions_per_slice), Some((4, -2.0)));
        assert_eq!(of(found.hd95_mm), Some((2, 3.0)));
        assert_eq!(of(found.precision), Some((1, 0.25)));
        assert_eq!(found.dice.unwrap().count, 3);
        assert!(found.recall.is_none());
        let crops = paired(&images(2, 0.5), &images(2, 0.5));
        assert!(crops.false_regions_per_slice.is_none());
    }

    #[test]
    fn what_is_said_of_all_figures_is_said_once() {
        let said = |scored: &[Scored]| report(scored, &[]).to_string();
        let one = said(&images(1, 0.5));
        assert_eq!(one.matches("one patient").count(), 1, "{one}");
        let two = said(&images(2, 0.5));
        assert!(!two.contains("one patient"), "{two}");
    }

    #[test]
    fn without_pixels_of_one_reader_nothing_is_said_of_them() {
        let mut scored = images(2, 0.5);
        for image in &mut scored {
            // Half of what is marked is target, and half of the target is marked.
            image.counts = Confusion::count(&[1, 1, 0, 0], &[1, 0, 1, 0]);
        }
        let said = |scored: &[Scored]| report(scored, &[]).to_string();
        assert!(!said(&scored).contains("one reader"));
        scored[0].dice_undisputed = 0.75;
        assert!(said(&scored).contains("without pixels of one reader 0.625"));
    }
}
