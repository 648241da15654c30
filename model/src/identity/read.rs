//! From elements of the file to words.

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use super::Identity;
use super::charset;
use crate::volume::DicomSeries;

/// What a series says of its patient.
///
/// # Arguments
/// * `decode`: text of bytes under a label of the WHATWG's Encoding Standard; what cannot be decoded is to be replaced.
pub fn read(series: &DicomSeries, decode: &dyn Fn(&'static str, &[u8]) -> String) -> Identity {
    let value = |tag: Tag| {
        let mut all = series.copied.iter().chain(&series.described);
        let element = all.find(|it| it.tag == (tag.group(), tag.element()));
        element.map_or(&[][..], |it| it.value.as_slice())
    };
    let base = charset::base(value(tags::SPECIFIC_CHARACTER_SET));
    let text = |bytes: &[u8]| charset::text(bytes, base, decode).trim_ascii().to_owned();
    let series = [
        tags::SERIES_NUMBER,
        tags::SERIES_DESCRIPTION,
        tags::CONVOLUTION_KERNEL,
    ];
    Identity {
        series: joined(series.map(|tag| text(value(tag)))),
        name: person(&text(value(tags::PATIENT_NAME))),
        number: text(value(tags::PATIENT_ID)),
        born_on: day(&text(value(tags::PATIENT_BIRTH_DATE))),
        sex: match value(tags::PATIENT_SEX) {
            b"M" => "male".to_owned(),
            b"F" => "female".to_owned(),
            b"O" => "other".to_owned(),
            other => text(other),
        },
        examined_on: day(&text(value(tags::STUDY_DATE))),
        study: text(value(tags::STUDY_DESCRIPTION)),
    }
}

/// `3 · Thorax lung · B70f`, of what is said.
fn joined(all: [String; 3]) -> String {
    let mut words = String::new();
    for part in all {
        if !words.is_empty() && !part.is_empty() {
            words += " · ";
        }
        words += &part;
    }
    words
}

/// Groups (alphabetic, ideographic, phonetic; PS3.5 6.2.1.1) of family, given and middle name, prefix, suffix, as people write them.
fn person(name: &str) -> String {
    let mut words = String::new();
    // What stands before the next word, unless that is the first, and then between words of a group.
    let (mut mark, mut next) = ("", ", ");
    for letter in name.chars() {
        match letter {
            '=' | '^' => words.truncate(words.trim_ascii_end().len()),
            _ => {}
        }
        match letter {
            ' ' if words.is_empty() || !mark.is_empty() => {}
            '=' => (mark, next) = (" · ", ", "),
            '^' if mark.is_empty() => (mark, next) = (next, " "),
            '^' => {}
            _ => {
                if !words.is_empty() {
                    words += mark;
                }
                mark = "";
                words.push(letter);
            }
        }
    }
    words
}

/// `YYYYMMDD`, as it has been since DICOM 3.0, with lines between; all else as it is.
fn day(digits: &str) -> String {
    let is_day = digits.len() == 8 && digits.bytes().all(|it| it.is_ascii_digit());
    let mut day = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if is_day && (place == 4 || place == 6) {
            day.push('-');
        }
        day.push(digit);
    }
    day
}
