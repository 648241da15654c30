//! The figures of a saved analysis as files.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use model::calliper::{Calliper, Crossing, Enclosed};
use model::finding::{Finding, Rejected, Segment};
use model::protocol::Summary;
use model::saved::{Saved, SavedSlice};
use model::settings::Settings;
use serde_json::json;
use uuid::Uuid;

use crate::analysis::{analysis, document};
use crate::person::Browser;
use crate::service::{Answer, Service};

const ADA: &str = "ada@example.org";

fn finding(slice: usize, confidence: f32) -> Finding {
    let line = Segment {
        from: (10.0, 20.0),
        to: (13.0, 24.0),
    };
    Finding {
        slice,
        lesion: 1,
        area_px: 20,
        area_mm2: Some(9.8),
        longest: line,
        longest_mm: Some(6.5),
        longest_px: 8.0,
        perpendicular: line,
        perpendicular_mm: None,
        perpendicular_px: 4.0,
        mean_value: -31.25,
        confidence,
        centre: (10.0, 20.5),
    }
}

/// Two slices, on the second of which the reader has corrected and drawn something, a rejected
/// finding and a line.
fn read_by_somebody(label: &str) -> Saved {
    let mut saved = analysis(label, "2023-11-24");
    let corrected = SavedSlice {
        slice: 2,
        histogram: [3; 10],
        is_corrected: true,
        ..saved.slices[0].clone()
    };
    saved.slices.push(corrected);
    saved.summary.findings = vec![finding(1, 0.9), finding(2, 0.75), finding(2, 0.0)];
    saved.rejected = vec![Rejected::new(finding(1, 0.6), &[7])];
    saved.lines = vec![Calliper {
        slice: 0,
        from: (10.5, 20.5),
        to: (13.5, 24.5),
        enclosed: None,
        crossing: None,
    }];
    saved
}

async fn save(browser: &Browser<'_>, saved: &Saved) -> Uuid {
    let id = Uuid::now_v7();
    let answer = browser.put(id, &document(saved)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    id
}

async fn file(browser: &Browser<'_>, id: Uuid, kind: &str) -> Answer {
    let path = format!("/api/analyses/{id}/findings.{kind}");
    browser.get(&path).await
}

/// The table of an analysis, cell by cell; no text in it has a comma.
async fn table(browser: &Browser<'_>, id: Uuid) -> Vec<Vec<String>> {
    let answer = file(browser, id, "csv").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    // Spreadsheets know UTF-8 by its mark.
    let text = answer.text().strip_prefix('\u{feff}').unwrap();
    let lines = text.split_terminator("\r\n");
    lines
        .map(|line| line.split(',').map(str::to_owned).collect())
        .collect()
}

#[tokio::test]
async fn the_table_says_of_every_finding_what_is_known_of_it() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let id = save(&ada, &read_by_somebody("Patient 1")).await;
    let table = table(&ada, id).await;
    let column = |name: &str| -> Vec<&str> {
        let place = table[0].iter().position(|it| it == name).unwrap();
        table[1..].iter().map(|line| line[place].as_str()).collect()
    };
    assert_eq!(
        column("status"),
        [
            "marked",
            "marked or corrected",
            "drawn",
            "rejected",
            "measured"
        ]
    );
    assert_eq!(column("slice"), ["2", "3", "3", "2", "1"]);
    assert_eq!(column("row"), ["11.0", "11.0", "11.0", "11.0", "12.5"]);
    assert_eq!(
        column("longest_mm"),
        ["6.50", "6.50", "6.50", "6.50", "3.50"]
    );
    assert_eq!(column("confidence"), ["0.900", "0.750", "", "0.600", ""]);
    assert_eq!(column("lesion_volume_mm3")[0], "500.00");
    let network = "U-Net 2023-11-20";
    assert_eq!(column("network"), [network, network, network, network, ""]);
    for unsaved in ["x_mm", "y_mm", "z_mm"] {
        assert_eq!(column(unsaved), [""; 5], "{unsaved}");
    }
    assert_eq!(column("examined_on"), ["2023-11-24"; 5]);
    assert_eq!(column("label"), ["Patient 1"; 5]);
}

