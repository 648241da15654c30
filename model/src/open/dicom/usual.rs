//! Which slices of a series belong together: those that lie, and are measured, like most of them.
//!
//! Each function takes the others out and gives their number.

use super::super::error::{OpenError, Result};
use super::header::Header;
use super::origin;
use super::series::{SliceSource, distances, is_before};
use crate::vector::dot;
use crate::volume::even::{are_even, upper_median};

/// Cosine above which two directions are the same (8°).
pub(super) const PARALLEL: f64 = 0.99;
/// Sizes of pixels that differ by less than this share are the same.
const SAME_SIZE: f64 = 1e-3;

/// Leaves out what does not say where it lies, such as pictures of a result, where most do.
pub(super) fn keep_placed(slices: &mut Vec<SliceSource>) -> usize {
    let is_placed = |it: &SliceSource| it.info.position.is_some() && it.info.direction.is_some();
    let placed = slices.iter().filter(|it| is_placed(it)).count();
    let count = slices.len();
    if placed * 2 > count {
        slices.retain(is_placed);
    }
    count - slices.len()
}

/// Leaves out overviews that lie across the slices, and what was taken of the patient in another
/// position, whose rows run another way: the most frequent direction stays.
pub(super) fn keep_usual_direction(slices: &mut Vec<SliceSource>) -> usize {
    let count = slices.len();
    let mut directions: Vec<([[f64; 3]; 2], usize)> = Vec::new();
    for own in slices.iter().filter_map(|slice| slice.info.direction) {
        match directions
            .iter_mut()
            .find(|(other, _)| are_parallel(own, *other))
        {
            Some((_, count)) => *count += 1,
            None => directions.push((own, 1)),
        }
    }
    if directions.len() < 2 {
        return 0;
    }
    if let Some((usual, _)) = directions.into_iter().rev().max_by_key(|(_, count)| *count) {
        slices.retain(|slice| {
            let direction = slice.info.direction;
            direction.is_none_or(|own| are_parallel(own, usual))
        });
    }
    count - slices.len()
}

/// Whether rows, and columns, run in the same directions.
fn are_parallel(a: [[f64; 3]; 2], b: [[f64; 3]; 2]) -> bool {
    let mut pairs = a.into_iter().zip(b);
    pairs.all(|(a, b)| dot(a, b) > PARALLEL)
}

/// Rows and columns of a slice, and how large its pixels are.
type Pixels = ([usize; 2], Option<[f64; 2]>);

/// Leaves out what could not be measured with the others: a scan has pixels of one number and size.
/// Those of more than half of the slices stay; an error if there are none.
pub(super) fn keep_usual_pixels(
    headers: &[Option<Header>],
    slices: &mut Vec<SliceSource>,
) -> Result<usize> {
    let pixels = |slice: &SliceSource| -> Option<Pixels> {
        let samples = headers.get(slice.file)?.as_ref()?.samples;
        Some(([samples.rows, samples.cols], slice.info.spacing_mm))
    };
    let mut kinds: Vec<(Pixels, usize)> = Vec::new();
    for own in slices.iter().filter_map(pixels) {
        match kinds.iter_mut().find(|(other, _)| are_alike(own, *other)) {
            Some((_, count)) => *count += 1,
            None => kinds.push((own, 1)),
        }
    }
    let [(first, _), others @ ..] = kinds.as_slice() else {
        return Err(OpenError::NoPixels);
    };
    let Some((other, _)) = others.first() else {
        return Ok(0);
    };
    let count = slices.len();
    if let Some((usual, _)) = kinds.iter().find(|(_, many)| many * 2 > count) {
        slices.retain(|slice| pixels(slice).is_some_and(|own| are_alike(own, *usual)));
        return Ok(count - slices.len());
    }
    let text = |[rows, cols]: [usize; 2]| format!("{rows} × {cols}");
    Err(if first.0 == other.0 {
        OpenError::MixedSpacing
    } else {
        OpenError::MixedSizes {
            first: text(first.0),
            other: text(other.0),
        }
    })
}

fn are_alike((count, mm): Pixels, (other_count, other_mm): Pixels) -> bool {
    let is_near = match (mm, other_mm) {
        (Some(mm), Some(other_mm)) => {
            let mut pairs = mm.iter().zip(other_mm);
            pairs.all(|(a, b)| (a - b).abs() <= SAME_SIZE * b)
        }
        (mm, other_mm) => mm.is_none() && other_mm.is_none(),
    };
    count == other_count && is_near
}

/// Leaves out what does not say how its values are rescaled where most do, or says it where most do
/// not: taken as they are stored, its values would be a thousand Hounsfield units off. Of as many
/// of both, those that say it stay.
pub(super) fn keep_usual_rescale(slices: &mut Vec<SliceSource>) -> usize {
    let said = |it: &SliceSource| [it.info.slope.is_some(), it.info.intercept.is_some()];
    let count = slices.len();
    let of = |kind: [bool; 2]| slices.iter().filter(|it| said(it) == kind).count();
    let kinds = [[false, false], [false, true], [true, false], [true, true]];
    if let Some(usual) = kinds.into_iter().max_by_key(|kind| of(*kind)) {
        slices.retain(|it| said(it) == usual);
    }
    count - slices.len()
}

