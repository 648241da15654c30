use model::engine::{Engine, EngineError, Weights, probe_gpu};

use crate::fixture::{NETWORKS, block_on, cases, deviation, run, weights};

/// The GPU engine, or `None` where the machine has no GPU and says so.
///
/// A software GPU will do (Mesa's lavapipe: Debian's `mesa-vulkan-drivers`). A machine
/// without any fails these tests unless it admits to it with `NEUROCARE_NO_GPU=1`.
fn gpu(weights: &Weights) -> Option<Engine> {
    if block_on(probe_gpu()).is_none() {
        let is_expected = std::env::var("NEUROCARE_NO_GPU").is_ok_and(|v| v == "1");
        assert!(
            is_expected,
            "no GPU was found, not even a software one: install Vulkan drivers \
             (Debian: mesa-vulkan-drivers) or set NEUROCARE_NO_GPU=1 to skip these tests"
        );
        return None;
    }
    Some(block_on(Engine::gpu(weights)).unwrap())
}

#[test]
fn every_network_gives_the_same_logits_as_on_the_processor() {
    for network in NETWORKS {
        let weights = weights(network);
        let config = *weights.config();
        if !config.width.is_multiple_of(4) {
            continue;
        }
        let Some(mut gpu) = gpu(&weights) else {
            return;
        };
        let mut cpu = Engine::cpu(&weights).unwrap();
        for case in cases(network) {
            for (column, expected) in &case.logits {
                let level = match case.logits.len() {
                    1 => config.depth,
                    _ => *column,
                };
                gpu.set_level(level).unwrap();
                cpu.set_level(level).unwrap();
                let found = run(&mut gpu, &case.input, case.rows, case.cols).unwrap();
                let same = run(&mut cpu, &case.input, case.rows, case.cols).unwrap();
                let (to_cpu, to_numpy) = (deviation(&found, &same), deviation(&found, expected));
                assert!(
                    to_cpu < 1e-3 && to_numpy < 1e-3,
                    "{network} level {level} at {} × {}: {to_cpu} {to_numpy}",
                    case.rows,
                    case.cols
                );
            }
        }
    }
}

#[test]
fn the_self_test_passes_on_the_gpu() {
    let weights = weights("unetpp8");
    if let Some(mut gpu) = gpu(&weights) {
        let deviation = block_on(gpu.self_test(&weights)).unwrap();
        assert!(deviation < 1e-3, "{deviation}");
    }
}

#[test]
fn a_gpu_run_can_be_cancelled_and_repeated() {
    let weights = weights("unetpp4");
    let Some(mut gpu) = gpu(&weights) else {
        return;
    };
    let input: Vec<f32> = (0..16 * 24).map(|i| (i as f32 * 0.37).sin()).collect();
    let before = run(&mut gpu, &input, 16, 24).unwrap();
    let cancelled = block_on(gpu.run(&input, 16, 24, &mut async |done, _| done < 5));
    assert_eq!(cancelled, Err(EngineError::Cancelled));
    // Another size in between: nothing of it may be left behind.
    run(&mut gpu, &vec![1e3; 64 * 64], 64, 64).unwrap();
    assert_eq!(run(&mut gpu, &input, 16, 24).unwrap(), before);
}

#[test]
fn what_the_gpu_cannot_do_is_said_clearly() {
    let odd = weights("unetpp6");
    let refused = block_on(Engine::gpu(&odd));
    assert!(matches!(refused, Err(EngineError::Width(6))), "{refused:?}");
    let weights = weights("unet4");
    let Some(mut gpu) = gpu(&weights) else {
        return;
    };
    let wrong = run(&mut gpu, &[0.0; 48], 6, 8);
    assert!(matches!(wrong, Err(EngineError::Size { .. })), "{wrong:?}");
}