#[tokio::test]
async fn an_ellipse_is_told_with_what_it_enclosed_when_it_was_saved() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let mut saved = read_by_somebody("Patient 1");
    saved.lines.push(Calliper {
        slice: 1,
        from: (10.5, 20.5),
        to: (14.5, 26.5),
        enclosed: Some(Enclosed {
            area_px: 20,
            mean_value: -642.25,
            sd_value: Some(31.5),
            min_value: -710,
            max_value: -530,
        }),
        crossing: None,
    });
    let id = save(&ada, &saved).await;
    let table = table(&ada, id).await;
    let last = table.last().unwrap();
    let cell = |name: &str| {
        let place = table[0].iter().position(|it| it == name).unwrap();
        last[place].as_str()
    };
    let names = ["status", "slice", "area_px", "mean_value", "sd_value"];
    let expected = ["ellipse", "2", "20", "-642.2", "31.50"];
    assert_eq!(names.map(cell), expected);
    assert_eq!(["min_value", "max_value"].map(cell), ["-710", "-530"]);
    let json = file(&ada, id, "json").await.ok();
    assert_eq!(json["measured"].as_array().unwrap().len(), 1);
    assert_eq!(json["ellipses"][0]["max_value"], -530);
}

#[tokio::test]
async fn a_line_with_two_axes_is_told_with_both_and_their_mean() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let mut saved = read_by_somebody("Patient 1");
    // Along a row, crossed by a longer one.
    saved.lines = vec![Calliper {
        slice: 1,
        from: (10.5, 20.5),
        to: (10.5, 26.5),
        enclosed: None,
        crossing: Some(Crossing {
            along: 0.0,
            first: 5.0,
            second: -3.0,
        }),
    }];
    let mm = saved.spacing.unwrap();
    let short = 6.0 * mm.col_mm;
    let id = save(&ada, &saved).await;
    let table = table(&ada, id).await;
    let last = table.last().unwrap();
    let cell = |name: &str| {
        let place = table[0].iter().position(|it| it == name).unwrap();
        last[place].as_str()
    };
    assert_eq!((cell("status"), cell("longest_mm")), ("measured", "8.00"));
    assert_eq!(cell("perpendicular_mm"), format!("{short:.2}"));
    let mean = f32::midpoint(8.0, short);
    assert_eq!(cell("mean_diameter_mm"), format!("{mean:.2}"));
    let json = file(&ada, id, "json").await.ok();
    let told = json["measured"][0]["short_axis"]["mean_diameter_mm"].as_f64();
    assert!((told.unwrap() - f64::from(mean)).abs() < 1e-4);
}

#[tokio::test]
async fn the_json_has_the_figures_and_with_what_they_were_made() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let saved = read_by_somebody("Patient 1");
    let id = save(&ada, &saved).await;
    let answer = file(&ada, id, "json").await;
    assert_eq!(answer.header("content-type"), "application/json");
    let json = answer.ok();
    assert_eq!(json["engine"]["weights_version"], "2023-11-20");
    let settings: Settings = serde_json::from_value(json["settings"].clone()).unwrap();
    assert_eq!(settings, saved.settings);
    let summary: Summary = serde_json::from_value(json["summary"].clone()).unwrap();
    assert_eq!(summary, saved.summary);
    let rejected: Vec<Finding> = serde_json::from_value(json["rejected"].clone()).unwrap();
    assert_eq!(rejected, [finding(1, 0.6)]);
    assert_eq!(json["slices_without_lung"], json!([1]));
    assert_eq!(json["corrected_slices"], json!([2]));
    assert_eq!(json["measured"][0]["length_px"], 5.0);
    assert_eq!(json["scan"]["slices"], 3);
    assert_eq!(json["scan"]["slice_spacing_mm"], 1.25);
    assert_eq!(json["scan"]["patient_from_voxel"], json!(null));
    assert_eq!(json["scan"]["slice_positions_mm"], json!([]));
}

#[tokio::test]
async fn files_are_named_by_label_and_day_as_they_are_now() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let id = save(&ada, &read_by_somebody("Before")).await;
    let now = json!({ "id": id, "label": "Ärztin \"7\"; x", "examined_on": "2023-10-01" });
    ada.ask("history/change", now).await.ok();
    let csv = file(&ada, id, "csv").await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(csv.header("cache-control"), "no-store");
    assert_eq!(
        csv.header("content-disposition"),
        "attachment; filename=\"_rztin--7---x-findings-2023-10-01.csv\"; \
         filename*=UTF-8''%C3%84rztin--7---x-findings-2023-10-01.csv"
    );
    assert!(!csv.text().contains("Before") && !csv.text().contains("2023-11-24"));
    let line = csv.text().lines().nth(1).unwrap();
    assert!(
        line.ends_with(",2023-10-01,,,,11.0,21.0,14.0,25.0,open,,,,file,\"Ärztin \"\"7\"\"; x\""),
        "{line}"
    );
    let json = file(&ada, id, "json").await;
    assert!(
        json.header("content-disposition")
            .ends_with("%C3%84rztin--7---x-findings-2023-10-01.json")
    );
    let json = json.ok();
    assert_eq!(json["label"], "Ärztin \"7\"; x");
    assert_eq!(json["examined_on"], "2023-10-01");
}

