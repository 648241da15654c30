//! Training with libtorch, held to burn.

use burn::tensor::Device;
use model::engine::largest_deviation;
use model::net::{Form, Network, Normalisation};
use model::network::{Architecture, NetworkConfig};
use model::train::checkpoint::{Progress, save};
use model::train::libtorch::fit::fit;
use model::train::libtorch::graph::Graph;
use model::train::libtorch::state::State;
use model::train::libtorch::teach::Teachers;
use model::train::libtorch::{layout, loss};
use model::train::loss::Terms;
use model::train::run::Place;
use model::train::sample::Sampler;
use tch::Kind;

use crate::fit::{crops, folder, place, validation, weights};
use crate::made_up::{EDGE, image, target, tensor, weight};
use crate::{recipe, turn};

fn configs() -> [NetworkConfig; 3] {
    let nested = recipe().network;
    let plain = NetworkConfig {
        attention: false,
        deep_supervision: false,
        ..nested
    };
    let unet = NetworkConfig {
        architecture: Architecture::Unet,
        ..plain
    };
    [nested, plain, unet]
}

fn torch(values: &[f32]) -> tch::Tensor {
    tch::Tensor::from_slice(values).view([2, 1, EDGE as i64, EDGE as i64])
}

fn graph(network: &Network) -> Graph {
    let read = layout::read(network).unwrap();
    let tensors = read.slots.iter().zip(&read.values);
    let tensors = tensors.map(|(slot, v)| tch::Tensor::from_slice(v).view(slot.shape.as_slice()));
    Graph::new(network.config, tensors.collect(), Kind::Float).unwrap()
}

#[test]
fn every_head_and_the_loss_are_those_of_burn() {
    let _turn = turn();
    let device = Device::flex();
    for config in configs() {
        device.seed(9);
        let network = Network::new(config, Form::Training(Normalisation::Batch), &device);
        let expected = network.forward(tensor(image(), &device));
        let found = graph(&network).forward(&torch(&image()), false);
        assert_eq!(expected.len(), found.len());
        for (expected, found) in expected.iter().zip(&found) {
            let expected: Vec<f32> = expected.clone().into_data().try_into_vec().unwrap();
            let found = Vec::<f32>::try_from(found.flatten(0, -1)).unwrap();
            assert!(largest_deviation(&found, &expected) < 1e-3, "{config:?}");
        }
        let terms = Terms {
            dice: 0.8,
            window_dice: 0.3,
            window_smooth: 2.0,
            side_heads: 0.5,
            taught: 0.0,
        };
        let (t, w) = (tensor(target(), &device), tensor(weight(), &device));
        let expected = model::train::loss::over_heads(expected, &t, &w, terms).unwrap();
        let (t, w) = (torch(&target()), torch(&weight()));
        let marks = loss::Marks {
            target: &t,
            weight: &w,
            taught: None,
        };
        let found = loss::over_heads(&found, &marks, terms).unwrap();
        let difference = f64::from(expected.into_scalar::<f32>()) - found.double_value(&[]);
        assert!(difference.abs() < 1e-4, "{difference}");
    }
}

#[test]
fn a_network_comes_back_from_a_state_as_it_went_in() {
    let _turn = turn();
    for config in configs() {
        let network = Network::new(
            config,
            Form::Training(Normalisation::Batch),
            &Device::flex(),
        );
        let state = State::new(&network, Progress::default(), tch::Device::Cpu).unwrap();
        let back = layout::read(&state.network().unwrap()).unwrap();
        assert_eq!(back.values, layout::read(&network).unwrap().values);
    }
}

#[test]
fn a_checkpoint_that_lacks_a_tensor_is_refused() {
    let _turn = turn();
    let form = Form::Training(Normalisation::Batch);
    let network = Network::new(configs()[0], form, &Device::flex());
    let mut state = State::new(&network, Progress::default(), tch::Device::Cpu).unwrap();
    let folder = folder("torch-lacking");
    std::fs::create_dir_all(&folder).unwrap();
    state.save(&folder).unwrap();
    state.load(&folder).unwrap();
    let path = folder.join("libtorch.safetensors");
    let mut tensors = tch::Tensor::read_safetensors(&path).unwrap();
    tensors.retain(|(name, _)| name != "second");
    tch::Tensor::write_safetensors(&tensors, &path).unwrap();
    let refused = state.load(&folder).unwrap_err().to_string();
    assert!(refused.contains("\"second\" is missing"), "{refused}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_resumed_run_ends_exactly_where_an_unbroken_one_does() {
    let _turn = turn();
    let recipe = recipe();
    let run = |place: &Place<'_>| {
        let sampler = Sampler::new(crops(), Vec::new(), recipe.clone());
        fit(&recipe, sampler, &validation(), place, tch::Device::Cpu).unwrap()
    };
    let (unbroken, broken) = (folder("torch-unbroken"), folder("torch-broken"));
    run(&place(&unbroken));
    let stopped = run(&Place {
        stop_after: Some(6),
        ..place(&broken)
    });
    assert_eq!(stopped.step, 6);
    assert_eq!(run(&place(&broken)).step, recipe.steps);
    assert_eq!(weights(&recipe, &unbroken), weights(&recipe, &broken));
    for folder in [unbroken, broken] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}

