//! Damaged documents by the thousand, the same ones every time: every decoder that the
//! server exposes answers, and never with a panic or with more memory than the limits allow.

use model::saved::{content, runs};

use crate::example::{Chance, lay_out, pack, small, unpack};

/// Rounds of a test run; `NEUROCARE_MUTATIONS` makes it longer.
fn rounds() -> u64 {
    let wanted = std::env::var("NEUROCARE_MUTATIONS").ok();
    wanted.and_then(|n| n.parse().ok()).unwrap_or(20_000)
}

/// Changes, inserts, cuts or repeats a few bytes.
fn damage(bytes: &mut Vec<u8>, chance: &mut Chance) {
    for _ in 0..=chance.below(3) {
        let at = chance.below(bytes.len());
        match chance.below(6) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, chance.next() as u8),
            2 => {
                let end = (at + 4).min(bytes.len());
                for byte in &mut bytes[at..end] {
                    *byte = [0, 0xff, 0x7f, 0x80][chance.below(4)];
                }
            }
            3 => {
                let piece = bytes[at..(at + 16).min(bytes.len())].to_vec();
                bytes.extend(piece);
            }
            // A digit for another digit: the JSON stays valid, its meaning does not.
            4 => {
                let digits = (at..bytes.len()).find(|&i| bytes[i].is_ascii_digit());
                if let Some(i) = digits {
                    bytes[i] = b'0' + chance.below(10) as u8;
                }
            }
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << chance.below(8);
                }
            }
        }
        if bytes.is_empty() {
            return;
        }
    }
}

/// Everything the decoders do with a document that a stranger sends; whether it was taken.
fn decode(document: &[u8]) -> bool {
    unpack(document).is_some_and(|bytes| read(&bytes))
}

fn read(bytes: &[u8]) -> bool {
    let Ok(content) = content::parse(bytes) else {
        return false;
    };
    let pixels = content.saved.rows * content.saved.cols;
    for mask in &content.masks {
        // Checked by `parse`, so this must succeed.
        let map = runs::decode(mask, pixels).unwrap();
        assert_eq!(runs::encode(&map), *mask);
    }
    true
}

#[test]
fn damaged_documents_are_answered() {
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let (saved, maps) = small();
    let good = pack(&lay_out(&saved, &maps));
    assert!(decode(&good));
    let taken = (0..rounds())
        .filter(|_| {
            let mut document = good.clone();
            damage(&mut document, &mut chance);
            decode(&document)
        })
        .count();
    // Most damage is noticed: what is taken has the same length and valid JSON.
    assert!((taken as u64) < rounds() / 2, "{taken}");
}

#[test]
fn damaged_contents_are_answered() {
    let mut chance = Chance(1);
    let (saved, maps) = small();
    let good = lay_out(&saved, &maps);
    for _ in 0..rounds() {
        let mut bytes = good.clone();
        damage(&mut bytes, &mut chance);
        read(&bytes);
    }
}

#[test]
fn damaged_runs_are_answered() {
    let mut chance = Chance(2);
    let (_, maps) = small();
    let good = runs::encode(&maps[0]);
    for _ in 0..rounds() {
        let mut code = good.clone();
        damage(&mut code, &mut chance);
        if let Ok(map) = runs::decode(&code, maps[0].len()) {
            assert_eq!(runs::encode(&map), code);
        }
    }
}
