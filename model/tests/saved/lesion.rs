//! Where in the lung a lesion lies.

use model::finding::{Finding, Lesion, Rejected};
use model::follow_up::Conditions;
use model::saved::label::{FINAL, LUNG, RAW};
use model::saved::lesion::{LungBox, saved_lesions, slices_tell_heights};
use model::saved::{Saved, SavedLesion, content};

use crate::example::{finding, header, lay_out, small};

#[test]
fn places_are_shares_of_the_box_around_the_lungs() {
    // Lung in rows 100…110 and columns 80…100 of slice 2, and a single pixel of slice 6.
    let map = |rows: std::ops::RangeInclusive<usize>, cols: std::ops::RangeInclusive<usize>| {
        let mut map = vec![0; 200 * 200];
        for row in rows {
            for col in cols.clone() {
                map[row * 200 + col] = LUNG;
            }
        }
        map
    };
    let maps = [(2, map(100..=110, 80..=100)), (6, map(105..=105, 90..=90))];
    let lung = LungBox::around(maps.iter().map(|(s, m)| (*s, m.as_slice())), 200, 2);
    let mut summary = header(200, 200, &[2, 6], 1).summary;
    summary.findings[0].centre = (105.0, 85.0);
    let place = saved_lesions(&summary, lung)[0].place.unwrap();
    assert_eq!((place.left, place.back, place.up), (0.25, 0.5, Some(0.0)));

    // Not where nobody knows which end of the scan is the head's.
    let turned = lung.map(|lung| lung.with_heights(false));
    let place = saved_lesions(&summary, turned)[0].place.unwrap();
    assert_eq!((place.left, place.back, place.up), (0.25, 0.5, None));
    assert_eq!(lung.map(|lung| lung.with_heights(true)), lung);

    // Where slices are left out, nobody knows where the lung begins and ends.
    let part = LungBox::around(maps.iter().map(|(s, m)| (*s, m.as_slice())), 200, 7);
    let place = saved_lesions(&summary, part)[0].place.unwrap();
    assert_eq!((place.left, place.back, place.up), (0.25, 0.5, None));
}

#[test]
fn an_analysis_is_shown_from_its_largest_lesion_on_or_else_from_its_first_slice() {
    let mut saved = header(4, 4, &[2, 6], 2);
    saved.summary.lesions[1].key_slice = 6;
    assert_eq!(saved.first_shown(), Some(2), "both are equally large");
    saved.summary.findings[3].perpendicular_mm = Some(8.2);
    assert_eq!(saved.first_shown(), Some(6));
    for finding in &mut saved.summary.findings {
        (finding.longest_mm, finding.perpendicular_mm) = (None, None);
    }
    assert_eq!(saved.first_shown(), Some(2));
    saved.summary.findings[1].longest_px = 20.0;
    assert_eq!(saved.first_shown(), Some(6), "in pixels");

    (saved.summary.lesions, saved.summary.findings) = Default::default();
    assert_eq!(saved.first_shown(), Some(2));
    saved.slices.clear();
    assert_eq!(saved.first_shown(), None);
}

#[test]
fn slices_tell_heights_without_gaps_and_where_they_lie_apart_all_the_way() {
    assert!(slices_tell_heights(&[], 40));
    assert!(!slices_tell_heights(&[17], 40));
    for last in [39, 40] {
        let sparse: Vec<usize> = (0..last).collect();
        assert!(slices_tell_heights(&sparse, 40));
    }
}

#[test]
fn one_slice_has_no_height_and_no_lung_no_place() {
    let summary = header(4, 4, &[0], 1).summary;
    let map = [LUNG; 16];
    let lung = LungBox::around(std::iter::once((0, map.as_slice())), 4, 1);
    assert_eq!(saved_lesions(&summary, lung)[0].place.unwrap().up, None);
    assert_eq!(
        LungBox::around(std::iter::once((0, [0; 16].as_slice())), 4, 1),
        None
    );
    assert_eq!(saved_lesions(&summary, None)[0].place, None);
}

#[test]
fn diameters_are_those_of_the_longest_region_and_the_area_is_that_of_all_on_the_key_slice() {
    let mut summary = header(4, 4, &[0], 1).summary;
    summary.findings.push(finding(0, 1, 900));
    let mut longer = summary.clone();
    // Smaller than what is on the key slice, and not as round.
    longer.findings.push(Finding {
        longest_mm: Some(15.5),
        perpendicular_mm: Some(4.0),
        ..finding(1, 1, 30)
    });
    let of_longer = saved_lesions(&longer, None);
    let saved = saved_lesions(&summary, None);
    assert_eq!(saved.len(), 1);
    assert_eq!(saved[0].longest_mm, finding(0, 1, 900).longest_mm);
    assert_eq!(saved[0].longest_slice, None, "the key slice");
    let axes = SavedLesion {
        longest_slice: Some(1),
        longest_mm: Some(15.5),
        perpendicular_mm: Some(4.0),
        ..saved[0].clone()
    };
    assert_eq!(of_longer, [axes], "and nothing else");
    let areas = summary.findings.iter().map(|f| f.area_mm2);
    assert_eq!(saved[0].area_mm2, areas.sum::<Option<f32>>());
    assert!(saved[0].area_mm2 > finding(0, 1, 900).area_mm2);
}

