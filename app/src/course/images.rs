//! One examination an image: an image that was analysed twice did not grow in between.

use super::Visit;
use crate::image;

/// Which of `visits` is of the image of `analysis` and was saved later; `None` if more than one is
/// of it.
pub(super) fn successor(analysis: &Visit, visits: &[&Visit]) -> Option<usize> {
    let all = visits.iter().enumerate();
    let mut of_image = all.filter(|(_, it)| it.entry.is_of_image_of(&analysis.entry));
    let (visit, newer) = of_image.next()?;
    (of_image.next().is_none() && analysis.entry.saved() < newer.entry.saved()).then_some(visit)
}

/// Of several analyses of one image the one that was saved last, all in their order; and a sentence
/// if that leaves any out.
pub(super) fn newest(visits: &[Visit]) -> (Vec<&Visit>, Option<String>) {
    let visits: Vec<&Visit> = visits.iter().collect();
    let images = image::images(&visits, |it| &it.entry);
    let several = || images.iter().filter(|it| !it.earlier.is_empty());
    let analyses: usize = several().map(|it| 1 + it.earlier.len()).sum();
    let sentence = match several().count() {
        0 => None,
        1 => Some(format!(
            "{analyses} analyses of one image: the newest is used."
        )),
        images => Some(format!(
            "{analyses} analyses of {images} images: the newest of each is used."
        )),
    };
    let newest = images.iter().map(|it| it.newest);
    (newest.collect(), sentence)
}

#[cfg(test)]
mod tests {
    use super::super::tests::visit;
    use super::*;
    use uuid::Uuid;

    fn of_image(digest: &str, saved_at: &str, id: u128) -> Visit {
        let mut visit = visit("2026-01-01", Vec::new());
        visit.entry.digest = digest.to_owned();
        visit.entry.saved_at = saved_at.to_owned();
        visit.entry.id = Uuid::from_u128(id);
        visit
    }

    fn kept(visits: &[Visit]) -> (Vec<u128>, Option<String>) {
        let (visits, sentence) = newest(visits);
        (
            visits.iter().map(|v| v.entry.id.as_u128()).collect(),
            sentence,
        )
    }

    #[test]
    fn of_two_analyses_of_one_image_the_newest_is_used() {
        let one = [
            of_image("a", "2026-02-02 10:01", 1),
            of_image("b", "2026-02-02 10:00", 2),
            of_image("a", "2026-02-02 10:00", 3),
        ];
        let sentence = "2 analyses of one image: the newest is used.";
        assert_eq!(kept(&one), (vec![1, 2], Some(sentence.to_owned())));
        assert_eq!(kept(&one[..2]), (vec![1, 2], None));
        let two = [
            of_image("b", "2026-02-02 10:00", 4),
            of_image("a", "2026-02-02 10:01", 5),
        ];
        let all = [one, [two[0].clone(), two[1].clone(), of_image("c", "", 6)]].concat();
        let sentence = "5 analyses of 2 images: the newest of each is used.";
        assert_eq!(kept(&all), (vec![4, 5, 6], Some(sentence.to_owned())));
    }
}
