//! The notices of the crates that the site and the server are built from: most of their licences
//! ask whoever passes a program on to pass these on with it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::Context as _;
use cargo_metadata::Package;

use crate::project::Project;
use crate::shipped;

/// How names of files with licences and notices begin, in lower case.
const NAMES: [&str; 6] = [
    "licen",
    "copying",
    "copyright",
    "notice",
    "unlicense",
    "authors",
];

/// Begins with a byte order mark: plain text is sent without its encoding.
const HEAD: &str = "\
\u{feff}Notices of third parties

The page, the engine and the decoders that browsers fetch, and the server of NeuroCare AI are
built from the crates in this list, and from the Rust standard library (MIT OR Apache-2.0, copyright
The Rust Project contributors, https://www.rust-lang.org). Where a licence offers a choice, any of its
texts will do. The texts follow as they came with the crates, each once; where a crate came without,
its authors are named, and its licence's text is that of another one.
";

/// A crate as the list names it, and the texts that came with it.
#[derive(Debug, PartialEq, Eq)]
struct Notice {
    name: String,
    line: String,
    texts: Vec<String>,
}

/// All notices as one text.
///
/// # Errors
/// Cargo does not know what the programs are built from, or a crate's folder cannot be read.
pub(crate) fn text(project: &Project) -> anyhow::Result<String> {
    let crates = shipped::crates(project)?.into_iter();
    let notices = crates.map(|(name, package)| notice(name, &package));
    let notices = notices.collect::<anyhow::Result<Vec<_>>>()?;
    Ok(joined(notices.iter()))
}

fn notice(name: String, package: &Package) -> anyhow::Result<Notice> {
    let folder = package.manifest_path.parent().context("no folder")?;
    let licence = package.license.as_deref().unwrap_or("see its text");
    let mut line = format!("{name}: {licence}");
    if let Some(address) = &package.repository {
        write!(line, ", {address}")?;
    }
    let texts = texts(folder.as_std_path())?;
    if texts.is_empty() {
        write!(line, ", by {}", package.authors.join(", "))?;
    }
    Ok(Notice { name, line, texts })
}

/// The licences and notices in a crate's folder.
fn texts(folder: &Path) -> anyhow::Result<Vec<String>> {
    let cannot = || format!("cannot read {}", folder.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).with_context(cannot)? {
        let path = entry.with_context(cannot)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = name.to_lowercase();
        if path.is_file() && NAMES.iter().any(|start| name.starts_with(start)) {
            paths.push(path);
        }
    }
    paths.sort();
    let mut texts = Vec::new();
    for path in paths {
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        texts.push(tidy(&String::from_utf8_lossy(&bytes)));
    }
    Ok(texts)
}

/// The same text for files that differ in ends of lines and empty lines around only.
fn tidy(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

/// The list, and every text once with the names of those that it came with.
fn joined<'a>(notices: impl Iterator<Item = &'a Notice>) -> String {
    let mut all = HEAD.to_owned();
    let mut owners: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for notice in notices {
        all.extend(["\n", &notice.line]);
        for text in &notice.texts {
            owners.entry(text).or_default().push(&notice.name);
        }
    }
    for (text, names) in owners {
        let rule = "=".repeat(80);
        all.extend(["\n\n", &rule, "\n", &names.join(", "), "\n\n", text]);
    }
    all.push('\n');
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_many_crates_share_stands_there_once_with_all_their_names() {
        let notice = |name: &str, texts: &[&str]| Notice {
            name: name.to_owned(),
            line: format!("{name}: MIT"),
            texts: texts.iter().map(|text| (*text).to_owned()).collect(),
        };
        let notices = [
            notice("a 1.0.0", &["free to use"]),
            notice("b 2.1.0", &["thanks to C", "free to use"]),
        ];
        let all = joined(notices.iter());
        assert_eq!(all.matches("free to use").count(), 1);
        assert!(all.contains("\na 1.0.0, b 2.1.0\n\nfree to use"), "{all}");
        assert!(all.contains("\nb 2.1.0\n\nthanks to C"), "{all}");
    }

    #[test]
    fn licences_and_notices_of_a_crate_are_found_whatever_they_are_called() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("LICENSE-MIT", "m\r\nit\r\n"),
            ("license.txt", "\nm\nit \n"),
            ("NOTICE", "n"),
            ("README.md", "r"),
        ] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        assert_eq!(texts(folder.path()).unwrap(), ["m\nit", "n", "m\nit"]);
    }

    #[test]
    fn what_is_linked_is_in_the_list_and_what_only_builds_is_not() {
        let project = Project::find().unwrap();
        let all = text(&project).unwrap();
        for linked in [
            "leptos",
            "wgpu",
            "jpeg-decoder",
            "axum",
            "sqlx-core",
            "web-sys",
        ] {
            assert!(all.contains(&format!("\n{linked} ")), "{linked}");
        }
        for other in [
            "leptos_macro",
            "indicatif",
            "wasm-bindgen-cli-support",
            "app",
            "burn",
        ] {
            assert!(!all.contains(&format!("\n{other} ")), "{other}");
        }
    }
}
