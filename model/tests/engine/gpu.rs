//! The engine on a graphics card, with every kernel and in windows.

use model::engine::{
    ConvKernel, Engine, EngineError, GpuOptions, GpuStart, Precision, Weights, probe_gpu,
};
use model::network::{Architecture, NetworkConfig};

use crate::fixture::{Case, NETWORKS, block_on, cases, deviation, run, weights};

/// The GPU engine, or `None` where the machine has no GPU and says so.
///
/// A software GPU will do (Mesa's lavapipe: Debian's `mesa-vulkan-drivers`). A machine
/// without any fails these tests unless it admits to it with `NEUROCARE_NO_GPU=1`.
fn gpu(weights: &Weights) -> Option<Engine> {
    gpu_with(weights, GpuOptions::default())
}

/// The same with something set by hand.
pub(crate) fn gpu_with(weights: &Weights, options: GpuOptions) -> Option<Engine> {
    if block_on(probe_gpu()).is_none() {
        assert!(
            admits("NEUROCARE_NO_GPU"),
            "no GPU was found, not even a software one: install Vulkan drivers \
             (Debian: mesa-vulkan-drivers) or set NEUROCARE_NO_GPU=1 to skip these tests"
        );
        return None;
    }
    Some(block_on(Engine::gpu_with(weights, options)).unwrap())
}

/// Whether this machine admits by this variable to what it lacks.
fn admits(variable: &str) -> bool {
    std::env::var(variable).is_ok_and(|value| value == "1")
}

/// Every kernel by hand, whatever suits this machine, and every precision; with the largest
/// deviation of a logit that each may show. A GPU without f16 fails unless the machine admits to it
/// with `NEUROCARE_NO_F16=1`; then that is left out.
pub(crate) fn every_way(weights: &Weights) -> Vec<(GpuOptions, f32)> {
    let Some(Engine::Gpu(gpu)) = gpu(weights) else {
        return Vec::new();
    };
    let precisions = [
        (Precision::Single, 1e-3),
        (Precision::Stored, 2e-2),
        (Precision::Half, 2e-2),
    ];
    let ways = ConvKernel::ALL.iter().flat_map(|&kernel| {
        precisions.map(|(precision, tolerance)| {
            let options = GpuOptions {
                kernel: Some(kernel),
                precision: Some(precision),
                ..GpuOptions::default()
            };
            (options, tolerance)
        })
    });
    assert!(
        gpu.has_halves() || admits("NEUROCARE_NO_F16"),
        "this GPU has no 16-bit numbers: take one that has (Mesa's software driver does) or set \
         NEUROCARE_NO_F16=1 to test single precision alone"
    );
    ways.filter(|(options, _)| gpu.has_halves() || options.precision == Some(Precision::Single))
        .collect()
}

#[test]
fn every_network_gives_the_same_logits_with_every_kernel() {
    for network in NETWORKS {
        let weights = weights(network);
        let config = *weights.config();
        if !config.width.is_multiple_of(4) {
            continue;
        }
        let mut cpu = Engine::cpu(&weights).unwrap();
        for (options, tolerance) in every_way(&weights) {
            let Some(mut gpu) = gpu_with(&weights, options) else {
                return;
            };
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
                    let (to_cpu, to_numpy) =
                        (deviation(&found, &same), deviation(&found, expected));
                    assert!(
                        to_cpu < tolerance && to_numpy < tolerance,
                        "{network} {options:?} level {level} at {} × {}: {to_cpu} {to_numpy}",
                        case.rows,
                        case.cols
                    );
                }
            }
        }
    }
}

#[test]
fn smaller_workgroups_give_the_same_logits() {
    let weights = weights("unetpp8");
    let tiled = GpuOptions {
        kernel: Some(ConvKernel::Tiled),
        ..GpuOptions::default()
    };
    for invocations in [32, 64] {
        let small = GpuOptions {
            workgroup_invocations: Some(invocations),
            ..tiled
        };
        let (Some(mut gpu), Some(mut usual)) =
            (gpu_with(&weights, small), gpu_with(&weights, tiled))
        else {
            return;
        };
        for case in cases("unetpp8") {
            let found = run(&mut gpu, &case.input, case.rows, case.cols).unwrap();
            let expected = run(&mut usual, &case.input, case.rows, case.cols).unwrap();
            assert_eq!(found, expected, "{invocations} invocations");
        }
    }
}

