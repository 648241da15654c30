//! Size classes, counts, and what is said of parts.

use super::super::Segment;
use super::*;

fn finding(lesion: usize, longest_mm: f32, perpendicular_mm: f32) -> Finding {
    let line = Segment {
        from: (0.0, 0.0),
        to: (1.0, 1.0),
    };
    Finding {
        slice: 0,
        lesion,
        area_px: 9,
        area_mm2: Some(9.0),
        longest: line,
        longest_mm: Some(longest_mm),
        longest_px: 1.0,
        perpendicular: line,
        perpendicular_mm: Some(perpendicular_mm),
        perpendicular_px: 1.0,
        mean_value: 0.0,
        confidence: 0.9,
        centre: (0.0, 0.0),
    }
}

#[test]
fn size_classes_change_at_the_limits_of_fleischner_and_lung_rads() {
    let classes = [5.4, 5.6, 8.4, 8.6, 14.94, 14.96, 30.0, 30.1].map(|mm| {
        let advice = advise(&[finding(1, mm, mm)], Seen::Whole);
        advice.size.unwrap()
    });
    assert_eq!(
        classes,
        [
            SizeClass::Below6,
            SizeClass::From6To8,
            SizeClass::From6To8,
            SizeClass::Above8,
            SizeClass::Above8,
            SizeClass::From15,
            SizeClass::From15,
            SizeClass::Mass,
        ]
    );
    assert!(classes.is_sorted_by_key(|class| class.urgency()));
}

#[test]
fn a_mass_is_told_by_its_longest_diameter() {
    let mass = advise(&[finding(1, 34.0, 26.0)], Seen::Whole);
    assert_eq!(mass.size, Some(SizeClass::Mass), "its mean is 30 mm");
    assert!(mass.text.contains("30.0 mm in mean diameter"));
    assert!(mass.text.ends_with("The longest diameter is 34.0 mm."));
    let nodule = advise(&[finding(1, 30.0, 29.0)], Seen::Whole);
    assert_eq!(nodule.size, Some(SizeClass::From15));
    assert!(!nodule.text.contains("longest"));
}

#[test]
fn lung_rads_changes_at_tenths_of_a_millimetre() {
    let limits = [5.9, 5.96, 7.9, 8.0, 14.9, 15.0].map(lung_rads);
    assert_eq!(limits, ["2", "3", "3", "4A", "4A", "4B"]);
    let advice = advise(&[finding(1, 6.0, 5.4)], Seen::Whole);
    assert_eq!(advice.size, Some(SizeClass::From6To8), "5.7 mm");
    assert!(advice.text.ends_with("at baseline: 2."), "{}", advice.text);
}

#[test]
fn the_mean_of_both_axes_counts_and_a_lesion_counts_once() {
    let one = advise(&[finding(1, 9.0, 6.0), finding(1, 5.0, 4.0)], Seen::Whole);
    assert_eq!(one.size, Some(SizeClass::From6To8));
    assert!(one.text.starts_with("One lesion was marked") && one.text.contains("7.5 mm"));
    assert_eq!(one.actions[0], "CT at 6 to 12 months.");

    let two = advise(&[finding(1, 9.0, 6.0), finding(2, 5.0, 4.0)], Seen::Whole);
    assert!(two.text.starts_with("2 lesions were marked;"));
    assert!(two.actions[0].starts_with("CT at 3 to 6 months"));
}

#[test]
fn what_the_reader_drew_counts_and_is_said_to_be_drawn() {
    let drawn = |lesion| Finding {
        confidence: 0.0,
        ..finding(lesion, 9.0, 6.0)
    };
    let one = advise(&[drawn(1)], Seen::Whole);
    assert_eq!(one.size, Some(SizeClass::From6To8));
    let start = "One lesion was marked by the reader, not by the network, 7.5 mm in";
    assert!(one.text.starts_with(start), "{}", one.text);
    // Of lesion 1 the network marked a part.
    let both = [drawn(1), finding(1, 5.0, 4.0), drawn(2)];
    let both = advise(&both, Seen::Whole);
    let start = "2 lesions were marked, 1 of them by the reader only; the largest";
    assert!(both.text.starts_with(start), "{}", both.text);
}

