//! The files of weights that this release was built with.

use model::network::Architecture;

/// Id of each network, and size and SHA-256 of its file.
#[expect(clippy::unreadable_literal, reason = "written by the build")]
const FILES: &[(&str, u64, &str)] = include!(concat!(env!("OUT_DIR"), "/weights.rs"));

/// A file of weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// How many bytes it has.
    pub bytes: u64,
    /// Its SHA-256 in lower-case hexadecimal.
    pub sha256: &'static str,
}

/// The file of a network.
pub fn published(architecture: Architecture) -> Option<Published> {
    let &(_, bytes, sha256) = FILES.iter().find(|(id, ..)| *id == architecture.id())?;
    Some(Published { bytes, sha256 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_and_sum_of_both_networks_are_known() {
        for architecture in [Architecture::Unet, Architecture::Unetpp] {
            let file = published(architecture);
            assert!(file.is_some_and(|it| it.bytes > 1_000_000 && it.sha256.len() == 64));
        }
    }
}
