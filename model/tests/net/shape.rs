//! Heads, grids and sizes of the networks.

use burn::tensor::Device;
use model::net::network::{columns, head_columns};
use model::net::{Form, Network, Normalisation};

use super::{batch, configs};

#[test]
fn every_head_answers_with_one_logit_a_pixel() {
    let device = Device::flex();
    for config in configs() {
        for form in [Form::Training(Normalisation::Batch), Form::Folded] {
            let network = Network::new(config, form, &device);
            let heads = network.forward(batch(2, 32, 48, &device));
            assert_eq!(heads.len(), head_columns(&config).len(), "{config:?}");
            for logits in heads {
                assert_eq!(logits.dims(), [2, 1, 32, 48], "{config:?}");
            }
        }
    }
}

#[test]
fn the_grid_has_the_nodes_of_the_papers() {
    let nodes = |i: usize| -> usize {
        (0..=configs()[i].depth)
            .map(|l| columns(&configs()[i], l))
            .sum()
    };
    // U-Net: depth + 1 down, depth up. U-Net++: a triangle.
    assert_eq!(nodes(0), 4 + 3);
    assert_eq!(nodes(1), 4 + 3 + 2 + 1);
    assert_eq!(nodes(3), 5 + 4 + 3 + 2 + 1);
}

/// 3×3 convolutions, normalisation and the head of a width-4, depth-3 U-Net, by hand.
#[test]
fn the_u_net_has_as_many_parameters_as_the_sum_by_hand() {
    use burn::module::Module as _;
    let node = |from: usize, to: usize| 9 * from * to + 9 * to * to;
    let convolutions = node(1, 4)
        + node(4, 8)
        + node(8, 16)
        + node(16, 32)
        + node(16 + 32, 16)
        + node(8 + 16, 8)
        + node(4 + 8, 4);
    let widths = 4 + 8 + 16 + 32 + 16 + 8 + 4;
    let network = Network::new(configs()[0], Form::Folded, &Device::flex());
    assert_eq!(network.num_params(), convolutions + 2 * widths + 4 + 1);
}
