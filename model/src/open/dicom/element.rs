//! Data elements of a DICOM data set (PS3.5 chapter 7), as spans of the file.
//!
//! Written by hand although `dicom-parser` exists: that one reserves memory by declared
//! lengths before it looks whether the file has so many bytes, and panics on an item
//! delimiter out of place, and a panic in wasm ends the engine. This walk compares every
//! length with what is left, copies nothing, and keeps only the tags on a list.

use std::ops::Range;

use dicom_core::Tag;

use super::super::error::{OpenError, Result};
use super::super::limit;
use super::wanted;
use crate::dicom::ITEM;
use crate::map::Map;

const ITEM_END: Tag = Tag(0xfffe, 0xe00d);
const SEQUENCE_END: Tag = Tag(0xfffe, 0xe0dd);
const UNDEFINED: u32 = u32::MAX;

/// Byte order and whether elements name their value representation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Encoding {
    pub(super) explicit: bool,
    pub(super) big_endian: bool,
}

/// A value, where it lies in the file.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Span(Range<usize>),
    Items(Vec<DataSet>),
    /// Encapsulated pixel data; the first fragment is the offset table.
    Fragments(Vec<Range<usize>>),
}

/// The elements on the list of [`wanted`].
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct DataSet {
    pub(super) values: Map<Tag, Value>,
}

/// A walk over the bytes of a data set.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
    pub(super) encoding: Encoding,
}

#[derive(Debug, Clone, Copy)]
struct Header {
    tag: Tag,
    vr: Option<[u8; 2]>,
    length: u32,
}

/// Where a data set ends.
#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    /// With the file, or after the pixels: what follows them is of no use here.
    File,
    At(usize),
    Delimiter,
}

