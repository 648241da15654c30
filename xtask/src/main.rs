//! The build tool. `./neurocare` makes sure that Rust is there and calls it.
//!
//! | module | what |
//! |---|---|
//! | [`project`] | where things lie |
//! | [`command`] | running other programs, with errors that say what to do |
//! | [`progress`] | one line a step, with its time |
//! | [`tool`] | what must be installed, and installing it |
//! | [`wasm`] | one WebAssembly module: compile, bind |
//! | [`site`] | the folder that the server serves |
//! | [`compress`] | brotli siblings, kept between builds |
//! | [`shipped`] | the crates that become part of what is passed on |
//! | [`notices`] | what their licences ask to be passed on |
//! | [`sbom`] | the software bill of materials |
//! | [`budget`] | sizes, and the limits that they must keep |
//! | [`mod@test`] | every check, in order |
//! | [`database`] | a MariaDB or MySQL server for the tests, thrown away afterwards |
//! | [`address`] | where servers listen that are started for tests |
//! | [`browser`] | the server and the browser tests against it |

mod address;
mod browser;
mod budget;
mod command;
mod compress;
mod database;
mod notices;
mod progress;
mod project;
mod sbom;
mod shipped;
mod site;
mod test;
mod tool;
mod wasm;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::progress::{Progress, say};
use crate::project::Project;
use crate::site::Site;
use crate::test::Step;
use crate::tool::Purpose;
use crate::wasm::Module;

/// Builds, serves and tests NeuroCare AI.
#[derive(Debug, Parser)]
#[command(name = "neurocare", bin_name = "./neurocare")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Build everything and serve it on port 3000 of this machine (`NEUROCARE_ADDR` chooses another
    /// address).
    Serve,
    /// Set up for, and run, every test.
    Test {
        /// Only these steps, and what they need.
        #[arg(long, value_enum, value_delimiter = ',')]
        only: Vec<Step>,
    },
    /// Install what the tests need.
    Setup,
    /// Build the site folder only: the WebAssembly modules, styles, public files.
    Site,
    /// Build the site and the server, and stop.
    Build,
    /// Print the software bill of materials: what is built into the site and the server.
    Sbom,
    /// Build the module that compares the engine with burn in a browser
    /// (`end2end/bench/against-burn.mjs`).
    AgainstBurn,
}

fn main() -> ExitCode {
    match run(&Arguments::parse().task) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            say(&format!("neurocare: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Runs a task; `false` if a test failed.
fn run(task: &Task) -> anyhow::Result<bool> {
    let project = Project::find()?;
    match task {
        Task::Setup => {
            let mut progress = Progress::new(1);
            progress.step("tools", || tool::install(&project, &Purpose::ALL))?;
        }
        Task::Site => {
            let _turn = project.turn()?;
            build_site(&project, &mut Progress::new(3))?;
        }
        Task::Build => {
            let _turn = project.turn()?;
            let mut progress = Progress::new(4);
            build_site(&project, &mut progress)?;
            progress.step("server", || project.build_server())?;
        }
        Task::Sbom => say(&sbom::text(&project)?),
        Task::AgainstBurn => {
            let _turn = project.turn()?;
            Progress::new(1).step("engine and burn (WebAssembly)", || {
                AGAINST_BURN.build(&project)
            })?;
        }
        Task::Serve => {
            let turn = project.turn()?;
            let mut progress = Progress::new(4);
            build_site(&project, &mut progress)?;
            progress.step("server", || project.build_server())?;
            drop(turn);
            project.become_server()?;
        }
        Task::Test { only } => return test::run(&project, only),
    }
    Ok(true)
}

/// What times the engine beside burn.
const AGAINST_BURN: Module = Module::with_burn("against_burn", "against-burn-web");

fn build_site(project: &Project, progress: &mut Progress) -> anyhow::Result<()> {
    let site = Site::new(project);
    progress.step("page (WebAssembly)", || site.build_page())?;
    progress.step("engine (WebAssembly)", || site.build_engine())?;
    progress.step("site", || site.assemble())
}
