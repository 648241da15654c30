use burn::tensor::Device;
use model::engine::Weights;
use model::net::weights::{Label, Storage, to_bytes};
use model::net::{Form, Network, WeightsError, load_folded};
use model::settings::Postprocess;
use safetensors::SafeTensors;

use super::configs;

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
        let once = to_bytes(&network, &label(), None, Storage::I8).unwrap();
        let again = to_bytes(&load_folded(&once).unwrap(), &label(), None, Storage::I8).unwrap();
        let (once, again) = (
            SafeTensors::deserialize(&once).unwrap(),
            SafeTensors::deserialize(&again).unwrap(),
        );
        assert_eq!(once.len(), again.len());
        for (name, tensor) in once.tensors() {
            assert_eq!(tensor.data(), again.tensor(&name).unwrap().data(), "{name}");
        }
    }
}

#[test]
fn rounding_to_i8_moves_a_kernel_by_half_a_step_at_most() {
    for config in configs() {
        let network = Network::new(config, Form::Folded, &Device::flex());
        let stored =
            |storage| load_folded(&to_bytes(&network, &label(), None, storage).unwrap()).unwrap();
        let (exact, rounded) = (stored(Storage::F32), stored(Storage::I8));
        let nodes = |network: &Network| -> Vec<(usize, Vec<f32>)> {
            let units = network.rows.iter().flatten();
            units
                .flat_map(|node| [&node.conv1, &node.conv2])
                .map(|unit| {
                    let weight = unit.conv.weight.val();
                    (weight.dims()[0], weight.into_data().try_into_vec().unwrap())
                })
                .collect()
        };
        assert_eq!(nodes(&network), nodes(&exact));
        for ((channels, before), (_, after)) in nodes(&exact).into_iter().zip(nodes(&rounded)) {
            let size = before.len() / channels;
            for (before, after) in before.chunks(size).zip(after.chunks(size)) {
                let largest = before.iter().fold(0.0_f32, |most, v| most.max(v.abs()));
                // The factor itself is rounded to eleven digits.
                let half_step = largest / 127.0 / 2.0 * 1.001 + largest / 4096.0;
                let off = before.iter().zip(after).map(|(a, b)| (a - b).abs());
                assert!(off.fold(0.0, f32::max) <= half_step);
            }
        }
    }
}

#[test]
fn the_engine_reads_what_is_written() {
    let golden = [0.5_f32; 64 * 64];
    for config in configs() {
        let network = Network::new(config, Form::Folded, &Device::flex());
        let bytes = to_bytes(&network, &label(), Some((&golden, &golden)), Storage::I8).unwrap();
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
