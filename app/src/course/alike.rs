//! Which examinations can be compared: what changes with the network or the threshold is not the
//! lesion.

use model::follow_up::Track;
use model::network::Architecture;
use model::settings::Settings;

use super::Visit;
use crate::ui::number::percent;

/// Distances of slices that differ by so many times are unlike.
const UNLIKE: f32 = 1.5;

/// What keeps two examinations from being compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// Both are of one image.
    SameImage,
    /// They were made with another of this.
    MadeWithAnother(&'static str),
}

/// The first thing that keeps `a` and `b` from being compared. Settings that a release before did
/// not keep count as alike; [`remarks`] says so.
pub(super) fn obstacle(a: &Visit, b: &Visit) -> Option<Obstacle> {
    if a.entry.is_of_image_of(&b.entry) {
        return Some(Obstacle::SameImage);
    }
    let settings = a.conditions.settings.zip(b.conditions.settings);
    let differ = |is_another: fn(&Settings, &Settings) -> bool| {
        settings.is_some_and(|(a, b)| is_another(&a, &b))
    };
    let limits = |a: &Settings, b: &Settings| {
        let limits = |it: &Settings| (it.postprocess.threshold, it.postprocess.least_peak);
        limits(a) != limits(b)
    };
    let what = if a.entry.network != b.entry.network {
        "network"
    } else if a.entry.weights_version != b.entry.weights_version {
        "release of the network"
    } else if a.conditions.pipeline_version != b.conditions.pipeline_version {
        "release of this program"
    } else if differ(limits) {
        "threshold"
    } else if differ(|a, b| a.denoise != b.denoise) {
        "noise reduction"
    } else if differ(|a, b| a.postprocess != b.postprocess) {
        "postprocessing"
    } else {
        return None;
    };
    Some(Obstacle::MadeWithAnother(what))
}

/// What the reader must know of changes: that some are not given, because of `differences`, or that
/// some are between examinations of which it `is_unknown` whether they were made alike, or were
/// corrected by hand (`is_corrected`); and `more` of it.
pub(super) fn remarks(
    differences: &[&str],
    is_unknown: bool,
    is_corrected: bool,
    more: impl IntoIterator<Item = String>,
) -> Vec<String> {
    let withheld = (!differences.is_empty()).then(|| {
        format!(
            "Made with another {}: changes are not given. Segment both images alike to see them.",
            differences.join(" or ")
        )
    });
    let unknown = is_unknown.then(|| {
        "Some were saved without their threshold: see in Compare whether it is the same.".to_owned()
    });
    let by_hand = is_corrected
        .then(|| "Some outlines were corrected by hand: a change may be due to that.".to_owned());
    withheld
        .into_iter()
        .chain(unknown)
        .chain(by_hand)
        .chain(more)
        .collect()
}

/// What to think of examinations whose slices lie at unlike distances; `None` where they are alike.
pub(super) fn uneven_slices(visits: &[&Visit]) -> Option<String> {
    let spacings = || visits.iter().filter_map(|v| v.conditions.slice_spacing_mm);
    let (least, most) = (spacings().reduce(f32::min)?, spacings().reduce(f32::max)?);
    (most > least * UNLIKE).then(|| {
        format!(
            "Slices are {least:.2} to {most:.2}\u{a0}mm apart: volumes of small lesions, and their doubling times, \
             depend on that. Rely on diameters, or compare examinations with like slices."
        )
    })
}

/// What to think of sizes that go by what the reader said of a picture, and, where it `has_changes`,
/// of those; `None` where the files know them all.
pub(super) fn by_calibration(visits: &[&Visit], has_changes: bool) -> Option<String> {
    let words = if has_changes {
        "Sizes of some examinations are by the reader’s calibration: a change may be due to that."
    } else {
        "Sizes of some examinations are by the reader’s calibration."
    };
    let is_any = visits.iter().any(|v| v.conditions.is_calibrated);
    is_any.then(|| words.to_owned())
}

/// Whether all slices of an examination were segmented, as far as that is known.
pub(super) fn is_all_segmented(visit: &Visit) -> bool {
    let extent = visit.conditions.extent;
    extent.is_none_or(|extent| extent.segmented >= extent.slices)
}

/// What to think of growth from a diameter that may be that of a part of a lesion.
pub(super) fn of_parts() -> String {
    "Where a lesion may not be segmented as a whole, its diameter may be too short, and a change from diameters too large or \
     too small; no doubling time is given. Segment all slices of both scans to see it."
        .to_owned()
}

