//! Whole networks against burn: random ones on the fixtures, the published ones on a real slice,
//! and these also GPU against CPU and windowed against whole.

#[cfg(feature = "net")]
use burn::tensor::{Device, Tensor, TensorData};
use model::analysis::preprocess::{NetworkInput, prepare};
use model::analysis::{SliceView, lung_field};
#[cfg(feature = "net")]
use model::engine::clear_limit;
use model::engine::{Engine, Weights};
use model::metric::Confusion;
#[cfg(feature = "net")]
use model::net::load_folded;
use model::network::Architecture;
use model::settings::Denoise;
use model::volume::{Intensity, PixelSpacing};

#[cfg(feature = "gpu")]
use crate::fixture::block_on;
#[cfg(feature = "net")]
use crate::fixture::{Case, NETWORKS, cases};
use crate::fixture::{deviation, run};

/// What the network is given for the slice with a mass.
fn real_input(stride: usize) -> NetworkInput {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/analysis/mass_image.png"
    );
    let image = image::open(file).unwrap().into_luma16();
    let values: Vec<i16> = image
        .iter()
        .map(|&value| (i32::from(value) - 1024) as i16)
        .collect();
    let slice = SliceView {
        values: &values,
        rows: image.height() as usize,
        cols: image.width() as usize,
        intensity: Intensity::Hounsfield,
        spacing: Some(PixelSpacing::square(0.791)),
    };
    let field = lung_field(&slice);
    prepare(&slice, field.as_ref(), Denoise::None, stride)
}

fn published(architecture: Architecture) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../public/weights");
    std::fs::read(format!("{folder}/{}.safetensors", architecture.id())).unwrap()
}

#[cfg(feature = "net")]
fn burn_logits(bytes: &[u8], pixels: &[f32], (rows, cols): (usize, usize)) -> Vec<f32> {
    let data = TensorData::new(pixels.to_vec(), [1, 1, rows, cols]);
    let tensor = Tensor::<4>::from_data(data, &Device::flex());
    let logits = load_folded(bytes).unwrap().infer(tensor);
    logits.into_data().try_into_vec().unwrap()
}

/// The Dice of the pixels whose logits are above `limit`, of which there must be some.
fn dice_above(limit: f32, found: &[f32], expected: &[f32], what: &str) -> f32 {
    let mask =
        |logits: &[f32]| -> Vec<u8> { logits.iter().map(|&v| u8::from(v > limit)).collect() };
    let (found, expected) = (mask(found), mask(expected));
    assert!(expected.contains(&1), "{what}: nothing is found");
    Confusion::count(&found, &expected).agreement().dice
}

/// Logits within the tolerance, and the same pixels called tumour.
fn assert_same((found, tolerance): (&[f32], f32), expected: &[f32], weights: &Weights, what: &str) {
    let off = deviation(found, expected);
    assert!(off <= tolerance, "{what}: logits are off by {off}");
    let threshold = weights.threshold();
    let limit = (threshold / (1.0 - threshold)).ln() * weights.temperature();
    let dice = dice_above(limit, found, expected, what);
    assert!(dice >= 0.999, "{what}: Dice {dice}");
}

#[cfg(feature = "net")]
#[test]
fn random_networks_give_what_burn_gives_on_every_back_end() {
    for network in NETWORKS {
        let bytes = crate::fixture::bytes(network);
        let weights = Weights::from_bytes(&bytes).unwrap();
        let mut engines = vec![(Engine::cpu(&weights).unwrap(), 1e-3)];
        #[cfg(feature = "gpu")]
        if weights.config().width.is_multiple_of(4) {
            for (options, tolerance) in crate::gpu::every_way(&weights) {
                let gpu = crate::gpu::gpu_with(&weights, options);
                engines.extend(gpu.map(|gpu| (gpu, tolerance)));
            }
        }
        for Case {
            rows, cols, input, ..
        } in cases(network)
        {
            let expected = burn_logits(&bytes, &input, (rows, cols));
            let largest = expected.iter().fold(0.0_f32, |most, v| most.max(v.abs()));
            assert!(largest > 0.01, "{network}: an answer worth comparing");
            // Small images have few pixels, of which rounding may turn none.
            let limit = clear_limit(&expected);
            for (engine, tolerance) in &mut engines {
                let found = run(engine, &input, rows, cols).unwrap();
                let off = deviation(&found, &expected);
                let adapter = engine.adapter();
                let what = format!("{network} at {rows} × {cols} on {adapter:?}");
                assert!(off <= *tolerance, "{what}: off by {off}");
                let dice = dice_above(limit, &found, &expected, &what);
                assert!(dice >= 0.999, "{what}: Dice {dice}");
            }
        }
    }
}

