//! What stands in the corners of the image, on the page and on a picture that leaves it, and what
//! is told of the image to who does not see it.

use leptos::prelude::*;
use model::calliper::Calliper;
use model::count::counted;
use model::protocol::VolumeInfo;

use super::measure::{enclosed, named};
use super::slab;
use super::window::preset_name;
use crate::room::{Room, Tool};
use crate::ui::number::{whole, with_sign};

/// The slice that is shown, what its image is called elsewhere, and where it lies; `None` where
/// none is open.
pub fn position(room: Room) -> Option<String> {
    let (slices, slice) = (room.slices(), room.slice.get());
    let z = room
        .desk
        .with(|d| d.open.scan.as_ref()?.slice_positions_mm.get(slice).copied());
    let z = z.map_or_else(String::new, |mm| {
        format!(" · z\u{a0}{}\u{a0}mm", with_sign(mm.into(), 1))
    });
    let image = room.desk.with(|d| d.image_words(slice));
    let image = image.map_or_else(String::new, |words| format!(" · {words}"));
    (slices > 0).then(|| format!("Slice {} / {slices}{image}{z}", slice + 1))
}

/// Its window, and the slab if it is one.
pub fn window(room: Room) -> String {
    let w = room.window.get();
    let name = preset_name(w)
        .map(|n| format!("{n} · "))
        .unwrap_or_default();
    let slab = slab::words(room);
    let is_inverted = room.overlay.with(|it| it.is_inverted);
    let inverted = if is_inverted { " · inverted" } else { "" };
    format!(
        "{name}C {} W {:.0}{slab}{inverted}",
        whole(w.centre),
        w.width
    )
}

/// All that a picture of the slice must say: position, window, whose marks they are.
pub fn picture(room: Room) -> String {
    let slice = room.slice.get();
    let position = position(room).unwrap_or_default();
    let result = room.desk.with(|d| d.words_of(slice));
    let is_raw = room.overlay.with(|it| it.raw);
    let raw = if is_raw { ", raw mask" } else { "" };
    let is_calibrated = room.desk.with(|d| d.calibrated_mm().is_some());
    let sizes = if is_calibrated {
        " · sizes by the reader’s calibration"
    } else {
        ""
    };
    [&position, " · ", &window(room), " · ", &result, raw, sizes].concat()
}

/// What stands at the left and at the right edge of an axial slice: which side of the patient it
/// is, if the file says so.
fn sides_of(scan: &VolumeInfo) -> [&'static str; 2] {
    if scan.is_oriented {
        ["R", "L"]
    } else {
        ["sides unknown", ""]
    }
}

/// The same of the open scan; nothing where none is (tracks the desk).
pub fn sides(room: Room) -> [&'static str; 2] {
    let sides = room.desk.with(|d| d.open.scan.as_ref().map(sides_of));
    sides.unwrap_or_default()
}

/// The highlighted finding, for who does not see it: its slice, the number of its lesion, its size.
pub fn selected(room: Room) -> Option<String> {
    let at = room.selected.get()?;
    room.desk.with(|d| {
        let finding = d.open.results.get(&at.slice)?.findings.get(at.index)?;
        let slice = (at.slice + 1).to_string();
        Some(["Slice ", &slice, ": lesion ", &named(finding)].concat())
    })
}

/// The length of a line, or of both of its axes, or what an ellipse encloses (tracks the desk).
pub fn measured(room: Room, line: &Calliper) -> String {
    let spacing = room.spacing();
    match &line.enclosed {
        Some(it) => enclosed(it, spacing, room.is_ct()),
        None => line.size(spacing),
    }
}

/// What is measured by hand on the slice that is shown, and what it comes to: nothing of what was
/// only begun. An ellipse has the values of its slice, which are not those that a slab shows.
pub fn callipers(room: Room) -> Vec<(Calliper, Option<String>)> {
    let slice = room.slice.get();
    let is_slab = slab::shown(room).count() > 1;
    room.callipers.with(|lines| {
        lines
            .iter()
            .filter(|line| line.slice == slice)
            .map(|line| {
                let is_drawn = !line.is_begun_only();
                let alone = if is_slab && line.is_ellipse() {
                    " (this slice alone)"
                } else {
                    ""
                };
                (*line, is_drawn.then(|| measured(room, line) + alone))
            })
            .collect()
    })
}

/// What was just done, for who does not see it: what is played, drawn or measured with keys, else
/// the highlighted finding.
pub fn told(room: Room) -> Option<String> {
    if room.is_playing.get() {
        return Some("Playing".to_owned());
    }
    let corners = room.corners.get();
    if corners > 0 && room.freehand.with(|line| !line.is_empty()) {
        return Some([&counted(corners, "corner"), " set"].concat());
    }
    if room.tool.get() == Tool::ShortAxis {
        return Some("Short axis: its first end comes next".to_owned());
    }
    let Some(line) = room.by_keys.get() else {
        return selected(room);
    };
    if line.is_half_crossed() {
        return Some("Short axis: its other end comes next".to_owned());
    }
    let mut here = callipers(room).into_iter();
    let (_, words) = here.find(|(it, _)| *it == line)?;
    let kind = match line.kind() {
        "ellipse" => "Ellipse",
        "axes" => "Axes",
        _ => "Line",
    };
    Some([kind, " of ", &words?].concat())
}

#[cfg(test)]
mod tests {
    use model::volume::Intensity;

    use super::*;
    use crate::engine::state::tests::fixture::scan;

    #[test]
    fn sides_are_told_where_the_file_says_how_the_patient_lies_whatever_its_values_mean() {
        for intensity in [Intensity::Hounsfield, Intensity::Grey { max: 255 }] {
            let told = |is_oriented| {
                sides_of(&VolumeInfo {
                    is_oriented,
                    intensity,
                    ..scan(3)
                })
            };
            assert_eq!(told(true), ["R", "L"]);
            assert_eq!(told(false), ["sides unknown", ""]);
        }
    }
}
