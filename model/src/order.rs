//! Sorting for a small download: the standard library's sort is compiled anew for every type and
//! order, several kilobytes each time; here it is compiled once. Maps and sets are extended and not
//! collected for the same reason: collecting sorts first.

use std::cmp::Ordering;

/// Puts `items` in order; equal ones stay in theirs.
pub fn sort_by<T>(items: &mut [T], mut compare: impl FnMut(&T, &T) -> Ordering) {
    let mut places = places(
        items.len(),
        &mut |a, b| match (items.get(a), items.get(b)) {
            (Some(a), Some(b)) => compare(a, b),
            _ => Ordering::Equal,
        },
    );
    for index in 0..items.len() {
        // Every swap brings one item to its place.
        while let Some(place) = places.get(index).copied()
            && place != index
        {
            items.swap(index, place);
            places.swap(index, place);
        }
    }
}

/// Puts `items` in the order of their keys; equal ones stay in theirs.
pub fn sort_by_key<T, K: Ord>(items: &mut [T], mut key: impl FnMut(&T) -> K) {
    sort_by(items, |a, b| key(a).cmp(&key(b)));
}

/// The place in order of each of `count` items.
fn places(count: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|a, b| compare(*a, *b));
    let mut places = vec![0; count];
    for (place, item) in order.into_iter().enumerate() {
        if let Some(slot) = places.get_mut(item) {
            *slot = place;
        }
    }
    places
}

#[cfg(all(test, feature = "analysis"))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn items_come_out_as_from_the_standard_library(items: Vec<(u8, u32)>) {
            let (mut found, mut expected) = (items.clone(), items);
            sort_by_key(&mut found, |item| item.0);
            expected.sort_by_key(|item| item.0);
            prop_assert_eq!(found, expected);
        }
    }
}
