//! NIfTI in two files: a header (.hdr), and its voxels in a file that is called as it is (.img).
//!
//! A header alone and one whose voxels were put behind it are told apart by the last letter of its
//! magic: how long a header is alone, its extensions say, which nothing else here needs.

use super::super::apart::Apart;
use super::super::header::Packing;
use super::{NARROW_BYTES, wide};

/// What stands in the place of the 0 at the magic's end once the voxels are there.
const JOINED: u8 = b'+';

/// Headers of one version.
struct Version {
    /// Without the last letter.
    magic: &'static [u8],
    /// Where that begins.
    at: usize,
    header_bytes: usize,
}

const VERSIONS: [Version; 2] = [
    Version {
        magic: b"ni1",
        at: 344,
        header_bytes: NARROW_BYTES,
    },
    Version {
        magic: b"ni2",
        at: 4,
        header_bytes: wide::HEADER_BYTES,
    },
];

/// That of a header whose magic ends so.
fn version(header: &[u8], last: u8) -> Option<&'static Version> {
    VERSIONS.iter().find(|it| {
        let magic = header.get(it.at..=it.at + it.magic.len());
        magic.and_then(<[u8]>::split_last) == Some((&last, it.magic))
    })
}

/// What a header says of the file of its voxels, if these lie in one of their own.
pub(in super::super) fn apart<'a>(header: &[u8]) -> Option<Apart<'a>> {
    version(header, 0).map(|it| Apart {
        name: None,
        header_bytes: it.header_bytes,
        ending: b"",
    })
}

/// Notes in such a header that its voxels follow.
pub(in super::super) fn mark_joined(header: &mut [u8]) {
    let last = version(header, 0).map(|it| it.at + it.magic.len());
    if let Some(last) = last.and_then(|at| header.get_mut(at)) {
        *last = JOINED;
    }
}

/// How the voxels are packed that follow a header; `None` where it is one file from the beginning.
pub(super) fn packing(file: &[u8]) -> Option<Packing> {
    let voxels = file.get(version(file, JOINED)?.header_bytes..)?;
    // As numbers these three bytes would be an odd beginning of a scan.
    Some(if voxels.starts_with(&[0x1f, 0x8b, 8]) {
        Packing::Gzip
    } else {
        Packing::None
    })
}
