//! Headers with their voxels in another file: .mhd and .raw, .nhdr and .raw.gz, .hdr and .img.

use std::borrow::Cow;

use super::super::error::{OpenError, Result};
use super::super::kind::Kind;
use super::super::{NamedFile, limit};
use super::{meta_image, nifti, nrrd, packed};

/// What such a header says of the other file.
#[derive(Debug)]
pub(super) struct Apart<'a> {
    /// Its name; `None` where it is called as the header is, but for the ending (NIfTI).
    pub(super) name: Option<&'a str>,
    /// Length of the header.
    pub(super) header_bytes: usize,
    /// What it lacks to be followed by voxels.
    pub(super) ending: &'static [u8],
}

impl<'a> Apart<'a> {
    fn of(file: &'a [u8]) -> Option<Self> {
        let apart = if nrrd::is_nrrd(file) {
            nrrd::apart(file)
        } else if meta_image::is_meta_image(file) {
            meta_image::apart(file)
        } else {
            nifti::apart(file)
        };
        apart.filter(|it| it.name.is_none_or(|name| check_one(name).is_ok()))
    }
}

/// A header, which may be packed as a whole.
fn unpacked(header: &[u8]) -> Cow<'_, [u8]> {
    match Kind::of(header) {
        Some(Kind::Gzip) => packed::head(header, nifti::HEADER_BYTES).map(Cow::Owned),
        _ => Ok(Cow::Borrowed(header)),
    }
    // Opening says what is wrong with it.
    .unwrap_or_default()
}

/// Refuses voxels in several files: `LIST` stands before their names, and a pattern before the
/// numbers of the first and the last (`%03d.raw 1 9 1`).
pub(super) fn check_one(name: &str) -> Result<()> {
    let mut words = name.split_ascii_whitespace();
    let first = words.next().unwrap_or_default();
    if first == "LIST" || first.contains('%') && words.next().is_some() {
        return Err(OpenError::AsItIs {
            what: "A scan with its voxels in several files beside its header",
            way_out: "Save it as one file.",
        });
    }
    Ok(())
}

/// Which of these, by their names with folders, is the file that holds a header's voxels, where the
/// header says that another one does. Capitals are the same as small letters; of several the one
/// in the header's folder is meant, and there the one that is written alike.
///
/// # Arguments
/// * `name`: of the header, with its folders.
///
/// # Returns
/// Its place among them, and its name.
pub fn voxels_among<S: AsRef<str>>(
    name: &str,
    header: &[u8],
    others: impl IntoIterator<Item = S>,
) -> Option<(usize, S)> {
    let header = unpacked(header);
    let apart = Apart::of(&header)?;
    let likeness = |other: &str| {
        let (wanted, found) = match apart.name {
            Some(wanted) => (last(wanted), last(other)),
            None => (stem(name, ".hdr")?, stem(other, ".img")?),
        };
        let is_meant = found.eq_ignore_ascii_case(wanted);
        is_meant.then_some((folder(other) == folder(name), found == wanted))
    };
    others
        .into_iter()
        .enumerate()
        .filter_map(|(place, other)| Some((likeness(other.as_ref())?, place, other)))
        .max_by_key(|it| it.0)
        .map(|(_, place, other)| (place, other))
}

/// A header and its voxels as one file; a file that is no such header as it is.
///
/// # Errors
/// There is not enough memory for it.
pub fn join(header: &[u8], voxels: &[u8]) -> Result<Vec<u8>, OpenError> {
    let unpacked = unpacked(header);
    let Some(apart) = Apart::of(&unpacked) else {
        return Ok(header.to_vec());
    };
    let mut file = Vec::new();
    let head = unpacked.get(..apart.header_bytes).unwrap_or_default();
    limit::reserve(&mut file, head.len() + apart.ending.len() + voxels.len())?;
    file.extend_from_slice(head);
    if apart.name.is_none() {
        nifti::mark_joined(&mut file);
    }
    file.extend_from_slice(apart.ending);
    file.extend_from_slice(voxels);
    Ok(file)
}

/// Puts headers and voxels together that were chosen together.
pub(in crate::open) fn join_all(files: &mut Vec<NamedFile>) -> Result<()> {
    for header in 0..files.len() {
        let Some(NamedFile { name, bytes }) = files.get(header) else {
            continue;
        };
        // Those that have been put behind a header have no name any more.
        let names = files.iter().map(|it| it.name.as_str());
        let found = voxels_among(name, bytes, names).map(|(place, _)| place);
        let Some(place) = found.filter(|&place| place != header) else {
            continue;
        };
        let voxels = files.get_mut(place).map(|it| std::mem::take(&mut it.bytes));
        if let Some(file) = files.get_mut(header) {
            let bytes = std::mem::take(&mut file.bytes);
            file.bytes = join(&bytes, &voxels.unwrap_or_default())?;
        }
        // It is counted no more.
        if let Some(file) = files.get_mut(place) {
            file.name.clear();
        }
    }
    files.retain(|file| !file.name.is_empty() || !file.bytes.is_empty());
    Ok(())
}

/// The folders of a file's name.
fn folder(name: &str) -> &str {
    name.strip_suffix(last(name)).unwrap_or(name)
}

/// The name of a file without its folders.
fn last(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

/// The same without its ending, after which `.gz` may stand; `None` where it ends otherwise.
fn stem<'a>(name: &'a str, ending: &str) -> Option<&'a str> {
    let name = last(name);
    without(without(name, ".gz").unwrap_or(name), ending)
}

fn without<'a>(name: &'a str, ending: &str) -> Option<&'a str> {
    let (stem, end) = name.split_at_checked(name.len().checked_sub(ending.len())?)?;
    end.eq_ignore_ascii_case(ending).then_some(stem)
}
