//! The loss, held to one by hand.

use std::path::Path;

use burn::module::{Module as _, ModuleVisitor, Param};
use burn::tensor::{Device, Gradients, Tensor, TensorData};
use model::net::{Form, Network, Normalisation};
use model::network::Architecture;
use model::train::loss::{Terms, dice_and_entropy, over_heads};
use model::train::recipe::Recipe;

use crate::{recipe, turn};

fn image(values: [f32; 4]) -> Tensor<4> {
    Tensor::from_data(
        TensorData::new(values.to_vec(), [1, 1, 2, 2]),
        &Device::flex(),
    )
}

fn loss(logits: [f32; 4], target: [f32; 4], weight: [f32; 4]) -> f64 {
    shared(logits, target, weight, terms(0.0))
}

fn terms(window_dice: f32) -> Terms {
    Terms {
        dice: 1.0,
        window_dice,
        window_smooth: 5.0,
        side_heads: 0.5,
        taught: 0.0,
    }
}

fn shared(logits: [f32; 4], target: [f32; 4], weight: [f32; 4], terms: Terms) -> f64 {
    let loss = dice_and_entropy(image(logits), image(target), image(weight), terms);
    f64::from(loss.into_scalar::<f32>())
}

#[test]
fn the_loss_is_dice_and_cross_entropy_by_hand() {
    let (logits, target) = ([2.0, -1.0, 0.5, -3.0_f32], [1.0, 0.0, 1.0, 0.0_f32]);
    let p: Vec<f64> = logits
        .iter()
        .map(|&x| 1.0 / (1.0 + (-f64::from(x)).exp()))
        .collect();
    let entropy = -(p[0].ln() + (1.0 - p[1]).ln() + p[2].ln() + (1.0 - p[3]).ln()) / 5.0;
    let dice = (2.0 * (p[0] + p[2]) + 10.0) / (p.iter().sum::<f64>() + 2.0 + 10.0);
    assert!((loss(logits, target, [1.0; 4]) - (entropy + 1.0 - dice)).abs() < 1e-5);
    let alone = Terms {
        dice: 0.0,
        ..terms(0.5)
    };
    assert!((shared(logits, target, [1.0; 4], alone) - entropy).abs() < 1e-5);
}

#[test]
fn the_dice_of_windows_leaves_out_those_without_a_target() {
    // Two windows: half of one target is found, and the other one has none.
    let two = |first: [f32; 4], second: [f32; 4]| -> Tensor<4> {
        Tensor::from_data(
            TensorData::new([first, second].concat(), [2, 1, 2, 2]),
            &Device::flex(),
        )
    };
    let far = 50.0;
    let logits = || two([far, -far, -far, -far], [-far, -far, -far, far]);
    let target = || two([1.0, 1.0, 0.0, 0.0], [0.0; 4]);
    let weight = || two([1.0; 4], [1.0; 4]);
    let of = |share: f32| {
        let loss = dice_and_entropy(logits(), target(), weight(), terms(share));
        f64::from(loss.into_scalar::<f32>())
    };
    // Batch: (2 · 1 + 10) / (2 + 2 + 10); window: (2 · 1 + 5) / (1 + 2 + 5).
    let difference = (1.0 - 7.0 / 8.0) - (1.0 - 12.0 / 14.0);
    assert!((of(1.0) - of(0.0) - difference).abs() < 1e-5);
}

#[test]
fn every_head_but_the_last_counts_by_its_weight_and_all_together_count_one() {
    let logits = [
        [2.0, -1.0, 0.5, -3.0],
        [-1.0, 0.5, 2.0, 1.0],
        [0.2, 0.1, -0.4, 3.0],
    ];
    let (target, weight) = ([1.0, 0.0, 1.0, 0.0], [1.0; 4]);
    let [first, second, last] = logits.map(|head| loss(head, target, weight));
    let over = |heads: &[[f32; 4]], side_heads: f32| {
        let heads = heads.iter().map(|&head| image(head)).collect();
        let terms = Terms {
            side_heads,
            ..terms(0.0)
        };
        let loss = over_heads(heads, &image(target), &image(weight), terms);
        f64::from(loss.unwrap().into_scalar::<f32>())
    };
    // Shares 0.3, 0.3 and 1 of 1.6.
    let expected = (0.3 * first + 0.3 * second + last) / 1.6;
    assert!((over(&logits, 0.3) - expected).abs() < 1e-5);
    assert!((over(&logits, 1.0) - (first + second + last) / 3.0).abs() < 1e-5);
    assert!((over(&logits, 0.0) - last).abs() < 1e-5);
    assert!((over(&logits[..1], 0.3) - first).abs() < 1e-5);
    let none = over_heads(Vec::new(), &image(target), &image(weight), terms(0.0));
    assert!(none.is_none());
}

