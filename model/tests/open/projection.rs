//! Projections and thick slabs: what they show is not of its true size.

use model::open::{NamedFile, Opened, open_series};

use crate::fixture::replace;
use crate::slices::{open, slice, thick};

const SAID: &str = "These are projections (MIP): sizes measured on them are not those of lesions.";

/// The same file with this image type.
fn typed(mut file: NamedFile, image_type: &str) -> NamedFile {
    let next = b"\x08\x00\x16\x00UI";
    let mut text = image_type.as_bytes().to_vec();
    text.resize(text.len().next_multiple_of(2), b' ');
    let length = [text.len() as u8, 0];
    let element = [b"\x08\x00\x08\x00CS", &length[..], &text, next].concat();
    file.bytes = replace(&file.bytes, next, &element);
    file
}

/// Two slices as they were acquired, and three of another type.
fn beside(image_type: &str) -> Vec<NamedFile> {
    let plain = ["0.0", "2.0"].map(|z| typed(slice(z, z, "1.2.3"), "ORIGINAL\\PRIMARY\\AXIAL"));
    let others = ["0.0", "2.0", "4.0"].map(|z| typed(slice(z, z, "1.2.4"), image_type));
    [plain.to_vec(), others.to_vec()].concat()
}

fn opened(files: Vec<NamedFile>, wanted: Option<usize>) -> Opened {
    open_series(files, wanted, &mut |_, _| {}).expect("opens")
}

fn is_said(opened: &Opened) -> bool {
    opened.volume.notes.iter().any(|note| note == SAID)
}

#[test]
fn a_scan_is_opened_before_longer_projections_of_it() {
    for image_type in [
        "DERIVED\\SECONDARY\\MIP",
        "DERIVED\\SECONDARY\\AXIAL\\CT_SOM5 MIP",
        "DERIVED\\SECONDARY\\MINIP",
        "DERIVED\\PRIMARY\\VOLUME\\MAX_IP",
        "DERIVED\\SECONDARY\\PROJECTION IMAGE",
    ] {
        let first = opened(beside(image_type), None);
        assert_eq!(first.volume.slices(), 2, "{image_type}");
        assert!(!is_said(&first));
        let said = "2 series found; the axial CT series with most slices (2) is open, projections (MIP) aside.";
        assert_eq!(first.volume.notes, [said]);
        let other = opened(beside(image_type), Some(1 - first.chosen));
        assert_eq!((other.volume.slices(), is_said(&other)), (3, true));
        let projections: Vec<bool> = first.series.iter().map(|it| it.is_projection).collect();
        assert_eq!(projections, [false, true]);
    }
}

#[test]
fn one_projection_for_a_first_look_does_not_make_a_scan_one() {
    let mut files = vec![typed(
        slice("first", "-2.0", "1.2.3"),
        "DERIVED\\SECONDARY\\MIP",
    )];
    files.extend(["0.0", "2.0"].map(|z| typed(slice(z, z, "1.2.3"), "ORIGINAL\\PRIMARY\\AXIAL")));
    let opened = opened(files, None);
    assert!(!is_said(&opened) && !opened.series[0].is_projection);
}

#[test]
fn what_is_computed_and_no_projection_is_a_scan() {
    let first = opened(beside("DERIVED\\PRIMARY\\AXIAL"), None);
    assert_eq!((first.volume.slices(), is_said(&first)), (3, false));
}

#[test]
fn slices_much_thicker_than_they_are_apart_are_said_to_be_so() {
    let notes = |mm| {
        open(["0", "1", "2"].map(|z| thick(z, mm)).to_vec())
            .expect("opens")
            .notes
    };
    let said =
        "Slices are 5.00 mm thick and 1.00 mm apart: each shows much of what its neighbours show.";
    assert_eq!(notes(*b"5.00"), [said]);
    assert!(notes(*b"2.00").is_empty(), "every place is shown twice");
}
