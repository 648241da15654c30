//! Label and day inside a stored document. Corrected in the history alone, the first ones would
//! stay in what is kept, backed up and handed out.

use std::io::Write as _;

use app::saving::document::Caption;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use model::saved::content::{self, Content};
use model::saved::envelope;
use model::saved::limit::DOCUMENT_BYTES;

use super::read;

/// The document under another label and day; `None` if this program does not know all of it, or if
/// it would be larger than may be then. Its masks stay as they are, bit by bit.
pub(super) fn under(document: &[u8], caption: Caption) -> Option<Vec<u8>> {
    let bytes = read::inflated(document).ok()?;
    let Content { mut saved, masks } = read::known(&bytes).ok()?;
    saved.label = caption.label;
    saved.examined_on = caption.day;
    let document = packed(&content::lay_out(&saved, &masks).ok()?)?;
    (document.len() <= DOCUMENT_BYTES).then_some(document)
}

/// As small as it gets: what is stored may leave little room.
fn packed(content: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).ok()?;
    Some(envelope::wrap(content.len(), &encoder.finish().ok()?))
}

#[cfg(test)]
mod tests {
    use model::saved::runs;
    use serde_json::{Value, json};

    use super::*;

    const VERSION_1: &[u8] = include_bytes!("../../../model/tests/fixtures/saved/version-1.nca");

    fn corrected(document: &[u8], label: &str) -> Option<Vec<u8>> {
        let caption = Caption {
            label: label.to_owned(),
            day: "2023-10-01".to_owned(),
        };
        under(document, caption)
    }

    /// The first document of an earlier release, with a `note` in one place of its header.
    fn noted(place: &str) -> Vec<u8> {
        let content = read::inflated(VERSION_1).unwrap();
        let header = content::header(&content).unwrap();
        let mut noted: Value = serde_json::from_str(header).unwrap();
        noted.pointer_mut(place).unwrap()["note"] = json!("of a release to come");
        let noted = noted.to_string();
        let mut with_note = u32::try_from(noted.len()).unwrap().to_le_bytes().to_vec();
        with_note.extend_from_slice(noted.as_bytes());
        with_note.extend_from_slice(&content[4 + header.len()..]);
        packed(&with_note).unwrap()
    }

    #[test]
    fn a_document_with_a_field_that_is_not_known_stays_as_it_is() {
        assert!(corrected(VERSION_1, "B").is_some());
        for place in [
            "",
            "/engine",
            "/settings/postprocess",
            "/slices/0",
            "/summary",
        ] {
            assert_eq!(corrected(&noted(place), "B"), None, "{place}");
        }
    }

    /// Labels without a pattern, always the same ones (xorshift), for so many pixels of a slice.
    fn noise(pixels: usize) -> Vec<u8> {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut labels = vec![0; 2048 * 2048];
        for label in &mut labels[..pixels] {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            *label = (state >> 32) as u8 & model::saved::label::ALL;
        }
        labels
    }

    /// A document of noise, with room for a hundred bytes at most.
    fn almost_too_large() -> Vec<u8> {
        let content = read::inflated(VERSION_1).unwrap();
        let mut saved = read::known(&content).unwrap().saved;
        (saved.rows, saved.cols) = (2048, 2048);
        saved.slices.truncate(1);
        saved.summary.findings.clear();
        saved.lesions.clear();
        let mut pixels = 2_000_000;
        for _ in 0..10 {
            let mask = runs::encode(&noise(pixels));
            let document = packed(&content::lay_out(&saved, &[mask]).unwrap()).unwrap();
            match DOCUMENT_BYTES.checked_sub(document.len()) {
                Some(..=100) => return document,
                _ => pixels = pixels * (DOCUMENT_BYTES - 50) / document.len(),
            }
        }
        panic!("no document is as large as that")
    }

    #[test]
    fn a_document_that_would_be_too_large_under_its_new_label_stays_as_it_is() {
        let document = almost_too_large();
        assert!(corrected(&document, "B").is_some());
        let long: String = ('!'..='~')
            .chain('¡'..='ÿ')
            .filter(|it| *it != '"')
            .collect();
        assert_eq!(corrected(&document, &long), None);
    }
}
