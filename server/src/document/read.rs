//! Reading a document as far as the history needs it, and refusing what is none.

use std::io::Read as _;

use app::api::ApiError;
use app::course::largest;
use app::form::{Day, check_label};
use flate2::read::DeflateDecoder;
use model::follow_up::Conditions;
use model::hex::unhex;
use model::saved::content::{self, Content};
use model::saved::lesion::LungBox;
use model::saved::{Saved, SavedError, SavedLesion, envelope};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::store::analysis::NewAnalysis;

/// Most characters of a weights version.
const VERSION_CHARS: usize = 64;

/// Reads a document, in memory bounded by the limits of [`model::saved`].
pub(super) fn analysis(id: Uuid, document: Vec<u8>) -> Result<NewAnalysis, ApiError> {
    let bytes = inflated(&document).map_err(refused)?;
    let content = known(&bytes).map_err(refused)?;
    let saved = &content.saved;
    let label = check_label(&saved.label)?;
    // Future days are accepted: a document waiting in an outbox cannot be edited, and would never
    // be saved.
    let examined_on = saved.examined_on.parse::<Day>()?.to_string();
    if label != saved.label || saved.engine.weights_version.chars().count() > VERSION_CHARS {
        return Err(refused(SavedError::Inconsistent));
    }
    if !saved.lesions.iter().all(is_sound) || !saved.longest_mm().is_none_or(is_size) {
        return Err(refused(SavedError::Inconsistent));
    }
    let digest = unhex(&saved.digest).ok_or_else(|| refused(SavedError::Inconsistent))?;
    let conditions = conditions(&content)?;
    Ok(NewAnalysis {
        id,
        label,
        examined_on,
        digest,
        network: saved.engine.architecture.id(),
        weights_version: saved.engine.weights_version.clone(),
        slices: count(saved.slices.len()),
        lesions: count(saved.lesions.len()),
        longest_mm: saved.longest_mm().map(f64::from),
        volume_ml: saved.volume_ml(),
        least_volume_ml: saved.least_volume_ml(),
        confidence: saved
            .lesions
            .iter()
            .map(|lesion| f64::from(lesion.confidence))
            .reduce(f64::max),
        followed: serde_json::to_vec(&largest(&saved.lesions)).map_err(|_| ApiError::Server)?,
        conditions,
        document_digest: Sha256::digest(&document).into(),
        document,
    })
}

/// Content whose header has no field that this program does not know, however deep. Such a field is
/// passed over in reading, and would be stored with all the rest.
pub(super) fn known(bytes: &[u8]) -> Result<Content<'_>, SavedError> {
    let mut json = serde_json::Deserializer::from_str(content::header(bytes)?);
    let mut is_known = true;
    serde_ignored::deserialize::<_, _, Saved>(&mut json, |_| is_known = false)
        .map_err(|_| SavedError::Unknown)?;
    if is_known {
        content::parse(bytes)
    } else {
        Err(SavedError::Unknown)
    }
}

/// The content, no longer than it says it is, and nothing after it.
pub(super) fn inflated(document: &[u8]) -> Result<Vec<u8>, SavedError> {
    let (length, compressed) = envelope::open(document)?;
    let mut decoder = DeflateDecoder::new(compressed);
    let bytes = taken(&mut decoder, length)?;
    if bytes.len() == length && decoder.total_in() == compressed.len() as u64 {
        Ok(bytes)
    } else {
        Err(SavedError::Length)
    }
}

/// What a decoder gives, up to one byte more than `length`, which shows that there is more. Memory
/// grows with what is there, not with what is said to be there.
fn taken(decoder: &mut DeflateDecoder<&[u8]>, length: usize) -> Result<Vec<u8>, SavedError> {
    let mut bytes = Vec::new();
    decoder
        .take(length as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|_| SavedError::Length)?;
    Ok(bytes)
}

/// What follow-up must know besides the lesions, as JSON; read once more, because what JSON cannot
/// spell, such as an endless threshold, would be in the way of all examinations of the patient.
fn conditions(content: &Content<'_>) -> Result<Vec<u8>, ApiError> {
    let conditions = Conditions::of(&content.saved, LungBox::of_content(content));
    let json = serde_json::to_vec(&conditions).map_err(|_| ApiError::Server)?;
    serde_json::from_slice::<Conditions>(&json).map_err(|_| refused(SavedError::Inconsistent))?;
    Ok(json)
}

/// A number that can be shown and stored: JSON can spell figures that no float holds.
fn is_size(value: f32) -> bool {
    value.is_finite() && value >= 0.0
}

