//! What a load balancer asks.

use axum::http::StatusCode;
use serde_json::json;
use server::store::schema;

use crate::service::Service;

#[tokio::test]
async fn a_started_service_is_live_and_ready() {
    let service = Service::start().await;
    assert_eq!(service.get("/livez").await.json(), json!({"status":"live"}));
    let answer = service.get("/readyz").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(
        answer.json(),
        json!({"schema":schema::newest(),"status":"ready"})
    );
}

#[tokio::test]
async fn without_its_database_it_is_live_but_not_ready() {
    let service = Service::start().await;
    service.state.store.close().await;
    assert_eq!(service.get("/livez").await.status, StatusCode::OK);
    let answer = service.get("/readyz").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.json(), json!({"status":"no database"}));
}

#[tokio::test]
async fn with_an_older_schema_it_is_not_ready() {
    let service = Service::start().await;
    service
        .run("DELETE FROM _sqlx_migrations WHERE version > 1")
        .await;
    let answer = service.get("/readyz").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(
        answer.json(),
        json!({"needed":schema::newest(),"schema":1,"status":"wrong schema"})
    );
}

#[tokio::test]
async fn with_the_schema_of_the_next_release_it_goes_on() {
    let service = Service::start().await;
    service
        .run("UPDATE _sqlx_migrations SET version = 99 WHERE version = 1")
        .await;
    assert_eq!(service.get("/readyz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn one_that_was_told_to_stop_is_live_and_not_ready() {
    let service = Service::start().await;
    service.state.stopping.cancel();
    assert_eq!(service.get("/livez").await.status, StatusCode::OK);
    let answer = service.get("/readyz").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.json(), json!({"status":"stopping"}));
}
