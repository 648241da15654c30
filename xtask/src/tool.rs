//! What the tests need on the machine, and installing it with Debian's packages.

use std::path::Path;
use std::process::Command;

use anyhow::bail;

use crate::browser::Browser;
use crate::command::{find, run, succeeds};
use crate::database::mariadb;
use crate::progress::say;
use crate::project::Project;

/// What is to be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// clippy for machines elsewhere.
    Lint,
    /// Unit and integration tests.
    Unit,
    /// Tests on a database server.
    Database,
    /// Browser tests, in Chromium.
    Browser,
    /// Those in Firefox.
    Firefox,
    /// Those in WebKit.
    WebKit,
}

impl Purpose {
    /// Every one.
    pub(crate) const ALL: [Self; 6] = [
        Self::Lint,
        Self::Unit,
        Self::Database,
        Self::Browser,
        Self::Firefox,
        Self::WebKit,
    ];

    /// Those that drive a browser.
    const BROWSERS: [Self; 3] = [Self::Browser, Self::Firefox, Self::WebKit];
}

/// A program or driver, and where it comes from.
#[derive(Debug)]
struct Tool {
    purposes: &'static [Purpose],
    name: &'static str,
    packages: &'static [&'static str],
    present: fn() -> bool,
    /// Whether the tests cannot do without; else they are skipped.
    is_needed: bool,
}

const TOOLS: [Tool; 7] = [
    Tool {
        purposes: &[Purpose::Browser],
        name: "Chromium, for the browser tests",
        packages: &["chromium", "fonts-liberation"],
        present: || Browser::Chromium.find().is_some(),
        is_needed: true,
    },
    Tool {
        purposes: &Purpose::BROWSERS,
        name: "Node.js, for the browser tests",
        packages: &["nodejs"],
        present: || find("node").is_some(),
        is_needed: true,
    },
    Tool {
        purposes: &Purpose::BROWSERS,
        name: "npm, for the browser tests",
        packages: &["npm"],
        present: || find("npm").is_some(),
        is_needed: true,
    },
    Tool {
        purposes: &[Purpose::Firefox],
        name: "Firefox, for the browser tests",
        packages: &["firefox-esr"],
        present: || Browser::Firefox.find().is_some(),
        is_needed: false,
    },
    Tool {
        purposes: &[Purpose::WebKit],
        name: "WebKit and a screen without a monitor, for the browser tests",
        packages: &["webkit2gtk-driver", "xvfb", "xauth"],
        present: || Browser::WebKit.find().is_some(),
        is_needed: false,
    },
    // The programs alone, without the service that Debian starts with `mariadb-server`.
    Tool {
        purposes: &[Purpose::Database],
        name: "MariaDB, for the tests of the server",
        packages: &["mariadb-server-core", "mariadb-client-core"],
        present: mariadb::is_installed,
        is_needed: true,
    },
    Tool {
        purposes: &[Purpose::Unit, Purpose::Firefox],
        name: "a Vulkan driver, for the tests of the GPU path",
        packages: &["mesa-vulkan-drivers", "libvulkan1"],
        present: has_vulkan_driver,
        is_needed: true,
    },
];

/// ARM processors, whose kernels (NEON) the lint step compiles.
pub(crate) const ARM: &str = "aarch64-unknown-linux-gnu";
/// Macs, whose engine runs on Metal, and Windows, on Direct3D 12; the lint step compiles both.
pub(crate) const MAC: &str = "aarch64-apple-darwin";
pub(crate) const WINDOWS: &str = "x86_64-pc-windows-gnu";
/// Where nothing is run by the tests.
pub(crate) const ELSEWHERE: [&str; 3] = [ARM, MAC, WINDOWS];

/// Installs whatever is missing for some purposes, the browser tests' own packages among it.
///
/// # Errors
/// Something is missing and may not be installed; the message has the command to run.
pub(crate) fn install(project: &Project, purposes: &[Purpose]) -> anyhow::Result<()> {
    let (needed, others): (Vec<&Tool>, Vec<&Tool>) = TOOLS
        .iter()
        .filter(|tool| tool.purposes.iter().any(|it| purposes.contains(it)) && !(tool.present)())
        .partition(|tool| tool.is_needed);
    install_tools(&needed)?;
    if let Err(error) = install_tools(&others) {
        say(&format!("going on without: {error:#}"));
    }
    for target in ELSEWHERE {
        if purposes.contains(&Purpose::Lint) && !can_compile_for(project, target) {
            // Nothing that runs here needs it, so a machine without a line does without.
            succeeds(
                Command::new("rustup")
                    .args(["target", "add", target])
                    .current_dir(&project.root),
            );
        }
    }
    if Purpose::BROWSERS.iter().any(|it| purposes.contains(it)) {
        npm_install(&project.root.join("end2end"))?;
    }
    Ok(())
}

fn install_tools(missing: &[&Tool]) -> anyhow::Result<()> {
    if missing.is_empty() {
        return Ok(());
    }
    for tool in missing {
        say(&format!("missing: {}", tool.name));
    }
    let packages: Vec<&str> = missing
        .iter()
        .flat_map(|tool| tool.packages)
        .copied()
        .collect();
    apt_install(&packages)
}

/// Whether Rust's library for a target is there.
pub(crate) fn can_compile_for(project: &Project, target: &str) -> bool {
    let library = crate::command::read(
        Command::new("rustc")
            .args(["--print", "target-libdir", "--target", target])
            .current_dir(&project.root),
    );
    library.is_ok_and(|folder| Path::new(folder.trim()).is_dir())
}

fn has_vulkan_driver() -> bool {
    ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"]
        .iter()
        .filter_map(|folder| Path::new(folder).read_dir().ok())
        .any(|mut entries| entries.next().is_some())
}

/// Runs apt-get as root, if this user may.
fn apt_install(packages: &[&str]) -> anyhow::Result<()> {
    let list = packages.join(" ");
    if find("apt-get").is_none() {
        bail!("please install {list} with this system's package manager, then run this again");
    }
    let is_root = crate::command::read(Command::new("id").arg("-u"))?.trim() == "0";
    let prefix: &[&str] = if is_root {
        &["env"]
    } else if succeeds(Command::new("sudo").args(["-n", "true"])) {
        &["sudo", "-n", "env"]
    } else {
        bail!(
            "this user may not install packages; please run\n    sudo apt-get install -y {list}\nand then this again"
        );
    };
    let apt = |arguments: &[&str]| {
        let (program, rest) = prefix.split_first().unwrap_or((&"env", &[]));
        run(Command::new(program)
            .args(rest)
            .args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"])
            .args(arguments))
    };
    apt(&["update"])?;
    apt(&[&["install", "-y", "--no-install-recommends"], packages].concat())
}

/// Installs what `package-lock.json` names, unless that was done before.
fn npm_install(folder: &Path) -> anyhow::Result<()> {
    let modified = |path: &str| {
        folder
            .join(path)
            .metadata()
            .and_then(|file| file.modified())
    };
    let is_current = match (
        modified("package-lock.json"),
        modified("node_modules/.package-lock.json"),
    ) {
        (Ok(wanted), Ok(installed)) => installed >= wanted,
        _ => false,
    };
    if is_current {
        return Ok(());
    }
    // Debian's browsers are used: nothing needs to fetch others.
    run(Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund"])
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .current_dir(folder))
}
