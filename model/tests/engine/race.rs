//! The race of two back ends, by a clock that ticks whenever it is looked at: once a step. So
//! what a network takes is its number of steps, on every machine and beside any other load.

use std::cell::Cell;

use model::bench::Speeds;
use model::engine::Engine;
use model::engine::race::{cpu_ms, gpu_ms};
use model::engine::weights::GOLDEN_PX;

use crate::fixture::{block_on, weights};

/// What the second of two networks, and the first against it, are said to take.
fn ticks(first: &str, second: &str) -> (f64, f64) {
    let mut first = Engine::cpu(&weights(first)).unwrap();
    let mut second = Engine::cpu(&weights(second)).unwrap();
    let ticks = Cell::new(0.0);
    let now = || {
        ticks.set(ticks.get() + 1.0);
        ticks.get()
    };
    let cpu_ticks = block_on(cpu_ms(&mut second, now)).unwrap();
    let gpu_ticks = block_on(gpu_ms(&mut first, cpu_ticks, now)).unwrap();
    (gpu_ticks, cpu_ticks)
}

/// Ticks of a run: one before every step, one after the last, one at the end of the run.
fn taken(network: &str) -> f64 {
    let engine = Engine::cpu(&weights(network)).unwrap();
    engine.plan().steps().len() as f64 + 2.0
}

#[test]
fn a_faster_gpu_is_timed_on_the_whole_image() {
    let (gpu_ticks, cpu_ticks) = ticks("unet4", "unetpp8");
    assert!((gpu_ticks - taken("unet4")).abs() < 1e-9, "{gpu_ticks}");
    assert!((cpu_ticks - taken("unetpp8")).abs() < 1e-9, "{cpu_ticks}");
    assert!(gpu_ticks < cpu_ticks, "{gpu_ticks} {cpu_ticks}");
}

#[test]
fn a_gpu_that_is_slower_on_a_small_part_already_is_not_shown_the_whole() {
    let (gpu_ticks, cpu_ticks) = ticks("unetpp8", "unet4");
    let parts = (Speeds::EDGE / GOLDEN_PX).pow(2) as f64;
    assert!(
        (gpu_ticks - parts * taken("unetpp8")).abs() < 1e-9,
        "{gpu_ticks}"
    );
    assert!((cpu_ticks - taken("unet4")).abs() < 1e-9, "{cpu_ticks}");
}
