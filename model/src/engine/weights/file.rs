//! The bytes of a weight file: safetensors, a header in JSON and then the values.
//!
//! Read by hand although the crate `safetensors` exists, with which `net` writes the file and the
//! tests damage it: what it brings along (maps, sorts, eighteen types of numbers) is several times
//! as much code to send.

use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use super::WeightsError;
use crate::engine::stored;
use crate::json;
use crate::map::Map;

/// Bytes that say how long the header is.
const LENGTH: usize = 8;
/// The header's entry that is no tensor.
const ABOUT: &str = "__metadata__";

/// A file whose every byte belongs to its header or to one of its tensors.
#[derive(Debug, Default)]
pub(super) struct File<'a> {
    /// What it says about itself.
    pub(super) about: Map<String, String>,
    /// By name.
    pub(super) tensors: Map<String, Tensor<'a>>,
}

/// Values as they are stored.
#[derive(Debug)]
pub(super) struct Tensor<'a> {
    /// What numbers they are, as `F32`.
    pub(super) kind: String,
    /// Length of each axis.
    pub(super) shape: Vec<usize>,
    /// The values, little-endian, the last axis first.
    pub(super) bytes: &'a [u8],
}

impl<'a> File<'a> {
    /// Takes a file apart.
    ///
    /// # Errors
    /// [`WeightsError::Format`]: it is cut off, or its header does not describe what follows it.
    pub(super) fn parse(file: &'a [u8]) -> Result<Self, WeightsError> {
        let (length, rest) = file.split_first_chunk::<LENGTH>().ok_or_else(cut_off)?;
        let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| cut_off())?;
        let (header, values) = rest.split_at_checked(length).ok_or_else(cut_off)?;
        let unreadable = |error: &dyn fmt::Display| WeightsError::Format(error.to_string());
        let header = std::str::from_utf8(header).map_err(|error| unreadable(&error))?;
        let header: Header = json::read(header).map_err(|error| unreadable(&error))?;
        let mut left = values.len();
        let mut tensors = Map::new();
        for (name, described) in header.tensors {
            let bytes = described.take(values).ok_or_else(|| {
                WeightsError::Format(format!("\"{name}\" has another size than its values"))
            })?;
            left = left.checked_sub(bytes.len()).ok_or_else(cut_off)?;
            let tensor = Tensor {
                kind: described.dtype,
                shape: described.shape,
                bytes,
            };
            tensors.insert(name, tensor);
        }
        if left > 0 {
            return Err(cut_off());
        }
        Ok(Self {
            about: header.about,
            tensors,
        })
    }
}

fn cut_off() -> WeightsError {
    WeightsError::Format("its length is not that of its contents".to_owned())
}

/// What the header says of a tensor.
#[derive(Debug, serde::Deserialize)]
struct Described {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: (usize, usize),
}

impl Described {
    /// Its part of the file's values; `None` if that is not as long as it must be. What numbers of
    /// other kinds take is not known: nobody reads them.
    fn take<'a>(&self, values: &'a [u8]) -> Option<&'a [u8]> {
        let (start, end) = self.data_offsets;
        let bytes = values.get(Range { start, end })?;
        let count = |product: usize, axis: &usize| product.checked_mul(*axis);
        let count = self.shape.iter().try_fold(1, count)?;
        let is_whole = match stored::size_bytes(&self.dtype) {
            Some(size) => count.checked_mul(size) == Some(bytes.len()),
            None => true,
        };
        is_whole.then_some(bytes)
    }
}

/// The header: tensors by name, and beside them what the file says about itself.
#[derive(Debug, Default)]
struct Header {
    about: Map<String, String>,
    tensors: Vec<(String, Described)>,
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = Header;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("the description of tensors")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Header, M::Error> {
                let mut header = Header::default();
                while let Some(name) = map.next_key::<String>()? {
                    if name == ABOUT {
                        header.about = map.next_value()?;
                    } else {
                        header.tensors.push((name, map.next_value()?));
                    }
                }
                Ok(header)
            }
        }

        deserializer.deserialize_map(Entries)
    }
}
