//! A text for a bug report: everything about the engine, nothing about the patient.

use model::bench::Speeds;
use model::protocol::BackendChoice;

use crate::engine::state::{Desk, EngineState};
use crate::ui::number::measure;

/// The text. File names, dates and pixel data are left out on purpose: also names that stand in
/// messages.
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
    lines.extend(engine(&desk.engine));
    lines.extend(desk.speeds.iter().map(|speeds| {
        format!(
            "Measured: GPU ({}) {:.1} ms, processor {:.1} ms for {3} × {3} pixels",
            speeds.adapter,
            speeds.gpu_ms,
            speeds.cpu_ms,
            Speeds::EDGE
        )
    }));
    if let Some(scan) = &desk.open.scan {
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
        let notes = scan.notes.iter();
        lines.extend(notes.map(|note| ["Note: ", &without_names(note)].concat()));
    }
    if let Some((total, network)) = mean_ms(desk) {
        lines.push(format!(
            "Slices segmented: {}; mean {total:.0} ms a slice, network {network:.0} ms",
            desk.open.results.len()
        ));
    }
    let message = desk.notice.iter();
    lines.extend(message.map(|it| ["Message: ", &without_names(&it.text)].concat()));
    lines.join("\n")
}

fn engine(state: &EngineState) -> Vec<String> {
    let info = match state {
        EngineState::Ready(info) => info,
        EngineState::Failed(failure) => return vec![format!("Engine: {failure}")],
        EngineState::Preparing(network) => {
            return vec![format!("Engine: {} is being prepared", network.title())];
        }
        EngineState::Off => return vec!["Engine: off".to_owned()],
    };
    let mut lines = vec![format!(
        "Engine: {} on {}, {}; start-up {:.0} ms; self-test error {:.2e}; weights {}",
        info.architecture.title(),
        info.backend.title(),
        info.adapter,
        info.start_up_ms,
        info.self_test_error,
        info.weights_version
    )];
    lines.extend(info.reason.iter().map(|reason| format!("Why: {reason}")));
    lines
}

/// Names of files stand between quotation marks: nothing from the first to the last of these.
fn without_names(text: &str) -> String {
    match (text.split_once('“'), text.rsplit_once('”')) {
        (Some((before, _)), Some((_, after))) => [before, "“…”", after].concat(),
        _ => text.to_owned(),
    }
}

/// Mean time of a slice that was searched, and of the network alone, in ms. None where an analysis
/// was restored: its times may be those of another machine.
pub fn mean_ms(desk: &Desk) -> Option<(f64, f64)> {
    if desk.has_restored() {
        return None;
    }
    let searched = desk.open.results.values().filter(|r| r.is_searched());
    let (count, total, network) = searched.fold((0.0, 0.0, 0.0), |(count, total, network), r| {
        (count + 1.0, total + r.total_ms, network + r.network_ms)
    });
    (count > 0.0).then_some((total / count, network / count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::state::{Notice, Source};

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
        let is_free_of_names = |desk: &Desk| {
            let text = text(desk, BackendChoice::Auto, "Test 1.0");
            assert!(text.contains("Browser: Test 1.0"));
            !text.contains("DOE")
        };
        assert!(is_free_of_names(&desk));
        let in_file = "Left out: 1 DICOM file that cannot be read: “DOE^”JOHN.dcm”: Not supported.";
        desk.notice = Some(Notice {
            is_error: true,
            text: in_file.to_owned(),
        });
        assert!(is_free_of_names(&desk));
        assert_eq!(
            without_names(in_file),
            "Left out: 1 DICOM file that cannot be read: “…”: Not supported."
        );
        assert_eq!(without_names("None there."), "None there.");
    }
}
