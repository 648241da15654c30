//! What is measured of a lesion (TID 1411, Volumetric ROI Measurements).

use dicom_dictionary_std::tags;

use super::content::{Item, Relation};
use super::tracking::tracking_uid;
use crate::dicom_result::algorithm::{Algorithm, kind, name};
use crate::dicom_result::frame::{Frame, slice_reference};
use crate::dicom_result::text::uid;
use crate::dicom_result::{Marked, Stamp, code, object, seg};
use crate::finding::advice::mean_diameter_mm;
use crate::finding::{Finding, Lesion, Side};
use crate::volume::{DicomSeries, Intensity};

/// A lesion with all that is known of it.
#[derive(Debug)]
pub(super) struct Shown<'a> {
    pub(super) marked: &'a Marked<'a>,
    pub(super) series: &'a DicomSeries,
    pub(super) lesion: &'a Lesion,
    /// Of its segment, from 1.
    pub(super) number: u16,
    pub(super) frames: Vec<&'a Frame>,
}

impl Shown<'_> {
    /// Name, place, measures, segment, and the slices that this was made from.
    pub(super) fn group(&self, algorithm: &Algorithm, segmentation: &Stamp) -> Item {
        use Relation::{Contains, Context, Modifier};
        let lesion = self.lesion;
        let mut group = Item::container(Contains, code::MEASUREMENT_GROUP).by("1411");
        group.add(Item::text(Context, code::TRACKING_NAME, &name(lesion)));
        let tracked = tracking_uid(&self.frames, self.series, self.marked.volume.cols);
        group.add(Item::uid(Context, code::TRACKING_UID, &tracked));
        group.add(Item::code(Contains, code::FINDING, kind(lesion)));
        let mut site = Item::code(Modifier, code::FINDING_SITE, code::LUNG);
        if let Some(side) = lesion.side {
            let side = match side {
                Side::Right => code::RIGHT,
                Side::Left => code::LEFT,
            };
            site.add(Item::code(Modifier, code::LATERALITY, side));
        }
        group.add(site);
        if let (_, Some(by)) = algorithm.behind(lesion) {
            let version = env!("CARGO_PKG_VERSION");
            group.add(Item::text(Modifier, code::ALGORITHM_NAME, by));
            group.add(Item::text(Modifier, code::ALGORITHM_VERSION, version));
        }
        for measure in self.measures() {
            group.add(measure);
        }
        let object = uid(segmentation.random[0]);
        let mut segment = object::referred_to(seg::CLASS_UID, &object);
        segment.words(tags::REFERENCED_SEGMENT_NUMBER, &[self.number]);
        group.add(Item::image(code::REFERENCED_SEGMENT, segment));
        let slices = self.frames.iter();
        for slice in slices.filter_map(|it| self.series.slices.get(it.slice)) {
            group.add(Item::image(code::SEGMENTED, slice_reference(slice)));
        }
        group
    }

    /// The axes on the slice where their mean is largest, as the page has it; the volume; and
    /// Hounsfield units over all slices.
    fn measures(&self) -> Vec<Item> {
        let mut measures = Vec::new();
        let all = self.findings().filter_map(|it| {
            let long_mm = it.longest_mm?;
            let short_mm = it.perpendicular_mm?;
            Some((mean_diameter_mm(it)?, long_mm, short_mm))
        });
        if let Some((mean_mm, long_mm, short_mm)) = largest(all) {
            let length = |name, mm: f32| Item::number(name, f64::from(mm), code::MILLIMETRE);
            let mean = Item::code(Relation::Modifier, code::DERIVATION, code::MEAN);
            measures.push(length(code::LONG_AXIS, long_mm));
            measures.push(length(code::SHORT_AXIS, short_mm));
            measures.push(length(code::DIAMETER, mean_mm).with(mean));
        }
        if let Some(ml) = self.lesion.volume_ml {
            let volume = Item::number(code::VOLUME, f64::from(ml), code::CUBIC_CENTIMETRE);
            measures.push(volume);
        }
        if let Some((mean, deviation)) = self.hounsfield() {
            let figures = [(Some(mean), code::MEAN), (deviation, code::DEVIATION)];
            for (value, derivation) in figures {
                let derived = Item::code(Relation::Modifier, code::DERIVATION, derivation);
                let number = |it| Item::number(code::ATTENUATION, it, code::HOUNSFIELD);
                measures.extend(value.map(number).map(|it| it.with(derived)));
            }
        }
        measures
    }

    fn findings(&self) -> impl Iterator<Item = &Finding> {
        let all = self.marked.analyses.values().flat_map(|it| &it.findings);
        all.filter(|it| it.lesion == self.lesion.number)
    }

    /// Mean and standard deviation of all pixels, where values are Hounsfield units. As with
    /// ellipses, the deviation is that of a sample.
    fn hounsfield(&self) -> Option<(f64, Option<f64>)> {
        let volume = self.marked.volume;
        if volume.intensity != Intensity::Hounsfield {
            return None;
        }
        let (mut count, mut sum, mut squares) = (0.0_f64, 0.0_f64, 0.0_f64);
        for frame in &self.frames {
            let values = volume.slice(frame.slice)?;
            for value in frame.pixels.iter().filter_map(|&pixel| values.get(pixel)) {
                let value = f64::from(*value);
                count += 1.0;
                sum += value;
                squares += value * value;
            }
        }
        let around_mean = (squares - sum * sum / count).max(0.0);
        let deviation = (count > 1.0).then(|| (around_mean / (count - 1.0)).sqrt());
        (count > 0.0).then(|| (sum / count, deviation))
    }
}

/// Those with the largest mean of mean, long and short axis; where several have that, the longest
/// of them, whatever the order of the slices.
fn largest(mut all: impl Iterator<Item = (f32, f32, f32)>) -> Option<(f32, f32, f32)> {
    let first = all.next()?;
    Some(all.fold(first, |most, it| if it > most { it } else { most }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_equal_means_the_longest_axes_are_told_in_whatever_order() {
        let (small, round, long) = ((8.0, 12.0, 4.0), (9.0, 9.0, 9.0), (9.0, 10.0, 8.0));
        for all in [
            [small, round, long],
            [long, round, small],
            [round, long, small],
        ] {
            assert_eq!(largest(all.into_iter()), Some(long));
        }
        assert_eq!(largest(std::iter::empty()), None);
    }
}
