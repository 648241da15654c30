//! Exported masks against files that nibabel wrote, and back through the reader.

use model::mask::Mask;
use model::nifti_mask::{Marked, lesions_to_nifti, mask_to_nifti};
use model::open::{NamedFile, OpenError, open_reference};
use model::volume::{Intensity, PixelSpacing, Volume};
use nifti::NiftiHeader;

use crate::fixture::{bytes, open, replace, try_open};

/// As bright as only the phantom's mark is (`fixtures/open/make.py`).
const MARK_HU: f32 = 900.0;

fn phantom(affine: &str) -> Volume {
    let numbers: Vec<f64> = bytes(affine)
        .chunks_exact(8)
        .map(|eight| f64::from_le_bytes(eight.try_into().unwrap()))
        .collect();
    let row = |index: usize| <[f64; 4]>::try_from(&numbers[index * 4..][..4]).unwrap();
    Volume {
        spacing: Some(PixelSpacing {
            row_mm: 0.8,
            col_mm: 0.7,
        }),
        slice_spacing_mm: Some(2.5),
        patient_from_voxel: Some([row(0), row(1), row(2)]),
        ..Volume::without_place((16, 20), vec![0; 20 * 16 * 6], Intensity::Hounsfield)
    }
}

/// The file of masks.
fn exported(volume: &Volume, masks: &[Option<Mask>]) -> Vec<u8> {
    let masks: Vec<Option<&Mask>> = masks.iter().map(Option::as_ref).collect();
    mask_to_nifti(volume, &masks).expect("memory")
}

/// Slices 0 and 4 as in the fixture; the others absent.
fn masks() -> Vec<Option<Mask>> {
    let mut masks = vec![None; 6];
    for (slice, row, col) in [(4, 3, 15), (0, 1, 2)] {
        let mut mask = Mask::empty(16, 20);
        mask.pixels[row * 20 + col] = 1;
        masks[slice] = Some(mask);
    }
    masks
}

fn assert_close(found: &[f32], expected: &[f32], what: &str) {
    for (a, b) in found.iter().zip(expected) {
        assert!(
            (a - b).abs() < 1e-4,
            "{what}: {found:?}, nibabel {expected:?}"
        );
    }
}

#[test]
fn agrees_with_nibabel_for_straight_and_tilted_scans() {
    for name in ["straight", "tilted"] {
        let file = exported(&phantom(&format!("export_{name}.f64")), &masks());
        let oracle = bytes(&format!("export_{name}.nii"));
        assert_eq!(file.len(), oracle.len());
        assert!(file[352..] == oracle[352..], "{name}: other voxels");
        let ours = NiftiHeader::from_reader(file.as_slice()).expect("a header");
        let theirs = NiftiHeader::from_reader(oracle.as_slice()).expect("a header");
        assert_eq!(ours.dim, theirs.dim);
        assert_eq!(
            (ours.datatype, ours.bitpix, ours.xyzt_units),
            (theirs.datatype, theirs.bitpix, theirs.xyzt_units)
        );
        assert_eq!((ours.sform_code, ours.qform_code), (1, 1));
        assert_close(&ours.pixdim[..4], &theirs.pixdim[..4], "pixdim");
        let sform = |h: &NiftiHeader| [h.srow_x, h.srow_y, h.srow_z].concat();
        assert_close(&sform(&ours), &sform(&theirs), "sform");
        let qform = |h: &NiftiHeader| {
            let sign = if h.quatern_d < 0.0 { -1.0 } else { 1.0 };
            [
                h.quatern_b * sign,
                h.quatern_c * sign,
                h.quatern_d * sign,
                h.quatern_x,
                h.quatern_y,
                h.quatern_z,
            ]
        };
        assert_close(&qform(&ours), &qform(&theirs), "qform");
    }
}

#[test]
fn comes_back_through_the_reader_where_it_was() {
    for name in ["phantom_supine.zip", "phantom_prone.zip", "phantom_sla.nii"] {
        let volume = open(name);
        let bytes = exported(&volume, &masks());
        let file = NamedFile {
            name: "mask.nii".to_owned(),
            bytes,
        };
        let back = open_reference(vec![file], &volume).expect("opens").masks;
        for (mask, back) in masks().into_iter().zip(back) {
            assert_eq!(mask.unwrap_or_else(|| Mask::empty(16, 20)), back, "{name}");
        }
    }
}

