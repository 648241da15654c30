//! The embedded database.

use server::database;

use crate::service::Service;

const INSERT: &str = "INSERT INTO accounts (id, email, email_key, password_hash, name, created_at, updated_at) \
     VALUES (?, ?, ?, '$argon2id$', 'Ana', '2026-11-24 03:00:00.000000', '2026-11-24 03:00:00.000000')";

#[tokio::test]
async fn migrating_again_changes_nothing() {
    let service = Service::start().await;
    let id = [7_u8; 16].as_slice();
    sqlx::query(INSERT)
        .bind(id)
        .bind("Ana@x.org")
        .bind("ana@x.org")
        .execute(service.database())
        .await
        .unwrap();
    assert_eq!(
        database::migrate(service.database()).await.unwrap(),
        database::newest()
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
    let service = Service::start().await;
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
    let service = Service::start().await;
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
    let mut config = Service::start().await.config();
    config.data = folder.path().join("new");
    let (first, second) = (
        database::open(&config).await.unwrap(),
        database::open(&config).await.unwrap(),
    );
    let (one, other) = tokio::join!(database::migrate(&first), database::migrate(&second));
    assert_eq!(one.unwrap(), database::newest());
    assert_eq!(other.unwrap(), database::newest());
}

#[tokio::test]
async fn a_database_of_another_kind_is_refused_with_a_reason() {
    let mut config = Service::start().await.config();
    config.database_url = Some("mysql://user:secret@db/x".into());
    let error = format!("{:#}", database::open(&config).await.unwrap_err());
    assert!(error.contains("must begin with \"sqlite:\""), "{error}");
    assert!(!error.contains("secret"), "{error}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let mut config = Service::start().await.config();
    std::fs::create_dir_all(&config.data).unwrap();
    let file = config.data.join("other.sqlite");
    std::fs::write(
        &file,
        "this is a letter, not a database; it is long enough to be looked at",
    )
    .unwrap();
    config.database_url = Some(format!("sqlite://{}", file.display()));
    assert!(database::open(&config).await.is_err());
}
