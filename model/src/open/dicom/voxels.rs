//! The values of a stack, read slice by slice; a file of one slice is let go once that was read.

use super::super::NamedFile;
use super::super::error::Result;
use super::super::limit;
use super::super::orient::Reorder;
use super::element::malformed;
use super::header::Header;
use super::series::{SliceSource, Stack};
use super::value::Table;
use super::{codec, frame};

/// All `voxel_count` of them in canonical order, rescaled. The slices of `stack` are in that of the
/// volume; an error names the file of a series that it is about.
pub(super) fn read(
    headers: &[Option<Header>],
    mut bodies: Vec<NamedFile>,
    stack: &Stack,
    reorder: Reorder,
    voxel_count: usize,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Vec<i16>> {
    let count = stack.slices.len();
    let mut voxels: Vec<i16> = Vec::new();
    limit::reserve(&mut voxels, voxel_count)?;
    let mut table: Option<Table> = None;
    for (done, slice) in stack.slices.iter().enumerate() {
        let (Some(Some(header)), Some(body)) =
            (headers.get(slice.file), bodies.get_mut(slice.file))
        else {
            continue;
        };
        let is_series = count > 1 && header.frames.len() == 1;
        let name = body.name.clone();
        append(
            &mut voxels,
            &mut table,
            (header, slice, &body.bytes),
            reorder,
        )
        .map_err(|error| {
            if is_series {
                error.in_file(&name)
            } else {
                error
            }
        })?;
        if header.frames.len() == 1 {
            body.bytes = Vec::new();
        }
        progress(count + done + 1, count * 2);
    }
    Ok(voxels)
}

/// Decodes one frame and appends it in canonical order.
fn append(
    voxels: &mut Vec<i16>,
    table: &mut Option<Table>,
    (header, slice, file): (&Header, &SliceSource, &[u8]),
    reorder: Reorder,
) -> Result<()> {
    let samples = &header.samples;
    let packed = frame::bytes(header, file, slice.frame)?;
    let words = codec::decode(header.syntax.codec, &packed, samples)?;
    let table = match table {
        Some(table) if table.fits(samples, &slice.info) => table,
        _ => table.insert(Table::new(samples, &slice.info)?),
    };
    let plane = Reorder {
        flip: [reorder.flip[0], reorder.flip[1], false],
        ..reorder
    };
    for index in plane.indices([samples.cols, samples.rows, 1]) {
        let word = words
            .get(index)
            .copied()
            .ok_or_else(|| malformed("a frame is too short"))?;
        voxels.push(table.value(word)?);
    }
    Ok(())
}
