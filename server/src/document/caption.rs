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
    let content = content::lay_out(&saved, &masks).ok()?;
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&content).ok()?;
    let document = envelope::wrap(content.len(), &encoder.finish().ok()?);
    (document.len() <= DOCUMENT_BYTES).then_some(document)
}