/// Cross-entropy and Dice with squares below the line, by hand.
#[test]
fn a_taught_loss_is_least_where_the_teachers_are_met() {
    let image = |v: &[f32]| tch::Tensor::from_slice(v).view([1, 1, 2, 2]);
    let taught = [0.9, 0.2, 0.5, 0.1_f32];
    let (target, weight) = (image(&[1.0, 0.0, 0.0, 0.0]), image(&[1.0; 4]));
    let loss = |logits: &[f32], share: f32| {
        let terms = Terms {
            taught: share,
            ..recipe().terms()
        };
        let answer = image(&taught);
        let marks = loss::Marks {
            target: &target,
            weight: &weight,
            taught: Some(&answer),
        };
        let found = loss::over_heads(&[image(logits)], &marks, terms).unwrap();
        found.double_value(&[])
    };
    let logits = [2.0, -1.0, 0.5, -3.0_f32];
    let p = logits.map(|x| 1.0 / (1.0 + (-f64::from(x)).exp()));
    let t = taught.map(f64::from);
    let entropy = p
        .iter()
        .zip(&t)
        .map(|(p, t)| -t * p.ln() - (1.0 - t) * (1.0 - p).ln());
    let entropy = entropy.sum::<f64>() / 4.0;
    let both: f64 = p.iter().zip(&t).map(|(p, t)| p * t).sum();
    let squares: f64 = p.iter().chain(&t).map(|x| x * x).sum();
    let expected = entropy + 1.0 - (2.0 * both + 10.0) / (squares + 10.0);
    assert!((loss(&logits, 1.0) - expected).abs() < 1e-5);
    let halves = f64::midpoint(loss(&logits, 0.0), expected);
    assert!((loss(&logits, 0.5) - halves).abs() < 1e-5);
    let met = taught.map(|t| (t / (1.0 - t)).ln());
    for i in 0..4 {
        for step in [-0.2, 0.2] {
            let mut other = met;
            other[i] += step;
            assert!(loss(&met, 1.0) < loss(&other, 1.0));
        }
    }
}

#[test]
fn teachers_answer_the_mean_of_their_probabilities() {
    let _turn = turn();
    let device = Device::flex();
    let folders = [4_u64, 5].map(|seed| {
        let folder = std::env::temp_dir().join(format!("teacher-{}-{seed}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let recipe = recipe();
        let json = serde_json::to_string(&recipe).unwrap();
        std::fs::write(folder.join("recipe.json"), json).unwrap();
        device.seed(seed);
        let network = Network::new(
            recipe.network,
            Form::Training(Normalisation::Batch),
            &device,
        );
        save(&network, &folder, "average.bpk").unwrap();
        (folder, network)
    });
    let image = torch(&image());
    let [one, two] = folders.each_ref().map(|(_, network)| {
        let heads = graph(network).forward(&image, false);
        Vec::<f32>::try_from(heads.last().unwrap().sigmoid().flatten(0, -1)).unwrap()
    });
    let mean: Vec<f32> = one.iter().zip(&two).map(|(a, b)| (a + b) / 2.0).collect();
    let paths = folders.map(|(folder, _)| folder);
    let teachers = Teachers::load(&paths, &device, tch::Device::Cpu).unwrap();
    let answer = teachers.answer(&image).unwrap();
    let answer = Vec::<f32>::try_from(answer.flatten(0, -1)).unwrap();
    // Teachers compute in bfloat16 where the processor can.
    assert!(largest_deviation(&answer, &mean) < 0.02);
    let none = Teachers::load(&[], &device, tch::Device::Cpu).unwrap();
    assert!(none.answer(&image).is_none());
    for path in paths {
        std::fs::remove_dir_all(path).unwrap();
    }
}

#[test]
fn networks_with_another_normalisation_are_refused() {
    let _turn = turn();
    for normalisation in [Normalisation::Group, Normalisation::None] {
        let form = Form::Training(normalisation);
        let network = Network::new(configs()[0], form, &Device::flex());
        let refused = layout::read(&network).unwrap_err().to_string();
        assert!(refused.contains("batch normalisation only"), "{refused}");
    }
}