#[test]
fn lesions_have_their_numbers_in_as_many_bytes_as_these_take() {
    let volume = phantom("export_tilted.f64");
    let mask = exported(&volume, &masks());
    // The first byte of a voxel that is set in the mask.
    let place = |nth: usize| {
        let set = mask[352..].iter().enumerate().filter(|it| *it.1 > 0);
        set.map(|(place, _)| place).nth(nth).unwrap()
    };
    for (numbers, datatype, width) in [([7, 255], 2, 1), ([7, 300], 512, 2)] {
        let marked = |slice, row: usize, col, lesion| Marked {
            slice,
            pixels: vec![row * 20 + col],
            lesion,
        };
        let [low, high] = numbers;
        let marked = [marked(4, 3, 15, high), marked(0, 1, 2, low)];
        let file = lesions_to_nifti(&volume, &marked).expect("memory");
        let header = NiftiHeader::from_reader(file.as_slice()).expect("a header");
        assert_eq!(
            (header.datatype, header.bitpix),
            (datatype, 8 * width as i16)
        );
        assert_eq!(file.len(), 352 + 20 * 16 * 6 * width);
        let voxels: Vec<usize> = file[352..]
            .chunks_exact(width)
            .map(|bytes| {
                bytes
                    .iter()
                    .rev()
                    .fold(0, |sum, &byte| sum * 256 + usize::from(byte))
            })
            .collect();
        assert_eq!([voxels[place(0)], voxels[place(1)]], numbers);
        assert_eq!(voxels.iter().filter(|it| **it > 0).count(), 2);

        let file = NamedFile {
            name: "mask.nii".to_owned(),
            bytes: file,
        };
        let back = open_reference(vec![file], &volume).expect("opens").masks;
        assert_eq!(back[4], masks()[4].clone().unwrap(), "any number is tumour");
    }
}

/// Voxels of a NIfTI fixture that are as bright as the phantom's mark, in the file's own order.
fn marked(file: &[u8]) -> Vec<u8> {
    let header = NiftiHeader::from_reader(file).expect("a header");
    let start = header.vox_offset as usize;
    let is_marked = |value: f32| u8::from(value * slope(&header) + header.scl_inter >= MARK_HU);
    if header.datatype == 16 {
        let number = |four: &[u8]| f32::from_be_bytes(four.try_into().unwrap());
        file[start..]
            .chunks_exact(4)
            .map(number)
            .map(is_marked)
            .collect()
    } else {
        let number = |two: &[u8]| f32::from(i16::from_le_bytes(two.try_into().unwrap()));
        file[start..]
            .chunks_exact(2)
            .map(number)
            .map(is_marked)
            .collect()
    }
}

fn slope(header: &NiftiHeader) -> f32 {
    if header.scl_slope == 0.0 || header.scl_slope.is_nan() {
        1.0
    } else {
        header.scl_slope
    }
}

#[test]
fn the_mask_of_a_nifti_scan_has_the_very_axes_of_its_file() {
    for name in ["ras", "lps", "psr", "sla", "ail", "qform"] {
        let name = format!("phantom_{name}.nii");
        let mut file = bytes(&name);
        assert_same_grid(&file, &name);
        // And where it says nothing of how the patient lies.
        if !name.contains("qform") {
            file[252..256].fill(0);
            let silent = try_open(&name, file.clone()).expect("opens");
            assert!(open(&name).is_oriented && !silent.is_oriented);
            assert_same_grid(&file, &name);
        }
    }
}

