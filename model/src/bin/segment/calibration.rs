//! The size of pixels, where the caller knows what the file does not say.

use anyhow::ensure;
use model::volume::{PixelSpacing, Volume, is_possible_mm};

/// Pixels of a CT are as good as square. So many times as long as wide are two numbers with a
/// decimal comma, such as 1,4 for 1.4.
const LONGEST: f32 = 2.0;

/// `MM` of square pixels, or `ROW,COL`.
pub(crate) fn pixel_mm(text: &str) -> Result<PixelSpacing, String> {
    let mm = |text: &str| text.parse().ok().filter(|mm| is_possible_mm(*mm));
    let spacing = match text.split_once(',') {
        None => mm(text).map(PixelSpacing::square),
        Some((row, col)) => mm(row)
            .zip(mm(col))
            .map(|(row_mm, col_mm)| PixelSpacing { row_mm, col_mm })
            .filter(|it| it.row_mm.max(it.col_mm) < LONGEST * it.row_mm.min(it.col_mm)),
    };
    spacing.ok_or_else(|| {
        "expected millimetres from 0.1 to 10, such as 0.7, or those between rows and between \
         columns, such as 0.7,0.75"
            .to_owned()
    })
}

/// Takes the caller's word for how large pixels are, unless the file says it. What is to be told of
/// that; before the network sees the scan, so that it sees it at this scale.
pub(crate) fn calibrate(volume: &mut Volume, said: PixelSpacing) -> anyhow::Result<&'static str> {
    if volume.spacing.is_some() {
        return Ok("The file says how large its pixels are, so --pixel-mm is not used.");
    }
    ensure!(
        said.is_possible((volume.rows, volume.cols)),
        "--pixel-mm cannot be the size of these pixels: a slice would be more than 1200 mm wide"
    );
    volume.spacing = Some(said);
    volume.is_calibrated = true;
    Ok("Sizes in mm are by --pixel-mm.")
}

#[cfg(test)]
mod tests {
    use model::volume::Intensity;

    use super::*;

    #[test]
    fn one_number_is_of_square_pixels_and_two_are_between_rows_and_columns() {
        assert_eq!(pixel_mm("0.7"), Ok(PixelSpacing::square(0.7)));
        let (row_mm, col_mm) = (0.7, 0.75);
        assert_eq!(pixel_mm("0.7,0.75"), Ok(PixelSpacing { row_mm, col_mm }));
    }

    #[test]
    fn what_is_no_size_of_pixels_is_refused() {
        let lengths = ["", "x", "0", "-0.7", "0.7mm", "nan", "0.0007", "700"];
        let pairs = ["0,7", "1,4", "0.7,", ",0.7", "0.7,0.7,0.7", "0.7,1.4"];
        for wrong in lengths.into_iter().chain(pairs) {
            let said = pixel_mm(wrong).unwrap_err();
            assert!(said.starts_with("expected millimetres"), "{wrong}");
        }
    }

    fn picture(spacing: Option<PixelSpacing>) -> Volume {
        let grey = Intensity::Grey { max: 255 };
        Volume {
            spacing,
            ..Volume::without_place((2, 3), vec![0; 6], grey)
        }
    }

    #[test]
    fn a_picture_has_the_size_that_the_caller_says_and_says_so() {
        let mut volume = picture(None);
        let said = calibrate(&mut volume, PixelSpacing::square(0.7)).unwrap();
        assert_eq!(said, "Sizes in mm are by --pixel-mm.");
        assert_eq!(volume.spacing, Some(PixelSpacing::square(0.7)));
        assert!(volume.is_calibrated);
    }

    #[test]
    fn the_word_of_a_file_comes_first() {
        let own = Some(PixelSpacing::square(0.8));
        let mut volume = picture(own);
        let said = calibrate(&mut volume, PixelSpacing::square(0.7)).unwrap();
        assert!(said.contains("not used"), "{said}");
        assert_eq!((volume.spacing, volume.is_calibrated), (own, false));
    }

    #[test]
    fn a_slice_wider_than_any_scanner_is_refused() {
        let mut volume = picture(None);
        (volume.cols, volume.voxels) = (512, vec![0; 1024]);
        let refused = calibrate(&mut volume, PixelSpacing::square(2.5)).unwrap_err();
        assert!(refused.to_string().contains("1200 mm"), "{refused}");
        assert_eq!((volume.spacing, volume.is_calibrated), (None, false));
    }
}
