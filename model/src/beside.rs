//! The file of voxels beside a header on disk.

use std::iter::once_with;
use std::path::{Path, PathBuf};

use crate::open::voxels_among;

/// The file that holds the voxels of a header, where that says that another one does and that one
/// lies beside it: the same that is taken of files that are chosen together.
pub fn voxels_file(path: &Path, header: &[u8]) -> Option<PathBuf> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    // The folder may be long, and few files are headers.
    let names = once_with(|| names(folder)).flatten();
    let name = path.file_name()?.to_string_lossy();
    voxels_among(&name, header, names).map(|(_, name)| path.with_file_name(name))
}

/// The names of the files in a folder; of one that cannot be listed none.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries.filter(|it| it.path().is_file());
    let names = files.filter_map(|it| it.file_name().into_string().ok());
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_are_small_letters_unless_both_are_there() {
        let folder = std::env::temp_dir().join(format!("neurocare-beside-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("scan.raw.old")).unwrap();
        let header = b"ObjectType = Image\nElementDataFile = scan.raw\n";
        let found = || voxels_file(&folder.join("SCAN.mhd"), header);
        assert_eq!(found(), None);
        std::fs::write(folder.join("Scan.RAW"), []).unwrap();
        assert_eq!(found(), Some(folder.join("Scan.RAW")));
        // Some disks have one of them only.
        std::fs::write(folder.join("scan.raw"), []).unwrap();
        let is_one = std::fs::read_dir(&folder).unwrap().count() == 2;
        let expected = if is_one { "Scan.RAW" } else { "scan.raw" };
        assert_eq!(found(), Some(folder.join(expected)));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
