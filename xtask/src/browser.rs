//! The server on a free port with a database of its own, and the browser tests against it.

use std::env;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use crate::address::free_address;
use crate::command::{find, run};
use crate::progress::say;
use crate::project::Project;
use crate::test::NATIVE;
use crate::wasm::Module;

/// Longest wait for the server to be ready.
const START_LIMIT: Duration = Duration::from_mins(2);

/// What the script ends with that lacks something.
const CANNOT_RUN: i32 = 77;

/// What holds every step of the engine to burn's.
const TRUTH: Module = Module::with_burn("truth", "truth-web");

/// What the tests can drive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Browser {
    /// All of them; without it they fail.
    Chromium,
    /// Those that its automation can do.
    Firefox,
    /// Safari's engine: a few, on the processor.
    WebKit,
}

impl Browser {
    /// The script of `end2end/package.json`.
    fn script(self) -> &'static str {
        match self {
            Self::Chromium => "test",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        }
    }

    /// What tells the tests where the program is.
    fn variable(self) -> &'static str {
        match self {
            Self::Chromium => "NEUROCARE_CHROMIUM",
            Self::Firefox => "NEUROCARE_FIREFOX",
            Self::WebKit => "NEUROCARE_WEBKIT",
        }
    }

    /// The installed program, with all that it takes to drive it.
    pub(crate) fn find(self) -> Option<PathBuf> {
        match self {
            Self::Chromium => find("chromium"),
            Self::Firefox => find("firefox-esr"),
            Self::WebKit => find("WebKitWebDriver")
                .and(find("xvfb-run"))
                .and(find("xauth"))
                .and_then(|_| mini_browser()),
        }
    }
}

/// The small browser that Debian packs with WebKit, in a folder named after the processor.
fn mini_browser() -> Option<PathBuf> {
    Path::new("/usr/lib")
        .read_dir()
        .ok()?
        .filter_map(Result::ok)
        .map(|folder| folder.path().join("webkit2gtk-4.1/MiniBrowser"))
        .find(|path| path.is_file())
}

/// Starts the server, runs the tests in a browser, stops the server. Where a browser other than
/// Chromium is missing, its tests are left out, and that is said.
///
/// # Errors
/// The server does not become ready, or a test fails.
pub(crate) fn test(project: &Project, browser: Browser) -> anyhow::Result<()> {
    let program = browser.find();
    if program.is_none() && browser != Browser::Chromium {
        say(&format!("skipped: there is no {browser:?} on this machine"));
        return Ok(());
    }
    let reference = native_masks(project)?;
    let truth = match browser {
        Browser::Chromium => Some(TRUTH.build(project)?),
        Browser::Firefox | Browser::WebKit => None,
    };
    let server = Server::start(project)?;
    let mut npm = Command::new("npm");
    npm.args(["run", browser.script()])
        .current_dir(project.root.join("end2end"))
        .env("NEUROCARE_URL", format!("http://{}", server.addr))
        .env("NEUROCARE_LETTERS", server.data.join("outbox"))
        .env("NEUROCARE_REFERENCE", &reference)
        .envs(truth.map(|folder| ("NEUROCARE_TRUTH", folder)))
        .envs(program.map(|path| (browser.variable(), path)));
    run(&mut npm)
}

/// Tests the kernels with 16-bit numbers, which Chromium's own software card does not have, on a
/// driver that has them.
///
/// # Errors
/// A test fails. Where the driver cannot be had, that is said, and no error.
pub(crate) fn test_halves(project: &Project) -> anyhow::Result<()> {
    let truth = TRUTH.build(project)?;
    let mut script = Command::new("bash");
    script
        .arg(project.root.join("end2end/f16/run.sh"))
        .env("CARGO_TARGET_DIR", &project.target)
        .env("NEUROCARE_TRUTH", truth);
    match script.status()?.code() {
        Some(0) => Ok(()),
        Some(CANNOT_RUN) => {
            say("skipped: see above");
            Ok(())
        }
        _ => bail!("failed: end2end/f16/run.sh"),
    }
}

/// Masks of the sample by the reference networks, which the browsers' are compared with;
/// the folder they are in.
fn native_masks(project: &Project) -> anyhow::Result<PathBuf> {
    run(project
        .cargo()
        .args(["build", "--bin", "segment"])
        .args(NATIVE))?;
    let program = project.target.join("debug").join("segment");
    let folder = project.target.join("reference");
    let sample = project.root.join("public/sample").read_dir()?;
    let sample: Vec<PathBuf> = sample
        .map(|file| Ok(file?.path()))
        .collect::<std::io::Result<_>>()?;
    for network in ["unet", "unetpp"] {
        let out = folder.join(network);
        let weights = project
            .root
            .join(format!("public/weights/{network}.safetensors"));
        let mut made_of = vec![program.clone(), weights];
        made_of.extend(sample.iter().cloned());
        if is_newer(&out.join("sample/mask.nii"), &made_of) {
            continue;
        }
        let mut segment = Command::new(&program);
        segment
            .current_dir(&project.root)
            .args([
                "public/sample",
                "--engine",
                "burn",
                "--network",
                network,
                "--out",
            ])
            .arg(out);
        run(&mut segment)?;
    }
    Ok(folder)
}

