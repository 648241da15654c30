//! The frames: one for each lesion on each slice that it reaches.

use dicom_dictionary_std::tags;

use super::code;
use super::data_set::DataSet;
use super::object::referred_to;
use super::text::decimals;
use crate::analysis::region::regions;
use crate::finding::Lesion;
use crate::map::Map;
use crate::pipeline::SliceAnalysis;
use crate::volume::{DicomSeries, DicomSlice};

/// A lesion on a slice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    /// Number of the lesion's segment or ROI, from 1.
    pub(super) segment: u16,
    /// Slice of the volume.
    pub(super) slice: usize,
    /// Its pixels: indices `row · cols + col` in the volume.
    pub(super) pixels: Vec<usize>,
}

/// All frames, lesion after lesion and from feet to head. Findings must have their numbers.
pub(super) fn frames(analyses: &Map<usize, SliceAnalysis>, lesions: &[Lesion]) -> Vec<Frame> {
    let slices: Vec<_> = analyses
        .iter()
        .map(|(&slice, analysis)| (slice, &analysis.findings, regions(&analysis.refined)))
        .collect();
    let mut frames = Vec::new();
    for (segment, lesion) in (1..).zip(lesions) {
        for (slice, findings, regions) in &slices {
            // A lesion may have several regions on a slice.
            let mut pixels = Vec::new();
            for (finding, region) in findings.iter().zip(regions) {
                if finding.lesion == lesion.number {
                    pixels.extend_from_slice(&region.pixels);
                }
            }
            if !pixels.is_empty() {
                frames.push(Frame {
                    segment,
                    slice: *slice,
                    pixels,
                });
            }
        }
    }
    frames
}

/// The slices that have a frame, ascending: their places are the positions that frames are indexed
/// by.
pub(super) fn marked_slices(frames: &[Frame], slices: usize) -> Vec<usize> {
    (0..slices)
        .filter(|slice| frames.iter().any(|frame| frame.slice == *slice))
        .collect()
}

impl Frame {
    /// Its pixels as places in the file, row by row. `cols` is the width of the volume.
    pub(super) fn file_pixels(
        &self,
        series: &DicomSeries,
        cols: usize,
    ) -> impl Iterator<Item = usize> {
        let (plane, cols) = (series.plane, cols.max(1));
        let pixels = self.pixels.iter();
        pixels.map(move |pixel| plane.index([pixel % cols, pixel / cols]))
    }

    /// Its pixels, a bit each, as [`pack`] sets those of one frame.
    pub(super) fn bits(&self, series: &DicomSeries, cols: usize) -> Vec<u8> {
        let mut bits = vec![0; frame_bits(series).div_ceil(8) as usize];
        pack(std::slice::from_ref(self), series, cols, &mut bits);
        bits
    }

    /// What is said of this frame alone (PS3.3 A.51.5): which segment it is of, where it lies, and
    /// what image it was made from. `position` counts from 1.
    pub(super) fn groups(&self, slice: &DicomSlice, position: usize) -> DataSet {
        let mut content = DataSet::default();
        let index = [u32::from(self.segment), position as u32];
        content.longs(tags::DIMENSION_INDEX_VALUES, &index);
        let mut place = DataSet::default();
        place.text(
            tags::IMAGE_POSITION_PATIENT,
            *b"DS",
            &decimals(&slice.position),
        );
        let mut segment = DataSet::default();
        segment.words(tags::REFERENCED_SEGMENT_NUMBER, &[self.segment]);

        let mut groups = DataSet::default();
        groups.item(tags::FRAME_CONTENT_SEQUENCE, content);
        groups.item(tags::PLANE_POSITION_SEQUENCE, place);
        groups.item(tags::SEGMENT_IDENTIFICATION_SEQUENCE, segment);
        groups.item(tags::DERIVATION_IMAGE_SEQUENCE, derivation(slice));
        groups
    }
}

fn derivation(slice: &DicomSlice) -> DataSet {
    let mut source = slice_reference(slice);
    source.text(tags::SPATIAL_LOCATIONS_PRESERVED, *b"CS", "YES");
    source.item(
        tags::PURPOSE_OF_REFERENCE_CODE_SEQUENCE,
        code::SOURCE.item(),
    );
    let mut derivation = DataSet::default();
    derivation.item(tags::SOURCE_IMAGE_SEQUENCE, source);
    derivation.item(tags::DERIVATION_CODE_SEQUENCE, code::SEGMENTATION.item());
    derivation
}

/// The file of a slice, and which frame of several in it is the slice.
pub(super) fn slice_reference(slice: &DicomSlice) -> DataSet {
    let mut reference = referred_to(&slice.class_uid, &slice.instance_uid);
    if let Some(frame) = slice.frame {
        let number = frame.to_string();
        reference.text(tags::REFERENCED_FRAME_NUMBER, *b"IS", &number);
    }
    reference
}

/// Bytes that the frames' pixels take; `None` if an element cannot hold so many.
pub(super) fn packed_bytes(frames: usize, series: &DicomSeries) -> Option<u32> {
    let bits = frames as u64 * frame_bits(series);
    u32::try_from(bits.div_ceil(8).next_multiple_of(2)).ok()
}

fn frame_bits(series: &DicomSeries) -> u64 {
    let [cols, rows] = series.plane.size;
    cols as u64 * rows as u64
}

/// Sets the bits of the frames' pixels in `packed`: the first pixel is the lowest bit of the first
/// byte, and frames follow each other without a gap (PS3.5 8.1.1 and annex D). `cols` is the width
/// of the volume.
pub(super) fn pack(frames: &[Frame], series: &DicomSeries, cols: usize, packed: &mut [u8]) {
    let mut start = 0;
    for frame in frames {
        for pixel in frame.file_pixels(series, cols) {
            // More bits than the browser's 32-bit addresses count.
            let bit = start + pixel as u64;
            if let Some(byte) = packed.get_mut((bit / 8) as usize) {
                *byte |= 1 << (bit % 8);
            }
        }
        start += frame_bits(series);
    }
}
