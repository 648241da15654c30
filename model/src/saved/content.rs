//! The inside of a document: header and masks.

use crate::calliper::{Calliper, Crossing};
use crate::json;

use super::{Saved, SavedError, VERSION, limit, runs};

/// A header and the coded masks of its slices.
#[derive(Debug, Clone, PartialEq)]
pub struct Content<'a> {
    /// The header.
    pub saved: Saved,
    /// For each slice of the header, its label map as [`runs`].
    pub masks: Vec<&'a [u8]>,
}

/// Lays header and coded masks (one a slice of the header) out as content.
///
/// # Errors
/// Something is over a limit, or there are not as many masks as slices.
pub fn lay_out(saved: &Saved, masks: &[impl AsRef<[u8]>]) -> Result<Vec<u8>, SavedError> {
    if masks.len() != saved.slices.len() {
        return Err(SavedError::Inconsistent);
    }
    let header = serde_json::to_vec(saved).map_err(|_| SavedError::Inconsistent)?;
    let mut bytes = Vec::new();
    let masks = masks.iter().map(AsRef::as_ref);
    for part in std::iter::once(header.as_slice()).chain(masks) {
        bytes.extend_from_slice(&(part.len() as u32).to_le_bytes());
        bytes.extend_from_slice(part);
    }
    parse(&bytes)?;
    Ok(bytes)
}

/// Reads content, and checks that its parts agree and keep the limits.
///
/// # Errors
/// They do not, or it is not content at all.
pub fn parse(bytes: &[u8]) -> Result<Content<'_>, SavedError> {
    let (header, mut rest) = split(bytes)?;
    let saved: Saved = json::read(header).map_err(|_| SavedError::Unknown)?;
    check(&saved)?;
    let pixels = saved.rows * saved.cols;
    let mut masks = Vec::with_capacity(saved.slices.len());
    for _ in &saved.slices {
        let mask;
        (mask, rest) = part(rest)?;
        runs::check(mask, pixels)?;
        masks.push(mask);
    }
    if rest.is_empty() {
        Ok(Content { saved, masks })
    } else {
        Err(SavedError::Length)
    }
}

/// The header of content, as JSON that nothing else is known of.
///
/// # Errors
/// It is no content, or over a limit.
pub fn header(bytes: &[u8]) -> Result<&str, SavedError> {
    split(bytes).map(|(header, _)| header)
}

/// The header and the masks after it.
fn split(bytes: &[u8]) -> Result<(&str, &[u8]), SavedError> {
    if bytes.len() > limit::CONTENT_BYTES {
        return Err(SavedError::TooLarge);
    }
    let (header, rest) = part(bytes)?;
    if header.len() > limit::HEADER_BYTES {
        return Err(SavedError::TooLarge);
    }
    let header = std::str::from_utf8(header).map_err(|_| SavedError::Unknown)?;
    Ok((header, rest))
}

/// The next part and what follows it.
fn part(bytes: &[u8]) -> Result<(&[u8], &[u8]), SavedError> {
    let (length, rest) = bytes.split_first_chunk::<4>().ok_or(SavedError::Length)?;
    rest.split_at_checked(u32::from_le_bytes(*length) as usize)
        .ok_or(SavedError::Length)
}

fn check(saved: &Saved) -> Result<(), SavedError> {
    if saved.version != VERSION {
        Err(SavedError::Unknown)
    } else if !is_small(saved) {
        Err(SavedError::TooLarge)
    } else if !agrees(saved) {
        Err(SavedError::Inconsistent)
    } else {
        Ok(())
    }
}

/// Whether nothing is over a limit.
fn is_small(saved: &Saved) -> bool {
    let texts = [
        &saved.label,
        &saved.examined_on,
        &saved.engine.adapter,
        &saved.engine.weights_version,
        saved.engine.reason.as_ref().unwrap_or(&saved.label),
    ];
    saved.slices.len() <= limit::SLICES
        && saved.scan_slices <= limit::SLICES
        && saved.rows <= limit::EDGE
        && saved.cols <= limit::EDGE
        && is_within(saved.slices.len(), saved.rows * saved.cols)
        && saved.summary.findings.len() <= limit::FINDINGS
        && saved.summary.lesions.len() <= limit::FINDINGS
        && saved.lesions.len() <= limit::FINDINGS
        && saved.rejected.len() <= limit::FINDINGS
        && saved.gaps.len() <= limit::SLICES
        && saved.lines.len() <= limit::LINES
        && texts.iter().all(|text| text.len() <= limit::TEXT_BYTES)
}

fn is_within(slices: usize, pixels: usize) -> bool {
    slices
        .checked_mul(pixels)
        .is_some_and(|all| all <= limit::PIXELS)
}

/// Whether all parts are of the slices that the header lists, in the order of the scan.
fn agrees(saved: &Saved) -> bool {
    let is_ascending = saved.slices.windows(2).all(|pair| match pair {
        [a, b] => a.slice < b.slice,
        _ => false,
    });
    let is_known = |slice: usize| {
        saved
            .slices
            .binary_search_by_key(&slice, |s| s.slice)
            .is_ok()
    };
    saved.rows > 0
        && saved.cols > 0
        && !saved.slices.is_empty()
        && is_ascending
        && saved
            .slices
            .last()
            .is_some_and(|last| last.slice < saved.scan_slices)
        && saved
            .summary
            .findings
            .iter()
            .all(|finding| is_known(finding.slice))
        && saved
            .lesions
            .iter()
            .all(|it| is_known(it.key_slice) && it.longest_slice.is_none_or(is_known))
        && are_numbers(&saved.instance_numbers, saved.scan_slices)
        && saved.lines.iter().all(|line| is_on_scan(line, saved))
        && saved
            .rejected
            .iter()
            .all(|r| is_known(r.finding.slice) && r.fits(saved.rows * saved.cols))
        && is_digest(&saved.digest)
}

/// Whether it is a SHA-256 in lower-case hexadecimal digits.
fn is_digest(text: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() == 64 && text.bytes().all(is_digit)
}

/// Whether none or each of the slices has a number, as DICOM knows them.
fn are_numbers(numbers: &[usize], slices: usize) -> bool {
    (numbers.is_empty() || numbers.len() == slices)
        && numbers.iter().all(|&number| i32::try_from(number).is_ok())
}

/// Whether a line or an ellipse measured by hand lies on a slice of the scan, or near it: it may be
/// drawn past the edge.
fn is_on_scan(line: &Calliper, saved: &Saved) -> bool {
    let is_near = |(row, col): (f64, f64)| {
        let edge = limit::EDGE as f64;
        row.abs() <= 2.0 * edge && col.abs() <= 2.0 * edge
    };
    line.slice < saved.scan_slices
        && is_near(line.from)
        && is_near(line.to)
        && line.crossing.is_none_or(|it| is_whole(it, line))
}

/// Whether it is the second axis of a line, no longer than anything that is scanned.
fn is_whole(crossing: Crossing, line: &Calliper) -> bool {
    const FARTHEST: f64 = 1e6;
    let Crossing {
        along,
        first,
        second,
    } = crossing;
    crossing.is_whole()
        && !line.is_ellipse()
        && [along, first, second].iter().all(|it| it.abs() < FARTHEST)
}
