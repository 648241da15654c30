//! The folder of the results: what its files are called, and that none of a former run stays among
//! them.

use std::path::Path;

use anyhow::{Context, Result};
use model::network::Architecture;
use model::results;

/// What a network's files may be called, whatever of them a run writes.
const FILES: [(&str, &str); 14] = [
    ("per_slice", "csv"),
    ("per_patient", "csv"),
    ("per_nodule", "csv"),
    ("regions-alone", "csv"),
    ("regions-series", "csv"),
    ("regions-slices", "csv"),
    ("calibration", "svg"),
    ("confidence-alone", "svg"),
    ("confidence-series", "svg"),
    ("confidence-slices", "svg"),
    ("dice_by_size", "svg"),
    ("examples", "jpg"),
    ("examples-slices", "jpg"),
    ("froc", "svg"),
];
/// The figures of all networks.
pub(crate) const METRICS: &str = "metrics.json";

/// What tells the networks' files apart: nothing where there is one network, else its architecture
/// and, of several of the same, which of them it is, in their order.
pub(crate) fn marks(networks: &[Architecture]) -> Vec<String> {
    let each = networks.iter().enumerate().map(|(at, network)| {
        let same = |it: &[Architecture]| it.iter().filter(|it| *it == network).count();
        let before = networks.get(..at).unwrap_or_default();
        match (networks.len(), same(networks)) {
            (1, _) => String::new(),
            (_, 1) => format!("-{}", network.id()),
            _ => format!("-{}-{}", network.id(), same(before) + 1),
        }
    });
    each.collect()
}

/// Makes the folder if it is not there yet.
pub(crate) fn create(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("making the folder {}", folder.display()))
}

/// Removes what a former run wrote.
pub(crate) fn clear(folder: &Path) -> Result<()> {
    results::clear(folder, is_ours)
}

fn is_ours(name: &str) -> bool {
    let of_network = |(stem, ending): (&str, &str)| {
        let mark = name
            .strip_prefix(stem)
            .and_then(|rest| rest.strip_suffix(ending)?.strip_suffix('.'));
        mark.is_some_and(is_mark)
    };
    name == METRICS || FILES.into_iter().any(of_network)
}

/// Whether [`marks`] may give it.
fn is_mark(text: &str) -> bool {
    let of = |network: Architecture| {
        let rest = text.strip_prefix('-')?.strip_prefix(network.id())?;
        let number = || rest.strip_prefix('-')?.parse::<usize>().ok();
        // Written as a number may be, "-01" and "-+1" are none of ours.
        Some(rest.is_empty() || number().is_some_and(|it| it > 0 && rest == format!("-{it}")))
    };
    text.is_empty() || Architecture::ALL.into_iter().any(|it| of(it) == Some(true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Architecture::{Unet, Unetpp};

    #[test]
    fn files_of_networks_have_names_of_their_own() {
        assert_eq!(marks(&[Unetpp]), [""]);
        assert_eq!(marks(&[Unet, Unetpp]), ["-unet", "-unetpp"]);
        assert_eq!(marks(&[Unetpp, Unetpp]), ["-unetpp-1", "-unetpp-2"]);
        assert_eq!(
            marks(&[Unetpp, Unet, Unetpp]),
            ["-unetpp-1", "-unet", "-unetpp-2"]
        );
        for networks in [&[Unet][..], &[Unet, Unetpp], &[Unet; 12]] {
            assert!(marks(networks).iter().all(|mark| is_mark(mark)));
        }
    }

    #[test]
    fn only_names_that_the_program_gives_are_its_own() {
        for name in [
            "metrics.json",
            "per_slice.csv",
            "regions-series-unet.csv",
            "confidence-slices-unetpp.svg",
            "examples-slices.jpg",
            "examples-slices-unetpp.jpg",
            "examples-unetpp-12.jpg",
        ] {
            assert!(is_ours(name), "{name}");
        }
        for name in [
            "metrics-unet.json",
            "per_slice.csv.bak",
            "per_slice-old.csv",
            "regions.csv",
            "confidence.svg",
            "examples-mine.jpg",
            "examples.png",
            "examples-unet-.jpg",
            "examples-unet-0.jpg",
            "examples-unet-01.jpg",
            "examples-unet-+1.jpg",
            "examples-unet-final.jpg",
            "frocsvg",
            "Froc.svg",
        ] {
            assert!(!is_ours(name), "{name}");
        }
    }
}
