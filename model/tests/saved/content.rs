//! Documents: there and back, and every contradiction refused.

use model::calliper::{Calliper, Crossing, Enclosed};
use model::saved::{Saved, SavedError, content, envelope, limit, runs};
use proptest::prelude::*;

use crate::example::{header, lay_out, pack, small, unpack};

#[test]
fn a_document_comes_back() {
    let (saved, maps) = small();
    let bytes = unpack(&pack(&lay_out(&saved, &maps))).unwrap();
    let back = content::parse(&bytes).unwrap();
    assert_eq!(back.saved, saved);
    for (mask, map) in back.masks.iter().zip(&maps) {
        assert_eq!(&runs::decode(mask, map.len()).unwrap(), map);
    }
}

#[test]
fn figures_come_back_to_the_last_bit() {
    let (mut saved, maps) = small();
    saved.slice_spacing_mm = Some(0.1 + 0.2);
    saved.summary.findings[0].mean_value = f32::MIN_POSITIVE;
    saved.slices[0].total_ms = 1.0 / 3.0;
    saved.is_calibrated = true;
    let bytes = lay_out(&saved, &maps);
    assert_eq!(content::parse(&bytes).unwrap().saved, saved);
}

proptest! {
    #[test]
    fn a_cut_or_longer_content_is_refused(share in 0.0_f64..1.0, more in 1_usize..9) {
        let (saved, maps) = small();
        let bytes = lay_out(&saved, &maps);
        let cut = (bytes.len() as f64 * share) as usize;
        prop_assert!(content::parse(&bytes[..cut]).is_err());
        let longer = [bytes.as_slice(), &vec![0; more]].concat();
        prop_assert_eq!(content::parse(&longer).unwrap_err(), SavedError::Length);
    }

    #[test]
    fn texts_of_every_script_come_back(label in "\\PC{1,80}") {
        let (mut saved, maps) = small();
        saved.label.clone_from(&label);
        if label.len() <= limit::TEXT_BYTES {
            let bytes = lay_out(&saved, &maps);
            prop_assert_eq!(content::parse(&bytes).unwrap().saved.label, label);
        }
    }
}

/// What `change` makes of a good header is refused.
fn refused(change: impl Fn(&mut Saved)) -> SavedError {
    let (mut saved, maps) = small();
    change(&mut saved);
    let masks: Vec<Vec<u8>> = maps.iter().map(|map| runs::encode(map)).collect();
    content::lay_out(&saved, &masks).unwrap_err()
}

/// A line measured by hand.
fn line(slice: usize, col: f64) -> Calliper {
    Calliper {
        slice,
        from: (0.5, 0.25),
        to: (2.0, col),
        enclosed: None,
        crossing: None,
    }
}

#[test]
fn lines_measured_by_hand_come_back() {
    let (mut saved, maps) = small();
    saved.lines = vec![line(0, -1.5), line(saved.scan_slices - 1, 3.0)];
    let bytes = lay_out(&saved, &maps);
    assert_eq!(content::parse(&bytes).unwrap().saved.lines, saved.lines);
}

#[test]
fn ellipses_come_back_and_lines_are_as_earlier_releases_wrote_them() {
    let (mut saved, maps) = small();
    saved.lines = vec![line(0, 3.0)];
    let lines_alone = lay_out(&saved, &maps);
    assert!(!lines_alone.windows(8).any(|it| it == b"enclosed"));
    let enclosed = Some(Enclosed {
        area_px: 2,
        mean_value: -41.5,
        sd_value: Some(0.75),
        min_value: -42,
        max_value: -41,
    });
    let ellipse = Calliper {
        enclosed,
        ..line(0, 4.0)
    };
    saved.lines.push(ellipse);
    let bytes = lay_out(&saved, &maps);
    assert_eq!(content::parse(&bytes).unwrap().saved.lines, saved.lines);
}

/// A line with a second axis.
fn crossed(first: f64, second: f64) -> Calliper {
    let crossing = Crossing {
        along: -0.1,
        first,
        second,
    };
    Calliper {
        crossing: Some(crossing),
        ..line(0, 3.0)
    }
}

#[test]
fn second_axes_come_back_to_the_last_bit_and_lines_without_one_are_as_before() {
    let (mut saved, maps) = small();
    saved.lines = vec![line(0, 3.0)];
    let without = lay_out(&saved, &maps);
    assert!(!without.windows(8).any(|it| it == b"crossing"));
    saved.lines.push(crossed(1.0 / 3.0, -2.1));
    let bytes = lay_out(&saved, &maps);
    assert_eq!(content::parse(&bytes).unwrap().saved.lines, saved.lines);
}

#[test]
fn the_number_of_a_series_comes_back_and_documents_without_one_are_read() {
    let (mut saved, maps) = small();
    let without = lay_out(&saved, &maps);
    let spells = |bytes: &[u8]| bytes.windows(13).any(|it| it == b"series_number");
    assert!(!spells(&without));
    assert_eq!(content::parse(&without).unwrap().saved.series_number, None);
    saved.series_number = Some(12);
    let bytes = lay_out(&saved, &maps);
    assert_eq!(
        content::parse(&bytes).unwrap().saved.series_number,
        Some(12)
    );
}

