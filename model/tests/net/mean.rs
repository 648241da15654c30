//! The mean of the weights of several networks.

use burn::module::{Module, Param};
use burn::tensor::Device;
use model::engine::largest_deviation;
use model::net::mean::mean;

use super::{batch, configs, folded, values};

#[test]
fn the_mean_of_a_network_and_itself_is_the_network() {
    let device = Device::flex();
    for config in configs() {
        let network = folded(config).no_grad();
        let input = batch(1, 32, 32, &device);
        let before = values(network.infer(input.clone()));
        let same = mean(&[network.clone(), network.clone(), network]).unwrap();
        let after = values(same.infer(input));
        assert!(largest_deviation(&before, &after) < 1e-5, "{config:?}");
    }
}

#[test]
fn networks_with_other_heads_have_the_mean_of_their_answers() {
    let device = Device::flex();
    for config in configs() {
        let network = folded(config).no_grad();
        let with_heads = |factor: f32| {
            let mut other = network.clone();
            for head in &mut other.heads {
                head.weight = Param::from_tensor(head.weight.val().mul_scalar(factor));
            }
            other
        };
        let all = [network.clone(), with_heads(-3.0), with_heads(0.5)];
        let input = batch(1, 32, 32, &device);
        let answers = all.clone().map(|it| values(it.infer(input.clone())));
        let [a, b, c] = &answers;
        let means = a.iter().zip(b).zip(c).map(|((a, b), c)| (a + b + c) / 3.0);
        let found = values(mean(&all).unwrap().infer(input));
        let means: Vec<f32> = means.collect();
        assert!(largest_deviation(&means, &found) < 1e-4, "{config:?}");
    }
}

#[test]
fn no_networks_have_no_mean() {
    assert!(mean(&[]).is_none());
}