#[test]
fn a_section_of_a_nodule_is_not_called_small() {
    let part = advise(&[finding(1, 4.0, 4.0)], Seen::Part);
    assert!(!part.text.contains("Lung-RADS") && part.text.contains("may be larger"));
    assert!(!part.actions.contains(&"Low risk: no routine follow-up."));
    let whole = advise(&[finding(1, 4.0, 4.0)], Seen::Whole);
    assert!(whole.text.contains("Lung-RADS") && !whole.text.contains("larger"));
}

#[test]
fn sections_with_a_gap_between_them_may_be_one_nodule() {
    let at = |slice, lesion| Finding {
        slice,
        ..finding(lesion, 9.0, 6.0)
    };
    let sections = [at(3, 1), at(5, 2)];
    let gap = advise(&sections, Seen::of(&sections, 2, 9, &[]));
    assert!(gap.text.starts_with("2 lesions were marked, some of"));
    assert_eq!(gap.actions[0], "CT at 6 to 12 months.");
    let without_gap = advise(&sections, Seen::of(&sections, 9, 9, &[]));
    assert!(without_gap.text.starts_with("2 lesions were marked;"));
    let beside = [at(3, 1), at(3, 2)];
    let beside = advise(&beside, Seen::of(&beside, 1, 9, &[]));
    assert!(beside.text.starts_with("2 lesions were marked;"));
    assert!(beside.actions[0].starts_with("CT at 3 to 6 months"));
}

#[test]
fn what_reaches_the_end_of_the_scan_may_be_larger_outside_it() {
    let at = |slice| {
        [Finding {
            slice,
            ..finding(1, 4.0, 4.0)
        }]
    };
    let seen = [0, 4, 8].map(|slice| Seen::of(&at(slice), 9, 9, &[]));
    assert_eq!(seen, [Seen::CutOff, Seen::Whole, Seen::CutOff]);
    assert_eq!(Seen::of(&at(0), 1, 1, &[]), Seen::CutOff, "a single image");
    let cut = advise(&at(0), Seen::CutOff);
    assert!(
        cut.text
            .ends_with("Beyond the slices of this scan it may be larger.")
    );
    assert!(!cut.actions.contains(&"Low risk: no routine follow-up."));
}

#[test]
fn what_lies_beside_a_gap_may_be_larger_and_one_with_what_lies_beyond_it() {
    let at = |slice, lesion| Finding {
        slice,
        ..finding(lesion, 4.0, 4.0)
    };
    // Nothing is shown between slices 3 and 4.
    let seen = [2, 3, 4, 5].map(|slice| Seen::of(&[at(slice, 1)], 9, 9, &[3]));
    assert_eq!(seen, [Seen::Whole, Seen::Gap, Seen::Gap, Seen::Whole]);
    let both = advise(&[at(3, 1), at(4, 2)], Seen::Gap);
    assert!(both.text.starts_with("2 lesions were marked, some of"));
    let end = "Where this scan has no slices it may be larger.";
    assert!(both.text.ends_with(end), "{}", both.text);
    assert!(!both.actions.contains(&"Low risk: no routine follow-up."));
}

#[test]
fn without_a_finding_or_a_scale_no_size_class_is_claimed() {
    let nothing = advise(&[], Seen::Whole);
    assert_eq!((nothing.urgency, nothing.size), (Urgency::Nothing, None));
    assert!(nothing.text.contains("does not rule out"));
    assert!(
        !nothing.actions.iter().any(|it| it.contains("Lung-RADS")),
        "not by one slice"
    );
    let mut unknown = finding(1, 0.0, 0.0);
    unknown.longest_mm = None;
    let unknown = advise(&[unknown], Seen::Whole);
    assert_eq!(unknown.size, Some(SizeClass::Unknown));
    assert!(!unknown.text.contains("Lung-RADS"));
}
