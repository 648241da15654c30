//! Sizes of what the user downloads, and the limits that they must keep.

use anyhow::bail;

use crate::progress::say;

/// One file of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Size {
    /// Its address, without the leading slash.
    pub(crate) path: String,
    /// As it is.
    pub(crate) raw: usize,
    /// As it is sent: brotli where that helps.
    pub(crate) sent: usize,
}

/// A limit on the sum of some files, as sent.
#[derive(Debug)]
struct Budget {
    what: &'static str,
    /// Where they lie. Of several folders a browser takes one, and each keeps the limit by itself.
    folders: &'static [&'static str],
    /// What their names begin with, one or the other.
    starts: &'static [&'static str],
    endings: &'static [&'static str],
    limit_bytes: usize,
}

/// The engine, and the same with relaxed SIMD.
const ENGINES: [&str; 2] = ["engine", "engine-relaxed"];

const BUDGETS: [Budget; 9] = [
    Budget {
        what: "page (scripts, WebAssembly, styles)",
        folders: &["pkg"],
        starts: &["neurocare"],
        endings: &[".js", ".wasm", ".css"],
        limit_bytes: 488_000,
    },
    Budget {
        what: "pages of accounts and saved analyses, when one is opened",
        folders: &["pkg"],
        starts: &["accounts-"],
        endings: &[".wasm"],
        limit_bytes: 155_000,
    },
    Budget {
        what: "engine (scripts, WebAssembly)",
        folders: &ENGINES,
        starts: &["engine"],
        endings: &[".js", ".wasm"],
        limit_bytes: 200_000,
    },
    Budget {
        what: "part of the engine that opens scans, and what it shares with others",
        folders: &ENGINES,
        starts: &["opening-", "chunk_"],
        endings: &[".wasm"],
        limit_bytes: 85_000,
    },
    Budget {
        what: "part of the engine for results, after the network",
        folders: &ENGINES,
        starts: &["results-"],
        endings: &[".wasm"],
        limit_bytes: 55_000,
    },
    Budget {
        what: "part of the engine for the bench page",
        folders: &ENGINES,
        starts: &["bench-"],
        endings: &[".wasm"],
        limit_bytes: 12_000,
    },
    Budget {
        what: "decoders of pictures, for scans that need them",
        folders: &["decoder"],
        starts: &[""],
        endings: &[".js", ".wasm"],
        limit_bytes: 115_000,
    },
    Budget {
        what: "weights of the U-Net",
        folders: &["weights"],
        starts: &["unet."],
        endings: &[".safetensors"],
        limit_bytes: 1_300_000,
    },
    Budget {
        what: "weights of the U-Net++",
        folders: &["weights"],
        starts: &["unetpp."],
        endings: &[".safetensors"],
        limit_bytes: 1_300_000,
    },
];

/// Prints every size, then holds the sums against the limits.
///
/// # Errors
/// A sum is over its limit, or there is nothing to sum.
pub(crate) fn check(sizes: &[Size]) -> anyhow::Result<()> {
    say(&format!("{:>12} {:>12}", "bytes", "as sent"));
    for size in sizes {
        say(&format!(
            "{:>12} {:>12}  {}",
            size.raw, size.sent, size.path
        ));
    }
    for budget in &BUDGETS {
        for folder in budget.folders {
            budget.check(folder, sizes)?;
        }
    }
    Ok(())
}

impl Budget {
    /// Holds the files of one folder against the limit.
    fn check(&self, folder: &str, sizes: &[Size]) -> anyhow::Result<()> {
        let what = match self.folders {
            [_] => self.what.to_owned(),
            _ => format!("{}, in {folder}", self.what),
        };
        let sum: usize = sizes
            .iter()
            .filter(|size| self.covers(folder, &size.path))
            .map(|size| size.sent)
            .sum();
        let limit = self.limit_bytes;
        say(&format!("{what}: {sum} of at most {limit} bytes"));
        if sum == 0 {
            bail!("{what} was not built");
        }
        if sum > limit {
            bail!("{what} is over its limit by {} bytes", sum - limit);
        }
        Ok(())
    }

    fn covers(&self, folder: &str, path: &str) -> bool {
        let rest = path.strip_prefix(folder);
        rest.and_then(|rest| rest.strip_prefix('/'))
            .is_some_and(|name| {
                self.starts.iter().any(|start| name.starts_with(start))
                    && self.endings.iter().any(|ending| name.ends_with(ending))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(page: usize, engine: usize) -> Vec<Size> {
        [
            ("pkg/neurocare_bg.wasm", page),
            ("pkg/accounts-12ab.wasm", 155_000),
            ("engine/engine_bg.wasm", engine),
            ("engine-relaxed/engine_bg.wasm", engine),
            ("engine/opening-12ab.wasm", 64_000),
            ("engine-relaxed/opening-12ab.wasm", 64_000),
            ("engine/chunk_4-12ab.wasm", 4_000),
            ("engine-relaxed/chunk_4-12ab.wasm", 4_000),
            ("engine/results-12ab.wasm", 55_000),
            ("engine-relaxed/results-12ab.wasm", 55_000),
            ("engine/bench-12ab.wasm", 12_000),
            ("engine-relaxed/bench-12ab.wasm", 12_000),
            ("decoder/decoder_bg.wasm", 115_000),
            ("weights/unet.safetensors", 1_300_000),
            ("weights/unetpp.safetensors", 1_300_000),
            ("sample/s", 9_000_000),
        ]
        .map(|(path, sent)| Size {
            path: path.into(),
            raw: sent,
            sent,
        })
        .to_vec()
    }

    #[test]
    fn sizes_at_the_limit_pass() {
        check(&site(488_000, 200_000)).unwrap();
    }

    #[test]
    fn one_byte_over_fails_and_says_which() {
        let error = check(&site(488_001, 200_000)).unwrap_err().to_string();
        assert_eq!(
            error,
            "page (scripts, WebAssembly, styles) is over its limit by 1 bytes"
        );
        assert!(check(&site(488_000, 200_001)).is_err());
    }

    #[test]
    fn either_engine_is_held_to_the_limit() {
        for folder in ENGINES {
            let mut sizes = site(1, 200_000);
            let module = format!("{folder}/engine_bg.wasm");
            for size in sizes.iter_mut().filter(|it| it.path == module) {
                size.sent += 1;
            }
            let error = check(&sizes).unwrap_err().to_string();
            assert_eq!(
                error,
                format!("engine (scripts, WebAssembly), in {folder} is over its limit by 1 bytes")
            );
        }
    }

    #[test]
    fn a_missing_module_fails() {
        assert!(check(&site(1, 0)).is_err());
    }
}
