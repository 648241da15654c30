//! Decoded crops kept in one file.

use std::path::{Path, PathBuf};

use model::train::crops::{self, Crop, Split};
use model::train::pack;

const BOTH: [Split; 2] = [Split::Train, Split::Val];
const EDGE: u32 = 16;

/// A folder of two patients with three crops, of this test alone.
fn data(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("neurocare-pack-{}-{name}", std::process::id()));
    std::fs::remove_dir_all(&folder).ok();
    for (patient, crops) in [("one", 2), ("two", 1)] {
        let image = image::ImageBuffer::from_fn(EDGE, crops * EDGE, |x, y| {
            image::Luma([(x * 37 + y * 101) as u16 % 3000])
        });
        let mask = image::GrayImage::from_fn(EDGE, crops * EDGE, |x, y| {
            image::Luma([[0, 0, 1, 3, 16][((x + y) % 5) as usize]])
        });
        for folder in [folder.join("images"), folder.join("masks")] {
            std::fs::create_dir_all(folder).unwrap();
        }
        let file = format!("{patient}.png");
        image.save(folder.join("images").join(&file)).unwrap();
        mask.save(folder.join("masks").join(&file)).unwrap();
    }
    let index = "patient,split,row,nodule,slice,pixel_mm,hu_method,malignancy_mean,diameter_mm,nodule_annotators\n\
        one,train,0,a,7,0.703125,exact,2.3333333,8.1,3\n\
        one,train,1,a,8,0.703125,estimated,,,\n\
        two,val,0,,,0.1,exact,5,,4\n";
    std::fs::write(folder.join("index.csv"), index).unwrap();
    folder
}

/// Everything that is known of crops.
fn told(crops: &[Crop]) -> String {
    format!("{crops:?}")
}

fn refusal(file: &Path, data: &Path, splits: &[Split]) -> String {
    format!("{:#}", pack::read(file, data, splits).unwrap_err())
}

#[test]
fn packed_crops_are_those_of_the_strips_and_no_strip_is_decoded_again() {
    let data = data("same");
    let file = data.join("crops.pack");
    let expected = crops::read(&data, &BOTH).unwrap();
    assert_eq!(expected.len(), 3);
    assert_eq!(
        told(&pack::read(&file, &data, &BOTH).unwrap()),
        told(&expected)
    );
    // As many bytes, but no images any more.
    for strip in ["images/one.png", "masks/two.png"] {
        let bytes = std::fs::read(data.join(strip)).unwrap();
        std::fs::write(data.join(strip), vec![0; bytes.len()]).unwrap();
    }
    assert!(crops::read(&data, &BOTH).is_err());
    assert_eq!(
        told(&pack::read(&file, &data, &BOTH).unwrap()),
        told(&expected)
    );
    std::fs::remove_dir_all(data).unwrap();
}

#[test]
fn a_file_of_other_data_or_splits_is_refused() {
    let data = data("other");
    let file = data.join("crops.pack");
    pack::read(&file, &data, &BOTH).unwrap();
    assert!(refusal(&file, &data, &[Split::Val]).contains("other data or splits"));
    let index = std::fs::read_to_string(data.join("index.csv")).unwrap();
    std::fs::write(
        data.join("index.csv"),
        index.replace("two,val", "two,train"),
    )
    .unwrap();
    assert!(refusal(&file, &data, &BOTH).contains("other data or splits"));
    std::fs::remove_dir_all(data).unwrap();
}

#[test]
fn a_damaged_file_is_refused() {
    let data = data("damaged");
    let file = data.join("crops.pack");
    pack::read(&file, &data, &BOTH).unwrap();
    let whole = std::fs::read(&file).unwrap();
    let huge = [&u64::MAX.to_le_bytes(), &whole[8..]].concat();
    for bytes in [&whole[..whole.len() - 1], &whole[..40], &whole[..3], &huge] {
        std::fs::write(&file, bytes).unwrap();
        assert!(refusal(&file, &data, &BOTH).contains("reading"));
    }
    std::fs::remove_dir_all(data).unwrap();
}
