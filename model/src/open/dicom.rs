//! DICOM files: one slice, many frames, or a series of files.

mod choice;
mod codec;
mod element;
mod field;
mod frame;
mod geometry;
mod header;
mod meaning;
mod origin;
mod series;
mod syntax;
mod usual;
mod value;
mod voxels;
mod wanted;

use dicom_dictionary_std::tags;
use flate2::bufread::DeflateDecoder;

use super::NamedFile;
use super::error::{OpenError, Result};
use super::found::Opened;
use super::inflate::Unpacked;
use super::left_out::LeftOut;
use super::limit;
use super::orient::Reorder;
use crate::dicom::{MAGIC, PREAMBLE};
use crate::volume::{PixelSpacing, Volume};
use element::{Encoding, Walk};
use field::Fields;
use header::Header;
use meaning::Said;
use series::Stack;

/// Whether the bytes begin like DICOM: with the preamble and its letters (PS3.10 §7.1), or with a
/// first element of group 0002 or 0008 as old software writes it (PS3.5 §7.1).
pub fn begins_like_dicom(bytes: &[u8]) -> bool {
    bytes.get(PREAMBLE..PREAMBLE + MAGIC.len()) == Some(MAGIC) || is_bare(bytes)
}

fn is_bare(bytes: &[u8]) -> bool {
    let Some([g0, g1, e0, e1, a, b, c, d]) = bytes.first_chunk::<8>() else {
        return false;
    };
    let group_and_element = (
        u16::from_le_bytes([*g0, *g1]),
        u16::from_le_bytes([*e0, *e1]),
    );
    let plausible = matches!(group_and_element, (0x0002, 0..=2) | (0x0008, 0..=0x20));
    let known_type = matches!(
        &[*a, *b],
        b"UL" | b"UI" | b"CS" | b"DA" | b"SH" | b"OB" | b"LO"
    );
    plausible && (known_type || u32::from_le_bytes([*a, *b, *c, *d]) < 256)
}

/// A parsed file: its header, and the bytes that the header points into.
struct Parsed {
    header: Header,
    bytes: Vec<u8>,
}

fn parse(bytes: Vec<u8>, so_far: &mut Unpacked) -> Result<Parsed> {
    let start = if is_bare(&bytes) {
        0
    } else {
        PREAMBLE + MAGIC.len()
    };
    let explicit = Encoding {
        explicit: true,
        big_endian: false,
    };
    let mut walk = Walk {
        bytes: &bytes,
        at: start,
        encoding: explicit,
    };
    let meta = walk.meta()?;
    let start = walk.at;
    let meta = Fields {
        set: &meta,
        bytes: &bytes,
        big_endian: false,
    };
    let rest = bytes.get(start..).unwrap_or_default();
    let mut syntax = match meta.text(tags::TRANSFER_SYNTAX_UID) {
        Some(uid) => syntax::of(uid)?,
        None => syntax::bare(syntax::guess(rest)),
    };
    let (bytes, start) = if syntax.deflated {
        let inflated = DeflateDecoder::new(rest);
        (so_far.read_file(rest.len(), inflated)?, 0)
    } else {
        if !syntax.encoding.big_endian {
            syntax.encoding = syntax::guess(rest);
        }
        (bytes, start)
    };
    let set = Walk {
        bytes: &bytes,
        at: start,
        encoding: syntax.encoding,
    }
    .file()?;
    let fields = Fields {
        set: &set,
        bytes: &bytes,
        big_endian: syntax.encoding.big_endian,
    };
    let header = Header::read(fields, syntax)?;
    Ok(Parsed { header, bytes })
}

/// Headers of files, without their pixels.
#[derive(Debug, Default)]
pub(super) struct Found(Vec<Option<Header>>);

impl Found {
    /// Reads the header of the next file, which counts even if it has none.
    pub(super) fn add(&mut self, bytes: Vec<u8>) -> Result<()> {
        let parsed =
            parse(bytes, &mut Unpacked::default()).map(|parsed| self.0.push(Some(parsed.header)));
        parsed.inspect_err(|_| self.0.push(None))
    }

    /// The files of each series.
    pub(super) fn series(&self, notes: &mut Vec<String>) -> Vec<Vec<usize>> {
        choice::all(&self.0, notes)
    }
}

