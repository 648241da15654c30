//! The content items that a report is a tree of (PS3.3 C.17.3).

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use crate::dicom_result::code::Code;
use crate::dicom_result::data_set::{DataSet, Items};
use crate::dicom_result::text::decimal;

/// What an item is to the one that it stands in.
#[derive(Debug, Clone, Copy)]
pub(super) enum Relation {
    /// A part of it.
    Contains,
    /// What it was observed with, or on.
    Context,
    /// What its name means more closely.
    Modifier,
}

/// An item with those that stand in it.
#[derive(Debug)]
pub(super) struct Item {
    set: DataSet,
    within: Items,
}

impl Item {
    fn new(relation: Relation, kind: &str, name: Code) -> Self {
        let mut set = DataSet::default();
        let relation = match relation {
            Relation::Contains => "CONTAINS",
            Relation::Context => "HAS OBS CONTEXT",
            Relation::Modifier => "HAS CONCEPT MOD",
        };
        set.text(tags::RELATIONSHIP_TYPE, *b"CS", relation);
        Self::named(set, kind, name)
    }

    fn named(mut set: DataSet, kind: &str, name: Code) -> Self {
        set.text(tags::VALUE_TYPE, *b"CS", kind);
        set.item(tags::CONCEPT_NAME_CODE_SEQUENCE, name.item());
        Self {
            set,
            within: Items::default(),
        }
    }

    /// The document itself, by a template.
    pub(super) fn root(document: DataSet, name: Code, template: &str) -> Self {
        Self::named(document, "CONTAINER", name)
            .separate()
            .by(template)
    }

    /// An item that has others in it.
    pub(super) fn container(relation: Relation, name: Code) -> Self {
        Self::new(relation, "CONTAINER", name).separate()
    }

    fn separate(mut self) -> Self {
        self.set
            .text(tags::CONTINUITY_OF_CONTENT, *b"CS", "SEPARATE");
        self
    }

    /// The same, after a template of PS3.16.
    pub(super) fn by(mut self, template: &str) -> Self {
        let mut item = DataSet::default();
        item.text(tags::MAPPING_RESOURCE, *b"CS", "DCMR");
        item.text(tags::TEMPLATE_IDENTIFIER, *b"CS", template);
        self.set.item(tags::CONTENT_TEMPLATE_SEQUENCE, item);
        self
    }

    pub(super) fn code(relation: Relation, name: Code, value: Code) -> Self {
        let mut item = Self::new(relation, "CODE", name);
        item.set.item(tags::CONCEPT_CODE_SEQUENCE, value.item());
        item
    }

    pub(super) fn text(relation: Relation, name: Code, value: &str) -> Self {
        Self::with_text(relation, "TEXT", name, (tags::TEXT_VALUE, *b"UT", value))
    }

    pub(super) fn uid(relation: Relation, name: Code, value: &str) -> Self {
        Self::with_text(relation, "UIDREF", name, (tags::UID, *b"UI", value))
    }

    fn with_text(
        relation: Relation,
        kind: &str,
        name: Code,
        (tag, vr, value): (Tag, [u8; 2], &str),
    ) -> Self {
        let mut item = Self::new(relation, kind, name);
        item.set.text(tag, vr, value);
        item
    }

    /// A number, to three digits after the point.
    pub(super) fn number(name: Code, value: f64, unit: Code) -> Self {
        let rounded = (value * 1000.0).round() / 1000.0;
        let mut measured = DataSet::default();
        measured.text(tags::NUMERIC_VALUE, *b"DS", &decimal(rounded));
        measured.item(tags::MEASUREMENT_UNITS_CODE_SEQUENCE, unit.item());
        let mut item = Self::new(Relation::Contains, "NUM", name);
        item.set.item(tags::MEASURED_VALUE_SEQUENCE, measured);
        item
    }

    /// A part of an image object.
    pub(super) fn image(name: Code, reference: DataSet) -> Self {
        let mut item = Self::new(Relation::Contains, "IMAGE", name);
        item.set.item(tags::REFERENCED_SOP_SEQUENCE, reference);
        item
    }

    /// Puts an item into this one.
    pub(super) fn add(&mut self, item: Self) {
        self.within.push(item.into_set());
    }

    /// The same with an item in it.
    pub(super) fn with(mut self, item: Self) -> Self {
        self.add(item);
        self
    }

    pub(super) fn into_set(mut self) -> DataSet {
        if !self.within.is_empty() {
            self.set.sequence(tags::CONTENT_SEQUENCE, &self.within);
        }
        self.set
    }
}
