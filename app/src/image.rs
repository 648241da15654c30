//! Which analyses are of one image: of those that were saved again and again, the newest counts.

use crate::api::history::Entry;

/// The analyses of an image under one label.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Image<T> {
    /// The one saved last.
    pub(crate) newest: T,
    /// The others, in their order.
    pub(crate) earlier: Vec<T>,
}

/// Analyses, each of which has its `entry`, by image, in the order of their newest ones. Under
/// another label an image is another's.
pub(crate) fn images<T: Clone>(analyses: &[T], entry: impl Fn(&T) -> &Entry) -> Vec<Image<T>> {
    let others = |analysis: &T| {
        let is_other = |it: &&T| entry(it).is_another_of_image_of(entry(analysis));
        analyses
            .iter()
            .filter(is_other)
            .cloned()
            .collect::<Vec<_>>()
    };
    let image = |newest: &T| {
        let earlier = others(newest);
        let is_earlier = |it: &T| entry(it).saved() < entry(newest).saved();
        let newest = newest.clone();
        earlier
            .iter()
            .all(is_earlier)
            .then_some(Image { newest, earlier })
    };
    analyses.iter().filter_map(image).collect()
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
        let of = |image: Image<Entry>| {
            let earlier = image.earlier.iter().map(number).collect();
            (number(&image.newest), earlier)
        };
        images(entries, |it| it).into_iter().map(of).collect()
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
    fn the_minute_of_saving_comes_before_the_number() {
        let early = Entry {
            saved_at: "2026-01-31 09:59".to_owned(),
            ..entry(3, "a", "P")
        };
        assert_eq!(listed(&[early, entry(2, "a", "P")]), [(2, vec![3])]);
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
}
