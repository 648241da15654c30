//! Pictures of slices: one, or a stack in the order of their names.

use std::cmp::Ordering;

use super::NamedFile;
use super::error::{OpenError, Result};
use super::intensity::grey_up_to_brightest;
use super::kind::Kind;
use super::limit;
use super::raster::{self, Packing, Picture};
use crate::order;
use crate::volume::{Intensity, Volume};

/// Opens pictures as one volume of grey levels.
pub(super) fn open(
    files: Vec<NamedFile>,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Volume> {
    let format = format_name(&files);
    let count = files.len();
    let mut volume: Option<Volume> = None;
    let mut in_colour = 0;
    for (index, picture) in pictures(files).enumerate() {
        let picture = picture?;
        in_colour += usize::from(picture.is_in_colour());
        let volume = volume.get_or_insert_with(|| empty(&picture, &format));
        append(volume, picture, count)?;
        progress(index + 1, count);
    }
    let mut volume = volume.ok_or(OpenError::UnknownFormat)?;
    if volume.intensity != (Intensity::Grey { max: 255 }) {
        // Few 16-bit pictures go up to white: those of scanners have 12 bits.
        volume.intensity = grey_up_to_brightest(&volume.voxels);
    }
    volume.notes.push(
        "Pictures hold no Hounsfield units and no pixel size: sizes are in pixels until you calibrate them."
            .to_owned(),
    );
    if in_colour > 0 {
        let which = if count > 1 {
            format!("Pictures in colour: {in_colour}.")
        } else {
            "This picture is in colour.".to_owned()
        };
        volume.notes.push(
            which + " On anything but a CT, what is marked, and that nothing is, means nothing.",
        );
    }
    if count > 1 {
        volume
            .notes
            .push("The pictures are in the order of their names.".to_owned());
    }
    Ok(volume)
}

/// Decodes pictures one by one, in the order of their names.
pub(super) fn pictures(mut files: Vec<NamedFile>) -> impl Iterator<Item = Result<Picture>> {
    order::sort_by(&mut files, |a, b| by_name(&a.name, &b.name));
    let is_single = files.len() == 1;
    files.into_iter().map(move |file| {
        let packing = if Kind::of(&file.bytes) == Some(Kind::Png) {
            Packing::Png
        } else {
            Packing::Jpeg
        };
        raster::read(&file.bytes, packing).map_err(|error| {
            if is_single {
                error
            } else {
                error.in_file(&file.name)
            }
        })
    })
}

fn format_name(files: &[NamedFile]) -> String {
    let is_png = |file: &NamedFile| Kind::of(&file.bytes) == Some(Kind::Png);
    let name = if files.iter().all(is_png) {
        "PNG"
    } else {
        "JPEG"
    };
    if files.len() > 1 {
        format!("{name}, {} pictures", files.len())
    } else {
        name.to_owned()
    }
}

fn empty(picture: &Picture, format: &str) -> Volume {
    let intensity = Intensity::Grey { max: picture.max };
    Volume {
        format: format.to_owned(),
        ..Volume::without_place((picture.rows, picture.cols), Vec::new(), intensity)
    }
}

fn append(volume: &mut Volume, picture: Picture, count: usize) -> Result<()> {
    let voxels = limit::check_grid(volume.rows as u64, volume.cols as u64, count as u64)?;
    if (picture.rows, picture.cols) != (volume.rows, volume.cols) {
        return Err(OpenError::MixedSizes {
            first: format!("{} × {}", volume.rows, volume.cols),
            other: format!("{} × {}", picture.rows, picture.cols),
        });
    }
    if volume.intensity != (Intensity::Grey { max: picture.max }) {
        return Err(OpenError::AsItIs {
            what: "A mixture of 8-bit and 16-bit pictures",
            way_out: "Open one series at a time, or save all of its pictures with as many bits.",
        });
    }
    if volume.voxels.is_empty() {
        volume.voxels = picture.levels;
    } else {
        // All of them at once, after the first.
        let missing = voxels.saturating_sub(volume.voxels.len());
        limit::reserve(&mut volume.voxels, missing)?;
        volume.voxels.extend(picture.levels);
    }
    Ok(())
}

/// The order of names in which `slice2` comes before `slice10`.
fn by_name(a: &str, b: &str) -> Ordering {
    let (mut a_rest, mut b_rest) = (a, b);
    while !a_rest.is_empty() && !b_rest.is_empty() {
        let (a_part, a_tail) = split(a_rest);
        let (b_part, b_tail) = split(b_rest);
        let order = match (number(a_part), number(b_part)) {
            (Some(a), Some(b)) => a.len().cmp(&b.len()).then(a.cmp(b)),
            _ => a_part.cmp(b_part),
        };
        if order != Ordering::Equal {
            return order;
        }
        (a_rest, b_rest) = (a_tail, b_tail);
    }
    a_rest.len().cmp(&b_rest.len()).then(a.cmp(b))
}

/// The leading run of digits or of anything else, and what follows.
fn split(text: &str) -> (&str, &str) {
    let is_number = text.starts_with(|c: char| c.is_ascii_digit());
    let end = text
        .find(|c: char| c.is_ascii_digit() != is_number)
        .unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// The digits without leading zeros.
fn number(part: &str) -> Option<&str> {
    part.starts_with(|c: char| c.is_ascii_digit())
        .then(|| part.trim_start_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_count_as_numbers() {
        let mut names = vec!["s10.png", "s9.png", "s09b.png", "a.png", "s100.png"];
        names.sort_by(|a, b| by_name(a, b));
        assert_eq!(
            names,
            ["a.png", "s9.png", "s09b.png", "s10.png", "s100.png"]
        );
    }
}
