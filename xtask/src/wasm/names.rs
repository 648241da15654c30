//! Short names for what a module imports from its script, and for the closures that the script calls
//! in it.
//!
//! wasm-bindgen names each import after what it calls, and adds a hash. Both files carry
//! these names, no person reads them there, and hashes do not compress: short ones make the page
//! 8 KB smaller as sent, and the engine 6 KB.
//!
//! Such hashes keep a script and a module with other imports, of another release, from being
//! linked. One name bears a digest of them all for that.

use std::collections::BTreeMap;

use anyhow::ensure;
use sha2::{Digest as _, Sha256};
use wasm_bindgen_cli_support::Output;

/// New names by old ones.
pub(super) type Names = BTreeMap<String, String>;

/// Renames what `bound` imports from its own script, in the module.
pub(super) fn shorten(bound: &mut Output) -> Names {
    // Files of other crates' own JavaScript are modules by other names.
    let imports = bound.wasm_mut().imports.iter_mut();
    let mut imports: Vec<&mut String> = imports
        .filter(|import| import.module.ends_with("_bg.js"))
        .map(|import| &mut import.name)
        .collect();
    let names = short_names(imports.iter().map(|name| name.as_str()));
    for name in &mut imports {
        if let Some(new) = names.get(*name) {
            name.clone_from(new);
        }
    }
    names
}

/// What wasm-bindgen's names of exported closures begin with.
const CLOSURE: &str = "wasm_bindgen__convert__closures_";

/// Renames the closures that `bound` exports for its own script, in the module.
pub(super) fn shorten_closures(bound: &mut Output) -> Names {
    let mut names = Names::new();
    for export in bound.wasm_mut().exports.iter_mut() {
        if export.name.starts_with(CLOSURE) {
            let new = format!("closure{}", names.len());
            names.insert(std::mem::replace(&mut export.name, new.clone()), new);
        }
    }
    names
}

/// The same in the script, wherever they are named.
pub(super) fn rename_closures(script: &str, names: &Names) -> String {
    // Some names begin with others.
    let longest_first = names.iter().rev();
    longest_first.fold(script.to_owned(), |script, (old, new)| {
        script.replace(old, new)
    })
}

/// `a` and so on for each, in their order; the first one with a digest of them all.
fn short_names<'a>(all: impl Iterator<Item = &'a str>) -> Names {
    let mut names = Names::new();
    let mut digest = Sha256::new();
    let mut first = None;
    for old in all {
        let next = short(names.len());
        digest.update(old);
        digest.update([0]);
        first.get_or_insert(old);
        names.entry(old.to_owned()).or_insert(next);
    }
    let digest = digest.finalize();
    if let Some(name) = first.and_then(|old| names.get_mut(old))
        && let Some(bits) = digest.first_chunk()
    {
        // 32 bits: of two releases, not of thousands.
        *name = format!("{name}{:08x}", u32::from_be_bytes(*bits));
    }
    names
}

/// The same in the script: every `OLD: function(` as `NEW: function(`.
///
/// # Errors
/// The script does not define each import exactly once in the way that wasm-bindgen writes it.
pub(super) fn rename(script: &str, names: &Names) -> anyhow::Result<String> {
    let mut renamed = String::with_capacity(script.len());
    let mut defined = 0;
    for line in script.split_inclusive('\n') {
        let definition = line.trim_start().split_once(": function(");
        if let Some((new, rest)) = definition.and_then(|(old, rest)| Some((names.get(old)?, rest)))
        {
            defined += 1;
            renamed.extend([new.as_str(), ": function(", rest]);
        } else {
            renamed.push_str(line);
        }
    }
    ensure!(
        defined == names.len(),
        "of {} imports the script defines {defined}",
        names.len()
    );
    Ok(renamed)
}

/// `a` to `z`, then `ba`, `bb` and so on.
fn short(index: usize) -> String {
    let letter = char::from(b'a' + (index % 26) as u8);
    match index / 26 {
        0 => letter.to_string(),
        rest => short(rest) + &letter.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "\
        const import0 = {\n\
            \u{20}   __wbg_log_1c3f: function(arg0) {\n\
            \u{20}       console.log(arg0);\n\
            \u{20}   },\n\
        };\n";

    fn names(of: &[&str]) -> Names {
        short_names(of.iter().copied())
    }

    #[test]
    fn other_imports_or_another_order_of_them_give_a_name_that_does_not_link() {
        let of = |all: &[&str]| names(all).into_values().collect::<Vec<_>>();
        let before = of(&["log_1c3f", "now_77"]);
        assert_eq!(before, of(&["log_1c3f", "now_77"]));
        assert_eq!((before[0].len(), before[1].as_str()), (9, "b"));
        for after in [
            &["now_77", "log_1c3f"][..],
            &["log_1c3f", "now_78"],
            &["log_1c3f", "now_77", "cry_2"],
        ] {
            let first = |all: &[&str]| names(all)[all[0]].clone();
            assert_ne!(first(&["log_1c3f", "now_77"]), first(after), "{after:?}");
        }
    }

    #[test]
    fn only_definitions_are_renamed() {
        let script = format!("{SCRIPT}// __wbg_log_1c3f\n");
        let renamed = rename(&script, &names(&["__wbg_log_1c3f"])).unwrap();
        let name = &names(&["__wbg_log_1c3f"])["__wbg_log_1c3f"];
        assert!(renamed.contains(&format!("\n{name}: function(arg0) {{\n")));
        assert!(renamed.ends_with("// __wbg_log_1c3f\n"));
        assert_eq!(renamed.lines().count(), script.lines().count());
    }

    #[test]
    fn closures_are_renamed_wherever_they_are_named_also_where_one_name_begins_with_another() {
        let (one, ten) = (
            format!("{CLOSURE}invoke__h1f"),
            format!("{CLOSURE}invoke__h1f_10"),
        );
        let names = Names::from([
            (one.clone(), "closure0".into()),
            (ten.clone(), "closure1".into()),
        ]);
        let script = format!("function {ten}(a) {{ wasm.{ten}(a); }} wasm.{one}(b);");
        assert_eq!(
            rename_closures(&script, &names),
            "function closure1(a) { wasm.closure1(a); } wasm.closure0(b);"
        );
    }

    #[test]
    fn an_import_that_the_script_lacks_is_an_error() {
        let error = rename(SCRIPT, &names(&["__wbg_log_1c3f", "__wbg_now_77"]));
        assert_eq!(
            error.unwrap_err().to_string(),
            "of 2 imports the script defines 1"
        );
    }

    #[test]
    fn no_two_names_are_the_same() {
        let all: std::collections::BTreeSet<_> = (0..2000).map(short).collect();
        assert_eq!(all.len(), 2000);
        assert_eq!(
            [short(0), short(25), short(26), short(27 * 26)],
            ["a", "z", "ba", "bba"]
        );
    }
}
