//! Running other programs.

use std::env;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, bail};

/// Runs a program to its end, its output going straight through.
///
/// # Errors
/// It cannot be started, or ends with a failure; the message holds the command line.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let line = line(command);
    let status = command.status().map_err(|error| match error.kind() {
        ErrorKind::NotFound => anyhow::anyhow!(
            "{} is not installed",
            command.get_program().to_string_lossy()
        ),
        _ => anyhow::Error::new(error).context(format!("cannot start: {line}")),
    })?;
    if !status.success() {
        bail!("failed ({status}): {line}");
    }
    Ok(())
}

/// Runs a program and returns what it printed.
///
/// # Errors
/// As [`run`], or the output is not UTF-8.
pub(crate) fn read(command: &mut Command) -> anyhow::Result<String> {
    let line = line(command);
    let output = command
        .output()
        .with_context(|| format!("cannot start: {line}"))?;
    if !output.status.success() {
        bail!(
            "failed ({}): {line}\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
    }
    String::from_utf8(output.stdout).with_context(|| format!("unreadable output: {line}"))
}

/// Whether a program runs and succeeds, its output thrown away.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

/// Where a program lies on the `PATH`.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}

fn line(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_is_named() {
        let error = run(&mut Command::new("no-such-program")).unwrap_err();
        assert_eq!(error.to_string(), "no-such-program is not installed");
    }

    #[test]
    fn a_failing_program_shows_its_command_line() {
        let error = run(Command::new("sh").args(["-c", "exit 3"])).unwrap_err();
        assert!(error.to_string().ends_with(": sh -c exit 3"), "{error}");
    }

    #[test]
    fn output_comes_back() {
        assert_eq!(read(Command::new("echo").arg("hello")).unwrap(), "hello\n");
    }
}