#[test]
fn doubtful_pixels_cost_nothing() {
    let target = [1.0, 0.0, 0.0, 0.0];
    let weight = [1.0, 1.0, 1.0, 0.0];
    let unsure = loss([1.0, -1.0, -1.0, 9.0], target, weight);
    let sure = loss([1.0, -1.0, -1.0, -9.0], target, weight);
    assert!((unsure - sure).abs() < 1e-6);
}

#[test]
fn huge_logits_stay_finite() {
    assert!(loss([1e4, -1e4, 1e4, -1e4], [0.0, 1.0, 1.0, 0.0], [1.0; 4]).is_finite());
}

/// Counts the parameters that a gradient reaches, and lists the shapes of those that none does.
struct Silent<'a> {
    gradients: &'a Gradients,
    names: Vec<String>,
    reached: usize,
}

impl ModuleVisitor for Silent<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let value = param.val();
        if !value.is_require_grad() {
            return;
        }
        let size = value
            .grad(self.gradients)
            .map(|g| g.abs().sum().into_scalar::<f32>());
        match size {
            Some(size) if size > 0.0 => self.reached += 1,
            _ => self.names.push(format!("{:?}", value.dims())),
        }
    }
}

/// How many parameters the loss of four made-up windows reaches, and what it does not reach.
fn silent(network: &Network, terms: Terms, device: &Device) -> (usize, Vec<String>) {
    let values = |seed: usize| -> Vec<f32> {
        (0..4 * 32 * 32)
            .map(|i| ((i * seed) % 17) as f32 / 8.5 - 1.0)
            .collect()
    };
    let tensor = |v: Vec<f32>| Tensor::<4>::from_data(TensorData::new(v, [4, 1, 32, 32]), device);
    let target = values(5).iter().map(|&v| f32::from(v > 0.5)).collect();
    let target = tensor(target);
    let heads = network.forward(tensor(values(7)));
    let loss = over_heads(heads, &target, &target.ones_like(), terms);
    let gradients = loss.unwrap().backward();
    let mut silent = Silent {
        gradients: &gradients,
        names: Vec::new(),
        reached: 0,
    };
    network.visit(&mut silent);
    (silent.reached, silent.names)
}

#[test]
fn gradients_reach_every_parameter() {
    let _turn = turn();
    let device = Device::flex().autodiff();
    // Nodes, gates and heads of depth 2.
    let nested = Architecture::Unetpp;
    let forms = [
        (Architecture::Unet, false, false, [5, 0, 1]),
        (nested, false, false, [6, 0, 1]),
        (nested, true, false, [6, 3, 1]),
        (nested, false, true, [6, 0, 2]),
        (nested, true, true, [6, 3, 2]),
    ];
    // Convolutions with two factors each, or with a bias.
    let normalisations = [
        (Normalisation::Batch, 3),
        (Normalisation::Group, 3),
        (Normalisation::None, 2),
    ];
    let each = forms
        .iter()
        .flat_map(|form| normalisations.map(|normalisation| (*form, normalisation)));
    for (form, (normalisation, in_unit)) in each {
        let (architecture, attention, deep_supervision, [nodes, gates, heads]) = form;
        let config = model::network::NetworkConfig {
            architecture,
            attention,
            deep_supervision,
            ..recipe().network
        };
        let parameters = nodes * 2 * in_unit + gates * 5 + heads * 2;
        let network = Network::new(config, Form::Training(normalisation), &device);
        let silent = silent(&network, terms(0.5), &device);
        assert_eq!(
            silent,
            (parameters, Vec::new()),
            "{config:?} {normalisation:?}"
        );
    }
}

/// As they are trained: all levels, the recipe's own terms of the loss.
#[test]
fn gradients_reach_every_parameter_of_the_published_networks() {
    let _turn = turn();
    let device = Device::flex().autodiff();
    // Nodes of two units of a kernel and two factors; gates of five numbers; heads of two.
    let known = [
        ("unet-2.json", 9 * 6 + 2),
        ("unetpp-2b.json", 15 * 6 + 10 * 5 + 4 * 2),
    ];
    for (name, parameters) in known {
        let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
        let recipe = Recipe::read(&config.join(name)).unwrap();
        let network = Network::new(recipe.network, recipe.form(), &device);
        let silent = silent(&network, recipe.terms(), &device);
        assert_eq!(silent, (parameters, Vec::new()), "{name}");
    }
}
