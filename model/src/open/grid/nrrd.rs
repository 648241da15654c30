//! NRRD (<https://teem.sourceforge.net/nrrd/format.html>), as 3D Slicer writes it.

use nifti::NiftiType;

use super::super::error::{OpenError, Result};
use super::apart::{Apart, check_one};
use super::header::{self, Header, Layout, Packing, Place};
use super::text::{Text, decimals, first};
use crate::vector::{Affine, norm};

/// Whether a file is one.
pub(in crate::open) fn is_nrrd(bytes: &[u8]) -> bool {
    bytes.starts_with(b"NRRD0")
}

/// The name of the file that holds the voxels, if it is another one.
pub(super) fn apart(file: &[u8]) -> Option<Apart<'_>> {
    let text = text(file);
    text.get(&DATA_FILE).map(|name| Apart {
        name: Some(name),
        header_bytes: text.end,
        // Alone, a header need not end with an empty line.
        ending: if text.is_ended {
            b""
        } else if file.ends_with(b"\n") {
            b"\n"
        } else {
            b"\n\n"
        },
    })
}

const DATA_FILE: [&str; 2] = ["data file", "datafile"];

fn text(file: &[u8]) -> Text<'_> {
    Text::read("NRRD", file, ':', <[u8]>::is_empty)
}

pub(super) fn read(file: &[u8]) -> Result<Header> {
    let text = text(file);
    if let Some(name) = text.get(&DATA_FILE) {
        check_one(name)?;
        if text.is_all_of(file) {
            return Err(OpenError::AsItIs {
                what: "The header of an NRRD without its voxels",
                way_out: "Choose it together with the file beside it that holds them.",
            });
        }
    }
    let axes = Axes::of(&text)?;
    let kind =
        kind(&text.need("type")?.to_ascii_lowercase()).ok_or_else(|| OpenError::Unsupported {
            what: "NRRD of numbers of this type".to_owned(),
        })?;
    let packing = match text.need("encoding")?.to_ascii_lowercase().as_str() {
        "raw" => Packing::None,
        "ascii" | "text" | "txt" => Packing::Text,
        "gzip" | "gz" => Packing::Gzip,
        _ => {
            return Err(OpenError::AsItIs {
                what: "An NRRD with its voxels packed by bzip2 or in hexadecimal",
                way_out: "Save it as raw or gzip.",
            });
        }
    };
    if text
        .get(&["line skip", "lineskip"])
        .is_some_and(|it| it != "0")
    {
        return Err(OpenError::Unsupported {
            what: "NRRD with lines between header and voxels".to_owned(),
        });
    }
    let skip = text.get(&["byte skip", "byteskip"]);
    // Of packed ones, those are skipped that come out.
    let begin = if packing == Packing::Gzip {
        0
    } else {
        text.end
    };
    let start = header::start(file, begin, skip, header::voxel_bytes(axes.size, kind));
    let (packed_from, start, kind) = match packing {
        Packing::Text => (start, 0, NiftiType::Float32),
        _ => (text.end, start, kind),
    };
    Ok(Header {
        size: axes.size,
        place: axes.place(&text),
        layout: Layout {
            kind,
            is_big_endian: packing != Packing::Text
                && text
                    .get(&["endian"])
                    .is_some_and(|it| it.eq_ignore_ascii_case("big")),
            packing,
            packed_from,
            start,
            slope: 1.0,
            intercept: 0.0,
        },
        format: "NRRD",
    })
}

/// The axes of the grid.
struct Axes {
    size: [usize; 3],
    /// How far and where the next voxel lies along each, mm, as the file says it.
    steps: Option<[[f64; 3]; 3]>,
    spacing_mm: Option<[f64; 3]>,
    /// A unit of the file's places, along each direction that it counts in.
    unit_mm: [f64; 3],
}

impl Axes {
    /// Without those along which there is one value only and that are none in space.
    fn of(text: &Text<'_>) -> Result<Self> {
        let sizes = text.sizes("sizes")?;
        let unit_mm = units(text, "space units", [0, 1, 2])?;
        let directions = text
            .get(&["space directions"])
            .map(|it| directions(it, unit_mm));
        let is_in_space = |axis: usize| match &directions {
            Some(directions) => directions.get(axis).is_some_and(Option::is_some),
            None => true,
        };
        let kept: Vec<usize> = (0..sizes.len())
            .filter(|&axis| is_in_space(axis) || sizes.get(axis) != Some(&1))
            .collect();
        let axes = match *kept.as_slice() {
            // A plane has no third axis.
            [x, y] => [x, y, usize::MAX],
            [x, y, z] => [x, y, z],
            _ => return Err(several()),
        };
        if kept.iter().any(|&axis| !is_in_space(axis)) {
            return Err(several());
        }
        let size = header::size(axes.map(|axis| sizes.get(axis).copied().unwrap_or(1)))?;
        let steps = directions.map(|all| axes.map(|axis| all.get(axis).copied().flatten()));
        let told = match text.get(&["spacings"]) {
            Some(words) => {
                let all: Vec<Option<f64>> = decimals(words).collect();
                let told = axes.map(|axis| all.get(axis).copied().flatten().map_or(0.0, f64::abs));
                Some(times(told, units(text, "units", axes)?))
            }
            None => None,
        };
        Ok(Self {
            size,
            steps: steps.and_then(|[x, y, z]| Some([x?, y?, z?])),
            spacing_mm: steps
                .map(|steps| steps.map(|it| it.map_or(0.0, norm)))
                .or(told),
            unit_mm,
        })
    }

