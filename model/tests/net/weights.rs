//! Weights written and read, rounded to I8.

use burn::tensor::Device;
use model::engine::Weights;
use model::net::weights::{Label, Steps, Storage, to_bytes};
use model::net::{Form, Network, WeightsError, load_folded};
use model::settings::Postprocess;
use safetensors::SafeTensors;

use super::configs;

/// Whole numbers on either side of zero that kernels of a level are rounded to.
const STEPS: [i8; 5] = [127, 63, 31, 23, 15];

fn rounded() -> Storage {
    Storage::I8(Steps::new(STEPS).unwrap())
}

#[test]
fn steps_are_five_numbers_of_which_none_is_zero() {
    assert_eq!("127,63,31,23,15".parse(), Ok(Steps::new(STEPS).unwrap()));
    for wrong in ["", "1,2,3,4", "1,2,3,4,5,6", "1,2,0,4,5", "1,2,3,4,128"] {
        assert!(wrong.parse::<Steps>().is_err(), "{wrong}");
    }
}

fn label() -> Label {
    Label {
        version: "1.2.3".to_owned(),
        threshold: 0.4,
        least_peak: 0.9,
        temperature: 1.25,
        trained: "not at all".to_owned(),
    }
}

#[test]
fn a_network_read_back_and_written_again_is_the_same_file() {
    for config in configs() {
        let network = Network::new(config, Form::Folded, &Device::flex());
        let once = to_bytes(&network, &label(), None, rounded()).unwrap();
        let again = to_bytes(&load_folded(&once).unwrap(), &label(), None, rounded()).unwrap();
        // Its SHA-256 names it.
        assert!(once == again);
        SafeTensors::deserialize(&once).unwrap();
    }
}

#[test]
fn rounding_to_i8_moves_a_channel_by_no_more_than_plain_rounding_in_its_levels_steps() {
    for config in configs() {
        let network = Network::new(config, Form::Folded, &Device::flex());
        let stored =
            |storage| load_folded(&to_bytes(&network, &label(), None, storage).unwrap()).unwrap();
        let (exact, rounded) = (stored(Storage::F32), stored(rounded()));
        let nodes = |network: &Network| -> Vec<(usize, usize, Vec<f32>)> {
            let levels = network.rows.iter().enumerate();
            levels
                .flat_map(|(level, row)| row.iter().map(move |node| (level, node)))
                .flat_map(|(level, node)| [(level, &node.conv1), (level, &node.conv2)])
                .map(|(level, unit)| {
                    let weight = unit.conv.weight.val();
                    let channels = weight.dims()[0];
                    let values = weight.into_data().try_into_vec().unwrap();
                    (level, channels, values)
                })
                .collect()
        };
        assert_eq!(nodes(&network), nodes(&exact));
        for ((level, channels, before), (_, _, after)) in
            nodes(&exact).into_iter().zip(nodes(&rounded))
        {
            let size = before.len() / channels;
            for (before, after) in before.chunks(size).zip(after.chunks(size)) {
                let largest = before.iter().fold(0.0_f32, |most, v| most.max(v.abs()));
                let step = largest / f32::from(STEPS[level]);
                let plain = before
                    .iter()
                    .map(|v| (v - (v / step).round() * step).powi(2));
                let off = before.iter().zip(after).map(|(a, b)| (a - b).powi(2));
                // The factor itself is rounded to eleven significant bits, which moves no value
                // further.
                let slack = (size as f32).sqrt() * largest / 2048.0;
                assert!(off.sum::<f32>().sqrt() <= plain.sum::<f32>().sqrt() + slack);
                let mut values: Vec<u32> = after.iter().map(|v| v.abs().to_bits()).collect();
                values.sort_unstable();
                values.dedup();
                assert!(values.len() <= STEPS[level] as usize + 1);
            }
        }
    }
}

#[test]
fn the_engine_reads_what_is_written() {
    let golden = [0.5_f32; 64 * 64];
    for config in configs() {
        let network = Network::new(config, Form::Folded, &Device::flex());
        let bytes = to_bytes(&network, &label(), Some((&golden, &golden)), rounded()).unwrap();
        let weights = Weights::from_bytes(&bytes).unwrap();
        assert_eq!(weights.config(), &config);
        assert_eq!(
            (weights.version(), weights.trained()),
            ("1.2.3", "not at all")
        );
        assert_eq!((weights.threshold(), weights.temperature()), (0.4, 1.25));
        let advised = Postprocess::advised(0.4, 0.9);
        assert_eq!(weights.postprocess(), advised);
    }
}

#[test]
fn damaged_files_are_refused() {
    let file = include_bytes!("../fixtures/net/unet.safetensors");
    assert!(matches!(
        load_folded(&file[..file.len() / 2]),
        Err(WeightsError::Format(_))
    ));
    assert!(matches!(
        load_folded(b"not a weight file"),
        Err(WeightsError::Format(_))
    ));
    let renamed = replaced(file, b"x21.conv1.weight", b"x21.conv9.weight");
    assert!(renamed.is_none(), "depth 2 has no x21");
    let renamed = replaced(file, b"x11.conv1.weight", b"x11.conv9.weight").unwrap();
    assert!(
        matches!(load_folded(&renamed), Err(WeightsError::Tensor(name)) if name == "x11.conv1.weight")
    );
    let huge = replaced(file, br#"\"width\": 4"#, br#"\"width\": 9"#).unwrap();
    assert!(matches!(load_folded(&huge), Err(WeightsError::Tensor(_))));
}

/// The bytes with the first `from` replaced by the equally long `to`.
fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Option<Vec<u8>> {
    let at = bytes
        .windows(from.len())
        .position(|window| window == from)?;
    let mut bytes = bytes.to_vec();
    bytes[at..at + to.len()].copy_from_slice(to);
    Some(bytes)
}
