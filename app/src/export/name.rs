//! Names of files for the user, without the name of the scan's own file, which may be the
//! patient's. No two that are made of the open scan are alike; those of a saved analysis are named
//! by the server.

/// `Patient-12-findings-2026-11-29-141503.csv`: the label under which the analysis was saved, or
/// the program's name; the file's own name (`findings.csv`), and when it was made, or, of a saved
/// analysis, the day of the examination.
pub fn of(label: Option<&str>, file: &str, made: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_') || !c.is_ascii();
    let label: String = label
        .unwrap_or("neurocare")
        .chars()
        .map(|c| if is_plain(c) { c } else { '-' })
        .collect();
    let (stem, ending) = file.split_once('.').unwrap_or((file, ""));
    [&label, "-", stem, "-", made, ".", ending].concat()
}

/// The name of a file that is made now.
#[cfg(feature = "hydrate")]
pub fn now(room: crate::room::Room, file: &str) -> String {
    use leptos::prelude::WithUntracked as _;

    room.desk.with_untracked(|desk| {
        let label = desk.open.caption.as_ref().map(|it| it.label.as_str());
        of(label, file, &super::save::local_time())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_by_label_kind_and_time() {
        let named = |label, file| of(label, file, "2026-11-29-141503");
        assert_eq!(
            named(None, "findings.csv"),
            "neurocare-findings-2026-11-29-141503.csv"
        );
        assert_eq!(
            named(Some("Patient 12/ä"), "tumour-mask.dcm"),
            "Patient-12-ä-tumour-mask-2026-11-29-141503.dcm"
        );
    }
}
