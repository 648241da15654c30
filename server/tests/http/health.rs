//! What a load balancer asks.

use axum::http::StatusCode;
use serde_json::json;

use crate::service::Service;

#[tokio::test]
async fn a_started_service_is_live_and_ready() {
    let service = Service::start().await;
    assert_eq!(service.get("/livez").await.json(), json!({"status":"live"}));
    let answer = service.get("/readyz").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json(), json!({"schema":1,"status":"ready"}));
}

#[tokio::test]
async fn without_its_database_it_is_live_but_not_ready() {
    let service = Service::start().await;
    service.database().close().await;
    assert_eq!(service.get("/livez").await.status, StatusCode::OK);
    let answer = service.get("/readyz").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.json(), json!({"status":"no database"}));
}

#[tokio::test]
async fn with_another_schema_it_is_not_ready() {
    let service = Service::start().await;
    sqlx::query("UPDATE _sqlx_migrations SET version = 99")
        .execute(service.database())
        .await
        .unwrap();
    let answer = service.get("/readyz").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(
        answer.json(),
        json!({"needed":1,"schema":99,"status":"wrong schema"})
    );
}
