//! Courses as the pages show them.

use super::*;
use model::follow_up::{Extent, Spot};
use model::saved::Place;

pub(crate) fn visit(day: &str, lesions: Vec<SavedLesion>) -> Visit {
    Visit {
        entry: Entry {
            id: Uuid::nil(),
            label: "P".to_owned(),
            examined_on: day.to_owned(),
            saved_at: format!("{day} 10:00"),
            network: "unet".to_owned(),
            weights_version: "1".to_owned(),
            slices: 3,
            lesions: lesions.len() as u32,
            longest_mm: None,
            volume_ml: None,
            least_volume_ml: None,
            confidence: None,
            digest: String::new(),
            is_calibrated: false,
        },
        lesions,
        conditions: Conditions::default(),
    }
}

pub(crate) fn lesion(longest_mm: f32, left: f32) -> SavedLesion {
    SavedLesion {
        number: 1,
        key_slice: 0,
        longest_slice: None,
        longest_mm: Some(longest_mm),
        perpendicular_mm: None,
        area_mm2: None,
        volume_ml: None,
        mean_value: 0.0,
        confidence: 0.5,
        place: Some(Place {
            left,
            back: 0.5,
            up: None,
        }),
    }
}

#[test]
fn growth_is_counted_in_days_of_the_calendar() {
    let course = Course::of_images(
        &[
            visit("2026-01-31", vec![lesion(8.0, 0.2)]),
            visit("2026-07-30", vec![lesion(10.0, 0.2), lesion(5.0, 0.8)]),
        ],
        &[],
    );
    assert_eq!(course.lesions.len(), 2);
    let first = &course.lesions[0];
    assert_eq!((first.name.as_str(), first.points.len()), ("A", 2));
    let growth = first.points[1].growth.unwrap();
    assert_eq!(growth.days, 180);
    assert!((growth.doubling_days.unwrap() - 186.4).abs() < 0.1);
    assert_eq!(course.lesions[1].points[0].growth, None);
    assert!(!course.has_volume());
}

#[test]
fn what_another_network_found_has_no_growth() {
    let mut second = visit("2026-07-30", vec![lesion(10.0, 0.2)]);
    second.entry.network = "unetpp".to_owned();
    let course = Course::of_images(&[visit("2026-01-31", vec![lesion(8.0, 0.2)]), second], &[]);
    let [lesion] = course.lesions.as_slice() else {
        panic!("one lesion");
    };
    let last = &lesion.points[1];
    assert_eq!((last.growth, last.is_comparable), (None, false));
    assert!(course.remarks[0].contains("another network: changes are not given"));
    let made_with: Vec<_> = course.visits.iter().map(|v| v.made_with.as_str()).collect();
    assert_eq!(made_with, ["U-Net", "U-Net++"]);
}

#[test]
fn one_image_is_one_examination_in_a_course_and_has_no_growth_beside_itself() {
    let mut both = [
        visit("2026-01-31", vec![lesion(8.0, 0.2)]),
        visit("2026-07-30", vec![lesion(10.0, 0.2)]),
    ];
    for visit in &mut both {
        visit.entry.digest = "ab".to_owned();
    }
    both[1].entry.id = Uuid::from_u128(1);
    let course = Course::of_images(&both, &[]);
    assert_eq!((course.visits.len(), course.images.is_some()), (1, true));
    let beside = Course::of_pair(&both[1], &both[0], &[], &[]);
    assert_eq!(beside.lesions[0].points[1].growth, None);
    assert_eq!(beside.visits[0].day, "2026-01-31", "the earlier one first");
    assert!(
        beside
            .images
            .is_some_and(|words| words.contains("same image"))
    );
}

#[test]
fn growth_beside_outlines_corrected_by_hand_comes_with_a_remark() {
    let mut second = visit("2026-07-30", vec![lesion(10.0, 0.2)]);
    let first = visit("2026-01-31", vec![lesion(8.0, 0.2)]);
    let words = |course: Course| course.remarks.join(" ");
    assert!(!words(Course::of_pair(&first, &second, &[], &[])).contains("by hand"));
    second.conditions.is_corrected = true;
    let course = Course::of_pair(&first, &second, &[], &[]);
    assert!(course.lesions[0].points[1].growth.is_some());
    assert!(words(course).contains("by hand"));
}

/// One slice through the edge of a lesion, and later the whole scan.
#[test]
fn growth_from_a_part_of_a_lesion_has_no_doubling_time_and_comes_with_a_remark() {
    let of = |day, segmented, longest_mm, volume_ml| {
        let mut visit = visit(day, vec![lesion(longest_mm, 0.2)]);
        visit.lesions[0].volume_ml = volume_ml;
        visit.conditions.extent = Some(Extent {
            segmented,
            slices: 100,
            lung_mm: None,
        });
        visit
    };
    let rate_and_words = |first: &Visit, second: &Visit| {
        let course = Course::of_pair(first, second, &[], &[]);
        let growth = course.lesions[0].points[1].growth.unwrap();
        let is_told = course.remarks.join(" ").contains("segmented as a whole");
        (growth.doubling_days.is_some(), is_told)
    };
    let edge = of("2026-01-31", 1, 6.0, None);
    let whole = of("2026-03-23", 100, 9.0, Some(0.4));
    assert_eq!(rate_and_words(&edge, &whole), (false, true));
    let later = of("2026-03-23", 1, 9.0, None);
    assert_eq!(rate_and_words(&edge, &later), (false, true));
    let before = of("2026-01-31", 100, 6.0, Some(0.1));
    assert_eq!(rate_and_words(&before, &whole), (true, false));
    // Volumes are known of whole lesions only, also where not all slices were segmented.
    let most = of("2026-01-31", 60, 6.0, Some(0.1));
    assert_eq!(rate_and_words(&most, &whole), (true, false));
}

