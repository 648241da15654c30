//! Segments of the headers of JPEG and JPEG-LS (ITU-T T.81 annex B).

/// "Define restart interval".
pub(crate) const INTERVAL: u8 = 0xdd;
/// "Start of scan".
pub(crate) const SCAN: u8 = 0xda;

/// Place, marker and content of each segment up to the first scan's header.
pub(crate) fn segments(packed: &[u8]) -> impl Iterator<Item = (usize, u8, &[u8])> {
    // After "start of image", which has no content.
    let mut next = Some(2);
    std::iter::from_fn(move || {
        let mut at = next.take()?;
        // Any number of these may come before a marker.
        while packed.get(at..at + 2) == Some(&[0xff; 2]) {
            at += 1;
        }
        let [0xff, marker, high, low, ..] = *packed.get(at..)? else {
            return None;
        };
        let end = at + 2 + usize::from(u16::from_be_bytes([high, low]));
        let segment = packed.get(at + 4..end)?;
        next = (marker != SCAN).then_some(end);
        Some((at + 4, marker, segment))
    })
}
