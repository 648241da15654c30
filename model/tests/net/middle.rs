use burn::module::{Module, Param};
use burn::tensor::Device;
use model::net::fold::fold;
use model::net::middle::middle;
use model::net::{Form, Network};

use super::{batch, configs, largest_difference, values};

#[test]
fn between_a_network_and_itself_is_the_network() {
    let device = Device::flex();
    for config in configs() {
        let network = fold(&Network::new(config, Form::Training, &device)).no_grad();
        let input = batch(1, 32, 32, &device);
        let before = values(network.infer(input.clone()));
        let between = values(middle(&network, &network).infer(input));
        assert!(largest_difference(&before, &between) < 1e-6, "{config:?}");
    }
}

#[test]
fn between_networks_with_other_heads_lie_the_means_of_their_answers() {
    let device = Device::flex();
    for config in configs() {
        let network = fold(&Network::new(config, Form::Training, &device)).no_grad();
        let mut other = network.clone();
        for head in &mut other.heads {
            head.weight = Param::from_tensor(head.weight.val().mul_scalar(-3.0));
        }
        let input = batch(1, 32, 32, &device);
        let (a, b) = (
            values(network.infer(input.clone())),
            values(other.infer(input.clone())),
        );
        let means: Vec<f32> = a.iter().zip(&b).map(|(a, b)| (a + b) / 2.0).collect();
        let between = values(middle(&network, &other).infer(input));
        assert!(largest_difference(&means, &between) < 1e-4, "{config:?}");
    }
}