#[test]
fn a_lesion_says_where_it_was_rejected() {
    let mut first = visit("2026-01-31", Vec::new());
    first
        .conditions
        .rejected
        .extend(Spot::of(&lesion(7.0, 0.2)));
    let course = Course::of_images(&[first, visit("2026-07-30", vec![lesion(8.0, 0.2)])], &[]);
    assert!(course.lesions[0].absent.contains("rejected by the reader"));
}

#[test]
fn a_lesion_on_one_slice_of_two_short_scans_is_one_and_the_reader_is_asked_to_check() {
    // Both begin at the same slice, and the second goes two slices further.
    let of = |day, slices: usize, up| {
        let mut same = lesion(27.9, 0.3);
        same.place = same.place.map(|place| Place {
            up: Some(up),
            ..place
        });
        let mut visit = visit(day, vec![same]);
        visit.conditions.extent = Some(Extent {
            segmented: slices,
            slices,
            lung_mm: Some(2.5 * slices as f32),
        });
        visit
    };
    let course = Course::of_pair(
        &of("2026-01-31", 3, 1.0),
        &of("2026-07-30", 5, 0.5),
        &[],
        &[],
    );
    let names: Vec<_> = course.lesions.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["1 → 1"]);
    let asks = |course: &Course| course.remarks.join(" ").contains("within the slice");
    assert!(asks(&course));
    let whole = Course::of_pair(
        &of("2026-01-31", 104, 0.5),
        &of("2026-07-30", 108, 0.5),
        &[],
        &[],
    );
    assert_eq!((whole.lesions.len(), asks(&whole)), (1, false));
}

#[test]
fn two_analyses_name_lesions_by_the_numbers_in_their_pictures() {
    let numbered = |number, longest_mm, left| SavedLesion {
        number,
        ..lesion(longest_mm, left)
    };
    let first = visit(
        "2026-01-31",
        vec![numbered(1, 9.0, 0.2), numbered(2, 7.0, 0.8)],
    );
    let later = [numbered(1, 20.0, 0.5), numbered(2, 10.0, 0.2)];
    let pair = Course::of_pair(&first, &visit("2026-07-30", later.to_vec()), &[], &[]);
    let names: Vec<_> = pair.lesions.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["– → 1", "1 → 2", "2 → –"]);
}

#[test]
fn what_the_reader_says_of_two_lesions_holds_for_their_growth() {
    let numbered = |number, longest_mm, left| SavedLesion {
        number,
        ..lesion(longest_mm, left)
    };
    let mut first = visit("2026-01-31", vec![numbered(1, 9.0, 0.2)]);
    let later = vec![numbered(1, 9.5, 0.2), numbered(2, 18.0, 0.8)];
    let mut second = visit("2026-07-30", later);
    (first.entry.id, second.entry.id) = (Uuid::from_u128(2), Uuid::from_u128(1));
    let said = |lesions, is_one| Paired {
        analyses: [second.entry.id, first.entry.id],
        lesions,
        is_one,
        is_carried: false,
    };
    let names = |course: &Course| -> Vec<String> {
        course.lesions.iter().map(|it| it.name.clone()).collect()
    };
    let of = |paired: &[Paired]| Course::of_pair(&first, &second, &[], paired);
    assert_eq!(names(&of(&[])), ["– → 2", "1 → 1"]);

    let joined = of(&[said([2, 1], true)]);
    assert_eq!(names(&joined), ["1 → 2", "– → 1"]);
    let point = &joined.lesions[0].points[1];
    assert!(point.is_joined && !joined.lesions[0].points[0].is_joined);
    assert!(
        point
            .growth
            .is_some_and(|growth| growth.volume_percent > 600.0)
    );
    assert_eq!(joined.paired, [said([2, 1], true)]);

    let parted = of(&[said([1, 1], false)]);
    let mark = |lesion: &Followed| (lesion.name.clone(), lesion.points[0].is_parted);
    let marks: Vec<_> = parted.lesions.iter().map(mark).collect();
    let expected = [("– → 2", false), ("– → 1", true), ("1 → –", true)];
    assert_eq!(
        marks,
        expected.map(|(name, is_it)| (name.to_owned(), is_it))
    );
    let all = Course::of_images(&[first.clone(), second.clone()], &[said([2, 1], true)]);
    assert!(all.lesions[0].points[1].is_joined);
    // What was said of a lesion or an analysis that is not there.
    let gone = of(&[said([7, 1], true)]);
    assert_eq!((names(&gone), gone.paired), (names(&of(&[])), Vec::new()));
}
