//! Which of the listed analyses are of one image: of those that were saved again and again, the
//! newest counts.

use crate::api::history::Entry;

/// An analysis, and earlier ones of its image under its label.
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    /// The one saved last.
    pub newest: Entry,
    /// The others that are listed, in the order of the list.
    pub earlier: Vec<Entry>,
}

/// The entries of a list by image, in the order of their newest ones. Under another label an image
/// is another's, as in follow-up.
pub fn images(entries: &[Entry]) -> Vec<Image> {
    let others = |entry: &Entry| {
        let is_other = |it: &&Entry| it.is_another_of_image_of(entry);
        entries.iter().filter(is_other).cloned().collect::<Vec<_>>()
    };
    let image = |newest: &Entry| {
        let earlier = others(newest);
        let is_newest = earlier.iter().all(|it| it.saved() < newest.saved());
        let newest = newest.clone();
        is_newest.then_some(Image { newest, earlier })
    };
    entries.iter().filter_map(image).collect()
}

/// What is folded below the newest one.
pub fn words(earlier: usize) -> String {
    match earlier {
        1 => "1 earlier analysis of this image".to_owned(),
        n => format!("{n} earlier analyses of this image"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::tests::visit;
    use uuid::Uuid;

    fn entry(id: u128, digest: &str, label: &str) -> Entry {
        Entry {
            id: Uuid::from_u128(id),
            digest: digest.to_owned(),
            label: label.to_owned(),
            ..visit("2026-01-31", Vec::new()).entry
        }
    }

    /// The numbers of the newest ones, each with those of the earlier ones.
    fn listed(entries: &[Entry]) -> Vec<(u128, Vec<u128>)> {
        let number = |entry: &Entry| entry.id.as_u128();
        let of = |image: Image| {
            let earlier = image.earlier.iter().map(number).collect();
            (number(&image.newest), earlier)
        };
        images(entries).into_iter().map(of).collect()
    }

    #[test]
    fn of_each_image_the_one_saved_last_is_listed_and_the_others_below_it() {
        let entries = [
            entry(5, "a", "P"),
            entry(4, "b", "P"),
            entry(3, "a", "P"),
            entry(2, "a", "P"),
        ];
        assert_eq!(listed(&entries), [(5, vec![3, 2]), (4, vec![])]);
    }

    #[test]
    fn the_place_is_that_of_the_newest_one_whatever_day_it_was_given() {
        // The list is by day, and the newest one was given an earlier one.
        let entries = [entry(2, "a", "P"), entry(4, "b", "P"), entry(3, "a", "P")];
        assert_eq!(listed(&entries), [(4, vec![]), (3, vec![2])]);
    }

    #[test]
    fn under_another_label_it_stands_for_itself() {
        let entries = [entry(2, "a", "P"), entry(1, "a", "Q")];
        assert_eq!(listed(&entries), [(2, vec![]), (1, vec![])]);
    }

    #[test]
    fn images_that_are_not_known_are_not_one() {
        let entries = [entry(2, "", "P"), entry(1, "", "P")];
        assert_eq!(listed(&entries), [(2, vec![]), (1, vec![])]);
    }

    #[test]
    fn what_is_folded_is_counted() {
        assert_eq!(words(1), "1 earlier analysis of this image");
        assert_eq!(words(2), "2 earlier analyses of this image");
    }
}
