//! What a DICOM image says about its pixels, checked (PS3.3 C.7.6.3).

use std::ops::Range;

use dicom_dictionary_std::{tags, uids};

use super::super::error::{OpenError, Result};
use super::super::limit;
use super::element::{Value, malformed};
use super::field::Fields;
use super::geometry::FrameInfo;
use super::origin::{self, Origin};
use super::syntax::Syntax;
use super::wanted;
use crate::volume::CopiedElement;

/// How colours are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Photometric {
    /// Greater is brighter (`inverted`: darker).
    Grey {
        inverted: bool,
    },
    Rgb,
    /// The first of three samples is the brightness.
    Luma,
}

/// Shape and meaning of the stored samples; the same for all frames of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Samples {
    pub(super) rows: usize,
    pub(super) cols: usize,
    /// 8 or 16.
    pub(super) bits_allocated: u16,
    /// 1…`bits_allocated`.
    pub(super) bits_stored: u16,
    /// Unused bits below the stored ones.
    pub(super) shift: u16,
    pub(super) signed: bool,
    pub(super) photometric: Photometric,
    /// Colours one plane after another rather than pixel by pixel.
    pub(super) planar: bool,
    pub(super) big_endian: bool,
    /// Stored values that are not tissue, inclusive.
    pub(super) padding: Option<(i32, i32)>,
    /// The padding with the bits around the stored ones, where those alone do not hold it.
    pub(super) padding_word: Option<u16>,
}

impl Samples {
    /// Samples a pixel: 1 or 3.
    pub(super) fn channels(&self) -> usize {
        match self.photometric {
            Photometric::Grey { .. } => 1,
            Photometric::Rgb | Photometric::Luma => 3,
        }
    }

    /// Bytes of an uncompressed frame.
    pub(super) fn frame_bytes(&self) -> usize {
        self.rows * self.cols * self.channels() * usize::from(self.bits_allocated / 8)
    }

    /// The number that a sample stands for: the stored bits, signed or not.
    pub(super) fn stored(&self, sample: u16) -> i32 {
        let unused = 16 - u32::from(self.bits_stored);
        let bits = (sample >> self.shift) << unused;
        if self.signed {
            i32::from(bits as i16) >> unused
        } else {
            i32::from(bits) >> unused
        }
    }
}

/// What an image shows of the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shows {
    Slices,
    /// An overview, on which slices are planned.
    Localizer,
    /// The brightest, or the darkest, of all that lie behind each other.
    Projections,
}

impl Shows {
    /// By any value of the image type (PS3.3 C.7.6.1.1.2, C.8.16.1.4): `MIP`, `MINIP`, `MAX_IP`,
    /// `PROJECTION IMAGE` and the like.
    fn of(image_type: &str) -> Self {
        let mut words = image_type.split(['\\', ' ', '_']);
        if image_type.contains("LOCALIZER") {
            Self::Localizer
        } else if words.any(|word| matches!(word, "MIP" | "MINIP" | "MAXIP" | "IP" | "PROJECTION"))
        {
            Self::Projections
        } else {
            Self::Slices
        }
    }
}

/// A DICOM image, its pixels still packed.
#[derive(Debug, Clone)]
pub(super) struct Header {
    pub(super) syntax: Syntax,
    pub(super) samples: Samples,
    pub(super) is_ct: bool,
    /// Whether no scanner is named, as where a program has written the file anew.
    pub(super) is_converted: bool,
    pub(super) shows: Shows,
    pub(super) series: String,
    pub(super) series_number: Option<i32>,
    /// Whose it is: the patient's number or, where there is none, name, as the file spells it;
    /// empty if it says neither.
    pub(super) patient: Vec<u8>,
    pub(super) instance: Option<f64>,
    /// What it states of patient, study and series.
    pub(super) stated: Vec<CopiedElement>,
    /// What another file needs to refer to it, if it says all of that.
    pub(super) origin: Option<Origin>,
    /// One a frame.
    pub(super) frames: Vec<FrameInfo>,
    pub(super) pixels: Pixels,
}

