//! Recognising an image without keeping it: HMAC-SHA-256 (RFC 2104) over its dimensions and
//! values with the account's key. Without the key the digest says nothing about the image,
//! not even whether two accounts have the same one.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::hex::hex;
use crate::volume::Volume;

/// The digest as hex. The key is used as it is written: hex text of 32 bytes, which HMAC
/// takes like any other key.
pub fn digest(key: &str, volume: &Volume) -> String {
    let edges = [volume.cols, volume.rows, volume.slices()];
    let edges = edges.iter().flat_map(|&n| (n as u32).to_le_bytes());
    let edges = std::iter::once(edges.collect());
    // A slice at a time, so that the bytes never exist twice as a whole.
    let slices = (0..volume.slices()).filter_map(|i| volume.slice(i));
    let slices = slices.map(|values| values.iter().flat_map(|v| v.to_le_bytes()).collect());
    hex(&mac(key.as_bytes(), edges.chain(slices)))
}

fn mac(key: &[u8], pieces: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    // HMAC takes keys of every length, so there is always one.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return Vec::new();
    };
    for piece in pieces {
        mac.update(&piece);
    }
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::Intensity;

    fn volume(rows: usize, cols: usize, voxels: Vec<i16>) -> Volume {
        Volume::without_place((rows, cols), voxels, Intensity::Hounsfield)
    }

    #[test]
    fn rfc_4231_cases_1_and_2() {
        let code = |key: &[u8], data: &[u8]| hex(&mac(key, std::iter::once(data.to_vec())));
        assert_eq!(
            code(&[0x0b; 20], b"Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
        assert_eq!(
            code(b"Jefe", b"what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn shape_values_and_key_all_count() {
        let image = digest("key", &volume(2, 3, vec![1, 2, 3, 4, 5, 6]));
        assert_eq!(image, digest("key", &volume(2, 3, vec![1, 2, 3, 4, 5, 6])));
        assert_eq!(image.len(), 64);
        for other in [
            digest("key", &volume(3, 2, vec![1, 2, 3, 4, 5, 6])),
            digest("key", &volume(1, 3, vec![1, 2, 3, 4, 5, 6])),
            digest("key", &volume(2, 3, vec![1, 2, 3, 4, 5, 7])),
            digest("kex", &volume(2, 3, vec![1, 2, 3, 4, 5, 6])),
        ] {
            assert_ne!(image, other);
        }
    }
}
