//! Folders and files for what nobody else on the machine may read.

use std::path::Path;

use anyhow::Context as _;

/// Makes a folder, and those that it lies in, for this user alone. One that exists stays as it is.
pub(crate) fn make_private(folder: &Path) -> anyhow::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))
}

/// Makes an empty file for this user alone; `false` if there is one of that name already.
pub(crate) fn make_private_file(file: &Path) -> std::io::Result<bool> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// Takes from everybody else what they may do with a file, if it exists. It is not opened: closing
/// it again would end the locks that this process has on it, as SQLite has on a database.
#[cfg(unix)]
pub(crate) fn close_to_others(file: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mut permissions = match file.metadata() {
        Ok(metadata) => metadata.permissions(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let own = permissions.mode() & !0o077;
    if own == permissions.mode() {
        return Ok(());
    }
    permissions.set_mode(own);
    std::fs::set_permissions(file, permissions)
}

/// Other systems keep a user's files from others by the folder that they lie in.
#[cfg(not(unix))]
pub(crate) fn close_to_others(_file: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn asvs_14_2_4_the_data_folder_is_for_this_user_alone() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        make_private(&data).unwrap();
        make_private(&data).unwrap();
        assert_eq!(data.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn asvs_14_2_4_a_file_is_made_for_this_user_alone_and_closed_to_others() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        let mode = || file.metadata().unwrap().permissions().mode() & 0o777;
        close_to_others(&file).unwrap();
        assert!(make_private_file(&file).unwrap());
        assert_eq!(mode(), 0o600);
        assert!(!make_private_file(&file).unwrap());
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o664)).unwrap();
        close_to_others(&file).unwrap();
        assert_eq!(mode(), 0o600);
    }
}
