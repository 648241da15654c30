//! Devices by their names on the command line.

use anyhow::{Context as _, Result, bail};
use burn::tensor::Device;

/// The devices of `NAME` or `NAME:NUMBER,NUMBER…`; at least one.
pub(crate) fn devices(text: &str) -> Result<Vec<Device>> {
    let (name, numbers) = text.split_once(':').unwrap_or((text, "0"));
    let number = |number: &str| {
        let number = number.parse::<usize>();
        device(
            name,
            number.with_context(|| format!("\"{text}\" names no device"))?,
        )
    };
    numbers.split(',').map(number).collect()
}

/// The device of that name, if it was built in.
fn device(name: &str, number: usize) -> Result<Device> {
    match (name, number) {
        ("flex", 0) => Ok(Device::flex()),
        #[cfg(feature = "train-cuda")]
        ("cuda", _) => Ok(Device::cuda(number)),
        #[cfg(feature = "train-vulkan")]
        ("vulkan", _) => Ok(Device::vulkan(kind(number))),
        #[cfg(feature = "train-wgpu")]
        ("wgpu", _) => Ok(Device::wgpu(kind(number))),
        _ => bail!(
            "no device \"{name}\" of number {number} in this build: flex is always there, tch needs the feature train-tch, cuda train-cuda, wgpu train-wgpu, vulkan train-vulkan"
        ),
    }
}

/// The usual graphics card, or the discrete one of that number.
#[cfg(feature = "train-wgpu")]
fn kind(number: usize) -> burn::tensor::DeviceKind {
    match number {
        0 => burn::tensor::DeviceKind::default(),
        _ => burn::tensor::DeviceKind::DiscreteGpu(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_device_and_numbers_are_more() {
        assert_eq!(devices("flex").unwrap().len(), 1);
        assert_eq!(devices("flex:0,0").unwrap().len(), 2);
    }

    #[test]
    fn other_devices_are_refused_with_the_names_that_there_are() {
        for wrong in ["abacus", "flex:1", "flex:", "flex:x", "cuda:-1"] {
            assert!(devices(wrong).is_err(), "{wrong}");
        }
        let refused = format!("{:#}", devices("abacus").unwrap_err());
        for name in ["flex", "tch", "cuda", "vulkan", "wgpu"] {
            assert!(refused.contains(name), "{refused}");
        }
    }

    /// No device is started: burn does that when it is first used.
    #[cfg(feature = "train-wgpu")]
    #[test]
    fn burns_wgpu_takes_any_card_and_several() {
        for name in ["wgpu", "wgpu:1", "wgpu:0,1"] {
            assert!(devices(name).is_ok(), "{name}");
        }
        assert_eq!(devices("vulkan").is_ok(), cfg!(feature = "train-vulkan"));
    }
}
