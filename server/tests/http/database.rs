//! The database: opening it and bringing its schema up to date.

use serde_json::json;
use server::store::{Store, StoreError, schema};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, MySqlConnection};
use uuid::Uuid;

use crate::analysis::{analysis, document};
use crate::person::PASSWORD;
use crate::service::{Service, mysql, new_database};

const INSERT: &str = "INSERT INTO accounts (id, email, email_key, password_hash, name, created_at, updated_at) \
     VALUES (?, ?, ?, '$argon2id$', 'Ana', '2026-11-24 03:00:00.000000', '2026-11-24 03:00:00.000000')";

#[tokio::test]
async fn migrating_again_changes_nothing() {
    let service = Service::start_embedded().await;
    let id = [7_u8; 16].as_slice();
    sqlx::query(INSERT)
        .bind(id)
        .bind("Ana@x.org")
        .bind("ana@x.org")
        .execute(service.database())
        .await
        .unwrap();
    assert_eq!(
        schema::migrate(&service.state.store).await.unwrap(),
        schema::newest()
    );
    let (kept, at): (Vec<u8>, String) = sqlx::query_as("SELECT id, created_at FROM accounts")
        .fetch_one(service.database())
        .await
        .unwrap();
    assert_eq!(
        (kept.as_slice(), at.as_str()),
        (id, "2026-11-24 03:00:00.000000")
    );
}

#[tokio::test]
async fn an_address_has_one_account() {
    let service = Service::start_embedded().await;
    let add = |id: u8, email: &'static str| {
        sqlx::query(INSERT)
            .bind(vec![id; 16])
            .bind(email)
            .bind("ana@x.org")
            .execute(service.database())
    };
    add(1, "ana@x.org").await.unwrap();
    let error = add(2, "ANA@x.org").await.unwrap_err();
    assert!(error.as_database_error().unwrap().is_unique_violation());
}

#[tokio::test]
async fn readers_go_on_beside_a_writer_and_foreign_keys_hold() {
    let service = Service::start_embedded().await;
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode")
        .fetch_one(service.database())
        .await
        .unwrap();
    assert_eq!(mode, "wal");
    let keys: i64 = sqlx::query_scalar("PRAGMA foreign_keys")
        .fetch_one(service.database())
        .await
        .unwrap();
    assert_eq!(keys, 1);
}

#[tokio::test]
async fn two_that_migrate_a_new_database_at_once_both_succeed() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Service::start_embedded().await.config();
    config.data = folder.path().join("new");
    config.database_url = new_database().await;
    let stores = [
        Store::open(&config).await.unwrap(),
        Store::open(&config).await.unwrap(),
        Store::open(&config).await.unwrap(),
    ];
    let [first, second, third] = &stores;
    let versions = tokio::join!(
        schema::migrate(first),
        schema::migrate(second),
        schema::migrate(third)
    );
    for version in <[_; 3]>::from(versions) {
        assert_eq!(version.unwrap(), schema::newest());
    }
    assert_eq!(schema::version(first).await.unwrap(), schema::newest());
}

