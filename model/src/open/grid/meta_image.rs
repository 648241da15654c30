//! `MetaImage` (<https://itk.org/Wiki/MetaIO/Documentation>), as ITK writes it and LUNA16 has its
//! scans.

use nifti::NiftiType;

use super::super::error::{OpenError, Result};
use super::apart::{Apart, check_one};
use super::header::{self, Header, Layout, Packing, Place};
use super::text::{Text, first};
use crate::vector::Affine;

/// Whether a file is one.
pub(in crate::open) fn is_meta_image(bytes: &[u8]) -> bool {
    // A remark comes before all else.
    [&b"ObjectType"[..], b"NDims", b"Comment ="]
        .into_iter()
        .any(|it| bytes.starts_with(it))
}

/// The name of the file that holds the voxels, if it is another one.
pub(super) fn apart(file: &[u8]) -> Option<Apart<'_>> {
    let text = text(file);
    let name = text.get(&[DATA_FILE]).filter(|name| !is_local(name));
    name.map(|name| Apart {
        name: Some(name),
        header_bytes: text.end,
        ending: if file.get(..text.end).is_some_and(|it| it.ends_with(b"\n")) {
            b""
        } else {
            b"\n"
        },
    })
}

const DATA_FILE: &str = "ElementDataFile";

/// Whether it stands for this file, as `LOCAL`, `Local` and `local` do.
fn is_local(name: &str) -> bool {
    name.eq_ignore_ascii_case("LOCAL")
}

fn text(file: &[u8]) -> Text<'_> {
    Text::read("MetaImage", file, '=', |line| {
        line.starts_with(DATA_FILE.as_bytes())
    })
}

pub(super) fn read(file: &[u8]) -> Result<Header> {
    let text = text(file);
    let name = text.need(DATA_FILE)?;
    check_one(name)?;
    if !is_local(name) && text.is_all_of(file) {
        return Err(OpenError::AsItIs {
            what: "The header of a MetaImage without its voxels",
            way_out: "Choose it together with the .raw or .zraw file beside it.",
        });
    }
    let sizes = text.sizes("DimSize")?;
    let size = match *sizes.as_slice() {
        [x, y] => [x, y, 1],
        [x, y, z, ref others @ ..] if others.iter().all(|&length| length == 1) => [x, y, z],
        _ => return Err(several()),
    };
    if text
        .get(&["ElementNumberOfChannels"])
        .is_some_and(|it| it != "1")
    {
        return Err(several());
    }
    let size = header::size(size)?;
    let kind = kind(text.need("ElementType")?).ok_or_else(|| OpenError::Unsupported {
        what: "MetaImage of numbers of this type".to_owned(),
    })?;
    let is_true = |names: &[&str]| {
        text.get(names)
            .is_some_and(|it| it.starts_with(['T', 't', '1']))
    };
    if text.get(&["BinaryData"]).is_some() && !is_true(&["BinaryData"]) {
        return Err(OpenError::AsItIs {
            what: "A MetaImage with its voxels as text",
            way_out: "Save it as binary.",
        });
    }
    let is_packed = is_true(&["CompressedData"]);
    // Counted from the beginning of the file that the voxels are in, packed or not; so does ITK. How
    // long packed ones are, and so where they begin from the end, nothing needs to say.
    let begin = if is_local(name) { 0 } else { text.end };
    let voxel_bytes = if is_packed {
        usize::MAX
    } else {
        header::voxel_bytes(size, kind)
    };
    let skip = text.get(&["HeaderSize"]);
    let stored_from = header::start(file, begin, skip, voxel_bytes).max(text.end);
    Ok(Header {
        size,
        place: place(&text, sizes.len(), size),
        layout: Layout {
            kind,
            is_big_endian: is_true(&["BinaryDataByteOrderMSB", "ElementByteOrderMSB"]),
            packing: if is_packed {
                Packing::Zlib
            } else {
                Packing::None
            },
            packed_from: stored_from,
            start: if is_packed { 0 } else { stored_from },
            slope: 1.0,
            intercept: 0.0,
        },
        format: "MetaImage",
    })
}

/// Directions and places are in LPS, as in all of ITK.
fn place(text: &Text<'_>, dimensions: usize, size: [usize; 3]) -> Place {
    // How large voxels are says how far they are apart where nothing else does.
    let spacing_mm = text
        .get(&["ElementSpacing"])
        .or_else(|| text.get(&["ElementSize"]))
        .and_then(first::<3>);
    let directions = text.get(&["TransformMatrix", "Rotation", "Orientation"]);
    let origin = text.get(&["Offset", "Position", "Origin"]).and_then(first);
    let told = directions
        .filter(|_| dimensions == 3)
        .and_then(first::<9>)
        .zip(spacing_mm)
        .map(|(directions, spacing_mm)| affine(directions, spacing_mm, origin.unwrap_or_default()));
    Place::told(told, spacing_mm, size)
}

/// Each three numbers are the direction of an axis.
fn affine(directions: [f64; 9], [dx, dy, dz]: [f64; 3], origin: [f64; 3]) -> Affine {
    let [xx, xy, xz, yx, yy, yz, zx, zy, zz] = directions;
    let [ox, oy, oz] = origin;
    [
        [xx * dx, yx * dy, zx * dz, ox],
        [xy * dx, yy * dy, zy * dz, oy],
        [xz * dx, yz * dy, zz * dz, oz],
    ]
}

fn kind(words: &str) -> Option<NiftiType> {
    Some(match words {
        "MET_CHAR" => NiftiType::Int8,
        "MET_UCHAR" => NiftiType::Uint8,
        "MET_SHORT" => NiftiType::Int16,
        "MET_USHORT" => NiftiType::Uint16,
        "MET_INT" | "MET_LONG" => NiftiType::Int32,
        "MET_UINT" | "MET_ULONG" => NiftiType::Uint32,
        "MET_LONG_LONG" => NiftiType::Int64,
        "MET_ULONG_LONG" => NiftiType::Uint64,
        "MET_FLOAT" => NiftiType::Float32,
        "MET_DOUBLE" => NiftiType::Float64,
        _ => return None,
    })
}

fn several() -> OpenError {
    OpenError::AsItIs {
        what: "A MetaImage of several values a voxel, or of several times",
        way_out: "Save one of its volumes as a file of its own.",
    }
}
