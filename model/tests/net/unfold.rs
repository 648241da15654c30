//! Normalisation brought back to published weights.

use burn::module::Module;
use burn::tensor::Device;
use model::engine::largest_deviation;
use model::net::fold::fold;
use model::net::load_folded;
use model::net::unfold::unfold;

use super::{batch, configs, folded, values};

fn spread(values: &[f32]) -> f32 {
    values.iter().fold(0.0, |most, v| v.abs().max(most))
}

#[test]
fn unfolding_changes_no_answer() {
    let device = Device::flex();
    for config in configs() {
        let folded = folded(config).no_grad();
        let training = unfold(&folded, &batch(3, 32, 32, &device));
        let input = batch(1, 48, 32, &device);
        let (before, after) = (folded.infer(input.clone()), training.infer(input));
        let (before, after) = (values(before), values(after));
        let off = largest_deviation(&before, &after) / spread(&before);
        assert!(off < 1e-4, "{config:?}: {off}");
    }
}

#[test]
fn published_weights_answer_the_same_when_unfolded_and_folded_again() {
    let device = Device::flex();
    for id in ["unet", "unetpp"] {
        let path = format!(
            "{}/../public/weights/{id}.safetensors",
            env!("CARGO_MANIFEST_DIR")
        );
        let published = load_folded(&std::fs::read(path).unwrap()).unwrap();
        let again = fold(&unfold(&published, &batch(2, 32, 32, &device))).unwrap();
        let input = batch(1, 64, 64, &device);
        let before = values(published.infer(input.clone()));
        let off = largest_deviation(&before, &values(again.infer(input))) / spread(&before);
        assert!(off < 1e-4, "{id}: {off}");
    }
}

#[test]
fn a_step_on_the_same_images_normalises_by_what_was_measured() {
    let device = Device::flex();
    let config = configs()[0];
    let folded = folded(config).no_grad();
    let images = batch(3, 32, 32, &device);
    let expected = values(folded.infer(images.clone()));
    let training = unfold(&folded, &images).train();
    let device = device.autodiff();
    let found = training.forward(batch(3, 32, 32, &device)).pop().unwrap();
    let off = largest_deviation(&expected, &values(found)) / spread(&expected);
    assert!(off < 1e-3, "{off}");
}