/// A connection remembers how its database compared text when it was opened.
#[tokio::test]
async fn text_is_compared_exactly_whichever_connections_were_open_before() {
    let Some(url) = new_database().await else {
        return;
    };
    let mut config = Service::start_embedded().await.config();
    config.database_url = Some(url);
    let store = Store::open(&config).await.unwrap();
    let Store::MySql(pool) = &store else {
        panic!("not the server that was asked for")
    };
    let before = (pool.acquire().await.unwrap(), pool.acquire().await.unwrap());
    drop(before);
    schema::migrate(&store).await.unwrap();
    let others: Vec<String> = sqlx::query_scalar(
        "SELECT CONCAT(table_name, '.', column_name) FROM information_schema.columns \
         WHERE table_schema = DATABASE() AND collation_name <> 'utf8mb4_bin'",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    assert_eq!(others, [""; 0]);
}

/// `mariadb NAME < FILE` makes the tables of the backup in a database that somebody has just made.
#[tokio::test]
async fn what_a_restored_database_gets_later_is_compared_exactly_too() {
    if mysql().is_none() {
        return;
    }
    let service = Service::start().await;
    service
        .run("ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
        .await;
    schema::migrate(&service.state.store).await.unwrap();
    let exact = "SELECT COUNT(*) FROM information_schema.schemata \
                 WHERE schema_name = DATABASE() AND default_collation_name = 'utf8mb4_bin'";
    assert_eq!(service.count(exact).await, 1);
}

#[tokio::test]
async fn a_database_that_was_never_migrated_has_no_version() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Service::start_embedded().await.config();
    config.data = folder.path().join("new");
    config.database_url = new_database().await;
    let store = Store::open(&config).await.unwrap();
    assert_eq!(schema::version(&store).await.unwrap(), 0);
}

#[tokio::test]
async fn a_database_that_does_not_say_its_version_is_not_taken_for_a_new_one() {
    let service = Service::start().await;
    service
        .run("ALTER TABLE _sqlx_migrations RENAME COLUMN success TO succeeded")
        .await;
    let version = schema::version(&service.state.store).await;
    assert!(matches!(version, Err(StoreError::Faulty(_))), "{version:?}");
}

#[tokio::test]
async fn a_database_of_another_kind_is_refused_with_a_reason() {
    let mut config = Service::start_embedded().await.config();
    config.database_url = Some("postgres://user:secret@db/x".into());
    let error = format!("{:#}", Store::open(&config).await.unwrap_err());
    assert!(
        error.contains("must begin with \"sqlite:\", \"mysql:\" or \"mariadb:\""),
        "{error}"
    );
    assert!(!error.contains("secret"), "{error}");
}

#[tokio::test]
async fn the_tests_run_on_the_engine_that_is_asked_for() {
    let service = Service::start().await;
    let is_server = matches!(service.state.store, Store::MySql(_));
    assert_eq!(is_server, mysql().is_some());
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let mut config = Service::start_embedded().await.config();
    std::fs::create_dir_all(&config.data).unwrap();
    let file = config.data.join("other.sqlite");
    std::fs::write(
        &file,
        "this is a letter, not a database; it is long enough to be looked at",
    )
    .unwrap();
    config.database_url = Some(format!("sqlite://{}", file.display()));
    assert!(Store::open(&config).await.is_err());
}

/// Production refuses a login without one, and MySQL 8 and later check it in a way of their own.
#[tokio::test]
async fn a_login_with_a_password_opens_a_database_server() {
    let Some(url) = new_database().await else {
        return;
    };
    let (_, name) = url.rsplit_once('/').unwrap();
    let login = name.replace("test_", "l");
    let login = &login[..30];
    let mut root = MySqlConnection::connect(&url).await.unwrap();
    for statement in [
        format!("CREATE USER {login}@'%' IDENTIFIED BY 'uGh3yiuCh6ie'"),
        format!("GRANT ALL ON {name}.* TO {login}@'%'"),
    ] {
        root.execute(AssertSqlSafe(statement)).await.unwrap();
    }
    let mut config = Service::start_embedded().await.config();
    config.database_url = Some(url.replace("root@", &format!("{login}:uGh3yiuCh6ie@")));
    let store = Store::open(&config).await.unwrap();
    assert_eq!(schema::migrate(&store).await.unwrap(), schema::newest());
}

#[cfg(unix)]
#[tokio::test]
async fn asvs_14_2_4_the_embedded_database_is_for_this_user_alone() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new.sqlite");
    let mut config = Service::start_embedded().await.config();
    config.database_url = Some(format!("sqlite://{}", file.display()));
    for round in ["made", "closed to others"] {
        let store = Store::open(&config).await.unwrap();
        schema::migrate(&store).await.unwrap();
        for entry in folder.path().read_dir().unwrap() {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{:?} {round}", entry.file_name());
        }
        store.close().await;
        set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    }
}

#[tokio::test]
async fn what_was_deleted_is_overwritten_where_that_costs_nothing() {
    let service = Service::start_embedded().await;
    let ada = service.person("ada@example.org").await;
    service.person("eve@example.org").await;
    let id = Uuid::now_v7();
    for (id, label) in [(id, "Patient Zero"), (Uuid::now_v7(), "Patient One")] {
        let saved = document(&analysis(label, "2023-11-24"));
        assert_eq!(ada.put(id, &saved).await.status, 201);
    }
    ada.ask("history/delete", json!({ "id": id })).await.ok();
    ada.ask("account/delete", json!({ "password": PASSWORD }))
        .await
        .ok();
    service.state.post.finish().await;
    service.state.store.close().await;
    let file = service.config().data.join("neurocare.sqlite");
    let bytes = std::fs::read(file).unwrap();
    let holds = |text: &str| {
        bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    assert!(holds("eve@example.org"));
    for deleted in ["Patient Zero", "Patient One", "ada@example.org"] {
        assert!(!holds(deleted), "{deleted}");
    }
}

/// A server says so before it closes a connection that was idle for long (MySQL: 4031), or does
/// not.
#[tokio::test]
async fn connections_that_the_server_has_closed_as_idle_are_not_used() {
    let service = Service::start().await;
    let Store::MySql(pool) = &service.state.store else {
        return;
    };
    let browser = service.person("ada@example.org").await;
    let mut all = Vec::new();
    for _ in 0..4 {
        let mut connection = pool.acquire().await.unwrap();
        let limit = "SET SESSION wait_timeout = 1";
        connection.execute(limit).await.unwrap();
        all.push(connection);
    }
    drop(all);
    tokio::time::sleep(std::time::Duration::from_millis(2500)).await;
    for _ in 0..8 {
        let answer = browser.ask("account/profile", json!({})).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
}