    fn place(&self, text: &Text<'_>) -> Place {
        // To the patient's left, back and head from the directions that the file counts in.
        let space = text.get(&["space"]).unwrap_or_default();
        let signs = match space.to_ascii_lowercase().as_str() {
            "left-posterior-superior" | "lps" => Some([1.0, 1.0, 1.0]),
            "right-anterior-superior" | "ras" => Some([-1.0, -1.0, 1.0]),
            "left-anterior-superior" | "las" => Some([1.0, -1.0, 1.0]),
            _ => None,
        };
        let origin = text.get(&["space origin"]).and_then(vector);
        let origin_mm = times(origin.unwrap_or_default(), self.unit_mm);
        let told = signs
            .zip(self.steps)
            .map(|(signs, steps)| affine(steps, origin_mm, signs));
        Place::told(told, self.spacing_mm, self.size)
    }
}

/// How many mm the units of a field are, of those at these places: 1 where it says none.
fn units(text: &Text<'_>, field: &str, places: [usize; 3]) -> Result<[f64; 3]> {
    // Each stands in quotation marks.
    let words = text.get(&[field]).unwrap_or_default();
    let all: Vec<&str> = words.split('"').skip(1).step_by(2).collect();
    let mm = |place: usize| match all.get(place).map_or("", |unit| unit.trim()) {
        "" | "mm" => Ok(1.0),
        "um" | "\u{b5}m" | "\u{3bc}m" => Ok(0.001),
        "cm" => Ok(10.0),
        "m" => Ok(1000.0),
        _ => Err(OpenError::AsItIs {
            what: "An NRRD with distances in other units than mm, cm, m or \u{b5}m",
            way_out: "Save it with distances in mm.",
        }),
    };
    let [x, y, z] = places.map(mm);
    Ok([x?, y?, z?])
}

fn times([x, y, z]: [f64; 3], [by_x, by_y, by_z]: [f64; 3]) -> [f64; 3] {
    [x * by_x, y * by_y, z * by_z]
}

/// From steps along the axes and the place of the first voxel.
fn affine([x, y, z]: [[f64; 3]; 3], origin: [f64; 3], signs: [f64; 3]) -> Affine {
    let mut rows = [[0.0; 4]; 3];
    for (axis, row) in rows.iter_mut().enumerate() {
        let at = |vector: [f64; 3]| vector.get(axis).copied().unwrap_or(0.0);
        *row = [x, y, z, origin].map(|vector| at(vector) * at(signs));
    }
    rows
}

/// Vectors in brackets, mm, `None` for those of axes that are none in space.
fn directions(words: &str, unit_mm: [f64; 3]) -> Vec<Option<[f64; 3]>> {
    let mut found = Vec::new();
    let mut rest = words.trim_start();
    while let Some((word, after)) = rest
        .strip_prefix("none")
        .map(|after| ("", after))
        .or_else(|| rest.split_once(')'))
    {
        let step = if word.is_empty() { None } else { vector(word) };
        found.push(step.map(|step| times(step, unit_mm)));
        rest = after.trim_start();
    }
    found
}

fn vector(words: &str) -> Option<[f64; 3]> {
    first(words.trim().trim_start_matches('(').trim_end_matches(')'))
}

fn kind(words: &str) -> Option<NiftiType> {
    Some(match words {
        "signed char" | "int8" | "int8_t" => NiftiType::Int8,
        "uchar" | "unsigned char" | "uint8" | "uint8_t" => NiftiType::Uint8,
        "short" | "short int" | "signed short" | "signed short int" | "int16" | "int16_t" => {
            NiftiType::Int16
        }
        "ushort" | "unsigned short" | "unsigned short int" | "uint16" | "uint16_t" => {
            NiftiType::Uint16
        }
        "int" | "signed int" | "int32" | "int32_t" => NiftiType::Int32,
        "uint" | "unsigned int" | "uint32" | "uint32_t" => NiftiType::Uint32,
        "longlong"
        | "long long"
        | "long long int"
        | "signed long long"
        | "signed long long int"
        | "int64"
        | "int64_t" => NiftiType::Int64,
        "ulonglong" | "unsigned long long" | "unsigned long long int" | "uint64" | "uint64_t" => {
            NiftiType::Uint64
        }
        "float" => NiftiType::Float32,
        "double" => NiftiType::Float64,
        _ => return None,
    })
}

fn several() -> OpenError {
    OpenError::AsItIs {
        what: "An NRRD of several values a voxel, or of several times",
        way_out: "Save one of its volumes as a file of its own.",
    }
}