fn assert_same_grid(file: &[u8], name: &str) {
    let volume = try_open(name, file.to_vec()).expect("opens");
    let pixels = volume.rows * volume.cols;
    let masks: Vec<_> = volume
        .voxels
        .chunks_exact(pixels)
        .map(|slice| {
            let set: Vec<u8> = slice
                .iter()
                .map(|&hu| u8::from(f32::from(hu) >= MARK_HU))
                .collect();
            Mask::from_bytes(volume.rows, volume.cols, &set)
        })
        .collect();
    let mask = exported(&volume, &masks);
    let marked = marked(file);
    assert_eq!(marked.iter().map(|&voxel| u32::from(voxel)).sum::<u32>(), 1);
    assert_eq!(mask[352..], marked, "{name}");
    let [ours, theirs] = [mask.as_slice(), file].map(|it| NiftiHeader::from_reader(it).unwrap());
    let place = |it: &NiftiHeader| {
        (
            it.dim,
            [it.pixdim[0], it.pixdim[1], it.pixdim[2], it.pixdim[3]],
            (it.xyzt_units, it.qform_code, it.sform_code),
            [
                it.quatern_b,
                it.quatern_c,
                it.quatern_d,
                it.quatern_x,
                it.quatern_y,
                it.quatern_z,
            ],
            [it.srow_x, it.srow_y, it.srow_z],
        )
    };
    assert_eq!(place(&ours), place(&theirs), "{name}");
}

#[test]
fn pixels_of_unknown_distance_have_no_place_in_the_patient() {
    // Another element in the place of the spacing: the zoom factor, and the spacing on the
    // detector.
    for (tag, spacing) in [
        (*b"\x28\x00\x31\x00", 1.0),
        (*b"\x18\x00\x64\x11", 0.820_312),
    ] {
        let original = bytes("lidc_explicit.dcm");
        let file = replace(&original, b"\x28\x00\x30\x00", &tag);
        let volume = try_open("slice.dcm", file).expect("opens");
        assert_eq!(volume.patient_from_voxel, None);
        assert!(volume.is_oriented, "the file says how it lies");
        assert_eq!(volume.slice_positions_mm.len(), 1);
        let mask = exported(&volume, &[None]);
        let header = NiftiHeader::from_reader(mask.as_slice()).expect("a header");
        assert_eq!((header.sform_code, header.qform_code), (2, 2));
        assert_close(&header.pixdim[1..3], &[spacing; 2], "pixdim");
    }
}

#[test]
fn a_picture_without_geometry_comes_back_too() {
    let volume = open("grey8.png");
    let mut mask = Mask::empty(10, 12);
    mask.pixels[2 * 12 + 7] = 1;
    let file = NamedFile {
        name: "mask.nii".to_owned(),
        bytes: exported(&volume, &[Some(mask.clone())]),
    };
    let header = NiftiHeader::from_reader(file.bytes.as_slice()).expect("a header");
    assert_eq!(
        (header.sform_code, header.qform_code),
        (2, 2),
        "no scanner's"
    );
    assert_eq!(
        open_reference(vec![file], &volume).expect("opens").masks,
        [mask]
    );
}

#[test]
fn a_mask_on_calibrated_pixels_says_whose_word_their_size_is() {
    let mut volume = open("grey8.png");
    let read = |volume: &Volume| {
        let file = exported(volume, &[None]);
        let header = NiftiHeader::from_reader(file.as_slice()).expect("a header");
        let text: Vec<u8> = header
            .descrip
            .into_iter()
            .take_while(|it| *it > 0)
            .collect();
        (String::from_utf8(text).expect("ASCII"), header.pixdim[1])
    };
    assert_eq!(read(&volume).0, "");
    volume.calibrate(Some(0.5));
    let (said, mm) = read(&volume);
    assert_eq!(said, "Pixel size by the reader's calibration");
    assert_close(&[mm], &[0.5], "pixdim");
}

#[test]
fn a_file_that_memory_does_not_hold_is_an_error() {
    let mut volume = open("phantom_sla.nii");
    let grid = volume.file_grid.as_mut().expect("its own grid");
    grid.size = [1 << 20, 1 << 20, 1 << 20];
    assert_eq!(mask_to_nifti(&volume, &[]), Err(OpenError::OutOfMemory));
}

#[test]
fn what_lies_outside_the_scan_is_left_out() {
    let volume = phantom("export_straight.f64");
    let mut full = Mask::empty(16, 20);
    full.pixels.fill(1);
    let file = exported(&volume, &vec![Some(full); 8]);
    assert_eq!(file.len(), 352 + 20 * 16 * 6);
    let marked = |slice, pixel| Marked {
        slice,
        pixels: vec![pixel],
        lesion: 1,
    };
    let outside = [marked(6, 0), marked(0, 16 * 20)];
    let file = lesions_to_nifti(&volume, &outside).expect("memory");
    assert!(file[352..].iter().all(|it| *it == 0));
}
