//! Typed access to the values of a data set.

use dicom_core::Tag;

use super::super::error::Result;
use super::element::{DataSet, Value, malformed};
use crate::decimal;

/// A data set with the bytes that it points into.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'a> {
    pub(super) set: &'a DataSet,
    pub(super) bytes: &'a [u8],
    pub(super) big_endian: bool,
}

impl<'a> Fields<'a> {
    fn raw(self, tag: Tag) -> Option<&'a [u8]> {
        match self.set.values.get(&tag)? {
            Value::Span(span) => self.bytes.get(span.clone()),
            _ => None,
        }
    }

    /// Text as it is stored, in whatever character set, without its padding; `None` if absent.
    pub(super) fn bytes(self, tag: Tag) -> Option<&'a [u8]> {
        let mut bytes = self.raw(tag)?;
        while let [rest @ .., b' ' | b'\0'] = bytes {
            bytes = rest;
        }
        Some(bytes)
    }

    /// Text without its padding; `None` if absent or empty.
    pub(super) fn text(self, tag: Tag) -> Option<&'a str> {
        let text = std::str::from_utf8(self.raw(tag)?).ok()?;
        let text = text.trim_matches([' ', '\0']);
        (!text.is_empty()).then_some(text)
    }

    /// A binary number (US or SS, as stored); `None` if absent.
    pub(super) fn word(self, tag: Tag) -> Option<u16> {
        let bytes = self.raw(tag)?.first_chunk::<2>()?;
        Some(if self.big_endian {
            u16::from_be_bytes(*bytes)
        } else {
            u16::from_le_bytes(*bytes)
        })
    }

    /// A binary number that an image cannot do without.
    pub(super) fn required_word(self, tag: Tag, name: &str) -> Result<u16> {
        self.word(tag)
            .ok_or_else(|| malformed(&format!("it does not say its {name}")))
    }

    /// A decimal number; an error if it is there but is not a finite number.
    pub(super) fn number(self, tag: Tag, name: &str) -> Result<Option<f64>> {
        let Some(text) = self.text(tag) else {
            return Ok(None);
        };
        let first = text.split('\\').next().unwrap_or_default().trim();
        match decimal::parse(first) {
            Some(number) if number.is_finite() => Ok(Some(number)),
            _ => Err(malformed(&format!("its {name} is not a number"))),
        }
    }

    /// A decimal number that an image can do without; `None` if it is none.
    pub(super) fn decimal(self, tag: Tag) -> Option<f64> {
        self.number(tag, "").ok().flatten()
    }

    /// Decimal numbers; `None` if there are not `N` finite ones.
    pub(super) fn numbers<const N: usize>(self, tag: Tag) -> Option<[f64; N]> {
        let text = self.text(tag)?;
        let numbers: Option<Vec<f64>> = text
            .split('\\')
            .map(|part| decimal::parse(part.trim()).filter(|number| number.is_finite()))
            .collect();
        numbers?.try_into().ok()
    }

    /// Items of a sequence; none if absent.
    pub(super) fn items(self, tag: Tag) -> impl Iterator<Item = Fields<'a>> {
        let items = match self.set.values.get(&tag) {
            Some(Value::Items(items)) => items.as_slice(),
            _ => &[],
        };
        items.iter().map(move |set| Fields { set, ..self })
    }
}