/// Slices whose thickness differs by less than this share are as thick as each other.
const SAME_THICKNESS: f64 = 0.15;

/// Marks the slices that are as thick as most and were computed with the same kernel; of as many of
/// both, those that come first. What a file does not say is taken to be as in the others.
pub(super) fn mark_usual_make(headers: &[Option<Header>], slices: &mut [SliceSource]) {
    let kernel = |slice: &SliceSource| origin::kernel(headers.get(slice.file)?.as_ref()?);
    let are_alike = |a: &SliceSource, b: &SliceSource| {
        let is_as_thick = match (a.info.thickness_mm, b.info.thickness_mm) {
            (Some(a), Some(b)) => (a - b).abs() <= SAME_THICKNESS * a.max(b),
            _ => true,
        };
        let is_as_sharp = match (kernel(a), kernel(b)) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        };
        is_as_thick && is_as_sharp
    };
    let says_all = |it: &SliceSource| it.info.thickness_mm.is_some() && kernel(it).is_some();
    // The first one of each make stands for it; one that says all does so before those that do not.
    let mut makes: Vec<(SliceSource, usize)> = Vec::new();
    let (saying, silent): (Vec<_>, Vec<_>) = slices.iter().partition(|it| says_all(it));
    for slice in saying.into_iter().chain(silent) {
        match makes.iter_mut().find(|(it, _)| are_alike(it, slice)) {
            Some((_, count)) => *count += 1,
            None => makes.push((*slice, 1)),
        }
    }
    let usual = makes.into_iter().reduce(|a, b| {
        let is_first = b.1 == a.1 && is_before(&b.0, &a.0);
        if b.1 > a.1 || is_first { b } else { a }
    });
    if let Some((usual, _)) = usual {
        for slice in slices {
            slice.is_made_as_usual = are_alike(&usual, slice);
        }
    }
}

/// Leaves out, of slices by place (mm), what was made in another way and shows the middle of a
/// usual slice, or whose middle one shows. The rest stays: some scans are thinner in one part of
/// the patient than in the next.
pub(super) fn keep_usual_make(placed: &mut Vec<(f64, SliceSource)>) -> usize {
    let count = placed.len();
    let half = |it: &SliceSource| it.info.thickness_mm.unwrap_or_default() / 2.0;
    let usual = placed.iter().filter(|(_, it)| it.is_made_as_usual);
    let usual: Vec<(f64, f64)> = usual.map(|(at, it)| (*at, half(it))).collect();
    placed.retain(|(at, it)| {
        let is_shown = |(place, reach): &(f64, f64)| (at - place).abs() < reach.max(half(it));
        it.is_made_as_usual || !usual.iter().any(is_shown)
    });
    count - placed.len()
}

/// Leaves out, where no places are known, what was made in another way and has the number of a
/// usual slice.
pub(super) fn keep_usual_numbers(slices: &mut Vec<SliceSource>) -> usize {
    let count = slices.len();
    let number = |it: &SliceSource| it.instance.map(|number| (number, it.frame));
    let usual = slices.iter().filter(|it| it.is_made_as_usual);
    let usual: Vec<_> = usual.map(number).collect();
    slices.retain(|it| it.is_made_as_usual || !usual.contains(&number(it)));
    count - slices.len()
}

/// Leaves out what lies unevenly between the slices (ascending) of one pass that has at least half
/// of them: the scanner went over the same part of the patient again, who has breathed in between.
pub(super) fn keep_usual_pass(placed: &mut Vec<(f64, SliceSource)>) -> usize {
    let count = placed.len();
    let of = |pass: Option<i32>| {
        let all = placed.iter();
        all.filter(move |(_, it)| it.info.pass == pass)
    };
    let mut passes = placed.iter().map(|(_, it)| it.info.pass);
    let Some(pass) = passes.find(|pass| of(*pass).count() * 2 >= count) else {
        return 0;
    };
    let own: Vec<f64> = of(pass).map(|(at, _)| *at).collect();
    let all: Vec<f64> = placed.iter().map(|(at, _)| *at).collect();
    if let [first, .., last] = *own
        && lie_evenly(&own)
        && !lie_evenly(&all)
    {
        let half = (last - first) / (own.len() - 1) as f64 / 2.0;
        placed.retain(|(at, it)| it.info.pass == pass || *at < first - half || *at > last + half);
    }
    count - placed.len()
}

/// Whether places are as far apart everywhere.
fn lie_evenly(places: &[f64]) -> bool {
    let distances = distances(places);
    let usual = upper_median(&distances).unwrap_or(0.0);
    are_even(distances.into_iter(), usual)
}