/// Where the pixels lie in the file.
#[derive(Debug, Clone)]
pub(super) enum Pixels {
    Native(Range<usize>),
    /// Offset table first.
    Fragments(Vec<Range<usize>>),
}

impl Header {
    /// Reads the fields of a data set.
    pub(super) fn read(fields: Fields<'_>, syntax: Syntax) -> Result<Self> {
        if let Some(what) = fields.text(tags::SOP_CLASS_UID).and_then(result) {
            return Err(OpenError::NotScan { what });
        }
        let pixels = match fields.set.values.get(&wanted::PIXEL_DATA) {
            Some(Value::Span(span)) => Pixels::Native(span.clone()),
            Some(Value::Fragments(fragments)) => Pixels::Fragments(fragments.clone()),
            _ if fields.set.values.contains_key(&tags::FLOAT_PIXEL_DATA)
                || fields
                    .set
                    .values
                    .contains_key(&tags::DOUBLE_FLOAT_PIXEL_DATA) =>
            {
                return Err(OpenError::Unsupported {
                    what: "DICOM with floating-point pixels".to_owned(),
                });
            }
            _ => return Err(OpenError::NoPixels),
        };
        // Some files say that they have none, and have one.
        let count = fields
            .number(tags::NUMBER_OF_FRAMES, "number of frames")?
            .filter(|count| count.abs() > 0.0)
            .unwrap_or(1.0);
        if count < 1.0 {
            return Err(OpenError::EmptyImage);
        }
        let samples = read_samples(fields, count as u64)?;
        let header = Self {
            syntax,
            samples,
            is_ct: is_ct(fields),
            is_converted: matches!(fields.text(tags::MODALITY), None | Some("OT" | "SC")),
            shows: Shows::of(fields.text(tags::IMAGE_TYPE).unwrap_or_default()),
            series: fields
                .text(tags::SERIES_INSTANCE_UID)
                .unwrap_or_default()
                .to_owned(),
            series_number: fields
                .text(tags::SERIES_NUMBER)
                .and_then(|text| text.parse().ok()),
            patient: patient(fields).to_vec(),
            instance: fields.decimal(tags::INSTANCE_NUMBER),
            stated: origin::stated(fields),
            origin: Origin::read(fields),
            frames: FrameInfo::read_all(fields, count as usize)?,
            pixels,
        };
        header.check_pixels()?;
        Ok(header)
    }

    /// Uncompressed pixels must be all there before a frame is looked at.
    fn check_pixels(&self) -> Result<()> {
        let needed = self.samples.frame_bytes() as u64 * self.frames.len() as u64;
        match &self.pixels {
            Pixels::Native(span) if needed > span.len() as u64 => Err(malformed(
                "it says to have more rows and columns than it has pixels",
            )),
            _ => Ok(()),
        }
    }
}

/// What is made of a scan, by its SOP class (PS3.4 B.5); some of it has pixels.
fn result(class: &str) -> Option<&'static str> {
    let kind = class.strip_prefix("1.2.840.10008.5.1.4.1.1.")?;
    Some(match kind {
        "66.4" | "66.5" | "66.7" => "a segmentation of a scan",
        "481.2" => "a radiation dose (RTDOSE)",
        "481.3" => "a set of outlines (RTSTRUCT)",
        _ if kind.starts_with("88.") => "a report (SR)",
        _ if kind.starts_with("11.") => "a way to show a scan (PR)",
        _ => return None,
    })
}

fn patient(fields: Fields<'_>) -> &[u8] {
    let value = |tag| {
        let value = fields.bytes(tag).map(<[u8]>::trim_ascii);
        value.filter(|it| !it.is_empty())
    };
    let number = value(tags::PATIENT_ID);
    number
        .or_else(|| value(tags::PATIENT_NAME))
        .unwrap_or_default()
}

