//! Data elements as bytes: Explicit VR Little Endian (PS3.5 7.1.2).
//!
//! Written by hand because the writer of `dicom-object` brings the whole dictionary, the character
//! sets and every transfer syntax into the browser; these objects need a dozen value
//! representations and one syntax.

use dicom_core::Tag;

use crate::dicom::ITEM;

/// Elements, added in any order and kept in that of their tags.
#[derive(Debug, Default)]
pub(super) struct DataSet {
    elements: Vec<(Tag, Vec<u8>)>,
}

/// Items of a sequence.
#[derive(Debug, Default)]
pub(super) struct Items {
    bytes: Vec<u8>,
}

impl Items {
    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Adds an item, which says how long it is.
    pub(super) fn push(&mut self, item: DataSet) {
        let item = item.into_bytes();
        self.bytes.extend(tag_bytes(ITEM));
        self.bytes.extend((item.len() as u32).to_le_bytes());
        self.bytes.extend(item);
    }
}

impl DataSet {
    /// Adds an element; a value of odd length is padded as its representation wants.
    pub(super) fn put(&mut self, tag: Tag, vr: [u8; 2], value: &[u8]) {
        let padded = value.len().next_multiple_of(2);
        let mut element = header(tag, vr, padded as u32);
        element.extend_from_slice(value);
        if padded > value.len() {
            let is_text = !matches!(&vr, b"UI" | b"OB");
            element.push(if is_text { b' ' } else { 0 });
        }
        let place = self.elements.partition_point(|(other, _)| *other < tag);
        self.elements.insert(place, (tag, element));
    }

    /// Adds a text.
    pub(super) fn text(&mut self, tag: Tag, vr: [u8; 2], value: &str) {
        self.put(tag, vr, value.as_bytes());
    }

    /// Adds a UID.
    pub(super) fn uid(&mut self, tag: Tag, value: &str) {
        self.text(tag, *b"UI", value);
    }

    /// Adds 16-bit numbers.
    pub(super) fn words(&mut self, tag: Tag, values: &[u16]) {
        self.put(tag, *b"US", &little(values, u16::to_le_bytes));
    }

    /// Adds 32-bit numbers.
    pub(super) fn longs(&mut self, tag: Tag, values: &[u32]) {
        self.put(tag, *b"UL", &little(values, u32::to_le_bytes));
    }

    /// Adds a pointer to an attribute.
    pub(super) fn pointer(&mut self, tag: Tag, Tag(group, element): Tag) {
        self.put(tag, *b"AT", &little(&[group, element], u16::to_le_bytes));
    }

    /// Adds a sequence.
    pub(super) fn sequence(&mut self, tag: Tag, items: &Items) {
        self.put(tag, *b"SQ", &items.bytes);
    }

    /// Adds a sequence of one item.
    pub(super) fn item(&mut self, tag: Tag, item: Self) {
        let mut items = Items::default();
        items.push(item);
        self.sequence(tag, &items);
    }

    /// All elements.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (_, element) in self.elements {
            bytes.extend(element);
        }
        bytes
    }
}

/// What comes before a value of `length` bytes.
pub(super) fn header(tag: Tag, vr: [u8; 2], length: u32) -> Vec<u8> {
    let mut header = tag_bytes(tag).to_vec();
    header.extend(vr);
    if matches!(&vr, b"OB" | b"SQ" | b"UT") {
        header.extend([0; 2]);
        header.extend(length.to_le_bytes());
    } else {
        header.extend((length as u16).to_le_bytes());
    }
    header
}

fn tag_bytes(Tag(group, element): Tag) -> [u8; 4] {
    let ([a, b], [c, d]) = (group.to_le_bytes(), element.to_le_bytes());
    [a, b, c, d]
}

fn little<T: Copy, const N: usize>(values: &[T], bytes: fn(T) -> [u8; N]) -> Vec<u8> {
    values.iter().flat_map(|&value| bytes(value)).collect()
}

#[cfg(test)]
mod tests {
    use dicom_dictionary_std::tags;

    use super::*;

    #[test]
    fn elements_are_ascending_padded_and_as_long_as_they_say() {
        let mut item = DataSet::default();
        item.text(tags::CODE_VALUE, *b"SH", "abc");
        let mut set = DataSet::default();
        set.uid(tags::SERIES_INSTANCE_UID, "1.2.3");
        set.words(tags::ROWS, &[512]);
        set.item(tags::ANATOMIC_REGION_SEQUENCE, item);
        // PS3.5 7.1.2, 7.5.1 by hand.
        let mut expected = b"\x08\x00\x18\x22SQ\0\0\x14\0\0\0".to_vec();
        expected.extend(b"\xfe\xff\x00\xe0\x0c\0\0\0\x08\0\x00\x01SH\x04\0abc ");
        expected.extend(b"\x20\x00\x0e\x00UI\x06\x001.2.3\0");
        expected.extend(b"\x28\x00\x10\x00US\x02\x00\x00\x02");
        assert_eq!(set.into_bytes(), expected);
    }
}
