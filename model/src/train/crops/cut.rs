//! Crops cut out of their strips.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Error, Result, ensure};

use super::index::Line;
use super::meaning::{Meaning, Numbers};
use super::strip::{Strip, byte};
use super::{About, Assumed, Crop, Marks, Split};

/// What strips hold.
pub(super) struct Strips {
    pub(super) crops: Vec<Crop>,
    /// Why others cannot be read.
    pub(super) unread: Vec<Error>,
    /// What the numbers of masks are taken for, where neither user nor index say it.
    pub(super) taken_for: Option<Marks>,
}

/// The crops of the strips that can be read.
///
/// # Errors
/// Masks whose numbers may mean several things, and of which nobody says what they mean.
pub(super) fn strips(
    data: &Path,
    lines: Vec<Line>,
    assumed: &Assumed,
    notes: &mut Vec<String>,
) -> Result<Strips> {
    let mut by_strip: BTreeMap<String, Vec<Line>> = BTreeMap::new();
    for line in lines {
        let strip = line.strip().to_owned();
        by_strip.entry(strip).or_default().push(line);
    }
    let mut reading = Reading {
        data,
        pixel_mm: assumed.pixel_mm(),
        numbers: Numbers::default(),
        unread: Vec::new(),
    };
    let mut crops = Vec::new();
    for (name, lines) in by_strip {
        match reading.strip(&name, &lines) {
            Ok(read) => crops.extend(read),
            Err(error) => {
                let error = error.context(format!("{} crops", lines.len()));
                reading.unread.push(error);
            }
        }
    }
    let Reading {
        numbers, unread, ..
    } = reading;
    if crops.is_empty() {
        return Ok(Strips {
            crops: Vec::new(),
            unread,
            taken_for: None,
        });
    }
    let Meaning { marks, taken_for } = numbers.meaning(&mut crops, assumed, notes)?;
    let knows_targets = crops.iter().any(|it| it.1.is_some());
    let is_marked = crops
        .iter()
        .any(|(crop, _)| crop.label.iter().any(|&it| it != 0));
    let mut crops: Vec<Crop> = crops.into_iter().map(|(crop, _)| crop).collect();
    for crop in &mut crops {
        give_labels(crop, marks);
    }
    if assumed.marks.is_none() && assumed.label.is_none() && !knows_targets {
        ensure!(
            !is_marked || crops.iter().any(|crop| crop.target_pixels() > 0),
            "masks are not empty, and no pixel is a target where their numbers are {marks}: \
             --marks binary, --marks counts or --label of evaluate says otherwise, or a column \
             area_target in index.csv, how many pixels two readers or more marked"
        );
    }
    Ok(Strips {
        crops,
        unread,
        taken_for,
    })
}

/// Strips that are read one after another.
struct Reading<'a> {
    data: &'a Path,
    /// Edge of a pixel where no line says it.
    pixel_mm: f32,
    /// Those of all masks so far.
    numbers: Numbers,
    /// Why crops cannot be read.
    unread: Vec<Error>,
}

impl Reading<'_> {
    /// The crops of a strip, labelled with the numbers of its mask, and how many pixels the index
    /// says that their targets have.
    fn strip(&mut self, name: &str, lines: &[Line]) -> Result<Vec<(Crop, Option<usize>)>> {
        let strip = |folder| Strip::read(&self.data.join(folder).join(format!("{name}.png")));
        let (image, mask) = (strip("images"), strip("masks"));
        if let Ok(mask) = &mask {
            let numbers = mask.values.iter().map(|&value| byte(value));
            self.numbers.add(name, numbers);
        }
        let (image, mask) = (image?, mask?);
        ensure!(
            (image.edge, image.values.len()) == (mask.edge, mask.values.len()),
            "images and masks of {name} differ in size"
        );
        let mut crops = Vec::new();
        for line in lines {
            let crop = cut(line, &image, &mask, self.pixel_mm)
                .with_context(|| format!("{name}, row {}", line.row));
            match crop {
                Ok(crop) => crops.push((crop, line.target_px())),
                Err(error) => self.unread.push(error),
            }
        }
        Ok(crops)
    }
}

/// Puts what they mean in the place of a crop's numbers, and keeps which readers marked each pixel,
/// where the numbers say it.
fn give_labels(crop: &mut Crop, marks: Marks) {
    let readers = crop.label.iter().map_while(|&value| marks.readers(value));
    crop.about.readers = readers.collect();
    for value in &mut crop.label {
        *value = marks.label(*value);
    }
}

/// One crop out of its patient's strips, labelled with the numbers of the mask: what they mean is
/// known when all strips are read.
fn cut(line: &Line, image: &Strip, mask: &Strip, pixel_mm: f32) -> Result<Crop> {
    let values = mask.square(line.row)?.iter().map(|&value| byte(value));
    ensure!(
        image.is_deep || line.scale().is_some(),
        "greys of 8 bits need hu_slope and hu_intercept in the index"
    );
    let spans_hu = line.scale().is_none_or(|(slope, _)| slope.abs() > 1.0);
    ensure!(
        image.is_deep || spans_hu,
        "greys of 8 bits with a slope of 1 or less span too few HU for lung and tumour: that is the \
         scale of the values that they were made from"
    );
    let (slope, intercept) = line.scale().unwrap_or((1.0, -1024.0));
    Ok(Crop {
        patient: line.patient().to_owned(),
        row: line.row,
        split: line.split().unwrap_or(Split::Test),
        hu: image
            .square(line.row)?
            .iter()
            .map(|&grey| to_hu(slope * f32::from(grey) + intercept, image.is_deep))
            .collect(),
        label: values.collect(),
        rows: image.edge,
        columns: image.edge,
        pixel_mm: line.pixel_mm().unwrap_or(pixel_mm),
        hu_exact: line.hu_method() != Some("estimated"),
        about: About {
            readers: Vec::new(),
            malignancy: line.malignancy_mean,
            diameter_mm: line.diameter_mm,
            annotators: line.annotators(),
            pixel_assumed: line.pixel_mm().is_none(),
            hu_assumed: line.hu_method().is_none(),
            place: line.place(),
        },
    })
}

/// HU as whole numbers. Those of 16 bits are whole already but for what arithmetic leaves. Of 8
/// bits a step is several HU wide, and the part behind the point says nothing: it is cut off, as it
/// was when the published networks learned and were scored.
fn to_hu(value: f32, is_deep: bool) -> i16 {
    (if is_deep { value.round() } else { value }) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hu_of_sixteen_bits_are_rounded() {
        let rounded = [-999.9, -0.6, 0.4, 39.999].map(|value| to_hu(value, true));
        assert_eq!(rounded, [-1000, -1, 0, 40]);
        let published = [-999.9, 39.9].map(|value| to_hu(value, false));
        assert_eq!(published, [-999, 39]);
    }
}
