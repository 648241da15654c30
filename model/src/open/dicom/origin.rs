//! Where slices come from, in DICOM's own words: what a file about the result refers to and copies,
//! and what a reader is shown of it.

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use super::super::orient::Reorder;
use super::field::Fields;
use super::geometry::FrameInfo;
use super::header::Header;
use super::series::{SliceSource, Stack};
use crate::volume::{CopiedElement, DicomSeries, DicomSlice, FilePlane};

/// A tag, its VR, and what to write if the file lacks it: `None` omits it, empty writes it without
/// a value (type 2 of PS3.3), otherwise this default.
type Copied = (Tag, &'static [u8; 2], Option<&'static [u8]>);

/// What describes patient, study and coordinates in every object of a study (PS3.3 C.7.1.1,
/// C.7.2.1, C.7.4.1), how its text is encoded, and whether its pixels were ever compressed with
/// losses (C.7.6.1.1.5); ascending.
const COPIED: [Copied; 16] = [
    (tags::SPECIFIC_CHARACTER_SET, b"CS", None),
    (tags::STUDY_DATE, b"DA", Some(b"")),
    (tags::STUDY_TIME, b"TM", Some(b"")),
    (tags::ACCESSION_NUMBER, b"SH", Some(b"")),
    (tags::REFERRING_PHYSICIAN_NAME, b"PN", Some(b"")),
    (tags::STUDY_DESCRIPTION, b"LO", None),
    (tags::PATIENT_NAME, b"PN", Some(b"")),
    (tags::PATIENT_ID, b"LO", Some(b"")),
    (tags::ISSUER_OF_PATIENT_ID, b"LO", None),
    (tags::PATIENT_BIRTH_DATE, b"DA", Some(b"")),
    (tags::PATIENT_SEX, b"CS", Some(b"")),
    (tags::STUDY_ID, b"SH", Some(b"")),
    (tags::POSITION_REFERENCE_INDICATOR, b"LO", Some(b"")),
    (tags::LOSSY_IMAGE_COMPRESSION, b"CS", Some(b"00")),
    (tags::LOSSY_IMAGE_COMPRESSION_RATIO, b"DS", None),
    (tags::LOSSY_IMAGE_COMPRESSION_METHOD, b"CS", None),
];

/// What tells a series from others (PS3.3 C.7.3.1, C.8.2.1), without whose it is, and how its text
/// is encoded; shown, and copied nowhere.
const DESCRIBED: [(Tag, &[u8; 2]); 5] = [
    (tags::SPECIFIC_CHARACTER_SET, b"CS"),
    (tags::STUDY_DATE, b"DA"),
    (tags::SERIES_NUMBER, b"IS"),
    (tags::SERIES_DESCRIPTION, b"LO"),
    (tags::CONVOLUTION_KERNEL, b"SH"),
];

/// What is said of compression with loss.
const LOSSY_TAGS: [Tag; 3] = [
    tags::LOSSY_IMAGE_COMPRESSION,
    tags::LOSSY_IMAGE_COMPRESSION_RATIO,
    tags::LOSSY_IMAGE_COMPRESSION_METHOD,
];

/// Longer values than the standard allows are taken for none (PS3.5 table 6.2-1: names have at most
/// three groups of 64 characters, of a few bytes each).
const VALUE_BYTES: usize = 1024;
/// Characters of a UID (PS3.5 9.1).
const UID_BYTES: usize = 64;
/// Directions and spacings (mm) that differ by less are the same: files have six digits or so.
const SAME: f64 = 1e-4;
/// No scanner's coordinates reach further, and decimal strings hold no more.
const FARTHEST_MM: f64 = 1e6;

/// Whether a tag is in one of the lists.
pub(super) fn is_kept(tag: Tag) -> bool {
    COPIED.iter().any(|(copied, ..)| *copied == tag) || DESCRIBED.iter().any(|(it, _)| *it == tag)
}

