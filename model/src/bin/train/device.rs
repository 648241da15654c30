//! Devices by their names on the command line.

use anyhow::{Context as _, Result, bail, ensure};
use burn::tensor::Device;

/// Where libtorch computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Libtorch {
    /// `tch`.
    Processor,
    /// `tch-cuda`, or `tch-cuda:NUMBER`.
    Card(usize),
}

#[cfg(feature = "train-tch")]
impl Libtorch {
    /// As libtorch calls it.
    ///
    /// # Errors
    /// libtorch finds no such card.
    pub(crate) fn device(self) -> Result<tch::Device> {
        let Self::Card(number) = self else {
            return Ok(tch::Device::Cpu);
        };
        let cards = usize::try_from(tch::Cuda::device_count()).unwrap_or(0);
        ensure!(
            number < cards,
            "libtorch finds {cards} cards with CUDA here, and none of number {number}"
        );
        Ok(tch::Device::Cuda(number))
    }
}

/// The device of libtorch with that name; nothing where the name is one of burn's, or libtorch is
/// not built in.
///
/// # Errors
/// Several cards, or what is no number.
pub(crate) fn libtorch(text: &str) -> Result<Option<Libtorch>> {
    let (name, number) = text.split_once(':').unwrap_or((text, "0"));
    let is_its_own = cfg!(feature = "train-tch") && matches!(name, "tch" | "tch-cuda");
    if !is_its_own {
        return Ok(None);
    }
    ensure!(
        !number.contains(','),
        "\"{text}\" names several devices: a run with libtorch uses one; burn's \"cuda\" shares a batch among cards"
    );
    let number = number
        .parse()
        .with_context(|| format!("\"{text}\" names no device"))?;
    match (name, number) {
        ("tch", 0) => Ok(Some(Libtorch::Processor)),
        ("tch", _) => bail!("\"{text}\" names no device: libtorch has one processor"),
        _ => Ok(Some(Libtorch::Card(number))),
    }
}

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

    #[test]
    fn burns_devices_are_none_of_libtorchs() {
        for name in ["flex", "cuda:0,1", "abacus"] {
            assert_eq!(libtorch(name).unwrap(), None, "{name}");
        }
        if cfg!(not(feature = "train-tch")) {
            assert_eq!(libtorch("tch-cuda:1").unwrap(), None);
        }
    }

    #[cfg(feature = "train-tch")]
    #[test]
    fn libtorch_uses_the_processor_or_one_card() {
        assert_eq!(libtorch("tch").unwrap(), Some(Libtorch::Processor));
        assert_eq!(libtorch("tch-cuda").unwrap(), Some(Libtorch::Card(0)));
        assert_eq!(libtorch("tch-cuda:1").unwrap(), Some(Libtorch::Card(1)));
        let refused = libtorch("tch-cuda:0,1").unwrap_err().to_string();
        assert!(refused.contains("with libtorch uses one"), "{refused}");
        for wrong in ["tch:1", "tch-cuda:", "tch-cuda:x"] {
            assert!(libtorch(wrong).is_err(), "{wrong}");
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
