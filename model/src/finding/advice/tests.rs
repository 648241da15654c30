//! Size classes, counts, and what is said of parts.

use super::super::Segment;
use super::*;

/// A scan of nine slices, all of them searched.
const WHOLE: Searched<'_> = Searched {
    slices: 9,
    segmented: 9,
    without_lung: 0,
    gaps: &[],
};

/// One slice of it.
const PART: Searched<'_> = Searched {
    segmented: 1,
    ..WHOLE
};

/// A picture.
const SINGLE: Searched<'_> = Searched { slices: 1, ..PART };

fn finding(lesion: usize, longest_mm: f32, perpendicular_mm: f32) -> Finding {
    let line = Segment {
        from: (0.0, 0.0),
        to: (1.0, 1.0),
    };
    Finding {
        slice: 4,
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
        let advice = advise(&[finding(1, mm, mm)], &WHOLE);
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
    let mass = advise(&[finding(1, 34.0, 26.0)], &WHOLE);
    assert_eq!(mass.size, Some(SizeClass::Mass), "its mean is 30 mm");
    assert!(mass.text.contains("30.0\u{a0}mm in mean diameter"));
    assert!(mass.text.ends_with("The longest diameter is 34.0\u{a0}mm."));
    let nodule = advise(&[finding(1, 30.0, 29.0)], &WHOLE);
    assert_eq!(nodule.size, Some(SizeClass::From15));
    assert!(!nodule.text.contains("longest"));
}

#[test]
fn lung_rads_changes_at_tenths_of_a_millimetre() {
    let limits = [5.9, 5.96, 7.9, 8.0, 14.9, 15.0].map(lung_rads);
    assert_eq!(limits, ["2", "3", "3", "4A", "4A", "4B"]);
    let advice = advise(&[finding(1, 6.0, 5.4)], &WHOLE);
    assert_eq!(advice.size, Some(SizeClass::From6To8), "5.7 mm");
    assert!(advice.text.contains("at baseline: 2. "), "{}", advice.text);
}

#[test]
fn the_mean_of_both_axes_counts_and_a_lesion_counts_once() {
    let one = advise(&[finding(1, 9.0, 6.0), finding(1, 5.0, 4.0)], &WHOLE);
    assert_eq!(one.size, Some(SizeClass::From6To8));
    assert!(one.text.starts_with("One lesion was marked") && one.text.contains("7.5\u{a0}mm"));
    assert_eq!(one.actions[0], "CT at 6 to 12 months.");

    let two = advise(&[finding(1, 9.0, 6.0), finding(2, 5.0, 4.0)], &WHOLE);
    assert!(two.text.starts_with("2 lesions were marked;"));
    assert!(two.actions[0].starts_with("CT at 3 to 6 months"));
}

#[test]
fn what_the_reader_drew_counts_and_is_said_to_be_drawn() {
    let drawn = |lesion| Finding {
        confidence: 0.0,
        ..finding(lesion, 9.0, 6.0)
    };
    let one = advise(&[drawn(1)], &WHOLE);
    assert_eq!(one.size, Some(SizeClass::From6To8));
    let start = "One lesion was marked by the reader, not by the network, 7.5\u{a0}mm in";
    assert!(one.text.starts_with(start), "{}", one.text);
    // Of lesion 1 the network marked a part.
    let both = [drawn(1), finding(1, 5.0, 4.0), drawn(2)];
    let both = advise(&both, &WHOLE);
    let start = "2 lesions were marked, 1 of them by the reader only; the largest";
    assert!(both.text.starts_with(start), "{}", both.text);
}

#[test]
fn a_section_of_a_nodule_is_not_called_small() {
    let part = advise(&[finding(1, 4.0, 4.0)], &PART);
    assert!(!part.text.contains("Lung-RADS") && part.text.contains("may be larger"));
    assert!(!part.actions.contains(&"Low risk: no routine follow-up."));
    let whole = advise(&[finding(1, 4.0, 4.0)], &WHOLE);
    assert!(whole.text.contains("Lung-RADS") && !whole.text.contains("larger"));
}

#[test]
fn sections_with_a_gap_between_them_may_be_one_nodule() {
    let at = |slice, lesion| Finding {
        slice,
        ..finding(lesion, 9.0, 6.0)
    };
    let sections = [at(3, 1), at(5, 2)];
    let gap = advise(
        &sections,
        &Searched {
            segmented: 2,
            ..WHOLE
        },
    );
    assert!(gap.text.contains("2 lesions were marked, some of"));
    assert_eq!(gap.actions[1], "CT at 6 to 12 months.");
    let without_gap = advise(&sections, &WHOLE);
    assert!(without_gap.text.starts_with("2 lesions were marked;"));
    let beside = [at(3, 1), at(3, 2)];
    let beside = advise(&beside, &PART);
    assert!(beside.text.contains("2 lesions were marked;"));
    assert!(beside.actions[1].starts_with("CT at 3 to 6 months"));
}

#[test]
fn what_reaches_the_end_of_the_scan_may_be_larger_outside_it() {
    let at = |slice| {
        [Finding {
            slice,
            ..finding(1, 4.0, 4.0)
        }]
    };
    let seen = [0, 4, 8].map(|slice| Seen::of(&at(slice), &WHOLE));
    assert_eq!(seen, [Seen::CutOff, Seen::Whole, Seen::CutOff]);
    let cut = advise(&at(0), &WHOLE);
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
    let scan = Searched {
        gaps: &[3],
        ..WHOLE
    };
    let seen = [2, 3, 4, 5].map(|slice| Seen::of(&[at(slice, 1)], &scan));
    assert_eq!(seen, [Seen::Whole, Seen::Gap, Seen::Gap, Seen::Whole]);
    let both = advise(&[at(3, 1), at(4, 2)], &scan);
    assert!(both.text.starts_with("2 lesions were marked, some of"));
    let end = "Where this scan has no slices it may be larger.";
    assert!(both.text.ends_with(end), "{}", both.text);
    assert!(!both.actions.contains(&"Low risk: no routine follow-up."));
}

#[test]
fn where_slices_were_not_searched_nothing_is_reassuring() {
    let small = [finding(1, 4.0, 4.0)];
    for (searched, start) in [
        (
            PART,
            "1 of 9 slices searched; nothing is known of the other 8. ",
        ),
        (
            Searched {
                segmented: 8,
                without_lung: 2,
                ..WHOLE
            },
            "6 of 9 slices searched, 2 without a lung; nothing is known of the other one. ",
        ),
        (
            SINGLE,
            "One slice was searched; nothing is known of the rest of the lung. ",
        ),
    ] {
        for findings in [&small[..], &[]] {
            let advice = advise(findings, &searched);
            assert!(!advice.is_complete);
            assert!(advice.text.starts_with(start), "{}", advice.text);
            assert!(!advice.text.contains("of 100 patients"), "{}", advice.text);
            assert!(advice.headline.ends_with(", as far as searched") || findings.is_empty());
            assert!(
                advice.actions[0].contains("the whole series"),
                "{:?}",
                advice.actions
            );
        }
    }
    for findings in [&small[..], &[]] {
        let advice = advise(findings, &WHOLE);
        assert!(advice.is_complete && !advice.text.contains("searched;"));
        assert!(!advice.actions[0].contains("the whole series"));
    }
    assert!(
        advise(&small, &WHOLE)
            .text
            .contains("fewer than 1 of 100 patients")
    );
    // What reaches the end of the scan is as little known.
    let cut = Finding {
        slice: 0,
        ..small[0].clone()
    };
    let cut = advise(&[cut], &WHOLE);
    assert!(!cut.is_complete && !cut.text.contains("of 100 patients"));
    let gap = advise(
        &[],
        &Searched {
            gaps: &[3],
            ..WHOLE
        },
    );
    assert!(!gap.is_complete && gap.text.contains("has no slices, nothing is known"));
    // A mass is one, however little was searched.
    let mass = advise(&[finding(1, 40.0, 30.0)], &PART);
    assert!(mass.actions[0].starts_with("Refer urgently"));
}

#[test]
fn a_mass_neither_waits_for_earlier_scans_nor_for_thin_slices() {
    let words = |mm| advise(&[finding(1, mm, mm)], &WHOLE).actions.join(" ");
    let mass = words(40.0);
    assert!(
        !mass.contains("two years") && !mass.contains("thin slices"),
        "{mass}"
    );
    let large = words(20.0);
    assert!(
        !large.contains("two years") && large.contains("thin slices"),
        "{large}"
    );
    let nodule = words(10.0);
    assert!(
        nodule.contains("a solid nodule unchanged for two years") && nodule.contains("thin slices"),
        "{nodule}"
    );
}

#[test]
fn of_several_marks_some_are_likely_false_but_none_that_the_reader_drew() {
    let has = |findings: &[Finding], what: &str| {
        advise(findings, &WHOLE)
            .actions
            .iter()
            .any(|it| it.contains(what))
    };
    let (one, two) = (finding(1, 9.0, 6.0), finding(2, 5.0, 4.0));
    let suspicious = "The most suspicious nodule guides management";
    let alone = std::slice::from_ref(&one);
    assert!(!has(alone, suspicious) && !has(alone, "likely false"));
    let both = [one, two];
    assert!(has(&both, suspicious) && has(&both, "likely false"));
    let drawn = both.map(|it| Finding {
        confidence: 0.0,
        ..it
    });
    assert!(has(&drawn, suspicious) && !has(&drawn, "likely false"));
}

#[test]
fn a_size_near_a_border_between_classes_is_said_to_be_near_it() {
    let near = |longest_mm, perpendicular_mm| {
        let text = advise(&[finding(1, longest_mm, perpendicular_mm)], &WHOLE).text;
        text.split_once("other side of ")
            .map(|(_, borders)| borders.to_owned())
    };
    let borders = |words: &str| Some(words.to_owned());
    assert_eq!(near(4.4, 4.4), None);
    assert_eq!(near(4.6, 4.6), borders("6\u{a0}mm."));
    assert_eq!(near(8.0, 6.0), borders("6 or 8\u{a0}mm."));
    assert_eq!(near(12.0, 10.0), None);
    assert_eq!(near(16.4, 16.4), borders("15\u{a0}mm."));
    // A mass is told by its length alone.
    assert_eq!(near(29.0, 20.0), borders("30\u{a0}mm."));
    assert_eq!(near(31.0, 7.0), borders("30\u{a0}mm."));
    assert_eq!(near(32.0, 7.0), None);
    let part = advise(&[finding(1, 8.0, 6.0)], &PART);
    assert!(
        !part.text.contains("other side"),
        "only the least size is known"
    );
}

#[test]
fn without_a_finding_or_a_scale_no_size_class_is_claimed() {
    let nothing = advise(&[], &WHOLE);
    assert_eq!((nothing.urgency, nothing.size), (Urgency::Nothing, None));
    assert!(nothing.text.contains("does not rule out"));
    assert!(
        !nothing.actions.iter().any(|it| it.contains("Lung-RADS")),
        "not by one slice"
    );
    let mut unknown = finding(1, 0.0, 0.0);
    unknown.longest_mm = None;
    let unknown = advise(&[unknown], &WHOLE);
    assert_eq!(unknown.size, Some(SizeClass::Unknown));
    assert!(!unknown.text.contains("Lung-RADS"));
}