#[tokio::test]
async fn asvs_1_2_10_no_label_is_a_formula() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    for (label, cell) in [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("x;=1+1", "\"x;'=1+1\""),
    ] {
        let id = save(&ada, &read_by_somebody(label)).await;
        let answer = file(&ada, id, "csv").await;
        let (end, day) = (format!(",{cell}"), ",2023-11-24,");
        let mut lines = answer.text().lines().skip(1);
        assert!(
            lines.all(|line| line.ends_with(&end) && line.contains(day)),
            "{}",
            answer.text()
        );
        assert_eq!(file(&ada, id, "json").await.ok()["label"], label);
    }
}

#[tokio::test]
async fn asvs_3_5_3_another_site_cannot_make_a_browser_download_them() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let id = save(&ada, &read_by_somebody("Patient 1")).await;
    for kind in ["csv", "json"] {
        for (site, status) in [
            ("cross-site", 403),
            ("same-site", 403),
            ("none", 200),
            ("same-origin", 200),
        ] {
            let request = Request::get(format!("/api/analyses/{id}/findings.{kind}"))
                .header("cookie", &ada.cookie)
                .header("sec-fetch-site", site);
            let answer = service.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(answer.status, status, "{site}");
        }
    }
}

#[tokio::test]
async fn what_was_deleted_has_no_files() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let id = save(&ada, &read_by_somebody("Patient 1")).await;
    ada.ask("history/delete", json!({ "id": id })).await.ok();
    for kind in ["csv", "json"] {
        let gone = file(&ada, id, kind).await;
        assert_eq!(gone.refusal(), (404, "not_found".to_owned()));
    }
}

#[tokio::test]
async fn a_document_of_the_first_release_has_files_too() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let kept = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../model/tests/fixtures/saved/version-1.nca"
    );
    let id = Uuid::now_v7();
    let saved = ada.put(id, &std::fs::read(kept).unwrap()).await;
    assert_eq!(saved.status, StatusCode::CREATED, "{}", saved.text());
    let table = table(&ada, id).await;
    assert_eq!(table[1][..5], ["marked", "1", "2", "110.2", "94.8"]);
    let json = file(&ada, id, "json").await.ok();
    assert_eq!(json["rejected"], json!([]));
    assert_eq!(json["corrected_slices"], json!([]));
    assert_eq!(json["measured"], json!([]));
}

#[tokio::test]
async fn a_stored_document_that_cannot_be_read_is_a_fault_of_the_server() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let id = save(&ada, &read_by_somebody("Patient 1")).await;
    service.run("UPDATE documents SET content = 'NCA1'").await;
    let answer = file(&ada, id, "csv").await;
    assert_eq!(answer.refusal(), (500, "server".to_owned()));
}

#[tokio::test]
async fn asvs_2_4_1_files_of_figures_are_counted_by_account() {
    let service = Service::start().await;
    let (ada, eve) = (
        service.person(ADA).await,
        service.person("eve@example.org").await,
    );
    let mut statuses = Vec::new();
    for n in 0..5 {
        let kind = if n % 2 == 0 { "csv" } else { "json" };
        let answer = file(&ada, Uuid::nil(), kind).await;
        statuses.push(answer.status.as_u16());
        if n == 0 {
            // As many before: a hundred and twenty are free.
            service.run("UPDATE attempts SET made = made + 122").await;
        }
    }
    assert_eq!(statuses[..2], [404, 404]);
    assert_eq!(statuses.last(), Some(&429), "{statuses:?}");
    let other = file(&eve, Uuid::nil(), "json").await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_file_of_figures_and_a_save_do_not_wait_for_each_other() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let id = save(&ada, &analysis("Patient 1", "2023-11-24")).await;
    let state = &service.state;
    let saves = u32::try_from(state.reading.available_permits()).unwrap();
    let saving = state.reading.acquire_many(saves).await.unwrap();
    let limit = std::time::Duration::from_mins(1);
    let answer = tokio::time::timeout(limit, file(&ada, id, "csv")).await;
    assert_eq!(answer.unwrap().status, StatusCode::OK);
    drop(saving);
    let computing = state.courses.all.acquire_many(2).await.unwrap();
    save(&ada, &analysis("Patient 2", "2023-11-24")).await;
    drop(computing);
}
