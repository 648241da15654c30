//! Which of several series is a scan to be segmented.

use std::collections::BTreeMap;

use super::geometry::FrameInfo;
use super::header::Header;

/// Cosine of the angle between the slices and the patient's axis above which they are axial.
const AXIAL: f64 = 0.7;

/// Whether it is CT, and whether it is axial: the better kind is the greater one.
type Kind = (bool, bool);

/// Indices of the files of the series with most slices: of the axial CT series, where there are any.
pub(super) fn choose(headers: &[Option<Header>], notes: &mut Vec<String>) -> Vec<usize> {
    let series = by_series(headers, notes);
    let count = series.len();
    let rank = |files: &Vec<usize>| (kind(headers, files), slices(headers, files));
    let Some(best) = series.into_iter().rev().max_by_key(rank) else {
        return Vec::new();
    };
    if let Some(patients) = several_patients(headers) {
        notes.push(format!(
            "Files of {patients} patients were opened together, and the scan is of one of them: check whose it is."
        ));
    }
    if count > 1 {
        let ((is_ct, is_axial), slices) = rank(&best);
        let kind = if is_ct && is_axial { "axial CT " } else { "" };
        notes.push(format!(
            "{count} series found; the {kind}series with most slices ({slices}) is open."
        ));
    }
    best
}

/// How many patients the files are of, if of more than one.
fn several_patients(headers: &[Option<Header>]) -> Option<usize> {
    let mut patients: Vec<&[u8]> = Vec::new();
    for header in headers.iter().flatten() {
        let patient = header.patient.as_slice();
        if !patient.is_empty() && !patients.contains(&patient) {
            patients.push(patient);
        }
    }
    Some(patients.len()).filter(|count| *count > 1)
}

/// Like [`choose`], but returns every axial CT series (if there is none, every series of the next best kind).
pub(super) fn all(headers: &[Option<Header>], notes: &mut Vec<String>) -> Vec<Vec<usize>> {
    let mut series = by_series(headers, notes);
    let count = series.len();
    let best = series.iter().map(|files| kind(headers, files)).max();
    series.retain(|files| Some(kind(headers, files)) == best);
    if series.len() < count {
        let others = count - series.len();
        notes.push(format!("{others} series that are no axial CT left out."));
    }
    series
}

/// Files by series, in the order of their UIDs; overviews are left out where there is anything else.
fn by_series(headers: &[Option<Header>], notes: &mut Vec<String>) -> Vec<Vec<usize>> {
    let mut series: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let has_image = headers.iter().flatten().any(|header| !header.is_localizer);
    let mut localizers = 0;
    for (index, header) in headers.iter().enumerate() {
        match header {
            Some(header) if header.is_localizer && has_image => localizers += 1,
            Some(header) => series.entry(&header.series).or_default().push(index),
            None => {}
        }
    }
    if localizers > 0 {
        notes.push(format!("{localizers} localizer image(s) left out."));
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
