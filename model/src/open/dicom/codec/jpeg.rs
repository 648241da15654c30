//! JPEG baseline, extended (8 bits) and lossless (ITU-T T.81), and JPEG-LS (ITU-T T.87).

use super::super::super::error::{OpenError, Result};
use super::super::super::jpeg::{Frame, JpegError, Samples as Unpacked};
use super::super::header::{Photometric, Samples};
use super::{check_size, luma, undecodable};

/// One sample a pixel.
pub(super) fn decode(packed: &[u8], samples: &Samples) -> Result<Vec<u16>> {
    let frame = Frame::read(packed).map_err(refused)?;
    check_size(frame.rows, frame.cols, samples)?;
    if frame.components != samples.channels() {
        return Err(undecodable("JPEG"));
    }
    Ok(match frame.decode(packed).map_err(refused)? {
        Unpacked::Grey(values) => values,
        Unpacked::Colour(values) => {
            let (colours, _) = values.as_chunks();
            let colours = colours.iter();
            colours.map(|&rgb| luma(Photometric::Rgb, rgb)).collect()
        }
    })
}

fn refused(error: JpegError) -> OpenError {
    match error {
        JpegError::Kind(name) => OpenError::Compression {
            name: name.to_owned(),
        },
        JpegError::Fault(fault) => fault.in_words("JPEG", undecodable),
    }
}