/// Opens a series of DICOM files: the one that is `wanted` of those that are found, else the
/// longest.
pub(super) fn open(
    files: Vec<NamedFile>,
    wanted: Option<usize>,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Opened> {
    let (count, mut notes, mut frames) = (files.len(), Vec::new(), 0);
    let (mut headers, mut bodies) = (Vec::new(), Vec::new());
    let (mut left_out, mut unpacked) = (LeftOut::default(), Unpacked::default());
    for (index, file) in files.into_iter().enumerate() {
        match parse(file.bytes, &mut unpacked) {
            Ok(parsed) => {
                frames += parsed.header.frames.len() as u64;
                limit::check_frames(frames)?;
                headers.push(Some(parsed.header));
                bodies.push(NamedFile {
                    name: file.name,
                    bytes: parsed.bytes,
                });
            }
            // Those after it would be too much, too: what is left would be a part of the scan.
            Err(error @ OpenError::TooLarge { what, .. }) if what == limit::TOTAL => {
                return Err(error);
            }
            Err(error) if count > 1 => left_out.add(&file.name, error),
            Err(error) => return Err(error),
        }
        progress(index + 1, count * 2);
    }
    left_out.tell(!headers.is_empty(), &mut notes)?;
    let choice = choice::choose(&headers, wanted, &mut notes)?;
    let stack = Stack::new(&headers, &choice.files)?;
    let stated = origin::stated_by_all(&headers, &stack);
    Ok(Opened {
        volume: assemble(&headers, bodies, stack, notes, progress)?,
        stated,
        series: choice.found,
        chosen: choice.chosen,
    })
}

/// The slices of a stack as a volume.
fn assemble(
    headers: &[Option<Header>],
    bodies: Vec<NamedFile>,
    mut stack: Stack,
    mut notes: Vec<String>,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Volume> {
    let first = *stack.slices.first().ok_or(OpenError::NoPixels)?;
    let header = headers
        .get(first.file)
        .and_then(Option::as_ref)
        .ok_or(OpenError::NoPixels)?;
    let source = [header.samples.cols, header.samples.rows, stack.slices.len()];
    let voxel_count = limit::check_grid(source[1] as u64, source[0] as u64, source[2] as u64)?;
    let reorder = reorder(&stack)?;
    let [cols, rows, count] = reorder.size(source);
    // Without the distance of pixels, or with that on the detector, nobody knows where they lie in
    // the patient.
    let is_placed = first.info.spacing_mm.is_some() && !first.info.spacing_is_imager;
    let affine = stack.affine.filter(|_| is_placed);
    let patient_from_voxel = affine.map(|affine| reorder.affine(source, &affine));
    if reorder.flip[2] {
        stack.slices.reverse();
    }
    let dicom = origin::series(headers, &stack, reorder);
    let mut voxels = voxels::read(headers, bodies, &stack, reorder, voxel_count, progress)?;

    notes.append(&mut stack.notes);
    // Not where rows and columns are exchanged, too.
    if reorder.flip[1] && reorder.axis[1] == 1 {
        notes.push(
            "The file shows the patient prone; the image is turned to be read as supine."
                .to_owned(),
        );
    }
    notes.extend(origin::lossy_note(headers, &stack));
    let said = Said::of(header, &first);
    let intensity = said.settle(&mut voxels, header.samples.photometric);
    meaning::note(header, &first, said, intensity, &mut notes);
    let mut volume = Volume {
        rows,
        cols,
        intensity,
        voxels,
        spacing: first.info.spacing_mm.map(|mm| spacing(mm, reorder)),
        is_calibrated: false,
        slice_spacing_mm: stack.spacing_mm.map(|mm| mm as f32),
        slice_thickness_mm: stack.thickness_mm().map(|mm| mm as f32),
        patient_from_voxel,
        // A slice by itself has no head's end.
        is_oriented: stack.affine.is_some() || (count == 1 && stack.directions().is_some()),
        slice_positions_mm: stack.positions_mm().unwrap_or_default(),
        instance_numbers: stack.instance_numbers(headers).unwrap_or_default(),
        file_grid: None,
        dicom,
        format: format!("DICOM, {}", header.syntax.name),
        notes,
    };
    note_thickness(&mut volume);
    Ok(volume)
}

/// Distances between rows and between columns of the file as those of the volume.
fn spacing([row_mm, col_mm]: [f64; 2], reorder: Reorder) -> PixelSpacing {
    let (row_mm, col_mm) = if reorder.axis[0] == 1 {
        (col_mm, row_mm)
    } else {
        (row_mm, col_mm)
    };
    PixelSpacing {
        row_mm: row_mm as f32,
        col_mm: col_mm as f32,
    }
}

/// Slices this many times as thick as they are apart show what their neighbours show; twice is
/// usual.
const SLAB: f32 = 2.05;

fn note_thickness(volume: &mut Volume) {
    if let (Some(step), Some(thickness)) = (volume.slice_spacing_mm, volume.slice_thickness_mm)
        && volume.slices() > 1
    {
        let meaning = if !volume.slices_touch() {
            "what lies between is not shown"
        } else if thickness > SLAB * step {
            "each shows much of what its neighbours show"
        } else {
            return;
        };
        volume.notes.push(format!(
            "Slices are {thickness:.2} mm thick and {step:.2} mm apart: {meaning}."
        ));
    }
}

/// How slices as sorted become canonical ones. Where the files do not say where they lie but how
/// they are turned, rows and columns are turned, and the slices stay in their order.
fn reorder(stack: &Stack) -> Result<Reorder> {
    let Some(affine) = stack.affine.or_else(|| stack.directions()) else {
        return Ok(Reorder::IDENTITY);
    };
    let mut reorder = Reorder::to_canonical(&affine)?;
    if reorder.axis[2] != 2 {
        return Err(OpenError::NotAxial);
    }
    reorder.flip[2] &= stack.affine.is_some();
    Ok(reorder)
}
