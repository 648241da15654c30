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

/// The name of the file that holds a header's voxels, where that is another one.
pub fn voxels_beside(header: &[u8]) -> Option<&str> {
    Apart::of(header).map(|apart| last(apart.name))
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
        let Some(name) = files.get(header).and_then(|it| voxels_beside(&it.bytes)) else {
            continue;
        };
        // Of several with that name, the one in the header's folder.
        let own = files.get(header).map(|it| folder(&it.name));
        let meant = files
            .iter()
            .enumerate()
            .filter(|&(at, file)| at != header && last(&file.name).eq_ignore_ascii_case(name))
            .max_by_key(|(_, file)| Some(folder(&file.name)) == own);
        let Some(place) = meant.map(|(place, _)| place) else {
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
