//! Documents of version 1, made once and kept: every later release must read them.

use std::path::Path;

use model::saved::{content, runs};

use crate::example::{lay_out, pack, small, unpack};

fn path() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/saved/version-1.nca")
}

#[test]
fn version_1_stays_readable() {
    let document = std::fs::read(path()).unwrap();
    let bytes = unpack(&document).unwrap();
    let back = content::parse(&bytes).unwrap();
    let (saved, maps) = small();
    assert_eq!(back.saved, saved);
    for (mask, map) in back.masks.iter().zip(&maps) {
        assert_eq!(&runs::decode(mask, map.len()).unwrap(), map);
    }
}

/// The other way round: what is written today is what version 1 was.
#[test]
fn version_1_is_still_written() {
    let (saved, maps) = small();
    let document = std::fs::read(path()).unwrap();
    assert_eq!(lay_out(&saved, &maps), unpack(&document).unwrap());
}

#[test]
#[ignore = "makes the fixture; only for another version"]
fn make() {
    let (saved, maps) = small();
    std::fs::write(path(), pack(&lay_out(&saved, &maps))).unwrap();
}
