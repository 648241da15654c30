//! Which of several series is a scan to be segmented.

use super::super::error::{OpenError, Result};
use super::super::found::FoundSeries;
use super::geometry::FrameInfo;
use super::header::{Header, Shows};
use super::origin;
use crate::count::counted;
use crate::map::Map;
use crate::order;

/// Cosine of the angle between the slices and the patient's axis above which they are axial.
const AXIAL: f64 = 0.7;

/// Whether it is CT, and whether it is axial: the better kind is the greater one.
type Kind = (bool, bool);

/// Series that a reader can choose from, and the one that is to be opened.
pub(super) struct Choice {
    /// Indices of its files.
    pub(super) files: Vec<usize>,
    /// Its place among those found.
    pub(super) chosen: usize,
    pub(super) found: Vec<FoundSeries>,
}

/// The series that is `wanted`, else the one with most slices, of those that are no projections,
/// where there are any: of the axial CT series, where there are any, in the order of their numbers.
pub(super) fn choose(
    headers: &[Option<Header>],
    wanted: Option<usize>,
    notes: &mut Vec<String>,
) -> Result<Choice> {
    let mut series = by_series(headers, notes);
    let count = series.len();
    let kind = keep_best_kind(headers, &mut series);
    // Those without a number come last.
    order::sort_by_key(&mut series, |files| {
        let number = number(headers, files);
        (number.is_none(), number)
    });
    let patients = patients(headers.iter().flatten());
    let found = series.iter().map(|files| found(headers, files, &patients));
    let found: Vec<FoundSeries> = found.collect();
    let longest = || {
        (0..found.len()).rev().max_by_key(|&it| {
            let it = found.get(it);
            it.map(|it| (!it.is_projection, it.slices))
        })
    };
    let chosen = wanted.or_else(longest).unwrap_or_default();
    let (Some(files), Some(open)) = (series.get_mut(chosen), found.get(chosen)) else {
        return Err(OpenError::NoSuchSeries);
    };
    if patients.len() > 1 {
        notes.push(format!(
            "Files of {} patients were opened together, and the scan is of one of them: check whose it is.",
            patients.len()
        ));
    }
    if open.is_projection {
        notes.push(
            "These are projections (MIP): sizes measured on them are not those of lesions."
                .to_owned(),
        );
    }
    if count > 1 && wanted.is_none() {
        let slices = open.slices;
        let kind = if kind == Some((true, true)) {
            "axial CT "
        } else {
            ""
        };
        let aside = if !open.is_projection && found.iter().any(|it| it.is_projection) {
            ", projections (MIP) aside"
        } else {
            ""
        };
        notes.push(format!(
            "{count} series found; the {kind}series with most slices ({slices}) is open{aside}."
        ));
    }
    Ok(Choice {
        files: std::mem::take(files),
        chosen,
        found,
    })
}

fn found(headers: &[Option<Header>], files: &[usize], all_patients: &[&[u8]]) -> FoundSeries {
    let first = of(headers, files).next();
    let own = match patients(of(headers, files)).as_slice() {
        [own] if all_patients.len() > 1 => all_patients.iter().position(|it| it == own),
        _ => None,
    };
    FoundSeries {
        number: number(headers, files),
        patient: own,
        described: first.map(origin::described).unwrap_or_default(),
        slices: slices(headers, files),
        thickness_mm: first.and_then(|header| header.frames.first()?.thickness_mm),
        is_projection: are_projections(headers, files),
    }
}

/// Whether most images of a series are projections: some have a few for a first look.
fn are_projections(headers: &[Option<Header>], files: &[usize]) -> bool {
    let projections = of(headers, files).filter(|header| header.shows == Shows::Projections);
    let frames: usize = projections.map(|header| header.frames.len()).sum();
    2 * frames > slices(headers, files)
}

fn number(headers: &[Option<Header>], files: &[usize]) -> Option<i32> {
    of(headers, files).find_map(|header| header.series_number)
}

/// Whom the files are of, as far as they say.
fn patients<'a>(headers: impl Iterator<Item = &'a Header>) -> Vec<&'a [u8]> {
    let mut patients: Vec<&[u8]> = Vec::new();
    for header in headers {
        let patient = header.patient.as_slice();
        if !patient.is_empty() && !patients.contains(&patient) {
            patients.push(patient);
        }
    }
    patients
}

/// Like [`choose`], but returns every axial CT series (if there is none, every series of the next
/// best kind).
pub(super) fn all(headers: &[Option<Header>], notes: &mut Vec<String>) -> Vec<Vec<usize>> {
    let mut series = by_series(headers, notes);
    let count = series.len();
    keep_best_kind(headers, &mut series);
    if series.len() < count {
        let others = count - series.len();
        notes.push(format!("{others} series that are no axial CT left out."));
    }
    series
}

/// The best kind there is, of which the series are that stay.
fn keep_best_kind(headers: &[Option<Header>], series: &mut Vec<Vec<usize>>) -> Option<Kind> {
    let best = series.iter().map(|files| kind(headers, files)).max();
    series.retain(|files| Some(kind(headers, files)) == best);
    best
}

/// The number of a series, of which a file says nothing and no two others different ones.
fn only_number(headers: &[Option<Header>], silent: &Header) -> Option<i32> {
    let all = headers
        .iter()
        .flatten()
        .filter(|it| it.series == silent.series);
    let mut numbers = all.filter_map(|it| it.series_number);
    let first = numbers.next().filter(|_| !silent.series.is_empty())?;
    numbers.all(|it| it == first).then_some(first)
}

/// Files by series, in the order of their UIDs, and by number where one has several or none. Files
/// without a number belong to the only series of their UID that has one. Overviews are left out
/// where there is anything else.
fn by_series(headers: &[Option<Header>], notes: &mut Vec<String>) -> Vec<Vec<usize>> {
    let mut series: Map<(&str, Option<i32>), Vec<usize>> = Map::new();
    let has_image = headers
        .iter()
        .flatten()
        .any(|header| header.shows != Shows::Localizer);
    let mut localizers = 0;
    for (index, header) in headers.iter().enumerate() {
        match header {
            Some(header) if header.shows == Shows::Localizer && has_image => localizers += 1,
            Some(header) => {
                let number = header
                    .series_number
                    .or_else(|| only_number(headers, header));
                let key = (header.series.as_str(), number);
                series.or_default(key).push(index);
            }
            None => {}
        }
    }
    if localizers > 0 {
        notes.push(format!(
            "Left out: {}.",
            counted(localizers, "localizer image")
        ));
    }
    series.into_values().collect()
}

fn of<'a>(headers: &'a [Option<Header>], files: &'a [usize]) -> impl Iterator<Item = &'a Header> {
    files.iter().filter_map(|&file| headers.get(file)?.as_ref())
}

fn kind(headers: &[Option<Header>], files: &[usize]) -> Kind {
    let is_axial = |header: &Header| {
        let normal = header.frames.first().and_then(FrameInfo::normal);
        normal.is_some_and(|[_, _, along]| along.abs() > AXIAL)
    };
    (
        of(headers, files).any(|header| header.is_ct),
        of(headers, files).any(is_axial),
    )
}

fn slices(headers: &[Option<Header>], files: &[usize]) -> usize {
    of(headers, files).map(|header| header.frames.len()).sum()
}
