//! The engine on the processor, held to NumPy.

use model::engine::{Engine, EngineError};

use crate::fixture::{NETWORKS, block_on, cases, deviation, run, weights};

#[test]
fn every_network_gives_the_logits_that_numpy_gives() {
    for network in NETWORKS {
        let weights = weights(network);
        let depth = weights.config().depth;
        let mut engine = Engine::cpu(&weights).unwrap();
        for case in cases(network) {
            for (column, expected) in &case.logits {
                // A U-Net has one head on its second column, at full depth.
                let level = if case.logits.len() == 1 {
                    depth
                } else {
                    *column
                };
                engine.set_level(level).unwrap();
                let found = run(&mut engine, &case.input, case.rows, case.cols).unwrap();
                let deviation = deviation(&found, expected);
                assert!(
                    deviation < 1e-4,
                    "{network} level {level} at {} × {}: {deviation}",
                    case.rows,
                    case.cols
                );
            }
        }
    }
}

#[test]
fn the_self_test_passes_on_sound_weights() {
    for network in NETWORKS {
        let weights = weights(network);
        let mut engine = Engine::cpu(&weights).unwrap();
        let deviation = block_on(engine.self_test(&weights)).unwrap();
        assert!(deviation < 1e-4, "{network}: {deviation}");
    }
}

#[test]
fn the_result_does_not_depend_on_what_ran_before() {
    let weights = weights("unetpp4");
    let mut used = Engine::cpu(&weights).unwrap();
    let mut fresh = Engine::cpu(&weights).unwrap();
    let input: Vec<f32> = (0..32 * 16).map(|i| (i as f32 * 0.37).sin()).collect();
    let loud = vec![1e4; 64 * 64];
    run(&mut used, &loud, 64, 64).unwrap();
    run(&mut used, &loud[..256], 16, 16).unwrap();
    assert_eq!(
        run(&mut used, &input, 32, 16).unwrap(),
        run(&mut fresh, &input, 32, 16).unwrap()
    );
}

#[test]
fn progress_is_reported_and_a_run_can_be_cancelled() {
    let weights = weights("unet4");
    let mut engine = Engine::cpu(&weights).unwrap();
    let mut seen = Vec::new();
    let input = vec![0.0; 64];
    block_on(engine.run(&input, 8, 8, &mut async |done, total| {
        seen.push((done, total));
        true
    }))
    .unwrap();
    let total = engine.plan().steps().len();
    assert_eq!(seen.len(), total + 1);
    assert_eq!(seen.last(), Some(&(total, total)));
    let result = block_on(engine.run(&input, 8, 8, &mut async |done, _| done < 3));
    assert_eq!(result, Err(EngineError::Cancelled));
    assert!(run(&mut engine, &input, 8, 8).is_ok(), "usable afterwards");
}

#[test]
fn inputs_that_do_not_fit_are_refused() {
    let mut engine = Engine::cpu(&weights("unet4")).unwrap();
    for (rows, cols) in [(0, 8), (8, 0), (6, 8), (8, 6)] {
        let result = run(&mut engine, &vec![0.0; rows * cols], rows, cols);
        let stride = 4;
        assert_eq!(result, Err(EngineError::Size { rows, cols, stride }));
    }
    let short = run(&mut engine, &[0.0; 63], 8, 8);
    assert!(matches!(
        short,
        Err(EngineError::InputLength {
            found: 63,
            expected: 64
        })
    ));
    let overflow = run(&mut engine, &[0.0], usize::MAX - 3, 8);
    assert!(matches!(overflow, Err(EngineError::InputLength { .. })));
    let mut input = vec![0.0; 64];
    input[17] = f32::NAN;
    assert_eq!(
        run(&mut engine, &input, 8, 8),
        Err(EngineError::InputNotFinite)
    );
    assert_eq!(engine.set_level(1), Err(EngineError::NoSuchDepth(1)));
}
