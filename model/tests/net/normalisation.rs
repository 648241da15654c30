//! The kinds of normalisation that a network may be trained with.

use burn::module::Param;
use burn::tensor::{Device, Tensor, TensorData};
use model::engine::Weights;
use model::engine::largest_deviation;
use model::net::block::Node;
use model::net::fold::{CannotFold, fold};
use model::net::network::head_columns;
use model::net::normalisation::groups;
use model::net::weights::{Label, Storage, to_bytes};
use model::net::{Form, Network, Normalisation, WeightsError, load_folded};
use serde::Deserialize;

use super::{batch, configs, values};

const ALL: [Normalisation; 3] = [
    Normalisation::Batch,
    Normalisation::Group,
    Normalisation::None,
];

/// A node computed by PyTorch (`fixtures/net/group.py`).
#[derive(Deserialize)]
struct Fixture {
    input: Vec<f32>,
    units: [Unit; 2],
    output: Vec<f32>,
}

#[derive(Deserialize)]
struct Unit {
    weight: Vec<f32>,
    gamma: Vec<f32>,
    beta: Vec<f32>,
}

#[test]
fn group_normalisation_is_pytorchs() {
    let fixture: Fixture =
        serde_json::from_str(include_str!("../fixtures/net/group.json")).unwrap();
    let device = Device::flex();
    let mut node = Node::new(3, 12, Form::Training(Normalisation::Group), &device);
    for (unit, known) in [&mut node.conv1, &mut node.conv2]
        .into_iter()
        .zip(fixture.units)
    {
        let shape = unit.conv.weight.dims();
        let weight = Tensor::<4>::from_data(TensorData::new(known.weight, shape), &device);
        unit.conv.weight = Param::from_tensor(weight);
        let channels = |of: Vec<f32>| {
            let values = TensorData::new(of, [12]);
            Some(Param::from_tensor(Tensor::<1>::from_data(values, &device)))
        };
        let group = unit.group.as_mut().unwrap();
        (group.gamma, group.beta) = (channels(known.gamma), channels(known.beta));
    }
    let input = TensorData::new(fixture.input, [2, 3, 6, 6]);
    let found = values(node.forward(Tensor::<4>::from_data(input, &device)));
    let off = largest_deviation(&found, &fixture.output);
    assert!(off < 1e-4, "off by {off}");
}

#[test]
fn channels_come_in_as_many_groups_as_divide_them_up_to_eight() {
    let known = [
        (1, 1),
        (4, 4),
        (6, 6),
        (12, 6),
        (16, 8),
        (20, 5),
        (22, 2),
        (23, 1),
        (256, 8),
    ];
    for (channels, expected) in known {
        assert_eq!(groups(channels), expected, "{channels}");
    }
}

#[test]
fn every_normalisation_has_the_heads_and_shapes_of_the_network() {
    let device = Device::flex();
    for config in configs() {
        for normalisation in ALL {
            let network = Network::new(config, Form::Training(normalisation), &device);
            assert_eq!(network.normalisation(), normalisation);
            let heads = network.forward(batch(2, 32, 48, &device));
            assert_eq!(heads.len(), head_columns(&config).len());
            assert!(heads.iter().all(|head| head.dims() == [2, 1, 32, 48]));
        }
    }
}

#[test]
fn images_do_not_matter_to_each_other_but_where_the_batch_is_normalised() {
    let device = Device::flex().autodiff();
    let config = configs()[3];
    for normalisation in ALL {
        let network = Network::new(config, Form::Training(normalisation), &device);
        let answer = |input: Tensor<4>| network.infer(input);
        let both = batch(2, 32, 32, &device);
        let alone = values(answer(both.clone().narrow(0, 0, 1)));
        let together = values(answer(both).narrow(0, 0, 1));
        let off = largest_deviation(&alone, &together);
        let depends = normalisation == Normalisation::Batch;
        assert_eq!(off > 1e-3, depends, "{normalisation:?}: {off}");
    }
}

fn label() -> Label {
    Label {
        version: "0".to_owned(),
        threshold: 0.5,
        least_peak: 0.0,
        temperature: 1.0,
        trained: String::new(),
    }
}

#[test]
fn a_network_without_normalisation_is_published_as_it_is() {
    let device = Device::flex();
    let blank = [0.0; 64 * 64];
    for config in configs() {
        let network = Network::new(config, Form::Training(Normalisation::None), &device);
        let input = batch(1, 32, 32, &device);
        let before = values(network.infer(input.clone()));
        let folded = fold(&network).unwrap();
        assert_eq!(values(folded.infer(input.clone())), before);
        let bytes = to_bytes(&folded, &label(), Some((&blank, &blank)), Storage::F32).unwrap();
        assert_eq!(values(load_folded(&bytes).unwrap().infer(input)), before);
        assert_eq!(Weights::from_bytes(&bytes).unwrap().config(), &config);
    }
}

#[test]
fn what_is_not_folded_is_not_written_and_groups_cannot_be_folded() {
    let device = Device::flex();
    for normalisation in [Normalisation::Batch, Normalisation::Group] {
        let network = Network::new(configs()[0], Form::Training(normalisation), &device);
        let refused = to_bytes(&network, &label(), None, Storage::F32);
        assert!(
            matches!(refused, Err(WeightsError::NotFolded)),
            "{refused:?}"
        );
        let cannot = fold(&network).err();
        let expected = (normalisation == Normalisation::Group).then_some(CannotFold);
        assert_eq!(cannot, expected);
    }
}
