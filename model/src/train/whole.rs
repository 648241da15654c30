//! A checkpoint is there whole or not at all: a run that is killed while it saves goes on from the one before.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// Where the files of a checkpoint are made.
const PART: &str = "checkpoint.part";
/// The same once all of them are.
const WHOLE: &str = "checkpoint.whole";

/// Lets `write` make files in a folder of their own; they take the places of those in `folder` when all of them are there.
///
/// # Errors
/// Those of `write`, and what the disk says.
pub(crate) fn write(folder: &Path, write: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    settle(folder)?;
    let part = folder.join(PART);
    if part.exists() {
        fs::remove_dir_all(&part).context("removing half a checkpoint")?;
    }
    fs::create_dir_all(&part).context("making a folder for the checkpoint")?;
    write(&part)?;
    fs::rename(&part, folder.join(WHOLE)).context("ending the checkpoint")?;
    settle(folder)
}

/// Moves the files of a whole checkpoint to their places, also where that was broken off. Before anything is read.
///
/// # Errors
/// What the disk says.
pub(crate) fn settle(folder: &Path) -> Result<()> {
    let whole = folder.join(WHOLE);
    if !whole.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(&whole).context("reading the checkpoint")? {
        let entry = entry.context("reading the checkpoint")?;
        fs::rename(entry.path(), folder.join(entry.file_name()))
            .context("putting the checkpoint in its place")?;
    }
    fs::remove_dir(&whole).context("clearing up after the checkpoint")
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