#[test]
fn the_longest_diameter_is_that_of_any_lesion_on_any_slice() {
    let (mut saved, _) = small();
    let first = saved.summary.lesions[0].clone();
    for (diameters, longest) in [
        (vec![Some(7.0), None, Some(9.5)], Some(9.5)),
        (vec![None], None),
        (vec![], None),
    ] {
        let of = |&longest_mm: &Option<f32>| Lesion {
            longest_mm,
            ..first.clone()
        };
        saved.summary.lesions = diameters.iter().map(of).collect();
        assert_eq!(saved.longest_mm(), longest, "{diameters:?}");
    }
}

#[test]
fn the_volume_of_all_lesions_is_known_where_that_of_each_is_else_the_least_that_it_can_be() {
    let (mut saved, _) = small();
    let first = saved_lesions(&header(4, 4, &[0], 1).summary, None)[0].clone();
    let with = |volumes: &[Option<f32>]| -> Vec<SavedLesion> {
        let of = |&volume_ml: &Option<f32>| SavedLesion {
            volume_ml,
            ..first.clone()
        };
        volumes.iter().map(of).collect()
    };
    for (volumes, all, least) in [
        (vec![Some(0.5), Some(0.25)], Some(0.75), None),
        (vec![Some(0.5), None, Some(0.25)], None, Some(0.75)),
        (vec![None, None], None, None),
        (vec![], None, None),
    ] {
        saved.lesions = with(&volumes);
        assert_eq!(saved.volume_ml(), all, "{volumes:?}");
        assert_eq!(saved.least_volume_ml(), least, "{volumes:?}");
    }
}

#[test]
fn the_box_of_a_document_is_that_of_its_label_maps() {
    let (saved, maps) = small();
    let bytes = lay_out(&saved, &maps);
    let content = content::parse(&bytes).unwrap();
    let places = saved.slices.iter().map(|s| s.slice);
    let unfolded = places.zip(maps.iter().map(Vec::as_slice));
    let lung = LungBox::around(unfolded, saved.cols, saved.scan_slices);
    assert!(lung.is_some());
    assert_eq!(LungBox::of_content(&content), lung);

    // Every slice is segmented, so that only the head and the gaps decide.
    let places = (0..2).zip(maps.iter().map(Vec::as_slice));
    let whole = LungBox::around(places, 5, 2).unwrap();
    assert_ne!(whole, whole.with_heights(false));
    // Two slices with a gap are apart all the way.
    for (is_head_unknown, gaps, has_heights) in [
        (false, vec![], true),
        (true, vec![], false),
        (false, vec![0], true),
    ] {
        let saved = Saved {
            is_head_unknown,
            gaps,
            scan_slices: 2,
            ..header(6, 5, &[0, 1], 1)
        };
        let bytes = lay_out(&saved, &maps);
        let content = content::parse(&bytes).unwrap();
        let expected = whole.with_heights(has_heights);
        assert_eq!(LungBox::of_content(&content), Some(expected));
    }
}

#[test]
fn a_mass_at_the_wall_does_not_widen_the_box_of_the_lung() {
    let cols = 8;
    let lung_box = |labels: [u8; 8]| LungBox::around([(0, labels.as_slice())].into_iter(), cols, 1);
    let (lung, mass) = (LUNG, LUNG | RAW | FINAL);
    let nodule = lung_box([0, 0, lung, mass, lung, lung, 0, 0]);
    assert!(nodule.is_some());
    assert_eq!(lung_box([mass, mass, lung, lung, lung, lung, 0, 0]), nodule);
    assert_eq!(lung_box([0, mass, mass, 0, 0, 0, 0, 0]), None);
}

#[test]
fn follow_up_learns_where_the_reader_rejected_findings_and_how_much_was_segmented() {
    let (mut saved, maps) = small();
    let mut rejected = finding(4, 1, 90);
    rejected.centre = (3.0, 2.0);
    saved.rejected = vec![Rejected::new(rejected, &[16, 17])];
    let bytes = lay_out(&saved, &maps);
    let content = content::parse(&bytes).unwrap();
    let conditions = Conditions::of(&content.saved, LungBox::of_content(&content));
    assert_eq!(conditions.settings, Some(saved.settings));
    let [spot] = conditions.rejected.as_slice() else {
        panic!("{:?}", conditions.rejected);
    };
    assert_eq!(spot.longest_mm, Some(13.354));
    assert!((0.0..=1.0).contains(&spot.place.left) && (0.0..=1.0).contains(&spot.place.back));
    let extent = conditions.extent.unwrap();
    assert_eq!((extent.segmented, extent.slices), (2, 5));
    assert_eq!(extent.lung_mm, Some(10.0), "slices 1 to 4 of 2.5 mm");
    saved.gaps = vec![2];
    let with_gap = Conditions::of(&saved, None).extent.unwrap();
    assert_eq!(with_gap.lung_mm, None, "between 2 and 3 some are missing");
    saved.gaps.clear();
    assert!(!conditions.is_corrected);
    saved.slices[1].is_corrected = true;
    assert!(Conditions::of(&saved, None).is_corrected);
}
