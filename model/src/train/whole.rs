//! Files that belong together are there whole or not at all: a program that is ended while it saves
//! leaves those of before, or the new ones.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// Where the files are made.
const PART: &str = "new.part";
/// The same once all of them are.
const WHOLE: &str = "new.whole";

/// Lets `write` make files in a folder of their own; they take the places of those in `folder` when
/// all of them are there.
///
/// # Errors
/// Those of `write`, and what the disk says.
pub fn write(folder: &Path, write: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    settle(folder)?;
    let part = folder.join(PART);
    if part.exists() {
        fs::remove_dir_all(&part).context("removing what was saved in part")?;
    }
    fs::create_dir_all(&part).context("making a folder to save in")?;
    write(&part)?;
    fs::rename(&part, folder.join(WHOLE)).context("ending a save")?;
    settle(folder)
}

/// Moves files that are all there to their places, also where that was broken off. Before anything
/// is read.
///
/// # Errors
/// What the disk says.
pub fn settle(folder: &Path) -> Result<()> {
    let whole = folder.join(WHOLE);
    if !whole.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(&whole).context("reading what was saved")? {
        let entry = entry.context("reading what was saved")?;
        fs::rename(entry.path(), folder.join(entry.file_name()))
            .context("putting what was saved in its place")?;
    }
    fs::remove_dir(&whole).context("clearing up after a save")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn save(folder: &Path, step: &str) -> Result<()> {
        write(folder, |part| {
            fs::write(part.join("weights"), step)?;
            fs::write(part.join("progress"), step)?;
            Ok(())
        })
    }

    fn read(folder: &Path) -> [String; 2] {
        settle(folder).unwrap();
        ["weights", "progress"].map(|name| fs::read_to_string(folder.join(name)).unwrap())
    }

    #[test]
    fn a_save_that_breaks_off_leaves_the_checkpoint_before_or_the_new_one_whole() {
        let folder = std::env::temp_dir().join(format!("neurocare-whole-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        save(&folder, "1").unwrap();
        assert_eq!(read(&folder), ["1", "1"]);

        // In the middle of writing.
        let broken = write(&folder, |part| {
            fs::write(part.join("weights"), "2")?;
            anyhow::bail!("killed")
        });
        assert!(broken.is_err());
        assert_eq!(read(&folder), ["1", "1"]);

        // In the middle of moving: one file of the whole checkpoint is in its place.
        save(&folder, "3").unwrap();
        fs::create_dir(folder.join(WHOLE)).unwrap();
        fs::write(folder.join("weights"), "4").unwrap();
        fs::write(folder.join(WHOLE).join("progress"), "4").unwrap();
        assert_eq!(read(&folder), ["4", "4"]);

        save(&folder, "5").unwrap();
        assert_eq!(read(&folder), ["5", "5"]);
        let left: Vec<_> = fs::read_dir(&folder).unwrap().collect();
        assert_eq!(left.len(), 2);
        fs::remove_dir_all(folder).unwrap();
    }
}
