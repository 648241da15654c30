//! From elements of the file to words.

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use super::Identity;
use super::charset;
use crate::count::counted;
use crate::open::FoundSeries;
use crate::volume::CopiedElement;

/// Text of bytes under a label of the WHATWG's Encoding Standard; what cannot be decoded is to be
/// replaced.
type Decode<'a> = &'a dyn Fn(&'static str, &[u8]) -> String;

/// Elements of a file.
struct Said<'a> {
    elements: &'a [CopiedElement],
    decode: Decode<'a>,
}

impl Said<'_> {
    fn value(&self, tag: Tag) -> &[u8] {
        let mut all = self.elements.iter();
        let element = all.find(|it| it.tag == (tag.group(), tag.element()));
        element.map_or(&[], |it| it.value.as_slice())
    }

    fn text(&self, tag: Tag) -> String {
        let base = charset::base(self.value(tags::SPECIFIC_CHARACTER_SET));
        let text = charset::text(self.value(tag), base, self.decode);
        text.trim_ascii().to_owned()
    }

    /// Number, description, convolution kernel.
    fn series(&self) -> [String; 3] {
        [
            tags::SERIES_NUMBER,
            tags::SERIES_DESCRIPTION,
            tags::CONVOLUTION_KERNEL,
        ]
        .map(|tag| self.text(tag))
    }
}

/// What files state of patient, study and series ([`Opened::stated`](crate::open::Opened::stated)).
///
/// # Arguments
/// * `decode`: text of bytes under a label of the WHATWG's Encoding Standard; what cannot be
///   decoded is to be replaced.
pub fn read(elements: &[CopiedElement], decode: Decode<'_>) -> Identity {
    let said = Said { elements, decode };
    let text = |tag| said.text(tag);
    Identity {
        series: joined(&said.series()),
        name: person(&text(tags::PATIENT_NAME)),
        number: text(tags::PATIENT_ID),
        born_on: day(&text(tags::PATIENT_BIRTH_DATE)),
        sex: match said.value(tags::PATIENT_SEX) {
            b"M" => "male".to_owned(),
            b"F" => "female".to_owned(),
            b"O" => "other".to_owned(),
            _ => text(tags::PATIENT_SEX),
        },
        examined_on: day(&text(tags::STUDY_DATE)),
        study: text(tags::STUDY_DESCRIPTION),
    }
}

/// A series in words to choose it by:
/// `3 · Thorax lung · B70f · 1.25 mm thick · 280 slices · 2026-01-02`, of what is said. Where files
/// are of several patients, `patient A` stands before that, and no name.
pub fn words_of_series(found: &FoundSeries, decode: Decode<'_>) -> String {
    let said = Said {
        elements: &found.described,
        decode,
    };
    let [number, description, kernel] = said.series();
    let thickness_mm = found.thickness_mm;
    joined(&[
        found.patient.map_or_else(String::new, patient),
        number,
        description,
        kernel,
        if found.is_projection { "MIP" } else { "" }.to_owned(),
        thickness_mm.map_or_else(String::new, |mm| format!("{mm:.2} mm thick")),
        counted(found.slices, "slice"),
        day(&said.text(tags::STUDY_DATE)),
    ])
}

/// `patient A` of the first, and so on; beyond the alphabet `patient 27`.
fn patient(place: usize) -> String {
    let letter = u8::try_from(place).ok().filter(|it| *it < 26);
    match letter {
        Some(letter) => format!("patient {}", char::from(b'A' + letter)),
        None => format!("patient {}", place + 1),
    }
}

/// `3 · Thorax lung · B70f`, of what is said.
fn joined(all: &[String]) -> String {
    let mut words = String::new();
    for part in all {
        if !words.is_empty() && !part.is_empty() {
            words += " · ";
        }
        words += part;
    }
    words
}

/// Groups (alphabetic, ideographic, phonetic; PS3.5 6.2.1.1) of family, given and middle name,
/// prefix, suffix, as people write them.
fn person(name: &str) -> String {
    let mut words = String::new();
    // What stands before the next word, unless that is the first, and then between words of a
    // group.
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
