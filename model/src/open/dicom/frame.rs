//! The bytes of one frame (PS3.5 annex A.4 for compressed ones).

use std::borrow::Cow;
use std::ops::Range;

use super::super::error::Result;
use super::element::malformed;
use super::header::{Header, Pixels};

/// The packed bytes of frame `index`.
pub(super) fn bytes<'a>(header: &Header, file: &'a [u8], index: usize) -> Result<Cow<'a, [u8]>> {
    match &header.pixels {
        Pixels::Native(span) => {
            let length = header.samples.frame_bytes();
            let start = span.start + index * length;
            file.get(start..start + length)
                .map(Cow::Borrowed)
                .ok_or_else(missing)
        }
        Pixels::Fragments(fragments) => compressed(fragments, file, index, header.frames.len()),
    }
}

fn compressed<'a>(
    fragments: &[Range<usize>],
    file: &'a [u8],
    index: usize,
    frames: usize,
) -> Result<Cow<'a, [u8]>> {
    let (table, fragments) = fragments.split_first().ok_or_else(missing)?;
    let own = if frames == 1 {
        fragments
    } else if fragments.len() == frames {
        fragments.get(index..=index).ok_or_else(missing)?
    } else {
        by_offset(
            file.get(table.clone()).unwrap_or_default(),
            fragments,
            index,
        )
        .ok_or_else(missing)?
    };
    match own {
        [] => Err(missing()),
        [one] => file.get(one.clone()).map(Cow::Borrowed).ok_or_else(missing),
        several => {
            let mut joined = Vec::new();
            for fragment in several {
                joined.extend_from_slice(file.get(fragment.clone()).ok_or_else(missing)?);
            }
            Ok(Cow::Owned(joined))
        }
    }
}

/// The fragments between two offsets of the table, which count from the first fragment.
fn by_offset<'a>(
    table: &[u8],
    fragments: &'a [Range<usize>],
    index: usize,
) -> Option<&'a [Range<usize>]> {
    let (offsets, _) = table.as_chunks::<4>();
    let offset = |index: usize| {
        offsets
            .get(index)
            .map(|bytes| u32::from_le_bytes(*bytes) as usize)
    };
    let base = fragments.first()?.start;
    let position =
        |offset: usize| fragments.partition_point(|fragment| fragment.start - base < offset);
    let start = position(offset(index)?);
    let end = offset(index + 1).map_or(fragments.len(), position);
    fragments.get(start..end)
}

fn missing() -> super::super::error::OpenError {
    malformed("a frame is missing")
}