/// Whether a file was made after all of the others.
fn is_newer(made: &Path, of: &[impl AsRef<Path>]) -> bool {
    let time = |path: &Path| path.metadata().and_then(|file| file.modified());
    let is_older = |path: &Path, than| time(path).is_ok_and(|it| it < than);
    time(made).is_ok_and(|made| of.iter().all(|path| is_older(path.as_ref(), made)))
}

/// A running server; dropping it stops it and removes its data.
#[derive(Debug)]
struct Server {
    child: Child,
    addr: SocketAddr,
    data: PathBuf,
}

impl Server {
    fn start(project: &Project) -> anyhow::Result<Self> {
        let addr = free_address()?;
        let data = project.target.join(format!("browser-test-{}", addr.port()));
        fs::create_dir_all(&data)?;
        let mut server = project.server();
        // Whoever runs the tests may have settings for a server of their own.
        for (name, _) in env::vars_os() {
            if is_setting(&name.to_string_lossy()) {
                server.env_remove(name);
            }
        }
        let child = server
            .env("NEUROCARE_SITE", &project.site)
            .env("NEUROCARE_ADDR", addr.to_string())
            .env("NEUROCARE_DATA", &data)
            .env("NEUROCARE_LOG", "warn")
            // The tests play a proxy, to register as many clients (`end2end/support/account.mjs`).
            .env("NEUROCARE_TRUSTED_PROXIES", "127.0.0.1")
            .spawn()
            .context("cannot start the server")?;
        let mut server = Self { child, addr, data };
        server.wait()?;
        Ok(server)
    }

    fn wait(&mut self) -> anyhow::Result<()> {
        let begin = Instant::now();
        while begin.elapsed() < START_LIMIT {
            if let Some(status) = self.child.try_wait()? {
                bail!("the server stopped at its start ({status})");
            }
            if is_ready(self.addr) {
                return Ok(());
            }
            sleep(Duration::from_millis(50));
        }
        bail!("the server was not ready after {} s", START_LIMIT.as_secs())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It holds nothing that is worth a graceful stop; failing to stop or clean up
        // what is gone already is no error.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(Path::new(&self.data));
    }
}

/// Whether a variable sets something of the server.
fn is_setting(name: &str) -> bool {
    name.starts_with("NEUROCARE_") || name == "DATABASE_URL"
}

/// Whether `/readyz` answers 200.
fn is_ready(addr: SocketAddr) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(addr)?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        write!(
            stream,
            "GET /readyz HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n\r\n"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead as _, BufReader};
    use std::net::{Ipv4Addr, TcpListener};
    use std::thread;

    /// Answers one connection with `status`.
    fn answer_once(status: &'static str) -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let addr = listener.local_addr().unwrap();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            // To the end: closing with something unread would reset the connection.
            let lines = BufReader::new(&stream).lines();
            assert!(lines.map(Result::unwrap).any(|line| line.is_empty()));
            write!(stream, "HTTP/1.1 {status}\r\n\r\n").unwrap();
        });
        addr
    }

    #[test]
    fn settings_of_the_server_are_known_by_their_names() {
        assert!(is_setting("NEUROCARE_MODE") && is_setting("DATABASE_URL"));
        assert!(!is_setting("PATH") && !is_setting("CARGO_TARGET_DIR"));
    }

    #[test]
    fn what_was_made_before_its_program_is_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let [mask, program] = ["mask", "program"].map(|name| folder.path().join(name));
        assert!(!is_newer(&mask, &[&program]), "there is none");
        let write = |path: &Path, seconds| {
            let file = fs::File::create(path).unwrap();
            file.set_modified(std::time::UNIX_EPOCH + Duration::from_secs(seconds))
                .unwrap();
        };
        write(&mask, 20);
        write(&program, 10);
        assert!(is_newer(&mask, &[&program]));
        write(&program, 30);
        assert!(!is_newer(&mask, &[&program]));
    }

    #[test]
    fn only_a_200_is_ready() {
        assert!(is_ready(answer_once("200 OK")));
        assert!(!is_ready(answer_once("503 Service Unavailable")));
        assert!(!is_ready(free_address().unwrap()));
    }
}
