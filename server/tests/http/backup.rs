//! Copies of the embedded database, made by the program beside a running server.

use uuid::Uuid;

use crate::analysis::{analysis, document};
use crate::process::{Process, program, put, run};
use crate::service::{Service, mysql};

#[tokio::test]
async fn a_backup_of_a_running_server_is_a_database_with_all_that_was_saved() {
    let service = Service::start_embedded().await;
    let process = Process::start(&service).await;
    let person = process.person().await;
    let (id, saved) = (
        Uuid::now_v7(),
        document(&analysis("Patient 1", "2023-11-24")),
    );
    assert_eq!(put(process.addr, &person, id, &saved).await.unwrap(), 201);

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("it's a backup.sqlite");
    let name = file.to_str().unwrap();
    let made = run(program(&service, &["backup", name])).await;
    let words = String::from_utf8_lossy(&made.stderr);
    assert!(made.status.success(), "{words}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    let before = std::fs::read(&file).unwrap();
    let again = run(program(&service, &["backup", name])).await;
    assert!(!again.status.success());
    let words = String::from_utf8_lossy(&again.stderr);
    assert!(words.contains("exists already"), "{words}");
    assert!(std::fs::read(&file).unwrap() == before);

    let url = format!("sqlite://{}", file.display());
    let restored = Service::start_on(Some(url), &[]).await;
    let documents = "SELECT COUNT(*) FROM documents";
    assert_eq!(restored.count(documents).await, 1);
    let sessions = "SELECT COUNT(*) FROM sessions";
    assert_eq!(restored.count(sessions).await, 1);
    let mut sign_out = program(&service, &["sign-out-all"]);
    sign_out.env("DATABASE_URL", format!("sqlite://{}", file.display()));
    assert!(run(sign_out).await.status.success());
    assert_eq!(restored.count(sessions).await, 0);
}

#[tokio::test]
async fn a_database_that_is_not_there_is_not_backed_up() {
    let service = Service::start_embedded().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.sqlite");
    let mut command = program(&service, &["backup", file.to_str().unwrap()]);
    let other = folder.path().join("other.sqlite");
    command.env("DATABASE_URL", format!("sqlite://{}", other.display()));
    let output = run(command).await;
    assert!(!output.status.success());
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(words.contains("NEUROCARE_DATA"), "{words}");
    assert!(!file.exists());
}

#[tokio::test]
async fn a_database_server_has_a_program_of_its_own_for_backups() {
    if mysql().is_none() {
        return;
    }
    let service = Service::start().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.sqlite");
    let output = run(program(&service, &["backup", file.to_str().unwrap()])).await;
    assert!(!output.status.success());
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(
        words.contains("mariadb-dump --single-transaction"),
        "{words}"
    );
}
