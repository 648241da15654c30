//! Runs that begin with published weights.

use std::path::PathBuf;

use burn::tensor::{Device, Tensor, TensorData};
use model::engine::largest_deviation;
use model::net::fold::fold;
use model::net::weights::{Label, Storage, to_bytes};
use model::net::{Form, Network, Normalisation};
use model::network::{Architecture, NetworkConfig};
use model::train::recipe::Recipe;
use model::train::sample::Sampler;
use model::train::start::start;

use crate::{crop, recipe, turn};

fn published(network: &Network, name: &str) -> PathBuf {
    let label = Label {
        version: "0".to_owned(),
        threshold: 0.5,
        least_peak: 0.0,
        temperature: 1.0,
        trained: String::new(),
    };
    let blank = [0.0; 64 * 64];
    let bytes = to_bytes(network, &label, Some((&blank, &blank)), Storage::F32).unwrap();
    let name = format!("neurocare-start-{}-{name}", std::process::id());
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn begin(recipe: &Recipe, path: &PathBuf) -> anyhow::Result<Network> {
    let sampler = Sampler::new(vec![crop("a", 9.0)], Vec::new(), recipe.clone());
    let network = start(recipe, &sampler, Some(path), &Device::flex());
    std::fs::remove_file(path).unwrap();
    network
}

fn logits(network: &Network) -> Vec<f32> {
    let values = (0..32 * 32).map(|i| ((i * 7) % 17) as f32 / 8.5 - 1.0);
    let input = TensorData::new(values.collect::<Vec<f32>>(), [1, 1, 32, 32]);
    let answer = network.infer(Tensor::<4>::from_data(input, &Device::flex()));
    answer.into_data().try_into_vec().unwrap()
}

fn off(a: &Network, b: &Network) -> f32 {
    largest_deviation(&logits(a), &logits(b))
}

#[test]
fn a_run_begins_with_what_a_weight_file_answers() {
    let _turn = turn();
    let recipe = recipe();
    let network = Network::new(
        recipe.network,
        Form::Training(Normalisation::Batch),
        &Device::flex(),
    );
    let folded = fold(&network).unwrap();
    let begun = begin(&recipe, &published(&folded, "same")).unwrap();
    assert!(off(&folded, &begun) < 1e-3, "{}", off(&folded, &begun));
}

#[test]
fn a_weight_file_begins_a_run_without_normalisation_as_it_is_and_none_with_groups() {
    let _turn = turn();
    let network = Network::new(
        recipe().network,
        Form::Training(Normalisation::Batch),
        &Device::flex(),
    );
    let folded = fold(&network).unwrap();
    let with = |normalisation| Recipe {
        normalisation,
        ..recipe()
    };
    let begun = begin(&with(Normalisation::None), &published(&folded, "bare")).unwrap();
    assert!(off(&folded, &begun) < 1e-6, "{}", off(&folded, &begun));
    let refused = begin(&with(Normalisation::Group), &published(&folded, "groups")).unwrap_err();
    assert!(
        refused.to_string().contains("group normalisation"),
        "{refused}"
    );
}

#[test]
fn a_published_unet_begins_a_nested_one_of_its_size_and_no_other() {
    let _turn = turn();
    let nested = recipe();
    let unet = NetworkConfig {
        architecture: Architecture::Unet,
        attention: false,
        deep_supervision: false,
        ..nested.network
    };
    let folded = fold(&Network::new(
        unet,
        Form::Training(Normalisation::Batch),
        &Device::flex(),
    ))
    .unwrap();
    let begun = begin(&nested, &published(&folded, "unet")).unwrap();
    assert_eq!(begun.config, nested.network);
    let wider = Recipe {
        network: NetworkConfig {
            width: 6,
            ..nested.network
        },
        ..nested
    };
    let refused = begin(&wider, &published(&folded, "wide")).unwrap_err();
    assert!(refused.to_string().contains("another size"), "{refused}");
}
