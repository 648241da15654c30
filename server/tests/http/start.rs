//! The program's start: what it refuses, what it only warns of.

use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::process::{Process, program, run};
use crate::service::{Service, new_database};

#[tokio::test]
async fn a_server_does_not_start_on_a_shared_database_with_an_older_schema() {
    let Some(url) = new_database().await else {
        return;
    };
    let service = Service::start_embedded().await;
    let mut command = program(&service, &["serve"]);
    command.env("DATABASE_URL", url);
    let output = run(command).await;
    assert!(!output.status.success());
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(words.contains("run `server migrate` first"), "{words}");
}

#[tokio::test]
async fn asvs_13_1_production_does_not_start_with_settings_for_trying_out() {
    let service = Service::start_embedded().await;
    let mut command = program(&service, &["serve"]);
    command.env("NEUROCARE_MODE", "production");
    let output = run(command).await;
    assert!(!output.status.success());
    let words = String::from_utf8_lossy(&output.stderr);
    for name in [
        "NEUROCARE_BEHIND_TLS",
        "NEUROCARE_TRUSTED_PROXIES",
        "NEUROCARE_SMTP_URL",
    ] {
        assert!(words.contains(name), "{words}");
    }
}

/// The release before is put back where the new one does not do.
#[tokio::test]
async fn a_schema_of_a_newer_release_is_warned_of_and_served() {
    let service = Service::start().await;
    service
        .run(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             VALUES (9999, 'of a newer release', TRUE, X'00', 0)",
        )
        .await;
    let (process, log) = Process::start_with_log(program(&service, &["serve"])).await;
    assert!(log.contains("schema of a newer release"), "{log}");
    process.person().await;
    let ready = process.send("GET /readyz HTTP/1.1", "", b"").await;
    assert_eq!(ready.unwrap().status, 200);
}

#[tokio::test]
async fn a_server_whose_port_is_taken_leaves_the_database_as_it_is() {
    let service = Service::start_embedded().await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new.sqlite");
    for (port, reason) in [
        ("NEUROCARE_ADDR", "is another server running?"),
        ("NEUROCARE_METRICS_ADDR", "for figures"),
    ] {
        let mut command = program(&service, &["serve"]);
        command
            .env("DATABASE_URL", format!("sqlite://{}", file.display()))
            .env(port, taken.local_addr().unwrap().to_string());
        let output = run(command).await;
        assert!(!output.status.success(), "{port}");
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(words.contains(reason), "{words}");
        assert!(!file.exists(), "{port}");
    }
}

/// Safe to bind: it ends with the test, and its database is empty.
#[tokio::test]
async fn a_trial_that_others_reach_without_tls_is_warned_of() {
    let service = Service::start_embedded().await;
    let warning = "drop the session's cookie";
    for (addr, is_warned) in [("127.0.0.1:0", false), ("0.0.0.0:0", true)] {
        let mut command = program(&service, &["serve"]);
        command.env("NEUROCARE_ADDR", addr);
        let (_process, log) = Process::start_with_log(command).await;
        assert_eq!(log.contains(warning), is_warned, "{addr}: {log}");
    }
}

#[tokio::test]
async fn asvs_13_1_a_trial_behind_https_is_warned_of() {
    let service = Service::start_embedded().await;
    let mut command = program(&service, &["serve"]);
    command.env("NEUROCARE_BEHIND_TLS", "true");
    let (_process, log) = Process::start_with_log(command).await;
    assert!(log.contains("NEUROCARE_MODE is not production"), "{log}");
    assert!(log.contains("NEUROCARE_SMTP_URL is missing"), "{log}");
}

/// Files of variables list what is not set, too.
#[tokio::test]
async fn an_empty_variable_is_as_good_as_none() {
    let service = Service::start_embedded().await;
    let mut command = program(&service, &["serve"]);
    for name in [
        "DATABASE_URL",
        "NEUROCARE_DATABASE_CONNECTIONS",
        "NEUROCARE_MODE",
        "NEUROCARE_PUBLIC_URL",
        "NEUROCARE_BEHIND_TLS",
        "NEUROCARE_TRUSTED_PROXIES",
        "NEUROCARE_TRUST_WIDE_NETWORKS",
        "NEUROCARE_SMTP_URL",
        "NEUROCARE_CONFIRM_ADDRESSES",
        "NEUROCARE_REGISTRATION",
        "NEUROCARE_STORAGE_TOTAL_MIB",
        "NEUROCARE_LETTERS_FROM",
        "NEUROCARE_OPERATOR",
        "NEUROCARE_CONTACT",
        "NEUROCARE_DRAIN_SECS",
        "NEUROCARE_METRICS_ADDR",
        "NEUROCARE_LOG",
        "NEUROCARE_LOG_FORMAT",
    ] {
        command.env(name, "");
    }
    let (process, _log) = Process::start_with_log(command).await;
    process.person().await;
    assert_eq!(service.count("SELECT COUNT(*) FROM accounts").await, 1);
    assert_eq!(service.letters(1).await.len(), 1);
}

#[tokio::test]
async fn a_proxy_whose_header_cannot_be_read_is_warned_of_once() {
    let service = Service::start_embedded().await;
    let mut command = program(&service, &["serve"]);
    command.env("NEUROCARE_TRUSTED_PROXIES", "127.0.0.1");
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut log = String::new();
    let addr = loop {
        let line = lines.next_line().await.unwrap().expect("a started server");
        if let Some((_, addr)) = line.split_once("NeuroCare AI is at http://") {
            break addr.trim().parse().unwrap();
        }
    };
    let process = Process { child, addr };
    for written in ["198.51.100.7:80", "unknown", "unknown"] {
        let head = format!("GET /api/analyses/none HTTP/1.1\r\nx-forwarded-for: {written}");
        process.send(&head, "", b"").await.unwrap();
    }
    let mut answers = 0;
    while answers < 3 {
        let line = lines.next_line().await.unwrap().expect("a running server");
        answers += usize::from(line.contains("answered"));
        log.push_str(&line);
    }
    let warnings = log.matches("X-Forwarded-For that cannot be read").count();
    assert_eq!(warnings, 1, "{log}");
}

/// A balancer that has not heard of it yet still sends people there.
#[cfg(unix)]
#[tokio::test]
async fn a_server_that_was_told_to_stop_says_so_for_a_while_and_takes_connections_meanwhile() {
    let service = Service::start_embedded().await;
    let mut command = program(&service, &["serve"]);
    command.env("NEUROCARE_DRAIN_SECS", "5");
    let (mut server, _) = Process::start_with_log(command).await;
    let ready = async |server: &Process| {
        let reply = server.send("GET /readyz HTTP/1.1", "", b"").await;
        reply.map(|reply| reply.status)
    };
    assert_eq!(ready(&server).await.unwrap(), 200);
    let id = server.child.id().unwrap().to_string();
    let told = std::process::Command::new("kill")
        .args(["-TERM", &id])
        .status();
    assert!(told.unwrap().success());
    let begin = std::time::Instant::now();
    while ready(&server).await.unwrap() == 200 {
        assert!(begin.elapsed().as_secs() < 4, "it does not say so");
    }
    let reply = server.send("GET /livez HTTP/1.1", "", b"").await;
    assert_eq!(reply.unwrap().status, 200);
    let limit = std::time::Duration::from_mins(1);
    let ended = tokio::time::timeout(limit, server.child.wait()).await;
    assert!(ended.unwrap().unwrap().success());
    assert!(begin.elapsed().as_secs() >= 4);
}