/// What to think of lesions that were followed without knowing how high in the lung they lie.
pub(super) fn without_heights(tracks: &[Track]) -> Option<String> {
    tracks.iter().any(|track| track.lacks_height).then(|| {
        "Single slices, parts of the lung, scans with missing slices, and files that do not say where the head is give no \
         heights: their lesions were matched by place within the slice and size only. See in the images that they are the same."
            .to_owned()
    })
}

/// Network and threshold of an examination in words.
pub(super) fn made_with(visit: &Visit) -> String {
    let network = &visit.entry.network;
    let title = match network.parse::<Architecture>() {
        Ok(network) => network.title(),
        Err(_) => network,
    };
    match visit.conditions.settings {
        Some(settings) => format!(
            "{title}, threshold {}",
            percent(settings.postprocess.threshold)
        ),
        None => title.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use model::settings::{Denoise, Postprocess};

    use super::super::tests::visit;
    use super::*;

    fn settings() -> Settings {
        Settings {
            architecture: Architecture::Unet,
            denoise: Denoise::None,
            postprocess: Postprocess::default(),
        }
    }

    fn made(change: impl FnOnce(&mut Visit, &mut Settings)) -> Visit {
        let (mut visit, mut settings) = (visit("2026-01-01", Vec::new()), settings());
        change(&mut visit, &mut settings);
        visit.conditions.settings.get_or_insert(settings);
        visit
    }

    #[test]
    fn another_network_or_other_settings_are_in_the_way() {
        let first = made(|_, _| ());
        assert_eq!(obstacle(&first, &first), None);
        for (what, other) in [
            (
                "network",
                made(|v, _| v.entry.network = "unetpp".to_owned()),
            ),
            (
                "release of the network",
                made(|v, _| v.entry.weights_version = "2".to_owned()),
            ),
            (
                "release of this program",
                made(|v, _| v.conditions.pipeline_version = 1),
            ),
            ("threshold", made(|_, s| s.postprocess.threshold = 0.4)),
            ("threshold", made(|_, s| s.postprocess.least_peak = 0.9)),
            ("noise reduction", made(|_, s| s.denoise = Denoise::Median)),
            ("postprocessing", made(|_, s| s.postprocess.smooth = false)),
        ] {
            assert_eq!(
                obstacle(&first, &other),
                Some(Obstacle::MadeWithAnother(what))
            );
        }
    }

    #[test]
    fn one_image_has_no_change() {
        let image = made(|v, _| v.entry.digest = "ab".to_owned());
        assert_eq!(obstacle(&image, &image), Some(Obstacle::SameImage));
    }

    #[test]
    fn analyses_of_a_release_before_are_compared_with_a_remark() {
        let before = visit("2026-01-01", Vec::new());
        assert_eq!(obstacle(&before, &made(|_, _| ())), None);
        assert_eq!(made_with(&before), "U-Net");
        assert_eq!(made_with(&made(|_, _| ())), "U-Net, threshold 50\u{a0}%");
        assert_eq!(remarks(&[], false, false, None), [""; 0]);
        let both = remarks(&["network", "threshold"], true, false, None);
        assert!(
            both[0].starts_with("Made with another network or threshold: changes are not given.")
        );
        assert_eq!(both.len(), 2);
    }

    #[test]
    fn sizes_by_calibration_are_told() {
        let [file, reader] = [false, true].map(|it| made(|v, _| v.conditions.is_calibrated = it));
        assert_eq!(by_calibration(&[&file, &file], true), None);
        let words = |has_changes| by_calibration(&[&file, &reader], has_changes).unwrap();
        assert!(words(true).contains("the reader’s calibration: a change"));
        assert!(words(false).ends_with("by the reader’s calibration."));
    }

    #[test]
    fn slices_at_unlike_distances_are_told() {
        let apart = |mm| made(|v, _| v.conditions.slice_spacing_mm = mm);
        let (thin, near, thick, unknown) = (
            apart(Some(1.25)),
            apart(Some(1.5)),
            apart(Some(5.0)),
            apart(None),
        );
        assert_eq!(uneven_slices(&[&thin, &near, &unknown]), None);
        let words = uneven_slices(&[&thick, &unknown, &thin]).unwrap();
        assert!(
            words.starts_with("Slices are 1.25 to 5.00\u{a0}mm apart"),
            "{words}"
        );
    }
}
