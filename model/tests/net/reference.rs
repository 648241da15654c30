//! Random networks computed by `fixtures/net/make.py` with NumPy and SciPy.

use burn::tensor::{Device, Tensor, TensorData};
use model::engine::largest_deviation;
use model::net::load_folded;
use safetensors::SafeTensors;

use super::values;

const TOLERANCE: f32 = 1e-4;

fn stored(file: &[u8], name: &str) -> Vec<f32> {
    let file = SafeTensors::deserialize(file).unwrap();
    let data = file.tensor(name).unwrap();
    data.data()
        .as_chunks()
        .0
        .iter()
        .map(|&b| f32::from_le_bytes(b))
        .collect()
}

fn golden_input(file: &[u8]) -> Tensor<4> {
    let input = TensorData::new(stored(file, "golden.input"), [1, 1, 64, 64]);
    Tensor::from_data(input, &Device::flex())
}

#[test]
fn u_net_answers_as_numpy_does() {
    let file = include_bytes!("../fixtures/net/unet.safetensors");
    let logits = values(load_folded(file).unwrap().infer(golden_input(file)));
    assert!(largest_deviation(&logits, &stored(file, "golden.logits")) < TOLERANCE);
}

#[test]
fn u_net_plus_plus_answers_as_numpy_does() {
    let file = include_bytes!("../fixtures/net/unetpp.safetensors");
    let logits = values(load_folded(file).unwrap().infer(golden_input(file)));
    assert!(largest_deviation(&logits, &stored(file, "golden.logits")) < TOLERANCE);
}

#[test]
fn a_pruned_u_net_plus_plus_answers_as_numpy_does() {
    let file = include_bytes!("../fixtures/net/unetpp.safetensors");
    let logits = values(
        load_folded(file)
            .unwrap()
            .infer_pruned(golden_input(file), 1),
    );
    assert!(largest_deviation(&logits, &stored(file, "pruned.logits")) < TOLERANCE);
}

#[test]
fn published_networks_answer_as_their_files_say() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../public/weights");
    for name in ["unet", "unetpp"] {
        let file = std::fs::read(format!("{folder}/{name}.safetensors")).unwrap();
        let logits = values(load_folded(&file).unwrap().infer(golden_input(&file)));
        let off = largest_deviation(&logits, &stored(&file, "golden.logits"));
        assert!(off < TOLERANCE, "{name} is off by {off}");
    }
}
