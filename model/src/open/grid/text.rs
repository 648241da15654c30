//! Headers that are lines of text, as of NRRD and `MetaImage`, and voxels that are words.

use super::super::error::{OpenError, Result};
use super::super::limit;
use crate::decimal;

/// No header is longer: those of segmentations name every segment.
const HEADER_BYTES: usize = 1 << 20;

/// The lines of a header that have a name and a value.
#[derive(Debug)]
pub(super) struct Text<'a> {
    format: &'static str,
    fields: Vec<(&'a str, &'a str)>,
    /// The byte of the file after it.
    pub(super) end: usize,
    /// Whether its last line was found, or the file ended before.
    pub(super) is_ended: bool,
}

impl<'a> Text<'a> {
    /// Reads lines of name, `separator` and value up to one that is the last.
    pub(super) fn read(
        format: &'static str,
        file: &'a [u8],
        separator: char,
        is_last: fn(&[u8]) -> bool,
    ) -> Self {
        let mut text = Self {
            format,
            fields: Vec::new(),
            end: 0,
            is_ended: false,
        };
        let head = file.get(..HEADER_BYTES).unwrap_or(file);
        for line in head.split_inclusive(|&byte| byte == b'\n') {
            text.end += line.len();
            let line = line.trim_ascii_end();
            // What is not UTF-8 is a remark.
            let field = str::from_utf8(line)
                .ok()
                .and_then(|it| it.split_once(separator));
            // `name:=value` is another program's own in an NRRD.
            let field = field.filter(|(_, value)| !value.starts_with('='));
            text.fields
                .extend(field.map(|(name, value)| (name.trim(), value.trim())));
            if is_last(line) {
                text.is_ended = true;
                break;
            }
        }
        text
    }

    /// The value of a field by one of its names.
    pub(super) fn get(&self, names: &[&str]) -> Option<&'a str> {
        let is_meant =
            |field: &&(&str, &str)| names.iter().any(|it| it.eq_ignore_ascii_case(field.0));
        self.fields.iter().find(is_meant).map(|field| field.1)
    }

    /// Whether a file has nothing but the header.
    pub(super) fn is_all_of(&self, file: &[u8]) -> bool {
        let rest = file.get(self.end..).unwrap_or_default();
        rest.trim_ascii_start().is_empty()
    }

    /// A field that no file lacks.
    pub(super) fn need(&self, name: &str) -> Result<&'a str> {
        self.get(&[name])
            .ok_or_else(|| self.malformed(["its header has no “", name, "”"].concat()))
    }

    /// The numbers of such a field.
    pub(super) fn sizes(&self, name: &str) -> Result<Vec<u64>> {
        // What is no number is no size, either.
        let sizes = decimals(self.need(name)?).map(|it| it.unwrap_or_default() as u64);
        Ok(sizes.collect())
    }

    pub(super) fn malformed(&self, detail: String) -> OpenError {
        malformed(self.format, detail)
    }
}

fn malformed(format: &'static str, detail: String) -> OpenError {
    OpenError::Malformed { format, detail }
}

/// The first numbers of a text, at most `count`, as [`Packing::Text`] has them.
///
/// [`Packing::Text`]: super::header::Packing::Text
pub(super) fn numbers(format: &'static str, words: &[u8], count: usize) -> Result<Vec<u8>> {
    let none = || malformed(format, "one of its voxels is no number".to_owned());
    let text = str::from_utf8(words).map_err(|_| none())?;
    let mut numbers = Vec::new();
    // A number takes a letter and what parts it from the next, whatever the header says.
    let most = count.min(words.len() / 2 + 1);
    limit::reserve(&mut numbers, most * size_of::<f32>())?;
    for number in decimals(text).take(count) {
        let number = number.ok_or_else(none)? as f32;
        numbers.extend_from_slice(&number.to_le_bytes());
    }
    Ok(numbers)
}

/// Decimals between separators, `None` for what is no finite number.
pub(super) fn decimals(words: &str) -> impl Iterator<Item = Option<f64>> {
    let is_between = |it: char| it == ',' || it.is_ascii_whitespace();
    let words = words.split(is_between).filter(|word| !word.is_empty());
    words.map(|word| decimal::parse(word).filter(|it| it.is_finite()))
}

/// The first decimals of a text, 0 where there are fewer; `None` if one is no finite number.
pub(super) fn first<const COUNT: usize>(words: &str) -> Option<[f64; COUNT]> {
    let mut found = [0.0; COUNT];
    for (place, number) in found.iter_mut().zip(decimals(words)) {
        *place = number?;
    }
    Some(found)
}
