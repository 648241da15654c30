//! Every check, in order. A failed one does not keep the rest from running, except
//! those that need its result.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::Instant;

use clap::ValueEnum;

use crate::browser::Browser;
use crate::command::{find, run as run_command};
use crate::database::mariadb::MariaDb;
use crate::database::mysql::MySql;
use crate::database::{Database, Engine};
use crate::progress::{Progress, say, seconds};
use crate::project::Project;
use crate::site::Site;
use crate::tool::Purpose;
use crate::{browser, tool};

/// A check. The order is the order of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Step {
    /// Install what is missing.
    Tools,
    /// rustfmt.
    Format,
    /// clippy, for every set of features.
    Lint,
    /// Unit and integration tests.
    Unit,
    /// The server's integration tests again, on a MariaDB of their own.
    Mariadb,
    /// And on a MySQL, where one can be had.
    Mysql,
    /// rustdoc.
    Doc,
    /// The page's WebAssembly module.
    Page,
    /// The engine's WebAssembly module.
    Engine,
    /// The site folder, its sizes under budget.
    Site,
    /// The server.
    Server,
    /// The browser tests, in Chromium.
    Browser,
    /// The engine's 16-bit kernels in Chromium, on a driver that has such numbers, where that can
    /// be had.
    Half,
    /// Many of them in Firefox, where one can be had.
    Firefox,
    /// And a few in WebKit.
    Webkit,
    /// Licences and known vulnerabilities, where cargo-deny is installed.
    Deny,
}

/// Features of the native build, all at once: what every native program and test needs.
pub(crate) const NATIVE: [&str; 3] = [
    "--workspace",
    "--features",
    "model/train,model/cli,model/gpu,app/ssr",
];

/// How many tests a program of them runs at a time, as its harness is told.
const THREADS: &str = "RUST_TEST_THREADS";
const TESTS_AT_A_TIME: &str = "8";

/// What else the crates are built as: package, features, target. The server has no features of its
/// own, and that it compiles without those of [`NATIVE`] is seen when it is built.
const VARIANTS: [(&str, &str, Option<&str>); 11] = [
    ("model", "", None),
    ("model", "cli", None),
    ("model", "train-tui,cli", None),
    ("app", "hydrate", Some("wasm32-unknown-unknown")),
    ("model", "web", Some("wasm32-unknown-unknown")),
    ("model", "truth-web", Some("wasm32-unknown-unknown")),
    ("engine", "", Some("wasm32-unknown-unknown")),
    ("decoder", "", Some("wasm32-unknown-unknown")),
    ("kernel", "", Some(tool::ARM)),
    ("model", "cli,gpu", Some(tool::MAC)),
    ("model", "cli,gpu", Some(tool::WINDOWS)),
];

/// Runs the checks in `only` and what they need; all if it is empty. `false` if one failed.
pub(crate) fn run(project: &Project, only: &[Step]) -> anyhow::Result<bool> {
    let begin = Instant::now();
    let steps = plan(only);
    let purposes = purposes(only, &steps);
    let turn = steps.iter().any(|step| step.builds_site());
    let _turn = turn.then(|| project.turn()).transpose()?;
    let mut progress = Progress::new(steps.len());
    let (mut passed, mut failed, mut left_out) = (0, BTreeSet::new(), BTreeSet::new());
    for step in steps {
        if step.lacks(&failed) || step.lacks(&left_out) {
            progress.leave_out(&step.name(), "because something that it needs failed");
            left_out.insert(step);
            continue;
        }
        match progress.step(&step.name(), || step.run(project, &purposes)) {
            Ok(()) => passed += 1,
            Err(error) => {
                say(&format!(
                    "{error:#}\nAgain: ./neurocare test --only {}",
                    step.name()
                ));
                failed.insert(step);
            }
        }
    }
    say(&format!(
        "\n{passed} steps passed, {} failed, in {}",
        failed.len(),
        seconds(begin.elapsed())
    ));
    for step in &failed {
        say(&format!("failed: {}", step.name()));
    }
    for step in &left_out {
        say(&format!("left out: {}", step.name()));
    }
    Ok(failed.is_empty())
}

/// The wanted steps and what they need, in order.
fn plan(only: &[Step]) -> BTreeSet<Step> {
    if only.is_empty() {
        return Step::value_variants().iter().copied().collect();
    }
    let mut steps = BTreeSet::new();
    let mut open = only.to_vec();
    while let Some(step) = open.pop() {
        if steps.insert(step) {
            open.extend(step.needs());
        }
    }
    steps
}

/// What is to be installed for: the steps, or everything where that was asked for.
fn purposes(only: &[Step], steps: &BTreeSet<Step>) -> Vec<Purpose> {
    if only.contains(&Step::Tools) {
        return Purpose::ALL.to_vec();
    }
    steps.iter().filter_map(|step| step.purpose()).collect()
}

impl Step {
    /// As on the command line.
    fn name(self) -> String {
        self.to_possible_value()
            .map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// Steps that must have passed before.
    fn needs(self) -> &'static [Self] {
        match self {
            Self::Lint | Self::Unit | Self::Mariadb | Self::Mysql => &[Self::Tools],
            Self::Site => &[Self::Page, Self::Engine],
            Self::Half => &[Self::Tools, Self::Site],
            Self::Browser | Self::Firefox | Self::Webkit => {
                &[Self::Tools, Self::Site, Self::Server]
            }
            _ => &[],
        }
    }

    /// Whether a step that it needs is among these.
    fn lacks(self, steps: &BTreeSet<Self>) -> bool {
        self.needs().iter().any(|need| steps.contains(need))
    }

