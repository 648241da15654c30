//! The folder that a program writes its results to.

use std::path::Path;

use anyhow::{Context as _, Result};

/// Removes what a former run wrote there: beside new results it would be taken for theirs.
///
/// # Arguments
/// * `is_ours`: whether the program writes files of this name.
///
/// # Errors
/// What the disk says.
pub fn clear(folder: &Path, is_ours: fn(&str) -> bool) -> Result<()> {
    let wrong = || format!("clearing {}", folder.display());
    for entry in std::fs::read_dir(folder).with_context(wrong)? {
        let entry = entry.with_context(wrong)?;
        let is_file = entry.file_type().with_context(wrong)?.is_file();
        if is_file && entry.file_name().to_str().is_some_and(is_ours) {
            let path = entry.path();
            std::fs::remove_file(&path).with_context(|| format!("removing {}", path.display()))?;
        }
    }
    Ok(())
}
