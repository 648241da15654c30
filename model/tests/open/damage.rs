//! Truncated and altered files: an error or another image, never a panic.

use model::open::OpenError;

use crate::fixture::{bytes, refused, try_open};

const ALL: [&str; 37] = [
    "lidc_explicit.dcm",
    "lidc_implicit.dcm",
    "lidc_big_endian.dcm",
    "lidc_deflated.dcm",
    "lidc_rle.dcm",
    "lidc_jpeg2000.dcm",
    "lidc_jpeg_lossless.dcm",
    "lidc_bare.dcm",
    "jpeg_baseline.dcm",
    "htj2k.dcm",
    "lidc_jpeg_ls.dcm",
    "jpeg_ls_near.dcm",
    "jpeg_ls_preset.dcm",
    "jpeg_ls_restarts.dcm",
    "colour.dcm",
    "phantom_multiframe.dcm",
    "phantom_multiframe_rle.dcm",
    "phantom_fragments.dcm",
    "phantom_restarts.dcm",
    "phantom_supine.zip",
    "phantom_psr.nii",
    "phantom_psr.nii.gz",
    "phantom_qform.nii",
    "phantom_2.nii",
    "phantom_2_big.nii.gz",
    "phantom_psr.mha",
    "phantom_packed.mha",
    "phantom_psr.nrrd",
    "phantom_packed.nrrd",
    "phantom_text.nrrd",
    "grey8.png",
    "grey16.png",
    "palette.png",
    "rgba.png",
    "grey.jpg",
    "lossless_1_2.jpg",
    "lossless_6_0.jpg",
];

#[test]
fn every_cut_of_a_dicom_file_is_an_error() {
    for name in [
        "lidc_explicit.dcm",
        "lidc_rle.dcm",
        "lidc_jpeg2000.dcm",
        "lidc_jpeg_lossless.dcm",
        "lidc_jpeg_ls.dcm",
        "phantom_multiframe.dcm",
    ] {
        let whole = bytes(name);
        let step = whole.len() / 200;
        for length in (1..whole.len())
            .step_by(step.max(1))
            .chain([whole.len() - 1])
        {
            let cut = try_open(name, whole[..length].to_vec());
            assert!(
                cut.is_err(),
                "{name} opened although only {length} bytes are there"
            );
        }
    }
}

#[test]
fn a_cut_inside_the_pixels_is_told_as_such() {
    for name in [
        "lidc_explicit.dcm",
        "lidc_implicit.dcm",
        "lidc_rle.dcm",
        "lidc_deflated.dcm",
        "phantom_psr.nii",
        "phantom_psr.nii.gz",
        "phantom_2.nii",
        "phantom_psr.mha",
        "phantom_packed.mha",
        "phantom_psr.nrrd",
        "phantom_packed.nrrd",
        "phantom_text.nrrd",
    ] {
        let mut bytes = bytes(name);
        bytes.truncate(bytes.len() - 40);
        assert_eq!(
            try_open(name, bytes).map(|_| ()),
            Err(OpenError::Truncated),
            "{name}"
        );
    }
}

/// Numbers that look random, the same in every run (xorshift64*).
struct Noise(u64);

impl Noise {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % end
    }
}

#[test]
fn what_a_zip_holds_is_held_to_its_checksum() {
    let mut altered = bytes("phantom_supine.zip");
    let name = b"scan/notes.txt";
    // Stored as it is, right behind its name.
    let at = altered.windows(name.len()).position(|w| w == name).unwrap() + name.len();
    altered[at] ^= 1;
    let error = refused(altered);
    assert!(
        matches!(
            error,
            OpenError::Malformed {
                format: "compressed",
                ..
            }
        ),
        "{error:?}"
    );
}

#[test]
fn altered_bytes_never_panic() {
    let rounds = std::env::var("NEUROCARE_DAMAGED_FILES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(150);
    for name in ALL {
        let whole = bytes(name);
        let mut noise = Noise(0x9e37_79b9_7f4a_7c15);
        for _ in 0..rounds {
            let mut altered = whole.clone();
            for _ in 0..=noise.below(6) {
                let at = noise.below(altered.len());
                altered[at] = match noise.below(4) {
                    0 => 0,
                    1 => 0xff,
                    2 => altered[at] ^ (1 << noise.below(8)),
                    _ => noise.below(256) as u8,
                };
            }
            if noise.below(8) == 0 {
                altered.truncate(noise.below(altered.len()));
            }
            if let Ok(volume) = try_open(name, altered) {
                assert_eq!(
                    volume.voxels.len(),
                    volume.rows * volume.cols * volume.slices(),
                    "{name}"
                );
                assert!(volume.slices() > 0, "{name}");
            }
        }
    }
}