#[test]
fn gaps_come_back_and_documents_without_any_are_read() {
    let (mut saved, maps) = small();
    let without = lay_out(&saved, &maps);
    assert!(!without.windows(4).any(|it| it == b"gaps"));
    assert!(content::parse(&without).unwrap().saved.gaps.is_empty());
    saved.gaps = vec![1, 3];
    let bytes = lay_out(&saved, &maps);
    assert_eq!(content::parse(&bytes).unwrap().saved.gaps, [1, 3]);
    assert_eq!(refused(|s| s.gaps = vec![0; 2001]), SavedError::TooLarge);
}

#[test]
fn contradictions_are_refused() {
    let changes: [fn(&mut Saved); 18] = [
        |s| s.slices.swap(0, 1),
        |s| s.slices[1].slice = s.slices[0].slice,
        |s| s.scan_slices = 4,
        |s| s.summary.findings[0].slice = 3,
        |s| s.lesions[0].key_slice = 0,
        |s| s.rows = 0,
        |s| s.digest.truncate(63),
        |s| s.digest = "G".repeat(64),
        |s| s.digest = "A".repeat(64),
        |s| s.rows = 7,
        |s| s.lines = vec![line(s.scan_slices, 1.0)],
        |s| s.lines = vec![line(0, 1e300)],
        |s| s.lines = vec![crossed(1.0, 2.0)],
        |s| s.lines = vec![crossed(0.0, 2.0)],
        |s| s.lines = vec![crossed(-1.0, 1e6)],
        |s| {
            s.lines = vec![Calliper {
                enclosed: Some(Enclosed::default()),
                ..crossed(-1.0, 1.0)
            }];
        },
        |s| s.instance_numbers = vec![1; s.scan_slices + 1],
        |s| s.instance_numbers = vec![i32::MAX as usize + 1; s.scan_slices],
    ];
    for (i, change) in changes.into_iter().enumerate() {
        let error = refused(change);
        assert!(
            matches!(error, SavedError::Inconsistent | SavedError::Length),
            "{i}: {error:?}"
        );
    }
    let (mut saved, _) = small();
    saved.slices.clear();
    saved.summary.findings.clear();
    saved.lesions.clear();
    let none: [&[u8]; 0] = [];
    assert_eq!(
        content::lay_out(&saved, &none),
        Err(SavedError::Inconsistent)
    );
    let (saved, maps) = small();
    let one = [runs::encode(&maps[0])];
    assert_eq!(
        content::lay_out(&saved, &one),
        Err(SavedError::Inconsistent)
    );
}

#[test]
fn forged_sizes_are_refused_before_memory_is_taken() {
    assert_eq!(refused(|s| s.rows = usize::MAX), SavedError::TooLarge);
    assert_eq!(refused(|s| s.cols = limit::EDGE + 1), SavedError::TooLarge);
    assert_eq!(
        refused(|s| s.scan_slices = limit::SLICES + 1),
        SavedError::TooLarge
    );
    assert_eq!(refused(|s| s.label = "x".repeat(601)), SavedError::TooLarge);
    let many = |s: &mut Saved| {
        let lesion = r#"{"number":1,"slices":[0,0],"key_slice":0,"confidence":0.5}"#;
        let lesion = serde_json::from_str(lesion).unwrap();
        s.summary.lesions = vec![lesion; limit::FINDINGS + 1];
    };
    assert_eq!(refused(many), SavedError::TooLarge);
    assert_eq!(
        refused(|s| s.engine.adapter = "x".repeat(601)),
        SavedError::TooLarge
    );
    assert_eq!(
        refused(|s| s.engine.reason = Some("x".repeat(601))),
        SavedError::TooLarge
    );
    // Each edge is allowed, all slices together are not.
    let all: Vec<usize> = (0..limit::SLICES).collect();
    let large = header(limit::EDGE, limit::EDGE, &all, 0);
    let masks = vec![vec![0]; limit::SLICES];
    assert_eq!(content::lay_out(&large, &masks), Err(SavedError::TooLarge));
}

#[test]
fn another_version_is_not_read() {
    assert_eq!(refused(|s| s.version = 2), SavedError::Unknown);
    let (saved, maps) = small();
    let mut value = serde_json::to_value(&saved).unwrap();
    value["pixels"] = serde_json::json!([1, 2, 3]);
    let text = serde_json::to_vec(&value).unwrap();
    let mut bytes = (text.len() as u32).to_le_bytes().to_vec();
    bytes.extend(text);
    for map in &maps {
        let mask = runs::encode(map);
        bytes.extend((mask.len() as u32).to_le_bytes());
        bytes.extend(mask);
    }
    assert_eq!(
        content::parse(&bytes),
        Err(SavedError::Unknown),
        "a field nobody knows"
    );
}

#[test]
fn forged_lengths_are_refused() {
    let (saved, maps) = small();
    let bytes = lay_out(&saved, &maps);
    let mut forged = bytes.clone();
    forged[..4].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(content::parse(&forged), Err(SavedError::Length));
    let document = pack(&bytes);
    let mut forged = document.clone();
    forged[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(envelope::open(&forged), Err(SavedError::TooLarge));
    forged[4..8].copy_from_slice(&8_u32.to_le_bytes());
    assert_eq!(unpack(&forged), None, "more inside than it says");
    assert_eq!(envelope::open(b"NCA"), Err(SavedError::Length));
    assert_eq!(envelope::open(b"NCA1\0\0\0"), Err(SavedError::Length));
    assert_eq!(envelope::open(b"NCB1\0\0\0\0"), Err(SavedError::Unknown));
    let too_long = vec![0; limit::DOCUMENT_BYTES + 1];
    assert_eq!(envelope::open(&too_long), Err(SavedError::TooLarge));
}