/// By modality, or by the kind of object where that is left out.
fn is_ct(fields: Fields<'_>) -> bool {
    match fields.text(tags::MODALITY) {
        Some(modality) => modality == "CT",
        None => matches!(
            fields.text(tags::SOP_CLASS_UID),
            Some(uids::CT_IMAGE_STORAGE | uids::ENHANCED_CT_IMAGE_STORAGE)
        ),
    }
}

fn read_samples(fields: Fields<'_>, frames: u64) -> Result<Samples> {
    let rows = fields.required_word(tags::ROWS, "number of rows")?;
    let cols = fields.required_word(tags::COLUMNS, "number of columns")?;
    limit::check_grid(rows.into(), cols.into(), frames)?;
    let bits_allocated = fields.required_word(tags::BITS_ALLOCATED, "bits a pixel")?;
    if bits_allocated != 8 && bits_allocated != limit::BITS {
        return Err(OpenError::Unsupported {
            what: format!("DICOM with {bits_allocated} bits a pixel"),
        });
    }
    let bits_stored = fields.word(tags::BITS_STORED).unwrap_or(bits_allocated);
    let high_bit = fields
        .word(tags::HIGH_BIT)
        .unwrap_or(bits_stored.saturating_sub(1));
    if bits_stored == 0 || high_bit >= bits_allocated || high_bit + 1 < bits_stored {
        return Err(malformed("its numbers of bits contradict each other"));
    }
    let signed = fields.word(tags::PIXEL_REPRESENTATION) == Some(1);
    let photometric = read_photometric(fields)?;
    if !matches!(photometric, Photometric::Grey { .. }) && (bits_stored != 8 || bits_allocated != 8)
    {
        return Err(OpenError::Unsupported {
            what: "Coloured DICOM with more than 8 bits a colour".to_owned(),
        });
    }
    let mut samples = Samples {
        rows: rows.into(),
        cols: cols.into(),
        bits_allocated,
        bits_stored,
        shift: high_bit + 1 - bits_stored,
        signed,
        photometric,
        planar: fields.word(tags::PLANAR_CONFIGURATION) == Some(1),
        big_endian: fields.big_endian,
        padding: read_padding(fields, signed),
        padding_word: None,
    };
    samples.padding_word = fields.word(tags::PIXEL_PADDING_VALUE).filter(|&word| {
        let is_held = samples.stored(word) == number(word, signed);
        samples.shift == 0 && !is_held
    });
    Ok(samples)
}

fn read_photometric(fields: Fields<'_>) -> Result<Photometric> {
    let channels = fields.word(tags::SAMPLES_PER_PIXEL).unwrap_or(1);
    match (
        fields
            .text(tags::PHOTOMETRIC_INTERPRETATION)
            .unwrap_or("MONOCHROME2"),
        channels,
    ) {
        ("MONOCHROME1", 1) => Ok(Photometric::Grey { inverted: true }),
        ("MONOCHROME2", 1) => Ok(Photometric::Grey { inverted: false }),
        ("RGB", 3) => Ok(Photometric::Rgb),
        ("YBR_FULL" | "YBR_FULL_422" | "YBR_RCT" | "YBR_ICT", 3) => Ok(Photometric::Luma),
        (other, _) => Err(OpenError::Unsupported {
            what: format!(
                "DICOM with the colour model {}",
                other.chars().take(16).collect::<String>()
            ),
        }),
    }
}

/// The padding value or range. Some files write a signed one in its unsigned spelling
/// (63536 for −2000), which the cast undoes.
fn read_padding(fields: Fields<'_>, signed: bool) -> Option<(i32, i32)> {
    let value = number(fields.word(tags::PIXEL_PADDING_VALUE)?, signed);
    let other = fields
        .word(tags::PIXEL_PADDING_RANGE_LIMIT)
        .map_or(value, |word| number(word, signed));
    Some((value.min(other), value.max(other)))
}

fn number(word: u16, signed: bool) -> i32 {
    if signed {
        i32::from(word as i16)
    } else {
        i32::from(word)
    }
}
