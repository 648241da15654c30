//! Keeps the selected finding in sight: its row within its list, and the image where it is shown.

use gloo::timers::callback::Timeout;
use leptos::prelude::*;

use crate::room::Room;
use crate::ui::focus;

/// Follows the selection.
pub(super) fn follow(room: Room) {
    Effect::new(move |_| {
        if room.selected.get().is_some() {
            // Not before the rows are drawn anew.
            Timeout::new(0, || {
                show_selected();
            })
            .forget();
        }
    });
}

fn show_selected() -> Option<()> {
    let list = focus::first(".findings")?;
    let row = focus::first_in(&list, "[aria-pressed=true]")?;
    let (list_box, row_box) = (
        list.get_bounding_client_rect(),
        row.get_bounding_client_rect(),
    );
    let above = row_box.top() - list_box.top();
    let below = row_box.bottom() - list_box.bottom();
    let by = above.min(0.0) + below.max(0.0);
    list.set_scroll_top(list.scroll_top() + by.round() as i32);
    // On a phone the list stands far below the image that the choice is about.
    let image = focus::first(".viewer")?;
    if image.get_bounding_client_rect().bottom() <= 0.0 {
        image.scroll_into_view();
    }
    Some(())
}
