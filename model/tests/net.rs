//! The networks in burn, against NumPy and against themselves.
#![cfg(feature = "net")]
#![expect(
    clippy::unwrap_used,
    reason = "what cannot be read or computed fails the test"
)]

#[path = "net/fold.rs"]
mod fold;
#[path = "net/mean.rs"]
mod mean;
#[path = "net/normalisation.rs"]
mod normalisation;
#[path = "net/reference.rs"]
mod reference;
#[path = "net/shape.rs"]
mod shape;
#[path = "net/unfold.rs"]
mod unfold;
#[path = "net/weights.rs"]
mod weights;

use burn::tensor::{Device, Tensor, TensorData};
use model::net::{Form, Network, Normalisation};
use model::network::{Architecture, NetworkConfig};

/// Small networks of every kind.
fn configs() -> Vec<NetworkConfig> {
    let plain = NetworkConfig {
        architecture: Architecture::Unetpp,
        width: 4,
        depth: 3,
        attention: false,
        deep_supervision: false,
    };
    vec![
        NetworkConfig {
            architecture: Architecture::Unet,
            ..plain
        },
        plain,
        NetworkConfig {
            attention: true,
            ..plain
        },
        NetworkConfig {
            attention: true,
            deep_supervision: true,
            depth: 4,
            ..plain
        },
    ]
}

/// A batch that looks like nothing in particular, but the same every time.
fn batch(batch: usize, rows: usize, cols: usize, device: &Device) -> Tensor<4> {
    let values: Vec<f32> = (0..batch * rows * cols)
        .map(|i| ((i * 7919 + 13) % 1000) as f32 / 500.0 - 1.0)
        .collect();
    Tensor::from_data(TensorData::new(values, [batch, 1, rows, cols]), device)
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().convert::<f32>().try_into_vec().unwrap()
}

/// A network with random weights as it would be published.
fn folded(config: NetworkConfig) -> Network {
    let training = Form::Training(Normalisation::Batch);
    model::net::fold::fold(&Network::new(config, training, &Device::flex())).unwrap()
}