/// What a file states of all that is kept, whether or not it says enough of itself to be referred
/// to.
pub(super) fn stated(fields: Fields<'_>) -> Vec<CopiedElement> {
    let copied = COPIED.iter().map(|(tag, vr, _)| (*tag, *vr));
    let only_described = DESCRIBED
        .iter()
        .filter(|(tag, _)| COPIED.iter().all(|(copied, ..)| copied != tag));
    copied
        .chain(only_described.copied())
        .filter_map(|(tag, vr)| {
            let is_value = |it: &&[u8]| !it.is_empty() && it.len() <= VALUE_BYTES;
            let value = fields.bytes(tag).filter(is_value)?;
            Some(element(tag, *vr, value))
        })
        .collect()
}

fn element(tag: Tag, vr: [u8; 2], value: &[u8]) -> CopiedElement {
    CopiedElement {
        tag: (tag.group(), tag.element()),
        vr,
        value: value.to_vec(),
    }
}

fn stated_of(header: &Header, tag: Tag) -> Option<&CopiedElement> {
    let mut all = header.stated.iter();
    all.find(|it| it.tag == (tag.group(), tag.element()))
}

/// What a file says of its series, and nothing that names the patient.
pub(super) fn described(header: &Header) -> Vec<CopiedElement> {
    let tags = DESCRIBED.iter();
    tags.filter_map(|(tag, _)| stated_of(header, *tag).cloned())
        .collect()
}

/// What a scan was computed with, as the file spells it.
pub(super) fn kernel(header: &Header) -> Option<&[u8]> {
    stated_of(header, tags::CONVOLUTION_KERNEL).map(|it| it.value.as_slice())
}

/// What the files of a stack state, as far as none of them says otherwise: nobody is shown one
/// patient's name for a scan of two.
pub(super) fn stated_by_all(headers: &[Option<Header>], stack: &Stack) -> Vec<CopiedElement> {
    let mut all: Vec<(&CopiedElement, bool)> = Vec::new();
    let files = stack
        .slices
        .iter()
        .filter_map(|it| headers.get(it.file)?.as_ref());
    for stated in files.flat_map(|header| &header.stated) {
        match all.iter_mut().find(|(known, _)| known.tag == stated.tag) {
            Some((known, is_disputed)) => *is_disputed |= known.value != stated.value,
            None => all.push((stated, false)),
        }
    }
    let undisputed = all.into_iter().filter(|(_, is_disputed)| !is_disputed);
    undisputed.map(|(stated, _)| stated.clone()).collect()
}

/// What another file needs to refer to a file: its UIDs.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    class: String,
    instance: String,
    study: String,
    frame_of_reference: String,
}

impl Origin {
    /// `None` if the file does not say what it is or where it belongs.
    pub(super) fn read(fields: Fields<'_>) -> Option<Self> {
        Some(Self {
            class: uid(fields, tags::SOP_CLASS_UID)?,
            instance: uid(fields, tags::SOP_INSTANCE_UID)?,
            study: uid(fields, tags::STUDY_INSTANCE_UID)?,
            frame_of_reference: uid(fields, tags::FRAME_OF_REFERENCE_UID)?,
        })
    }

    fn belongs_with(&self, other: &Self) -> bool {
        self.study == other.study && self.frame_of_reference == other.frame_of_reference
    }
}

fn uid(fields: Fields<'_>, tag: Tag) -> Option<String> {
    fields.text(tag).filter(|it| is_uid(it)).map(str::to_owned)
}

fn is_uid(text: &str) -> bool {
    let is_part = |it: u8| it.is_ascii_digit() || it == b'.';
    (1..=UID_BYTES).contains(&text.len()) && text.bytes().all(is_part)
}

