//! A text for a bug report: everything about the engine, nothing about the patient.

use model::bench::Speeds;
use model::protocol::BackendChoice;

use crate::engine::state::{Desk, EngineState};
use crate::ui::number::measure;

/// The text. File names, dates and pixel data are left out on purpose.
pub fn text(desk: &Desk, wished: BackendChoice, browser: &str) -> String {
    let mut lines = vec![
        format!("NeuroCare AI {}", env!("CARGO_PKG_VERSION")),
        format!("Browser: {browser}"),
        format!(
            "Worker: {:?}; back end wished: {}",
            desk.worker,
            wished.title()
        ),
    ];
    match &desk.engine {
        EngineState::Ready(info) => {
            lines.push(format!(
                "Engine: {} on {}, {}; start-up {:.0} ms; self-test error {:.2e}; weights {}",
                info.architecture.title(),
                info.backend.title(),
                info.adapter,
                info.start_up_ms,
                info.self_test_error,
                info.weights_version
            ));
            lines.extend(info.reason.iter().map(|reason| format!("Why: {reason}")));
        }
        EngineState::Failed(failure) => lines.push(format!("Engine: {failure}")),
        EngineState::Preparing(network) => {
            lines.push(format!("Engine: {} is being prepared", network.title()));
        }
        EngineState::Off => lines.push("Engine: off".to_owned()),
    }
    lines.extend(desk.speeds.iter().map(|speeds| {
        format!(
            "Measured: GPU ({}) {:.1} ms, processor {:.1} ms for {3} × {3} pixels",
            speeds.adapter,
            speeds.gpu_ms,
            speeds.cpu_ms,
            Speeds::EDGE
        )
    }));
    if let Some(scan) = &desk.scan {
        let [row_mm, col_mm] = [
            scan.spacing.map(|it| it.row_mm),
            scan.spacing.map(|it| it.col_mm),
        ]
        .map(|mm| measure(mm, 4, "mm"));
        lines.push(format!(
            "Scan: {} × {} × {} ({}); rows {row_mm}, columns {col_mm}, slices {} apart",
            scan.cols,
            scan.rows,
            scan.slices,
            scan.format,
            measure(scan.slice_spacing_mm, 4, "mm")
        ));
        lines.extend(scan.notes.iter().map(|note| format!("Note: {note}")));
    }
    if let Some((total, network)) = mean_ms(desk) {
        lines.push(format!(
            "Slices segmented: {}; mean {total:.0} ms a slice, network {network:.0} ms",
            desk.results.len()
        ));
    }
    lines.extend(desk.notice.iter().map(|n| format!("Message: {}", n.text)));
    lines.join("\n")
}

/// Mean time of a slice that was searched, and of the network alone, in ms.
pub fn mean_ms(desk: &Desk) -> Option<(f64, f64)> {
    let searched = desk.results.values().filter(|r| r.is_searched());
    let (count, total, network) = searched.fold((0.0, 0.0, 0.0), |(count, total, network), r| {
        (count + 1.0, total + r.total_ms, network + r.network_ms)
    });
    (count > 0.0).then_some((total / count, network / count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::state::Source;

    #[test]
    fn names_of_files_stay_out() {
        let mut desk = Desk::default();
        desk.opening(
            Source {
                title: "DOE^JOHN.dcm".to_owned(),
                ..Source::default()
            },
            false,
        );
        let text = text(&desk, BackendChoice::Auto, "Test 1.0");
        assert!(text.contains("Browser: Test 1.0"));
        assert!(!text.contains("DOE"));
    }
}
