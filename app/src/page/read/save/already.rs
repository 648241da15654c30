//! Under what the open image is saved already: the same scan under two patients, or two days, is
//! seldom meant.

use leptos::prelude::*;

use crate::api::ApiError;
use crate::api::history::Entry;
use crate::room::Room;
use crate::saving::document::Caption;
use crate::ui::labels::quoted;
use crate::ui::piece::{IntoPiece as _, Piece};
use model::protocol::VolumeInfo;

/// Compares what is typed with what is saved, and with the file.
#[derive(Debug, Clone, Copy)]
pub struct Already {
    room: Room,
    typed: RwSignal<Caption>,
    /// The label about which was asked last.
    asked: StoredValue<String>,
}

impl Already {
    /// Of the scan that is open in this room.
    pub fn new(room: Room) -> Self {
        Self {
            room,
            typed: RwSignal::default(),
            asked: StoredValue::default(),
        }
    }

    /// The line beside a form in which `caption` stands at first.
    pub fn beside(self, caption: Caption) -> Piece {
        self.typed.set(caption);
        let words = move || {
            let day = self.room.desk.with(|desk| {
                let scan = desk.open.scan.as_ref();
                scan.and_then(VolumeInfo::examined_on).map(str::to_owned)
            });
            let earlier = self.room.earlier.get();
            self.typed
                .with(|typed| discrepancy(&earlier, typed, day.as_deref()))
        };
        view! { <p class="small" role="status" translate="no">{words}</p> }.into_late_piece()
    }

    /// Something was typed.
    pub fn typed(self, event: &leptos::ev::Event) {
        #[cfg(feature = "hydrate")]
        {
            let field = event_target::<web_sys::HtmlInputElement>(event);
            self.typed.update(|typed| match field.name().as_str() {
                "label" => typed.label = field.value(),
                "day" => typed.day = field.value(),
                _ => {}
            });
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = (self, event);
    }

    /// Asks once about a `label` that none of the saved analyses of this image has.
    ///
    /// # Errors
    /// The question, unless it was asked about this label before.
    pub fn about(self, label: String) -> Result<(), ApiError> {
        let question = self
            .room
            .earlier
            .with_untracked(|earlier| question(earlier, &label));
        let is_new = self.asked.with_value(|asked| *asked != label);
        let Some(words) = question.filter(|_| is_new) else {
            return Ok(());
        };
        self.asked.set_value(label);
        Err(ApiError::invalid("label", words))
    }
}

/// What does not fit what is typed: what the image is saved as, and the day in its file.
fn discrepancy(earlier: &[Entry], typed: &Caption, day_in_file: Option<&str>) -> Option<String> {
    let is_it = |it: &Entry| it.label == typed.label.trim() && it.examined_on == typed.day;
    let mut words = Vec::new();
    if !earlier.is_empty() && !earlier.iter().any(is_it) {
        let mut captions: Vec<String> = Vec::new();
        for entry in earlier {
            let caption = [&quoted(&entry.label), " of ", &entry.examined_on].concat();
            if !captions.contains(&caption) {
                captions.push(caption);
            }
        }
        words.push(["This image is saved as ", &captions.join(", "), "."].concat());
    }
    if let Some(day) = day_in_file.filter(|day| !typed.day.is_empty() && *day != typed.day) {
        words.push(["The file says ", day, "."].concat());
    }
    (!words.is_empty()).then(|| words.join(" "))
}

/// What to ask about a label, if the image is saved under other ones alone.
fn question(earlier: &[Entry], label: &str) -> Option<String> {
    let other = earlier.first()?;
    let is_new = earlier.iter().all(|it| it.label != label);
    is_new.then(|| {
        let other = quoted(&other.label);
        [
            "This image is saved as ",
            &other,
            " already. Write that if it is the same patient; if not, press Save again.",
        ]
        .concat()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved_as(label: &str, day: &str) -> Entry {
        Entry {
            id: uuid::Uuid::nil(),
            label: label.to_owned(),
            examined_on: day.to_owned(),
            saved_at: "2026-11-30 09:00".to_owned(),
            network: "unet".to_owned(),
            weights_version: "0.5.0".to_owned(),
            slices: 1,
            lesions: 0,
            longest_mm: None,
            volume_ml: None,
            least_volume_ml: None,
            confidence: None,
            digest: String::new(),
            is_calibrated: false,
        }
    }

    fn typed(label: &str, day: &str) -> Caption {
        Caption {
            label: label.to_owned(),
            day: day.to_owned(),
        }
    }

    #[test]
    fn what_is_typed_is_held_against_what_is_saved_and_what_the_file_says() {
        let one = saved_as("Twin", "2025-01-31");
        let earlier = [one.clone(), one, saved_as("P 77", "2025-02-01")];
        let said = |label, day| discrepancy(&earlier, &typed(label, day), Some("2025-01-31"));
        let both = "This image is saved as “Twin” of 2025-01-31, “P 77” of 2025-02-01.";
        assert_eq!(said("", "2025-01-31").as_deref(), Some(both));
        assert_eq!(said("Twin ", "2025-01-31"), None);
        assert_eq!(
            said("P 77", "2025-02-01").as_deref(),
            Some("The file says 2025-01-31.")
        );
        let all = [both, " The file says 2025-01-31."].concat();
        assert_eq!(said("Twin", "2025-02-01"), Some(all));
        assert_eq!(
            discrepancy(&[], &typed("New", ""), Some("2025-01-31")),
            None
        );
        assert_eq!(discrepancy(&[], &typed("New", "2025-02-01"), None), None);
    }

    #[test]
    fn a_label_that_none_of_the_saved_ones_has_is_asked_about() {
        let earlier = [
            saved_as("Twin", "2025-01-31"),
            saved_as("P 77", "2025-01-31"),
        ];
        assert!(question(&earlier, "P 78").is_some_and(|it| it.contains("“Twin”")));
        assert_eq!(question(&earlier, "P 77"), None);
        assert_eq!(question(&[], "P 78"), None);
    }
}
