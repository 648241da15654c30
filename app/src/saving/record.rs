//! A saved analysis to look at: its figures, and its masks in a room of their own.

use leptos::prelude::*;
use model::saved::{Saved, content::Content, runs};

use crate::api::ApiError;
use crate::api::history::Entry;
use crate::engine::state::Desk;
use crate::room::Room;
use crate::viewer::pixels::Pixels;

/// A saved analysis.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The document's header.
    pub saved: Saved,
    /// Its line in the history, which knows later changes of label and day.
    pub entry: Entry,
}

impl Record {
    /// Patient label as it is now.
    pub fn label(&self) -> String {
        self.entry.label.clone()
    }

    /// Day of the examination as it is now.
    pub fn day(&self) -> String {
        self.entry.examined_on.clone()
    }

    /// Number of the series, or a dash.
    pub fn series(&self) -> String {
        let number = self.saved.series_number;
        number.map_or_else(|| "–".to_owned(), |it| it.to_string())
    }
}

/// Fetches a saved analysis and lays its masks out in `room`, from the lesion of this number on, or
/// the largest.
#[cfg(feature = "hydrate")]
pub async fn load(id: String, lesion: Option<usize>, room: Room) -> Result<Record, ApiError> {
    let id = uuid::Uuid::parse_str(&id).map_err(|_| ApiError::NotFound)?;
    let bytes = super::exchange::get(id).await?;
    let content = model::saved::content::parse(&bytes).map_err(|_| ApiError::Damaged)?;
    lay_out(&content, lesion, room)?;
    let saved = content.saved;
    let entry = crate::api::history::entry(id).await?;
    Ok(Record { saved, entry })
}

/// Only a browser looks at masks.
#[cfg(not(feature = "hydrate"))]
pub fn load(
    _id: String,
    _lesion: Option<usize>,
    _room: Room,
) -> std::future::Ready<Result<Record, ApiError>> {
    std::future::ready(Err(ApiError::Server))
}

/// Shows masks and figures in a room, from that lesion on, or the largest.
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "for the browser")
)]
fn lay_out(content: &Content<'_>, lesion: Option<usize>, room: Room) -> Result<(), ApiError> {
    let saved = &content.saved;
    let size = saved.rows * saved.cols;
    let mut pixels = Pixels::without_image(size);
    for (slice, mask) in saved.slices.iter().zip(&content.masks) {
        let labels = runs::decode(mask, size).map_err(|_| ApiError::Damaged)?;
        pixels.put_labels(slice.slice, labels);
    }
    // The page may be gone by now, and its room with it.
    let is_gone = room.pixels.try_set_value(pixels).is_some();
    if is_gone || room.desk.try_set(Desk::of_saved(saved)).is_some() {
        return Ok(());
    }
    room.settings.try_set(saved.settings);
    room.callipers.try_set(saved.lines.clone());
    room.pixels_changed.try_update(|n| *n = n.wrapping_add(1));
    let wanted = saved.lesions.iter().find(|it| Some(it.number) == lesion);
    if let Some(lesion) = wanted {
        room.visit_on(lesion.slice(), lesion.number);
        return Ok(());
    }
    if let Some(slice) = saved.first_shown() {
        room.show(slice);
    }
    Ok(())
}
