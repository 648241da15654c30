//! Run-length coding: there and back, one coding for each map, forgeries refused.

use model::saved::{SavedError, runs};
use proptest::prelude::*;

/// Label maps with runs as they occur: long and short.
fn map() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec((0_u8..8, 1_usize..400), 1..60).prop_map(|pieces| {
        pieces
            .into_iter()
            .flat_map(|(value, length)| std::iter::repeat_n(value, length))
            .collect()
    })
}

proptest! {
    #[test]
    fn every_map_comes_back(map in map()) {
        let code = runs::encode(&map);
        prop_assert_eq!(runs::check(&code, map.len()), Ok(()));
        prop_assert_eq!(runs::decode(&code, map.len()).unwrap(), map);
    }

    /// Whatever decodes is what `encode` makes of its map: there is no second coding.
    #[test]
    fn a_map_has_one_coding(code in prop::collection::vec(any::<u8>(), 0..40), pixels in 0_usize..5000) {
        if let Ok(map) = runs::decode(&code, pixels) {
            prop_assert_eq!(map.len(), pixels);
            prop_assert_eq!(runs::encode(&map), code);
        }
    }

    #[test]
    fn a_cut_coding_is_refused(map in map(), share in 0.0_f64..1.0) {
        let code = runs::encode(&map);
        let cut = (code.len() as f64 * share) as usize;
        prop_assert!(runs::check(&code[..cut], map.len()).is_err());
    }

    #[test]
    fn another_number_of_pixels_is_refused(map in map(), pixels in 0_usize..50_000) {
        prop_assume!(pixels != map.len());
        prop_assert!(runs::check(&runs::encode(&map), pixels).is_err());
    }
}

#[test]
fn bits_beyond_the_three_layers_are_not_saved() {
    assert_eq!(runs::encode(&[9, 1, 15, 7]), runs::encode(&[1, 1, 7, 7]));
}

#[test]
fn forged_runs_take_no_memory() {
    // 2³² pixels of one value; more than five bytes; a second way to write 0.
    let forged: [&[u8]; 4] = [
        &[0xff, 0xff, 0xff, 0xff, 0x7f],
        &[0xff; 5],
        &[0xff; 64],
        &[0x80, 0x00],
    ];
    for code in forged {
        assert_eq!(runs::check(code, 1), Err(SavedError::Inconsistent));
        assert!(runs::decode(code, 1 << 20).is_err());
    }
    assert_eq!(runs::check(&[0x80], 1), Err(SavedError::Length));
    assert_eq!(runs::check(&[], 1), Err(SavedError::Length));
    // Two neighbouring runs of the same value.
    assert_eq!(runs::check(&[0, 0], 2), Err(SavedError::Inconsistent));
}
