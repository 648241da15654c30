//! The DICOM series that a volume was read from.

use std::fmt;

/// What a DICOM file about the result says of the scan, so that an archive files it beside the scan
/// and a viewer lays it over the very pixels.
///
/// It names the patient. It stays where the scan is open, and goes into no other file.
#[derive(Clone, PartialEq)]
pub struct DicomSeries {
    /// Study Instance UID.
    pub study_uid: String,
    /// Series Instance UID.
    pub series_uid: String,
    /// UID of the coordinates that positions are in.
    pub frame_of_reference_uid: String,
    /// What describes patient and study, in ascending order of the tags.
    pub copied: Vec<CopiedElement>,
    /// How the slices lie in their files.
    pub plane: FilePlane,
    /// The volume's slices in its own order, from feet to head.
    pub slices: Vec<DicomSlice>,
}

/// A data element that goes into another file as it is.
#[derive(Clone, PartialEq, Eq)]
pub struct CopiedElement {
    /// Group and element.
    pub tag: (u16, u16),
    /// Value representation.
    pub vr: [u8; 2],
    /// The value in the file's own character set; empty where the file has none.
    pub value: Vec<u8>,
}

/// One frame of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct DicomSlice {
    /// SOP Class UID of the file.
    pub class_uid: String,
    /// SOP Instance UID of the file.
    pub instance_uid: String,
    /// Number of the frame from 1; `None` in a file of one image.
    pub frame: Option<usize>,
    /// Centre of the first pixel in the file, LPS, mm.
    pub position: [f64; 3],
}

/// Rows and columns as the files have them, which all slices share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FilePlane {
    /// Columns and rows in the file.
    pub size: [usize; 2],
    /// Whether the file's rows became the volume's columns.
    pub is_transposed: bool,
    /// Whether the volume's columns, rows are walked backwards in the file.
    pub flip: [bool; 2],
    /// Direction of the file's rows (along columns), then of its columns; LPS.
    pub direction: [[f64; 3]; 2],
    /// Between the file's rows, between its columns, mm.
    pub spacing_mm: [f64; 2],
    /// Thickness of a slice, mm; where the file does not say it, the distance to the next one.
    pub thickness_mm: f64,
    /// Distance between slices along their normal, mm, if that is the same everywhere.
    pub slice_spacing_mm: Option<f64>,
}

impl FilePlane {
    /// The place in the file (row by row) of a pixel of the volume's slice.
    pub fn index(&self, [col, row]: [usize; 2]) -> usize {
        let [file_cols, file_rows] = self.size;
        let [cols, rows] = if self.is_transposed {
            [file_rows, file_cols]
        } else {
            self.size
        };
        let along = |place: usize, size: usize, is_back: bool| {
            if is_back {
                size.saturating_sub(place + 1)
            } else {
                place
            }
        };
        let [flip_col, flip_row] = self.flip;
        let (col, row) = (along(col, cols, flip_col), along(row, rows, flip_row));
        if self.is_transposed {
            col * file_cols + row
        } else {
            row * file_cols + col
        }
    }
}

/// Without anything that names the patient: what is printed may be kept.
impl fmt::Debug for DicomSeries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DicomSeries").finish_non_exhaustive()
    }
}

/// Without the value, for the same reason.
impl fmt::Debug for CopiedElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CopiedElement").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of 3 columns and 2 rows: 0 1 2 / 3 4 5.
    fn plane(is_transposed: bool, flip: [bool; 2]) -> FilePlane {
        FilePlane {
            size: [3, 2],
            is_transposed,
            flip,
            direction: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]],
            spacing_mm: [1.0; 2],
            thickness_mm: 1.0,
            slice_spacing_mm: None,
        }
    }

    /// The file's pixels in the order of the volume.
    fn walked(plane: FilePlane, [cols, rows]: [usize; 2]) -> Vec<usize> {
        let places = (0..rows).flat_map(|row| (0..cols).map(move |col| [col, row]));
        places.map(|place| plane.index(place)).collect()
    }

    #[test]
    fn pixels_go_back_to_where_they_were_in_the_file() {
        let cases = [
            (plane(false, [false, false]), [3, 2], [0, 1, 2, 3, 4, 5]),
            (plane(false, [true, false]), [3, 2], [2, 1, 0, 5, 4, 3]),
            (plane(false, [false, true]), [3, 2], [3, 4, 5, 0, 1, 2]),
            (plane(true, [false, false]), [2, 3], [0, 3, 1, 4, 2, 5]),
            (plane(true, [true, false]), [2, 3], [3, 0, 4, 1, 5, 2]),
        ];
        for (plane, size, expected) in cases {
            assert_eq!(walked(plane, size), expected, "{plane:?}");
        }
    }

    #[test]
    fn nothing_of_the_patient_is_printed() {
        let name = CopiedElement {
            tag: (0x0010, 0x0010),
            vr: *b"PN",
            value: b"Doe".to_vec(),
        };
        let printed = format!("{name:?}");
        // As bytes `Doe` begins with 68.
        assert!(
            !printed.contains("68") && !printed.contains("Doe"),
            "{name:?}"
        );
    }
}
