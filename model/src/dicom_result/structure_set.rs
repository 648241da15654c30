//! The lesions as an RT Structure Set (PS3.3 A.19), which systems for radiotherapy and many viewers
//! read.
//!
//! One ROI for each lesion, and on each slice that it reaches closed planar contours in the
//! patient's coordinates ([`contour`]).

mod contour;
mod module;

use dicom_dictionary_std::tags;

use super::algorithm::Algorithm;
use super::data_set::{DataSet, Items};
use super::frame::slice_reference;
use super::{Marked, NoObject, Stamp, part10, text};
use crate::volume::{DicomSeries, DicomSlice};

/// The page's colour of tumours, sRGB.
const COLOUR: &str = "255\\112\\51";

/// A file of the lesions.
///
/// # Errors
/// See [`NoObject`].
pub fn to_structure_set(marked: &Marked<'_>, stamp: &Stamp) -> Result<Vec<u8>, NoObject> {
    let (series, frames) = marked.frames()?;
    let algorithm = Algorithm::of(marked);
    let (mut regions, mut drawn, mut observed) =
        (Items::default(), Items::default(), Items::default());
    for (number, lesion) in (1_u16..).zip(marked.lesions) {
        let roi = number.to_string();
        regions.push(module::region(&algorithm, &roi, lesion, series));
        observed.push(module::observation(&roi, lesion));
        let mut contours = Contours::default();
        for frame in frames.iter().filter(|it| it.segment == number) {
            let Some(slice) = series.slices.get(frame.slice) else {
                continue;
            };
            let [cols, _] = series.plane.size;
            let pixels: Vec<usize> = frame.file_pixels(series, marked.volume.cols).collect();
            for contour in contour::contours(&pixels, cols) {
                contours.push(series, slice, &contour);
            }
        }
        let mut roi_contour = DataSet::default();
        roi_contour.text(tags::ROI_DISPLAY_COLOR, *b"IS", COLOUR);
        roi_contour.sequence(tags::CONTOUR_SEQUENCE, &contours.items);
        roi_contour.text(tags::REFERENCED_ROI_NUMBER, *b"IS", &roi);
        drawn.push(roi_contour);
    }

    let mut set = DataSet::default();
    module::head(&mut set, series, stamp);
    set.sequence(tags::STRUCTURE_SET_ROI_SEQUENCE, &regions);
    set.sequence(tags::ROI_CONTOUR_SEQUENCE, &drawn);
    set.sequence(tags::RTROI_OBSERVATIONS_SEQUENCE, &observed);
    let mut file = part10::start(module::KIND.class_uid, &text::uid(stamp.random[0]));
    file.extend(set.into_bytes());
    Ok(file)
}

/// The contours of an ROI, numbered from 1.
#[derive(Debug, Default)]
struct Contours {
    items: Items,
    count: u32,
}

impl Contours {
    fn push(&mut self, series: &DicomSeries, slice: &DicomSlice, corners: &[contour::Corner]) {
        self.count += 1;
        let mut item = DataSet::default();
        item.item(tags::CONTOUR_IMAGE_SEQUENCE, slice_reference(slice));
        item.text(tags::CONTOUR_GEOMETRIC_TYPE, *b"CS", "CLOSED_PLANAR");
        let points = corners.len().to_string();
        item.text(tags::NUMBER_OF_CONTOUR_POINTS, *b"IS", &points);
        item.text(tags::CONTOUR_NUMBER, *b"IS", &self.count.to_string());
        let places: Vec<[f64; 3]> = corners
            .iter()
            .map(|&corner| contour::place_mm(&series.plane, slice, corner))
            .collect();
        let places = text::decimals(places.as_flattened());
        item.text(tags::CONTOUR_DATA, *b"DS", &places);
        self.items.push(item);
    }
}
