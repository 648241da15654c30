//! JPEG pictures.

use super::super::error::{OpenError, Result};
use super::super::intensity::luma;
use super::super::jpeg::{Frame, JpegError, Samples};
use super::super::limit;
use super::{Picture, damaged};

pub(super) fn read(bytes: &[u8]) -> Result<Picture> {
    let frame = Frame::read(bytes).map_err(refused)?;
    limit::check_grid(frame.rows as u64, frame.cols as u64, 1)?;
    let brightest = if frame.bits > 8 { u16::MAX } else { 255 };
    let mut picture = Picture::new(frame.rows, frame.cols, brightest)?;
    match frame.decode(bytes).map_err(refused)? {
        Samples::Grey(values) => picture.extend(brightest, values.into_iter()),
        Samples::Colour(values) => {
            let (colours, _) = values.as_chunks();
            picture.count_coloured(brightest, colours.iter().map(<[u16; 3]>::as_slice));
            picture.extend(brightest, colours.iter().map(|&rgb| luma(rgb)));
        }
    }
    Ok(picture)
}

fn refused(error: JpegError) -> OpenError {
    match error {
        JpegError::Kind(name) => OpenError::Unsupported {
            what: name.to_owned(),
        },
        JpegError::Fault(fault) => fault.in_words("JPEG", damaged),
    }
}