#[cfg(feature = "net")]
#[test]
fn published_networks_find_what_burn_finds_on_every_back_end() {
    for architecture in Architecture::ALL {
        let bytes = published(architecture);
        let weights = Weights::from_bytes(&bytes).unwrap();
        let input = real_input(weights.config().stride());
        let expected = burn_logits(&bytes, &input.pixels, (input.rows, input.cols));
        let mut cpu = Engine::cpu(&weights).unwrap();
        let found = run(&mut cpu, &input.pixels, input.rows, input.cols).unwrap();
        assert_same(
            (&found, 1e-3),
            &expected,
            &weights,
            &format!("{architecture:?} CPU"),
        );
        #[cfg(feature = "gpu")]
        for (options, tolerance) in crate::gpu::every_way(&weights) {
            let Some(mut gpu) = crate::gpu::gpu_with(&weights, options) else {
                return;
            };
            let found = run(&mut gpu, &input.pixels, input.rows, input.cols).unwrap();
            let what = format!("{architecture:?} {options:?}");
            let off = block_on(gpu.self_test(&weights)).unwrap();
            assert!(
                off < tolerance / 2.0,
                "{what}: the self-test is off by {off}"
            );
            assert_same((&found, tolerance), &expected, &weights, &what);
        }
    }
}

/// Real tissue, over and over, within the 128 MiB that WebGPU promises a binding; the processor
/// computes it at once.
#[cfg(feature = "gpu")]
#[test]
#[ignore = "minutes on an emulated card; BENCH.md has what it prints"]
fn published_networks_give_an_image_of_1024_px_in_windows_the_processors_logits() {
    const EDGE: usize = 1024;
    for architecture in Architecture::ALL {
        let weights = Weights::from_bytes(&published(architecture)).unwrap();
        let tile = real_input(weights.config().stride());
        let pixel = |at: usize| {
            let (row, col) = (at / EDGE % tile.rows, at % EDGE % tile.cols);
            tile.pixels[row * tile.cols + col]
        };
        let input: Vec<f32> = (0..EDGE * EDGE).map(pixel).collect();
        let options = model::engine::GpuOptions {
            precision: Some(model::engine::Precision::Single),
            buffer_bytes: Some(128 << 20),
            ..Default::default()
        };
        let Some(mut gpu) = crate::gpu::gpu_with(&weights, options) else {
            return;
        };
        let mut calls = 0;
        let mut count = async |_, total| {
            calls = total;
            true
        };
        let found = block_on(gpu.run(&input, EDGE, EDGE, &mut count)).unwrap();
        assert!(calls > 2 * gpu.plan().steps().len(), "it took windows");
        let mut cpu = Engine::cpu(&weights).unwrap();
        let off = deviation(&found, &run(&mut cpu, &input, EDGE, EDGE).unwrap());
        let mib = gpu.memory_bytes() >> 20;
        eprintln!("{architecture:?}: {mib} MiB in all, logits off by {off:.1e}");
        assert!(off <= 1e-3, "{architecture:?}: off by {off}");
    }
}