/// The series of a stack whose slices are in the volume's order. `None` if a slice does not say
/// what it is or where it lies, or if the slices differ in how they lie.
pub(super) fn series(
    headers: &[Option<Header>],
    stack: &Stack,
    reorder: Reorder,
) -> Option<DicomSeries> {
    stack.affine?;
    let of = |slice: &SliceSource| headers.get(slice.file)?.as_ref();
    let first = stack.slices.first()?;
    let (header, plane) = (of(first)?, first.info);
    let origin = header.origin.as_ref().filter(|_| is_uid(&header.series))?;
    let mut slices = Vec::new();
    let mut lossy = None;
    for slice in &stack.slices {
        let file = of(slice)?;
        let is_many = file.frames.len() > 1;
        let own = file.origin.as_ref()?;
        let position = slice.info.position?;
        let is_near = position.iter().all(|mm| mm.abs() < FARTHEST_MM);
        if !is_near || !own.belongs_with(origin) || !lies_like(&slice.info, &plane) {
            return None;
        }
        lossy = lossy.or_else(|| is_lossy(file).then_some(file));
        slices.push(DicomSlice {
            class_uid: own.class.clone(),
            instance_uid: own.instance.clone(),
            frame: is_many.then_some(slice.frame + 1),
            position,
        });
    }
    let [flip_col, flip_row, _] = reorder.flip;
    Some(DicomSeries {
        study_uid: origin.study.clone(),
        series_uid: header.series.clone(),
        frame_of_reference_uid: origin.frame_of_reference.clone(),
        copied: copied(header, lossy.unwrap_or(header)),
        plane: FilePlane {
            size: [header.samples.cols, header.samples.rows],
            is_transposed: reorder.axis[0] == 1,
            flip: [flip_col, flip_row],
            direction: plane.direction?,
            spacing_mm: plane.spacing_mm.filter(|_| !plane.spacing_is_imager)?,
            thickness_mm: plane.thickness_mm.or(stack.spacing_mm)?,
            slice_spacing_mm: stack.spacing_mm.filter(|_| stack.can_declare_spacing),
        },
        slices,
    })
}

/// What is copied from one file, but for what another says of compression with loss: one slice is
/// enough.
fn copied(of: &Header, lossy: &Header) -> Vec<CopiedElement> {
    let copied = COPIED.iter().filter_map(|(tag, vr, missing)| {
        let header = if LOSSY_TAGS.contains(tag) { lossy } else { of };
        let missing = match *missing {
            // A scan that was once compressed with loss says so for ever (PS3.3 C.7.6.1.1.5); some
            // that are stored so do not.
            Some(b"00") if header.syntax.is_lossy => Some(&b"01"[..]),
            other => other,
        };
        let stated = stated_of(header, *tag).cloned();
        stated.or_else(|| Some(element(*tag, **vr, missing?)))
    });
    copied.collect()
}

/// Whether the pixels of a file were ever compressed with losses, as it says, or as they are
/// stored.
fn is_lossy(header: &Header) -> bool {
    match stated_of(header, tags::LOSSY_IMAGE_COMPRESSION) {
        Some(stated) => stated.value.starts_with(b"01"),
        None => header.syntax.is_lossy,
    }
}

/// Says that pixels of a stack lost something before they were stored as they are, and by which
/// ratio, as a file says.
pub(super) fn lossy_note(headers: &[Option<Header>], stack: &Stack) -> Option<String> {
    let mut files = stack
        .slices
        .iter()
        .filter_map(|it| headers.get(it.file)?.as_ref());
    let lossy = files.find(|header| is_lossy(header) && !header.syntax.is_lossy)?;
    let ratio = stated_of(lossy, tags::LOSSY_IMAGE_COMPRESSION_RATIO)
        .and_then(|it| std::str::from_utf8(&it.value).ok())
        .and_then(|text| text.split('\\').next())
        .filter(|text| text.bytes().all(|it| it.is_ascii_digit() || it == b'.'));
    let ratio = ratio.map_or_else(String::new, |ratio| format!(" ({ratio} : 1)"));
    Some(format!(
        "The file says that it was once compressed with loss{ratio}."
    ))
}

/// Whether pixels have the same size and run in the same directions.
fn lies_like(slice: &FrameInfo, other: &FrameInfo) -> bool {
    let numbers = |info: &FrameInfo| {
        let [[a, b, c], [d, e, f]] = info.direction?;
        let [row_mm, col_mm] = info.spacing_mm?;
        Some([a, b, c, d, e, f, row_mm, col_mm])
    };
    numbers(slice).zip(numbers(other)).is_some_and(|(a, b)| {
        let mut pairs = a.iter().zip(b);
        pairs.all(|(a, b)| (a - b).abs() < SAME)
    })
}