impl Walk<'_> {
    /// Reads the data set to the end of the file or of its pixels.
    pub(super) fn file(mut self) -> Result<DataSet> {
        self.data_set(End::File, 0)
    }

    /// Reads elements of group 0002 and stops before the next group.
    pub(super) fn meta(&mut self) -> Result<DataSet> {
        let mut set = DataSet::default();
        while self.left() >= 8 && self.peek_group()? == 0x0002 {
            let header = self.header()?;
            if let Some(value) = self.value(header, 0)? {
                set.values.insert(header.tag, value);
            }
        }
        Ok(set)
    }

    fn data_set(&mut self, end: End, depth: usize) -> Result<DataSet> {
        let mut set = DataSet::default();
        loop {
            match end {
                End::At(at) if self.at == at => return Ok(set),
                End::At(at) if self.at > at => {
                    return Err(malformed("a sequence is longer than it says"));
                }
                End::File if self.left() == 0 => return Ok(set),
                _ => {}
            }
            let header = self.header()?;
            if header.tag == ITEM_END && end == End::Delimiter {
                return Ok(set);
            }
            let value = self.value(header, depth)?;
            let is_image = end == End::File && header.tag == wanted::PIXEL_DATA;
            if let Some(value) = value {
                set.values.insert(header.tag, value);
            }
            if is_image {
                return Ok(set);
            }
        }
    }

    /// The value after `header`; `None` if it is not on the list.
    fn value(&mut self, header: Header, depth: usize) -> Result<Option<Value>> {
        let keep = wanted::is_wanted(header.tag);
        let is_sequence = header.vr == Some(*b"SQ") || (keep && wanted::is_sequence(header.tag));
        if header.tag.group() == 0xfffe {
            return Err(malformed("a sequence ends where none began"));
        }
        if header.length == UNDEFINED && header.tag == wanted::PIXEL_DATA {
            return self
                .fragments()
                .map(|fragments| keep.then_some(Value::Fragments(fragments)));
        }
        if header.length != UNDEFINED && !(keep && is_sequence) {
            let span = self.take(header.length)?;
            return Ok(keep.then_some(Value::Span(span)));
        }
        // An unknown representation of undefined length is implicit (PS3.5 6.2.2 note 4).
        let outer = self.encoding;
        if header.vr == Some(*b"UN") {
            self.encoding = Encoding {
                explicit: false,
                big_endian: false,
            };
        }
        let items = self.items(header.length, depth + 1, keep)?;
        self.encoding = outer;
        Ok(keep.then_some(Value::Items(items)))
    }

    /// The items of a sequence; none of one that is not to be kept, which is only walked over.
    fn items(&mut self, length: u32, depth: usize, keep: bool) -> Result<Vec<DataSet>> {
        if depth > limit::DEPTH {
            return Err(malformed("its sequences are nested too deeply"));
        }
        let end = self.end(length)?;
        let mut items = Vec::new();
        loop {
            match end {
                End::At(at) if self.at == at => return Ok(items),
                End::At(at) if self.at > at => {
                    return Err(malformed("an item is longer than its sequence"));
                }
                _ => {}
            }
            let header = self.header()?;
            match header.tag {
                ITEM => {
                    let end = self.end(header.length)?;
                    let item = self.data_set(end, depth)?;
                    if keep {
                        limit::check_items(items.len() as u64 + 1)?;
                        items.push(item);
                    }
                }
                SEQUENCE_END if end == End::Delimiter => return Ok(items),
                _ => return Err(malformed("a sequence holds something that is no item")),
            }
        }
    }

    fn fragments(&mut self) -> Result<Vec<Range<usize>>> {
        let mut fragments = Vec::new();
        loop {
            let header = self.header()?;
            match header.tag {
                ITEM => fragments.push(self.take(header.length)?),
                SEQUENCE_END => return Ok(fragments),
                _ => return Err(malformed("its compressed pixels are not in items")),
            }
        }
    }

    fn end(&self, length: u32) -> Result<End> {
        if length == UNDEFINED {
            return Ok(End::Delimiter);
        }
        if length as usize > self.left() {
            return Err(OpenError::Truncated);
        }
        Ok(End::At(self.at + length as usize))
    }

    fn header(&mut self) -> Result<Header> {
        let tag = Tag(self.u16()?, self.u16()?);
        if tag.group() == 0xfffe || !self.encoding.explicit {
            return Ok(Header {
                tag,
                vr: None,
                length: self.u32()?,
            });
        }
        let vr = self.array::<2>()?;
        // Some writers give private elements a VR such as `??`; their length field has the common
        // short form.
        if !vr.iter().all(u8::is_ascii_graphic) {
            return Err(malformed("an element has no valid type"));
        }
        let length = if has_long_length(vr) {
            self.take(2)?;
            self.u32()?
        } else {
            u32::from(self.u16()?)
        };
        Ok(Header {
            tag,
            vr: Some(vr),
            length,
        })
    }

    fn left(&self) -> usize {
        self.bytes.len().saturating_sub(self.at)
    }

    fn take(&mut self, length: u32) -> Result<Range<usize>> {
        if length as usize > self.left() {
            return Err(OpenError::Truncated);
        }
        let start = self.at;
        self.at += length as usize;
        Ok(start..self.at)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let span = self.take(N as u32)?;
        let bytes = self.bytes.get(span).and_then(|bytes| bytes.try_into().ok());
        bytes.ok_or(OpenError::Truncated)
    }

    fn peek_group(&mut self) -> Result<u16> {
        let group = self.u16()?;
        self.at -= 2;
        Ok(group)
    }

    fn u16(&mut self) -> Result<u16> {
        let bytes = self.array()?;
        Ok(if self.encoding.big_endian {
            u16::from_be_bytes(bytes)
        } else {
            u16::from_le_bytes(bytes)
        })
    }

    fn u32(&mut self) -> Result<u32> {
        let bytes = self.array()?;
        Ok(if self.encoding.big_endian {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        })
    }
}

/// Representations with a 32-bit length (PS3.5 table 7.1-1).
fn has_long_length(vr: [u8; 2]) -> bool {
    matches!(
        &vr,
        b"OB"
            | b"OD"
            | b"OF"
            | b"OL"
            | b"OV"
            | b"OW"
            | b"SQ"
            | b"SV"
            | b"UC"
            | b"UN"
            | b"UR"
            | b"UT"
            | b"UV"
    )
}

pub(super) fn malformed(detail: &str) -> OpenError {
    OpenError::Malformed {
        format: "DICOM",
        detail: detail.to_owned(),
    }
}