    /// What it needs tools for.
    fn purpose(self) -> Option<Purpose> {
        match self {
            Self::Lint => Some(Purpose::Lint),
            Self::Unit => Some(Purpose::Unit),
            Self::Mariadb | Self::Mysql => Some(Purpose::Database),
            Self::Browser | Self::Half => Some(Purpose::Browser),
            Self::Firefox => Some(Purpose::Firefox),
            Self::Webkit => Some(Purpose::WebKit),
            _ => None,
        }
    }

    /// Whether it makes, or uses, what another clone must not replace meanwhile.
    fn builds_site(self) -> bool {
        matches!(
            self,
            Self::Page
                | Self::Engine
                | Self::Site
                | Self::Server
                | Self::Browser
                | Self::Half
                | Self::Firefox
                | Self::Webkit
        )
    }

    fn run(self, project: &Project, purposes: &[Purpose]) -> anyhow::Result<()> {
        let site = Site::new(project);
        match self {
            Self::Tools => tool::install(project, purposes),
            Self::Format => run_command(project.cargo().args(["fmt", "--all", "--check"])),
            Self::Lint => lint(project),
            Self::Unit => run_command(&mut native_tests(project)),
            Self::Mariadb => on_server(project, &MariaDb),
            Self::Mysql => on_mysql(project),
            Self::Doc => run_command(
                project
                    .cargo()
                    .args(["doc", "--no-deps"])
                    .args(NATIVE)
                    .env("RUSTDOCFLAGS", "-D warnings"),
            ),
            Self::Page => site.build_page(),
            Self::Engine => site.build_engine(),
            Self::Site => site.assemble(),
            Self::Server => project.build_server(),
            Self::Browser => browser::test(project, Browser::Chromium),
            Self::Half => browser::test_halves(project),
            Self::Firefox => browser::test(project, Browser::Firefox),
            Self::Webkit => browser::test(project, Browser::WebKit),
            Self::Deny => deny(project),
        }
    }
}

fn lint(project: &Project) -> anyhow::Result<()> {
    let clippy = |adjust: &dyn Fn(&mut Command)| {
        let mut command = project.cargo();
        command.arg("clippy");
        adjust(&mut command);
        run_command(command.args(["--", "-D", "warnings"]))
    };
    clippy(&|command| {
        command.args(NATIVE).arg("--all-targets");
    })?;
    for (package, features, target) in VARIANTS {
        if let Some(target) = target
            && tool::ELSEWHERE.contains(&target)
            && !tool::can_compile_for(project, target)
        {
            say(&format!(
                "skipped: {package} for {target} (rustup target add {target})"
            ));
            continue;
        }
        clippy(&|command| {
            command.args(["--package", package, "--features", features]);
            if let Some(target) = target {
                command.args(["--target", target]);
            }
        })?;
    }
    Ok(())
}

/// The tests, more at a time than there are processors: most of the server's wait for time to pass.
fn native_tests(project: &Project) -> Command {
    let mut command = project.cargo();
    command.arg("test").args(NATIVE);
    if std::env::var_os(THREADS).is_none() {
        command.env(THREADS, TESTS_AT_A_TIME);
    }
    command
}

/// The tests that ran on SQLite in an earlier step, from the same build.
fn on_server(project: &Project, engine: &impl Engine) -> anyhow::Result<()> {
    let server = Database::start(engine)?;
    run_command(
        native_tests(project)
            .args(["--test", "http"])
            .env(Database::VARIABLE, server.url()),
    )
}

fn on_mysql(project: &Project) -> anyhow::Result<()> {
    match MySql::find(project) {
        Ok(mysql) => on_server(project, &mysql),
        // Few systems still have packages of it; MariaDB was tested in any case.
        Err(error) => {
            say(&format!("skipped: {error:#}"));
            Ok(())
        }
    }
}

fn deny(project: &Project) -> anyhow::Result<()> {
    if find("cargo-deny").is_none() {
        say("skipped: cargo-deny is not installed (cargo install cargo-deny)");
        return Ok(());
    }
    run_command(project.cargo().args(["deny", "check"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_choice_everything_runs() {
        assert_eq!(plan(&[]).len(), Step::value_variants().len());
    }

    #[test]
    fn the_browser_tests_bring_what_they_need_and_no_more() {
        let steps: Vec<Step> = plan(&[Step::Browser]).into_iter().collect();
        assert_eq!(
            steps,
            [
                Step::Tools,
                Step::Page,
                Step::Engine,
                Step::Site,
                Step::Server,
                Step::Browser
            ]
        );
    }

    #[test]
    fn what_needs_tools_has_them_installed_before() {
        for &step in Step::value_variants() {
            let is_installed = plan(&[step]).contains(&Step::Tools);
            assert!(step.purpose().is_none() || is_installed, "{step:?}");
        }
    }

    #[test]
    fn some_steps_install_no_more_than_they_need() {
        let chosen = |only: &[Step]| purposes(only, &plan(only));
        assert_eq!(chosen(&[Step::Lint]), [Purpose::Lint]);
        assert_eq!(chosen(&[Step::Unit]), [Purpose::Unit]);
        assert_eq!(chosen(&[Step::Browser]), [Purpose::Browser]);
        for everything in [&[][..], &[Step::Tools]] {
            let chosen = chosen(everything);
            assert!(Purpose::ALL.iter().all(|purpose| chosen.contains(purpose)));
        }
    }

    #[test]
    fn nothing_needs_a_later_step() {
        for step in Step::value_variants() {
            assert!(step.needs().iter().all(|need| need < step));
        }
    }
}
