//! What an open scan is called on the screen.

/// The name of the file; of several, that of the folder in which they were chosen, else the first
/// name and how many more. It stands on the screen only.
pub(super) fn title_of(folder: Option<String>, names: &[String]) -> String {
    match (folder, names) {
        (_, [one]) => one.clone(),
        (Some(folder), _) => folder,
        (None, [first, more @ ..]) => format!("{first} and {} more", more.len()),
        (None, []) => String::new(),
    }
}

/// The folder that was chosen, of the path that a browser gives a file in it:
/// `Thorax/series 3/1.dcm` lies in `Thorax`.
pub(super) fn folder_of(path: &str) -> Option<String> {
    let (folder, _) = path.split_once('/')?;
    (!folder.is_empty()).then(|| folder.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_is_called_by_its_folder_or_its_first_file() {
        let names = ["m184.dcm", "m185.dcm", "m186.dcm"].map(str::to_owned);
        assert_eq!(title_of(Some("Thorax".to_owned()), &names), "Thorax");
        assert_eq!(title_of(None, &names), "m184.dcm and 2 more");
        assert_eq!(title_of(None, &names[..1]), "m184.dcm");
        let folder = Some("Thorax".to_owned());
        assert_eq!(title_of(folder, &names[..1]), "m184.dcm");
    }

    #[test]
    fn the_folder_is_that_which_was_chosen() {
        let folder = |path| folder_of(path);
        assert_eq!(folder("Thorax/series 3/1.dcm").as_deref(), Some("Thorax"));
        assert_eq!(folder("1.dcm"), None);
        assert_eq!(folder(""), None);
    }
}
