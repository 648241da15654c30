//! Headers whose voxels lie in a file of their own (.mhd and .raw, .nhdr and .raw.gz).

use super::super::error::{OpenError, Result};
use super::super::{NamedFile, limit};
use super::{meta_image, nrrd};

/// What such a header says of the other file.
#[derive(Debug)]
pub(super) struct Apart<'a> {
    pub(super) name: &'a str,
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
            None
        };
        apart.filter(|it| check_one(it.name).is_ok())
    }
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
    let wanted = last(Apart::of(header)?.name);
    let own = folder(name);
    others
        .into_iter()
        .enumerate()
        .filter_map(|(place, other)| {
            let found = last(other.as_ref());
            let is_meant = found.eq_ignore_ascii_case(wanted);
            let likeness = (folder(other.as_ref()) == own, found == wanted);
            is_meant.then_some((likeness, place, other))
        })
        .max_by_key(|it| it.0)
        .map(|(_, place, other)| (place, other))
}

/// A header and its voxels as one file.
///
/// # Errors
/// There is not enough memory for it.
pub fn join(mut header: Vec<u8>, voxels: &[u8]) -> Result<Vec<u8>, OpenError> {
    let Some(Apart {
        header_bytes,
        ending,
        ..
    }) = Apart::of(&header)
    else {
        return Ok(header);
    };
    header.truncate(header_bytes);
    limit::reserve(&mut header, ending.len() + voxels.len())?;
    header.extend(ending);
    header.extend(voxels);
    Ok(header)
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
            file.bytes = join(bytes, &voxels.unwrap_or_default())?;
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