#[cfg(feature = "net")]
#[test]
fn the_published_unetpp_gives_what_burn_gives_at_each_of_its_four_levels() {
    let bytes = published(Architecture::Unetpp);
    let weights = Weights::from_bytes(&bytes).unwrap();
    let network = load_folded(&bytes).unwrap();
    let (input, _) = weights.golden();
    let edge = input.len().isqrt();
    let mut engines = vec![Engine::cpu(&weights).unwrap()];
    #[cfg(feature = "gpu")]
    engines.extend(crate::gpu::gpu_with(
        &weights,
        model::engine::GpuOptions::default(),
    ));
    let mut all = Vec::new();
    for level in 1..=4 {
        let data = TensorData::new(input.to_vec(), [1, 1, edge, edge]);
        let tensor = Tensor::<4>::from_data(data, &Device::flex());
        let logits = network.infer_pruned(tensor, level).into_data();
        let expected: Vec<f32> = logits.try_into_vec().unwrap();
        for engine in &mut engines {
            engine.set_level(level).unwrap();
            let found = run(engine, input, edge, edge).unwrap();
            let off = deviation(&found, &expected);
            let tolerance = if engine.adapter().software || engine.adapter().backend == "cpu" {
                1e-3
            } else {
                2e-2
            };
            assert!(off <= tolerance, "level {level}: off by {off}");
        }
        all.push(expected);
    }
    let steps: Vec<f32> = all
        .windows(2)
        .map(|two| deviation(&two[0], &two[1]))
        .collect();
    assert!(
        steps.iter().all(|&step| step > 0.1),
        "levels differ: {steps:?}"
    );
}

#[cfg(feature = "gpu")]
#[test]
fn published_networks_find_on_the_gpu_what_they_find_on_the_processor() {
    for architecture in Architecture::ALL {
        let weights = Weights::from_bytes(&published(architecture)).unwrap();
        let input = real_input(weights.config().stride());
        let mut cpu = Engine::cpu(&weights).unwrap();
        let expected = run(&mut cpu, &input.pixels, input.rows, input.cols).unwrap();
        let options = model::engine::GpuOptions::default();
        let Some(mut gpu) = crate::gpu::gpu_with(&weights, options) else {
            return;
        };
        let found = run(&mut gpu, &input.pixels, input.rows, input.cols).unwrap();
        let what = format!("{architecture:?}");
        assert_same((&found, 2e-2), &expected, &weights, &what);
    }
}

/// The U-Net on a wide and the U-Net++ on a tall image: a window's halo is 112 pixels on each side,
/// so an image that is cut in both directions is more than a software GPU does in a few seconds.
#[cfg(feature = "gpu")]
#[test]
fn published_networks_give_in_windows_what_they_give_at_once() {
    use model::engine::{GpuOptions, Precision};

    let (long, short) = (640, 64);
    let cases = [
        (Architecture::Unet, 2, (short, long)),
        (Architecture::Unetpp, 5, (long, short)),
    ];
    for (architecture, nodes, (rows, cols)) in cases {
        let weights = Weights::from_bytes(&published(architecture)).unwrap();
        let slice = real_input(weights.config().stride());
        // The slice over and over, as far as it takes.
        let input: Vec<f32> = (0..rows * cols)
            .map(|at| (at / cols % slice.rows, at % cols % slice.cols))
            .map(|(row, col)| slice.pixels[row * slice.cols + col])
            .collect();
        let whole = GpuOptions {
            precision: Some(Precision::Single),
            ..GpuOptions::default()
        };
        // Room for the nodes of full resolution on a window of 384 pixels with their border: 160
        // are kept, which makes four windows. Three would need more than two thirds of the memory.
        let windowed = GpuOptions {
            buffer_bytes: Some(nodes * 16 * 4 * 66 * 386 + 1024),
            ..whole
        };
        let Some(mut whole) = crate::gpu::gpu_with(&weights, whole) else {
            return;
        };
        let mut windowed = crate::gpu::gpu_with(&weights, windowed).unwrap();
        let (all, part) = (
            whole.planned_bytes(rows, cols).unwrap(),
            windowed.planned_bytes(rows, cols).unwrap(),
        );
        assert!(3 * part < 2 * all, "{architecture:?}: {part} of {all}");
        let expected = run(&mut whole, &input, rows, cols).unwrap();
        let found = run(&mut windowed, &input, rows, cols).unwrap();
        let off = deviation(&found, &expected);
        assert!(off < 1e-4, "{architecture:?}: {off}");
    }
}