fn is_sound(lesion: &SavedLesion) -> bool {
    lesion.longest_mm.is_none_or(is_size)
        && lesion.perpendicular_mm.is_none_or(is_size)
        && lesion.area_mm2.is_none_or(is_size)
        && lesion.volume_ml.is_none_or(is_size)
        && lesion.mean_value.is_finite()
        && (0.0..=1.0).contains(&lesion.confidence)
        && lesion.place.is_none_or(|place| {
            place.left.is_finite() && place.back.is_finite() && place.up.is_none_or(f32::is_finite)
        })
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn refused(error: SavedError) -> ApiError {
    match error {
        SavedError::TooLarge => ApiError::TooLarge,
        other => ApiError::invalid("document", other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::DeflateEncoder;
    use model::saved::envelope::wrap;
    use serde_json::{Value, json};

    use super::*;

    const VERSION_1: &[u8] = include_bytes!("../../../model/tests/fixtures/saved/version-1.nca");

    fn deflated(content: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    fn header(closing_mm: f64) -> Value {
        let lesion = json!({ "number": 1, "key_slice": 0, "longest_mm": 5.0, "perpendicular_mm": null,
            "area_mm2": 9.0, "volume_ml": null, "mean_value": -20.0, "confidence": 0.5, "place": null });
        let whole = json!({ "number": 1, "slices": [0, 0], "key_slice": 0, "volume_ml": null, "longest_mm": 6.5,
            "confidence": 0.5 });
        json!({
            "version": 1, "label": "A", "examined_on": "2023-11-24", "digest": "ab".repeat(32),
            "rows": 16, "cols": 16, "scan_slices": 1, "intensity": "Hounsfield", "spacing": null,
            "slice_spacing_mm": null,
            "engine": { "architecture": "unet", "backend": "cpu", "adapter": "x", "reason": null,
                "self_test_error": 0.0, "start_up_ms": 1.0, "weights_version": "1", "threshold": 0.5 },
            "settings": { "architecture": "unet", "denoise": "none", "postprocess": { "threshold": 0.5,
                "opening_mm": 0.0, "closing_mm": closing_mm, "fill_holes": true, "min_area_mm2": 7.0, "smooth": true } },
            "slices": [{ "slice": 0, "lung_px": 1, "histogram": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
                "total_ms": 1.0, "network_ms": 1.0 }],
            "summary": { "lesions": [whole], "findings": [], "confidence": null, "slices_done": 1, "agreement": null },
            "lesions": [lesion],
        })
    }

    /// A header and one empty mask of 16 × 16 pixels.
    fn laid_out(header: &Value) -> Vec<u8> {
        let mask = model::saved::runs::encode(&[0; 256]);
        let mut content = Vec::new();
        for part in [header.to_string().as_bytes(), &mask] {
            content.extend_from_slice(&u32::try_from(part.len()).unwrap().to_le_bytes());
            content.extend_from_slice(part);
        }
        content
    }

    fn content(closing_mm: f64) -> Vec<u8> {
        laid_out(&header(closing_mm))
    }

    #[test]
    fn a_field_that_the_format_lacks_is_refused_however_deep() {
        let whole = header(0.8);
        for place in [
            "",
            "/engine",
            "/settings",
            "/settings/postprocess",
            "/slices/0",
            "/summary",
            "/summary/lesions/0",
            "/lesions/0",
        ] {
            let mut tampered = whole.clone();
            let object = tampered.pointer_mut(place).unwrap();
            object["note"] = json!("Jane Doe, born 1970");
            let content = laid_out(&tampered);
            assert_eq!(
                analysis(Uuid::nil(), wrap(content.len(), &deflated(&content))),
                Err(refused(SavedError::Unknown)),
                "{place}"
            );
        }
    }

    #[test]
    fn documents_of_earlier_releases_are_read() {
        let read = analysis(Uuid::nil(), VERSION_1.to_vec()).unwrap();
        assert_eq!(read.document, VERSION_1);
    }

    #[test]
    fn a_setting_that_json_cannot_give_back_is_refused() {
        let read = |closing_mm| {
            let content = content(closing_mm);
            analysis(Uuid::nil(), wrap(content.len(), &deflated(&content)))
        };
        assert!(read(0.8).is_ok());
        assert!(read(1e300).is_err());
    }

    /// Numbers without a pattern, always the same ones (xorshift).
    fn chance(state: &mut u64) -> usize {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        *state as usize
    }

    fn damaged(bytes: &[u8], state: &mut u64) -> Vec<u8> {
        let mut damaged = bytes.to_vec();
        for _ in 0..=chance(state) % 4 {
            if damaged.is_empty() {
                break;
            }
            let place = chance(state) % damaged.len();
            match chance(state) % 4 {
                0 => damaged.truncate(place),
                1 => damaged.insert(place, chance(state) as u8),
                2 => drop(damaged.remove(place)),
                _ => damaged[place] ^= 1 << (chance(state) % 8),
            }
        }
        damaged
    }

    #[test]
    fn a_longest_diameter_that_is_none_is_refused() {
        let mut forged = content(0.8);
        let place = forged.windows(3).position(|text| text == b"6.5").unwrap();
        forged[place..place + 3].copy_from_slice(b"-65");
        let document = wrap(forged.len(), &deflated(&forged));
        assert_eq!(
            analysis(Uuid::nil(), document),
            Err(refused(SavedError::Inconsistent))
        );
    }

    #[test]
    fn inflating_stops_one_byte_after_the_end() {
        let bomb = deflated(&vec![0; 16 << 20]);
        for length in [0, 1, 1000, 100_000] {
            let mut decoder = DeflateDecoder::new(bomb.as_slice());
            let bytes = taken(&mut decoder, length).unwrap();
            assert_eq!(bytes.len(), length + 1);
            assert!(decoder.total_out() <= length as u64 + 1, "{length}");
        }
    }

    #[test]
    fn a_damaged_document_is_refused_or_read_and_never_ends_the_server() {
        let content = content(0.8);
        let whole = wrap(content.len(), &deflated(&content));
        let read = analysis(Uuid::nil(), whole.clone()).unwrap();
        assert_eq!((read.label.as_str(), read.longest_mm), ("A", Some(6.5)));
        let mut state = 0x9e37_79b9_7f4a_7c15;
        for _ in 0..3000 {
            // Outside, where deflate and the envelope notice, and inside, where only we do.
            drop(analysis(Uuid::nil(), damaged(&whole, &mut state)));
            let inside = damaged(&content, &mut state);
            drop(analysis(
                Uuid::nil(),
                wrap(inside.len(), &deflated(&inside)),
            ));
        }
    }
}
