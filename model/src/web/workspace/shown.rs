//! Slices and what lies around a voxel, sent for drawing.

use std::cell::RefCell;
use std::rc::Rc;

use crate::protocol::{Event, Failure};
use crate::volume::Volume;
use crate::volume::around::Plane;
use crate::web::{channel, failure};

thread_local! {
    /// The open scan once more, for drawing while a job holds the workspace.
    pub(super) static SHOWN: RefCell<Option<Rc<Volume>>> = const { RefCell::new(None) };
}

/// Send a slice for drawing at once, whatever else is going on; `false` if no scan is open.
pub(in crate::web) fn show_now(slice: usize) -> bool {
    SHOWN.with_borrow(|shown| {
        shown
            .as_ref()
            .is_some_and(|volume| show(volume, slice).is_ok())
    })
}

/// Send what lies around a voxel, in the same way. Without such a scan nobody asks for it.
pub(in crate::web) fn show_around(id: u32, at: [usize; 3], reach_mm: f32) {
    SHOWN.with_borrow(|shown| {
        let around = shown.as_ref().and_then(|it| it.around(at, reach_mm));
        if let (Some(volume), Some(around)) = (shown, around) {
            let plane = |plane| bytes_of(&volume.values_on(&around, plane));
            let (coronal, sagittal) = (plane(Plane::Coronal), plane(Plane::Sagittal));
            channel::send_with(&Event::Around { id }, &[&coronal, &sagittal]);
        }
    });
}

pub(super) fn show(volume: &Volume, slice: usize) -> Result<(), Failure> {
    let values = volume
        .slice(slice)
        .ok_or_else(|| failure("This slice does not exist.", "Choose another slice."))?;
    channel::send_with(&Event::Slice { slice }, &[&bytes_of(values)]);
    Ok(())
}

fn bytes_of(values: &[i16]) -> Vec<u8> {
    values.iter().flat_map(|it| it.to_le_bytes()).collect()
}
