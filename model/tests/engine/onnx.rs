//! Networks as ONNX files, held to those that onnxruntime has run.

use model::engine::onnx::to_onnx;
use sha2::{Digest as _, Sha256};

use crate::fixture::{NETWORKS, weights};

/// Edge of the golden images, on which onnxruntime gave the golden logits (`onnx_runtime.py`).
const EDGE: usize = 64;

#[test]
fn exported_networks_are_the_files_that_onnxruntime_ran_right() {
    let seen = include_str!("../fixtures/engine/onnx.sha256");
    for network in NETWORKS {
        let digest = Sha256::digest(to_onnx(&weights(network), EDGE));
        let digest = digest
            .iter()
            .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        let line = format!("{digest}  {network}.onnx");
        assert!(seen.lines().any(|it| it == line), "{network} is {digest}");
    }
}
