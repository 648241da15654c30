//! Networks and expected answers written by `make.py`.

use std::path::PathBuf;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use model::engine::{Engine, EngineError, Weights};
use safetensors::SafeTensors;

/// All fixture networks.
pub(crate) const NETWORKS: [&str; 5] = ["unet4", "unetpp4", "unet8", "unetpp8", "unetpp6"];

/// One input and the logits that a head must give.
pub(crate) struct Case {
    pub(crate) rows: usize,
    pub(crate) cols: usize,
    pub(crate) input: Vec<f32>,
    /// Column of the head and its logits.
    pub(crate) logits: Vec<(usize, Vec<f32>)>,
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/engine")
        .join(name)
}

/// The bytes of a network's weight file.
pub(crate) fn bytes(network: &str) -> Vec<u8> {
    std::fs::read(path(&format!("{network}.safetensors"))).unwrap()
}

/// A network's weights.
pub(crate) fn weights(network: &str) -> Weights {
    Weights::from_bytes(&bytes(network)).unwrap()
}

/// Inputs of several sizes with expected logits.
pub(crate) fn cases(network: &str) -> Vec<Case> {
    let bytes = std::fs::read(path(&format!("{network}.cases.safetensors"))).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let values = |name: &str| -> Vec<f32> {
        let (chunks, _) = file.tensor(name).unwrap().data().as_chunks::<4>();
        chunks.iter().map(|&b| f32::from_le_bytes(b)).collect()
    };
    let mut cases = Vec::new();
    for name in file.names() {
        let Some(size) = name.strip_suffix(".input") else {
            continue;
        };
        let (rows, cols) = size.split_once('x').unwrap();
        let logits = (1..=4)
            .filter(|column| file.tensor(&format!("{size}.logits{column}")).is_ok())
            .map(|column| (column, values(&format!("{size}.logits{column}"))))
            .collect();
        cases.push(Case {
            rows: rows.parse().unwrap(),
            cols: cols.parse().unwrap(),
            input: values(name),
            logits,
        });
    }
    assert!(!cases.is_empty());
    cases
}

/// Runs a future to its end on this thread.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::yield_now(),
        }
    }
}

/// Runs a network without looking at its progress.
pub(crate) fn run(
    engine: &mut Engine,
    input: &[f32],
    rows: usize,
    cols: usize,
) -> Result<Vec<f32>, EngineError> {
    block_on(engine.run(input, rows, cols, &mut async |_, _| true))
}

/// Largest absolute difference.
pub(crate) fn deviation(found: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(found.len(), expected.len());
    let differences = found.iter().zip(expected).map(|(f, e)| (f - e).abs());
    differences.max_by(f32::total_cmp).unwrap()
}
