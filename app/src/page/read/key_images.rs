//! Which lesions the printed report shows, and what stands below each.

use model::finding::{Finding, Lesion};

use crate::engine::state::Desk;
use crate::room::lesions::largest_first;
use crate::viewer::measure::diameters;

/// Pictures on paper: more would fill a third page of a lung full of metastases.
pub const MOST: usize = 12;

/// A lesion, and its outline on the slice with most of its area.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyImage {
    /// That outline; the largest of several.
    pub finding: Finding,
    /// `1 R · upper third · slice 41 (Im 10) · 63.1 × 57.5 mm`
    pub words: String,
}

/// One for each lesion, largest first.
pub fn key_images(desk: &Desk) -> Vec<KeyImage> {
    let image = |lesion: &Lesion| {
        let on_slice = &desk.open.results.get(&lesion.key_slice)?.findings;
        let own = on_slice.iter().filter(|it| it.lesion == lesion.number);
        let finding = own.max_by_key(|it| it.area_px)?.clone();
        let words = words(desk, lesion, &finding);
        Some(KeyImage { finding, words })
    };
    largest_first(desk).into_iter().filter_map(image).collect()
}

fn words(desk: &Desk, lesion: &Lesion, finding: &Finding) -> String {
    let side = lesion
        .side
        .map_or_else(String::new, |it| [" ", it.letter()].concat());
    let third = desk
        .third(lesion)
        .map_or_else(String::new, |it| [" · ", it].concat());
    let image = desk.image_words(lesion.key_slice);
    let image = image.map_or_else(String::new, |words| format!(" ({words})"));
    format!(
        "{}{side}{third} · slice {}{image} · {}",
        lesion.number,
        lesion.key_slice + 1,
        diameters(finding)
    )
}

#[cfg(test)]
mod tests {
    use model::finding::Side;
    use model::protocol::{Summary, VolumeInfo};

    use super::*;
    use crate::engine::state::tests::fixture::{finding, lesion, result, scan};

    #[test]
    fn each_lesion_is_shown_where_it_is_largest_and_the_largest_come_first() {
        let lesion = |number, key_slice, side| Lesion {
            key_slice,
            side,
            ..lesion(number)
        };
        let mut desk = Desk::default();
        desk.open.scan = Some(VolumeInfo {
            instance_numbers: vec![30, 29, 28],
            ..scan(3)
        });
        desk.open.summary = Some(Summary {
            lesions: vec![lesion(1, 1, Some(Side::Left)), lesion(2, 0, None)],
            ..Summary::default()
        });
        let outline = |slice, lesion, area_px, longest_px| Finding {
            area_px,
            longest_px,
            ..finding(slice, lesion)
        };
        for (slice, findings) in [
            (0, vec![outline(0, 2, 20, 9.0)]),
            (1, vec![outline(1, 1, 8, 4.0), outline(1, 1, 30, 8.0)]),
        ] {
            let mut result = result(1, slice);
            result.findings = findings;
            desk.open.results.insert(slice, result);
        }
        let images = key_images(&desk);
        let areas: Vec<_> = images.iter().map(|it| it.finding.area_px).collect();
        assert_eq!(areas, [20, 30], "by their diameters");
        assert!(images[0].words.starts_with("2 · slice 1 (Im\u{a0}30) · "));
        assert!(images[1].words.starts_with("1 L · slice 2 (Im\u{a0}29) · "));
    }

    #[test]
    fn of_a_whole_lung_the_third_is_named() {
        let mut desk = Desk::default();
        desk.open.scan = Some(scan(5));
        desk.open.summary = Some(Summary {
            lesions: vec![Lesion {
                key_slice: 3,
                ..lesion(1)
            }],
            ..Summary::default()
        });
        for slice in 0..5 {
            let mut result = result(1, slice);
            result.lung_px = usize::from((1..4).contains(&slice));
            result.findings = vec![finding(slice, 1)];
            desk.open.results.insert(slice, result);
        }
        let images = key_images(&desk);
        assert!(images[0].words.starts_with("1 · upper third · slice 4 · "));
    }
}
