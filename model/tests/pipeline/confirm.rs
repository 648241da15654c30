//! A reader confirms lesions, goes on drawing, changes settings, and segments again.

use model::finding::Verdict;
use model::map::Map;
use model::pipeline::{SliceAnalysis, summarise};

use crate::phantom::outline;
use crate::reader::Reader;

const EDGE: usize = 40;

/// A reader at a slice with a lesion of 162 pixels, of which half are less certain, and one of 49.
fn reader() -> Reader {
    Reader::of(slice())
}

fn slice() -> SliceAnalysis {
    let mut probability = vec![0; EDGE * EDGE];
    for (first, (rows, cols), chance) in [
        ((2, 2), (9, 9), 230),
        ((2, 11), (9, 9), 150),
        ((24, 6), (7, 7), 230),
    ] {
        for row in first.0..first.0 + rows {
            probability[row * EDGE + first.1..][..cols].fill(chance);
        }
    }
    SliceAnalysis::unmarked((EDGE, EDGE), probability)
}

/// Areas of lesions and what was said of them, in the order of their numbers.
fn lesions(reader: &mut Reader) -> Vec<(usize, Verdict)> {
    let summary = summarise(&reader.volume, &mut reader.analyses, None);
    let area = |number| {
        let of = summary.findings.iter().filter(move |f| f.lesion == number);
        of.map(|f| f.area_px).sum()
    };
    let lesions = summary.lesions.iter();
    lesions.map(|it| (area(it.number), it.judgement)).collect()
}

use Verdict::{Confirmed, Open};

#[test]
fn a_lesion_is_confirmed_until_it_is_opened_again() {
    let mut reader = reader();
    assert_eq!(lesions(&mut reader), [(162, Open), (49, Open)]);
    assert!(reader.slice_mut().confirm(0));
    assert!(!reader.slice_mut().confirm(0), "it is already");
    assert!(!reader.slice_mut().confirm(2), "there is no such finding");
    assert_eq!(lesions(&mut reader), [(162, Confirmed), (49, Open)]);
    assert!(reader.slice_mut().reopen(0));
    assert!(!reader.slice_mut().reopen(0));
    assert_eq!(lesions(&mut reader), [(162, Open), (49, Open)]);
}

#[test]
fn a_confirmed_lesion_that_is_rejected_is_confirmed_when_it_is_taken_back() {
    let mut reader = reader();
    lesions(&mut reader);
    assert!(reader.slice_mut().confirm(1));
    assert!(reader.slice_mut().reject(1));
    assert_eq!(lesions(&mut reader), [(162, Open)]);
    assert!(reader.slice_mut().take_back(0));
    assert_eq!(lesions(&mut reader), [(162, Open), (49, Confirmed)]);
}

/// As for what is rejected: what has grown beyond twice what was judged is news.
#[test]
fn under_other_settings_what_is_at_least_half_confirmed_stays_so() {
    let mut reader = reader();
    reader.set(0.8);
    assert_eq!(lesions(&mut reader), [(81, Open), (49, Open)]);
    assert!(reader.slice_mut().confirm(0));
    assert_eq!(lesions(&mut reader), [(81, Confirmed), (49, Open)]);
    reader.set(0.3);
    assert_eq!(lesions(&mut reader), [(162, Confirmed), (49, Open)]);
    assert!(reader.slice_mut().reopen(0));
    // A part, less than half of it.
    let part: Vec<usize> = (2..10).map(|row| row * EDGE + 2).collect();
    reader.slice_mut().decisions.confirmed.extend(part);
    assert_eq!(lesions(&mut reader)[0], (162, Open));
}

#[test]
fn a_lesion_that_is_drawn_onto_stays_what_it_was_and_what_is_drawn_alone_is_confirmed() {
    let mut reader = reader();
    lesions(&mut reader);
    assert!(reader.slice_mut().confirm(1));
    // Much more than there was.
    assert!(reader.draw(&outline((22.0, 38.0), (4.0, 30.0)), true));
    assert!(reader.draw(&outline((1.0, 12.0), (20.0, 36.0)), true));
    let now = lesions(&mut reader);
    assert!(now[0].0 > 2 * 162 && now[1].0 > 2 * 49, "{now:?}");
    assert_eq!([now[0].1, now[1].1], [Open, Confirmed]);

    assert!(reader.draw(&outline((15.0, 19.0), (2.0, 6.0)), true));
    let drawn = lesions(&mut reader);
    assert_eq!(drawn[2].1, Confirmed);
}

#[test]
fn it_stays_confirmed_when_the_slice_is_segmented_again() {
    let mut reader = reader();
    lesions(&mut reader);
    assert!(reader.slice_mut().confirm(1));
    let mut again = slice();
    again.keep_decisions(reader.slice());
    reader.analyses = Map::from([(0, again)]);
    reader.set(0.3);
    assert_eq!(lesions(&mut reader), [(162, Open), (49, Confirmed)]);
}