#[test]
fn what_an_engine_holds_is_more_than_the_planned_buffers_and_grows_with_a_second_look() {
    let weights = weights("unetpp8");
    let engines = [Engine::cpu(&weights).ok(), gpu(&weights)];
    for mut engine in engines.into_iter().flatten() {
        let before = engine.memory_bytes();
        run(&mut engine, &vec![0.5; 64 * 64], 64, 64).unwrap();
        let once = engine.memory_bytes();
        let planned = engine.planned_bytes(64, 64).unwrap();
        assert_eq!(before, engine.weights_bytes());
        assert!(once - before >= planned);
        // On a card with f16 half of it.
        assert!(planned > engine.plan().memory_bytes(64, 64) / 2);
        run(&mut engine, &vec![0.5; 32 * 32], 32, 32).unwrap();
        let twice = engine.memory_bytes();
        // The processor lays the smaller image where the larger one was.
        assert_eq!(twice > once, matches!(engine, Engine::Gpu(_)));
    }
}

#[test]
fn probabilities_are_those_of_the_logits_to_half_a_step() {
    let weights = weights("unetpp4");
    let (Some(mut gpu), Ok(mut cpu)) = (gpu(&weights), Engine::cpu(&weights)) else {
        return;
    };
    let probabilities = |engine: &mut Engine, case: &Case, temperature| {
        let size = (case.rows, case.cols);
        block_on(engine.probabilities(&case.input, size, temperature, &mut async |_, _| true))
    };
    for case in cases("unetpp4") {
        let (_, logits) = case.logits.last().unwrap();
        for temperature in [0.5, 1.9] {
            let expected: Vec<f32> = logits
                .iter()
                .map(|logit| 1.0 / (1.0 + (-logit / temperature).exp()))
                .collect();
            let found = probabilities(&mut gpu, &case, temperature).unwrap();
            let tolerance = if gpu.adapter().software { 0.501 } else { 2.0 } / 254.0;
            assert!(deviation(&found, &expected) < tolerance);
            let found = probabilities(&mut cpu, &case, temperature).unwrap();
            assert!(deviation(&found, &expected) < 1e-3);
        }
        // The other result is still to be had.
        let found = run(&mut gpu, &case.input, case.rows, case.cols).unwrap();
        assert!(deviation(&found, logits) < 2e-2);
    }
}

#[test]
fn weights_that_are_not_those_expected_get_kernels_of_their_own() {
    let weights = weights("unetpp8");
    if gpu(&weights).is_none() {
        return;
    }
    let other = NetworkConfig {
        architecture: Architecture::Unet,
        width: 4,
        depth: 2,
        attention: false,
        deep_supervision: false,
    };
    for config in [other, *weights.config()] {
        let start = block_on(GpuStart::new(config, GpuOptions::default())).unwrap();
        let mut engine = block_on(Engine::gpu_from(start, &weights)).unwrap();
        assert!(block_on(engine.self_test(&weights)).is_ok(), "{config:?}");
    }
}

#[test]
fn an_image_computed_in_windows_gives_the_same_logits_in_every_way() {
    let (rows, cols) = (160, 144);
    for architecture in Architecture::ALL {
        let is_nested = architecture == Architecture::Unetpp;
        let weights = Weights::arbitrary(NetworkConfig {
            architecture,
            width: 4,
            depth: 2,
            attention: is_nested,
            deep_supervision: is_nested,
        });
        let input: Vec<f32> = (0..rows * cols).map(|i| (i as f32 * 0.37).sin()).collect();
        for (options, _) in every_way(&weights) {
            // Room for the nodes of full resolution on 128 × 120 pixels with their border.
            let nodes = if is_nested { 3 } else { 2 };
            let number = match options.precision {
                Some(Precision::Stored | Precision::Half) => 2,
                _ => 4,
            };
            let small = GpuOptions {
                buffer_bytes: Some(nodes * 4 * number * 130 * 122 + 1024),
                ..options
            };
            let mut whole = gpu_with(&weights, options).unwrap();
            let mut windowed = gpu_with(&weights, small).unwrap();
            let expected = run(&mut whole, &input, rows, cols).unwrap();
            let mut seen = Vec::new();
            let mut progress = async |done, total| {
                seen.push((done, total));
                true
            };
            let found = block_on(windowed.run(&input, rows, cols, &mut progress)).unwrap();
            let (_, total) = seen[0];
            assert!(total > 2 * whole.plan().steps().len(), "it took windows");
            assert!(seen.is_sorted() && seen.last() == Some(&(total, total)));
            assert_eq!(found, expected, "{architecture:?} {options:?}: to the bit");
        }
    }
}

