//! Saved analyses: list, find, follow up, delete.

#![cfg_attr(
    not(feature = "hydrate"),
    expect(
        missing_docs,
        reason = "`#[server]` makes structs of arguments, which can't be documented one by one"
    )
)]

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{answered, port};
use crate::course::{Course, Statement};
use crate::saving::document::Caption;

/// Entries of one page of the list.
pub const PAGE_SIZE: u32 = 25;

/// Examinations of a course: the newest.
pub const MOST_VISITS: usize = 100;

/// What to list, newest examination first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Query {
    /// Only patient labels in which this stands, in upper or lower case; empty = all.
    pub label: String,
    /// Examined on this day or later, `YYYY-MM-DD`; empty = no limit.
    pub from: String,
    /// Examined on this day or earlier; empty = no limit.
    pub to: String,
    /// `next` of the page before; empty = the first page.
    pub after: String,
}

/// One saved analysis in the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number.
    pub id: Uuid,
    /// Patient label.
    pub label: String,
    /// Day of the examination, `YYYY-MM-DD`.
    pub examined_on: String,
    /// Saved at, `YYYY-MM-DD HH:MM` UTC.
    pub saved_at: String,
    /// `unet` or `unetpp`.
    pub network: String,
    /// Version of the weights.
    pub weights_version: String,
    /// Slices segmented.
    pub slices: u32,
    /// Lesions found.
    pub lesions: u32,
    /// Longest diameter of any lesion on any slice, mm.
    pub longest_mm: Option<f32>,
    /// Volume of all lesions together, mL.
    pub volume_ml: Option<f32>,
    /// The least that it can be, mL, where it is not known of all lesions.
    #[serde(default)]
    pub least_volume_ml: Option<f32>,
    /// Highest confidence, 0…1.
    pub confidence: Option<f32>,
    /// Keyed digest of the image as hex.
    pub digest: String,
    /// Whether sizes are by the reader's calibration; servers of the release before do not say it.
    #[serde(default)]
    pub is_calibrated: bool,
}

impl Entry {
    /// When it was saved, before or after others; saved in one minute, by its number, which grows.
    pub fn saved(&self) -> (&str, Uuid) {
        (&self.saved_at, self.id)
    }

    /// Whether this and `other` are of one image, as far as that is known.
    pub fn is_of_image_of(&self, other: &Self) -> bool {
        !self.digest.is_empty() && self.digest == other.digest
    }

    /// Whether this is another analysis of the image of `other` under its label; under another
    /// label an image is another's.
    pub fn is_another_of_image_of(&self, other: &Self) -> bool {
        self.is_of_image_of(other) && self.label == other.label && self.id != other.id
    }
}

/// A part of the list.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// At most [`PAGE_SIZE`].
    pub entries: Vec<Entry>,
    /// Where the next part begins; `None` at the end.
    pub next: Option<String>,
    /// How many there are after these.
    #[serde(default)]
    pub more: u32,
}

/// A patient label and how many analyses have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// The label.
    pub label: String,
    /// Analyses with it.
    pub analyses: u32,
    /// One of them, by which addresses name the label; servers of the release before do not say it.
    #[serde(default)]
    pub analysis: Option<Uuid>,
}

question! {
    /// A part of the list.
    "history/list" List list(query: Query) -> Page
}

question! {
    /// Patient labels, the one saved last first; at most 200.
    "history/labels" Labels labels() -> Vec<Label>
}

question! {
    /// One analysis.
    "history/entry" OneEntry entry(id: Uuid) -> Entry
}

question! {
    /// Analyses of the image with this digest (hex), newest first; at most 20.
    "history/of_image" OfImage of_image(digest: String) -> Vec<Entry>
}

question! {
    /// The newest [`MOST_VISITS`] examinations of a patient label, one of each image.
    "history/course" OfLabel course(label: String) -> Course
}

question! {
    /// The newest examination of a patient label: [`ApiError::Invalid`] if there is none.
    "history/newest" Newest newest(label: String) -> Uuid
}

question! {
    /// Two analyses, the earlier examination first.
    "history/pair" OfPair pair(ids: [Uuid; 2]) -> Course
}

question! {
    /// Changes label and day of an analysis: [`ApiError::Conflict`] if it has others by now than
    /// those `before` and those wanted. Pages of the release before do not say what was before.
    "history/change" Change change(id: Uuid, label: String, examined_on: String, before: Option<Caption>) -> Entry
}

question! {
    /// Deletes an analysis.
    "history/delete" Delete delete(id: Uuid) -> ()
}

question! {
    /// Says that two lesions of two analyses are one or are not, or takes back what was said of
    /// them; answers as [`pair`].
    "history/say" Say say(analyses: [Uuid; 2], lesions: [usize; 2], is_one: Statement) -> Course
}