/// The published shape with a quarter of its channels, and a quarter of the 128 MiB that WebGPU
/// promises a binding: what an image of 1024² needs of it, and how it is cut, are the same.
#[test]
fn an_image_of_1024_px_within_the_least_binding_gives_the_same_logits() {
    const EDGE: usize = 1024;
    const QUARTER_OF_A_BINDING: u64 = 32 << 20;
    for architecture in Architecture::ALL {
        let config = NetworkConfig {
            width: 4,
            ..NetworkConfig::published(architecture)
        };
        let weights = Weights::arbitrary(config);
        let exact = GpuOptions {
            precision: Some(Precision::Single),
            ..GpuOptions::default()
        };
        let small = GpuOptions {
            buffer_bytes: Some(QUARTER_OF_A_BINDING),
            ..exact
        };
        let Some(mut whole) = gpu_with(&weights, exact) else {
            return;
        };
        let mut windowed = gpu_with(&weights, small).unwrap();
        let (all, part) = (
            whole.planned_bytes(EDGE, EDGE).unwrap(),
            windowed.planned_bytes(EDGE, EDGE).unwrap(),
        );
        assert!(4 * part < 3 * all, "{architecture:?}: {part} of {all}");
        let input: Vec<f32> = (0..EDGE * EDGE).map(|i| (i as f32 * 0.37).sin()).collect();
        let expected = run(&mut whole, &input, EDGE, EDGE).unwrap();
        let found = run(&mut windowed, &input, EDGE, EDGE).unwrap();
        assert_eq!(found, expected, "{architecture:?}: to the bit");
    }
}

#[test]
fn an_image_for_which_no_window_is_small_enough_is_refused() {
    let weights = weights("unetpp8");
    let least = GpuOptions {
        buffer_bytes: Some(1024),
        ..GpuOptions::default()
    };
    if let Some(mut gpu) = gpu_with(&weights, least) {
        let refused = run(&mut gpu, &vec![0.0; 64 * 64], 64, 64);
        assert!(
            matches!(refused, Err(EngineError::GpuLimit { .. })),
            "{refused:?}"
        );
    }
}

#[test]
fn the_gpus_clock_times_every_step() {
    let weights = weights("unetpp4");
    let timed = GpuOptions {
        is_timed: true,
        ..GpuOptions::default()
    };
    let Some(Engine::Gpu(mut gpu)) = gpu_with(&weights, timed) else {
        return;
    };
    // Not every adapter has one.
    if let Some((times, size)) = block_on(gpu.step_times(64, 64)).unwrap() {
        assert_eq!(size, (64, 64));
        assert_eq!(times.len(), Engine::Gpu(gpu).plan().steps().len());
        assert!(times.iter().all(|ms| (0.0..1e4).contains(ms)), "{times:?}");
        assert!(times.iter().sum::<f64>() > 0.0);
    }
}

#[test]
fn the_self_test_passes_on_the_gpu() {
    let weights = weights("unetpp8");
    if let Some(mut gpu) = gpu(&weights) {
        let deviation = block_on(gpu.self_test(&weights)).unwrap();
        // On a GPU of its own it computes with images in f16.
        let tolerance = if gpu.adapter().software { 1e-3 } else { 2e-2 };
        assert!(deviation < tolerance, "{deviation}");
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
